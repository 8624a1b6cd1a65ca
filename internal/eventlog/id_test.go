package eventlog_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/internal/eventlog"
)

func TestIDs(t *testing.T) {
	t.Parallel()
	ids := eventlog.IDs()
	require.True(t, slices.IsSorted(ids))
	names := map[string]bool{}
	for _, id := range ids {
		require.NotEqual(t, "unknown event", id.String(), "%d", uint16(id))
		require.False(t, names[id.String()], "two events are called %s", id)
		names[id.String()] = true
		require.Contains(t, []string{"Warning", "Information"}, id.Level().String())
		require.Contains(t, []string{"System", "Microsoft-Windows-Bits-Client/Operational"}, id.Channel())
	}
}

func TestNumbers(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		id      eventlog.ID
		want    uint16
		level   eventlog.Level
		channel string
	}{
		{eventlog.IDJobCreated, 3, 4, eventlog.Operational},
		{eventlog.IDJobCompleted, 4, 4, eventlog.Operational},
		{eventlog.IDJobCancelled, 5, 4, eventlog.Operational},
		{eventlog.IDTransferStarted, 59, 4, eventlog.Operational},
		{eventlog.IDTransferStopped, 60, 4, eventlog.Operational},
		{eventlog.IDTransferFailed, 61, 3, eventlog.Operational},
		{eventlog.IDFileAdded, 16403, 4, eventlog.Operational},
		{eventlog.IDCancelledByAdministrator, hresult.BITS_MC_JOB_CANCELLED.Code(), 3, eventlog.System},
		{eventlog.IDFilesLeft, hresult.BITS_MC_FILE_DELETION_FAILED.Code(), 3, eventlog.System},
		{eventlog.IDPropertyChanged, hresult.BITS_MC_JOB_PROPERTY_CHANGE.Code(), 3, eventlog.System},
		{eventlog.IDOwnershipTaken, hresult.BITS_MC_JOB_TAKE_OWNERSHIP.Code(), 3, eventlog.System},
		{eventlog.IDJobExpired, hresult.BITS_MC_JOB_SCAVENGED.Code(), 3, eventlog.System},
		{eventlog.IDNotificationFailed, hresult.BITS_MC_JOB_NOTIFICATION_FAILURE.Code(), 3, eventlog.System},
	} {
		t.Run(test.id.String(), func(t *testing.T) {
			t.Parallel()
			require.Equal(t, test.want, uint16(test.id))
			require.Equal(t, test.level, test.id.Level())
			require.Equal(t, test.channel, test.id.Channel())
			require.Contains(t, eventlog.IDs(), test.id)
		})
	}
}

func TestUnknownID(t *testing.T) {
	t.Parallel()
	id := eventlog.ID(58)
	require.Equal(t, "unknown event", id.String())
	require.Zero(t, id.Level())
	require.Equal(t, "0", id.Level().String())
	require.Empty(t, id.Channel())
	require.NotContains(t, eventlog.IDs(), id)
}
