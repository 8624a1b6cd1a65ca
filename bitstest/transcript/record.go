package transcript

import (
	"context"
	"fmt"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/bitstest"
)

// Record runs a case on manager, in the surroundings that opts describe, and
// returns what was called and answered. A case that does not end in the time given
// has failed; it is then left to end by itself, and manager is not to be used any
// more.
func Record(c bitstest.Case, manager bits.Manager, atMost time.Duration, opts ...bitstest.Option) Case {
	s := bitstest.Describe(opts...)
	r := newRecorder(s)
	opts = append(slices.Clip(opts), bitstest.Wait(r.waits(s.Wait)))
	if s.As != nil {
		opts = append(opts, bitstest.As(func(ctx context.Context, who bitstest.Caller) (context.Context, bool) {
			ctx, ok := s.As(ctx, who)
			return context.WithValue(ctx, callerKey{}, who), ok
		}))
	}
	t := &trial{r: r}
	t.run(atMost, func() { c.Check(t, r.manager(manager), opts...) })
	return t.recorded(c.Name)
}

// trial is a bitstest.TB that keeps what it is told.
type trial struct {
	r *recorder

	mu       sync.Mutex
	errors   []string
	skipped  string
	cleanups []func()
}

// run runs f, and then what it has asked to be run after it.
func (t *trial) run(atMost time.Duration, f func()) {
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		defer t.cleanUp()
		f()
	}()
	late := time.NewTimer(atMost)
	defer late.Stop()
	select {
	case <-ended:
	case <-late.C:
		t.Errorf("it does not end in %v", atMost)
	}
}

func (t *trial) cleanUp() {
	t.r.mu.Lock()
	t.r.cleaning = true
	t.r.mu.Unlock()
	for _, f := range slices.Backward(t.cleanups) {
		f()
	}
}

// recorded is the case as it was recorded until now.
func (t *trial) recorded(name string) Case {
	t.mu.Lock()
	defer t.mu.Unlock()
	c := Case{Name: name, Outcome: Pass}
	switch {
	case len(t.errors) > 0:
		c.Outcome, c.Why = Fail, t.errors[0]
	case t.skipped != "":
		c.Outcome, c.Why = Skip, t.skipped
	}
	t.r.mu.Lock()
	defer t.r.mu.Unlock()
	c.Steps, c.After = slices.Clone(t.r.steps), slices.Clone(t.r.after)
	for _, callback := range t.r.callbacks {
		c.Callbacks = append(c.Callbacks, Callback{callback.Name, callback.Of, slices.Clone(callback.Events)})
	}
	return c
}

func (t *trial) Context() context.Context { return context.Background() }
func (t *trial) Helper()                  {}
func (t *trial) Logf(string, ...any)      {}
func (t *trial) FailNow()                 { runtime.Goexit() }
func (t *trial) Cleanup(f func())         { t.cleanups = append(t.cleanups, f) }

func (t *trial) Errorf(format string, args ...any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.errors = append(t.errors, t.r.reason(fmt.Sprintf(format, args...)))
}

func (t *trial) Skipf(format string, args ...any) {
	t.mu.Lock()
	t.skipped = t.r.reason(fmt.Sprintf(format, args...))
	t.mu.Unlock()
	runtime.Goexit()
}

// reasons are for what differs from run to run, and for what says nothing here.
var reasons = []struct {
	pattern *regexp.Regexp
	by      string
}{
	{regexp.MustCompile(`uuid\.UUID\{0x[^}]*\}`), "<id>"},
	{regexp.MustCompile(`\[(\d+ ){15}\d+\]`), "<id>"},
	{regexp.MustCompile(`[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}`), "<id>"},
	{regexp.MustCompile(`<id>(, <id>)+`), "<ids>"},
	{regexp.MustCompile(`S-1-5-21(-\d+)+`), "<account>"},
	{regexp.MustCompile(`\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)? [+-]\d{4} \w+`), "<time>"},
	{regexp.MustCompile(`difference was \S+`), "difference was <duration>"},
	{regexp.MustCompile(`Should be zero, but was \d+`), "Should be zero"},
	{regexp.MustCompile(` Messages:`), ";"},
	{regexp.MustCompile(`[^\p{L}\p{M}\p{N}\p{P}\p{S} ]`), "?"},
}

// longestReason is how many characters of a reason are kept.
const longestReason = 200

// reason is what an assertion of testify says, in one line and without where it
// stands.
func (r *recorder) reason(text string) string {
	if _, after, ok := strings.Cut(text, "Error:"); ok {
		text = after
	}
	text, _, _ = strings.Cut(text, "Diff:")
	text = r.mask.text(strings.Join(strings.Fields(strings.ToValidUTF8(text, "?")), " "))
	for _, m := range reasons {
		text = m.pattern.ReplaceAllString(text, m.by)
	}
	if runes := []rune(text); len(runes) > longestReason {
		text = strings.TrimSpace(string(runes[:longestReason])) + "…"
	}
	return text
}
