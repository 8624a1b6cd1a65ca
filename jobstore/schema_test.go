package jobstore

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	bolt "go.etcd.io/bbolt"

	"github.com/bitsemu/bitsemu/token"
)

// storeFile is a store with some jobs; the last of them is of another owner.
func storeFile(t *testing.T) (path string, ids []uuid.UUID) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "jobs.db")
	s, err := Open(path, NoSync())
	require.NoError(t, err)
	for i := range 5 {
		owner := token.LocalSystem()
		if i == 4 {
			owner = token.NetworkService()
		}
		e, err := s.Create(Job{Owner: owner, DisplayName: fmt.Sprint(i)})
		require.NoError(t, err)
		ids = append(ids, e.ID())
	}
	require.NoError(t, s.Close())
	return path, ids
}

// edit changes a store's file behind its back, and has it say that all of it is
// of the last transaction.
func edit(t *testing.T, path string, fn func(tx *bolt.Tx) error) {
	t.Helper()
	db, err := bolt.Open(path, 0o600, &bolt.Options{NoSync: true})
	require.NoError(t, err)
	require.NoError(t, db.Update(func(tx *bolt.Tx) error {
		if err := fn(tx); err != nil {
			return err
		}
		if ids := tx.Bucket(identitiesBucket); ids != nil {
			var print uint64
			err := ids.ForEach(func(k, v []byte) error {
				if len(k) == 4 {
					print += identityPrint(binary.BigEndian.Uint32(k), string(v))
				}
				return nil
			})
			if err := errors.Join(err, ids.SetSequence(print)); err != nil {
				return err
			}
		}
		if jobs := tx.Bucket(jobsBucket); jobs != nil {
			var print uint64
			err := jobs.ForEach(func(k, v []byte) error {
				if len(k) == 8 && len(v) > 5 {
					print += recordPrint(binary.BigEndian.Uint64(k), v)
				}
				return nil
			})
			return errors.Join(err, jobs.SetSequence(bind(print, uint64(tx.ID()))))
		}
		return nil
	}))
	require.NoError(t, db.Close())
}

func setSchema(value string) func(*bolt.Tx) error {
	return func(tx *bolt.Tx) error { return tx.Bucket(metaBucket).Put(schemaKey, []byte(value)) }
}

// schema is an option: a program that wants another version of the schema.
func schema(version int, steps map[int]upgrade) Option {
	return func(o *options) { o.schema, o.upgrades = version, steps }
}

// requireUntouched sees that what fn does leaves a file as it is.
func requireUntouched(t *testing.T, path string, fn func()) {
	t.Helper()
	before, err := os.ReadFile(path)
	require.NoError(t, err)
	fn()
	after, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, before, after)
}

var bothWays = map[string]func(string, ...Option) (*Store, error){"to write": Open, "to read": OpenReadOnly}

func TestNewerSchema(t *testing.T) {
	t.Parallel()
	path, _ := storeFile(t)
	edit(t, path, setSchema("bitsemu job store, schema 99"))
	for name, opening := range bothWays {
		requireUntouched(t, path, func() {
			_, err := opening(path)
			require.ErrorIs(t, err, ErrSchema, name)
			require.ErrorContains(t, err, "version 99, and this program knows 1 at most: use a later one", name)
			require.ErrorContains(t, err, path, name)
		})
	}
	requireUntouched(t, path, func() { requireExamined(t, path, ErrSchema) })
}

func TestOlderSchema(t *testing.T) {
	t.Parallel()
	path, ids := storeFile(t)
	remove := func(tx *bolt.Tx) error {
		key := seqKey(2)
		return tx.Bucket(jobsBucket).Delete(key[:])
	}
	var ran []int
	steps := map[int]upgrade{
		1: func(tx *bolt.Tx) error { ran = append(ran, 1); return remove(tx) },
		2: func(tx *bolt.Tx) error { ran = append(ran, 2); return nil },
	}
	requireUntouched(t, path, func() {
		_, err := OpenReadOnly(path, schema(3, steps))
		require.ErrorIs(t, err, ErrSchema)
		require.ErrorContains(t, err, "version 1, and this program wants 3: open it once to be written")

		_, err = Open(path, schema(4, steps))
		require.ErrorIs(t, err, ErrSchema)
		require.ErrorContains(t, err, "version 1, from which there is no way to 4")
	})
	ran = nil

	s, err := Open(path, schema(3, steps))
	require.NoError(t, err)
	require.Equal(t, []int{1, 2}, ran)
	require.NoError(t, s.Check())
	require.Equal(t, 4, s.Len())
	_, err = s.Get(ids[1])
	require.ErrorIs(t, err, ErrNotFound, "the step has removed it")
	_, err = s.Create(Job{Owner: token.LocalService()})
	require.NoError(t, err)
	require.NoError(t, s.Close())

	s, err = Open(path, schema(3, nil))
	require.NoError(t, err, "no step is left to take")
	require.NoError(t, s.Check())
	require.Equal(t, 5, s.Len())
	require.NoError(t, s.Close())
	_, err = Open(path)
	require.ErrorIs(t, err, ErrSchema)
}

