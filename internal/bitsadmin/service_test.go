package bitsadmin_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu"
	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/internal/bitsadmin"
	"github.com/bitsemu/bitsemu/serve"
	"github.com/bitsemu/bitsemu/sid"
	"github.com/bitsemu/bitsemu/winver"
)

// A job at a service goes on between commands, and is the same as in a store.
func TestService(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	emu := r.serve(bitsemu.Windows(winver.Windows8_1))
	id := r.must("/rawreturn", "/create", "update")
	require.Regexp(t, `^\{[0-9A-F-]{36}\}$`, id)
	r.must("/addfile", id, r.server+"/5000", `C:\temp\update.bin`)
	require.NoError(t, os.WriteFile(filepath.Join(r.drive, "set.txt"), []byte(r.server+"/7 C:\\temp\\7\n"), 0o600))
	require.Contains(t, r.must("/addfileset", id, `C:\set.txt`), "Added ", "its drive is at the service")
	r.must("/resume", id)
	r.await("TRANSFERRED", id)
	require.Equal(t, "5007", r.must("/rawreturn", "/getbytestransferred", id))
	require.Equal(t, "Job completed.\n", lastLine(r.must("/complete", id)))
	require.FileExists(t, filepath.Join(r.drive, "temp", "update.bin"))
	require.Zero(t, emu.Len())

	require.Equal(t, "Transfer complete.\n", lastLine(r.must("/transfer", "j", r.server+"/10", `C:\temp\x`)))
	out, status := r.run("/transfer", "j", r.server+"/nothing", `C:\temp\y`)
	require.EqualValues(t, -2145844844, status, out)
	require.Contains(t, out, "ERROR CODE:    0x80190194 - ")
	require.Zero(t, emu.Len())
	require.Contains(t, out, "BITSAdmin is deprecated", "the banner is that of the Windows of the service")
	out, status = r.run("--store", filepath.Join(t.TempDir(), "other.db"), "/list")
	require.Zero(t, status, r.stderr)
	require.NotContains(t, out, "deprecated", "a flag wins over a variable")
}

// await asks for the state until it is as it is to be.
func (r *rig) await(state, job string) {
	r.t.Helper()
	require.Eventually(r.t, func() bool { return r.must("/rawreturn", "/getstate", job) == state }, patience, 20*time.Millisecond)
}

// Who runs the command is who calls the service.
func TestCallersOfAService(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.serve(bitsemu.DefaultCaller(caller(t, "carol")))
	r.must("/create", "hers")
	require.Equal(t, "BITSEMU\\carol\n", r.must("/getowner", "hers"), "the service says who calls when nobody else does")
	r.must("--as=alice", "/create", "j")
	require.Equal(t, "BITSEMU\\alice\n", r.must("--as=alice", "/getowner", "j"))
	_, status := r.run("--as=bob", "/getowner", "j")
	require.EqualValues(t, 1, status)
	require.Equal(t, "BITSEMU\\alice\n", r.must("--as=bob elevated", "/getowner", "j"))

	r.must("--as=networkservice", "/create", "of a service")
	r.must("--as=networkservice", "/sethelpertoken", "of a service", "alice@example.com", "any")
	require.Equal(t, caller(t, "alice").User().String(), r.must("--as=networkservice", "/rawreturn", "/gethelpertokensid", "of a service"))
}

func TestPinnedService(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	emu, err := bitsemu.New(bitsemu.Drive("C:", r.drive))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, emu.Close()) })
	r.env["BITSEMU_TOKEN"] = "a token of a test that is long enough"
	r.env["BITSEMU_SERVICE"] = serve.RunT(t, emu, serve.BearerToken(r.env["BITSEMU_TOKEN"]), serve.Pin(caller(t, "bob")))
	r.must("/create", "j")
	require.Equal(t, "BITSEMU\\bob\n", r.must("/getowner", "j"))
	_, status := r.run("--as=alice", "/getowner", "j")
	require.Negative(t, status)
	require.Equal(t, "BITSEMU\\bob\n", r.must("--as=bob", "/getowner", "j"))
}

func TestNoService(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.env["BITSEMU_SERVICE"] = "unix:" + filepath.Join(t.TempDir(), "nobody")
	out, status := r.run("/rawreturn", "/list")
	require.Equal(t, hresult.HRESULT_FROM_WIN32_RPC_S_SERVER_UNAVAILABLE, hresult.HRESULT(status))
	require.Empty(t, out)
	require.Contains(t, r.stderr, "bitsadmin: the service of BITSEMU_SERVICE or --service: ")
	out, status = r.run("/?")
	require.Zero(t, status, "help needs no service")
	require.Contains(t, out, "BITSEMU_SERVICE, --service ADDRESS\n")
	require.Empty(t, r.stderr)
	r.env["BITSEMU_SERVICE"] = "ftp://nowhere"
	_, status = r.run("/list")
	require.Equal(t, hresult.E_INVALIDARG, hresult.HRESULT(status))
}

