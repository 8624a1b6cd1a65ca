package bits_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/bits"
)

func ExampleJobPropertyValue() {
	show := func(value bits.JobPropertyValue) {
		switch value := value.(type) {
		case bits.PropertyDword:
			fmt.Println("number", uint32(value))
		case bits.PropertyEnable:
			fmt.Println("enabled", value)
		default:
			fmt.Println(value)
		}
	}
	show(bits.PropertyDword(bits.BITS_COST_STATE_ROAMING))
	show(bits.PropertyEnable(true))
	show(bits.PropertyTarget(bits.BG_AUTH_TARGET_PROXY))
	show(bits.PropertyClsID(bits.CLSID_BackgroundCopyManager))
	// Output:
	// number 128
	// enabled true
	// BG_AUTH_TARGET_PROXY
	// {4991D34B-80A1-4291-83B6-3328366B9097}
}

func TestJobPropertyAccepts(t *testing.T) {
	t.Parallel()
	// The members of the union by property, as the interface definition of COM
	// has them.
	members := map[bits.JobPropertyID]bits.JobPropertyValue{
		bits.BITS_JOB_PROPERTY_ID_COST_FLAGS:                    bits.PropertyDword(0),
		bits.BITS_JOB_PROPERTY_NOTIFICATION_CLSID:               bits.PropertyClsID(uuid.Nil),
		bits.BITS_JOB_PROPERTY_DYNAMIC_CONTENT:                  bits.PropertyEnable(false),
		bits.BITS_JOB_PROPERTY_HIGH_PERFORMANCE:                 bits.PropertyEnable(false),
		bits.BITS_JOB_PROPERTY_MAX_DOWNLOAD_SIZE:                bits.PropertyUint64(0),
		bits.BITS_JOB_PROPERTY_USE_STORED_CREDENTIALS:           bits.PropertyTarget(0),
		bits.BITS_JOB_PROPERTY_MINIMUM_NOTIFICATION_INTERVAL_MS: bits.PropertyDword(0),
		bits.BITS_JOB_PROPERTY_ON_DEMAND_MODE:                   bits.PropertyEnable(false),
	}
	all := []bits.JobPropertyValue{
		nil, bits.PropertyDword(1), bits.PropertyClsID{1}, bits.PropertyEnable(true), bits.PropertyUint64(1), bits.PropertyTarget(1),
	}
	require.Len(t, members, len(bits.Values[bits.JobPropertyID]()))
	for _, id := range slices.Concat(bits.Values[bits.JobPropertyID](), []bits.JobPropertyID{0, 6, 8, 11, 255}) {
		for _, value := range all {
			want := value != nil && members[id] != nil && fmt.Sprintf("%T", value) == fmt.Sprintf("%T", members[id])
			require.Equal(t, want, id.Accepts(value), "%v %T", id, value)
		}
	}
}

func TestFilePropertyAccepts(t *testing.T) {
	t.Parallel()
	require.True(t, bits.BITS_FILE_PROPERTY_ID_HTTP_RESPONSE_HEADERS.Accepts(bits.PropertyString("")))
	require.False(t, bits.BITS_FILE_PROPERTY_ID_HTTP_RESPONSE_HEADERS.Accepts(nil))
	require.False(t, bits.FilePropertyID(2).Accepts(bits.PropertyString("")))
}

func TestPropertyValuesAreValues(t *testing.T) {
	t.Parallel()
	require.True(t, bits.JobPropertyValue(bits.PropertyDword(1)) == bits.PropertyDword(1))
	require.False(t, bits.JobPropertyValue(bits.PropertyDword(1)) == bits.JobPropertyValue(bits.PropertyUint64(1)))
	require.True(t, bits.FilePropertyValue(bits.PropertyString("a")) == bits.PropertyString("a"))
}
