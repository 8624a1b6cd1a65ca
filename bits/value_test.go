package bits_test

import (
	"encoding"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/bits"
)

func Example() {
	state := bits.BG_JOB_STATE_TRANSFERRED
	fmt.Println(state, state.Short(), state.Final())

	flags, err := bits.Parse[bits.HelperTokenFlags]("LOCAL_FILE|NETWORK")
	fmt.Println(flags, err)
	// Output:
	// BG_JOB_STATE_TRANSFERRED TRANSFERRED false
	// BG_TOKEN_LOCAL_FILE|BG_TOKEN_NETWORK <nil>
}

func ExampleParse() {
	state, _ := bits.Parse[bits.JobState]("queued")
	priority, _ := bits.Parse[bits.JobPriority]("17")
	_, err := bits.Parse[bits.AuthTarget]("client")
	fmt.Println(state, priority, priority.Valid())
	fmt.Println(err)
	// Output:
	// BG_JOB_STATE_QUEUED 0x11 false
	// bits: "client" is no AuthTarget: want BG_AUTH_TARGET_SERVER, BG_AUTH_TARGET_PROXY, or a number
}

// value is a type of values, seen without its type.
type value struct {
	sets   string // the names of its constants in the tables, separated by commas
	prefix string
	flags  bool
	max    uint32

	values    []uint32
	text      func(uint32) string
	json      func(uint32) ([]byte, error)
	valid     func(uint32) bool
	short     func(uint32) string // nil for flags
	parse     func(string) (uint32, error)
	unmarshal func(start uint32, text string) (uint32, error)
}

func valueOf[T bits.Value[T]](sets, prefix string) value {
	v := value{
		sets:   sets,
		prefix: prefix,
		max:    uint32(^T(0)),
		text:   func(n uint32) string { return T(n).String() },
		json:   func(n uint32) ([]byte, error) { return json.Marshal(T(n)) },
		valid:  func(n uint32) bool { return T(n).Valid() },
		parse: func(text string) (uint32, error) {
			v, err := bits.Parse[T](text)
			return uint32(v), err
		},
		unmarshal: func(start uint32, text string) (uint32, error) {
			v := T(start)
			err := any(&v).(encoding.TextUnmarshaler).UnmarshalText([]byte(text))
			return uint32(v), err
		},
	}
	if _, ok := any(T(0)).(interface{ Short() string }); ok {
		v.short = func(n uint32) string { return any(T(n)).(interface{ Short() string }).Short() }
	}
	v.flags = v.short == nil
	for _, n := range bits.Values[T]() {
		v.values = append(v.values, uint32(n))
	}
	return v
}

// values are all types of values by name.
var values = map[string]value{
	"JobType":                     valueOf[bits.JobType]("BG_JOB_TYPE", "BG_JOB_TYPE_"),
	"JobPriority":                 valueOf[bits.JobPriority]("BG_JOB_PRIORITY", "BG_JOB_PRIORITY_"),
	"JobState":                    valueOf[bits.JobState]("BG_JOB_STATE", "BG_JOB_STATE_"),
	"ErrorContext":                valueOf[bits.ErrorContext]("BG_ERROR_CONTEXT", "BG_ERROR_CONTEXT_"),
	"NotifyFlags":                 valueOf[bits.NotifyFlags]("BG_NOTIFY_FLAGS", "BG_NOTIFY_"),
	"EnumFlags":                   valueOf[bits.EnumFlags]("BG_JOB_ENUM_FLAGS", "BG_JOB_ENUM_"),
	"HelperTokenFlags":            valueOf[bits.HelperTokenFlags]("BG_TOKEN_FLAGS", "BG_TOKEN_"),
	"ProxyUsage":                  valueOf[bits.ProxyUsage]("BG_JOB_PROXY_USAGE", "BG_JOB_PROXY_USAGE_"),
	"AuthTarget":                  valueOf[bits.AuthTarget]("BG_AUTH_TARGET", "BG_AUTH_TARGET_"),
	"AuthScheme":                  valueOf[bits.AuthScheme]("BG_AUTH_SCHEME", "BG_AUTH_SCHEME_"),
	"CertStoreLocation":           valueOf[bits.CertStoreLocation]("BG_CERT_STORE_LOCATION", "BG_CERT_STORE_LOCATION_"),
	"SecurityFlags":               valueOf[bits.SecurityFlags]("BG_SECURITY_FLAGS", "BG_"),
	"FileACLFlags":                valueOf[bits.FileACLFlags]("BG_COPY_FILE_FLAGS", "BG_COPY_FILE_"),
	"FilePropertyID":              valueOf[bits.FilePropertyID]("BITS_FILE_PROPERTY_ID", "BITS_FILE_PROPERTY_"),
	"PeerCachingFlags":            valueOf[bits.PeerCachingFlags]("BG_JOB_PEERCACHING_FLAGS", "BG_JOB_"),
	"PeerCacheConfigurationFlags": valueOf[bits.PeerCacheConfigurationFlags]("BG_PEERCACHE_CONFIG_FLAGS", "BG_"),
	"JobPropertyID":               valueOf[bits.JobPropertyID]("BITS_JOB_PROPERTY_ID", "BITS_JOB_PROPERTY_"),
	"CostState":                   valueOf[bits.CostState]("BITS_COST_STATE,BITS_COST_TRANSFER_POLICY", "BITS_COST_STATE_"),
	"TransferPolicy":              valueOf[bits.TransferPolicy]("BITS_JOB_TRANSFER_POLICY", "BITS_JOB_TRANSFER_POLICY_"),
}

