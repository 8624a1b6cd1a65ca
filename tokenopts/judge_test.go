package tokenopts_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/sid"
	"github.com/bitsemu/bitsemu/token"
	"github.com/bitsemu/bitsemu/tokenopts"
	"github.com/bitsemu/bitsemu/winver"
)

// modelBuilds are builds on both sides of every border, and the model's view of
// them.
var modelBuilds = []struct {
	build  winver.Build
	number uint32
	bits4  bool
}{
	{0, 0, false},
	{winver.WindowsVistaSP2, 6002, false},
	{winver.WindowsVistaSP2_BITS4, 6002, true},
	{7599, 7599, false},
	{winver.Windows7, 7600, false},
	{14392, 14392, false},
	{winver.Windows10_1607, 14393, false},
	{winver.Windows11_24H2, 26100, false},
}

// TestJudgeAgainstModel puts every combination of people to the rules: owners,
// callers, helpers and threads.
func TestJudgeAgainstModel(t *testing.T) {
	t.Parallel()
	tokens := map[person]token.Token{}
	for _, p := range crowd {
		tokens[p] = p.token()
	}
	helpers := []person{nobody, who("alice"), who("bob filtered"), who("bob elevated"), who("system without the group"),
		who("network service in the group")}
	states := []bits.JobState{bits.BG_JOB_STATE_TRANSFERRING, bits.BG_JOB_STATE_ACKNOWLEDGED}

	for _, b := range modelBuilds {
		t.Run(b.build.String(), func(t *testing.T) {
			t.Parallel()
			judge := func(owner, q, thread, helper person, method tokenopts.Method, flags uint32, state bits.JobState) {
				job := &modelJob{owner: owner, helper: helper, state: state.Short(), inStore: true}
				capability, want := modelQuery(b.number, b.bits4, q, job)
				if capability != nil && method != tokenopts.QueryInterface {
					want = capability.call(method.String(), thread, flags)
				}
				got := tokenopts.Judge(tokenopts.Call{
					Build: b.build, Method: method, Owner: tokens[owner], Query: tokens[q], Thread: tokens[thread],
					Helper: tokens[helper], Flags: bits.HelperTokenFlags(flags), State: state,
				})
				if want != got.HRESULT.String() || got.Allowed != (want == "S_OK") {
					require.FailNow(t, "model and rules differ", "job of %q, query by %q, thread of %q, helper %q, flags %#x, %v: want %s, got %v",
						owner.name, q.name, thread.name, helper.name, flags, state, want, got)
				}
			}
			for _, owner := range crowd {
				for _, q := range crowd {
					judge(owner, q, nobody, nobody, tokenopts.QueryInterface, 0, 0)
					for _, state := range states {
						judge(owner, q, nobody, nobody, tokenopts.GetHelperTokenFlags, 0, state)
						judge(owner, q, nobody, helpers[3], tokenopts.GetHelperTokenSid, 0, state)
						judge(owner, q, nobody, helpers[3], tokenopts.ClearHelperToken, 0, state)
						for _, helper := range helpers {
							for _, flags := range []uint32{0, 3, 4, 0x80000001} {
								judge(owner, q, nobody, helper, tokenopts.SetHelperTokenFlags, flags, state)
							}
						}
						for _, thread := range crowd {
							judge(owner, q, thread, nobody, tokenopts.SetHelperToken, 0, state)
						}
					}
				}
			}
		})
	}
}

func TestJudgeTakeOwnershipAgainstModel(t *testing.T) {
	t.Parallel()
	for _, owner := range crowd {
		for _, q := range crowd {
			for _, state := range []bits.JobState{bits.BG_JOB_STATE_ERROR, bits.BG_JOB_STATE_CANCELLED} {
				want := modelTake(&modelJob{owner: owner, state: state.Short(), inStore: true}, q)
				got := tokenopts.Judge(tokenopts.Call{
					Build: winver.WindowsVista, Method: tokenopts.TakeOwnership, Owner: owner.token(), Query: q.token(), State: state,
				})
				require.Equal(t, want, got.HRESULT.String(), "job of %q taken by %q: %v", owner.name, q.name, got)
			}
		}
	}
}

// A call that is no call is refused, whoever asks.
func TestJudgeNoMethod(t *testing.T) {
	t.Parallel()
	for _, m := range []tokenopts.Method{0, tokenopts.OwnJob + 1, 255} {
		d := tokenopts.Judge(tokenopts.Call{Build: winver.Windows11_24H2, Method: m, Owner: system, Query: system, Thread: bob})
		require.False(t, d.Allowed)
		require.Equal(t, "E_NOTIMPL", d.HRESULT.String())
		require.Equal(t, "method-exists", d.Rule.ID)
	}
	d := tokenopts.Judge(tokenopts.Call{})
	require.False(t, d.Allowed)
}

