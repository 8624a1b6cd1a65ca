package inspect

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/jobstore"
)

func TestSpan(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{
		0: "", -1: "", 12345 * time.Microsecond: "12ms", time.Second: "1s", 90 * time.Second: "1m30s", time.Minute: "1m",
		time.Hour: "1h", 25*time.Hour + time.Minute: "25h1m", time.Hour + time.Second: "1h0m1s",
		336 * time.Hour: "14 days", 49 * time.Hour: "2 days 1h",
	} {
		require.Equal(t, want, span(d))
	}
}

func TestSize(t *testing.T) {
	t.Parallel()
	for n, want := range map[uint64]string{
		0: "0 B", 999: "999 B", 1000: "1.0 kB", 999_960: "1.0 MB", 1_500_000: "1.5 MB", 1 << 40: "1.1 TB", 1 << 62: "4.6 EB", 3e15: "3.0 PB",
	} {
		require.Equal(t, want, size(n))
	}
}

func TestProgress(t *testing.T) {
	t.Parallel()
	total := func(n uint64) *uint64 { return &n }
	for _, row := range []struct {
		p        Progress
		permille int
		text     string
	}{
		{Progress{}, -1, "no files"},
		{Progress{Files: 1}, -1, "size not known"},
		{Progress{Files: 1, Bytes: 5}, -1, "5 B of ?"},
		{Progress{Files: 1, Total: total(0)}, 0, "0 B"},
		{Progress{Files: 1, FilesDone: 1, Total: total(0)}, 1000, "0 B"},
		{Progress{Files: 1, Bytes: 250, Total: total(1000)}, 250, "250 B of 1.0 kB"},
		{Progress{Files: 1, Bytes: 2000, Total: total(1000)}, 1000, "2.0 kB of 1.0 kB"},
	} {
		require.Equal(t, row.permille, row.p.Permille(), "%+v", row.p)
		require.Equal(t, row.text, row.p.Text(), "%+v", row.p)
	}
}

func TestWithoutPassword(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"http://host/a?b=@":            "http://host/a?b=@",
		"http://eve:secret@host/a":     "http://eve:xxxxx@host/a",
		"http://eve@host/a":            "http://eve@host/a",
		"GET http://eve:secret@host/a": "GET http://eve:xxxxx@host/a",
		"eve:secret@proxy:80;b":        "(hidden)@proxy:80;b",
		"http://eve:sec%ret@host":      "(hidden)@host",
		`\\server\share\a@b.txt`:       `\\server\share\a@b.txt`,
		"plain":                        "plain",
	} {
		require.Equal(t, want, withoutPassword(text), text)
	}
}

func FuzzWithoutPassword(f *testing.F) {
	f.Add("a", "b")
	f.Add("GET http://", "/x y")
	f.Fuzz(func(t *testing.T, user, rest string) {
		for _, r := range user {
			if !(r >= 'a' && r <= 'z') {
				return
			}
		}
		got := withoutPassword("http://" + user + ":pass1word@host/" + rest)
		require.NotContains(t, got, ":pass1word@", rest)
	})
}

func TestWhy(t *testing.T) {
	t.Parallel()
	q := &Queue{Time: time.Date(2024, 1, 2, 0, 0, 0, 0, time.UTC), Machine: &Machine{Service: "stopped"}}
	file := []jobstore.File{{RemoteName: "http://h/a?b", Progress: jobstore.Progress{BytesTotal: 1, BytesTransferred: 1}}}
	for _, row := range []struct {
		j    jobstore.Job
		want string
	}{
		{jobstore.Job{State: bits.BG_JOB_STATE_QUEUED}, "the service is stopped"},
		{jobstore.Job{State: bits.BG_JOB_STATE_CONNECTING, Files: []jobstore.File{{RemoteName: `\\s\d\a.txt`, Progress: jobstore.Progress{BytesTotal: bits.BG_SIZE_UNKNOWN}}}}, "asks for a.txt"},
		{jobstore.Job{State: bits.BG_JOB_STATE_TRANSFERRING, Files: file}, "at its last file"},
		{jobstore.Job{State: bits.BG_JOB_STATE_TRANSFERRING, Type: bits.BG_JOB_TYPE_UPLOAD_REPLY, Files: file}, "at the reply"},
		{jobstore.Job{State: bits.BG_JOB_STATE_TRANSIENT_ERROR}, "no error is recorded; goes on when that has changed"},
		{jobstore.Job{State: bits.BG_JOB_STATE_TRANSIENT_ERROR, RetryTime: q.Time.Add(30 * time.Hour), Error: jobstore.JobError{Code: hresult.E_FAIL}}, "E_FAIL in none; tried again at 2024-01-03 06:00"},
		{jobstore.Job{State: bits.BG_JOB_STATE_ACKNOWLEDGED}, "completed"},
		{jobstore.Job{State: 99}, ""},
	} {
		require.Equal(t, row.want, why(&row.j, q))
	}
	require.Equal(t, "over", toneOf(99))
	require.Equal(t, len(tones), rankOf(99))
	require.Empty(t, clock(time.Time{}))
	require.Empty(t, moment(time.Time{}, q.Time))
	require.Equal(t, "h", shortRemote("http://h/"))
	require.Equal(t, "/", shortRemote("/"))
}
