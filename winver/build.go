package winver

import (
	"slices"
	"strconv"
)

// Build is a Windows build number: the third part of what the ver command
// prints. Numbers without a constant are welcome. Compare builds by
// [Build.AtLeast] or [Build.Number], not by the operators: a Vista with the
// BITS 4.0 update is a Build whose number is still that of Vista.
type Build uint32

// Desktop builds.
const (
	WindowsVista    Build = 6000 // BITS 3.0
	WindowsVistaSP1 Build = 6001
	WindowsVistaSP2 Build = 6002
	Windows7        Build = 7600 // BITS 4.0, IBitsTokenOptions
	Windows7SP1     Build = 7601
	Windows8        Build = 9200 // BITS 5.0
	Windows8_1      Build = 9600
	Windows10_1507  Build = 10240
	Windows10_1511  Build = 10586
	Windows10_1607  Build = 14393 // owners who are no administrators may use helper tokens
	Windows10_1703  Build = 15063 // BITS 10.1
	Windows10_1709  Build = 16299
	Windows10_1803  Build = 17134
	Windows10_1809  Build = 17763 // BITS 10.2, proxy settings read as the helper
	Windows10_1903  Build = 18362 // BITS 10.3
	Windows10_1909  Build = 18363
	Windows10_2004  Build = 19041
	Windows10_20H2  Build = 19042
	Windows10_21H1  Build = 19043
	Windows10_21H2  Build = 19044
	Windows10_22H2  Build = 19045
	Windows11_21H2  Build = 22000
	Windows11_22H2  Build = 22621
	Windows11_23H2  Build = 22631
	Windows11_24H2  Build = 26100
)

// Server builds. All but Server 2022 share the build of a desktop release.
const (
	WindowsServer2008      = WindowsVistaSP1
	WindowsServer2008SP2   = WindowsVistaSP2
	WindowsServer2008R2    = Windows7
	WindowsServer2008R2SP1 = Windows7SP1
	WindowsServer2012      = Windows8
	WindowsServer2012R2    = Windows8_1
	WindowsServer2016      = Windows10_1607
	WindowsServer2019      = Windows10_1809
	WindowsServer2022      = Build(20348)
	WindowsServer2025      = Windows11_24H2
)

// bits4Update marks a Vista or Server 2008 that has the BITS 4.0 update. It is
// far above any build number.
const bits4Update Build = 1 << 31

// Vista and Server 2008, service pack 2, with the update that brings BITS 4.0
// and IBitsTokenOptions (D what-s-new.md). [Build.WithBITS4Update] makes the
// same of any other Vista build.
const (
	WindowsVistaSP2_BITS4      = WindowsVistaSP2 | bits4Update
	WindowsServer2008SP2_BITS4 = WindowsVistaSP2_BITS4
)

// All lists the named builds in ascending order, each once. A Vista with the
// BITS 4.0 update follows the same Vista without it.
func All() []Build {
	all := make([]Build, len(releases))
	for i, r := range releases {
		all[i] = r.build
	}
	return all
}

// Number is the build number that Windows reports, 14393 for instance.
func (b Build) Number() uint32 { return uint32(b &^ bits4Update) }

// AtLeast reports whether b is the build other or a newer one. The BITS 4.0
// update does not make a Vista newer.
func (b Build) AtLeast(other Build) bool { return b.Number() >= other.Number() }

// WithBITS4Update is b with the update that brings BITS 4.0 to Vista and Server
// 2008. Only those have it: any other build is returned unchanged.
func (b Build) WithBITS4Update() Build {
	if b.isVista() {
		return b | bits4Update
	}
	return b
}

// isVista reports whether b is a build of Vista or Server 2008, the only ones
// on which the BITS 4.0 update counts.
func (b Build) isVista() bool { return b.AtLeast(WindowsVista) && !b.AtLeast(Windows7) }

// hasUpdate reports whether the BITS 4.0 update is there and counts.
func (b Build) hasUpdate() bool { return b&bits4Update != 0 && b.isVista() }

// BITS is the version of BITS that the build carries: that of the newest named
// build not above it (D what-s-new.md for the named ones, C for those between).
// It is the zero Version before Vista.
func (b Build) BITS() Version {
	if b.hasUpdate() {
		return BITS4_0
	}
	for _, r := range slices.Backward(releases) {
		if r.build&bits4Update == 0 && b.AtLeast(r.build) {
			return r.bits
		}
	}
	return 0
}

// HasTokenOptions reports whether jobs have IBitsTokenOptions: from BITS 4.0
// on. Without it QueryInterface answers E_NOINTERFACE (D what-s-new.md).
func (b Build) HasTokenOptions() bool { return b.BITS() >= BITS4_0 }

// OwnerMayUseHelperToken reports whether the owner of a job may use
// IBitsTokenOptions without being an administrator: from Windows 10 1607 on
// (D helper-tokens-for-bits-transfer-jobs.md).
func (b Build) OwnerMayUseHelperToken() bool { return b.AtLeast(Windows10_1607) }

// ProxySettingsAsHelper reports whether preconfigured proxy settings are read
// as the helper when BG_TOKEN_NETWORK is set: from Windows 10 1809 on. Older
// builds read them as the owner (D authentication.md).
func (b Build) ProxySettingsAsHelper() bool { return b.AtLeast(Windows10_1809) }

// String prints "Windows 10 1607 (build 14393)", and "Windows build 25398" for
// a build that has no name of its own. [Parse] reads both.
func (b Build) String() string {
	updated := b.hasUpdate()
	number := strconv.FormatUint(uint64(b.Number()), 10)
	for _, r := range releases {
		if r.build.Number() == b.Number() && r.build.hasUpdate() == updated {
			return r.name + " (build " + number + ")"
		}
	}
	if updated {
		return "Windows build " + number + updateSuffix
	}
	return "Windows build " + number
}

// MarshalText is [Build.String], so that JSON, flags and dumps agree. It never
// fails.
func (b Build) MarshalText() ([]byte, error) { return []byte(b.String()), nil }

// UnmarshalText reads what [Parse] reads.
func (b *Build) UnmarshalText(text []byte) error {
	parsed, err := Parse(string(text))
	if err != nil {
		return err
	}
	*b = parsed
	return nil
}
