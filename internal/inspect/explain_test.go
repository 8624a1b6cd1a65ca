package inspect_test

import (
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu"
	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/internal/inspect"
	"github.com/bitsemu/bitsemu/internal/who"
	"github.com/bitsemu/bitsemu/token"
	"github.com/bitsemu/bitsemu/tokenopts"
	"github.com/bitsemu/bitsemu/winver"
)

var methods = map[string]tokenopts.Method{
	"QueryInterface": tokenopts.QueryInterface, "SetHelperToken": tokenopts.SetHelperToken,
	"SetHelperTokenFlags": tokenopts.SetHelperTokenFlags, "GetHelperTokenFlags": tokenopts.GetHelperTokenFlags,
	"GetHelperTokenSid": tokenopts.GetHelperTokenSid, "ClearHelperToken": tokenopts.ClearHelperToken,
	"TakeOwnership": tokenopts.TakeOwnership, "RetrieveJob": tokenopts.RetrieveJob, "ModifyJob": tokenopts.ModifyJob, "OwnJob": tokenopts.OwnJob,
}

// What the page says is what the emulator would do.
func TestExplain(t *testing.T) {
	t.Parallel()
	for _, build := range []winver.Build{winver.Windows7, winver.Windows10_1607, winver.Windows11_24H2} {
		t.Run(build.String(), func(t *testing.T) {
			t.Parallel()
			r := newRig(t, bitsemu.Windows(build))
			for _, job := range []string{"editor", "lent", "backup"} {
				id, err := r.Jobs[job].GetId(t.Context())
				require.NoError(t, err)
				for _, caller := range []string{"alice", "carol elevated", "system", "bob filtered"} {
					as, err := who.Parse(caller)
					require.NoError(t, err)
					for key, method := range methods {
						want, err := r.Emu.Explain(token.NewContext(t.Context(), as), id, method, bits.BG_TOKEN_NETWORK)
						require.NoError(t, err)
						ask := ask[inspect.Explanation](t, r.page, "jobs/"+id.String()+"/explain?"+url.Values{
							"caller": {caller}, "method": {key}, "flags": {"2"},
						}.Encode())
						got := ask.Chosen[0]
						require.Equal(t, want.HRESULT.Hex(), got.HRESULT, "%s %s %s", job, caller, key)
						require.Equal(t, want.Allowed, got.Allowed)
						require.Equal(t, want.Rule.ID, got.Rule)
						require.Len(t, got.Facts, len(want.Facts))
						require.Equal(t, build.String(), got.Build)
					}
				}
			}
		})
	}
}

// The rule of 1607 is seen side by side.
func TestExplain1607(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	e := ask[inspect.Explanation](t, r.page, "jobs/"+r.id("editor")+"/explain?caller=alice&method=GetHelperTokenFlags&windows=Windows+7+SP1")
	require.Equal(t, []string{"Windows 7 SP1 (build 7601)", "Windows 10 1511 (build 10586)", "Windows 10 1607 (build 14393)"}, e.Builds)
	require.Equal(t, "E_ACCESSDENIED", e.Chosen[0].Name)
	require.Equal(t, "E_ACCESSDENIED", e.Chosen[1].Name)
	require.True(t, e.Chosen[2].Allowed)
	require.Contains(t, e.Chosen[1].Says, "GetHelperTokenFlags needs an administrator before Windows 10 1607")
	require.Equal(t, "D", e.Chosen[1].Letter)
	require.Len(t, e.Calls, len(methods))
}

func TestExplainWhoAsks(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	path := "job/" + r.id("lent") + "?tab=access&"
	for query, says := range map[string]string{
		"":              "The caller is S-1-5-18 NT AUTHORITY\\SYSTEM",
		"caller=owner":  "The caller is S-1-5-18 NT AUTHORITY\\SYSTEM",
		"caller=helper": "The caller is BITSEMU\\alice, S-1-5-21-",
		"token=" + url.QueryEscape(`{"user":"S-1-5-21-1-2-3-7"}`): "The caller is S-1-5-21-1-2-3-7 ",
		"token=%7B":                        "the token: ",
		"token=null":                       "null is nobody",
		"caller=eve":                       "is nobody",
		"windows=95":                       "95",
		"flags=x":                          "is no number",
		"method=Destroy":                   "there is no method",
		"method=Destroy%22%3E%3Cscript%3E": "&lt;script&gt;",
	} {
		require.Contains(t, html(t, r.page, path+query), says, query)
	}
	require.Contains(t, html(t, r.page, "job/"+r.id("editor")+"?tab=access&caller=helper"), "the job has no helper token")
}
