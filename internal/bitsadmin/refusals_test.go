package bitsadmin_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// What the command itself has against its arguments.
func TestRefusals(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.must("/create", "j")
	r.must("/addfile", "j", r.server+"/1", `C:\temp\1`)
	const count = "Invalid number of arguments.\n"
	for _, row := range []struct {
		name string
		args []string
		want string
	}{
		{"too few", []string{"/addfile", "j"}, count},
		{"too many", []string{"/getstate", "j", "k"}, count},
		{"left over", []string{"/list", "/all"}, count},
		{"left over of /RESET", []string{"/reset", "all"}, count},
		{"a type that there is not", []string{"/create", "/sideload", "j"}, count},
		{"an odd number of names", []string{"/transfer", "j", "http://x/1", `C:\1`, "http://x/2"}, count},
		{"only options", []string{"/transfer", "j", "/download", "/upload"}, count},
		{"an option without its value", []string{"/transfer", "j", "/dynamic", "/priority"}, count},
		{"an option that there is not", []string{"/transfer", "j", "/fast", "http://x/1", `C:\1`}, "Invalid value \"/fast\": /DOWNLOAD, /UPLOAD, /PRIORITY, /ACLFLAGS, /DYNAMIC or a remote name is expected.\n"},
		{"a priority that there is not", []string{"/transfer", "j", "/priority", "urgent", "http://x/1", `C:\1`}, "Invalid value \"urgent\": one of FOREGROUND, HIGH, NORMAL, LOW is expected.\n"},
		{"an ACL flag that there is not", []string{"/transfer", "j", "/aclflags", "x", "http://x/1", `C:\1`}, "Invalid value \"x\": some of the letters OGDS is expected.\n"},
		{"an identifier for a name", []string{"/transfer", "{9A2584C3-F7D2-457A-9A5E-22B67BFFC7D2}", "http://x/1", `C:\1`}, "The name of the job must not be an identifier.\n"},
		{"no number", []string{"/setminretrydelay", "j", "soon"}, "Invalid value \"soon\": a number is expected.\n"},
		{"a number that is too large", []string{"/setminretrydelay", "j", "4294967296"}, "Invalid value \"4294967296\": a number is expected.\n"},
		{"no range", []string{"/addfilewithranges", "j", "http://x/1", `C:\1`, "0-100"}, "Invalid value \"0-100\": a list such as 0:100,2000:100,5000:eof is expected.\n"},
		{"OVERRIDE with one list", []string{"/setproxysettings", "j", "override", "proxy"}, count},
		{"lists without OVERRIDE", []string{"/setproxysettings", "j", "no_proxy", "proxy", "NULL"}, count},
		{"no hash", []string{"/setclientcertificatebyid", "j", "1", "MY", "0011"}, "Invalid value \"0011\": a hash of 40 hexadecimal digits is expected.\n"},
		{"no truth", []string{"/setvalidationstate", "j", "0", "yes"}, "Invalid value \"yes\": one of TRUE, FALSE is expected.\n"},
		{"/REFRESH without seconds", []string{"/monitor", "/refresh"}, count},
	} {
		out, status := r.run(row.args...)
		require.EqualValues(t, 1, status, row.name)
		require.Equal(t, row.want, body(out), row.name)
		require.Empty(t, r.stderr, row.name)
	}
	out, status := r.run("/gettemporaryname", "j", "1")
	require.EqualValues(t, -2147024809, status)
	require.Equal(t, "Unable to get file - 0x80070057\nThe parameter is incorrect.\n", body(out))
	out, status = r.run("/addfileset", "j", "not there")
	require.EqualValues(t, 1, status)
	require.Contains(t, out, "\nUnable to read not there: ")
	out, status = r.run()
	require.Zero(t, status)
	require.Contains(t, out, "USAGE")
}

func TestBadSettings(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for arg, want := range map[string]string{
		"--speed=1":      "bitsadmin: there is no flag --speed=1; see bitsadmin /?\n",
		"--store":        "bitsadmin: --store: FILE is missing\n",
		"--wait=long":    "bitsadmin: --wait: time: invalid duration \"long\"\n",
		"--time=slow":    "bitsadmin: --time: \"slow\" is neither real nor skip\n",
		"--drives=C:":    "bitsadmin: --drives: \"C:\" is not of the form C:=DIR\n",
		"--windows=1850": "bitsadmin: --windows: ",
	} {
		out, status := r.run(arg)
		require.EqualValues(t, 1, status, arg)
		require.Empty(t, out)
		require.Contains(t, r.stderr, want)
	}
	r.env["BITSEMU_TIME"] = "slow"
	_, status := r.run("/list")
	require.EqualValues(t, 1, status)
	require.Equal(t, "bitsadmin: BITSEMU_TIME: \"slow\" is neither real nor skip\n", r.stderr)
}
