package serve

import (
	"context"
	"encoding/json"
	"math"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/internal/wire"
)

// describer tells of objects to clients that hold none: what an object is, in place of a
// pointer to it.
type describer struct{ ctx context.Context }

type (
	describedJob struct {
		ID guid `json:"id"`
	}
	describedFile struct {
		File       *int   `json:"file,omitempty"` // its number in the job, where that is known
		RemoteName string `json:"remoteName"`
		LocalName  string `json:"localName"`
	}
	describedError struct {
		Context            bits.ErrorContext `json:"context"`
		Code               code              `json:"code"`
		Name               string            `json:"name"`
		Description        string            `json:"description,omitempty"`
		ContextDescription string            `json:"contextDescription,omitempty"`
		Protocol           string            `json:"protocol,omitempty"`
		File               *describedFile    `json:"file,omitempty"`
	}
	describedOther struct {
		Interface string `json:"interface"`
	}
)

// english is the language in which errors are described.
const english = 0x409

// Export implements [wire.Objects].
func (d *describer) Export(iface string, object any) (json.RawMessage, error) {
	var v any
	var err error
	switch o := object.(type) {
	case bits.Job:
		v, err = d.job(o)
	case bits.File:
		v, err = d.file(o, nil)
	case bits.Error:
		v, err = d.error(o)
	case bits.EnumJobs:
		v, err = list(d.ctx, o, func(_ int, j bits.Job) (describedJob, error) { return d.job(j) })
	case bits.EnumFiles:
		v, err = list(d.ctx, o, func(i int, f bits.File) (describedFile, error) { return d.file(f, &i) })
	default:
		i, _ := wire.FindInterface(iface)
		if i != nil && i.Callback {
			return foreign, nil
		}
		v = describedOther{i.COM}
	}
	if err != nil {
		return nil, err
	}
	return encode(v)
}

// Import implements [wire.Objects].
func (d *describer) Import(string, json.RawMessage) (any, error) {
	return nil, malformed("there is nobody to call: a callback needs a session, POST /v1/sessions")
}

func (d *describer) job(j bits.Job) (describedJob, error) {
	id, err := j.GetId(d.ctx)
	return describedJob{guid{id}}, err
}

func (d *describer) file(f bits.File, n *int) (v describedFile, err error) {
	v.File = n
	if v.RemoteName, err = f.GetRemoteName(d.ctx); err != nil {
		return v, err
	}
	v.LocalName, err = f.GetLocalName(d.ctx)
	return v, err
}

// error describes an error as far as it can be described.
func (d *describer) error(e bits.Error) (v describedError, err error) {
	var number hresult.HRESULT
	if v.Context, number, err = e.GetError(d.ctx); err != nil {
		return v, err
	}
	v.Code, v.Name = code(number), number.String()
	v.Description, _ = e.GetErrorDescription(d.ctx, english) // there may be none
	v.ContextDescription, _ = e.GetErrorContextDescription(d.ctx, english)
	v.Protocol, _ = e.GetProtocol(d.ctx)
	if f, err := e.GetFile(d.ctx); err == nil {
		if file, err := d.file(f, nil); err == nil {
			v.File = &file
		}
	}
	return v, nil
}

// list describes what an enumerator has.
func list[T, E, V any](ctx context.Context, enum bits.Enumerator[T, E], describe func(int, T) (V, error)) ([]V, error) {
	all, _, err := enum.Next(ctx, math.MaxUint32)
	if err != nil {
		return nil, err
	}
	described := make([]V, len(all))
	for i, one := range all {
		if described[i], err = describe(i, one); err != nil {
			return nil, err
		}
	}
	return described, nil
}
