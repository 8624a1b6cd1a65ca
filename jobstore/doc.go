// Package jobstore is a store of simulated BITS jobs in a bbolt file: it keeps
// each job's record, finds jobs by id and by owner, and survives being killed.
//
// What is asked most (owner, helper-token flags, state) is held in memory and
// read without a lock, so that reading never waits for a writer; the file is
// the truth, and is written in groups, so that many writers share a sync.
//
//	s, err := jobstore.Open("jobs.db")
//	if err != nil {
//		return err // says what is wrong with the file, or who has it open
//	}
//	defer s.Close()
//
//	e, err := s.Create(jobstore.Job{Owner: token.NetworkService(), DisplayName: "update"})
//	...
//	err = s.Update(e.ID(), func(j *jobstore.Job) error {
//		j.HelperTokenFlags = bits.BG_TOKEN_LOCAL_FILE
//		return nil
//	})
//	...
//	e.HelperTokenFlags() // a load from memory
//
// Four functions make a store. [Open] keeps jobs in a file, and what a call has
// reported as done is on disk. [OpenReadOnly] looks at one. [NewMemory] has no
// file. [NewScratch] has a bbolt file that is gone when it is closed, for tests
// that want all of the real code in play.
//
// The store knows no rules: who may read or change what is decided above it.
package jobstore
