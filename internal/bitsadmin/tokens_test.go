package bitsadmin_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/sid"
)

// The sequence of helper tokens: a service lends its job a user's token.
func TestHelperTokens(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.env["BITSEMU_AS"] = "networkservice"
	r.must("/create", "j")
	require.Equal(t, "NULL\n", r.must("/gethelpertokensid", "j"))
	require.Equal(t, "0x0000\n", r.must("/gethelpertokenflags", "j"))
	require.Equal(t, "Helper token set.\n", r.must("/sethelpertoken", "j", "alice@example.com", "any"))
	require.Equal(t, caller(t, "alice").User().String(), r.must("/rawreturn", "/gethelpertokensid", "j"))
	require.Equal(t, "Helper token flags set to 0x0002.\n", r.must("/sethelpertokenflags", "j", "2"))
	require.Equal(t, "0x0002", r.must("/rawreturn", "/gethelpertokenflags", "j"))
	r.must("/sethelpertoken", "j")
	require.Equal(t, sid.NetworkService.String()+"\n", r.must("/gethelpertokensid", "j"), "its own")

	out, status := r.run("/sethelpertoken", "j", "nobody@example.com", "any")
	require.EqualValues(t, -2147023570, status)
	require.Contains(t, out, "Unable to log on - 0x8007052e\n")
	out, status = r.run("/sethelpertoken", "j", "alice@example.com")
	require.EqualValues(t, 1, status)
	require.Equal(t, "Invalid number of arguments.\n", body(out))

	r.env["BITSEMU_WINDOWS"] = "8.1"
	_, status = r.run("/sethelpertokenflags", "j", "1")
	require.EqualValues(t, -2147024891, status, "before Windows 10 1607 it is for administrators")
	r.env["BITSEMU_AS"] = "alice"
	_, status = r.run("/gethelpertokenflags", "j")
	require.EqualValues(t, 1, status, "the job is not hers")
}

func TestCallers(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for _, row := range []struct{ as, owner string }{
		{"alice", `BITSEMU\alice`},
		{"Bob Elevated", `BITSEMU\bob`},
		{"carol filtered", `BITSEMU\carol`},
		{"system", `NT AUTHORITY\SYSTEM`},
		{"localservice", `NT AUTHORITY\LOCAL SERVICE`},
		{"S-1-5-20", `NT AUTHORITY\NETWORK SERVICE`},
		{"administrator", `BITSEMU\Administrator`},
		{"S-1-5-21-1-2-3-4", "S-1-5-21-1-2-3-4"},
		{`{"user":"S-1-5-21-1-2-3-5"}`, "S-1-5-21-1-2-3-5"},
	} {
		flag := "--as=" + row.as
		r.must(flag, "/create", "of "+row.as)
		require.Equal(t, row.owner+"\n", r.must(flag, "/getowner", "of "+row.as))
	}
	for _, as := range []string{"nobody", "alice twice", "alice elevated twice", "system elevated", "{", " "} {
		_, status := r.run("--as="+as, "/list")
		require.EqualValues(t, 1, status, as)
		require.Contains(t, r.stderr, "bitsadmin: --as: ")
	}
	require.Equal(t, "Listed 9 job(s).\n", lastLine(r.must("--as=system", "/list", "/allusers")))
	require.Equal(t, "9 out of 9 jobs canceled.\n", lastLine(r.must("--as=system", "/reset", "/allusers")))
}
