package bitsemu

import (
	"context"
	"fmt"
	"reflect"
	"strings"
	"sync"

	"github.com/google/uuid"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/jobstore"
	"github.com/bitsemu/bitsemu/sid"
	"github.com/bitsemu/bitsemu/token"
	"github.com/bitsemu/bitsemu/tokenopts"
	"github.com/bitsemu/bitsemu/winver"
)

// CallError is a call that was refused. It wraps what refused it, and in the end an
// HRESULT.
type CallError struct {
	Method string      // "IBackgroundCopyJob::Resume"
	Job    uuid.UUID   // uuid.Nil for a call that is about none
	Name   string      // of the job
	Caller token.Token // the thread
	Err    error
}

// Error says what was called, on which job, by whom, and why that was refused.
func (c *CallError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "bitsemu: %s", c.Method)
	if c.Job != uuid.Nil {
		fmt.Fprintf(&b, " on job %s", bits.GUIDString(c.Job))
		if c.Name != "" {
			fmt.Fprintf(&b, " %q", c.Name)
		}
	}
	fmt.Fprintf(&b, " by %s: %v", as(c.Caller), c.Err)
	return b.String()
}

// Unwrap gives the reason.
func (c *CallError) Unwrap() error { return c.Err }

// object is what all interface pointers have in common: they belong to one run of
// the service, and to a client.
type object struct {
	e     *Emulator
	epoch uint64
	base  token.Token // the client, for calls whose context names nobody
}

// caller is the thread that makes a call.
func (o *object) caller(ctx context.Context) token.Token {
	if t, ok := token.FromContext(ctx); ok {
		return t
	}
	return o.base
}

// enter begins a call of a method, by whoever ctx stands for. It fails when the
// pointer is dead, when a fault is asked for, and when the thread's impersonation
// level is too low for the service to know who calls (D connecting-to-the-bits-service.md).
func (o *object) enter(ctx context.Context, method string, j jobKey) (token.Token, error) {
	e := o.e
	caller := o.caller(ctx)
	fail := func(err error) error { return o.failed(method, j, caller, err) }
	if err := context.Cause(ctx); err != nil {
		return caller, fail(err)
	}
	if e.epoch.Load() != o.epoch {
		return caller, fail(hresult.HRESULT_FROM_WIN32_RPC_S_SERVER_UNAVAILABLE)
	}
	if e.faults.armed() {
		_, short, _ := strings.Cut(method, "::")
		if f := e.faults.hit(short, method, j.id(), j.name, caller.User(), j.owner()); f != nil {
			return caller, fail(f.Code)
		}
	}
	e.seen(caller)
	return caller, nil
}

func (o *object) failed(method string, j jobKey, caller token.Token, err error) error {
	if err == nil {
		return nil
	}
	c := &CallError{Method: method, Caller: caller, Err: err}
	if j != (jobKey{}) {
		c.Job, c.Name = j.id(), j.name()
	}
	o.e.log.Debug("call refused", "method", method, "error", c)
	return c
}

