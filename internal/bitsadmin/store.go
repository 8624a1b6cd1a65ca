package bitsadmin

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/bitsemu/bitsemu"
	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/internal/who"
	"github.com/bitsemu/bitsemu/jobstore"
	"github.com/bitsemu/bitsemu/token"
	"github.com/bitsemu/bitsemu/winver"
)

// storePlace is a store file. Its service lives as long as a session: what has fallen
// due since the last one is done in the next.
type storePlace struct{ conf Config }

// Open is the [Place] that a configuration names: the service, if it names one, or else
// the store. It opens nothing yet.
func Open(c Config) Place {
	if c.Service != "" {
		return &servicePlace{conf: c}
	}
	return storePlace{c}
}

func (p storePlace) Build(context.Context) winver.Build { return p.conf.Build }

// between is how long a store that is in use is left alone before the next look.
const between = 50 * time.Millisecond

func (p storePlace) Begin(ctx context.Context, caller token.Token) (Session, error) {
	if p.conf.Store == "" {
		return nil, errors.New("which jobs? Name the file that has them, or is to have them, by " + storeVariable + " or --store, or a service that is running by " + serviceVariable + " or --service")
	}
	if caller.IsZero() {
		caller = who.User(who.Default)
	}
	opts := []bitsemu.Option{bitsemu.Store(p.conf.Store), bitsemu.Windows(p.conf.Build), bitsemu.DefaultCaller(caller), bitsemu.FollowTime()}
	if p.conf.SkipTime {
		opts = append(opts, bitsemu.StepOnPoll())
	}
	for at, dir := range p.conf.Drives {
		opts = append(opts, bitsemu.Drive(at, dir))
	}
	emu, err := bitsemu.New(opts...)
	for end := time.Now().Add(p.conf.Wait); errors.Is(err, jobstore.ErrLocked) && time.Now().Before(end); {
		if err := sleep(ctx, between); err != nil {
			return nil, err
		}
		emu, err = bitsemu.New(opts...)
	}
	if errors.Is(err, jobstore.ErrLocked) {
		return nil, fmt.Errorf("%w; if it is that of a service that is running (bitsemu serve), name the service by %s or --service and leave the store to it", err, serviceVariable)
	}
	if err != nil {
		return nil, err
	}
	s := &storeSession{emu: emu, caller: caller, skip: p.conf.SkipTime, store: p.conf.Store}
	if err := errors.Join(s.furnish(), s.welcome()); err != nil {
		return nil, errors.Join(err, emu.Close())
	}
	return s, nil
}

type storeSession struct {
	emu    *bitsemu.Emulator
	caller token.Token
	skip   bool
	store  string
}

// welcome logs on those whose jobs there are. The store does not say who is logged
// on, and the users of a machine that is only there while commands run would never be.
func (s *storeSession) welcome() error {
	jobs, err := s.emu.Jobs()
	if err != nil {
		return err
	}
	logOn := func(t token.Token) {
		if t.Logon() == token.LogonInteractive {
			s.emu.LogOnSession(t.User(), t.Session())
		}
	}
	done := map[string]bool{}
	for _, j := range jobs {
		if key := j.Owner.Key(); !done[key] {
			done[key] = true
			logOn(j.Owner)
		}
	}
	logOn(s.caller)
	return nil
}

func (s *storeSession) Manager() bits.Manager { return s.emu.As(s.caller) }

func (s *storeSession) Path(_ context.Context, windows string) string { return s.emu.Path(windows) }

func (s *storeSession) Settle(ctx context.Context) error {
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.emu.Settle()
	}()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		err := s.emu.Close() // ends what is being waited for
		<-done
		return errors.Join(context.Cause(ctx), err)
	}
}

func (s *storeSession) Pause(ctx context.Context, d time.Duration) error {
	if s.skip {
		return context.Cause(ctx) // who asks for the state moves the time
	}
	return sleep(ctx, d)
}

func (s *storeSession) Close() error {
	if err := s.emu.Close(); err != nil {
		return fmt.Errorf("the store was not closed as it should be: %w", err)
	}
	return nil
}

// sleep waits, unless the context ends first.
func sleep(ctx context.Context, d time.Duration) error {
	alarm := time.NewTimer(d)
	defer alarm.Stop()
	select {
	case <-alarm.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
