package sid_test

import (
	"encoding/hex"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// account is the SID of the speed goals.
const account = "S-1-5-21-3623811015-3361044348-30300820-1013"

// sixteen has one sub authority more than there can be.
const sixteen = "S-1-5-1-2-3-4-5-6-7-8-9-10-11-12-13-14-15-16"

// vectors are those of page sid-binary, in its order.
var vectors = []struct{ hex, text string }{
	{"010100000000000000000000", "S-1-0-0"},
	{"010100000000000100000000", "S-1-1-0"},
	{"010100000000000512000000", "S-1-5-18"},
	{"010100000000000513000000", "S-1-5-19"},
	{"010100000000000514000000", "S-1-5-20"},
	{"01020000000000052000000020020000", "S-1-5-32-544"},
	{"01020000000000052000000021020000", "S-1-5-32-545"},
	{"010500000000000515000000a065cf7e784b9b5fe77c8770091c0100", "S-1-5-21-2127521184-1604012920-1887927527-72713"},
	{"010500000000000515000000ac2db60cdc9d986cf85944e750040000", "S-1-5-21-213265836-1821941212-3880016376-1104"},
	{"010500000000000515000000620479610991a87285127e7be9030000", "S-1-5-21-1635320930-1923649801-2071859845-1001"},
	{"01050000000000051500000028bb82279261b9fe2474aa5d00020000", "S-1-5-21-662879016-4273562002-1571451940-512"},
	{"0105000000000005150000000c000000170000002200000000020000", "S-1-5-21-12-23-34-512"},
	{"010600000000000550000000b589fb381984c2cb5c6c236d5700776ec0026487", "S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464"},
	{"010600000000000550000000d8928d33cb5e1008198c0cb8002a5666bd1f90fc", "S-1-5-80-864916184-135290571-3087830041-1716922880-4237303741"},
	{"010100000000001000300000", "S-1-16-12288"},
	{"010200000000000f0200000001000000", "S-1-15-2-1"},
	{"01030000000000050500000000000000e7030000", "S-1-5-5-0-999"},
	{"010100003344556601000000", "S-1-860116326-1"},
	{"01010000ffffffff01000000", "S-1-4294967295-1"},
	{"010100010000000001000000", "S-1-0x000100000000-1"},
	{"0101ffffffffffffffffffff", "S-1-0xffffffffffff-4294967295"},
	{"010f0000000000050100000002000000030000000400000005000000060000000700000008000000090000000a0000000b0000000c0000000d0000000e000000ffffffff", "S-1-5-1-2-3-4-5-6-7-8-9-10-11-12-13-14-4294967295"},
}

// badText must be refused, with this message.
var badText = []struct{ name, text, want string }{
	// page sid-binary
	{"empty", "", `sid: "": prefix at byte 0: neither "S-1-" nor a two-letter alias alone`},
	{"no authority", "S-1", `sid: "S-1": authority at byte 3: missing`},
	{"no sub authority", "S-1-5", `sid: "S-1-5": sub authority 1 at byte 5: missing`},
	{"nothing after the last dash", "S-1-5-", `sid: "S-1-5-": sub authority 1 at byte 6: missing`},
	{"two dashes", "S-1--5-18", `sid: "S-1--5-18": authority at byte 4: missing`},
	{"sub authority of 2^32", "S-1-5-4294967296", `sid: "S-1-5-4294967296": sub authority 1 at byte 6: over 4294967295, the largest decimal`},
	{"space after it", "S-1-5-18 ", `sid: "S-1-5-18 ": sub authority 1 at byte 6: not a number`},
	{"revision 2", "S-2-5-18", `sid: "S-2-5-18": revision at byte 2: must be 1`},
	{"sixteen sub authorities", sixteen, `sid: "` + sixteen + `": sub authority 16 at byte 42: one too many, there are at most 15`},
	{"authority of 2^48", "S-1-281474976710656-1", `sid: "S-1-281474976710656-1": authority at byte 4: over 4294967295, the largest decimal`},
	{"text after an alias", "WD)", `sid: "WD)": prefix at byte 0: neither "S-1-" nor a two-letter alias alone`},
	{"more text after an alias", "WDandmore", `sid: "WDandmore": prefix at byte 0: neither "S-1-" nor a two-letter alias alone`},
	// others
	{"no revision", "S-", `sid: "S-": revision at byte 2: missing`},
	{"empty revision", "S--5-18", `sid: "S--5-18": revision at byte 2: missing`},
	{"prefix alone", "S-1-", `sid: "S-1-": authority at byte 4: missing`},
	{"hex revision 2", "S-0x2-5-18", `sid: "S-0x2-5-18": revision at byte 2: must be 1`},
	{"revision of three hex digits", "S-0x001-5-18", `sid: "S-0x001-5-18": revision at byte 2: 0x takes 1 to 2 hex digits here`},
	{"no dash", "S1-5-18", `sid: "S1-5-18": prefix at byte 0: neither "S-1-" nor a two-letter alias alone`},
	{"space before it", " S-1-5-18", `sid: " S-1-5-18": prefix at byte 0: neither "S-1-" nor a two-letter alias alone`},
	{"sign", "S-1-5-+18", `sid: "S-1-5-+18": sub authority 1 at byte 6: not a number`},
	{"dash at the end", "S-1-5-18-", `sid: "S-1-5-18-": sub authority 2 at byte 9: missing`},
	{"decimal authority of 2^32", "S-1-4294967296-1", `sid: "S-1-4294967296-1": authority at byte 4: over 4294967295, the largest decimal`},
	{"number that wraps 64 bits to 18", "S-1-5-18446744073709551634", `sid: "S-1-5-18446744073709551634": sub authority 1 at byte 6: over 4294967295, the largest decimal`},
	{"leading zero", "S-1-5-018", `sid: "S-1-5-018": sub authority 1 at byte 6: decimal with a leading zero`},
	{"hex letter in a decimal", "S-1-5-1a", `sid: "S-1-5-1a": sub authority 1 at byte 6: not a number`},
	{"x after another digit", "S-1-5-1x1", `sid: "S-1-5-1x1": sub authority 1 at byte 6: not a number`},
	{"x after two zeros", "S-1-5-00x1", `sid: "S-1-5-00x1": sub authority 1 at byte 6: not a number`},
	{"x without zero", "S-1-5-x12", `sid: "S-1-5-x12": sub authority 1 at byte 6: not a number`},
	{"0x alone", "S-1-5-0x", `sid: "S-1-5-0x": sub authority 1 at byte 6: 0x takes 1 to 8 hex digits here`},
	{"no hex digit", "S-1-5-0x1g", `sid: "S-1-5-0x1g": sub authority 1 at byte 6: not a hex number`},
	{"sub authority of nine hex digits", "S-1-5-0x000000012", `sid: "S-1-5-0x000000012": sub authority 1 at byte 6: 0x takes 1 to 8 hex digits here`},
	{"authority of thirteen hex digits", "S-1-0x1000000000000-1", `sid: "S-1-0x1000000000000-1": authority at byte 4: 0x takes 1 to 12 hex digits here`},
	{"digits of another script", "S-1-5-١", `sid: "S-1-5-١": sub authority 1 at byte 6: not a number`},
	{"zero byte", "S-1-5-18\x00", `sid: "S-1-5-18\x00": sub authority 1 at byte 6: not a number`},
	{"unknown alias", "ZZ", `sid: "ZZ": alias at byte 0: no SDDL alias`},
	{"two bytes", "\xff\x00", `sid: "\xff\x00": alias at byte 0: no SDDL alias`},
	{"display name", `NT AUTHORITY\SYSTEM`, `sid: "NT AUTHORITY\\SYSTEM": prefix at byte 0: neither "S-1-" nor a two-letter alias alone`},
	{"long text", "S-1-5-" + strings.Repeat("-", 500), `sid: "S-1-5-` + strings.Repeat("-", 74) + `...": sub authority 1 at byte 6: missing`},
}

// badBinary must be refused, with this message.
var badBinary = []struct{ name, hex, want string }{
	// page sid-binary
	{"empty", "", `sid: "": header at byte 0: 0 bytes, a SID has at least 8`},
	{"cut in the header", "0101", `sid: "0101": header at byte 0: 2 bytes, a SID has at least 8`},
	{"revision 2", "020100000000000512000000", `sid: "020100000000000512000000": revision at byte 0: 2, must be 1`},
	{"count 16", "0110000000000005" + strings.Repeat("01000000", 16), `sid: "0110000000000005` + strings.Repeat("01000000", 8) + `...": sub authority count at byte 1: 16, at most 15`},
	{"cut in the sub authorities", "010200000000000512000000", `sid: "010200000000000512000000": length at byte 12: 2 sub authorities make 16 bytes, here are 12`},
	// others
	{"revision 0", "000100000000000512000000", `sid: "000100000000000512000000": revision at byte 0: 0, must be 1`},
	{"cut by one byte", "0101000000000005120000", `sid: "0101000000000005120000": length at byte 11: 1 sub authorities make 12 bytes, here are 11`},
}

func fromHex(tb testing.TB, s string) []byte {
	tb.Helper()
	b, err := hex.DecodeString(s)
	require.NoError(tb, err)
	return b
}
