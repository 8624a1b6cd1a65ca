package bench

import (
	badger "github.com/dgraph-io/badger/v4"
)

func badgerOptions(dir string) badger.Options {
	return badger.DefaultOptions(dir).WithLogger(nil).WithMetricsEnabled(false)
}

// badgerPut writes a record and two index entries.
func badgerPut(txn *badger.Txn, j *Job) error {
	id := j.ID
	if err := txn.Set(append([]byte("j"), id[:]...), j.Encode(make([]byte, 0, 320))); err != nil {
		return err
	}
	if err := txn.Set(ownerKey([]byte("o"), j), nil); err != nil {
		return err
	}
	return txn.Set(stateKey([]byte("s"), j), nil)
}

// badgerFill puts jobs 0 to n-1.
func badgerFill(db *badger.DB, n int) error {
	const step = 1000
	for lo := 0; lo < n; lo += step {
		err := db.Update(func(txn *badger.Txn) error {
			for i := lo; i < min(lo+step, n); i++ {
				j := MakeJob(i)
				if err := badgerPut(txn, &j); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}
