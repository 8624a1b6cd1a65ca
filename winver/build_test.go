package winver_test

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/winver"
)

func Example() {
	b, err := winver.Parse("Windows 10 version 1607")
	if err != nil {
		panic(err)
	}
	fmt.Println(b, b.BITS(), b.OwnerMayUseHelperToken())
	fmt.Println(winver.Build(25398), winver.Build(25398).BITS())
	// Output:
	// Windows 10 1607 (build 14393) 5.0 true
	// Windows build 25398 10.3
}

func TestImplications(t *testing.T) {
	t.Parallel()
	const no, yes = false, true
	tests := []struct {
		name    string
		build   winver.Build
		number  uint32
		bits    winver.Version
		options bool // IBitsTokenOptions is there
		owner   bool // the 1607 rule
		proxy   bool // proxy settings read as the helper
	}{
		{"zero", 0, 0, 0, no, no, no},
		{"Windows XP", 2600, 2600, 0, no, no, no},
		{"last before Vista", 5999, 5999, 0, no, no, no},
		{"Vista", winver.WindowsVista, 6000, winver.BITS3_0, no, no, no},
		{"Server 2008", winver.WindowsServer2008, 6001, winver.BITS3_0, no, no, no},
		{"Vista SP2", 6002, 6002, winver.BITS3_0, no, no, no},
		{"Vista SP2 with the update", winver.WindowsVistaSP2_BITS4, 6002, winver.BITS4_0, yes, no, no},
		{"Server 2008 SP2 with the update", winver.WindowsServer2008SP2_BITS4, 6002, winver.BITS4_0, yes, no, no},
		{"Vista SP1 with the update", winver.WindowsVistaSP1.WithBITS4Update(), 6001, winver.BITS4_0, yes, no, no},
		{"last before 7", 7599, 7599, winver.BITS3_0, no, no, no},
		{"7", winver.Windows7, 7600, winver.BITS4_0, yes, no, no},
		{"Server 2008 R2 SP1", winver.WindowsServer2008R2SP1, 7601, winver.BITS4_0, yes, no, no},
		{"8", winver.Windows8, 9200, winver.BITS5_0, yes, no, no},
		{"8.1", winver.Windows8_1, 9600, winver.BITS5_0, yes, no, no},
		{"1507", winver.Windows10_1507, 10240, winver.BITS5_0, yes, no, no},
		{"1511", winver.Windows10_1511, 10586, winver.BITS5_0, yes, no, no},
		{"last before 1607", 14392, 14392, winver.BITS5_0, yes, no, no},
		{"1607", winver.Windows10_1607, 14393, winver.BITS5_0, yes, yes, no},
		{"Server 2016", winver.WindowsServer2016, 14393, winver.BITS5_0, yes, yes, no},
		{"1703", winver.Windows10_1703, 15063, winver.BITS10_1, yes, yes, no},
		{"1803", winver.Windows10_1803, 17134, winver.BITS10_1, yes, yes, no},
		{"last before 1809", 17762, 17762, winver.BITS10_1, yes, yes, no},
		{"1809", winver.Windows10_1809, 17763, winver.BITS10_2, yes, yes, yes},
		{"Server 2019", winver.WindowsServer2019, 17763, winver.BITS10_2, yes, yes, yes},
		{"last before 1903", 18361, 18361, winver.BITS10_2, yes, yes, yes},
		{"1903", winver.Windows10_1903, 18362, winver.BITS10_3, yes, yes, yes},
		{"22H2 by number", 19045, 19045, winver.BITS10_3, yes, yes, yes},
		{"Server 2022", winver.WindowsServer2022, 20348, winver.BITS10_3, yes, yes, yes},
		{"Windows 11", winver.Windows11_21H2, 22000, winver.BITS10_3, yes, yes, yes},
		{"23H2 by number", 22631, 22631, winver.BITS10_3, yes, yes, yes},
		{"without a name", 25398, 25398, winver.BITS10_3, yes, yes, yes},
		{"Server 2025", winver.WindowsServer2025, 26100, winver.BITS10_3, yes, yes, yes},
		{"the future", math.MaxInt32, math.MaxInt32, winver.BITS10_3, yes, yes, yes},
		{"the largest value is no Vista", math.MaxUint32, math.MaxInt32, winver.BITS10_3, yes, yes, yes},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, tt.number, tt.build.Number())
			require.Equal(t, tt.bits, tt.build.BITS())
			require.Equal(t, tt.options, tt.build.HasTokenOptions())
			require.Equal(t, tt.owner, tt.build.OwnerMayUseHelperToken())
			require.Equal(t, tt.proxy, tt.build.ProxySettingsAsHelper())
		})
	}
}

