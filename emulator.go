package bitsemu

import (
	"container/list"
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"log/slog"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/internal/eventlog"
	"github.com/bitsemu/bitsemu/internal/seal"
	"github.com/bitsemu/bitsemu/internal/timeline"
	"github.com/bitsemu/bitsemu/jobstore"
	"github.com/bitsemu/bitsemu/sid"
	"github.com/bitsemu/bitsemu/token"
	"github.com/bitsemu/bitsemu/tokenopts"
)

// somebody is the user whom a caller is taken for who does not say who he is.
var somebody = sid.MustParse("S-1-5-21-3623811015-3361044348-30300820-1001")

const defaultSession token.Session = 0x10000

// Emulator is an emulated Windows machine as far as BITS goes: the service with
// its jobs, the files, the network, and who is logged on. All methods may be
// called from many goroutines at once.
type Emulator struct {
	conf    config
	store   *jobstore.Store
	tokens  *tokenopts.Service
	key     *seal.Key
	disk    *disk
	net     *network
	rules   access
	audit   audit
	history history
	faults  faults
	certs   certs
	inside  inside
	// familiar are the callers who have been noticed.
	familiar familiar
	events   *eventlog.Log
	log      *slog.Logger

	// epoch counts the runs of the service. What was got from an earlier run is
	// dead.
	epoch atomic.Uint64

	// mu guards what follows and is held while the engine changes jobs. Nothing
	// that is not the emulator's own is called under it.
	mu         sync.Mutex
	idle       sync.Cond // a step or a delivery has ended
	clock      clock
	skew       time.Duration // of the wall clock when the service started: timers go by that
	line       *timeline.Line[timer]
	soon       *timeline.Line[timer] // those of line that a program that polls waits for
	random     rand.Source
	service    serviceState
	world      world
	items      map[uuid.UUID]*item
	ended      endings
	ready      [4]*list.List // of *item: QUEUED jobs that could run, by priority
	running    map[*run]struct{}
	turns      list.List              // of *run: those that can be stepped, in the order of their turns
	steps      int                    // under way
	outbox     list.List              // of *item: those with something to tell
	telling    map[sid.SID]int        // notifications under way
	waiting    map[sid.SID]*list.List // of *item: what users cannot get yet
	room       []sid.SID              // users to whom something may be told again
	goodbyes   map[uuid.UUID]*goodbye
	farewells  []uuid.UUID // of goodbyes that are due
	background *run
	life       context.Context // ends when the service stops
	die        context.CancelFunc
	storeErr   error // the first that no caller could be told of
	closed     bool
	shown      map[uuid.UUID]shown // what clients have been told, see StepOnPoll
}

// New makes an emulator. It follows the real time and reaches the real network,
// for programs and long-lived stores; tests have [RunT]. It fails when the store or
// a directory cannot be opened; see [jobstore.Open] for the errors. Close it.
func New(opts ...Option) (*Emulator, error) {
	c := defaults()
	c.clock = clockFollow
	for _, opt := range opts {
		opt(&c)
	}
	return open(c)
}

func open(c config) (_ *Emulator, err error) {
	e := &Emulator{
		conf:     c,
		log:      c.logger,
		events:   eventlog.NewLog(0),
		items:    map[uuid.UUID]*item{},
		running:  map[*run]struct{}{},
		telling:  map[sid.SID]int{},
		waiting:  map[sid.SID]*list.List{},
		goodbyes: map[uuid.UUID]*goodbye{},
		shown:    map[uuid.UUID]shown{},
	}
	e.idle.L = &e.mu
	for i := range e.ready {
		e.ready[i] = list.New()
	}
	if e.log == nil {
		e.log = slog.New(slog.DiscardHandler)
	}
	if c.start.IsZero() {
		c.start = time.Now()
	}
	e.clock = newClock(c.clock, c.start)
	e.line = timeline.New[timer](e.clock.now())
	e.soon = timeline.New[timer](e.clock.now())
	seed := int64(new(maphash.Hash).Sum64())
	if c.seed != nil {
		seed = *c.seed
	}
	e.random = rand.NewPCG(uint64(seed), 0x62697473656d75)
	e.world = newWorld(c.caller)
	e.net = newNetwork(e, c.network)

	ids := jobstore.IDs(uuid.NewRandom)
	if c.seed != nil {
		source := &idSource{random: rand.New(rand.NewPCG(uint64(seed), 0x6a6f6273))}
		ids = jobstore.IDs(source.next)
	}
	if c.store != "" {
		e.store, err = jobstore.Open(c.store, ids)
	} else {
		e.store, err = jobstore.NewScratch(ids)
	}
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			_ = e.store.Close() // the error that matters is the first
		}
	}()
	if e.key, err = openKey(c); err != nil {
		return nil, err
	}
	if e.disk, err = newDisk(c); err != nil {
		return nil, err
	}
	e.tokens = tokenopts.New(e.store, c.build, tokenopts.DefaultCaller(c.caller), tokenopts.Clock(e.Now))
	if err = e.startService(); err != nil {
		return nil, errors.Join(err, e.disk.close())
	}
	e.clock.begin(e)
	return e, nil
}

func openKey(c config) (*seal.Key, error) {
	if c.store == "" {
		return seal.Ephemeral(nil)
	}
	path := c.keyFile
	if path == "" {
		path = c.store + ".key"
	}
	return seal.Open(path, true)
}

// idSource makes the GUIDs of jobs when a seed is given.
type idSource struct {
	mu     sync.Mutex
	random *rand.Rand
}

func (s *idSource) next() (uuid.UUID, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return uuid.NewRandomFromReader(readerOf{s.random})
}

type readerOf struct{ random *rand.Rand }

func (r readerOf) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(r.random.Uint32())
	}
	return len(p), nil
}

// Close stops the service, waits for the work and the callbacks under way, and
// closes the store and the files. Jobs in a store that is kept go on when it is
// opened again. Closing again does nothing. A callback, hook or handler of the
// emulator cannot close it: there it fails, and nothing happens.
func (e *Emulator) Close() error {
	if e.inside.here() {
		return errors.New("bitsemu: Close waits for callbacks, hooks and handlers, and was called by one")
	}
	e.mu.Lock()
	if e.closed {
		e.mu.Unlock()
		return nil
	}
	e.closed = true
	e.stopService(serviceStopped)
	e.wait(func() bool { return e.steps == 0 && len(e.telling) == 0 })
	e.mu.Unlock()
	e.clock.end()
	return errors.Join(e.net.close(), e.store.Close(), e.disk.close())
}

// String tells emulators apart in messages.
func (e *Emulator) String() string {
	return fmt.Sprintf("emulated BITS of %s, %s", e.conf.build, e.store)
}

// Path is where on this machine the file of a Windows path lies, "" when the
// path is none or nothing is mapped there.
func (e *Emulator) Path(windows string) string { return e.disk.host(windows) }

// Len is the number of jobs in the queue.
func (e *Emulator) Len() int { return e.store.Len() }

var _ bits.Manager = (*manager)(nil)
