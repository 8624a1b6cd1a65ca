package sid_test

import (
	"strings"
	"testing"

	"github.com/bitsemu/bitsemu/sid"
)

// What benchmarks and allocation counts store into, so that the compiler leaves
// nothing out.
var (
	sink sid.SID
	text string
)

func BenchmarkParse(b *testing.B) {
	for name, s := range map[string]string{
		"account": account,
		"short":   "S-1-5-18",
		"alias":   "SY",
		"longest": "S-1-0xffffffffffff" + strings.Repeat("-4294967295", 15),
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				sink, _ = sid.Parse(s)
			}
		})
	}
}

func BenchmarkAppendText(b *testing.B) {
	s := sid.MustParse(account)
	buf := make([]byte, 0, sid.SECURITY_MAX_SID_STRING_CHARACTERS)
	b.ReportAllocs()
	for b.Loop() {
		buf, _ = s.AppendText(buf[:0])
	}
}

func BenchmarkString(b *testing.B) {
	s := sid.MustParse(account)
	b.ReportAllocs()
	for b.Loop() {
		text = s.String()
	}
}

func BenchmarkFromBinary(b *testing.B) {
	data := fromHex(b, vectors[7].hex)
	b.ReportAllocs()
	for b.Loop() {
		sink, _ = sid.FromBinary(data)
	}
}

func BenchmarkAppendBinary(b *testing.B) {
	s := sid.MustParse(account)
	buf := make([]byte, 0, sid.SECURITY_MAX_SID_STRING_CHARACTERS)
	b.ReportAllocs()
	for b.Loop() {
		buf, _ = s.AppendBinary(buf[:0])
	}
}

func BenchmarkName(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		text = sid.BuiltinAdministrators.Name()
	}
}

func BenchmarkForService(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		sink = sid.ForService("TrustedInstaller")
	}
}
