package jobstore

import (
	"bytes"
	"fmt"
	"strconv"

	bolt "go.etcd.io/bbolt"
)

// schemaVersion is the version of the file's layout: which buckets there are
// and what their keys mean. It changes when a program of the version before
// would read a file wrongly. A new field of a record does not change it.
const schemaVersion = 1

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

// checkSchema makes an empty file a store, refuses what is none or too new,
// and brings an older one up to date.
func (s *Store) checkSchema(f *boltFile, o *options) error {
	var version int // 0: an empty file
	err := guard(func() error {
		return f.db.View(func(tx *bolt.Tx) (err error) {
			version, err = readSchema(tx)
			return err
		})
	})
	if err != nil {
		return err
	}
	switch {
	case version == schemaVersion:
		return nil
	case version > schemaVersion:
		return schemaError("it has schema version %d, and this program knows %d at most: use a later one", version, schemaVersion)
	case s.readOnly && version == 0:
		return &Error{Kind: ErrNotStore, Detail: "it is empty"}
	case s.readOnly:
		return schemaError("it has schema version %d, and this program wants %d: open it once to be written, to bring it up to date", version, schemaVersion)
	}
	return guard(func() error {
		return f.db.Update(func(tx *bolt.Tx) error {
			if version == 0 {
				return initSchema(tx)
			}
			for v := version; v < schemaVersion; v++ {
				step := o.upgrades[v]
				if step == nil {
					return schemaError("it has schema version %d, from which there is no way to %d", version, schemaVersion)
				}
				if err := step(tx); err != nil {
					return err
				}
			}
			return tx.Bucket(metaBucket).Put(schemaKey, schemaValue(schemaVersion))
		})
	})
}

func schemaError(format string, args ...any) error {
	return &Error{Kind: ErrSchema, Detail: fmt.Sprintf(format, args...)}
}

func readSchema(tx *bolt.Tx) (int, error) {
	meta := tx.Bucket(metaBucket)
	if meta == nil {
		if k, _ := tx.Cursor().First(); k != nil {
			return 0, &Error{Kind: ErrNotStore, Detail: "it is a bbolt database of something else"}
		}
		return 0, nil
	}
	v, ok := bytes.CutPrefix(meta.Get(schemaKey), schemaPrefix)
	version, err := strconv.Atoi(string(v))
	if !ok || err != nil || version < 1 {
		return 0, corrupt("schema %q", meta.Get(schemaKey))
	}
	if version == schemaVersion && (tx.Bucket(jobsBucket) == nil || tx.Bucket(identitiesBucket) == nil) {
		return 0, corrupt("a bucket is missing")
	}
	return version, nil
}

func initSchema(tx *bolt.Tx) error {
	for _, name := range [][]byte{metaBucket, jobsBucket, identitiesBucket} {
		if _, err := tx.CreateBucket(name); err != nil {
			return err
		}
	}
	return tx.Bucket(metaBucket).Put(schemaKey, schemaValue(schemaVersion))
}
