package transcript

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/google/uuid"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/bitstest"
)

// recorder records one case.
type recorder struct {
	mask *mask
	main *sink

	mu        sync.Mutex
	steps     []Step // the case's
	after     []Step // of what cleans up
	cleaning  bool
	wait      *waiting
	callbacks []*Callback
	jobs      map[uuid.UUID]string // names of those that the case has made
}

// sink is where calls go: those of the case, or those of one event, which come
// beside them.
type sink struct {
	r       *recorder
	event   *Event // nil for those of the case
	objects map[string]int
}

// waiting is a time of waiting that is not over.
type waiting struct {
	rounds  [][]Call
	objects map[string]int // names that were given before
	ids     int
}

func newRecorder(s bitstest.Surroundings) *recorder {
	r := &recorder{mask: newMask(s), jobs: map[uuid.UUID]string{}}
	r.main = &sink{r: r, objects: map[string]int{}}
	return r
}

// manager is the manager as the case gets it.
func (r *recorder) manager(inner bits.Manager) bits.Manager {
	return recordManager{object{r.main, "manager", inner}, inner}
}

// object is an object of the service that has a name.
type object struct {
	s       *sink
	name    string
	unknown bits.Unknown
}

func (o object) label() string { return o.name }

func (o object) QueryInterface(ctx context.Context, iid uuid.UUID) (any, error) {
	c := o.begin(ctx, "QueryInterface", iid)
	found, err := o.unknown.QueryInterface(ctx, iid)
	if found != nil {
		found = wrap(o, iid, found)
	}
	c.end(found, err)
	return found, err
}

// call is a call under way.
type call struct {
	s      *sink
	method string
	args   []any
	text   string
}

type callerKey struct{}

func (o object) begin(ctx context.Context, method string, args ...any) *call {
	var parts []string
	for _, a := range args {
		parts = append(parts, o.s.r.mask.value(a))
	}
	text := fmt.Sprintf("%s.%s(%s)", o.name, method, strings.Join(parts, ", "))
	if who, ok := ctx.Value(callerKey{}).(bitstest.Caller); ok {
		text = who.String() + ": " + text
	}
	return &call{s: o.s, method: method, args: args, text: text}
}

// object names an object that the call returns. A job that the case has made has
// its name already.
func (c *call) object(kind string) object {
	if c.method == "GetJob" {
		id, _ := c.args[0].(uuid.UUID) // the method takes one
		c.s.r.mu.Lock()
		name, ok := c.s.r.jobs[id]
		c.s.r.mu.Unlock()
		if ok {
			return object{s: c.s, name: name}
		}
	}
	return object{s: c.s, name: c.s.name(kind)}
}

func (c *call) end(results ...any) {
	r := c.s.r
	if c.method == "CreateJob" {
		if job, ok := results[1].(named); ok {
			id, _ := results[0].(uuid.UUID) // the method returns one
			r.mu.Lock()
			r.jobs[id] = job.label()
			r.mu.Unlock()
		}
	}
	answer, failed := r.mask.result(c.method, results)
	c.s.add(Call{Text: c.text, Failed: failed, Answer: answer})
}

// name is the name of the next object of a kind.
func (s *sink) name(kind string) string {
	s.r.mu.Lock()
	defer s.r.mu.Unlock()
	s.objects[kind]++
	return fmt.Sprintf("%s%d", kind, s.objects[kind])
}

func (s *sink) add(c Call) {
	r := s.r
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case s.event != nil:
		s.event.Calls = append(s.event.Calls, c)
	case r.wait != nil:
		last := len(r.wait.rounds) - 1
		r.wait.rounds[last] = append(r.wait.rounds[last], c)
	default:
		r.step(Step{Call: c})
	}
}

func (r *recorder) step(s Step) {
	if r.cleaning {
		r.after = append(r.after, s)
	} else {
		r.steps = append(r.steps, s)
	}
}

// waits records what is called while time passes.
func (r *recorder) waits(inner func(func() bool) bool) func(func() bool) bool {
	return func(done func() bool) bool {
		r.mu.Lock()
		r.wait = &waiting{objects: maps.Clone(r.main.objects), ids: r.mask.met(), rounds: [][]Call{nil}}
		r.mu.Unlock()
		over := false
		defer func() { r.waited(over) }() // also when done ends the case
		over = inner(func() bool {
			r.round()
			return done()
		})
		return over
	}
}

// round begins a round. Objects and ids that it meets have the names that the round
// before gave.
func (r *recorder) round() {
	r.mu.Lock()
	defer r.mu.Unlock()
	w := r.wait
	r.main.objects = maps.Clone(w.objects)
	r.mask.forget(w.ids)
	w.rounds = append(w.rounds, nil)
}

func (r *recorder) waited(over bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	w := r.wait
	r.wait = nil
	last := w.rounds[len(w.rounds)-1]
	r.step(Step{Wait: &Wait{Vain: !over, Calls: last, Seen: seen(w.rounds, last)}})
}

// seen are the answers in earlier rounds that are not those of the last, and not
// those that the same call had just before.
func seen(rounds [][]Call, last []Call) []Call {
	var out []Call
	before := map[string]string{}
	for _, round := range rounds {
		for _, c := range round {
			if slices.Contains(last, c) || before[c.Text] == c.Answer {
				continue
			}
			before[c.Text] = c.Answer
			out = append(out, c)
		}
	}
	return out
}

// last is the number of the last step.
func (r *recorder) last() int {
	n := len(r.steps) + len(r.after)
	if r.wait != nil {
		n++
	}
	return n
}
