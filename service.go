package bitsemu

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"time"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/internal/timeline"
	"github.com/bitsemu/bitsemu/jobstore"
)

// serviceState is the state of the emulated service.
type serviceState uint8

const (
	serviceStopped serviceState = iota
	serviceRunning
	serviceDisabled
	serviceStopping // the steps under way have still to end
)

func (s serviceState) String() string {
	return [...]string{"stopped", "running", "disabled", "stopping"}[s]
}

// Restart restarts the service, as after a reboot. Jobs, their progress and their
// helper-token flags stay; helper tokens, registered callbacks and changes of names
// that Resume has not made durable are lost (D, see docs/architecture.md). Every
// interface pointer of before is dead: calls fail with RPC_S_SERVER_UNAVAILABLE (C).
func (e *Emulator) Restart() error {
	if err := e.Stop(); err != nil {
		return err
	}
	return e.StartService()
}

// Stop stops the service. The next activation starts it again, as a client that
// asks for the manager does on Windows, and so does StartService.
func (e *Emulator) Stop() error { return e.stopFor(serviceStopped) }

// Disable stops the service and keeps it from being started: activation fails with
// HRESULT_FROM_WIN32(ERROR_SERVICE_DISABLED), 0x80070422 (O).
func (e *Emulator) Disable() error { return e.stopFor(serviceDisabled) }

// stopFor stops the service, if it runs, and leaves it in a state.
func (e *Emulator) stopFor(to serviceState) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.wait(func() bool { return e.service != serviceStopping })
	if e.service != serviceRunning {
		if to == serviceDisabled {
			e.service = to
		}
		return nil
	}
	e.stopService(to)
	return e.forget()
}

// Enable ends Disable. The service is stopped until it is needed.
func (e *Emulator) Enable() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.wait(func() bool { return e.service != serviceStopping })
	if e.service == serviceDisabled {
		e.service = serviceStopped
	}
}

// StartService starts the service if it is stopped. It fails with
// HRESULT_FROM_WIN32(ERROR_SERVICE_DISABLED) when it is disabled.
func (e *Emulator) StartService() error {
	_, err := e.ensure()
	return err
}

// ensure starts the service if it is stopped, and returns which of its runs goes on.
func (e *Emulator) ensure() (epoch uint64, err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.wait(func() bool { return e.service != serviceStopping })
	if e.closed {
		return 0, fmt.Errorf("bitsemu: the emulator is closed: %w", hresult.HRESULT_FROM_WIN32_RPC_S_SERVER_UNAVAILABLE)
	}
	switch e.service {
	case serviceRunning:
		return e.epoch.Load(), nil
	case serviceDisabled:
		return 0, fmt.Errorf("bitsemu: the service is disabled: %w", hresult.HRESULT_FROM_WIN32_ERROR_SERVICE_DISABLED)
	}
	err = e.startService()
	return e.epoch.Load(), err
}

// stopService stops all that goes on, makes all pointers dead, and returns with mu
// held, as it is called, when no step is under way. Meanwhile nobody can start the
// service again.
func (e *Emulator) stopService(to serviceState) {
	e.wait(func() bool { return e.service != serviceStopping })
	e.service = serviceStopping
	e.epoch.Add(1)
	if e.die != nil {
		e.die()
	}
	for r := range maps.Clone(e.running) {
		was := r.state
		e.stop(r, bits.BG_JOB_STATE_QUEUED)
		e.changed(r.it.entry, was, bits.BG_JOB_STATE_QUEUED, byStop)
	}
	for _, it := range e.items {
		e.dequeue(it)
		it.listener, it.validator, it.notices, it.modified, it.quietTill = nil, nil, nil, false, time.Time{}
		it.unpost()
		e.release(it)
	}
	e.farewells = nil
	e.forgetTimers()
	e.wait(func() bool { return e.steps == 0 })
	e.forgetTimers() // of steps that have ended
	e.service = to
	e.idle.Broadcast()
}

// forgetTimers drops all timers: those that jobs need are set again when the service starts.
func (e *Emulator) forgetTimers() {
	e.line = timeline.New[timer](e.line.Now())
	e.soon = timeline.New[timer](e.soon.Now())
}

// forget drops what does not outlive the service.
func (e *Emulator) forget() error {
	_, err := e.tokens.Restart()
	for entry := range e.store.All().All() {
		err = errors.Join(err, ignoreMissing(entry.Update(func(j *jobstore.Job) error {
			for i := range j.Files {
				j.Files[i].UnresumedRemote = ""
				if j.HighPerformance && j.State != bits.BG_JOB_STATE_TRANSFERRED {
					// Its progress is not kept (D ne-bits5_0-bits_job_property_id.md).
					j.Files[i].BytesTransferred = 0
				}
			}
			return nil
		})))
	}
	return err
}

func ignoreMissing(err error) error {
	if errors.Is(err, jobstore.ErrNotFound) {
		return nil
	}
	return err
}

// startService takes up the jobs of the store.
func (e *Emulator) startService() error {
	e.epoch.Add(1)
	e.life, e.die = context.WithCancel(context.Background())
	e.service = serviceRunning
	e.skew = time.Duration(e.clock.skew.Load())
	now := e.steady()
	e.resumeGoodbyes()
	for entry := range e.store.All().All() {
		j, err := entry.Job()
		if err != nil {
			return err
		}
		switch {
		case j.State.Final(): // the process ended between the end of the job and its removal
			if _, err := entry.Finish(func(*jobstore.Job) error { return nil }); err != nil {
				return err
			}
			continue
		case active(j.State):
			if j.State != bits.BG_JOB_STATE_QUEUED {
				e.patch(entry, func(j *jobstore.Job) { j.State = bits.BG_JOB_STATE_QUEUED })
				e.changed(entry, j.State, bits.BG_JOB_STATE_QUEUED, byStart)
			}
			e.enqueue(entry)
		case j.State == bits.BG_JOB_STATE_TRANSIENT_ERROR:
			e.reconsider(entry)
			if !j.RetryTime.IsZero() && entry.State() == bits.BG_JOB_STATE_TRANSIENT_ERROR {
				e.after(j.ID, timerRetry, j.RetryTime.Sub(now))
				e.after(j.ID, timerNoProgress, time.Duration(j.NoProgressTimeout)*time.Second-now.Sub(j.NoProgressSince))
			}
		case j.NotifyPending != 0:
			e.ripen(e.item(entry))
		}
		if timeout := e.conf.policy.JobInactivityTimeout; timeout > 0 {
			e.after(j.ID, timerInactive, timeout-now.Sub(j.LastActivity))
		}
	}
	return nil
}