// The rule that a decision names is the one that decided.
func TestJudgeNamesTheRule(t *testing.T) {
	t.Parallel()
	const before, since = winver.Windows8_1, winver.Windows10_1607
	lend := func(build winver.Build, owner, q, thread token.Token) tokenopts.Call {
		return tokenopts.Call{Build: build, Method: tokenopts.SetHelperToken, Owner: owner, Query: q, Thread: thread}
	}
	call := func(m tokenopts.Method, build winver.Build, owner, q token.Token) tokenopts.Call {
		return tokenopts.Call{Build: build, Method: m, Owner: owner, Query: q}
	}
	flags := func(helper token.Token, value bits.HelperTokenFlags) tokenopts.Call {
		c := call(tokenopts.SetHelperTokenFlags, since, alice, alice)
		c.Helper, c.Flags = helper, value
		return c
	}
	over := call(tokenopts.ClearHelperToken, since, alice, alice)
	over.State = bits.BG_JOB_STATE_CANCELLED

	for name, row := range map[string]struct {
		call    tokenopts.Call
		allowed bool
		rule    string
		facts   []string
	}{
		"Vista":                       {call(tokenopts.GetHelperTokenSid, winver.WindowsVista, alice, alice), false, "interface-exists", []string{"caller"}},
		"anonymous":                   {call(tokenopts.QueryInterface, since, alice, alice.With(token.WithLevel(token.LevelAnonymous))), false, "caller-level", []string{"caller"}},
		"a stranger":                  {call(tokenopts.QueryInterface, since, alice, bob), false, "query-owner-or-admin", []string{"caller", "owner"}},
		"a stranger's method":         {call(tokenopts.ClearHelperToken, since, alice, bob), false, "query-owner-or-admin", []string{"caller", "owner"}},
		"the owner asks":              {call(tokenopts.QueryInterface, before, alice, alice), true, "query-owner-or-admin", []string{"caller", "owner"}},
		"thread cannot lend":          {lend(since, alice, alice, bob.With(token.WithLevel(token.LevelIdentify))), false, "helper-level", []string{"caller", "calling thread"}},
		"nobody to lend":              {lend(since, system, system, token.Token{}), false, "helper-level", []string{"caller", "calling thread"}},
		"owner reads before 1607":     {call(tokenopts.GetHelperTokenFlags, before, network, network), false, "admin-before-1607", []string{"caller"}},
		"administrator reads":         {call(tokenopts.GetHelperTokenFlags, before, network, bobElevated), true, "admin-before-1607", []string{"caller"}},
		"owner reads from 1607":       {call(tokenopts.GetHelperTokenFlags, since, network, network), true, "owner-or-admin-from-1607", []string{"caller", "owner"}},
		"job of no administrator":     {lend(before, alice, bobElevated, bob), false, "admin-job-before-1607", []string{"caller", "owner"}},
		"job of an administrator":     {lend(before, bobElevated, bobElevated, bob), true, "admin-job-before-1607", []string{"caller", "owner"}},
		"flags with an admin helper":  {flags(bobElevated, 1), false, "flags-of-admin-helper", []string{"caller", "owner", "helper token"}},
		"flags with a filtered admin": {flags(bobFiltered, 1), true, "owner-or-admin-from-1607", []string{"caller", "owner"}},
		"owner lends an admin":        {lend(since, alice, alice, bobElevated), false, "lend-admin-token", []string{"caller", "owner", "calling thread"}},
		"integrity":                   {call(tokenopts.ClearHelperToken, since, system, bobElevated), false, "modify-integrity", []string{"caller", "owner"}},
		"elevation":                   {call(tokenopts.ClearHelperToken, since, aliceElevated, alice.With(token.WithIntegrity(token.IntegrityHigh))), false, "modify-elevated", []string{"caller", "owner"}},
		"restricted":                  {call(tokenopts.ClearHelperToken, since, alice, token.Restricted(alice)), false, "modify-unrestricted", []string{"caller"}},
		"unknown flags":               {flags(bob, 4), false, "flags-known", []string{"caller", "flags"}},
		"job is over":                 {over, false, "state-not-final", []string{"caller", "state"}},
		"takes as a user":             {call(tokenopts.TakeOwnership, since, alice, alice), false, "take-admin", []string{"caller"}},
		"takes unelevated":            {call(tokenopts.TakeOwnership, since, alice, alice.With(token.WithGroups(sid.BuiltinAdministrators))), false, "take-elevated", []string{"caller"}},
		"owner retrieves":             {call(tokenopts.RetrieveJob, before, alice, alice), true, "query-owner-or-admin", []string{"caller", "owner"}},
		"stranger retrieves":          {call(tokenopts.RetrieveJob, since, alice, bob), false, "query-owner-or-admin", []string{"caller", "owner"}},
		"administrator retrieves":     {call(tokenopts.RetrieveJob, winver.WindowsVista, system, bobElevated), true, "query-owner-or-admin", []string{"caller", "owner"}},
		"nobody in particular":        {call(tokenopts.RetrieveJob, since, alice, alice.With(token.WithLevel(token.LevelIdentify))), false, "caller-level", []string{"caller"}},
		"administrator modifies":      {call(tokenopts.ModifyJob, since, alice, bobElevated), true, "query-owner-or-admin", []string{"caller", "owner"}},
		"too low to modify":           {call(tokenopts.ModifyJob, since, system, bobElevated), false, "modify-integrity", []string{"caller", "owner"}},
		"unelevated modifies":         {call(tokenopts.ModifyJob, since, aliceElevated, alice.With(token.WithIntegrity(token.IntegrityHigh))), false, "modify-elevated", []string{"caller", "owner"}},
		"restricted modifies":         {call(tokenopts.ModifyJob, since, alice, token.Restricted(alice)), false, "modify-unrestricted", []string{"caller"}},
		"the owner's own":             {call(tokenopts.OwnJob, since, alice, alice), true, "owner-alone", []string{"caller", "owner"}},
		"administrator and owner's":   {call(tokenopts.OwnJob, since, alice, bobElevated), false, "owner-alone", []string{"caller", "owner"}},
		"takes":                       {call(tokenopts.TakeOwnership, since, alice, bobElevated), true, "take-elevated", []string{"caller"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := tokenopts.Judge(row.call)
			require.Equal(t, row.allowed, d.Allowed, d)
			require.Equal(t, row.rule, d.Rule.ID, d)
			var facts []string
			for _, f := range d.Facts {
				facts = append(facts, f.Name)
			}
			require.Equal(t, row.facts, facts)
		})
	}
}