// Who names the store that a service has open is told of the service.
func TestStoreOfAService(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.serve()
	delete(r.env, "BITSEMU_SERVICE")
	r.env["BITSEMU_WAIT"] = "0s"
	out, status := r.run("/rawreturn", "/list")
	require.NotZero(t, status)
	require.Empty(t, out)
	require.Contains(t, r.stderr, "the store is in use")
	require.Contains(t, r.stderr, "name the service by BITSEMU_SERVICE or --service")
}

func TestServiceThatIsDisabled(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	emu := r.serve()
	r.must("/create", "j")
	r.env["BITSEMU_AS"] = "alice elevated"
	require.Equal(t, "No problem was found. The service is running.\n", r.must("/util", "/repairservice"))
	require.NoError(t, emu.Disable())
	out, status := r.run("/list")
	require.Equal(t, hresult.HRESULT_FROM_WIN32_ERROR_SERVICE_DISABLED, hresult.HRESULT(status))
	require.Contains(t, out, "Unable to enum jobs - 0x80070422\n")
	require.Equal(t, "BITS version 10.3\nEmulated on Windows 11 24H2 (build 26100)\nThe service is disabled.\n", r.must("/util", "/version", "/verbose"))
	require.Equal(t, "The service has been repaired, and is running.\n", r.must("/util", "/repairservice"))
	require.Equal(t, "Listed 1 job(s).\n", lastLine(r.must("/list")))
	require.NoError(t, emu.Stop())
	require.Equal(t, "Listed 1 job(s).\n", lastLine(r.must("/list")), "one that is stopped is started by who asks")
	require.Equal(t, "The service has been repaired, and is running.\n", r.must("/util", "/repairservice", "/force"))
	r.env["BITSEMU_AS"] = "alice"
	_, status = r.run("/util", "/repairservice")
	require.Equal(t, hresult.E_ACCESSDENIED, hresult.HRESULT(status))
}

func TestProxyOfAServiceAccountAtAService(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	emu := r.serve()
	r.env["BITSEMU_AS"] = "administrator"
	r.must("/util", "/setieproxy", "localservice", "manual_proxy", "proxy:8080", "NULL")
	usage, list, _ := emu.ServiceProxy(sid.LocalService)
	require.Equal(t, bits.BG_JOB_PROXY_USAGE_OVERRIDE, usage)
	require.Equal(t, "proxy:8080", list)
	require.Contains(t, r.must("/util", "/getieproxy", "localservice"), "\nProxy list is            proxy:8080\n")
	require.NoFileExists(t, r.store+".machine", "that is a file of commands without a service")
}

// /MONITOR at a service sees what others do, and an interrupt takes nothing from them.
func TestMonitorAtAService(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	emu := r.serve()
	r.must("/create", "j")
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	w := &watcher{until: "'j' SUSPENDED"}
	w.seen = func() {
		jobs, err := emu.Jobs()
		require.NoError(t, err)
		job, err := emu.As(caller(t, "alice")).GetJob(ctx, jobs[0].ID)
		require.NoError(t, err)
		w.until, w.seen = "'renamed' SUSPENDED", cancel
		require.NoError(t, job.SetDisplayName(ctx, "renamed"))
	}
	require.Zero(t, r.runTo(ctx, w, "/monitor", "/refresh", "0"), r.stderr)
	require.Empty(t, r.stderr)

	r.terminal = &bitsadmin.Terminal{Width: 120}
	_, status := r.watch("ERROR CONTEXT", "/transfer", "x", "http://127.0.0.1:1/x", `C:\temp\x`)
	require.EqualValues(t, 1, status)
	require.Regexp(t, `^bitsadmin: interrupted; job \{[0-9A-F-]{36}\} stays in the queue: `, r.stderr)
	require.Equal(t, 2, emu.Len())
}

// A service that goes away while a command waits ends the command, which says so.
func TestServiceThatIsLost(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.env["BITSEMU_TOKEN"] = "a token of a test that is long enough"
	emu, err := bitsemu.New(bitsemu.Drive("C:", r.drive))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, emu.Close()) })
	server, err := serve.New(emu, serve.BearerToken(r.env["BITSEMU_TOKEN"]))
	require.NoError(t, err)
	l, err := serve.Listen("127.0.0.1:0")
	require.NoError(t, err)
	served := make(chan error, 1)
	go func() { served <- server.Serve(l) }()
	r.env["BITSEMU_SERVICE"] = serve.Address(l)

	r.terminal = &bitsadmin.Terminal{Width: 120}
	w := &watcher{until: "TRANSIENT_ERROR"}
	w.seen = func() {
		w.until, w.seen = "never", nil
		require.NoError(t, server.Close())
	}
	status := r.runTo(t.Context(), w, "/transfer", "x", "http://127.0.0.1:1/x", `C:\temp\x`)
	require.NoError(t, <-served)
	require.Equal(t, hresult.HRESULT_FROM_WIN32_RPC_S_SERVER_UNAVAILABLE, hresult.HRESULT(status))
	require.Contains(t, w.out.String(), "\nUnable to get job - 0x800706ba\n")
	require.Equal(t, 1, emu.Len(), "the job stays")
}
