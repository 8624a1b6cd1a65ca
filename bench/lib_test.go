package bench

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/sid"
)

// This file has every row of the library. Each section has a list to append to;
// the names below are those that the goals in cmd/ratios ask for.
//
//	A  aImpls      bitsemu
//	B  bDurable1   bitsemu
//	   bDurable64  bitsemu
//	   bVolatile   bitsemu-memory                   in memory on return
//	               bitsemu-nosync/fs=tmpfs, =disk   in the bbolt file on return
//	C  cImpls      bitsemu
//	D  dImpls      bitsemu-memory                   no bbolt
//	               bitsemu-nodir                    bbolt, no directory
//	               bitsemu-dir/fs=disk, =tmpfs      bbolt in a temporary directory
//	E  eCases      bitsemu                          after a clean Close
//	               bitsemu-scan                     the index is built by Open
//	               bitsemu-readfile                 kind readfile, the same file
//	F  fImpls      op=parse/impl=bitsemu
//	               op=format/impl=bitsemu-append, bitsemu-string
//	               op=decode/impl=bitsemu
//
// A new kind for eCases goes into eKinds.
func init() {
	fImpls = append(
		fImpls,
		sidImpl{"op=parse/impl=bitsemu", fParseLib},
		sidImpl{"op=format/impl=bitsemu-append", fAppendLib},
		sidImpl{"op=format/impl=bitsemu-string", fStringLib},
		sidImpl{"op=decode/impl=bitsemu", fDecodeLib},
	)
}

var sinkLibSID sid.SID

func fParseLib(b *testing.B, text string, _ []byte) {
	for b.Loop() {
		sinkLibSID, _ = sid.Parse(text)
	}
	require.Equal(b, text, sinkLibSID.String())
}

func fAppendLib(b *testing.B, text string, _ []byte) {
	s := sid.MustParse(text)
	buf := make([]byte, 0, 64)
	for b.Loop() {
		sinkBuf, _ = s.AppendText(buf[:0])
	}
	require.Equal(b, text, string(sinkBuf))
}

func fStringLib(b *testing.B, text string, _ []byte) {
	s := sid.MustParse(text)
	for b.Loop() {
		sinkStr = s.String()
	}
	require.Equal(b, text, sinkStr)
}

func fDecodeLib(b *testing.B, text string, packet []byte) {
	for b.Loop() {
		sinkLibSID, _ = sid.FromBinary(packet)
	}
	require.Equal(b, text, sinkLibSID.String())
}
