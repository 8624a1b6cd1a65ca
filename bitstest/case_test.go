package bitstest_test

import (
	"context"
	"regexp"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/bitstest"
	"github.com/bitsemu/bitsemu/hresult"
)

func TestCasesHaveNamesAndEvidence(t *testing.T) {
	t.Parallel()
	name := regexp.MustCompile(`^[a-z-]+/[a-z0-9-]+$`)
	evidence := regexp.MustCompile(`^(W|O|I|D( [a-z0-9_-]+\.md,?)+)(; (W|O|I( [a-z ]+)?|D( [a-z0-9_-]+\.md,?)+))*$|^(I from|D) the header of BITS$`)
	seen := map[string]bool{}
	for _, c := range bitstest.Cases() {
		require.Regexp(t, name, c.Name)
		require.Regexp(t, evidence, c.Evidence, c.Name)
		require.False(t, seen[c.Name], c.Name)
		seen[c.Name] = true
	}
	require.Greater(t, len(seen), 250)
}

// dead is a service that does nothing.
type dead struct{}

func (dead) QueryInterface(context.Context, uuid.UUID) (any, error) {
	return nil, hresult.E_NOINTERFACE
}

func (dead) CreateJob(context.Context, string, bits.JobType) (uuid.UUID, bits.Job, error) {
	return uuid.Nil, nil, hresult.E_NOTIMPL
}

func (dead) GetJob(context.Context, uuid.UUID) (bits.Job, error) { return nil, hresult.E_NOTIMPL }

func (dead) EnumJobs(context.Context, bits.EnumFlags) (bits.EnumJobs, error) {
	return nil, hresult.E_NOTIMPL
}

func (dead) GetErrorDescription(context.Context, hresult.HRESULT, uint32) (string, error) {
	return "", hresult.E_NOTIMPL
}

func TestNothingPassesADeadService(t *testing.T) {
	t.Parallel()
	for _, c := range bitstest.Cases() {
		tr := try(t, c, dead{}, bitstest.Version(10, 3))
		_, failed := tr.failed()
		require.True(t, failed || tr.skipped != "", "%s passes", c.Name)
	}
}

func TestSkippedCasesSayWhatIsMissing(t *testing.T) {
	t.Parallel()
	for name, why := range map[string]string{
		"caller/all-users": "this needs another caller, and the option As is missing",
		"local/file":       "this needs local files, and the option Dir is missing",
	} {
		tr := try(t, named(t, name), dead{}, bitstest.Version(5, 0))
		require.Equal(t, why, tr.skipped)
	}
	nobody := bitstest.As(func(context.Context, bitstest.Caller) (context.Context, bool) { return nil, false })
	tr := try(t, named(t, "caller/all-users"), dead{}, nobody)
	require.Equal(t, "this needs the caller User, whom the option As does not have", tr.skipped)
}

func TestCallersHaveNames(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for c := bitstest.User; c <= bitstest.Identified; c++ {
		require.False(t, seen[c.String()])
		seen[c.String()] = true
	}
	require.Equal(t, "no caller", bitstest.Caller(0).String())
	require.False(t, seen["no caller"])
}
