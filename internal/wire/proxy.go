package wire

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/google/uuid"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
)

// Caller makes the calls of an object that [New] has made.
type Caller interface {
	Objects
	// Call has a method called at the other end: results are an object with all
	// results of m. With an error they are not looked at.
	Call(ctx context.Context, m *Method, args json.RawMessage) (results json.RawMessage, hr hresult.HRESULT, err error)
}

// New returns an object with an interface, named as in Go or as in COM, and those
// that it inherits from. It panics for a name that is none.
func New(iface string, c Caller) any {
	i, ok := byName[iface]
	if !ok {
		panic(fmt.Sprintf("wire: there is no interface %q", iface))
	}
	return i.proxy(c)
}

// CallerOf returns the Caller of an object that New has made.
func CallerOf(object any) (Caller, bool) {
	p, ok := object.(interface{ caller() Caller })
	if !ok {
		return nil, false
	}
	return p.caller(), true
}

// ByIID finds an interface by its identifier.
func ByIID(iid uuid.UUID) (*Interface, bool) {
	i, ok := byIID[iid]
	return i, ok
}

// base is what all proxies have.
type base struct{ c Caller }

func (b *base) caller() Caller { return b.c }

// reply is what came of a call.
type reply struct {
	values
	hr hresult.HRESULT
	m  *Method // nil when the call failed
}

// call sends the arguments that e has written.
func call(ctx context.Context, c Caller, m *Method, e *encoder) reply {
	if e.err != nil {
		return reply{values: values{err: e.err}}
	}
	args := nothing
	if e.b != nil {
		args = append(e.b, '}')
	}
	results, hr, err := c.Call(ctx, m, args)
	if err != nil {
		return reply{values: values{err: err}}
	}
	if err := Check(results); err != nil {
		return reply{values: values{err: err}, m: m}
	}
	return reply{split(skipBlanks(results), m.Results, len(m.Results), "result"), hr, m}
}

// error is the error of the call, or that of the answer if it cannot be read.
func (r *reply) error() error {
	if r.err != nil && r.m != nil {
		return fmt.Errorf("wire: the answer to %s cannot be read: %s: %w", r.m, r.err.Error(), hresult.RPC_E_CLIENT_CANTUNMARSHAL_DATA)
	}
	return r.err
}

// status is the HRESULT beside the error.
func (r *reply) status() hresult.HRESULT {
	if r.err != nil {
		return bits.ResultOf(r.error())
	}
	return r.hr
}

// there is the result ok.
func (r *reply) there() bool { return r.err == nil && r.hr == hresult.S_OK }
