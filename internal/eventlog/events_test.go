package eventlog_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/internal/eventlog"
	"github.com/bitsemu/bitsemu/sid"
)

var (
	at    = time.Date(2024, time.May, 17, 9, 0, 0, 0, time.UTC)
	alice = sid.MustParse("S-1-5-21-3623811015-3361044348-30300820-1013")
	job   = eventlog.Job{ID: uuid.MustParse("0f6e1b8e-2a1c-4d5a-9f70-1f3a6f1b5d2c"), Title: "update", Owner: alice}
	part  = eventlog.Transfer{URL: "http://host/a", BytesTotal: 1000, BytesTransferred: 10}
)

// What all lines of String have in common.
const (
	jobText  = `, job {0F6E1B8E-2A1C-4D5A-9F70-1F3A6F1B5D2C} "update", owner S-1-5-21-3623811015-3361044348-30300820-1013`
	jobJSON  = `"time":"2024-05-17T09:00:00Z","job":"0f6e1b8e-2a1c-4d5a-9f70-1f3a6f1b5d2c","jobTitle":"update","owner":"S-1-5-21-3623811015-3361044348-30300820-1013"`
	channel1 = `"channel":"Microsoft-Windows-Bits-Client/Operational",`
	channel2 = `"channel":"System",`
)

