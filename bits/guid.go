package bits

import (
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

// IIDName is the name of an interface, "IBackgroundCopyJob5" for instance, and
// "" for an identifier that is no interface of BITS or COM.
func IIDName(iid uuid.UUID) string {
	g, _ := findIID(iid)
	return strings.TrimPrefix(g.name, "IID_")
}

// IIDVersion is the version of BITS that brought an interface, for instance 5
// and 0. It answers false for interfaces that belong to no version: those of
// COM, of the server extension, of the queue manager before BITS, and unknown
// ones.
func IIDVersion(iid uuid.UUID) (major, minor uint8, ok bool) {
	g, _ := findIID(iid)
	return g.major, g.minor, g.major != 0
}

func findIID(iid uuid.UUID) (guid, bool) {
	i := slices.IndexFunc(guidTable, func(g guid) bool {
		return g.id == iid && strings.HasPrefix(g.name, "IID_")
	})
	if i < 0 {
		return guid{}, false
	}
	return guidTable[i], true
}