func TestServerEditionsAreAliases(t *testing.T) {
	t.Parallel()
	require.Equal(t, winver.Windows7, winver.WindowsServer2008R2)
	require.Equal(t, winver.Windows8, winver.WindowsServer2012)
	require.Equal(t, winver.Windows8_1, winver.WindowsServer2012R2)
	require.Equal(t, winver.Windows10_1607, winver.WindowsServer2016)
	require.Equal(t, winver.Windows10_1809, winver.WindowsServer2019)
	require.Equal(t, winver.Windows11_24H2, winver.WindowsServer2025)
}

func TestWithBITS4UpdateChangesVistaOnly(t *testing.T) {
	t.Parallel()
	require.Equal(t, winver.WindowsVistaSP2_BITS4, winver.WindowsVistaSP2.WithBITS4Update())
	require.Equal(t, winver.WindowsVistaSP2_BITS4, winver.WindowsVistaSP2_BITS4.WithBITS4Update())
	for _, b := range []winver.Build{0, 5999, winver.Windows7, winver.Windows11_24H2} {
		require.Equal(t, b, b.WithBITS4Update())
	}
}

func TestUpdateDoesNotMakeVistaNewer(t *testing.T) {
	t.Parallel()
	require.False(t, winver.WindowsVistaSP2_BITS4.AtLeast(winver.Windows7))
	require.True(t, winver.WindowsVistaSP2_BITS4.AtLeast(winver.WindowsVistaSP2))
	require.True(t, winver.WindowsVistaSP2.AtLeast(winver.WindowsVistaSP2_BITS4))
	require.False(t, winver.WindowsVista.AtLeast(winver.WindowsVistaSP1))
}

func TestAll(t *testing.T) {
	t.Parallel()
	all := winver.All()
	require.Equal(t, winver.WindowsVista, all[0])
	require.Equal(t, winver.Windows11_24H2, all[len(all)-1])
	require.Contains(t, all, winver.WindowsServer2022)
	require.Equal(t, slices.Index(all, winver.WindowsVistaSP2)+1, slices.Index(all, winver.WindowsVistaSP2_BITS4))
	for i := range len(all) - 1 {
		require.True(t, all[i+1].AtLeast(all[i]), "%v comes after %v", all[i+1], all[i])
		require.NotEqual(t, all[i], all[i+1])
	}
	all[0] = 0
	require.Equal(t, winver.WindowsVista, winver.All()[0], "the list belongs to the caller")
}

func TestString(t *testing.T) {
	t.Parallel()
	tests := map[winver.Build]string{
		winver.Windows10_1607:                    "Windows 10 1607 (build 14393)",
		winver.WindowsServer2025:                 "Windows 11 24H2 (build 26100)",
		winver.WindowsServer2022:                 "Windows Server 2022 (build 20348)",
		winver.WindowsVistaSP2:                   "Windows Vista SP2 (build 6002)",
		winver.WindowsVistaSP2_BITS4:             "Windows Vista SP2 with BITS 4.0 (build 6002)",
		winver.WindowsVistaSP1.WithBITS4Update(): "Windows build 6001 with BITS 4.0",
		winver.Windows7 | 1<<31:                  "Windows 7 (build 7600)", // the update does not count there
		2600:                                     "Windows build 2600",
		0:                                        "Windows build 0",
		25398:                                    "Windows build 25398",
	}
	for build, want := range tests {
		require.Equal(t, want, build.String())
	}
}

func TestTextRoundTrip(t *testing.T) {
	t.Parallel()
	builds := append(winver.All(), 0, 2600, 6003, 25398, winver.WindowsVista.WithBITS4Update())
	for _, b := range builds {
		data, err := json.Marshal(b)
		require.NoError(t, err)
		require.JSONEq(t, `"`+b.String()+`"`, string(data))
		var back winver.Build
		require.NoError(t, json.Unmarshal(data, &back))
		require.Equal(t, b, back)
	}
}

func TestUnmarshalTextLeavesTheValueOnError(t *testing.T) {
	t.Parallel()
	b := winver.Windows7
	require.ErrorContains(t, b.UnmarshalText([]byte("Windows 12")), `parse "Windows 12": no such Windows release`)
	require.Equal(t, winver.Windows7, b)
}