// readTable returns the rows of a table below its heading.
func readTable(t *testing.T, name string) [][]string {
	t.Helper()
	data, err := os.ReadFile("testdata/" + name)
	require.NoError(t, err)
	var rows [][]string
	for line := range strings.Lines(string(data)) {
		rows = append(rows, strings.Split(strings.TrimSpace(line), "\t"))
	}
	require.Greater(t, len(rows), 1)
	return rows[1:]
}

func TestConstantsAreThoseOfWindows(t *testing.T) {
	t.Parallel()
	type constant struct {
		name  string
		value uint32
	}
	sizes := map[string]uint64{"BG_SIZE_UNKNOWN": bits.BG_SIZE_UNKNOWN, "BG_LENGTH_TO_EOF": bits.BG_LENGTH_TO_EOF}
	sets := map[string][]constant{}
	for _, row := range readTable(t, "constants.tsv") {
		n, err := strconv.ParseUint(row[2], 0, 64)
		require.NoError(t, err)
		if size, ok := sizes[row[1]]; ok {
			require.Equal(t, n, size, row[1])
			continue
		}
		sets[row[0]] = append(sets[row[0]], constant{row[1], uint32(n)})
	}
	for name, v := range values {
		var want []uint32
		for set := range strings.SplitSeq(v.sets, ",") {
			require.Contains(t, sets, set)
			for _, c := range sets[set] {
				want = append(want, c.value)
				for _, text := range []string{c.name, strings.ToLower(c.name), strings.TrimPrefix(c.name, v.prefix), " " + c.name} {
					if !v.flags {
						text = strings.TrimSpace(text)
					}
					got, err := v.parse(text)
					require.NoError(t, err)
					require.Equal(t, c.value, got, "%s %s", name, text)
				}
				if !v.flags {
					require.Equal(t, c.name, v.text(c.value))
					require.Equal(t, strings.TrimPrefix(c.name, v.prefix), v.short(c.value))
				}
			}
			delete(sets, set)
		}
		require.ElementsMatch(t, want, v.values, name)
	}
	require.Empty(t, sets, "every constant of the table has a type here")
}

func TestTextFormsAgreeAndRoundTrip(t *testing.T) {
	t.Parallel()
	for name, v := range values {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.NotEmpty(t, v.values)
			for _, n := range slices.Concat(v.values, []uint32{0, 1, 6, 99, 0x300, 0x400, 0x700, 0x80000001, v.max}) {
				n &= v.max
				text := v.text(n)
				data, err := v.json(n)
				require.NoError(t, err)
				require.Equal(t, strconv.Quote(text), string(data))
				back, err := v.parse(text)
				require.NoError(t, err)
				require.Equal(t, n, back)
				back, err = v.unmarshal(^n, text)
				require.NoError(t, err)
				require.Equal(t, n, back)
				back, err = v.parse(fmt.Sprint(n))
				require.NoError(t, err, "in decimal")
				require.Equal(t, n, back)
				back, err = v.parse(fmt.Sprintf("0X%X", n))
				require.NoError(t, err, "in hexadecimal")
				require.Equal(t, n, back)
				if !v.flags {
					back, err = v.parse(v.short(n))
					require.NoError(t, err)
					require.Equal(t, n, back)
				}
			}
		})
	}
}

func TestNumbersWithoutNames(t *testing.T) {
	t.Parallel()
	for name, v := range values {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.False(t, v.valid(v.max))
			if !v.flags {
				require.Equal(t, fmt.Sprintf("%#x", v.max), v.text(v.max))
				require.Equal(t, fmt.Sprintf("%#x", v.max), v.short(v.max))
			}
			for _, n := range v.values {
				mask := name == "SecurityFlags" && n == uint32(bits.BG_HTTP_REDIRECT_POLICY_MASK)
				require.Equal(t, !mask, v.valid(n), v.text(n))
			}
			require.Equal(t, v.flags || v.text(0) != "0x0", v.valid(0))
		})
	}
}

