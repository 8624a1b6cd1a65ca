package bench

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/cloudsoda/sddl"
	"github.com/jcmturner/rpc/v2/mstypes"
	"github.com/stretchr/testify/require"
)

// fSID is the account of a user, the most usual SID.
const fSID = "S-1-5-21-3623811015-3361044348-30300820-1013"

// sidImpl is one way to do one thing of section F to fSID. It runs its own
// loop, since the work is shorter than a call.
type sidImpl struct {
	name string
	run  func(b *testing.B, text string, packet []byte)
}

// fImpls are the peers; the library is in lib_test.go.
var fImpls = []sidImpl{
	{"op=parse/impl=minimal", fParseMinimal},
	{"op=parse/impl=naive", fParseNaive},
	{"op=parse/impl=cloudsoda-sddl", fParseSDDL},
	{"op=format/impl=minimal-append", fAppendMinimal},
	{"op=format/impl=minimal-string", fStringMinimal},
	{"op=format/impl=naive", fStringNaive},
	{"op=format/impl=jcmturner-rpc", fStringRPC},
	{"op=format/impl=cloudsoda-sddl", fStringSDDL},
	{"op=decode/impl=minimal", fDecodeMinimal},
	{"op=decode/impl=cloudsoda-sddl", fDecodeSDDL},
}

func BenchmarkFSID(b *testing.B) {
	s, err := ParseSID(fSID)
	require.NoError(b, err)
	packet := s.AppendBinary(nil)
	text := strings.Clone(fSID)
	for _, im := range fImpls {
		b.Run(im.name, func(b *testing.B) {
			b.ReportAllocs()
			im.run(b, text, packet)
		})
	}
}

// Results go here, so that no call is optimised away.
var (
	sinkSID SID
	sinkStr string
	sinkBuf []byte
	sinkAny any
)

func fParseMinimal(b *testing.B, text string, _ []byte) {
	for b.Loop() {
		sinkSID, _ = ParseSID(text)
	}
}

func fAppendMinimal(b *testing.B, text string, _ []byte) {
	s, err := ParseSID(text)
	require.NoError(b, err)
	buf := make([]byte, 0, 64)
	for b.Loop() {
		sinkBuf = s.AppendText(buf[:0])
	}
}

func fStringMinimal(b *testing.B, text string, _ []byte) {
	s, err := ParseSID(text)
	require.NoError(b, err)
	for b.Loop() {
		sinkStr = s.String()
	}
}

func fDecodeMinimal(b *testing.B, _ string, packet []byte) {
	for b.Loop() {
		sinkSID, _ = DecodeSID(packet)
	}
}

// naiveSID is what one writes without thinking: Split, ParseUint, Sprintf.
type naiveSID struct {
	auth uint64
	sub  []uint32
}

func parseNaive(s string) (*naiveSID, error) {
	p := strings.Split(s, "-")
	if len(p) < 4 || p[0] != "S" || p[1] != "1" {
		return nil, errors.New("bad SID")
	}
	a, err := strconv.ParseUint(p[2], 10, 48)
	if err != nil {
		return nil, err
	}
	out := &naiveSID{auth: a}
	for _, f := range p[3:] {
		v, err := strconv.ParseUint(f, 10, 32)
		if err != nil {
			return nil, err
		}
		out.sub = append(out.sub, uint32(v))
	}
	return out, nil
}

func (n *naiveSID) String() string {
	s := fmt.Sprintf("S-1-%d", n.auth)
	for _, v := range n.sub {
		s += fmt.Sprintf("-%d", v)
	}
	return s
}

func fParseNaive(b *testing.B, text string, _ []byte) {
	for b.Loop() {
		sinkAny, _ = parseNaive(text)
	}
}

func fStringNaive(b *testing.B, text string, _ []byte) {
	s, err := parseNaive(text)
	require.NoError(b, err)
	require.Equal(b, text, s.String())
	for b.Loop() {
		sinkStr = s.String()
	}
}

// cloudsoda/sddl parses descriptors only; one with an owner alone is the least.

func fParseSDDL(b *testing.B, text string, _ []byte) {
	text = "O:" + text
	for b.Loop() {
		sd, err := sddl.FromString(text)
		if err != nil {
			b.Fatal(err)
		}
		sinkAny = sd
	}
}

func fStringSDDL(b *testing.B, text string, _ []byte) {
	sd, err := sddl.FromString("O:" + text)
	require.NoError(b, err)
	require.Equal(b, "O:"+text, sd.String())
	for b.Loop() {
		sinkStr = sd.String()
	}
}

func fDecodeSDDL(b *testing.B, _ string, packet []byte) {
	raw := make([]byte, 20, 20+len(packet)) // a self-relative descriptor
	raw[0] = 1
	binary.LittleEndian.PutUint16(raw[2:], 0x8000)
	binary.LittleEndian.PutUint32(raw[4:], 20)
	raw = append(raw, packet...)
	for b.Loop() {
		sd, err := sddl.FromBinary(raw)
		if err != nil {
			b.Fatal(err)
		}
		sinkAny = sd
	}
}

// jcmturner/rpc can format only.
func fStringRPC(b *testing.B, text string, _ []byte) {
	s, err := ParseSID(text)
	require.NoError(b, err)
	r := mstypes.RPCSID{Revision: s.rev, SubAuthorityCount: s.n, IdentifierAuthority: s.auth, SubAuthority: s.sub[:s.n]}
	require.Equal(b, text, r.String())
	for b.Loop() {
		sinkStr = r.String()
	}
}
