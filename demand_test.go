package bitsemu_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu"
	"github.com/bitsemu/bitsemu/bits"
)

// onDemand makes a job in on-demand mode with one file of 1000 bytes, which answer
// serves, and of which a range has been asked for.
func onDemand(t *testing.T, content string, before func(job bits.Job5, file bits.File6, r *http.Request)) (*bitsemu.Emulator, bits.Job5) {
	t.Helper()
	ctx := t.Context()
	emu := bitsemu.RunT(t)
	_, job1 := downloadOf(t, emu, "http://server/a", `C:\Downloads\a`)
	i, err := job1.QueryInterface(ctx, bits.IID_IBackgroundCopyJob5)
	require.NoError(t, err)
	job := i.(bits.Job5)
	require.NoError(t, job.SetProperty(ctx, bits.BITS_JOB_PROPERTY_ON_DEMAND_MODE, bits.PropertyEnable(true)))
	files, err := job.EnumFiles(ctx)
	require.NoError(t, err)
	some, _, err := files.Next(ctx, 1)
	require.NoError(t, err)
	i, err = some[0].QueryInterface(ctx, bits.IID_IBackgroundCopyFile6)
	require.NoError(t, err)
	file := i.(bits.File6)
	require.NoError(t, emu.Handle("http://server", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		before(job, file, r)
		serveText(w, r, content)
	})))
	require.NoError(t, file.RequestFileRanges(ctx, []bits.FileRange{{InitialOffset: 500, Length: 100}}))
	require.NoError(t, job.Resume(ctx))
	return emu, job
}

// What was fetched on demand is no beginning of the file.
func TestDemandIsSwitchedOff(t *testing.T) {
	t.Parallel()
	content := strings.Repeat("0123456789", 100)
	off := func(t *testing.T, job bits.Job5) {
		require.NoError(t, job.SetProperty(t.Context(), bits.BITS_JOB_PROPERTY_ON_DEMAND_MODE, bits.PropertyEnable(false)))
	}
	for _, when := range []string{"before", "during", "after"} {
		t.Run(when, func(t *testing.T) {
			t.Parallel()
			emu, job := onDemand(t, content, func(job bits.Job5, _ bits.File6, r *http.Request) {
				if when == "during" && r.Method == http.MethodGet {
					off(t, job)
				}
			})
			if when == "before" {
				off(t, job)
			}
			emu.Settle()
			if when == "after" {
				off(t, job)
				require.NoError(t, job.Resume(t.Context()))
				emu.Settle()
			}
			result, err := job.Complete(t.Context())
			require.NoError(t, err)
			require.Zero(t, result)
			emu.CheckFile(t, `C:\Downloads\a`, []byte(content))
		})
	}
}

// A range that is requested while another one arrives is fetched too, and one up to
// the end of a file whose size is not known yet ends there.
func TestDemandGrows(t *testing.T) {
	t.Parallel()
	content := strings.Repeat("0123456789", 100)
	more := []bits.FileRange{{InitialOffset: 0, Length: 10}, {InitialOffset: 900, Length: bits.BG_LENGTH_TO_EOF}}
	asked := false
	var file6 bits.File6
	emu, job := onDemand(t, content, func(_ bits.Job5, file bits.File6, r *http.Request) {
		file6 = file
		if !asked {
			asked = true
			require.NoError(t, file.RequestFileRanges(r.Context(), more))
		}
	})
	emu.Settle()
	state, err := job.GetState(t.Context())
	require.NoError(t, err)
	require.Equal(t, bits.BG_JOB_STATE_SUSPENDED, state)
	filled, err := file6.GetFilledFileRanges(t.Context())
	require.NoError(t, err)
	require.Equal(t, []bits.FileRange{{InitialOffset: 0, Length: 10}, {InitialOffset: 500, Length: 100}, {InitialOffset: 900, Length: 100}}, filled)
	p, err := file6.GetProgress(t.Context())
	require.NoError(t, err)
	require.Equal(t, bits.FileProgress{BytesTotal: 1000, BytesTransferred: 210}, p)
	require.NoError(t, file6.RequestFileRanges(t.Context(), []bits.FileRange{{InitialOffset: 0, Length: 1000}}))
	require.NoError(t, job.Resume(t.Context()))
	emu.Settle()
	_, err = job.Complete(t.Context())
	require.NoError(t, err)
	emu.CheckFile(t, `C:\Downloads\a`, []byte(content))
}