// entries has each constructor, with the texts of what it returns.
var entries = []struct {
	name       string
	entry      eventlog.Entry
	text, json string
}{
	{
		name:  "job created",
		entry: eventlog.JobCreated(at, job),
		text:  `3 Information: job created` + jobText,
		json:  `{"id":3,"event":"job created","level":"Information",` + channel1 + jobJSON + `}`,
	},
	{
		name:  "file added",
		entry: eventlog.FileAdded(at, job, sid.LocalSystem, "http://host/a", `C:\a`, 2),
		text:  `16403 Information: file added` + jobText + `, by S-1-5-18, files 2, url "http://host/a", file "C:\\a"`,
		json:  `{"id":16403,"event":"file added","level":"Information",` + channel1 + jobJSON + `,"user":"S-1-5-18","files":2,"url":"http://host/a","file":"C:\\a"}`,
	},
	{
		name:  "job completed",
		entry: eventlog.JobCompleted(at, job, alice, 2),
		text:  `4 Information: job completed` + jobText + `, by ` + alice.String() + `, files 2`,
		json:  `{"id":4,"event":"job completed","level":"Information",` + channel1 + jobJSON + `,"user":"` + alice.String() + `","files":2}`,
	},
	{
		name:  "job cancelled",
		entry: eventlog.JobCancelled(at, job, alice, 0),
		text:  `5 Information: job cancelled` + jobText + `, by ` + alice.String(),
		json:  `{"id":5,"event":"job cancelled","level":"Information",` + channel1 + jobJSON + `,"user":"` + alice.String() + `"}`,
	},
	{
		name:  "transfer started",
		entry: eventlog.TransferStarted(at, job, eventlog.Transfer{URL: "http://host/a", BytesTotal: bits.BG_SIZE_UNKNOWN}),
		text:  `59 Information: transfer started` + jobText + `, url "http://host/a", 0 bytes`,
		json:  `{"id":59,"event":"transfer started","level":"Information",` + channel1 + jobJSON + `,"url":"http://host/a","bytesTotal":18446744073709551615}`,
	},
	{
		name:  "transfer stopped",
		entry: eventlog.TransferStopped(at, job, part, hresult.S_OK),
		text:  `60 Information: transfer stopped` + jobText + `, url "http://host/a", 10 bytes of 1000, S_OK (0x00000000)`,
		json:  `{"id":60,"event":"transfer stopped","level":"Information",` + channel1 + jobJSON + `,"url":"http://host/a","bytesTotal":1000,"bytesTransferred":10}`,
	},
	{
		name:  "transfer stopped with another success",
		entry: eventlog.TransferStopped(at, job, part, hresult.BG_S_PARTIAL_COMPLETE),
		text:  `60 Information: transfer stopped` + jobText + `, url "http://host/a", 10 bytes of 1000, BG_S_PARTIAL_COMPLETE (0x00200017)`,
		json:  `{"id":60,"event":"transfer stopped","level":"Information",` + channel1 + jobJSON + `,"url":"http://host/a","hresult":"BG_S_PARTIAL_COMPLETE","bytesTotal":1000,"bytesTransferred":10}`,
	},
	{
		name:  "transfer failed",
		entry: eventlog.TransferStopped(at, job, part, hresult.BG_E_HTTP_ERROR_404),
		text:  `61 Warning: transfer failed` + jobText + `, url "http://host/a", 10 bytes of 1000, BG_E_HTTP_ERROR_404 (0x80190194)`,
		json:  `{"id":61,"event":"transfer failed","level":"Warning",` + channel1 + jobJSON + `,"url":"http://host/a","hresult":"BG_E_HTTP_ERROR_404","bytesTotal":1000,"bytesTransferred":10}`,
	},
	{
		name:  "cancelled by an administrator",
		entry: eventlog.CancelledByAdministrator(at, job, sid.LocalSystem),
		text:  `16384 Warning: job cancelled by an administrator` + jobText + `, by S-1-5-18`,
		json:  `{"id":16384,"event":"job cancelled by an administrator","level":"Warning",` + channel2 + jobJSON + `,"user":"S-1-5-18"}`,
	},
	{
		name:  "files left",
		entry: eventlog.FilesLeft(at, job, `C:\BIT1.tmp`),
		text:  `16385 Warning: temporary file left behind` + jobText + `, file "C:\\BIT1.tmp"`,
		json:  `{"id":16385,"event":"temporary file left behind","level":"Warning",` + channel2 + jobJSON + `,"file":"C:\\BIT1.tmp"}`,
	},
	{
		name:  "property changed",
		entry: eventlog.PropertyChanged(at, job, sid.LocalSystem, "priority"),
		text:  `16387 Warning: property changed by an administrator` + jobText + `, by S-1-5-18, property "priority"`,
		json:  `{"id":16387,"event":"property changed by an administrator","level":"Warning",` + channel2 + jobJSON + `,"user":"S-1-5-18","property":"priority"}`,
	},
	{
		name:  "ownership taken",
		entry: eventlog.OwnershipTaken(at, job, sid.LocalSystem),
		text:  `16388 Warning: ownership taken` + jobText + `, by S-1-5-18`,
		json:  `{"id":16388,"event":"ownership taken","level":"Warning",` + channel2 + jobJSON + `,"user":"S-1-5-18"}`,
	},
	{
		name:  "job expired",
		entry: eventlog.JobExpired(at, job),
		text:  `16389 Warning: job expired` + jobText,
		json:  `{"id":16389,"event":"job expired","level":"Warning",` + channel2 + jobJSON + `}`,
	},
	{
		name:  "notification failed",
		entry: eventlog.NotificationFailed(at, job, hresult.E_FAIL),
		text:  `16390 Warning: notification failed` + jobText + `, E_FAIL (0x80004005)`,
		json:  `{"id":16390,"event":"notification failed","level":"Warning",` + channel2 + jobJSON + `,"hresult":"E_FAIL"}`,
	},
}

func TestEntries(t *testing.T) {
	t.Parallel()
	seen := map[eventlog.ID]bool{}
	for _, test := range entries {
		seen[test.entry.ID] = true
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, at, test.entry.Time)
			require.Equal(t, test.entry.ID.Level(), test.entry.Level())
			require.Equal(t, "2024-05-17T09:00:00Z "+test.text, test.entry.String())

			text, err := json.Marshal(test.entry)
			require.NoError(t, err)
			require.JSONEq(t, test.json, string(text))
			var read eventlog.Entry
			require.NoError(t, json.Unmarshal(text, &read))
			require.Equal(t, test.entry, read)
		})
	}
	require.Len(t, seen, len(eventlog.IDs()), "each event has a constructor")
}
