package transcript

import (
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/bitstest"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/sid"
)

func testMask() *mask {
	return newMask(bitstest.Surroundings{
		Dir: `C:\Users\Anna\Temp\bitstest1`, Server: "http://127.0.0.1:8080", Uploads: "http://127.0.0.1:8080/up", Share: `\\box\share`,
	})
}

func TestValues(t *testing.T) {
	t.Parallel()
	m := testMask()
	anna, bob := sid.MustParse("S-1-5-21-1-2-3-1001"), sid.MustParse("S-1-5-21-1-2-3-500")
	id := uuid.New()
	for _, row := range []struct {
		value any
		want  string
	}{
		{nil, "NULL"},
		{bits.String("a"), `"a"`},
		{(*string)(nil), "NULL"},
		{`C:\Users\Anna\Temp\bitstest1\bitstest-0123abcd-x`, `"<dir>\\bitstest-<case>-x"`},
		{"once/0123abcd/1", `"once/<case>/1"`},
		{"http://127.0.0.1:8080/file/1", `"<server>/file/1"`},
		{"http://127.0.0.1:8080/up/1", `"<uploads>/1"`},
		{`\\box\share\a`, `"<share>\\a"`},
		{"a \"b\"\r\n\x00é", `"a \"b\"\r\n\u{0}é"`},
		{strings.Repeat("x", 12), `"xxxxxxxxxxxx"`},
		{strings.Repeat("x", 13) + "xy", `"xx…y"[15]`},
		{"http://127.0.0.1:8080/" + strings.Repeat("x", 13), `"<server>/xx…"`},
		{strings.Repeat("ab", 100), `"` + strings.Repeat("ab", 80) + `…"[200]`},
		{uint32(7), "7"},
		{uint64(7), "7"},
		{uint64(math.MaxUint64), "BG_SIZE_UNKNOWN"},
		{true, "true"},
		{bits.BG_JOB_STATE_ERROR, "BG_JOB_STATE_ERROR"},
		{hresult.E_FAIL, "E_FAIL"},
		{time.Now(), "<time>"},
		{time.Time{}, "none"},
		{id, "id1"},
		{uuid.New(), "id2"},
		{id, "id1"},
		{uuid.Nil, "id0"},
		{bits.IID_IBackgroundCopyJob, "IBackgroundCopyJob"},
		{sid.SID{}, "nobody"},
		{sid.LocalSystem, "S-1-5-18"},
		{anna, "user1"},
		{bob, "user2"},
		{anna, "user1"},
		{[20]byte{0xab}, "ab" + strings.Repeat("0", 38)},
		{make([]byte, 3), "bytes[3]"},
		{bits.PropertyEnable(true), "PropertyEnable(true)"},
		{bits.PropertyString("HTTP/1.1 200 OK\r\nDate: now\r\n"), `PropertyString("HTTP/1.1 200 OK\r\n…")`},
		{bits.PropertyString("HTTP/1.1 200 OK"), `PropertyString("HTTP/1.1 200 OK")`},
		{[]bits.FileRange{{InitialOffset: 1, Length: 2}}, "[{InitialOffset: 1, Length: 2}]"},
		{make([]uint32, 14), "[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, …][14]"},
		{
			bits.AuthCredentials{Target: bits.BG_AUTH_TARGET_SERVER, Scheme: bits.BG_AUTH_SCHEME_BASIC, UserName: "u", Password: "geheim"},
			`{Target: BG_AUTH_TARGET_SERVER, Scheme: BG_AUTH_SCHEME_BASIC, Implicit: false, UserName: "u", Password: (hidden)}`,
		},
	} {
		require.Equal(t, row.want, m.value(row.value), "%T", row.value)
	}
	require.Equal(t, 2, m.met())
	m.forget(1)
	require.Equal(t, 1, m.met())
	require.Equal(t, "id1", m.value(id))
}

func TestResults(t *testing.T) {
	t.Parallel()
	m := testMask()
	for name, row := range map[string]struct {
		method  string
		results []any
		want    string
		failed  bool
	}{
		"nothing":         {"Resume", []any{nil}, "S_OK", false},
		"an HRESULT":      {"Cancel", []any{hresult.S_FALSE, nil}, "S_FALSE", false},
		"several":         {"GetError", []any{bits.BG_ERROR_CONTEXT_REMOTE_FILE, hresult.E_FAIL, nil}, "BG_ERROR_CONTEXT_REMOTE_FILE, E_FAIL", false},
		"an error":        {"Resume", []any{hresult.BG_E_EMPTY}, "BG_E_EMPTY", true},
		"another error":   {"Resume", []any{errors.New("no")}, "no HRESULT", true},
		"a hidden text":   {"GetErrorDescription", []any{"Nicht gefunden", nil}, "<text>", false},
		"an empty text":   {"GetErrorDescription", []any{"", nil}, `""`, false},
		"no hidden text":  {"GetErrorDescription", []any{"", hresult.E_NOTIMPL}, "E_NOTIMPL", true},
		"a made-up name":  {"GetReplyFileName", []any{`C:\T\BITS1.reply`, nil}, "<made-up name>", false},
		"no made-up name": {"GetReplyFileName", []any{`C:\T\bitstest-0123abcd-reply`, nil}, `"C:\\T\\bitstest-<case>-reply"`, false},
		"a hidden answer": {"GetOwnerElevationState", []any{false, nil}, "<elevation of the caller>", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			answer, failed := m.result(row.method, row.results)
			require.Equal(t, row.want, answer)
			require.Equal(t, row.failed, failed)
		})
	}
}

func TestReasons(t *testing.T) {
	t.Parallel()
	r := newRecorder(bitstest.Surroundings{Dir: `C:\T`})
	for text, want := range map[string]string{
		"\n\tError Trace:\tx.go:1\n\tError:\tNot equal\n\tDiff:\n\t- a":                 "Not equal",
		`open C:\T\a: ` + "\u0000no":                                                    `open <dir>\a: ?no`,
		"of 6ba7b810-9dad-11d1-80b4-00c04fd430c8, 6ba7b810-9dad-11d1-80b4-00c04fd430c8": "of <ids>",
		"S-1-5-21-1-2-3-1001 is it":                                                     "<account> is it",
		"at 2026-01-02 03:04:05.6 +0100 CET":                                            "at <time>",
		strings.Repeat("é ", 101):                                                       strings.TrimSpace(strings.Repeat("é ", 100)) + "…",
	} {
		require.Equal(t, want, r.reason(text))
	}
}
