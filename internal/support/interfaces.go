package main

import (
	"reflect"
	"slices"

	"github.com/google/uuid"

	"github.com/bitsemu/bitsemu/bits"
)

// iface is an interface of package bits.
type iface struct {
	typ    reflect.Type
	parent reflect.Type // the interface that it inherits from
	iid    uuid.UUID
}

// com is the name in Windows.
func (i iface) com() string { return bits.IIDName(i.iid) }

// own are the names of the methods that an interface adds to those that it inherits.
func (i iface) own() []string {
	var names []string
	for m := range i.typ.NumMethod() {
		name := i.typ.Method(m).Name
		if i.parent != nil {
			if _, inherited := i.parent.MethodByName(name); inherited {
				continue
			}
		}
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func of[T any](parent reflect.Type) iface {
	iid, _ := bits.IIDOf[T]()
	return iface{reflect.TypeFor[T](), parent, iid}
}

var unknown = reflect.TypeFor[bits.Unknown]()

// interfaces are all of package bits, in the order of the document.
var interfaces = []iface{
	of[bits.Unknown](nil),
	of[bits.Manager](unknown),
	of[bits.Job](unknown),
	of[bits.Job2](reflect.TypeFor[bits.Job]()),
	of[bits.Job3](reflect.TypeFor[bits.Job2]()),
	of[bits.Job4](reflect.TypeFor[bits.Job3]()),
	of[bits.Job5](reflect.TypeFor[bits.Job4]()),
	of[bits.JobHttpOptions](unknown),
	of[bits.JobHttpOptions2](reflect.TypeFor[bits.JobHttpOptions]()),
	of[bits.JobHttpOptions3](reflect.TypeFor[bits.JobHttpOptions2]()),
	of[bits.TokenOptions](unknown),
	of[bits.File](unknown),
	of[bits.File2](reflect.TypeFor[bits.File]()),
	of[bits.File3](reflect.TypeFor[bits.File2]()),
	of[bits.File4](reflect.TypeFor[bits.File3]()),
	of[bits.File5](reflect.TypeFor[bits.File4]()),
	of[bits.File6](reflect.TypeFor[bits.File5]()),
	of[bits.Error](unknown),
	of[bits.EnumJobs](unknown),
	of[bits.EnumFiles](unknown),
	of[bits.Callback](nil),
	of[bits.Callback2](reflect.TypeFor[bits.Callback]()),
	of[bits.Callback3](reflect.TypeFor[bits.Callback2]()),
	of[bits.ServerCertificateValidationCallback](nil),
	of[bits.PeerCacheAdministration](unknown),
	of[bits.Peer](unknown),
	of[bits.PeerCacheRecord](unknown),
	of[bits.EnumPeers](unknown),
	of[bits.EnumPeerCacheRecords](unknown),
}

// propertyNames are the properties of jobs and files.
func propertyNames() []string {
	var names []string
	for id := range 256 {
		if p := bits.JobPropertyID(id); p.Valid() {
			names = append(names, p.String())
		}
	}
	for id := range 256 {
		if p := bits.FilePropertyID(id); p.Valid() {
			names = append(names, p.String())
		}
	}
	return names
}
