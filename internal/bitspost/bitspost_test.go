package bitspost_test

import (
	"math"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/internal/bitspost"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestParseRange(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bitspost.Range{
		"bytes 0-11/12":     {0, 11, 12},
		"Bytes 128-212/500": {128, 212, 500},
		"BYTES  0-0/1":      {0, 0, 1},
		"bytes */0":         {},
		"bytes 0-18446744073709551614/18446744073709551615": {0, math.MaxUint64 - 1, math.MaxUint64},
		"bytes 007-008/009": {7, 8, 9},
	} {
		got, err := bitspost.ParseRange(text)
		require.NoError(t, err, text)
		require.Equal(t, want, got, text)
	}
	for _, text := range []string{
		"", "bytes", "bytes ", "bytes0-4/5", "bytes 0-4", "bytes 0-4/", "bytes 0-4/*", "bytes */5", "bytes *-4/5",
		"bytes -4/5", "bytes 0-/5", "bytes 4-0/5", "bytes 0-5/5", "bytes 0-4/5 ", "bytes 0-4/5,6", "bytes 0 - 4/5",
		"bytes +0-4/5", "bytes 0--4/5", "bytes 0-4/5/6", "items 0-4/5", "bytes 0-18446744073709551616/18446744073709551617",
		"bytes 0-0/0", "bytes\t0-4/5", "bytes 0x0-0x4/0x5", "bytes 0-4/1_0", "bytes ٠-٤/٥",
	} {
		_, err := bitspost.ParseRange(text)
		require.Error(t, err, text)
	}
}

func TestRange(t *testing.T) {
	t.Parallel()
	r := bitspost.Range{First: 10, Last: 14, Total: 15}
	require.Equal(t, "bytes 10-14/15", r.String())
	require.Equal(t, uint64(5), r.Len())
	require.Equal(t, uint64(15), r.End())
	require.True(t, r.IsFinal())
	require.False(t, bitspost.Range{First: 10, Last: 13, Total: 15}.IsFinal())
	empty := bitspost.Range{}
	require.Equal(t, "bytes */0", empty.String())
	require.Zero(t, empty.Len())
	require.True(t, empty.IsFinal())
}

func FuzzParseRange(f *testing.F) {
	for _, s := range []string{"bytes 0-11/12", "bytes */0", "Bytes 1-2/*", "bytes 0-18446744073709551616/1", "bytes -5/15"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		r, err := bitspost.ParseRange(s)
		if err != nil {
			return
		}
		if r.Total > 0 && (r.First > r.Last || r.Last >= r.Total || r.Len() == 0 || r.End() > r.Total) {
			t.Fatalf("%q gives %+v", s, r)
		}
		again, err := bitspost.ParseRange(r.String())
		if err != nil || again != r {
			t.Fatalf("%q gives %+v, which prints as %q", s, r, r)
		}
	})
}

func TestParseOffset(t *testing.T) {
	t.Parallel()
	n, ok := bitspost.ParseOffset("18446744073709551615")
	require.True(t, ok)
	require.Equal(t, uint64(math.MaxUint64), n)
	for _, s := range []string{"", "x", "-1", "+1", " 1", "1 ", "18446744073709551616", "1e3", "0x1", "1_0"} {
		n, ok := bitspost.ParseOffset(s)
		require.False(t, ok, s)
		require.Zero(t, n, s)
	}
}

func TestParseSeconds(t *testing.T) {
	t.Parallel()
	n, ok := bitspost.ParseSeconds("4294967295")
	require.True(t, ok)
	require.Equal(t, uint32(math.MaxUint32), n)
	_, ok = bitspost.ParseSeconds("4294967296")
	require.False(t, ok)
}

func TestCodes(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"0x80200020", "80200020", "x80200020", "0X80200020"} {
		n, ok := bitspost.ParseCode(s)
		require.True(t, ok, s)
		require.Equal(t, uint32(0x80200020), n, s)
	}
	n, ok := bitspost.ParseCode("0")
	require.True(t, ok)
	require.Zero(t, n)
	for _, s := range []string{"", "x", "0x", "0x800000000", "-1", "0x8020002g", " 0x1", "0x+1", "xx1", "00x1", "X1"} {
		_, ok := bitspost.ParseCode(s)
		require.False(t, ok, s)
	}
	require.Equal(t, "0x8020001f", bitspost.FormatCode(0x8020001f))
	require.Equal(t, "0x00000000", bitspost.FormatCode(0))
}