func TestFlagsText(t *testing.T) {
	t.Parallel()
	tests := map[string]fmt.Stringer{
		"0":                                    bits.HelperTokenFlags(0),
		"BG_TOKEN_NETWORK":                     bits.BG_TOKEN_NETWORK,
		"BG_TOKEN_LOCAL_FILE|BG_TOKEN_NETWORK": bits.BG_TOKEN_NETWORK | bits.BG_TOKEN_LOCAL_FILE,
		"BG_TOKEN_NETWORK|0x80000004":          bits.BG_TOKEN_NETWORK | 0x80000004,
		"0x10":                                 bits.HelperTokenFlags(0x10),
		"BG_COPY_FILE_OWNER|BG_COPY_FILE_GROUP|BG_COPY_FILE_DACL": bits.FileACLFlags(7),
		"BG_COPY_FILE_ALL":                bits.FileACLFlags(15),
		"BITS_COST_STATE_TRANSFER_ALWAYS": bits.CostState(0x800000ff),
		"BITS_COST_STATE_UNRESTRICTED|BITS_COST_OPTION_IGNORE_CONGESTION": bits.CostState(0x80000001),
		"BG_SSL_IGNORE_UNKNOWN_CA|BG_HTTP_REDIRECT_POLICY_DISALLOW":       bits.SecurityFlags(0x208),
		"BG_HTTP_REDIRECT_POLICY_ALLOW_HTTPS_TO_HTTP|0x300":               bits.SecurityFlags(0xb00), // policy 3 is not policies 1 and 2
		"BG_SSL_ENABLE_CRL_CHECK|0x700":                                   bits.BG_SSL_ENABLE_CRL_CHECK | bits.BG_HTTP_REDIRECT_POLICY_MASK,
	}
	for want, flags := range tests {
		require.Equal(t, want, flags.String())
	}
}

func TestHas(t *testing.T) {
	t.Parallel()
	both := bits.BG_TOKEN_LOCAL_FILE | bits.BG_TOKEN_NETWORK
	require.True(t, both.Has(bits.BG_TOKEN_NETWORK))
	require.True(t, both.Has(both))
	require.True(t, both.Has(0))
	require.False(t, bits.BG_TOKEN_NETWORK.Has(both))
	require.False(t, bits.HelperTokenFlags(0).Has(bits.BG_TOKEN_NETWORK))
	require.True(t, bits.NotifyFlags(3).Has(bits.BG_NOTIFY_JOB_ERROR))
	require.False(t, bits.EnumFlags(2).Has(bits.BG_JOB_ENUM_ALL_USERS))
	require.True(t, bits.SecurityFlags(0x18).Has(bits.BG_SSL_IGNORE_CERT_WRONG_USAGE))
	require.False(t, bits.FileACLFlags(7).Has(bits.BG_COPY_FILE_ALL))
	require.True(t, bits.PeerCachingFlags(7).Has(bits.BG_JOB_DISABLE_BRANCH_CACHE))
	require.False(t, bits.PeerCacheConfigurationFlags(1).Has(bits.BG_ENABLE_PEERCACHING_SERVER))
	require.True(t, bits.BITS_COST_STATE_TRANSFER_ALWAYS.Has(bits.BITS_COST_STATE_ROAMING))
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	for name, v := range values {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, text := range []string{
				"", " ", "x", "-1", "+1", "0x", "0x1g", "1.0", "4294967296", "0x100000000", "0b1", "1_0", "\xff",
				v.prefix, "BG_", v.prefix + "NOWHERE", v.text(v.values[0]) + "|", "|" + v.text(v.values[0]), v.text(v.values[0]) + ",1",
			} {
				_, err := v.parse(text)
				require.ErrorContains(t, err, " is no "+name+": want ", "%q", text)
				kept, err := v.unmarshal(1, text)
				require.Error(t, err)
				require.Equal(t, uint32(1), kept)
			}
			if v.max < 256 {
				_, err := v.parse("256")
				require.ErrorContains(t, err, `bits: "256" is no `+name)
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	for name, v := range values {
		for _, n := range slices.Concat(v.values, []uint32{v.max}) {
			f.Add(name, v.text(n))
		}
	}
	f.Add("HelperTokenFlags", " local_file | 0x4")
	f.Fuzz(func(t *testing.T, name, text string) {
		v, ok := values[name]
		if !ok {
			return
		}
		n, err := v.parse(text)
		if err != nil {
			return
		}
		back, err := v.parse(v.text(n))
		require.NoError(t, err)
		require.Equal(t, n, back)
	})
}
