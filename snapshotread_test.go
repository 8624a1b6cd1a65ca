package bitsemu_test

import (
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu"
	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
)

// twoJobs is a snapshot as text.
func twoJobs(t testing.TB) string {
	emu, err := bitsemu.New(bitsemu.ManualTime(), bitsemu.Seed(1))
	require.NoError(t, err)
	defer emu.Close()
	for _, name := range []string{"one", "two"} {
		_, job, err := emu.Manager().CreateJob(t.Context(), name, bits.BG_JOB_TYPE_DOWNLOAD)
		require.NoError(t, err)
		require.NoError(t, job.SetDescription(t.Context(), "of "+name))
	}
	s, err := emu.Snapshot()
	require.NoError(t, err)
	text, err := json.MarshalIndent(s, "", "  ")
	require.NoError(t, err)
	return string(text)
}

func TestReadSnapshot(t *testing.T) {
	t.Parallel()
	text := twoJobs(t)
	s, err := bitsemu.ReadSnapshot(strings.NewReader(text))
	require.NoError(t, err)
	again, err := json.MarshalIndent(s, "", "  ")
	require.NoError(t, err)
	require.Equal(t, text, string(again))
	require.NoError(t, bitsemu.RunT(t).Restore(s))
}

func TestReadSnapshotRefuses(t *testing.T) {
	t.Parallel()
	text := twoJobs(t)
	s, err := bitsemu.ReadSnapshot(strings.NewReader(text))
	require.NoError(t, err)
	first, second := bits.GUIDString(s.Jobs[0].ID), bits.GUIDString(s.Jobs[1].ID)
	replace := func(old, with string) string {
		require.Contains(t, text, old)
		return strings.Replace(text, old, with, 1)
	}
	for name, row := range map[string]struct{ text, want string }{
		"nothing":       {"", "it is empty"},
		"no JSON":       {"SQLite format 3\x00", "line 1: invalid character 'S'"},
		"a list":        {"[]", "line 1"},
		"cut short":     {text[:len(text)/2], "it ends in the middle, in line "},
		"more":          {text + "\n{}", "there is more behind its end"},
		"unknown field": {replace(`"Version"`, `"Edition"`), `unknown field "Edition"`},
		"later":         {replace(`"Version": 1`, `"Version": 2`), "it is of version 2; this program reads 1 to 1"},
		"service":       {replace(`"Service": "running"`, `"Service": "asleep"`), `the service is "asleep"`},
		"no such build": {replace(`"Windows 11 24H2 (build 26100)"`, `"Windows 3.11"`), "Windows 3.11"},
		"in a job":      {replace(`"of two"`, `7`), "job 2, " + second + ": line "},
		"job unknown":   {replace(`"Description": "of one"`, `"Describing": "of one"`), "job 1, " + first + `: unknown field "Describing"`},
		"no id":         {replace(s.Jobs[0].ID.String(), "00000000-0000-0000-0000-000000000000"), "job 1: it has no id"},
		"twice":         {replace(s.Jobs[1].ID.String(), s.Jobs[0].ID.String()), "job 2, " + first + ": job 1 has the same id"},
		"a NUL":         {replace(`"of two"`, `"of\u0000two"`), "job 2, " + second + `: the string "of\x00two" has a NUL`},
		"no such state": {strings.ReplaceAll(text, `"BG_JOB_STATE_SUSPENDED"`, `"BG_JOB_STATE_ASLEEP"`), "BG_JOB_STATE_ASLEEP"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := bitsemu.ReadSnapshot(strings.NewReader(row.text))
			require.ErrorIs(t, err, hresult.E_INVALIDARG)
			require.ErrorContains(t, err, "bitsemu: it is no snapshot: ")
			require.ErrorContains(t, err, row.want)
		})
	}
	gone := errors.New("gone")
	_, err = bitsemu.ReadSnapshot(iotest.ErrReader(gone))
	require.ErrorIs(t, err, gone)
	require.NotErrorIs(t, err, hresult.E_INVALIDARG)
}

// FuzzReadSnapshot: what is read is written and read again as the same.
func FuzzReadSnapshot(f *testing.F) {
	text := twoJobs(f)
	f.Add(text)
	f.Add(strings.ReplaceAll(text, "SUSPENDED", "ERROR"))
	f.Add(`{"Version":1,"Service":"stopped","Jobs":[null]}`)
	f.Add(`{"Version":1,"Service":"stopped","Time":"0001-01-01T00:00:00Z"}`)
	f.Fuzz(func(t *testing.T, text string) {
		s, err := bitsemu.ReadSnapshot(io.LimitReader(strings.NewReader(text), 1<<16))
		if err != nil {
			require.ErrorIs(t, err, hresult.E_INVALIDARG)
			return
		}
		once, err := json.Marshal(s)
		require.NoError(t, err)
		again, err := bitsemu.ReadSnapshot(strings.NewReader(string(once)))
		require.NoError(t, err, string(once))
		twice, err := json.Marshal(again)
		require.NoError(t, err)
		require.Equal(t, string(once), string(twice))
	})
}
