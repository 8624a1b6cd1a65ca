package bitsemu

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/bits"
)

// Of very many entries the latest half stays, and what the history knows of a job goes
// with the last change that is kept of it.
func TestKeptAreTheLatest(t *testing.T) {
	t.Parallel()
	var h history
	first, busy := uuid.New(), uuid.New()
	h.add(StateChange{Job: first, New: true, To: bits.BG_JOB_STATE_SUSPENDED})
	h.add(StateChange{Job: busy, New: true, To: bits.BG_JOB_STATE_SUSPENDED})
	at := time.Date(2024, 1, 2, 3, 4, 5, 0, time.UTC)
	for i := 2; i <= maxKept; i++ {
		to := bits.BG_JOB_STATE_QUEUED
		if i%2 == 1 {
			to = bits.BG_JOB_STATE_SUSPENDED
		}
		h.add(StateChange{Job: busy, Time: at.Add(time.Duration(i)), To: to})
	}
	all := h.list()
	require.Len(t, all, maxKept/2+1)
	require.Equal(t, at.Add(maxKept/2), all[0].Time)
	require.Equal(t, at.Add(maxKept), all[len(all)-1].Time)
	require.Empty(t, h.of(first))
	require.Len(t, h.of(busy), len(all))

	h.add(StateChange{Job: first, From: bits.BG_JOB_STATE_ERROR, To: bits.BG_JOB_STATE_QUEUED})
	require.Equal(t, bits.BG_JOB_STATE_ERROR, h.of(first)[0].From, "what was before is not known any more")
	h.add(StateChange{Job: busy, From: bits.BG_JOB_STATE_ERROR, To: bits.BG_JOB_STATE_CONNECTING})
	require.Equal(t, bits.BG_JOB_STATE_QUEUED, h.list()[len(all)+1].From, "what was before is what is kept of it")
}
