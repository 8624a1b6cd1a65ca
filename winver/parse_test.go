package winver_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/winver"
)

func TestParse(t *testing.T) {
	t.Parallel()
	tests := []struct {
		text string
		want winver.Build
	}{
		{"14393", winver.Windows10_1607},
		{"10.0.14393", winver.Windows10_1607},
		{"10.0.14393.2580", winver.Windows10_1607},
		{"build 14393", winver.Windows10_1607},
		{"1607", winver.Windows10_1607},
		{"10 1607", winver.Windows10_1607},
		{"Windows 10 1607", winver.Windows10_1607},
		{"WINDOWS 10, VERSION 1607", winver.Windows10_1607},
		{"  microsoft\twindows 10 1607 ", winver.Windows10_1607},
		{"Windows 10 1607 (build 14393)", winver.Windows10_1607},
		{"1607 build 14393", winver.Windows10_1607},
		{"Server 2016", winver.WindowsServer2016},
		{"windows server 2016", winver.WindowsServer2016},
		{"2016", winver.WindowsServer2016},
		{"Windows 11 24H2", winver.Windows11_24H2},
		{"24h2", winver.Windows11_24H2},
		{"Server 2025", winver.WindowsServer2025},
		{"Server 2022", winver.WindowsServer2022},
		{"2004", winver.Windows10_2004},
		{"Windows 10 22H2", winver.Windows10_22H2},
		{"Windows 11 22H2", winver.Windows11_22H2},
		{"Windows 7", winver.Windows7},
		{"7", winver.Windows7},
		{"7 SP1", winver.Windows7SP1},
		{"6.1.7601", winver.Windows7SP1},
		{"Server 2008 R2", winver.WindowsServer2008R2},
		{"Server 2008", winver.WindowsServer2008},
		{"Windows 8", winver.Windows8},
		{"8.1", winver.Windows8_1},
		{"6.2.9200", winver.Windows8},
		{"6.3.9600.17415", winver.Windows8_1},
		{"Vista", winver.WindowsVista},
		{"Vista SP2", winver.WindowsVistaSP2},
		{"6.0.6003", 6003},
		{"6002", winver.WindowsVistaSP2},
		{"Vista SP2 with BITS 4.0", winver.WindowsVistaSP2_BITS4},
		{"Windows Vista SP2 with BITS 4.0 (build 6002)", winver.WindowsVistaSP2_BITS4},
		{"Server 2008 SP2 with bits 4.0", winver.WindowsServer2008SP2_BITS4},
		{"6003 with BITS 4.0", winver.Build(6003).WithBITS4Update()},
		{"19045", winver.Windows10_22H2},
		{"25398", 25398},
		{"5.1.2600", 2600},
		{"build 2600", 2600},
		{"2147483647", 1<<31 - 1},
	}
	for _, tt := range tests {
		t.Run(tt.text, func(t *testing.T) {
			t.Parallel()
			got, err := winver.Parse(tt.text)
			require.NoError(t, err)
			require.Equal(t, tt.want, got)
		})
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct{ text, reason string }{
		{"", "no release and no build in it"},
		{"Windows", "no release and no build in it"},
		{" with BITS 4.0", "no release and no build in it"},
		{"Windows 11", "it may be any of Windows 11 21H2, Windows 11 22H2, Windows 11 23H2, Windows 11 24H2: say which"},
		{"22H2", "it may be any of Windows 10 22H2, Windows 11 22H2: say which"},
		{"SP1", "it may be any of Windows Vista SP1, Windows 7 SP1: say which"},
		{"Windows 12", "no such Windows release; write build 12"},
		{"Windows 95 OSR2", "no such Windows release"},
		{"Longhorn", `no such Windows release, and "longhorn" is no build number`},
		{"4.0", "want major.minor.build"},
		{"1.2.3.4.5", "want major.minor.build"},
		{"6.1.14393", "build 14393 is Windows NT 10.0, not 6.1"},
		{"6.0.7601", "build 7601 is Windows NT 6.1, not 6.0"},
		{"10.0.", `"" is no build number`},
		{"10.x.14393", `"x" is no build number`},
		{"10.0.14393.-1", `"-1" is no build number`},
		{"1610", "no such Windows release; write build 1610"},
		{"-1", `"-1" is no build number`},
		{"0x3839", `"0x3839" is no build number`},
		{"2147483648", "build 2147483648 is beyond every Windows build"},
		{"99999999999999999999999", "is beyond every Windows build"},
		{"build", `"build" is no build number`},
		{"build x", `"x" is no build number`},
		{"1607 build 15063", "Windows 10 1607 (build 14393) is not build 15063"},
		{"Longhorn build 6000", `"longhorn" is no build number`},
		{"Windows 7 with BITS 4.0", "only Windows Vista and Server 2008 have the BITS 4.0 update, Windows 7 (build 7600) has not"},
		{"Longhorn with BITS 4.0", `"longhorn" is no build number`},
		{"BITS 4.0", "no such Windows release"},
		{"\xff\x00", "is no build number"},
	}
	for _, tt := range tests {
		t.Run(tt.text, func(t *testing.T) {
			t.Parallel()
			got, err := winver.Parse(tt.text)
			require.ErrorContains(t, err, tt.reason)
			require.ErrorContains(t, err, "winver: parse ")
			require.Zero(t, got)
		})
	}
}

func FuzzParse(f *testing.F) {
	for _, b := range winver.All() {
		f.Add(b.String())
	}
	f.Add("10.0.14393.2580")
	f.Add("build 0")
	f.Add("6001 with BITS 4.0")
	f.Add("Server 2016, build 14393")
	f.Fuzz(func(t *testing.T, s string) {
		b, err := winver.Parse(s)
		if err != nil {
			require.Zero(t, b)
			return
		}
		back, err := winver.Parse(b.String())
		require.NoError(t, err)
		require.Equal(t, b, back)
	})
}
