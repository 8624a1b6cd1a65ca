package jobstore_test

import (
	"errors"
	"io"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/jobstore"
)

// TestCloseWhileInUse is pitfall closetx: Close does not wait for ever, and
// whoever comes too late is told so.
func TestCloseWhileInUse(t *testing.T) {
	t.Parallel()
	for _, k := range kinds {
		t.Run(k.name, func(t *testing.T) {
			t.Parallel()
			for range 5 {
				s := k.open(t)
				e, err := s.Create(jobstore.Job{Owner: alice})
				require.NoError(t, err)
				var wg sync.WaitGroup
				allowed := func(err error) (ended bool) {
					switch {
					case err == nil, errors.Is(err, jobstore.ErrNotFound):
						return false
					case errors.Is(err, jobstore.ErrClosed):
						return true
					}
					t.Error(err)
					return true
				}
				for _, call := range []func() error{
					func() error { _, err := s.Create(jobstore.Job{Owner: bob}); return err },
					func() error { return e.Update(func(j *jobstore.Job) error { j.ErrorCount++; return nil }) },
					func() error { _, err := s.Get(e.ID()); return err },
					func() error { _, err := s.Lookup(e.ID()); return err },
					func() error { return s.Check() },
					func() error { return s.Dump(io.Discard) },
					func() error { return s.Backup(io.Discard) },
					func() error {
						j, err := s.Create(jobstore.Job{Owner: bob})
						if err == nil {
							err = s.Delete(j.ID())
						}
						return err
					},
				} {
					wg.Go(func() {
						for !allowed(call()) {
							runtime.Gosched()
						}
					})
				}
				time.Sleep(3 * time.Millisecond)
				within(t, 30*time.Second, "Close", func() {
					var closers sync.WaitGroup
					for range 3 {
						closers.Go(func() {
							if err := s.Close(); err != nil {
								t.Error(err)
							}
							if k.name == "file" || k.name == "nosync" { // the first to return is no sooner than the file is free
								again, err := jobstore.OpenReadOnly(s.Path())
								if err != nil {
									t.Error(err)
									return
								}
								if err := errors.Join(again.Check(), again.Close()); err != nil {
									t.Error(err)
								}
							}
						})
					}
					closers.Wait()
					wg.Wait()
				})
			}
		})
	}
}

// TestNestedCalls is pitfall closetx too: what hangs with bbolt's functions does
// not with a function given to Update, in which no transaction is open.
func TestNestedCalls(t *testing.T) {
	t.Parallel()
	forEachKind(t, func(t *testing.T, s *jobstore.Store) {
		e, err := s.Create(jobstore.Job{Owner: alice})
		require.NoError(t, err)
		within(t, 30*time.Second, "a nested call", func() {
			require.NoError(t, e.Update(func(j *jobstore.Job) error {
				other, err := s.Create(jobstore.Job{Owner: bob})
				require.NoError(t, err)
				require.NoError(t, s.Check())
				require.NoError(t, s.Backup(io.Discard))
				require.NoError(t, s.Delete(other.ID()))
				j.ErrorCount++
				return nil
			}))
			ended := make(chan struct{})
			go func() { // as t.FailNow does
				defer close(ended)
				_ = e.Update(func(*jobstore.Job) error { runtime.Goexit(); return nil })
			}()
			<-ended
			require.NoError(t, e.Update(func(j *jobstore.Job) error { j.ErrorCount++; return nil }))
			err := e.Update(func(j *jobstore.Job) error {
				j.ErrorCount++
				return s.Close()
			})
			require.ErrorIs(t, err, jobstore.ErrClosed)
		})
	})
}
