package bits_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/bits"
)

func TestParseReadsWhatStringPrints(t *testing.T) {
	t.Parallel()
	t.Run("JobType", roundTrip[bits.JobType])
	t.Run("JobPriority", roundTrip[bits.JobPriority])
	t.Run("JobState", roundTrip[bits.JobState])
	t.Run("ErrorContext", roundTrip[bits.ErrorContext])
	t.Run("NotifyFlags", roundTrip[bits.NotifyFlags])
	t.Run("EnumFlags", roundTrip[bits.EnumFlags])
	t.Run("HelperTokenFlags", roundTrip[bits.HelperTokenFlags])
	t.Run("ProxyUsage", roundTrip[bits.ProxyUsage])
	t.Run("AuthTarget", roundTrip[bits.AuthTarget])
	t.Run("AuthScheme", roundTrip[bits.AuthScheme])
	t.Run("CertStoreLocation", roundTrip[bits.CertStoreLocation])
	t.Run("SecurityFlags", roundTrip[bits.SecurityFlags])
	t.Run("FileACLFlags", roundTrip[bits.FileACLFlags])
	t.Run("FilePropertyID", roundTrip[bits.FilePropertyID])
	t.Run("PeerCachingFlags", roundTrip[bits.PeerCachingFlags])
	t.Run("PeerCacheConfigurationFlags", roundTrip[bits.PeerCacheConfigurationFlags])
	t.Run("JobPropertyID", roundTrip[bits.JobPropertyID])
	t.Run("CostState", roundTrip[bits.CostState])
	t.Run("TransferPolicy", roundTrip[bits.TransferPolicy])
}

func roundTrip[T bits.Value[T]](t *testing.T) {
	t.Parallel()
	values := bits.Values[T]()
	require.NotEmpty(t, values)
	for _, v := range append(values, 0, 1, 99, 255, ^T(0)) {
		back, err := bits.Parse[T](v.String())
		require.NoError(t, err)
		require.Equal(t, v, back)
	}
}
