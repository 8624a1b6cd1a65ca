package bitsemu

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/jobstore"
	"github.com/bitsemu/bitsemu/sid"
	"github.com/bitsemu/bitsemu/transfer"
)

// Fault is a failure that a test wants: it makes a call of a method, or a step of a
// transfer, fail which would otherwise have succeeded. A fault that has not come to
// pass when [RunT]'s test ends makes the test fail.
type Fault struct {
	// Op is what fails: a method, as "AddFile" or "IBackgroundCopyJob::AddFile";
	// "Activate"; or a step of a transfer:
	//
	//	connect   the server is asked for a file
	//	data      bytes of it are moved
	//	create    a temporary file is made
	//	rename    Complete puts a file in its place
	//	delete    a temporary file is removed
	Op string

	// Code is what it fails with.
	Code hresult.HRESULT
	// Delay, with Code S_OK, makes connect or data late by so much emulated time
	// instead of failing.
	Delay time.Duration
	// Context is the error context of the job, for a step: by default
	// BG_ERROR_CONTEXT_LOCAL_FILE for create, BG_ERROR_CONTEXT_REMOTE_FILE for connect and data.
	Context bits.ErrorContext
	// Transient makes a step fail in a way that BITS tries again.
	Transient bool

	// Job, Name and User restrict it to a job, to jobs of a display name, and to jobs
	// or callers of a user.
	Job  uuid.UUID
	Name string
	User sid.SID

	After int // how many times it goes well first
	Times int // how often it fails then; 0 is once, a negative number is always
}

// String tells what the fault is about.
func (f Fault) String() string {
	s := fmt.Sprintf("%s fails with %s (%s)", f.Op, f.Code.String(), f.Code.Hex())
	if f.Delay > 0 {
		s = fmt.Sprintf("%s is late by %v", f.Op, f.Delay)
	}
	if f.Job != uuid.Nil {
		s += " for job " + bits.GUIDString(f.Job)
	}
	if f.Name != "" {
		s += fmt.Sprintf(" for jobs named %q", f.Name)
	}
	if !f.User.IsZero() {
		s += " for user " + f.User.String()
	}
	if f.After > 0 {
		s += fmt.Sprintf(" after %d", f.After)
	}
	return s
}

// steps are the names of a transfer's steps in a Fault.
var faultSteps = []string{"connect", "data", "create", "rename", "delete"}

// Fail asks for a fault. It fails with E_INVALIDARG for an operation that does not
// exist, and for a code that means success.
func (e *Emulator) Fail(f Fault) error {
	if f.Delay < 0 || f.Delay > 0 && (f.Code != hresult.S_OK || f.Op != "connect" && f.Op != "data") {
		return fmt.Errorf("bitsemu: a fault of %q cannot be late by %v and fail with %s: %w", f.Op, f.Delay, f.Code.Hex(), hresult.E_INVALIDARG)
	}
	if f.Delay == 0 && !f.Code.Failed() {
		return fmt.Errorf("bitsemu: a fault of %q needs a code that means failure, not %s: %w", f.Op, f.Code.Hex(), hresult.E_INVALIDARG)
	}
	if !slices.Contains(faultSteps, f.Op) && f.Op != "Activate" && !isMethod(f.Op) {
		return fmt.Errorf("bitsemu: there is no operation %q to fail: %w", f.Op, hresult.E_INVALIDARG)
	}
	e.faults.mu.Lock()
	defer e.faults.mu.Unlock()
	e.faults.rules = append(e.faults.rules, &faultRule{Fault: f})
	e.faults.any = true
	return nil
}

// Faults lists the faults that have not come to pass as often as they should:
// those that have not failed anything yet.
func (e *Emulator) unusedFaults() []Fault {
	e.faults.mu.Lock()
	defer e.faults.mu.Unlock()
	var unused []Fault
	for _, r := range e.faults.rules {
		if r.failed == 0 {
			unused = append(unused, r.Fault)
		}
	}
	return unused
}

type faultRule struct {
	Fault
	seen, failed int
}

type faults struct {
	mu    sync.Mutex
	any   bool
	rules []*faultRule
}

// armed reports whether there are any.
func (x *faults) armed() bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.any
}

// hit finds the fault that an operation runs into, nil for none.
func (x *faults) hit(op, method string, id uuid.UUID, name func() string, users ...sid.SID) *Fault {
	if !x.armed() {
		return nil
	}
	named := name() // which may take the lock of the jobs, under which this one is taken
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, r := range x.rules {
		times := max(r.Times, 1)
		switch {
		case r.Op != op && r.Op != method,
			r.Times >= 0 && r.failed >= times,
			r.Job != uuid.Nil && r.Job != id,
			!r.User.IsZero() && !slices.Contains(users, r.User),
			r.Name != "" && r.Name != named:
			continue
		}
		if r.seen++; r.seen <= r.After {
			continue
		}
		r.failed++
		return &r.Fault
	}
	return nil
}

// faulty is the failure of a transfer's step that a test has asked for.
func (e *Emulator) faulty(step string, j *jobstore.Job) error {
	f := e.faults.hit(step, step, j.ID, func() string { return j.DisplayName }, j.Owner.User())
	if f == nil {
		return nil
	}
	if f.Delay > 0 {
		return &transfer.Wait{Until: e.Now().Add(f.Delay)}
	}
	context := f.Context
	if context == 0 {
		context = bits.BG_ERROR_CONTEXT_REMOTE_FILE
		if step == "create" || step == "rename" || step == "delete" {
			context = bits.BG_ERROR_CONTEXT_LOCAL_FILE
		}
	}
	return &transferError{failure{code: f.Code, context: context, transient: f.Transient}}
}

// isMethod reports whether a name is one of a method that goes through [Emulator.enter].
func isMethod(name string) bool {
	if i := strings.LastIndex(name, "::"); i >= 0 {
		name = name[i+2:]
	}
	return methodNames()[name]
}
