package bits_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/bits"
)

func TestFinal(t *testing.T) {
	t.Parallel()
	for _, state := range bits.Values[bits.JobState]() {
		require.Equal(t, state == 7 || state == 8, state.Final(), state.String())
	}
	require.False(t, bits.JobState(9).Final())
}

func TestUpload(t *testing.T) {
	t.Parallel()
	require.False(t, bits.BG_JOB_TYPE_DOWNLOAD.Upload())
	require.True(t, bits.BG_JOB_TYPE_UPLOAD.Upload())
	require.True(t, bits.BG_JOB_TYPE_UPLOAD_REPLY.Upload())
	require.False(t, bits.JobType(3).Upload())
}

func TestRedirectPolicy(t *testing.T) {
	t.Parallel()
	const other = bits.BG_SSL_ENABLE_CRL_CHECK | bits.BG_HTTP_REDIRECT_POLICY_ALLOW_HTTPS_TO_HTTP
	for _, policy := range []bits.SecurityFlags{
		bits.BG_HTTP_REDIRECT_POLICY_ALLOW_SILENT, bits.BG_HTTP_REDIRECT_POLICY_ALLOW_REPORT, bits.BG_HTTP_REDIRECT_POLICY_DISALLOW, 0x300,
	} {
		require.Equal(t, policy, (policy | other).RedirectPolicy())
	}
}

func TestCostStateOfTransferPolicy(t *testing.T) {
	t.Parallel()
	for policy, want := range map[bits.TransferPolicy]bits.CostState{
		bits.BITS_JOB_TRANSFER_POLICY_ALWAYS:       bits.BITS_COST_STATE_TRANSFER_ALWAYS,
		bits.BITS_JOB_TRANSFER_POLICY_NOT_ROAMING:  bits.BITS_COST_STATE_TRANSFER_NOT_ROAMING,
		bits.BITS_JOB_TRANSFER_POLICY_NO_SURCHARGE: bits.BITS_COST_STATE_TRANSFER_NO_SURCHARGE,
		bits.BITS_JOB_TRANSFER_POLICY_STANDARD:     bits.BITS_COST_STATE_TRANSFER_STANDARD,
		bits.BITS_JOB_TRANSFER_POLICY_UNRESTRICTED: bits.BITS_COST_STATE_TRANSFER_UNRESTRICTED,
	} {
		require.Equal(t, want, policy.CostState())
	}
}

// The combinations are documented as the costs that they are made of.
func TestCostCombinations(t *testing.T) {
	t.Parallel()
	const ignore = bits.BITS_COST_OPTION_IGNORE_CONGESTION
	require.Equal(t, bits.BITS_COST_STATE_TRANSFER_UNRESTRICTED, ignore|bits.BITS_COST_STATE_UNRESTRICTED|bits.BITS_COST_STATE_OVERCAP_THROTTLED)
	standard := bits.BITS_COST_STATE_TRANSFER_UNRESTRICTED | bits.BITS_COST_STATE_CAPPED_USAGE_UNKNOWN | bits.BITS_COST_STATE_BELOW_CAP | bits.BITS_COST_STATE_USAGE_BASED
	require.Equal(t, bits.BITS_COST_STATE_TRANSFER_STANDARD, standard)
	require.Equal(t, bits.BITS_COST_STATE_TRANSFER_NO_SURCHARGE, standard|bits.BITS_COST_STATE_NEAR_CAP)
	require.Equal(t, bits.BITS_COST_STATE_TRANSFER_NOT_ROAMING, bits.BITS_COST_STATE_TRANSFER_NO_SURCHARGE|bits.BITS_COST_STATE_OVERCAP_CHARGED)
	require.Equal(t, bits.BITS_COST_STATE_TRANSFER_ALWAYS, bits.BITS_COST_STATE_TRANSFER_NOT_ROAMING|bits.BITS_COST_STATE_ROAMING)
}
