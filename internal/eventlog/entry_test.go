package eventlog_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/internal/eventlog"
)

func TestEmptyEntry(t *testing.T) {
	t.Parallel()
	var e eventlog.Entry
	require.Equal(t, "0001-01-01T00:00:00Z 0 0: unknown event", e.String())
	text, err := json.Marshal(e)
	require.NoError(t, err)
	require.Equal(t, `{"event":"unknown event","level":"0","time":"0001-01-01T00:00:00Z","id":0}`, string(text))
}

// A title has no way to look like another line of a log.
func TestTitlesAreQuoted(t *testing.T) {
	t.Parallel()
	j := job
	j.Title = "a\n2024-05-17 4 Information: job completed"
	require.NotContains(t, eventlog.JobCreated(at, j).String(), "\n")
}

func TestPasswordsOfURLsAreNotKept(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, url, want string }{
		{name: "none", url: "http://host/a%2Fb?q=1#f", want: "http://host/a%2Fb?q=1#f"},
		{name: "user alone", url: "http://alice@host/a", want: "http://alice@host/a"},
		{name: "user and password", url: "http://alice:pass1word@host/a%2Fb?q=1", want: "http://alice:xxxxx@host/a%2Fb?q=1"},
		{name: "password in what is no URL", url: "http://alice:pass@1word@host/%zz", want: "(hidden)@host/%zz"},
		{name: "no URL", url: "http://host/%zz", want: "http://host/%zz"},
		{name: "share", url: `\\server\share\a`, want: `\\server\share\a`},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			transfer := eventlog.Transfer{URL: test.url}
			require.Equal(t, test.want, eventlog.TransferStarted(at, job, transfer).URL)
			require.Equal(t, test.want, eventlog.TransferStopped(at, job, transfer, hresult.S_OK).URL)
			require.Equal(t, test.want, eventlog.FileAdded(at, job, alice, test.url, `C:\a`, 1).URL)
		})
	}
}

func FuzzPasswords(f *testing.F) {
	f.Add("", "", "a")
	f.Add("a:@", "@", "%zz@")
	f.Add(" ", "\x00", "[::1/?b#c")
	f.Fuzz(func(t *testing.T, before, after, path string) {
		if strings.ContainsAny(before+after, "/?#") {
			return // the host has ended, and with it all that is a password
		}
		transfer := eventlog.Transfer{URL: "http://alice:" + before + "pass1word" + after + "@host/" + path}
		url, _, _ := strings.Cut(eventlog.TransferStarted(at, job, transfer).URL, "@host/")
		require.NotContains(t, url, "pass1word")
	})
}
