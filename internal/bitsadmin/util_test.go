package bitsadmin_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
)

// What is set for a service account is there in later commands, and for its jobs.
func TestProxyOfAServiceAccount(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	var through atomic.Int64
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		through.Add(1)
		req.URL.Scheme, req.URL.Host = "", ""
		answer(w, req)
	}))
	defer proxy.Close()
	transfer := func(as string) {
		t.Helper()
		r.env["BITSEMU_AS"] = as
		r.must("/transfer", "j", r.server+"/10", `C:\temp\`+as)
	}
	set := func(args ...string) string {
		t.Helper()
		r.env["BITSEMU_AS"] = "administrator"
		return r.must(append([]string{"/util", "/setieproxy"}, args...)...)
	}
	transfer("networkservice")
	require.Zero(t, through.Load())
	require.NoFileExists(t, r.store+".machine", "nothing is set")

	require.Equal(t, "Internet proxy settings for account networkservice were set.\n(connection = default)\n\nProxy usage set to       manual_proxy\nProxy list set to        "+
		proxy.URL+"\nProxy bypass list set to *.local\n", set("networkservice", "manual_proxy", proxy.URL, "*.local"))
	r.env["BITSEMU_AS"] = "bob"
	require.Equal(t, "Internet proxy settings for account NetworkService:\n(connection = default)\n\nProxy usage is           MANUAL_PROXY\nProxy list is            "+
		proxy.URL+"\nProxy bypass list is     *.local\n", r.must("/util", "/getieproxy", "NetworkService", "/conn", "default"))
	transfer("alice")
	transfer("system")
	require.Zero(t, through.Load(), "others do not go through it")
	transfer("networkservice")
	require.Positive(t, through.Load())

	before := through.Load()
	require.Contains(t, set("NETWORKSERVICE", "NO_PROXY"), "\nProxy usage set to       NO_PROXY\n")
	transfer("networkservice")
	require.Equal(t, before, through.Load(), "it is taken back")
	set("localservice", "autodetect")
	require.Contains(t, r.must("/util", "/getieproxy", "localservice"), "\nProxy usage is           AUTODETECT\nProxy list is            <empty>\nProxy bypass list is     <empty>\n")
	set("localservice", "reset")
	require.Contains(t, r.must("/util", "/getieproxy", "localservice"), "\nProxy usage is           NO_PROXY\n")

	require.NoError(t, os.WriteFile(r.store+".machine", []byte("{"), 0o600))
	_, status := r.run("/list")
	require.EqualValues(t, 1, status)
	require.Contains(t, r.stderr, "jobs.db.machine, which has the proxies of service accounts, cannot be used")
}

func TestUtilRefusals(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.env["BITSEMU_AS"] = "alice elevated"
	const count = "Invalid number of arguments.\n"
	for _, row := range []struct {
		name   string
		args   string
		status int32
		want   string
	}{
		{"an account that there is not", "/getieproxy alice", 1, "Invalid value \"alice\": one of LOCALSYSTEM, NETWORKSERVICE, LOCALSERVICE is expected.\n"},
		{"too much", "/getieproxy localsystem x", 1, count},
		{"a connection without its name", "/getieproxy localsystem /conn", 1, count},
		{"another connection", "/getieproxy localsystem /conn modem", notEmulated, "/CONN modem is not emulated by bitsemu: the machine has no connection but the default one.\n"},
		{"no usage", "/setieproxy localsystem /conn default", 1, count},
		{"a usage that there is not", "/setieproxy localsystem preconfig", 1, "Invalid value \"PRECONFIG\": one of NO_PROXY, AUTODETECT, MANUAL_PROXY, AUTOSCRIPT, RESET is expected.\n"},
		{"lists for nothing", "/setieproxy localsystem no_proxy proxy", 1, count},
		{"a script", "/setieproxy localsystem autoscript http://x/", notEmulated, "AUTOSCRIPT is not emulated by bitsemu: it runs no script that finds a proxy.\n"},
		{"no script", "/setieproxy localsystem autoscript", 1, count},
		{"/REPAIRSERVICE with more", "/repairservice now", 1, count},
		{"/VERSION with more", "/version 3", 1, count},
		{"/ENABLEANALYTICCHANNEL", "/enableanalyticchannel true", notEmulated, "/UTIL /ENABLEANALYTICCHANNEL is not emulated by bitsemu: no analytic channel is among its event logs.\n"},
		{"a command that there is not", "/flush", 1, "Invalid command\n"},
	} {
		out, status := r.run(append([]string{"/util"}, strings.Fields(row.args)...)...)
		require.Equal(t, row.status, status, "%s: %s", row.name, out)
		require.True(t, strings.HasPrefix(body(out), row.want), "%s: %s", row.name, out)
	}
	out, status := r.run("/util", "/setieproxy", "localsystem", "manual_proxy", "", "NULL")
	require.EqualValues(t, 1, status)
	require.Equal(t, "Invalid value \"\": a proxy list is expected.\n", body(out))
}

func TestRepairService(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.must("/create", "j")
	r.env["BITSEMU_AS"] = "administrator"
	require.Equal(t, "No problem was found. The service is running.\n", r.must("/util", "/repairservice"))
	require.Equal(t, "The service has been repaired, and is running.\n", r.must("/util", "/repairservice", "/force"))
	require.Equal(t, "Listed 1 job(s).\n", lastLine(r.must("/list", "/allusers")), "jobs outlive it")
}

func TestVersion(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	require.Equal(t, "BITS version 10.3", r.must("/rawreturn", "/util", "/version"))
	require.Equal(t, "BITS version 4.0\nEmulated on Windows 7 SP1 (build 7601)\nThe service is running.\n", r.must("--windows=7601", "/rawreturn", "/util", "/version", "/verbose"))
}
