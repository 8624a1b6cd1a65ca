package bench

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestRecord(t *testing.T) {
	t.Parallel()
	j := MakeJob(12345)
	rec := j.Encode(nil)
	require.Len(t, rec, 270, "the baselines are for records of this size")
	require.Equal(t, j.HelperFlags, RecFlags(rec))
	require.Equal(t, j.State, RecState(rec))
	require.Equal(t, j.Owner.AppendBinary(nil), RecOwner(rec))
	text, err := json.Marshal(j.json())
	require.NoError(t, err)
	require.Len(t, text, 537)
}

func TestGUIDsAreDistinct(t *testing.T) {
	t.Parallel()
	seen := map[GUID]bool{}
	for i := range 10_000 {
		id := GUIDOf(i)
		require.False(t, seen[id])
		require.Equal(t, byte(0x40), id[7]&0xf0, "version 4")
		seen[id] = true
	}
}