func FuzzParseCode(f *testing.F) {
	for _, s := range []string{"0x80200020", "x5", "0", "ffffffff", "0x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n, ok := bitspost.ParseCode(s)
		if !ok {
			return
		}
		if m, ok := bitspost.ParseCode(bitspost.FormatCode(n)); !ok || m != n {
			t.Fatalf("%q gives %#x, which prints as %s", s, n, bitspost.FormatCode(n))
		}
	})
}

func TestPackets(t *testing.T) {
	t.Parallel()
	for p := bitspost.Ping; p <= bitspost.Ack; p++ {
		for _, s := range []string{p.String(), strings.ToUpper(p.String()), strings.ToLower(p.String())} {
			got, ok := bitspost.ParsePacket(s)
			require.True(t, ok, s)
			require.Equal(t, p, got)
		}
	}
	for _, s := range []string{"", "unknown packet", "Ping ", "Resume-Session"} {
		_, ok := bitspost.ParsePacket(s)
		require.False(t, ok, s)
	}
	require.Equal(t, "unknown packet", bitspost.Packet(0).String())
	require.Equal(t, "unknown packet", bitspost.Packet(200).String())
}

func TestHeadersInAnyCase(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"BITS-Session-Id", "bits-session-id", "Bits-Session-Id", "BITS-SESSION-ID"} {
		h := http.Header{name: {" {1}\t"}, "Other": {"x"}}
		v, n := bitspost.Get(h, bitspost.SessionID)
		require.Equal(t, "{1}", v)
		require.Equal(t, 1, n)
		v, ok := bitspost.One(h, bitspost.SessionID)
		require.True(t, ok)
		require.Equal(t, "{1}", v)
	}
	_, n := bitspost.Get(http.Header{"Bits-Session-Id": nil}, bitspost.SessionID)
	require.Zero(t, n)
	_, ok := bitspost.One(http.Header{}, bitspost.SessionID)
	require.False(t, ok)
}

func TestHeadersTwice(t *testing.T) {
	t.Parallel()
	_, ok := bitspost.One(http.Header{"A": {"1", "2"}}, "a")
	require.False(t, ok)
	_, ok = bitspost.One(http.Header{"A": {"1"}, "a": {"2"}}, "a")
	require.False(t, ok)
	v, ok := bitspost.One(http.Header{"A": {"1", "1"}, "a": {"1"}}, "a")
	require.True(t, ok)
	require.Equal(t, "1", v)
	_, n := bitspost.Get(http.Header{"A": {"1", "1"}, "a": {"1"}}, "a")
	require.Equal(t, 3, n)
}

func TestProtocols(t *testing.T) {
	t.Parallel()
	for _, values := range [][]string{{"{a} {b}"}, {"{a},{b}"}, {"{a} , \t{b},"}, {"{a}", "{b}"}} {
		require.Equal(t, []string{"{a}", "{b}"}, bitspost.Protocols(http.Header{"bits-supported-protocols": values, "X": {"y"}}))
	}
	require.Empty(t, bitspost.Protocols(http.Header{}))
}

func TestSameID(t *testing.T) {
	t.Parallel()
	require.True(t, bitspost.SameID("{AB}", "ab"))
	require.Equal(t, bitspost.Key("{AB}"), bitspost.Key("ab"))
	require.False(t, bitspost.SameID("{ab", "ab"))
	require.False(t, bitspost.SameID("", "ab"))
}

func TestCheckSessionID(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"1", "{a0000000-0000-4000-8000-000000000001}", strings.Repeat("x", 100), "a b", "é"} {
		require.NoError(t, bitspost.CheckSessionID(s), s)
	}
	for _, s := range []string{"", strings.Repeat("x", 101), "a\nb", "a\x7f", "\x00"} {
		require.Error(t, bitspost.CheckSessionID(s), s)
	}
}

