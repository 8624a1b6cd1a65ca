package bitstest_test

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/bitstest"
)

// trial is a test whose outcome is looked at.
type trial struct {
	ctx      context.Context
	mu       sync.Mutex
	failures []string
	skipped  string
	cleanups []func()
}

func (t *trial) Context() context.Context { return t.ctx }
func (t *trial) Helper()                  {}
func (t *trial) Logf(string, ...any)      {}

func (t *trial) Cleanup(f func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.cleanups = append(t.cleanups, f)
}

func (t *trial) Errorf(format string, args ...any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.failures = append(t.failures, fmt.Sprintf(format, args...))
}

func (t *trial) FailNow() {
	t.Errorf("FailNow")
	runtime.Goexit()
}

func (t *trial) Skipf(format string, args ...any) {
	t.mu.Lock()
	t.skipped = fmt.Sprintf(format, args...)
	t.mu.Unlock()
	runtime.Goexit()
}

// failed tells whether something has failed, and what.
func (t *trial) failed() (string, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return strings.Join(t.failures, "\n"), len(t.failures) > 0
}

// try runs a case, and waits until it is over.
func try(t *testing.T, c bitstest.Case, manager bits.Manager, opts ...bitstest.Option) *trial {
	t.Helper()
	tr := &trial{ctx: t.Context()}
	for _, run := range []func(){func() { c.Check(tr, manager, opts...) }, tr.cleanUp} {
		done := make(chan struct{})
		go func() {
			defer close(done)
			run()
		}()
		select {
		case <-done:
		case <-time.After(time.Minute):
			t.Fatalf("%s hangs", c.Name)
		}
	}
	return tr
}

func (t *trial) cleanUp() {
	for _, f := range slices.Backward(t.cleanups) {
		f()
	}
}

// named is the case of this name.
func named(t *testing.T, name string) bitstest.Case {
	t.Helper()
	for _, c := range bitstest.Cases() {
		if c.Name == name {
			return c
		}
	}
	t.Fatalf("there is no case %s", name)
	return bitstest.Case{}
}
