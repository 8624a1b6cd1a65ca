package main

import (
	"io"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/hresult"
)

func TestRecordNeedsWindows(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("here is Windows")
	}
	file := filepath.Join(t.TempDir(), "transcript.txt")
	err := record(io.Discard, options{file: file, pattern: regexp.MustCompile("")})
	require.ErrorIs(t, err, hresult.E_NOTIMPL)
	require.NoFileExists(t, file)
	require.ErrorContains(t, record(io.Discard, options{one: "no/such-case"}), `there is no case "no/such-case"`)
	require.ErrorIs(t, record(io.Discard, options{file: file, one: "job/new-priority"}), hresult.E_NOTIMPL)
}

func TestCompareFiles(t *testing.T) {
	t.Parallel()
	const one = "bitsemu transcript 1\nsystem: Windows\nbuild:\narchitecture:\nbits:\ncaller:\ndate:\nbitstest:\noptions:\njobs before: 0\n" +
		"\ncase job/one\n1 job1.GetId() = id1\npass\n\ncase job/two\npass\n"
	dir := t.TempDir()
	write := func(name, text string) string {
		file := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
		return file
	}
	compare := func(files ...string) (string, error) {
		var out strings.Builder
		err := compareFiles(&out, files)
		return out.String(), err
	}
	a := write("a.txt", one)
	out, err := compare(a, write("same.txt", strings.Replace(one, "\ncase job/two\npass\n", "", 1)))
	require.NoError(t, err)
	require.Equal(t, "1 cases are in both.\n", out)
	out, err = compare(a, write("other.txt", strings.Replace(one, "= id1", "! E_FAIL", 1)))
	require.ErrorContains(t, err, "there are 1 differences")
	require.Equal(t, "job/one, call 1: job1.GetId()\n\ttheirs: id1\n\tours:   E_FAIL\n2 cases are in both.\n", out)
	_, err = compare(a)
	require.ErrorContains(t, err, "two transcripts")
	_, err = compare(a, write("bad.txt", "no"))
	require.ErrorContains(t, err, "bad.txt")
	_, err = compare(a, filepath.Join(dir, "missing.txt"))
	require.Error(t, err)
}
