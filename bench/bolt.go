package bench

import (
	"encoding/binary"
	"encoding/json"

	bolt "go.etcd.io/bbolt"
)

var (
	bktJobs  = []byte("jobs")
	bktOwner = []byte("by_owner") // owner SID and GUID -> flags
	bktState = []byte("by_state") // state and GUID -> nothing
)

func ownerKey(dst []byte, j *Job) []byte {
	dst = j.Owner.AppendBinary(dst)
	return append(dst, j.ID[:]...)
}

func stateKey(dst []byte, j *Job) []byte {
	dst = append(dst, j.State)
	return append(dst, j.ID[:]...)
}

func boltSchema(tx *bolt.Tx) error {
	for _, b := range [][]byte{bktJobs, bktOwner, bktState} {
		if _, err := tx.CreateBucketIfNotExists(b); err != nil {
			return err
		}
	}
	return nil
}

// boltPut writes a record and two index entries.
func boltPut(tx *bolt.Tx, j *Job) error {
	if err := putRecord(tx, j); err != nil {
		return err
	}
	var flags [4]byte
	binary.LittleEndian.PutUint32(flags[:], j.HelperFlags)
	if err := tx.Bucket(bktOwner).Put(ownerKey(nil, j), flags[:]); err != nil {
		return err
	}
	return tx.Bucket(bktState).Put(stateKey(nil, j), nil)
}

// putRecord writes the record alone, as a store does that keeps its indexes in
// memory and builds them when it opens.
func putRecord(tx *bolt.Tx, j *Job) error {
	return tx.Bucket(bktJobs).Put(j.ID[:], j.Encode(make([]byte, 0, 320)))
}

// putJSON writes the record alone, as JSON.
func putJSON(tx *bolt.Tx, j *Job) error {
	v, err := json.Marshal(j.json())
	if err != nil {
		return err
	}
	return tx.Bucket(bktJobs).Put(j.ID[:], v)
}

// putSeq writes the record under a sequence number, the GUID being part of the
// value and found through an index in memory. A commit then touches the last
// leaf only, and leaves are full.
func putSeq(tx *bolt.Tx, j *Job) error {
	b := tx.Bucket(bktJobs)
	b.FillPercent = 1
	n, err := b.NextSequence()
	if err != nil {
		return err
	}
	var k [8]byte
	binary.BigEndian.PutUint64(k[:], n)
	return b.Put(k[:], j.Encode(append(make([]byte, 0, 320), j.ID[:]...)))
}

// boltFill makes the buckets and puts the jobs numbered in order, step of them
// in each transaction.
func boltFill(db *bolt.DB, order []int, step int, put func(*bolt.Tx, *Job) error) error {
	if err := db.Update(boltSchema); err != nil {
		return err
	}
	for len(order) > 0 {
		n := min(step, len(order))
		err := db.Update(func(tx *bolt.Tx) error {
			for _, i := range order[:n] {
				j := MakeJob(i)
				if err := put(tx, &j); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		order = order[n:]
	}
	return nil
}

// upTo gives the numbers below n. Keys being random, that is a random order.
func upTo(n int) []int {
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	return order
}
