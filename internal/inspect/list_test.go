package inspect_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu"
	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/internal/inspect"
	"github.com/bitsemu/bitsemu/token"
)

// How long a test waits for something that is to happen.
const (
	waiting = 30 * time.Second
	tick    = 20 * time.Millisecond
)

// What needs somebody comes first, with why.
func TestList(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	l := ask[inspect.List](t, r.page, "queue")
	require.Equal(t, 12, l.Total)
	require.Equal(t, 12, l.Matching)
	var lines []string
	for _, j := range l.Jobs[:10] {
		lines = append(lines, fmt.Sprintf("%s | %s | %s | %s | %s", j.State, j.Name, j.Owner, j.Helper, j.Why))
	}
	require.Equal(t, []string{
		`ERROR | Definitions for carol | NT AUTHORITY\NETWORK SERVICE |  | BG_E_TOKEN_REQUIRED in general queue manager; Resume tries again`,
		`ERROR | Map tiles, zoom 7 | BITSEMU\bob |  | BG_E_HTTP_ERROR_404 in remote file, 46.pbf; Resume tries again`,
		`TRANSIENT_ERROR | Nightly image | BITSEMU\carol (elevated) |  | BG_E_HTTP_ERROR_503 in remote file, nightly.vhdx; tried again at 03:14:11`,
		`TRANSFERRING | Feature update 24H2 | NT AUTHORITY\SYSTEM |  | at feature.cab`,
		`TRANSFERRING | Signature delta | NT AUTHORITY\SYSTEM | BITSEMU\alice | at delta.bin`,
		`QUEUED | Driver update | NT AUTHORITY\SYSTEM |  | waits for its turn`,
		`QUEUED | Telemetry settings | BITSEMU\dave |  | dave is not logged on`,
		`SUSPENDED | Game assets, season 3 | BITSEMU\alice |  | waits for Resume`,
		`SUSPENDED | Wallpaper pack | BITSEMU\bob |  | was never resumed`,
		`SUSPENDED |  | BITSEMU\alice |  | has no files yet`,
	}, lines)
	var states []string
	for _, c := range l.States {
		states = append(states, fmt.Sprint(c.Count, " ", c.Name))
	}
	require.Equal(t, []string{
		"2 Error", "1 Transient error", "2 Transferring", "0 Connecting", "2 Queued", "4 Suspended", "1 Transferred", "2 Over",
	}, states)
	require.Equal(t, "BG_TOKEN_LOCAL_FILE|BG_TOKEN_NETWORK", l.Jobs[0].HelperFlags)
	require.EqualValues(t, 2_560_000, l.Jobs[3].Bytes)
	require.EqualValues(t, 6_400_000, *l.Jobs[3].Total)
	require.Nil(t, l.Jobs[0].Total)
}

func TestFilterAndSort(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for query, want := range map[string]string{
		"q=map":                            "Map tiles, zoom 7",
		"q=MAPS.example":                   "Map tiles, zoom 7",
		"q=http_error_503":                 "Nightly image",
		"q=0x80200056":                     "Definitions for carol",
		"q=carol":                          "Definitions for carol, Nightly image",
		"q=" + guid(t, r.Jobs["game"]):     "Game assets, season 3",
		"q=alice&state=TRANSFERRING":       "Signature delta",
		"state=QUEUED":                     "Driver update, Telemetry settings",
		"state=QUEUED&desc=1":              "Telemetry settings, Driver update",
		"state=over":                       "Trial version, Font pack",
		"state=over&q=font":                "Font pack",
		"q=nobody-has-this":                "",
		"state=ERROR&sort=name&desc=1":     "Map tiles, zoom 7, Definitions for carol",
		"state=ERROR&sort=owner":           "Map tiles, zoom 7, Definitions for carol",
		"state=ERROR&sort=changed":         "Definitions for carol, Map tiles, zoom 7",
		"state=ERROR&sort=created":         "Map tiles, zoom 7, Definitions for carol",
		"state=ERROR&sort=what":            "Definitions for carol, Map tiles, zoom 7",
		"state=TRANSFERRING&sort=progress": "Feature update 24H2, Signature delta",
	} {
		require.Equal(t, want, names(ask[inspect.List](t, r.page, "queue?"+query)), query)
	}
	require.Equal(t, 12, ask[inspect.List](t, r.page, "queue?state=what&page=-1&sort=state").Matching)
	page := html(t, r.page, "?q=a&state=SUSPENDED&sort=name")
	require.Contains(t, page, `aria-sort="ascending"><a href="./?desc=1&amp;q=a&amp;sort=name&amp;state=SUSPENDED">Job</a>`)
	require.Contains(t, page, `href="./?q=a&amp;sort=name&amp;state=ERROR"`)
}

// Of thousands of jobs a page has a hundred.
func TestPages(t *testing.T) {
	t.Parallel()
	emu := bitsemu.RunT(t)
	for i := range 250 {
		_, _, err := emu.As(token.LocalSystem()).CreateJob(t.Context(), fmt.Sprintf("job %03d", i), bits.BG_JOB_TYPE_DOWNLOAD)
		require.NoError(t, err)
	}
	page := inspect.New(inspect.Live(emu))
	l := ask[inspect.List](t, page, "queue?page=3&sort=name")
	require.Equal(t, 3, l.Pages)
	require.Len(t, l.Jobs, 50)
	require.Equal(t, "job 200", l.Jobs[0].Name)
	require.Equal(t, 3, ask[inspect.List](t, page, "queue?page=99").Page)
	text := html(t, page, "?page=2&sort=name")
	require.Contains(t, text, "101–200 of 250")
	require.Contains(t, text, `href="./?page=3&amp;sort=name"`)
	require.Contains(t, text, `href="./?page=1&amp;sort=name"`)
	require.NotContains(t, html(t, page, "?q=job+00"), `aria-label="Pages"`)
	events := html(t, page, "events")
	require.Contains(t, events, "page 1 of 2, 250 entries")
	require.Contains(t, html(t, page, "events?page=2"), `href="?page=1"`)
}
