package jobstore

// hookedFile is a file with tests between it and the store.
type hookedFile struct {
	*boltFile
	atEnd func() error      // the last thing in a transaction
	after func(error) error // given what became of the transaction
}

func (h hookedFile) update(fn func(storageTx) error) error {
	return h.after(h.boltFile.update(func(tx storageTx) error {
		if err := fn(tx); err != nil {
			return err
		}
		return h.atEnd()
	}))
}

// HookCommits has atEnd called at the end of each transaction of a store with a
// file, and after with its outcome; nil does nothing. No call must be under
// way.
func HookCommits(s *Store, atEnd func() error, after func(error) error) (unhook func()) {
	f := s.storage.(*boltFile)
	if atEnd == nil {
		atEnd = func() error { return nil }
	}
	if after == nil {
		after = func(err error) error { return err }
	}
	s.storage = hookedFile{f, atEnd, after}
	return func() { s.storage = f }
}

// Transactions is the number of the last transaction in a store's file.
func Transactions(s *Store) (int, error) {
	return s.storage.(interface{ txid() (int, error) }).txid()
}

// RecordsPerView is how many records one transaction of a walk reads at most.
const RecordsPerView = recordsPerView