func TestFailingUpgrade(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken step")
	half := func(tx *bolt.Tx) error { return tx.DeleteBucket(identitiesBucket) }
	for name, row := range map[string]struct {
		step func(*bolt.Tx) error
		want error
	}{
		"error":        {func(tx *bolt.Tx) error { return errors.Join(half(tx), broken) }, broken},
		"panic":        {func(tx *bolt.Tx) error { panic(errors.Join(half(tx), broken)) }, ErrCorrupt},
		"bad key":      {func(tx *bolt.Tx) error { return tx.Bucket(jobsBucket).Put([]byte("key"), []byte("value")) }, ErrCorrupt},
		"key 0":        {func(tx *bolt.Tx) error { return tx.Bucket(jobsBucket).Put(make([]byte, 8), []byte("v")) }, ErrCorrupt},
		"short record": {func(tx *bolt.Tx) error { k := seqKey(9); return tx.Bucket(jobsBucket).Put(k[:], []byte("v")) }, ErrCorrupt},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path, _ := storeFile(t)
			steps := map[int]upgrade{1: func(*bolt.Tx) error { return nil }, 2: row.step}
			requireUntouched(t, path, func() {
				_, err := Open(path, schema(3, steps))
				require.ErrorIs(t, err, row.want)
			})
			s, err := Open(path)
			require.NoError(t, err, "it is as it was")
			require.NoError(t, s.Check())
			require.Equal(t, 5, s.Len())
			require.NoError(t, s.Close())
		})
	}
}

// TestUpgradeLooksFirst has a file that bbolt would begin to write to, and over
// what is in it.
func TestUpgradeLooksFirst(t *testing.T) {
	t.Parallel()
	path, _ := storeFile(t)
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	require.NoError(t, err)
	fi, err := f.Stat()
	require.NoError(t, err)
	m, free, err := preflight(f, fi.Size(), false)
	require.NoError(t, err)
	require.NotEmpty(t, free)
	// List the root as free, in the place of the first page that is.
	var id [8]byte
	binary.LittleEndian.PutUint64(id[:], m.root)
	at := int64(m.freelist)*int64(m.pageSize) + pageHeader
	if len(free) > 1 {
		one := make([]byte, 2) // and nothing else
		binary.LittleEndian.PutUint16(one, 1)
		_, err = f.WriteAt(one, at-pageHeader+10)
		require.NoError(t, err)
	}
	_, err = f.WriteAt(id[:], at)
	require.NoError(t, err)
	require.NoError(t, f.Close())
	_, err = Open(path, schema(2, map[int]upgrade{1: func(*bolt.Tx) error { t.Error("called"); return nil }}))
	require.ErrorIs(t, err, ErrCorrupt)
	require.ErrorContains(t, err, "in use and listed as free")
}