// seen takes a caller for logged on where that follows from his token.
func (e *Emulator) seen(caller token.Token) {
	if caller.Logon() != token.LogonInteractive && caller.Logon() != token.LogonNetwork {
		return
	}
	// Most callers are not new, and do not wait for what holds the engine up.
	if e.familiar.has(caller) {
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.world.notice(caller) {
		e.welcome(caller.User())
	}
	e.familiar.add(caller)
}

// jobKey names the job that a call is about, if it is about one.
type jobKey struct {
	e     *Emulator
	entry jobstore.Entry
}

func (k jobKey) id() uuid.UUID {
	if k.e == nil {
		return uuid.Nil
	}
	return k.entry.ID()
}

func (k jobKey) name() string {
	if k.e == nil {
		return ""
	}
	j, err := k.e.record(k.entry)
	if err != nil {
		return ""
	}
	return j.DisplayName
}

func (k jobKey) owner() sid.SID {
	if k.e == nil {
		return sid.SID{}
	}
	return k.entry.OwnerSID()
}

// jobObject is a pointer to a job, or to something of it: a file, an error.
type jobObject struct {
	object
	entry jobstore.Entry
	// judged is the caller whom QueryInterface, or what else has given the pointer
	// out, has judged; owner is the job's owner of that moment. From Windows 7 on,
	// calls are judged by these, before it by who calls and who owns the job (D
	// helper-tokens-for-bits-transfer-jobs.md).
	judged token.Token
	owner  token.Token
}

// enter begins a call of a method on a job. right is what the caller needs.
func (o *jobObject) enter(ctx context.Context, method string, right tokenopts.Method) (token.Token, error) {
	key := jobKey{o.e, o.entry}
	caller, err := o.object.enter(ctx, method, key)
	if err != nil {
		return caller, err
	}
	call := tokenopts.Call{
		Job: o.entry.ID(), Build: o.e.conf.build, Method: right, Owner: o.owner, Query: o.judged, State: o.entry.State(),
	}
	if !o.e.conf.build.AtLeast(winver.Windows7) {
		call.Owner, call.Query = o.entry.Owner(), caller
	}
	if caller.Level() < token.LevelImpersonate {
		call.Query = caller // whom BITS does not know well enough (D connecting-to-the-bits-service.md)
	}
	if err := call.Check(); err != nil {
		return caller, o.failed(method, key, caller, err)
	}
	return caller, nil
}

// fail completes an error of a method on a job.
func (o *jobObject) fail(ctx context.Context, method string, err error) error {
	return o.failed(method, jobKey{o.e, o.entry}, o.caller(ctx), err)
}

// read begins a call that reads a job.
func (o *jobObject) read(ctx context.Context, method string) (jobstore.Job, error) {
	if _, err := o.enter(ctx, method, tokenopts.RetrieveJob); err != nil {
		return jobstore.Job{}, err
	}
	j, err := o.e.record(o.entry)
	return j, o.fail(ctx, method, err)
}

// modify is a call that changes a job, which must not be over (D life-cycle-of-a-bits-job.md).
func (o *jobObject) modify(ctx context.Context, method string, change func(*jobstore.Job) error) error {
	if _, err := o.enter(ctx, method, tokenopts.ModifyJob); err != nil {
		return err
	}
	return o.fail(ctx, method, o.set(change))
}

// ownModify is modify for what the owner alone may change.
func (o *jobObject) ownModify(ctx context.Context, method string, change func(*jobstore.Job) error) error {
	if _, err := o.enter(ctx, method, tokenopts.OwnJob); err != nil {
		return err
	}
	return o.modify(ctx, method, change)
}

// set changes the record of a job that is not over.
func (o *jobObject) set(change func(*jobstore.Job) error) error {
	e := o.e
	e.mu.Lock()
	defer e.mu.Unlock()
	live := e.liveState(o.entry)
	err := o.entry.Update(func(j *jobstore.Job) error {
		if j.State.Final() {
			return hresult.BG_E_INVALID_STATE
		}
		stored := j.State
		j.State = live
		if err := change(j); err != nil {
			return err
		}
		if j.State == live {
			j.State = stored
		}
		j.ModificationTime = e.Now()
		j.LastActivity = e.steady()
		return nil
	})
	if o.entry.Deleted() {
		return hresult.BG_E_INVALID_STATE
	}
	if err != nil {
		return err
	}
	if it := e.items[o.entry.ID()]; it != nil {
		e.touched(it)
	}
	return nil
}

// version fails with E_NOINTERFACE for interfaces that are newer than the emulated
// build, and for those that BITS does not have.
func (o *object) version(iid uuid.UUID) error {
	major, minor, ok := bits.IIDVersion(iid)
	if iid == bits.IID_IUnknown || ok && o.e.conf.build.BITS() >= winver.MakeVersion(major, minor) {
		return nil
	}
	return fmt.Errorf("%s is not there on %s: %w", bits.IIDName(iid), o.e.conf.build, hresult.E_NOINTERFACE)
}

// methodNames are the methods of all interfaces of BITS, for [Emulator.Fail].
var methodNames = sync.OnceValue(func() map[string]bool {
	names := map[string]bool{}
	for _, t := range []reflect.Type{
		reflect.TypeFor[bits.Manager](), reflect.TypeFor[bits.Job5](), reflect.TypeFor[bits.JobHttpOptions3](),
		reflect.TypeFor[bits.TokenOptions](), reflect.TypeFor[bits.File6](), reflect.TypeFor[bits.Error](),
		reflect.TypeFor[bits.EnumJobs](), reflect.TypeFor[bits.EnumFiles](), reflect.TypeFor[bits.PeerCacheAdministration](),
	} {
		for m := range t.NumMethod() {
			names[t.Method(m).Name] = true
		}
	}
	return names
})
