package bitsadmin

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/token"
)

func TestLines(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name     string
		terminal *Terminal
		cut      bool
		text     string
		want     string
	}{
		{"no terminal: nothing is done", nil, true, strings.Repeat("x", 200) + "\x1b", strings.Repeat("x", 200) + "\x1b\n"},
		{"short", &Terminal{Width: 10}, false, "123456789", "123456789\n"},
		{"broken behind a blank", &Terminal{Width: 10}, false, "12345 6789 12", "12345 \n6789 12\n"},
		{"broken where there is no blank", &Terminal{Width: 10}, false, "1234567890", "123456789\n0\n"},
		{"cut off", &Terminal{Width: 10}, true, "12345 7890", "12345 789\n"},
		{"letters count, not bytes", &Terminal{Width: 4}, true, "äöüß", "äöü\n"},
		{"a terminal that does not know its width", &Terminal{}, false, "1234567890", "1234567890\n"},
		{"who gives names does not move the cursor", &Terminal{Width: 20}, false, "a\x1b[2Jb\r\tc", "a?[2Jb?\tc\n"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			var b strings.Builder
			p := &printer{w: &b, terminal: row.terminal, cut: row.cut}
			p.line(row.text)
			require.Equal(t, row.want, b.String())
		})
	}
}

func TestPairs(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name  string
		width int
		cut   bool
		pairs []string
		want  string
	}{
		{"labels are bright", 80, false, []string{"A:", "1", "B:", "2"}, "<A:> 1 <B:> 2\n"},
		{"also with nothing behind", 80, false, []string{"A:", "1", "B:", ""}, "<A:> 1 <B:> \n"},
		{"a value like a label is none", 80, false, []string{"A:", "B: A:", "B:", "2"}, "<A:> B: A: <B:> 2\n"},
		{"broken", 7, false, []string{"A:", "1", "B:", "2"}, "<A:> 1 \n<B:> 2\n"},
		{"cut off", 7, true, []string{"A:", "1", "B:", "2"}, "<A:> 1 B\n"},
		{"control characters", 80, false, []string{"A:", "\x1b1", "B:", "2"}, "<A:> ?1 <B:> 2\n"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			var b strings.Builder
			p := &printer{w: &b, terminal: &Terminal{Width: row.width, Labels: true}, cut: row.cut}
			p.pairs(row.pairs...)
			require.Equal(t, row.want, strings.NewReplacer(bright, "<", plain, ">").Replace(b.String()))
		})
	}
}

type broken struct{}

var errBroken = errors.New("the pipe is broken")

func (broken) Write([]byte) (int, error) { return 0, errBroken }

func TestWriteFails(t *testing.T) {
	t.Parallel()
	p := &printer{w: broken{}}
	p.line("x")
	p.value("y")
	require.ErrorIs(t, p.err, errBroken)
	var stderr strings.Builder
	status := Run(t.Context(), []string{"/?"}, Env{Getenv: func(string) string { return "" }, Stdout: broken{}, Stderr: &stderr})
	require.EqualValues(t, 1, status)
	require.Equal(t, "bitsadmin: the pipe is broken\n", stderr.String())
}

func TestWords(t *testing.T) {
	t.Parallel()
	require.Equal(t, "UNKNOWN", stateWord(99))
	require.Equal(t, "CONNECTING", stateWord(bits.BG_JOB_STATE_CONNECTING))
	require.Equal(t, "UNKNOWN", priorityWord(99))
	require.Equal(t, "UNKNOWN", typeWord(99))
	require.Equal(t, "NO_PROXY", usageWord(bits.BG_JOB_PROXY_USAGE_NO_PROXY))
	require.Equal(t, "TRANSIENT_ERROR", stateWord(bits.BG_JOB_STATE_TRANSIENT_ERROR))
	require.Equal(t, "OGDS", aclWord(bits.BG_COPY_FILE_ALL))
	for level, want := range map[token.Integrity]string{
		0: "UNTRUSTED", token.IntegrityLow: "LOW", token.IntegrityMedium: "MEDIUM", token.IntegrityMediumPlus: "MEDIUM", token.IntegrityHigh: "HIGH", token.IntegritySystem: "SYSTEM",
	} {
		require.Equal(t, want, integrityWord(uint32(level)))
	}
	require.Equal(t, " (33%)", percent(bits.JobProgress{BytesTotal: 3, BytesTransferred: 1}))
	require.Empty(t, percent(bits.JobProgress{BytesTotal: bits.BG_SIZE_UNKNOWN}))
}

func TestPortable(t *testing.T) {
	t.Parallel()
	for status, want := range map[int32]int{
		0: 0, 1: 1, -2147023651: 0xdd, -2147024891: 5, -2145386495: 1, -2145386494: 2,
		-2145386496: 1, // 0x80200000: not to be taken for success
	} {
		require.Equal(t, want, portable(status), status)
	}
}