func TestResolveHost(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ url, host, want string }{
		{"http://localhost:8001/up/a.txt?x=1", "127.0.0.2", "http://127.0.0.2:8001/up/a.txt?x=1"},
		{"http://localhost/up/a.txt", "node7", "http://node7/up/a.txt"},
		{"https://localhost:8443/a", "node7:99", "https://node7:99/a"},
		{"http://localhost:80/a", "::1", "http://[::1]:80/a"},
		{"http://localhost/a", "fe80::1", "http://[fe80::1]/a"},
		{"http://localhost/a", "[::1]:5", "http://[::1]:5/a"},
	} {
		u, err := url.Parse(row.url)
		require.NoError(t, err)
		got, err := bitspost.ResolveHost(u, row.host)
		require.NoError(t, err)
		require.Equal(t, row.want, got.String())
		require.Equal(t, row.url, u.String())
	}
	u := &url.URL{Scheme: "http", Host: "localhost"}
	for _, host := range []string{
		"", "a/b", "a?b", "a#b", "user@host", "a b", `a\b`, ":80", "a:b", strings.Repeat("a", 301), "[::1", "a%zz", "a\n",
	} {
		_, err := bitspost.ResolveHost(u, host)
		require.Error(t, err, host)
	}
}

func FuzzResolveHost(f *testing.F) {
	for _, s := range []string{"127.0.0.2", "node:80", "::1", "user@host", "a/b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, host string) {
		base := &url.URL{Scheme: "http", Host: "localhost:8001", Path: "/up/a.txt"}
		u, err := bitspost.ResolveHost(base, host)
		if err != nil {
			return
		}
		again, err := url.Parse(u.String())
		if err != nil || again.Path != base.Path || again.User != nil || again.RawQuery != "" || again.Fragment != "" {
			t.Fatalf("%q gives %q: %v", host, u, err)
		}
	})
}

func TestResolveReply(t *testing.T) {
	t.Parallel()
	base, err := url.Parse("http://localhost:8001/up/a.txt?x=1")
	require.NoError(t, err)
	for reply, want := range map[string]string{
		"http://other/x":    "http://other/x",
		"BITS-Sessions/r":   "http://localhost:8001/up/BITS-Sessions/r",
		"/r":                "http://localhost:8001/r",
		"https://other/%7B": "https://other/%7B",
	} {
		got, err := bitspost.ResolveReply(base, reply)
		require.NoError(t, err)
		require.Equal(t, want, got.String())
	}
	for _, reply := range []string{"ftp://host/x", "file:///etc/passwd", "http:///x", "%zz", "javascript:x"} {
		_, err := bitspost.ResolveReply(base, reply)
		require.Error(t, err, reply)
	}
}

func TestReadAnswer(t *testing.T) {
	t.Parallel()
	a := bitspost.ReadAnswer(200, http.Header{
		"Bits-Packet-Type": {"aCk"}, "Bits-Session-Id": {"{1}"}, "Bits-Protocol": {"{2}"}, "Accept-Encoding": {"Identity"},
		"Bits-Host-Id": {"node"}, "Bits-Host-Id-Fallback-Timeout": {"60"}, "Bits-Received-Content-Range": {"12"},
		"Bits-Reply-Url": {"http://x/y"}, "Bits-Error": {"0x5"}, "Bits-Error-Code": {"0x8020001F"}, "Bits-Error-Context": {"0x7"},
	})
	require.Equal(t, bitspost.Answer{
		Status: 200, IsAck: true, Session: "{1}", Protocol: "{2}", Encoding: "Identity", ReplyURL: "http://x/y",
		HostID: "node", HostSeconds: 60, Received: 12, HasReceived: true,
		Code: hresult.BG_E_SESSION_NOT_FOUND, HasCode: true, Context: bits.BG_ERROR_CONTEXT_REMOTE_APPLICATION,
	}, a)
}

