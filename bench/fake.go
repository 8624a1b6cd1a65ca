package bench

import "sync"

// entry is what a fake made by hand keeps: the fields that are asked for, and
// the job.
type entry struct {
	owner [28]byte
	flags uint32
	job   *Job
}

func entryOf(j *Job) entry {
	e := entry{flags: j.HelperFlags, job: j}
	j.Owner.AppendBinary(e.owner[:0])
	return e
}

// mapStore is such a fake.
type mapStore struct {
	mu sync.RWMutex
	m  map[GUID]entry
}

// fillMap gives jobs 0 to n-1.
func fillMap(n int) map[GUID]entry {
	m := make(map[GUID]entry, n)
	for i := range n {
		j := MakeJob(i)
		m[j.ID] = entryOf(&j)
	}
	return m
}
