package inspect_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/internal/inspect"
)

func TestJob(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	j := ask[inspect.Job](t, r.page, "jobs/"+r.id("tiles"))
	require.True(t, j.HasHistory)
	var states []string
	for _, c := range j.History {
		states = append(states, c.To+": "+c.Why)
	}
	require.Equal(t, []string{
		"ERROR: the transfer has failed", "TRANSFERRING: the server has answered", "CONNECTING: its turn", "QUEUED: Resume", "SUSPENDED: CreateJob",
	}, states)
	require.Equal(t, "BG_E_HTTP_ERROR_404 in REMOTE_FILE", j.History[0].Error)
	require.Equal(t, `BITSEMU\bob`, j.History[3].By)
	require.True(t, j.FileList[1].Failed)
	require.False(t, j.FileList[0].Failed)
	require.Contains(t, j.FileList[0].Headers, "HTTP/1.1 200 OK")
	require.NotEmpty(t, j.Audit)
	require.NotEmpty(t, j.Events)
	require.NotEmpty(t, j.Properties)
	page := html(t, r.page, "job/"+r.id("tiles")+"?tab=files")
	require.Contains(t, page, "the error is about this file")
	require.Contains(t, page, `<a id="tab-files" href="`+r.id("tiles")+`?tab=files" aria-current="page">Files</a>`)
}

// Cookies that a server has set are no business of who looks.
func TestCookiesAreHidden(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	j := ask[inspect.Job](t, r.page, "jobs/"+r.id("editor"))
	require.Contains(t, j.FileList[0].Headers, "Set-Cookie: (hidden)")
}

// As whom a job does what, follows from its helper token and flags.
func TestIdentity(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	lent := ask[inspect.Job](t, r.page, "jobs/"+r.id("lent"))
	require.Equal(t, `BITSEMU\alice`, lent.Helper)
	by := map[string]inspect.Use{}
	for _, u := range lent.Identity {
		by[u.Resource] = u
	}
	require.Equal(t, "helper", by["TemporaryFile"].As)
	require.Equal(t, `BITSEMU\alice`, by["TemporaryFile"].Who)
	require.NotContains(t, by, "UploadSource")
	for _, u := range ask[inspect.Job](t, r.page, "jobs/"+r.id("helper")).Identity {
		if u.Resource == "TemporaryFile" {
			require.Equal(t, "BG_E_TOKEN_REQUIRED", u.Refused)
		}
	}
	require.Contains(t, html(t, r.page, "job/"+r.id("lent")+"?tab=identity"), "As whom BITS would do what")
}

// A job that is over is still there to be looked at.
func TestJobThatIsOver(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	page := html(t, r.page, "job/"+r.id("gone"))
	require.Contains(t, page, "cancelled")
	require.Contains(t, page, `Cancel by BITSEMU\alice`)
}
