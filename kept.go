package bitsemu

import (
	"slices"
	"sync"

	"github.com/google/uuid"
)

// maxKept is how many entries of a kind are kept.
const maxKept = 100_000

// kept are the latest entries of a kind, each about a job.
type kept[T interface{ about() uuid.UUID }] struct {
	mu  sync.Mutex
	all []T
}

// push adds an entry, and reports whether others were dropped for it. It is called with
// mu held.
func (k *kept[T]) push(entry T) (dropped bool) {
	if len(k.all) >= maxKept {
		k.all, dropped = append(k.all[:0], k.all[maxKept/2:]...), true
	}
	k.all = append(k.all, entry)
	return dropped
}

func (k *kept[T]) list() []T {
	k.mu.Lock()
	defer k.mu.Unlock()
	return slices.Clone(k.all)
}

func (k *kept[T]) of(job uuid.UUID) []T {
	k.mu.Lock()
	defer k.mu.Unlock()
	var of []T
	for i := range k.all {
		if k.all[i].about() == job {
			of = append(of, k.all[i])
		}
	}
	return of
}
