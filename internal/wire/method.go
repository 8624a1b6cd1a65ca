package wire

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
)

// Interface is an interface of package bits.
type Interface struct {
	Name     string // in Go: Job4
	COM      string // in COM: IBackgroundCopyJob4
	IID      uuid.UUID
	Base     string // the Go name of the one that it inherits from, "" for none
	Callback bool   // implemented by the caller

	proxy func(Caller) any
}

// Method is a method, as the interface that adds it has it.
type Method struct {
	Interface string // in Go: Job4
	COM       string // in COM: IBackgroundCopyJob4
	IID       uuid.UUID
	Name      string
	Args      []Param
	Results   []Param
	Status    bool // it can succeed in several ways: an HRESULT comes beside the error
	OK        bool // S_FALSE means that there is none

	invoke func(ctx context.Context, object any, a *values, o Objects) ([]byte, hresult.HRESULT, error)
}

// String is the name with its interface: IBackgroundCopyJob4::GetOwnerElevationState.
func (m *Method) String() string { return m.COM + "::" + m.Name }

// Param is an argument, a result or a field.
type Param struct {
	Name string
	// Type is string, string? (which may be null), bool, uint32, uint64, guid, iid, sid,
	// hresult, time, bytes, sha1, the name of an enumeration, of flags, of a struct or
	// of a property value of package bits, object:Job for a pointer, callback:Callback
	// for one to the caller's own object, or object for one whose interface is asked
	// for. [] behind it is a list.
	Type string
}

// Interfaces are all of them, each behind the one that it inherits from.
func Interfaces() []Interface { return interfaces }

// Methods are all of them, in the order of interfaces and slots. QueryInterface
// comes once, with Unknown.
func Methods() []*Method {
	all := make([]*Method, len(methods))
	for i := range methods {
		all[i] = &methods[i]
	}
	return all
}

// Fields are the fields of a struct that is a Type, and nil if it is none.
func Fields(name string) []Param { return structs[name] }

// FindInterface finds an interface by its name in Go or in COM.
func FindInterface(name string) (*Interface, bool) {
	i, ok := byName[name]
	return i, ok
}

// Find finds a method that an interface has, by itself or by inheritance. The
// interface is named as in Go or as in COM.
func Find(iface, method string) (*Method, bool) {
	for i := byName[iface]; i != nil; i = byName[i.Base] {
		if m := byMethod[[2]string{i.Name, method}]; m != nil {
			return m, true
		}
	}
	return nil, false
}

// ForJob finds the method of a job, in the oldest interface of jobs that has it.
func ForJob(method string) (*Method, bool) {
	return forAny(method, func(name string) bool { return strings.HasPrefix(name, "Job") || name == "TokenOptions" })
}

// ForFile finds the method of a file, in the oldest interface of files that has it.
func ForFile(method string) (*Method, bool) {
	return forAny(method, func(name string) bool { return strings.HasPrefix(name, "File") })
}

func forAny(method string, of func(string) bool) (*Method, bool) {
	for i := range methods {
		if m := &methods[i]; m.Name == method && of(m.Interface) {
			return m, true
		}
	}
	return nil, false
}

var (
	byName   = map[string]*Interface{} // by both names
	byMethod = map[[2]string]*Method{}
	byIID    = map[uuid.UUID]*Interface{}
)

func init() {
	for i := range interfaces {
		one := &interfaces[i]
		byName[one.Name], byName[one.COM], byIID[one.IID] = one, one, one
	}
	for i := range methods {
		m := &methods[i]
		byMethod[[2]string{m.Interface, m.Name}] = m
	}
}

// Objects is what one end knows about pointers. The interface is the Go name; nil
// pointers do not come here.
type Objects interface {
	// Export returns what stands for an object that goes to the other end.
	Export(iface string, object any) (json.RawMessage, error)
	// Import returns the object behind what came from the other end. It must have
	// the interface, or be nil for one that cannot be had.
	Import(iface string, ref json.RawMessage) (any, error)
}

// Invoke reads the arguments, calls the method of object and writes its results. The
// object must have the interface of the method.
//
// Errors: a [BadRequest] for arguments that are not as they must be, before anything
// is called; else what the method returned, or what Export answered. The HRESULT is
// [bits.ResultOf] the error then.
func Invoke(ctx context.Context, m *Method, object any, args json.RawMessage, o Objects) (json.RawMessage, hresult.HRESULT, error) {
	a, err := readArguments(m, args)
	if err != nil {
		return nil, hresult.E_INVALIDARG, err
	}
	results, hr, err := m.invoke(ctx, object, &a, o)
	if err != nil {
		return nil, bits.ResultOf(err), err
	}
	if results == nil {
		results = nothing
	}
	return results, hr, nil
}

var nothing = json.RawMessage("{}")

// noInterface is the answer of an object that does not have the interface.
func noInterface(object any, com string) error {
	return fmt.Errorf("wire: %T is no %s: %w", object, com, hresult.E_NOINTERFACE)
}

func falseUnless(there bool) hresult.HRESULT {
	if there {
		return hresult.S_OK
	}
	return hresult.S_FALSE
}
