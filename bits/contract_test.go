package bits_test

import (
	"context"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/bits"
)

// contract is an interface of the package beside its name in COM.
type contract struct {
	com   string
	typ   reflect.Type
	iid   uuid.UUID
	query func(context.Context, bits.Unknown) (any, error)
}

func contractOf[T any](com string) contract {
	iid, _ := bits.IIDOf[T]()
	return contract{com, reflect.TypeFor[T](), iid, func(ctx context.Context, from bits.Unknown) (any, error) {
		return bits.Query[T](ctx, from)
	}}
}

var contracts = []contract{
	contractOf[bits.Manager]("IBackgroundCopyManager"),
	contractOf[bits.Job]("IBackgroundCopyJob"),
	contractOf[bits.Job2]("IBackgroundCopyJob2"),
	contractOf[bits.Job3]("IBackgroundCopyJob3"),
	contractOf[bits.Job4]("IBackgroundCopyJob4"),
	contractOf[bits.Job5]("IBackgroundCopyJob5"),
	contractOf[bits.JobHttpOptions]("IBackgroundCopyJobHttpOptions"),
	contractOf[bits.JobHttpOptions2]("IBackgroundCopyJobHttpOptions2"),
	contractOf[bits.JobHttpOptions3]("IBackgroundCopyJobHttpOptions3"),
	contractOf[bits.File]("IBackgroundCopyFile"),
	contractOf[bits.File2]("IBackgroundCopyFile2"),
	contractOf[bits.File3]("IBackgroundCopyFile3"),
	contractOf[bits.File4]("IBackgroundCopyFile4"),
	contractOf[bits.File5]("IBackgroundCopyFile5"),
	contractOf[bits.File6]("IBackgroundCopyFile6"),
	contractOf[bits.Error]("IBackgroundCopyError"),
	contractOf[bits.EnumJobs]("IEnumBackgroundCopyJobs"),
	contractOf[bits.EnumFiles]("IEnumBackgroundCopyFiles"),
	contractOf[bits.Callback]("IBackgroundCopyCallback"),
	contractOf[bits.Callback2]("IBackgroundCopyCallback2"),
	contractOf[bits.Callback3]("IBackgroundCopyCallback3"),
	contractOf[bits.ServerCertificateValidationCallback]("IBackgroundCopyServerCertificateValidationCallback"),
	contractOf[bits.TokenOptions]("IBitsTokenOptions"),
	contractOf[bits.PeerCacheAdministration]("IBitsPeerCacheAdministration"),
	contractOf[bits.Peer]("IBitsPeer"),
	contractOf[bits.PeerCacheRecord]("IBitsPeerCacheRecord"),
	contractOf[bits.EnumPeers]("IEnumBitsPeers"),
	contractOf[bits.EnumPeerCacheRecords]("IEnumBitsPeerCacheRecords"),
}

// methodCount is how many methods the interfaces add, those of IUnknown apart.
const methodCount = 143

// outside are the interfaces of the tables that are no part of BITS 1.0 to 10.3
// as programs use it.
var outside = map[string]string{
	"AsyncIBackgroundCopyCallback": "what COM makes of a callback to call it without waiting",
	"IBITSExtensionSetup":          "of the server extension",
	"IBITSExtensionSetupFactory":   "of the server extension",
	"IBackgroundCopyQMgr":          "of the queue manager before BITS",
	"IBackgroundCopyGroup":         "of the queue manager before BITS",
	"IBackgroundCopyJob1":          "of the queue manager before BITS",
	"IBackgroundCopyCallback1":     "of the queue manager before BITS",
	"IEnumBackgroundCopyGroups":    "of the queue manager before BITS",
	"IEnumBackgroundCopyJobs1":     "of the queue manager before BITS",
}

// unasked are the interfaces without QueryInterface: what the caller implements
// is asked by type assertion.
var unasked = []string{"Callback", "ServerCertificateValidationCallback"}

