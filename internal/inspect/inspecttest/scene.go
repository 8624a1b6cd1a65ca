// Package inspecttest fills an emulator with jobs that are worth looking at, for the
// tests of the page and for its pictures.
package inspecttest

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu"
	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/internal/who"
	"github.com/bitsemu/bitsemu/token"
	"github.com/bitsemu/bitsemu/transfer"
)

// Markup is a name that a page must show as it is.
const Markup = `<img src=x onerror="window.hacked=1"><script>window.hacked=2</script> & 'quotes'`

// Password is one that no page may show.
const Password = "s3cr3t-pass"

// Scene is what was made.
type Scene struct {
	Emu *bitsemu.Emulator
	// Held is the file that the job Moving is at, until it is released.
	Held *transfer.Script
	// Jobs are the jobs by a short name.
	Jobs map[string]bits.Job
}

// Play makes a scene: jobs of several people in every state, with what has led there.
func Play(t testing.TB, emu *bitsemu.Emulator) *Scene {
	t.Helper()
	s := &Scene{Emu: emu, Jobs: map[string]bits.Job{}}
	ctx := context.Background()
	person := func(name string) token.Token {
		caller, err := who.Parse(name)
		require.NoError(t, err)
		return caller
	}
	serve := func(url string, opts ...transfer.ScriptOption) *transfer.Script {
		script := transfer.NewScript(opts...)
		require.NoError(t, emu.Script(url, script))
		return script
	}
	job := func(key, owner, name string, priority bits.JobPriority, urls ...string) bits.Job {
		_, j, err := emu.As(person(owner)).CreateJob(ctx, name, bits.BG_JOB_TYPE_DOWNLOAD)
		require.NoError(t, err)
		for i, url := range urls {
			require.NoError(t, j.AddFile(ctx, url, fmt.Sprintf(`C:\Downloads\%s-%d.bin`, key, i)))
		}
		require.NoError(t, j.SetPriority(ctx, priority))
		s.Jobs[key] = j
		return j
	}
	resume := func(key string) {
		require.NoError(t, s.Jobs[key].Resume(ctx))
		emu.Settle()
		emu.Advance(3 * time.Second)
	}
	const foreground = bits.BG_JOB_PRIORITY_FOREGROUND

	serve("http://cdn.example.net/editor/setup.msi", transfer.Size(4_830_000), transfer.Header("Set-Cookie", "session="+Password))
	serve("http://cdn.example.net/editor/lang-de.cab", transfer.Size(210_000))
	job("editor", "alice", "Editor 4.2 setup", foreground, "http://cdn.example.net/editor/setup.msi", "http://cdn.example.net/editor/lang-de.cab")
	resume("editor")

	serve("http://maps.example.org/tiles/7/66/45.pbf", transfer.Size(120_000))
	serve("http://maps.example.org/tiles/7/66/46.pbf", transfer.Status(http.StatusNotFound, -1))
	job("tiles", "bob", "Map tiles, zoom 7", foreground, "http://maps.example.org/tiles/7/66/45.pbf", "http://maps.example.org/tiles/7/66/46.pbf")
	resume("tiles")

	serve("http://backup.example.com/nightly.vhdx", transfer.Size(900_000_000), transfer.Status(http.StatusServiceUnavailable, -1))
	job("backup", "carol elevated", "Nightly image", foreground, "http://backup.example.com/nightly.vhdx")
	resume("backup")

	serve("http://definitions.example.net/mpam-fe.exe", transfer.Size(131_000))
	job("helper", "networkservice", "Definitions for carol", foreground, "http://definitions.example.net/mpam-fe.exe")
	lend(t, s.Jobs["helper"], person("networkservice"), person("carol"))
	require.NoError(t, emu.EndSession(person("carol").Session()))
	emu.LogOnSession(person("carol").User(), person("carol").Session())
	emu.Settle()

	serve("http://definitions.example.net/delta.bin", transfer.Size(131_000), transfer.HoldAt(64_000))
	job("lent", "system", "Signature delta", foreground, "http://definitions.example.net/delta.bin")
	lend(t, s.Jobs["lent"], person("system"), person("alice"))
	resume("lent")

	serve("http://games.example.com/assets.pak", transfer.Size(10_700_000), transfer.HoldAt(3_330_000))
	job("game", "alice", "Game assets, season 3", foreground, "http://games.example.com/assets.pak")
	resume("game")
	require.NoError(t, s.Jobs["game"].Suspend(ctx))

	job("never", "bob", "Wallpaper pack", bits.BG_JOB_PRIORITY_LOW, "http://cdn.example.net/wallpaper.zip")
	job("empty", "alice", "", bits.BG_JOB_PRIORITY_NORMAL)
	job("markup", "alice", Markup, bits.BG_JOB_PRIORITY_LOW, "http://files.example.com/a%20b.txt?x=%3Cb%3E&y=1")
	require.NoError(t, s.Jobs["markup"].SetDescription(ctx, Markup))
	keep(t, s.Jobs["markup"])

	serve("http://cdn.example.net/old.cab", transfer.Size(5_000))
	for _, key := range []string{"done", "gone"} {
		job(key, "alice", map[string]string{"done": "Font pack", "gone": "Trial version"}[key], foreground, "http://cdn.example.net/old.cab")
		resume(key)
	}
	_, err := s.Jobs["done"].Complete(ctx)
	require.NoError(t, err)
	_, err = s.Jobs["gone"].Cancel(ctx)
	require.NoError(t, err)

	serve("http://telemetry.example.com/settings.json", transfer.Size(900))
	job("away", "dave", "Telemetry settings", bits.BG_JOB_PRIORITY_NORMAL, "http://telemetry.example.com/settings.json")
	require.NoError(t, emu.LogOff(person("dave").User()))
	require.NoError(t, s.Jobs["away"].Resume(ctx))

	s.Held = serve("http://cdn.example.net/feature.cab", transfer.Size(6_400_000), transfer.HoldAt(2_560_000))
	job("moving", "system", "Feature update 24H2", bits.BG_JOB_PRIORITY_HIGH, "http://cdn.example.net/feature.cab")
	resume("moving")
	serve("http://cdn.example.net/drivers.cab", transfer.Size(3_000_000))
	job("next", "system", "Driver update", bits.BG_JOB_PRIORITY_NORMAL, "http://cdn.example.net/drivers.cab")
	resume("next")
	return s
}

