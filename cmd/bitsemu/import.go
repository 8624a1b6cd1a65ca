package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/bitsemu/bitsemu"
	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/internal/cli"
	"github.com/bitsemu/bitsemu/internal/seal"
	"github.com/bitsemu/bitsemu/jobstore"
)

func importCommand() cli.Command {
	return cli.Command{
		Name: "import", Summary: "make a store of a snapshot",
		Args: []cli.Arg{
			{Name: "STORE", Help: "the store file to be made", Kind: cli.File},
			{Name: "SNAPSHOT", Help: "the snapshot; - is standard input", Kind: cli.File},
		},
		Flags: []cli.Flag{
			{Name: "force", Help: "replace the store if there is one already that nobody has open"},
			waitFlag, jsonFlag,
		},
		About: `
Makes a new store file with the jobs of a snapshot, in the same order and with the same ids. The file
appears when all of it is there: an import that fails leaves nothing behind, and what was there before
as it was. To export the store again gives the same snapshot.

A snapshot has no passwords, user names and custom headers. Jobs that had some are without them, and the
command says which. What else a snapshot tells of the machine, such as the clock, has no place in a store.`,
		Exit: []cli.Item{
			{Name: "0", Help: "the store is there"},
			{Name: "1", Help: "it could not be made"},
			{Name: "2", Help: "the snapshot is missing or is none, the store exists already or is in use, or the command line is wrong"},
		},
		Examples: []cli.Example{{Help: "Make a copy of a store by way of a snapshot", Line: "bitsemu export jobs.db | bitsemu import copy.db -"}},
		SeeAlso:  []string{"bitsemu export", "bitsemu check"},
		Run:      importSnapshot,
	}
}

// imported is what has been done, for a machine to read.
type imported struct {
	Store   string   `json:"store"`
	Jobs    int      `json:"jobs"`
	Without []string `json:"withoutSecrets,omitempty"` // ids of jobs that had some
}

func importSnapshot(ctx context.Context, c *cli.Call) error {
	snap, err := readSnapshotFile(c)
	if err != nil {
		return err
	}
	path := c.Arg("STORE")
	if err := replaceable(ctx, c, path); err != nil {
		return err
	}
	done := imported{Store: path, Jobs: len(snap.Jobs)}
	if done.Without, err = makeStore(ctx, path, snap.Jobs, c.Bool("force")); err != nil {
		return err
	}
	for _, id := range done.Without {
		fmt.Fprintf(c.Stderr, "%s: job %s had credentials, whose user names and passwords are not in a snapshot: it is without them\n", c.Path, id)
	}
	if c.Bool("json") {
		return printJSON(c, done)
	}
	return c.Printf("%s: %s\n", path, count(done.Jobs, "job"))
}

func readSnapshotFile(c *cli.Call) (bitsemu.Snapshot, error) {
	name := c.Arg("SNAPSHOT")
	if name == "-" {
		s, err := bitsemu.ReadSnapshot(c.Stdin)
		if err != nil {
			err = cli.WithStatus(cli.Usage, fmt.Errorf("standard input: %w", err))
		}
		return s, err
	}
	s, err := readSnapshot(name)
	if errors.Is(err, os.ErrNotExist) {
		return s, unreadable(name, err)
	}
	if err != nil {
		return s, cli.WithStatus(cli.Usage, fmt.Errorf("%s: %w", name, err))
	}
	return s, nil
}

// replaceable sees that a new store may take its place: that there is nothing, or, by
// force, a store, be it damaged, that nobody has open.
func replaceable(ctx context.Context, c *cli.Call, path string) error {
	if err := vacant(path, c.Bool("force")); err != nil {
		return err
	}
	if fi, err := os.Stat(path); err != nil || fi.Size() == 0 {
		return nil
	}
	err := patiently(ctx, c.Duration("wait"), func(d time.Duration) error {
		_, err := jobstore.Examine(path, nil, jobstore.LockTimeout(d))
		return err
	})
	return unreadable(path, err)
}

// makeStore makes a store file, all of it or nothing, and tells which jobs have lost
// secrets.
func makeStore(ctx context.Context, path string, jobs []jobstore.Job, replace bool) (without []string, err error) {
	dir, err := os.MkdirTemp(filepath.Dir(path), ".bitsemu-import-")
	if err != nil {
		return nil, cli.WithStatus(cli.Usage, err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	whole := filepath.Join(dir, "jobs.db")
	keys := keyOf(path, dir)
	s, err := jobstore.Open(whole, jobstore.NoSync())
	if err != nil {
		return nil, err
	}
	for i := range jobs {
		j := jobs[i]
		if err = context.Cause(ctx); err != nil {
			break
		}
		var lost bool
		if lost, err = keys.withoutSecrets(&j); err != nil {
			break
		}
		if lost {
			without = append(without, bits.GUIDString(j.ID))
		}
		if _, err = s.Create(j); err != nil {
			break
		}
	}
	if err == nil {
		err = s.Check()
	}
	if err := errors.Join(err, s.Close()); err != nil {
		return nil, err
	}
	if err := onDisk(whole); err != nil {
		return nil, err
	}
	if err := keys.putInPlace(); err != nil {
		return nil, err
	}
	if err := putInPlace(whole, path, replace); err != nil {
		return nil, errors.Join(err, keys.takeBack())
	}
	return without, nil
}

// onDisk sees to it that a file is there after a crash of the machine too.
func onDisk(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// keys are the key of the store to be, which seals what credentials there still are.
type keys struct {
	path, made string // where it belongs, and where a new one is made
	key        *seal.Key
	isNew      bool
}

func keyOf(store, dir string) *keys {
	return &keys{path: store + ".key", made: filepath.Join(dir, "jobs.db.key")}
}

// withoutSecrets leaves a job the credentials that have no secret, as Restore of an
// emulator does: those of the account itself.
func (k *keys) withoutSecrets(j *jobstore.Job) (lost bool, err error) {
	if j.Credentials == nil {
		return false, nil
	}
	var s seal.Secrets
	for _, c := range j.Credentials {
		if c.Implicit {
			s.Set(bits.ImplicitCredentials(c.Target, c.Scheme))
		}
	}
	kept := slices.DeleteFunc(slices.Clone(j.Credentials), func(c jobstore.Credential) bool { return !c.Implicit })
	lost = len(kept) < len(j.Credentials)
	j.Credentials = kept
	if s.IsZero() {
		j.Credentials = nil
		return lost, nil
	}
	plain, err := s.MarshalBinary()
	if err != nil {
		return lost, err
	}
	if k.key == nil {
		if err := k.open(); err != nil {
			return lost, err
		}
	}
	j.Sealed = k.key.Seal(plain, j.ID[:])
	return lost, nil
}

// open takes the key that is there, or makes one.
func (k *keys) open() (err error) {
	if k.key, err = seal.Open(k.path, false); errors.Is(err, os.ErrNotExist) {
		k.isNew = true
		k.key, err = seal.Open(k.made, true)
	}
	return err
}

func (k *keys) putInPlace() error {
	if !k.isNew {
		return nil
	}
	return putInPlace(k.made, k.path, false)
}

func (k *keys) takeBack() error {
	if !k.isNew {
		return nil
	}
	return os.Remove(k.path)
}
