package bits

import (
	"encoding/binary"
	"slices"
	"strings"

	"github.com/google/uuid"
)

// guid is a GUID that has a name.
type guid struct {
	id           uuid.UUID
	name         string
	major, minor uint8 // version of BITS
}

const iidPrefix = "IID_"

// find returns the entry of id that satisfies also, and the zero entry if there
// is none.
func find(id uuid.UUID, also func(guid) bool) guid {
	i := slices.IndexFunc(guidTable, func(g guid) bool { return g.id == id && also(g) })
	if i < 0 {
		return guid{}
	}
	return guidTable[i]
}

func isIID(g guid) bool { return strings.HasPrefix(g.name, iidPrefix) }

// IIDName is the name of an interface, "IBackgroundCopyJob5" for instance, and
// "" for an identifier that is no interface of BITS or COM.
func IIDName(iid uuid.UUID) string { return strings.TrimPrefix(find(iid, isIID).name, iidPrefix) }

// IIDVersion is the version of BITS that brought an interface, for instance 5
// and 0. It answers false for interfaces that belong to no version: those of
// COM, of the server extension, of the queue manager before BITS, and unknown
// ones.
func IIDVersion(iid uuid.UUID) (major, minor uint8, ok bool) {
	g := find(iid, isIID)
	return g.major, g.minor, g.major != 0
}

// CLSIDVersion is the version of BITS that brought a class of the manager, for
// instance 5 and 0 for CLSID_BackgroundCopyManager5_0. It answers false for any
// other identifier.
func CLSIDVersion(clsid uuid.UUID) (major, minor uint8, ok bool) {
	g := find(clsid, func(g guid) bool { return strings.HasPrefix(g.name, "CLSID_") })
	return g.major, g.minor, g.major != 0
}

// GUIDName is the name of a GUID of this package, "IID_IBackgroundCopyJob5" or
// "CLSID_BackgroundCopyManager", and "" for any other.
func GUIDName(id uuid.UUID) string {
	return find(id, func(guid) bool { return true }).name
}

// GUIDString prints a GUID as Windows does, in capitals and braces:
// {9A2584C3-F7D2-457A-9A5E-22B67BFFC7D2}. uuid.Parse reads it.
func GUIDString(id uuid.UUID) string { return "{" + strings.ToUpper(id.String()) + "}" }

// GUIDToWindows returns the bytes of a GUID structure in the memory of Windows.
// Its first three numbers are little-endian there, while a UUID is big-endian
// throughout.
func GUIDToWindows(id uuid.UUID) [16]byte {
	b := [16]byte(id)
	binary.LittleEndian.PutUint32(b[0:], binary.BigEndian.Uint32(id[0:]))
	binary.LittleEndian.PutUint16(b[4:], binary.BigEndian.Uint16(id[4:]))
	binary.LittleEndian.PutUint16(b[6:], binary.BigEndian.Uint16(id[6:]))
	return b
}

// GUIDFromWindows is the way back from [GUIDToWindows].
func GUIDFromWindows(b [16]byte) uuid.UUID {
	return uuid.UUID(GUIDToWindows(b)) // to swap the bytes again restores them
}