// TestOddContents has files that bbolt finds in order, and whose contents no
// version of this package has written; values that are empty among them, which
// bbolt takes for missing at times (pitfall cursordelete).
func TestOddContents(t *testing.T) {
	t.Parallel()
	key := func(seq uint64) []byte { k := seqKey(seq); return k[:] }
	record := func(tx *bolt.Tx, seq uint64) []byte {
		return append([]byte(nil), tx.Bucket(jobsBucket).Get(key(seq))...)
	}
	put := func(tx *bolt.Tx, seq uint64, rec []byte) error { return tx.Bucket(jobsBucket).Put(key(seq), rec) }
	seal := func(rec []byte) []byte {
		binary.LittleEndian.PutUint32(rec[1:], checksum(rec[5:]))
		return rec
	}
	identity := func(n uint32, code string) func(*bolt.Tx) error {
		return func(tx *bolt.Tx) error {
			return tx.Bucket(identitiesBucket).Put(binary.BigEndian.AppendUint32(nil, n), []byte(code))
		}
	}
	for name, row := range map[string]struct {
		change func(*bolt.Tx) error
		want   error
		says   string
	}{
		"schema that is no number":  {setSchema("bitsemu job store, schema x"), ErrCorrupt, `schema x`},
		"schema 0":                  {setSchema("bitsemu job store, schema 0"), ErrCorrupt, `schema 0`},
		"schema -1":                 {setSchema("bitsemu job store, schema -1"), ErrCorrupt, `schema -1`},
		"schema of something else":  {setSchema("1"), ErrNotStore, "something else"},
		"no schema":                 {func(tx *bolt.Tx) error { return tx.Bucket(metaBucket).Delete(schemaKey) }, ErrNotStore, "something else"},
		"no meta bucket":            {func(tx *bolt.Tx) error { return tx.DeleteBucket(metaBucket) }, ErrNotStore, "something else"},
		"no identities":             {func(tx *bolt.Tx) error { return tx.DeleteBucket(identitiesBucket) }, ErrCorrupt, "buckets"},
		"no jobs":                   {func(tx *bolt.Tx) error { return tx.DeleteBucket(jobsBucket) }, ErrCorrupt, "buckets"},
		"another bucket":            {func(tx *bolt.Tx) error { _, err := tx.CreateBucket([]byte("more")); return err }, ErrCorrupt, "more"},
		"bucket among the jobs":     {func(tx *bolt.Tx) error { _, err := tx.Bucket(jobsBucket).CreateBucket(key(9)); return err }, ErrCorrupt, "a bucket where"},
		"short key":                 {func(tx *bolt.Tx) error { return tx.Bucket(jobsBucket).Put([]byte("k"), record(tx, 1)) }, ErrCorrupt, "job key 6b"},
		"key 0":                     {func(tx *bolt.Tx) error { return put(tx, 0, record(tx, 1)) }, ErrCorrupt, "job key 0"},
		"record of a later version": {func(tx *bolt.Tx) error { r := record(tx, 3); r[0] = 9; return put(tx, 3, r) }, ErrCorrupt, "record version 9"},
		"empty record":              {func(tx *bolt.Tx) error { return put(tx, 3, nil) }, ErrCorrupt, "record of 0 bytes"},
		"short record":              {func(tx *bolt.Tx) error { return put(tx, 3, record(tx, 3)[:24]) }, ErrCorrupt, "record of 24 bytes"},
		"changed record":            {func(tx *bolt.Tx) error { r := record(tx, 3); r[len(r)-1] ^= 4; return put(tx, 3, r) }, ErrCorrupt, "checksum"},
		"record twice":              {func(tx *bolt.Tx) error { return put(tx, 9, record(tx, 1)) }, ErrCorrupt, "twice"},
		"owner that is not there":   {func(tx *bolt.Tx) error { r := record(tx, 3); r[recordHead] = 77; return put(tx, 3, seal(r)) }, ErrCorrupt, "owner 77"},
		"no owner":                  {func(tx *bolt.Tx) error { r := record(tx, 3); r[recordHead] = 0; return put(tx, 3, seal(r)) }, ErrCorrupt, "owner 0"},
		"owner cut short": {func(tx *bolt.Tx) error {
			r := record(tx, 3)[:recordHead]
			return put(tx, 3, seal(append(r, 0x80, 0x80, 0x80, 0x80)))
		}, ErrCorrupt, "cut short"},
		"flags": {func(tx *bolt.Tx) error {
			r := record(tx, 3)
			return put(tx, 3, seal(append(append(r[:recordHead:recordHead], r[recordHead], 0xff, 0xff, 0xff, 0x7f), r[recordHead+2:]...)))
		}, ErrCorrupt, "flags 0xf"},
		"state":                     {func(tx *bolt.Tx) error { r := record(tx, 3); r[recordHead+2] = 0xff; return put(tx, 3, seal(r)) }, ErrCorrupt, "state 255"},
		"identity that is no token": {identity(9, "token?"), ErrCorrupt, "identity 9"},
		"identity without a token":  {identity(9, ""), ErrCorrupt, "identity 9"},
		"identity 0":                {identity(0, token.LocalService().Key()), ErrCorrupt, "identity 0"},
		"identity of a huge number": {identity(1<<31, token.LocalService().Key()), ErrCorrupt, "identity 2147483648"},
		"identity twice":            {identity(9, token.LocalSystem().Key()), ErrCorrupt, "identity 9"},
		"identity of an odd key":    {func(tx *bolt.Tx) error { return tx.Bucket(identitiesBucket).Put([]byte("key"), []byte("v")) }, ErrCorrupt, "identity key 6b6579"},
		"bucket among the identities": {func(tx *bolt.Tx) error {
			_, err := tx.Bucket(identitiesBucket).CreateBucket([]byte("four"))
			return err
		}, ErrCorrupt, "a bucket where"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path, _ := storeFile(t)
			edit(t, path, row.change)
			for how, opening := range bothWays {
				requireUntouched(t, path, func() {
					_, err := opening(path)
					require.ErrorIs(t, err, row.want, how)
					require.ErrorContains(t, err, row.says, how)
				})
			}
			requireUntouched(t, path, func() { requireExamined(t, path, row.want) })
		})
	}
}

