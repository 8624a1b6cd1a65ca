package main

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
	"github.com/bitsemu/bitsemu/tokenopts"
	"github.com/bitsemu/bitsemu/winver"
)

// actor is one who calls.
type actor struct {
	name  string
	token token.Token
}

// ctx is what the actor's thread calls with.
func (a actor) ctx() context.Context { return token.NewContext(context.Background(), a.token) }

const machine = "S-1-5-21-3623811015-3361044348-30300820"

func account(rid string) sid.SID { return sid.MustParse(machine + "-" + rid) }

// The logon sessions of the people in the demo.
const (
	aliceSession token.Session = 0x1a11ce
	bobSession   token.Session = 0x0b0b
)

var (
	system         = actor{"SYSTEM", token.LocalSystem()}
	networkService = actor{"NETWORK SERVICE", token.NetworkService()}
	alice          = actor{"alice", token.User(account("1001"), token.WithSession(aliceSession))}
	bob            = actor{"bob", token.User(account("1002"), token.WithSession(bobSession))}
	bobFiltered    = actor{"bob (filtered)", token.FilteredAdmin(account("1002"), token.WithSession(bobSession))}
	bobElevated    = actor{"bob (elevated)", token.ElevatedAdmin(account("1002"), token.WithSession(bobSession))}
)

// world is one Windows with its store file, its jobs by name and the interface
// pointers that its actors hold.
type world struct {
	name    string
	build   winver.Build
	path    string
	store   *jobstore.Store
	service *tokenopts.Service
	jobs    map[string]uuid.UUID
	held    map[string]*tokenopts.Options
}

func newWorld(name string, build winver.Build, path string) (*world, error) {
	w := &world{name: name, build: build, path: path, jobs: map[string]uuid.UUID{}}
	return w, w.open()
}

// open opens the store file; what was held before is gone.
func (w *world) open() error {
	n := byte(0)
	store, err := jobstore.Open(w.path, jobstore.IDs(func() (uuid.UUID, error) {
		n++
		return uuid.UUID{0: 0xb1, 1: 0x75, 6: 0x40, 8: 0x80, 15: n}, nil // the same at each run
	}))
	if err != nil {
		return err
	}
	w.store, w.service, w.held = store, tokenopts.New(store, w.build), map[string]*tokenopts.Options{}
	return nil
}

// outcome is what a call came to.
type outcome struct {
	code  hresult.HRESULT
	value string         // what it gave back
	rule  tokenopts.Rule // the rule behind it
	err   error          // what went wrong, when it was not the rules that refused
}

func (o outcome) String() string {
	if o.value == "" {
		return o.code.String()
	}
	return o.code.String() + ", " + o.value
}

func (w *world) create(name string, who actor) outcome {
	e, err := w.store.Create(jobstore.Job{
		Owner: who.token, DisplayName: name, Type: bits.BG_JOB_TYPE_DOWNLOAD,
		Priority: bits.BG_JOB_PRIORITY_NORMAL, State: bits.BG_JOB_STATE_SUSPENDED,
	})
	if err != nil {
		return outcome{err: err}
	}
	w.jobs[name] = e.ID()
	return outcome{value: "SUSPENDED"}
}

// query asks a job for the interface; the actor's answer is held under hold.
func (w *world) query(job, hold string, who actor) outcome {
	d, _ := w.service.Explain(who.ctx(), w.jobs[job], tokenopts.QueryInterface, 0)
	o, err := w.service.Query(who.ctx(), w.jobs[job])
	if err == nil {
		w.held[hold] = o
	}
	return result(err, "", d)
}

// through calls a method of a held interface.
func (w *world) through(hold string, m tokenopts.Method, flags bits.HelperTokenFlags, thread actor) outcome {
	o := w.held[hold]
	if o == nil {
		return outcome{err: fmt.Errorf("%s: nobody holds %q", w.name, hold)}
	}
	d, _ := o.Explain(thread.ctx(), m, flags)
	var err error
	value := ""
	switch m {
	case tokenopts.SetHelperToken:
		err = o.SetHelperToken(thread.ctx())
	case tokenopts.ClearHelperToken:
		err = o.ClearHelperToken(thread.ctx())
	case tokenopts.SetHelperTokenFlags:
		err = o.SetHelperTokenFlags(thread.ctx(), flags)
	case tokenopts.GetHelperTokenFlags:
		var f bits.HelperTokenFlags
		if f, err = o.GetHelperTokenFlags(thread.ctx()); err == nil {
			value = fmt.Sprintf("%#x", uint32(f))
		}
	case tokenopts.GetHelperTokenSid:
		var s sid.SID
		if s, err = o.GetHelperTokenSid(thread.ctx()); err == nil {
			value = personOf(s)
		}
	default:
		err = fmt.Errorf("%v is not a method of the interface", m)
	}
	return result(err, value, d)
}

func (w *world) takeOwnership(job string, who actor) outcome {
	d, _ := w.service.Explain(who.ctx(), w.jobs[job], tokenopts.TakeOwnership, 0)
	return result(w.service.TakeOwnership(who.ctx(), w.jobs[job]), "", d)
}

// state tells how a job stands.
func (w *world) state(job string) outcome {
	j, err := w.store.Get(w.jobs[job])
	if err != nil {
		return outcome{err: err}
	}
	return outcome{value: stateText(j)}
}

func stateText(j jobstore.Job) string {
	if j.Error.Code != 0 {
		return j.State.Short() + ": " + j.Error.Code.String()
	}
	return j.State.Short()
}

// opens tells as whom a job opens a resource.
func (w *world) opens(job string, r tokenopts.Resource) outcome {
	j, err := w.store.Get(w.jobs[job])
	if err != nil {
		return outcome{err: err}
	}
	g, err := tokenopts.Identity(w.build, &j, r)
	if err != nil {
		return result(err, "", tokenopts.Decision{})
	}
	return outcome{value: "as " + personOf(g.Token.User()), rule: g.Rule}
}

func result(err error, value string, d tokenopts.Decision) outcome {
	o := outcome{value: value, rule: d.Rule}
	var refused *tokenopts.AccessError
	if errors.As(err, &refused) {
		o.rule = refused.Decision.Rule
	} else {
		o.err = err
	}
	o.code, _ = hresult.Of(err)
	return o
}

// personOf names a SID as the demo's people know it.
func personOf(s sid.SID) string {
	for _, a := range []actor{system, networkService, alice, bob} {
		if a.token.User() == s {
			return a.name
		}
	}
	if s.IsZero() {
		return "none"
	}
	return s.String()
}