func TestReadAnswerOfStrangers(t *testing.T) {
	t.Parallel()
	const remote = bits.BG_ERROR_CONTEXT_REMOTE_FILE
	for name, row := range map[string]struct {
		header http.Header
		want   bitspost.Answer
	}{
		"nothing":            {http.Header{}, bitspost.Answer{Context: remote}},
		"another packet":     {http.Header{"Bits-Packet-Type": {"Ping"}}, bitspost.Answer{Context: remote}},
		"a bad code":         {http.Header{"Bits-Error-Code": {"?"}, "Bits-Error-Context": {"0x7"}}, bitspost.Answer{Context: remote}},
		"the other name":     {http.Header{"Bits-Error": {"0x5"}}, bitspost.Answer{Context: remote, Code: 5, HasCode: true}},
		"a bad code, other":  {http.Header{"Bits-Error-Code": {"?"}, "Bits-Error": {"6"}}, bitspost.Answer{Context: remote, Code: 6, HasCode: true}},
		"a strange context":  {http.Header{"Bits-Error-Code": {"5"}, "Bits-Error-Context": {"0x6"}}, bitspost.Answer{Context: remote, Code: 5, HasCode: true}},
		"context alone":      {http.Header{"Bits-Error-Context": {"0x7"}}, bitspost.Answer{Context: remote}},
		"a bad offset":       {http.Header{"Bits-Received-Content-Range": {"x"}}, bitspost.Answer{Context: remote, HasReceived: true, BadReceived: true}},
		"two offsets":        {http.Header{"Bits-Received-Content-Range": {"1", "2"}}, bitspost.Answer{Context: remote, HasReceived: true, BadReceived: true}},
		"a bad host timeout": {http.Header{"Bits-Host-Id-Fallback-Timeout": {"-1"}}, bitspost.Answer{Context: remote}},
	} {
		require.Equal(t, row.want, bitspost.ReadAnswer(0, row.header), name)
	}
}

func TestWriteAnswer(t *testing.T) {
	t.Parallel()
	h := http.Header{}
	bitspost.Answer{
		Session: "{1}", HasReceived: true, HasCode: true, Context: bits.BG_ERROR_CONTEXT_REMOTE_FILE,
	}.Write(h, bitspost.ErrorHeaderBoth)
	require.Equal(t, http.Header{
		"BITS-Packet-Type": {"Ack"}, "BITS-Session-Id": {"{1}"}, "BITS-Received-Content-Range": {"0"}, "BITS-Error-Code": {"0x0"},
		"BITS-Error": {"0x0"}, "BITS-Error-Context": {"0x5"}, "Content-Length": {"0"},
	}, h)
}

func TestAnswersComeAsTheyWent(t *testing.T) {
	t.Parallel()
	text := rapid.StringMatching(`[!-~]([ -~]{0,20}[!-~])?|`)
	rapid.Check(t, func(t *rapid.T) {
		a := bitspost.Answer{
			Status: rapid.IntRange(200, 599).Draw(t, "status"), IsAck: true,
			Session: text.Draw(t, "session"), Protocol: text.Draw(t, "protocol"), Encoding: text.Draw(t, "encoding"),
			ReplyURL: text.Draw(t, "reply"), HostID: text.Draw(t, "host"), HostSeconds: rapid.Uint32().Draw(t, "seconds"),
			HasReceived: rapid.Bool().Draw(t, "has received"), HasCode: rapid.Bool().Draw(t, "has code"),
			Context: bits.BG_ERROR_CONTEXT_REMOTE_FILE,
		}
		if a.HasReceived {
			a.Received = rapid.Uint64().Draw(t, "received")
		}
		if a.HasCode {
			a.Code = hresult.HRESULT(rapid.Uint32().Draw(t, "code"))
			a.Context = rapid.SampledFrom([]bits.ErrorContext{5, 7}).Draw(t, "context")
		}
		h := http.Header{}
		a.Write(h, rapid.SampledFrom([]bitspost.ErrorHeader{
			bitspost.ErrorHeaderCode, bitspost.ErrorHeaderOpen, bitspost.ErrorHeaderBoth,
		}).Draw(t, "header"))
		require.Equal(t, a, bitspost.ReadAnswer(a.Status, h))
	})
}

func FuzzReadAnswer(f *testing.F) {
	f.Add("Ack", "12", "0x8020001f", "0x7", "60")
	f.Add("", "-1", "", "5", "4294967296")
	f.Fuzz(func(t *testing.T, packet, received, code, context, seconds string) {
		a := bitspost.ReadAnswer(200, http.Header{
			"bits-packet-type": {packet}, "BITS-RECEIVED-CONTENT-RANGE": {received}, "Bits-Error-Code": {code},
			"Bits-Error-Context": {context}, "Bits-Host-Id-Fallback-Timeout": {seconds},
		})
		if a.BadReceived && a.Received != 0 || !a.HasCode && a.Code != 0 ||
			a.Context != bits.BG_ERROR_CONTEXT_REMOTE_FILE && a.Context != bits.BG_ERROR_CONTEXT_REMOTE_APPLICATION {
			t.Fatalf("%+v", a)
		}
	})
}
