package jobstore

import "hash/crc32"

// storage keeps encoded records under sequence numbers, and encoded identities
// under theirs. There are two: a bbolt file and a map in memory.
type storage interface {
	// update runs fn in one transaction, which is kept when fn returns nil.
	update(fn func(tx storageTx) error) error
	// get hands fn a record, or nil; fn must not keep it.
	get(seq uint64, fn func(rec []byte) error) error
	// records walks all records by sequence number; fn must not keep rec.
	records(fn func(seq uint64, rec []byte) error) error
	// identities walks all identities by number.
	identities(fn func(n uint32, code []byte) error) error
	// fingerprint is what setFingerprint last stored.
	fingerprint() (uint64, error)
	close() error
}

type storageTx interface {
	get(seq uint64) []byte
	put(seq uint64, rec []byte) error
	delete(seq uint64) error
	putIdentity(n uint32, code string) error
	setFingerprint(f uint64) error
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func checksum(b []byte) uint32 { return crc32.Checksum(b, castagnoli) }

// recordPrint is a record's part of the fingerprint: the sum over all records
// of a store, kept in the file with each commit. Checksums tell that each
// record is what was written; the sum tells that they are all there, in their
// places, and of the last commit.
func recordPrint(seq uint64, rec []byte) uint64 {
	return mix(seq ^ uint64(recordChecksum(rec))<<32)
}

// identityPrint is the same for an identity.
func identityPrint(n uint32, code string) uint64 {
	return mix(uint64(n) ^ uint64(checksum([]byte(code)))<<32)
}

// mix spreads x over 64 bits (the finishing step of splitmix64).
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
