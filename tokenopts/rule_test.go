package tokenopts_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/tokenopts"
	"github.com/bitsemu/bitsemu/winver"
)

func TestRules(t *testing.T) {
	t.Parallel()
	ids := map[string]bool{}
	for _, r := range tokenopts.Rules() {
		require.Regexp(t, `^[a-z0-9-]+$`, r.ID)
		require.False(t, ids[r.ID], "%s is there twice", r.ID)
		ids[r.ID] = true
		require.Regexp(t, `^[a-z].*[^.]$`, r.Says, r.ID)
		require.Contains(t, "DWOIC", r.Evidence.Letter.String(), r.ID)
		require.NotEmpty(t, r.Evidence.Source, r.ID)
		require.True(t, r.Answer == hresult.S_OK || r.Answer.Failed(), r.ID)
		about := len(slices.Collect(r.Methods())) > 0
		require.False(t, about && len(slices.Collect(r.Resources())) > 0, "%s is about calls or resources", r.ID)
		if r.Evidence.Letter == tokenopts.Documented {
			require.Regexp(t, `^[a-z0-9_-]+\.md(; .+)?$`, r.Evidence.Source, r.ID)
		}
	}
	for _, id := range []string{"query-owner-or-admin", "admin-before-1607", "owner-or-admin-from-1607", "local-file", "owner-gone"} {
		require.True(t, ids[id], "%s is stable", id)
	}
}

// What a rule says, its set of builds says too.
func TestRulesNameTheirBuilds(t *testing.T) {
	t.Parallel()
	for _, r := range tokenopts.Rules() {
		for _, release := range []string{"1607", "1809"} {
			named := strings.Contains(r.Builds.String(), release)
			require.Equal(t, named, strings.HasSuffix(r.ID, "-"+release) || r.ID == "flags-of-admin-helper" && named ||
				r.ID == "lend-admin-token" && named, r.ID)
		}
	}
}

func TestBuilds(t *testing.T) {
	t.Parallel()
	for set, row := range map[tokenopts.Builds]struct {
		text string
		has  []winver.Build
		not  []winver.Build
	}{
		tokenopts.EveryBuild: {"every", []winver.Build{0, 6000, 26100}, nil},
		tokenopts.Before1607: {"before 1607", []winver.Build{winver.WindowsVistaSP2_BITS4, 14392}, []winver.Build{14393}},
		tokenopts.From1607:   {"from 1607", []winver.Build{14393, 26100}, []winver.Build{winver.WindowsVistaSP2_BITS4, 14392}},
		tokenopts.Before1809: {"before 1809", []winver.Build{14393, 17762}, []winver.Build{17763}},
		tokenopts.From1809:   {"from 1809", []winver.Build{17763, 26100}, []winver.Build{17762}},
	} {
		require.Equal(t, row.text, set.String())
		for _, b := range row.has {
			require.True(t, set.Has(b), "%v %v", set, b)
		}
		for _, b := range row.not {
			require.False(t, set.Has(b), "%v %v", set, b)
		}
	}
}

func TestRuleMembers(t *testing.T) {
	t.Parallel()
	var take tokenopts.Rule
	for _, r := range tokenopts.Rules() {
		if r.ID == "modify-integrity" {
			take = r
		}
	}
	require.Equal(t, []tokenopts.Method{
		tokenopts.ClearHelperToken, tokenopts.SetHelperTokenFlags, tokenopts.SetHelperToken, tokenopts.TakeOwnership,
		tokenopts.ModifyJob,
	}, slices.Collect(take.Methods()))
	for m := range take.Methods() {
		require.Equal(t, tokenopts.ClearHelperToken, m)
		break
	}
}

func TestNames(t *testing.T) {
	t.Parallel()
	require.Equal(t, "QueryInterface", tokenopts.QueryInterface.String())
	require.Equal(t, "TakeOwnership", tokenopts.TakeOwnership.String())
	require.Equal(t, "method 0", tokenopts.Method(0).String())
	require.Equal(t, "to modify the job", tokenopts.ModifyJob.String())
	require.Equal(t, "method 11", tokenopts.Method(11).String())
	require.Equal(t, "UploadSource", tokenopts.UploadSource.String())
	require.Equal(t, "HTTPRequest", tokenopts.HTTPRequest.String())
	require.Equal(t, "resource 0", tokenopts.Resource(0).String())
	require.Equal(t, "resource 11", tokenopts.Resource(11).String())
	require.Equal(t, "none", tokenopts.Principal{}.String())
}