// keep gives a job what is not to be shown.
func keep(t testing.TB, job bits.Job) {
	t.Helper()
	ctx := context.Background()
	got, err := job.QueryInterface(ctx, bits.IID_IBackgroundCopyJobHttpOptions)
	require.NoError(t, err)
	header := "X-Key: " + Password + "\r\n"
	require.NoError(t, got.(bits.JobHttpOptions).SetCustomHeaders(ctx, &header))
	got, err = job.QueryInterface(ctx, bits.IID_IBackgroundCopyJob2)
	require.NoError(t, err)
	require.NoError(t, got.(bits.Job2).SetCredentials(ctx, bits.AuthCredentials{
		Target: bits.BG_AUTH_TARGET_SERVER, Scheme: bits.BG_AUTH_SCHEME_BASIC, UserName: "eve", Password: bits.Secret(Password),
	}))
}

// lend gives a job a helper token for all that it is used for.
func lend(t testing.TB, job bits.Job, owner, helper token.Token) {
	t.Helper()
	got, err := job.QueryInterface(token.NewContext(context.Background(), owner), bits.IID_IBitsTokenOptions)
	require.NoError(t, err)
	options := got.(bits.TokenOptions)
	err = options.SetHelperToken(token.NewContext(context.Background(), helper))
	if errors.Is(err, hresult.E_ACCESSDENIED) {
		return // before Windows 10 1607
	}
	require.NoError(t, err)
	require.NoError(t, options.SetHelperTokenFlags(context.Background(), bits.BG_TOKEN_LOCAL_FILE|bits.BG_TOKEN_NETWORK))
}
