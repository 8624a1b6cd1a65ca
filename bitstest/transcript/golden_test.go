package transcript_test

import (
	"os"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/bitstest"
	"github.com/bitsemu/bitsemu/bitstest/transcript"
	"github.com/bitsemu/bitsemu/internal/emulated"
	"github.com/bitsemu/bitsemu/winver"
)

// golden is a transcript of the emulator itself, in all surroundings. It is
// evidence for nothing: it shows what a change of the emulator changes.
const golden = "testdata/golden/emulator.txt"

func TestEmulatorAnswersAsBefore(t *testing.T) {
	now := transcript.Transcript{Header: transcript.Header{
		System: "bitsemu", Build: "26100", Architecture: "any", BITS: "10.3", Caller: transcript.CallerUser,
		Date: "any", Suite: transcript.Suite(),
	}}
	now.Header.Options, now.Cases = played(t)
	text := now.String()
	back, err := transcript.Parse(text)
	require.NoError(t, err)
	require.Equal(t, text, back.String())
	if *update {
		require.NoError(t, os.WriteFile(golden, []byte(text), 0o644))
		return
	}
	file, err := os.ReadFile(golden)
	require.NoError(t, err)
	before, err := transcript.Parse(string(file))
	require.NoError(t, err)
	require.Equal(t, before.Header, now.Header, changed)
	for i, c := range now.Cases {
		require.Equal(t, before.Cases[i].Name, c.Name, changed)
		for _, d := range transcript.Compare(before.Cases[i], c) {
			t.Errorf("%v\n%s", d, changed)
		}
	}
}

const changed = "when this is as it should be, run go test ./bitstest/transcript -run AnswersAsBefore -update and look at what it changes"

// played are all cases on the emulator in all surroundings, and their options. They
// are a test of their own, so that the emulators do not tell their stories when
// what they answered differs.
func played(t *testing.T) (options []string, recorded []transcript.Case) {
	t.Helper()
	t.Run("play", func(t *testing.T) {
		_, around := emulated.Open(t, winver.Windows11_24H2)
		options = transcript.Options(bitstest.Describe(around...))
		cases := bitstest.Cases()
		recorded = make([]transcript.Case, len(cases))
		var playing sync.WaitGroup
		for i, c := range cases {
			playing.Go(func() {
				emu, opts := emulated.Open(t, winver.Windows11_24H2)
				recorded[i] = transcript.Record(c, emu.Manager(), 5*time.Minute, opts...)
			})
		}
		playing.Wait()
	})
	return options, recorded
}
