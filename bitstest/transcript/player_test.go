package transcript_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/bitstest"
	"github.com/bitsemu/bitsemu/bitstest/transcript"
	"github.com/bitsemu/bitsemu/internal/emulated"
	"github.com/bitsemu/bitsemu/token"
	"github.com/bitsemu/bitsemu/winver"
)

var update = flag.Bool("update", false, "write the lists of differences anew, and the transcript of the emulator")

// build is the build to compare with: the one that is named or the newest before
// it, and for what is no Windows the oldest with this version of BITS.
func build(t *testing.T, h transcript.Header) winver.Build {
	t.Helper()
	if h.Build == "" {
		for _, b := range winver.All() {
			if v := b.BITS(); fmt.Sprintf("%d.%d", v.Major(), v.Minor()) == h.BITS {
				return b
			}
		}
		require.Fail(t, "there is no Windows with BITS "+h.BITS)
	}
	var number uint32
	_, err := fmt.Sscan(h.Build, &number)
	require.NoError(t, err, "the build %q", h.Build)
	all := winver.All()
	i := slices.IndexFunc(all, func(b winver.Build) bool { return b.Number() > number })
	if i < 0 {
		i = len(all)
	}
	require.Positive(t, i, "there is no emulator of the build %d", number)
	return all[i-1]
}

func TestBuild(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		build, bits string
		want        winver.Build
	}{
		{"26100", "10.3", winver.Windows11_24H2},
		{"99999", "10.3", winver.Windows11_24H2},
		{"26099", "10.3", winver.Windows11_23H2},
		{"14393", "5.0", winver.Windows10_1607},
		{"", "3.0", winver.WindowsVista},
		{"", "10.1", winver.Windows10_1703},
	} {
		require.Equal(t, row.want.String(), build(t, transcript.Header{Build: row.build, BITS: row.bits}).String())
	}
}

// play records a case on the emulator, in surroundings of the options that h names.
func play(t *testing.T, h transcript.Header, c bitstest.Case) transcript.Case {
	t.Helper()
	emu, opts := emulated.Open(t, build(t, h))
	as := bitstest.Describe(opts...).As
	for name, without := range map[string]bitstest.Option{
		"As": bitstest.As(nil), "Dir": bitstest.Dir("", nil), "Replies": bitstest.Replies("", nil), "Server": bitstest.Server(""),
		"Share": bitstest.Share("", nil), "Uploads": bitstest.Uploads("", nil), "Version": bitstest.Version(0, 0),
	} {
		if !slices.Contains(h.Options, name) {
			opts = append(opts, without)
		}
	}
	manager := emu.Manager()
	if h.Caller == transcript.CallerAdministrator {
		ctx, ok := as(t.Context(), bitstest.Administrator)
		require.True(t, ok)
		who, _ := token.FromContext(ctx)
		manager = emu.As(who)
	}
	return transcript.Record(c, manager, 5*time.Minute, opts...)
}

// TestTranscripts holds the emulator to what was recorded of other services.
func TestTranscripts(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/*.txt")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".txt")
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(file)
			require.NoError(t, err)
			theirs, err := transcript.Parse(string(text))
			require.NoError(t, err)
			hold(t, theirs, strings.TrimSuffix(file, ".txt")+".tsv")
		})
	}
}

// hold compares, and judges by a list.
func hold(t *testing.T, theirs transcript.Transcript, listFile string) {
	t.Helper()
	cases := map[string]bitstest.Case{}
	for _, c := range bitstest.Cases() {
		cases[c.Name] = c
	}
	found := make([][]transcript.Difference, len(theirs.Cases))
	// A test of its own, so that the emulators do not tell their stories when what
	// they answered differs.
	t.Run("play", func(t *testing.T) {
		var playing sync.WaitGroup
		for i, recorded := range theirs.Cases {
			c, ok := cases[recorded.Name]
			if !ok {
				t.Errorf("bitstest has no case %s any more: take it out of the transcript", recorded.Name)
				continue
			}
			playing.Go(func() { found[i] = transcript.Compare(recorded, play(t, theirs.Header, c)) })
		}
		playing.Wait()
	})
	differences := slices.Concat(found...)
	before, err := os.ReadFile(listFile)
	if !*update {
		require.NoError(t, err)
	}
	if *update {
		text, err := transcript.Update(string(before), differences)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(listFile, []byte(text), 0o644))
		before = []byte(text)
	}
	list, err := transcript.ParseList(string(before))
	require.NoError(t, err)
	for _, wrong := range transcript.Check(list, differences) {
		t.Error(wrong)
	}
	if t.Failed() {
		t.Log("when the differences are as they should be, run go test ./bitstest/transcript -run Transcripts -update and replace each ?")
	}
	if missing := len(cases) - len(theirs.Cases); missing > 0 {
		t.Logf("%d cases of bitstest came after the recording", missing)
	}
}
