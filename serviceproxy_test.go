package bitsemu_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu"
	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/sid"
	"github.com/bitsemu/bitsemu/token"
)

// The jobs of a service go through the proxy that an administrator has set for its
// account, and not through that of a user.
func TestServiceProxy(t *testing.T) {
	t.Parallel()
	const no, detect, override = bits.BG_JOB_PROXY_USAGE_NO_PROXY, bits.BG_JOB_PROXY_USAGE_AUTODETECT, bits.BG_JOB_PROXY_USAGE_OVERRIDE
	for _, row := range []struct {
		name  string
		set   func(*bitsemu.Emulator) error
		proxy string // that the request came through
	}{
		{"nothing is set", func(*bitsemu.Emulator) error { return nil }, ""},
		{"as a user's, to no effect", func(e *bitsemu.Emulator) error {
			e.SetProxy(sid.NetworkService, "users:1", "")
			return nil
		}, ""},
		{"another account's", func(e *bitsemu.Emulator) error { return e.SetServiceProxy(sid.LocalSystem, override, "other:1", "") }, ""},
		{"a list", func(e *bitsemu.Emulator) error { return e.SetServiceProxy(sid.NetworkService, override, "ours:1", "") }, "ours:1"},
		{"a list that leaves the host out", func(e *bitsemu.Emulator) error {
			return e.SetServiceProxy(sid.NetworkService, override, "ours:1", "server")
		}, ""},
		{"automatic detection", func(e *bitsemu.Emulator) error {
			e.SetAutoProxy("found:1")
			return e.SetServiceProxy(sid.NetworkService, detect, "", "")
		}, "found:1"},
		{"taken back", func(e *bitsemu.Emulator) error {
			if err := e.SetServiceProxy(sid.NetworkService, override, "ours:1", ""); err != nil {
				return err
			}
			return e.SetServiceProxy(sid.NetworkService, no, "", "")
		}, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			emu := bitsemu.RunT(t, bitsemu.DefaultCaller(token.NetworkService()))
			through := ""
			for _, host := range []string{"server", "users:1", "other:1", "ours:1", "found:1"} {
				require.NoError(t, emu.Handle("http://"+host, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if host != "server" {
						through = host
					}
					serveText(w, r, "0123456789")
				})))
			}
			require.NoError(t, row.set(emu))
			id, job := downloadOf(t, emu, "http://server/a", `C:\Downloads\a`)
			require.NoError(t, job.Resume(t.Context()))
			emu.Settle()
			emu.CheckState(t, id, bits.BG_JOB_STATE_TRANSFERRED)
			require.Equal(t, row.proxy, through)
		})
	}

	emu := bitsemu.RunT(t)
	user := sid.MustParse("S-1-5-21-1-2-3-1001")
	check := func(usage bits.ProxyUsage, list, bypass string) {
		t.Helper()
		u, l, b := emu.ServiceProxy(sid.LocalService)
		require.Equal(t, []any{usage, list, bypass}, []any{u, l, b})
	}
	check(no, "", "")
	require.NoError(t, emu.SetServiceProxy(sid.LocalService, override, "a:1", "*.b"))
	check(override, "a:1", "*.b")
	require.NoError(t, emu.SetServiceProxy(sid.LocalService, detect, "", ""))
	check(detect, "", "")
	for name, err := range map[string]error{
		"a user":                 emu.SetServiceProxy(user, no, "", ""),
		"another usage":          emu.SetServiceProxy(sid.LocalService, bits.BG_JOB_PROXY_USAGE_PRECONFIG, "", ""),
		"a list that is no use":  emu.SetServiceProxy(sid.LocalService, no, "a:1", ""),
		"bypass without a list":  emu.SetServiceProxy(sid.LocalService, detect, "", "b"),
		"override without lists": emu.SetServiceProxy(sid.LocalService, override, "", ""),
	} {
		require.ErrorIs(t, err, hresult.E_INVALIDARG, name)
	}
	check(detect, "", "")
	emu.SetProxy(user, "a:1", "")
	usage, _, _ := emu.ServiceProxy(user)
	require.Equal(t, no, usage, "a user's settings are not an account's")
}
