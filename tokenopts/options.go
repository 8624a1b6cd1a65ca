package tokenopts

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/jobstore"
	"github.com/bitsemu/bitsemu/sid"
	"github.com/bitsemu/bitsemu/token"
)

// Options is IBitsTokenOptions of one job: the capability that
// [Service.Query] gave to a caller. Whoever calls its methods has the rights of
// that caller; SetHelperToken alone looks at the token in its context. An Options
// may be used from many goroutines at once.
//
// A job that has left the store is still there to be read: GetHelperTokenFlags
// tells its last flags, and GetHelperTokenSid that there is no helper token any
// more, which goes with the job (C). To change it fails with BG_E_INVALID_STATE
// if it was over, as it does for one that is still there (I), else with
// BG_E_NOT_FOUND (C).
type Options struct {
	// GetHelperTokenFlags goes by these two, which lie side by side.
	entry jobstore.Entry
	blind bool // the caller may not read

	service *Service
	owner   token.Token // of the job at Query
	caller  token.Token // of Query
}

var _ bits.TokenOptions = (*Options)(nil)

// QueryInterface finds this interface and no other: the job is not told by an
// Options alone. It fails with E_NOINTERFACE.
func (o *Options) QueryInterface(_ context.Context, iid uuid.UUID) (any, error) {
	if iid == bits.IID_IUnknown || iid == bits.IID_IBitsTokenOptions {
		return o, nil
	}
	return nil, fmt.Errorf("tokenopts: no %s here: %w", bits.IIDName(iid), hresult.E_NOINTERFACE)
}

// GetHelperTokenFlags tells what the helper token is used for. It fails with
// E_ACCESSDENIED before Windows 10 1607 when the caller of Query is no
// administrator.
func (o *Options) GetHelperTokenFlags(context.Context) (bits.HelperTokenFlags, error) {
	if o.blind {
		return 0, o.call(GetHelperTokenFlags).Check()
	}
	return o.entry.HelperTokenFlags(), nil
}

// GetHelperTokenSid tells the user of the helper token, the zero SID when none
// is set. It fails with E_ACCESSDENIED where GetHelperTokenFlags does.
func (o *Options) GetHelperTokenSid(context.Context) (sid.SID, error) {
	if o.blind { // the rules of the two are the same
		return sid.SID{}, o.call(GetHelperTokenSid).Check()
	}
	j, err := o.entry.Job()
	if err != nil && !errors.Is(err, jobstore.ErrNotFound) {
		return sid.SID{}, err
	}
	return j.HelperToken.User(), nil
}

// SetHelperTokenFlags says what the helper token is used for; with 0 the owner's
// token is used for everything. It fails with
//
//   - E_ACCESSDENIED before Windows 10 1607 when the caller of Query is no
//     administrator; from then on when he is none and the administrators group is
//     enabled in the helper token now set; and when he may not modify the job.
//   - E_INVALIDARG for flags other than BG_TOKEN_LOCAL_FILE and BG_TOKEN_NETWORK.
//   - BG_E_INVALID_STATE for a job that was acknowledged or cancelled.
func (o *Options) SetHelperTokenFlags(_ context.Context, flags bits.HelperTokenFlags) error {
	c := o.call(SetHelperTokenFlags)
	c.Flags = flags
	return o.update(c, func(j *jobstore.Job) { j.HelperTokenFlags = flags })
}

// SetHelperToken lends the job the token of the calling thread, which is the
// one in ctx. It fails with
//
//   - CO_E_FAILEDTOIMPERSONATE when that token is of an impersonation level below
//     Impersonate.
//   - E_ACCESSDENIED before Windows 10 1607 unless the caller of Query is an
//     administrator, and the job's owner too; from then on when the caller is none
//     and the administrators group is enabled in the token to be lent; and when he
//     may not modify the job.
//   - BG_E_INVALID_STATE for a job that was acknowledged or cancelled.
func (o *Options) SetHelperToken(ctx context.Context) error {
	c := o.call(SetHelperToken)
	c.Thread = o.service.callerIn(ctx)
	return o.update(c, func(j *jobstore.Job) { j.HelperToken = c.Thread })
}

// ClearHelperToken drops the helper token and keeps the flags. It fails with
// E_ACCESSDENIED where GetHelperTokenFlags does and when the caller of Query may
// not modify the job, and with BG_E_INVALID_STATE for a job that was acknowledged
// or cancelled.
func (o *Options) ClearHelperToken(context.Context) error {
	return o.update(o.call(ClearHelperToken), func(j *jobstore.Job) { j.HelperToken = token.Token{} })
}

// Explain tells what would become of a call through o by the thread in ctx, on
// the job as it is now, and calls nothing. Methods other than SetHelperTokenFlags
// do not look at flags. TakeOwnership is explained as a call by the caller of
// Query. Explain fails with BG_E_NOT_FOUND when the job has left the store, and
// when the store fails.
func (o *Options) Explain(ctx context.Context, m Method, flags bits.HelperTokenFlags) (Decision, error) {
	j, err := o.entry.Job()
	if err != nil {
		return Decision{}, err
	}
	c := o.call(m)
	c.Thread = o.service.callerIn(ctx)
	c.Helper, c.Flags, c.State = j.HelperToken, flags, j.State
	return Judge(c), nil
}

// call is a call through o, as far as o has captured it.
func (o *Options) call(m Method) Call {
	return Call{Job: o.entry.ID(), Build: o.service.build, Method: m, Owner: o.owner, Query: o.caller}
}

// update changes the job if the rules allow the call on the record as it is in
// that moment.
func (o *Options) update(c Call, change func(*jobstore.Job)) error {
	err := o.entry.Update(func(j *jobstore.Job) error {
		c.Helper, c.State = j.HelperToken, j.State
		if err := c.Check(); err != nil {
			return err
		}
		change(j)
		o.service.stamp(j)
		return nil
	})
	if !errors.Is(err, jobstore.ErrNotFound) {
		return err
	}
	// The job has left the store. Who may not change it hears so first, as ever.
	c.Helper, c.State = token.Token{}, o.entry.State()
	if refused := c.Check(); refused != nil {
		return refused
	}
	return err
}
