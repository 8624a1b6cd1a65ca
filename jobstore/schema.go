package jobstore

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strconv"

	bolt "go.etcd.io/bbolt"
)

// SchemaVersion is the version of the file's layout: which buckets there are
// and what their keys mean. It changes when a program of the version before
// would read a file wrongly. A new field of a record does not change it.
const SchemaVersion = 1

var (
	schemaKey    = []byte("schema")
	schemaPrefix = []byte("bitsemu job store, schema ")
)

// upgrade brings a file from one schema version to the next, within the
// transaction that says so.
type upgrade func(*bolt.Tx) error

// upgrades has the step from each older version.
var upgrades = map[int]upgrade{}

func schemaValue(version int) []byte {
	return strconv.AppendInt(bytes.Clone(schemaPrefix), int64(version), 10)
}

// checkSchema refuses what is no store or a later one. It makes an empty file a
// store, and brings an older store up to date: then the file has changed.
func (s *Store) checkSchema(f *boltFile, t *tree, o *options) (changed bool, err error) {
	version, err := t.schema(o.schema) // 0: an empty file
	switch {
	case err != nil:
		return false, err
	case version == o.schema:
		return false, nil
	case version > o.schema:
		return false, schemaError("it has schema version %d, and this program knows %d at most: use a later one", version, o.schema)
	case s.readOnly && version == 0:
		return false, &Error{Kind: ErrNotStore, Detail: "it is empty"}
	case s.readOnly:
		return false, schemaError("it has schema version %d, and this program wants %d: open it once to be written, to bring it up to date", version, o.schema)
	}
	// bbolt is about to follow the tree, so it must be sound.
	if err := t.sound(); err != nil {
		return false, err
	}
	return true, guard(func() error {
		return f.db.Update(func(tx *bolt.Tx) error {
			if version == 0 {
				return initSchema(tx)
			}
			return upgradeSchema(tx, version, o)
		})
	})
}

func schemaError(format string, args ...any) error {
	return &Error{Kind: ErrSchema, Detail: fmt.Sprintf(format, args...)}
}

// schema reads the version, and sees that the buckets are there if it is known.
func (t *tree) schema(known int) (int, error) {
	if len(t.buckets) == 0 && t.meta.txid <= 1 {
		return 0, nil // bbolt has made it, and nobody has written to it
	}
	foreign := &Error{Kind: ErrNotStore, Detail: "it is a bbolt database of something else"}
	if _, ok := t.buckets[string(metaBucket)]; !ok {
		return 0, foreign
	}
	var value []byte
	err := t.items(metaBucket, func(k, v []byte, isBucket bool) error {
		if !isBucket && bytes.Equal(k, schemaKey) {
			value = bytes.Clone(v)
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	v, ok := bytes.CutPrefix(value, schemaPrefix)
	if !ok {
		return 0, foreign
	}
	version, err := strconv.Atoi(string(v))
	if err != nil || version < 1 {
		return 0, corrupt("schema %q", value)
	}
	if version == known && !slices.Equal(slices.Sorted(maps.Keys(t.buckets)), bucketNames) {
		return 0, corrupt("buckets %q", slices.Sorted(maps.Keys(t.buckets)))
	}
	return version, nil
}

// bucketNames are the buckets of a store, in the order of bytes.
var bucketNames = []string{string(identitiesBucket), string(jobsBucket), string(metaBucket)}

func initSchema(tx *bolt.Tx) error {
	for _, name := range bucketNames {
		if _, err := tx.CreateBucket([]byte(name)); err != nil {
			return err
		}
	}
	return putSchema(tx, SchemaVersion)
}

// upgradeSchema takes the steps from version on. They may change jobs.
func upgradeSchema(tx *bolt.Tx, version int, o *options) error {
	for v := version; v < o.schema; v++ {
		step := o.upgrades[v]
		if step == nil {
			return schemaError("it has schema version %d, from which there is no way to %d", version, o.schema)
		}
		if err := step(tx); err != nil {
			return err
		}
	}
	return putSchema(tx, o.schema)
}

// putSchema says which version the file is of, and vouches for its jobs.
func putSchema(tx *bolt.Tx, version int) error {
	var print uint64
	jobs := tx.Bucket(jobsBucket)
	err := jobs.ForEach(func(k, rec []byte) error {
		seq, err := seqOf(k, 1)
		if err == nil && len(rec) < recordHead {
			err = corrupt("a record of %d bytes", len(rec))
		}
		if err != nil {
			return err
		}
		print += recordPrint(seq, rec)
		return nil
	})
	if err != nil {
		return err
	}
	if err := jobs.SetSequence(bind(print, uint64(tx.ID()))); err != nil {
		return err
	}
	return tx.Bucket(metaBucket).Put(schemaKey, schemaValue(version))
}
