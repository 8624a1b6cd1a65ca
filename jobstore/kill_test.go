package jobstore_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/jobstore"
)

// children are what this test binary does when it runs as a child of itself.
var children = map[string]func(args []string) error{
	"write": writeUntilKilled,
	"hold":  holdStore,
	"try":   tryStore,
}

// childEnv names the child to be.
const childEnv = "JOBSTORE_TEST_CHILD"

func runChild() {
	child, ok := children[os.Getenv(childEnv)]
	if !ok {
		return
	}
	if err := child(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// childCommand is a child that ends with the test, if not before.
func childCommand(t *testing.T, name string, args ...string) *exec.Cmd {
	t.Helper()
	exe, err := os.Executable()
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	t.Cleanup(cancel)
	cmd := exec.CommandContext(ctx, exe, args...)
	temp := t.TempDir() // for what a killed child leaves behind
	cmd.Env = append(os.Environ(), childEnv+"="+name, "TMPDIR="+temp, "TMP="+temp)
	cmd.Stderr = os.Stderr
	return cmd
}

// writeUntilKilled changes jobs in some goroutines for ever. It says what it is
// about to do, and once the call has returned, that it was done.
func writeUntilKilled(args []string) error {
	var opts []jobstore.Option
	if args[1] == "nosync" {
		opts = append(opts, jobstore.NoSync())
	}
	s, err := jobstore.Open(args[0], opts...)
	if err != nil {
		return err
	}
	writers := 1
	if args[2] == "many" {
		writers = 8
	}
	failed := make(chan error)
	for range writers {
		go func() { failed <- changeJobs(s) }()
	}
	return <-failed
}

func changeJobs(s *jobstore.Store) error {
	var mine []uuid.UUID
	for value := uint32(1); ; value++ {
		var id uuid.UUID
		var what string
		var do func() error
		switch pick := rand.IntN(10); {
		case len(mine) < 3 || pick < 3:
			id, what = uuid.New(), "create"
			mine = append(mine, id)
			do = func() error {
				_, err := s.Create(jobstore.Job{ID: id, Owner: alice, ErrorCount: value, Description: strings.Repeat("x", rand.IntN(6000))})
				return err
			}
		case pick < 8:
			id, what = mine[rand.IntN(len(mine))], "update"
			do = func() error {
				return s.Update(id, func(j *jobstore.Job) error {
					j.ErrorCount, j.Description = value, strings.Repeat("y", rand.IntN(6000))
					return nil
				})
			}
		default:
			i := rand.IntN(len(mine))
			id, what = mine[i], "delete"
			mine = append(mine[:i], mine[i+1:]...)
			do = func() error { return s.Delete(id) }
		}
		fmt.Printf("begin %s %s %d\n", what, id, value)
		if err := do(); err != nil {
			return err
		}
		fmt.Printf("done %s %s %d\n", what, id, value)
	}
}

// TestKilledWriterLosesNothing kills a process that writes to a store at a
// random moment, again and again: whatever a call had reported as done is
// there (pitfall nosynckill: also without syncs).
func TestKilledWriterLosesNothing(t *testing.T) {
	t.Parallel()
	spend := 1500 * time.Millisecond
	if more, err := time.ParseDuration(os.Getenv("JOBSTORE_TEST_KILL")); err == nil {
		spend = more
	}
	for _, sync := range []string{"durable", "nosync"} {
		for _, writers := range []string{"one", "many"} {
			t.Run(sync+"/"+writers, func(t *testing.T) {
				t.Parallel()
				path := newPath(t)
				truth := map[uuid.UUID]uint32{}
				kills, changes := 0, 0
				for end := time.Now().Add(spend); time.Now().Before(end); kills++ {
					changes += killOnce(t, truth, path, sync, writers)
				}
				t.Logf("%d kills, %d changes reported as done", kills, changes)
				require.Positive(t, changes)
			})
		}
	}
}

// TestKilledCreatorLeavesAStore kills a process that is about to make a store.
func TestKilledCreatorLeavesAStore(t *testing.T) {
	t.Parallel()
	for range 15 {
		path := newPath(t)
		cmd := childCommand(t, "write", path, "durable", "one")
		require.NoError(t, cmd.Start())
		time.Sleep(time.Duration(rand.IntN(40)) * time.Millisecond)
		require.NoError(t, cmd.Process.Kill())
		require.Error(t, cmd.Wait())
		s := open(t, path)
		require.NoError(t, s.Check())
		require.NoError(t, s.Close())
	}
}

// killOnce lets a child write for a while, kills it and compares the store with
// what the child said. It leaves in truth what is in the store.
func killOnce(t *testing.T, truth map[uuid.UUID]uint32, path, sync, writers string) (changes int) {
	cmd := childCommand(t, "write", path, sync, writers)
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	lines := bufio.NewScanner(out)
	require.True(t, lines.Scan(), "the child has begun")
	time.AfterFunc(time.Duration(rand.IntN(50))*time.Millisecond, func() { _ = cmd.Process.Kill() })

	done := map[uuid.UUID]uint32{}           // the last value reported as stored, 0: deleted
	begun := map[uuid.UUID]map[uint32]bool{} // the values after that, perhaps stored
	for id, value := range truth {
		done[id] = value
	}
	for more := true; more; more = lines.Scan() {
		var when, what, name string
		var value uint32
		if _, err := fmt.Sscan(lines.Text(), &when, &what, &name, &value); err != nil {
			continue // cut off
		}
		id := uuid.MustParse(name)
		if what == "delete" {
			value = 0
		}
		if when == "done" {
			changes++
			done[id] = value
			delete(begun, id)
			continue
		}
		begun[id] = map[uint32]bool{value: true}
	}
	require.Error(t, cmd.Wait())

	s := open(t, path)
	require.NoError(t, s.Check())
	clear(truth)
	for j, err := range s.Jobs() {
		require.NoError(t, err)
		truth[j.ID] = j.ErrorCount
		if !begun[j.ID][j.ErrorCount] {
			require.Equal(t, done[j.ID], j.ErrorCount, "job %v was reported as something else", j.ID)
		}
	}
	for id, value := range done {
		if _, ok := truth[id]; !ok && !begun[id][0] {
			require.Zero(t, value, "job %v was reported as stored and is gone", id)
		}
	}
	require.NoError(t, s.Close())
	return changes
}

// holdStore opens a store, says so and keeps it open until its input ends.
func holdStore(args []string) error {
	s, err := openAs(args[0], args[1])
	if err != nil {
		return err
	}
	fmt.Println("open")
	if args[1] == "busy" {
		var wg sync.WaitGroup
		defer wg.Wait()
		stop := make(chan struct{})
		defer close(stop)
		wg.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
					e, err := s.Create(jobstore.Job{Owner: alice})
					if err = errors.Join(err, e.Update(func(j *jobstore.Job) error { j.ErrorCount++; return nil }), s.Delete(e.ID())); err != nil {
						panic(err)
					}
				}
			}
		})
	}
	_, err = io.Copy(io.Discard, os.Stdin)
	return errors.Join(err)
}

// tryStore opens and closes a store and prints the error.
func tryStore(args []string) error {
	s, err := openAs(args[0], args[1])
	if err == nil {
		err = s.Close()
	}
	fmt.Print(errors.Is(err, jobstore.ErrLocked), " ", err)
	return nil
}

func openAs(path, mode string) (*jobstore.Store, error) {
	switch mode {
	case "read":
		return jobstore.OpenReadOnly(path, jobstore.LockTimeout(200*time.Millisecond))
	case "busy":
		return jobstore.Open(path, jobstore.NoSync())
	}
	return jobstore.Open(path, jobstore.LockTimeout(200*time.Millisecond))
}
