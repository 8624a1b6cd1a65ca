package winver

// updateSuffix ends the name of a Vista that has the BITS 4.0 update.
const updateSuffix = " with BITS 4.0"

// release is a Windows release that has a name.
type release struct {
	build   Build
	bits    Version
	name    string
	aliases []string // other names of the same build, server editions first of all
}

// releases in ascending order of build. Build numbers and BITS versions: D
// what-s-new.md, and Microsoft's release information for the releases between.
var releases = []release{
	{WindowsVista, BITS3_0, "Windows Vista", nil},
	{WindowsVistaSP1, BITS3_0, "Windows Vista SP1", []string{"Windows Server 2008"}},
	{WindowsVistaSP2, BITS3_0, "Windows Vista SP2", []string{"Windows Server 2008 SP2"}},
	{WindowsVistaSP2_BITS4, BITS4_0, "Windows Vista SP2" + updateSuffix, []string{"Windows Server 2008 SP2" + updateSuffix}},
	{Windows7, BITS4_0, "Windows 7", []string{"Windows Server 2008 R2"}},
	{Windows7SP1, BITS4_0, "Windows 7 SP1", []string{"Windows Server 2008 R2 SP1"}},
	{Windows8, BITS5_0, "Windows 8", []string{"Windows Server 2012"}},
	{Windows8_1, BITS5_0, "Windows 8.1", []string{"Windows Server 2012 R2"}},
	{Windows10_1507, BITS5_0, "Windows 10 1507", nil},
	{Windows10_1511, BITS5_0, "Windows 10 1511", nil},
	{Windows10_1607, BITS5_0, "Windows 10 1607", []string{"Windows Server 2016"}},
	{Windows10_1703, BITS10_1, "Windows 10 1703", nil},
	{Windows10_1709, BITS10_1, "Windows 10 1709", nil},
	{Windows10_1803, BITS10_1, "Windows 10 1803", nil},
	{Windows10_1809, BITS10_2, "Windows 10 1809", []string{"Windows Server 2019"}},
	{Windows10_1903, BITS10_3, "Windows 10 1903", nil},
	{Windows10_1909, BITS10_3, "Windows 10 1909", nil},
	{Windows10_2004, BITS10_3, "Windows 10 2004", nil},
	{Windows10_20H2, BITS10_3, "Windows 10 20H2", nil},
	{Windows10_21H1, BITS10_3, "Windows 10 21H1", nil},
	{Windows10_21H2, BITS10_3, "Windows 10 21H2", nil},
	{Windows10_22H2, BITS10_3, "Windows 10 22H2", nil},
	{WindowsServer2022, BITS10_3, "Windows Server 2022", nil},
	{Windows11_21H2, BITS10_3, "Windows 11 21H2", nil},
	{Windows11_22H2, BITS10_3, "Windows 11 22H2", nil},
	{Windows11_23H2, BITS10_3, "Windows 11 23H2", nil},
	{Windows11_24H2, BITS10_3, "Windows 11 24H2", []string{"Windows Server 2025"}},
}