// requireExamined sees that Examine finds a file wanting that does not open.
func requireExamined(t *testing.T, path string, want error) {
	t.Helper()
	report, err := Examine(path, nil)
	if errors.Is(want, ErrCorrupt) {
		require.NoError(t, err)
		require.NotEmpty(t, report.Damage)
		require.ErrorIs(t, report.Damage[0], ErrCorrupt)
		require.LessOrEqual(t, report.Jobs, 6)
		return
	}
	require.ErrorIs(t, err, want)
}

// TestOtherJobsThanCommitted has records that are each in order, and not those
// of the last transaction.
func TestOtherJobsThanCommitted(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		change func(tx *bolt.Tx) error
		says   string
	}{
		"one less": {func(tx *bolt.Tx) error { k := seqKey(2); return tx.Bucket(jobsBucket).Delete(k[:]) }, "the jobs in it are not those"},
		"all less": {func(tx *bolt.Tx) error {
			return errors.Join(tx.DeleteBucket(jobsBucket), onlyErr(tx.CreateBucket(jobsBucket)))
		}, "the jobs in it are not those"},
		"identity": {func(tx *bolt.Tx) error {
			return tx.Bucket(identitiesBucket).Put([]byte{0, 0, 0, 9}, []byte(token.LocalService().Key()))
		}, "the identities in it are not those"},
		"number only": {func(*bolt.Tx) error { return nil }, "the jobs in it are not those"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path, _ := storeFile(t)
			db, err := bolt.Open(path, 0o600, &bolt.Options{NoSync: true})
			require.NoError(t, err)
			require.NoError(t, db.Update(row.change))
			require.NoError(t, db.Close())
			for how, opening := range bothWays {
				_, err := opening(path)
				require.ErrorIs(t, err, ErrCorrupt, how)
				require.ErrorContains(t, err, row.says, how)
			}
			requireExamined(t, path, ErrCorrupt)
		})
	}
}

func onlyErr(_ any, err error) error { return err }

// TestAcceptOlder has one meta page bad (pitfall corrupt: bbolt goes back one
// transaction without a word): what follows is the file as of the transaction
// before, but only when asked for.
func TestAcceptOlder(t *testing.T) {
	t.Parallel()
	for page := range int64(2) {
		path, ids := storeFile(t)
		f, err := os.OpenFile(path, os.O_RDWR, 0)
		require.NoError(t, err)
		fi, err := f.Stat()
		require.NoError(t, err)
		newest, err := readMeta(f, fi.Size(), false)
		require.NoError(t, err)
		_, err = f.WriteAt([]byte{0xff}, page*int64(newest.pageSize)+pageHeader)
		require.NoError(t, err)
		require.NoError(t, f.Close())
		for _, opening := range bothWays {
			_, err := opening(path)
			require.ErrorIs(t, err, ErrCorrupt)
			require.ErrorContains(t, err, fmt.Sprintf("meta page %d is bad", page))
			require.ErrorContains(t, err, "AcceptOlder")
		}
		want := ids
		if newest.txid%2 == uint64(page) {
			want = ids[:4]
		}
		for _, opening := range []func(string, ...Option) (*Store, error){OpenReadOnly, Open} {
			s, err := opening(path, AcceptOlder())
			require.NoError(t, err)
			require.NoError(t, s.Check())
			require.Equal(t, len(want), s.Len())
			if !s.readOnly {
				_, err := s.Create(Job{Owner: token.LocalSystem()})
				require.NoError(t, err)
			}
			require.NoError(t, s.Close())
		}
		s, err := Open(path)
		require.NoError(t, err, "a commit has written the bad page anew")
		require.NoError(t, s.Check())
		require.NoError(t, s.Close())
	}
}