// goName is the rule by which an interface of COM is named here.
func goName(com string) string {
	name := strings.TrimPrefix(com, "I")
	name = strings.Replace(name, "BackgroundCopy", "", 1)
	return strings.Replace(name, "Bits", "", 1)
}

// slot is a row of vtables.tsv.
type slot struct {
	base, method, signature, declaredIn, directions string
	number                                          int
}

// vtables returns the slots of each interface in their order.
func vtables(t *testing.T) map[string][]slot {
	t.Helper()
	tables := map[string][]slot{}
	for _, row := range readTable(t, "vtables.tsv") {
		number, err := strconv.Atoi(row[2])
		require.NoError(t, err)
		tables[row[0]] = append(tables[row[0]], slot{row[1], row[3], row[4], row[5], row[6], number})
	}
	for name, slots := range tables {
		slices.SortFunc(slots, func(a, b slot) int { return a.number - b.number })
		for i, s := range slots {
			require.Equal(t, i, s.number, name)
		}
	}
	return tables
}

// added are the names of the methods that an interface adds to its base.
func added(com string, slots []slot) []string {
	var names []string
	for _, s := range slots {
		if s.declaredIn == com {
			names = append(names, s.method)
		}
	}
	return names
}

func TestInterfacesAreThoseOfCOM(t *testing.T) {
	t.Parallel()
	tables := vtables(t)
	source := parseInterfaces(t)
	types := map[string]reflect.Type{}
	for _, c := range contracts {
		types[c.com] = c.typ
	}
	count := 0
	for _, c := range contracts {
		slots := tables[c.com]
		require.NotEmpty(t, slots, c.com)
		require.Equal(t, goName(c.com), c.typ.Name())

		iface := source[c.typ.Name()]
		require.Equal(t, added(c.com, slots), iface.names(), "%s adds these methods, in this order", c.com)
		count += len(iface.methods)

		embeds := []string{goName(slots[0].base)}
		if embeds[0] == "Unknown" && slices.Contains(unasked, c.typ.Name()) {
			embeds = nil
		}
		require.Equal(t, embeds, iface.embeds, "%s inherits from these", c.com)
		if base, ok := types[slots[0].base]; ok {
			require.True(t, c.typ.Implements(base), c.com)
		}
		_, asked := c.typ.MethodByName("QueryInterface")
		var want []string
		for _, s := range slots {
			if s.declaredIn != "IUnknown" || s.method == "QueryInterface" && asked {
				want = append(want, s.method)
			}
		}
		var got []string
		for i := range c.typ.NumMethod() {
			got = append(got, c.typ.Method(i).Name)
		}
		require.ElementsMatch(t, want, got, "%s has these methods in all", c.com)
	}
	require.Equal(t, methodCount, count)
	for com := range tables {
		if outside[com] == "" {
			require.Contains(t, types, com, "an interface of the tables that is not here")
		}
	}
	for name := range source {
		known := slices.ContainsFunc(contracts, func(c contract) bool { return c.typ.Name() == name })
		helper := slices.Contains([]string{"Unknown", "Enumerator", "Value", "JobPropertyValue", "FilePropertyValue"}, name)
		require.True(t, known != helper, "%s is an interface that COM does not know", name)
	}
}

func TestEveryInterfaceHasItsIID(t *testing.T) {
	t.Parallel()
	iids := map[string]uuid.UUID{}
	for _, row := range readTable(t, "iids.tsv") {
		if com, ok := strings.CutPrefix(row[0], "IID_"); ok && strings.Contains(row[3], ".") && outside[com] == "" {
			iids[com] = uuid.MustParse(row[1])
		}
	}
	for _, c := range contracts {
		require.Equal(t, iids[c.com], c.iid, c.com)
		delete(iids, c.com)
	}
	require.Empty(t, iids, "every interface of a version of BITS is here")

	iid, ok := bits.IIDOf[bits.Unknown]()
	require.True(t, ok)
	require.Equal(t, bits.IID_IUnknown, iid)
}
