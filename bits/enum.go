package bits

import (
	"context"
	"fmt"
	"iter"
	"reflect"

	"github.com/bitsemu/bitsemu/hresult"
)

// Enumerator is what [EnumJobs], [EnumFiles], [EnumPeers] and
// [EnumPeerCacheRecords] have in common: a list made once and a position in it.
// T is what they list, E the enumerator itself. What becomes of the listed
// things later changes nothing about the list, while the objects in it show
// their state as it is (D enumerating-jobs-in-the-transfer-queue.md,
// enumerating-files-in-a-job.md). Jobs come in no order that could be relied on
// (D), and for the others none is documented.
//
// [All] walks through one with a for loop. The documentation says nothing about
// who may call the methods; who got the enumerator may use it (I).
type Enumerator[T, E any] interface {
	Unknown

	// Next returns the next celt elements, or those that are left, and moves past
	// them.
	//
	// Answers: S_FALSE if there are fewer than celt, down to none (D).
	// BITS 1.0 (D nf-bits-ienumbackgroundcopyjobs-next.md,
	// nf-bits-ienumbackgroundcopyfiles-next.md); for peers and records BITS 3.0 (D
	// nf-bits3_0-ienumbitspeers-next.md,
	// nf-bits3_0-ienumbitspeercacherecords-next.md).
	Next(ctx context.Context, celt uint32) (elements []T, result hresult.HRESULT, err error)

	// Skip moves past the next celt elements, or past the last one.
	//
	// Answers: S_FALSE if there are fewer than celt (D).
	// BITS 1.0 (D nf-bits-ienumbackgroundcopyjobs-skip.md,
	// nf-bits-ienumbackgroundcopyfiles-skip.md); for peers and records BITS 3.0 (D
	// nf-bits3_0-ienumbitspeers-skip.md,
	// nf-bits3_0-ienumbitspeercacherecords-skip.md).
	Skip(ctx context.Context, celt uint32) (hresult.HRESULT, error)

	// Reset moves back to the start of the same list.
	// BITS 1.0 (D nf-bits-ienumbackgroundcopyjobs-reset.md,
	// nf-bits-ienumbackgroundcopyfiles-reset.md); for peers and records BITS 3.0 (D
	// nf-bits3_0-ienumbitspeers-reset.md,
	// nf-bits3_0-ienumbitspeercacherecords-reset.md).
	Reset(ctx context.Context) error

	// Clone returns another enumerator over the same list, at the same position.
	// BITS 1.0 (D nf-bits-ienumbackgroundcopyjobs-clone.md,
	// nf-bits-ienumbackgroundcopyfiles-clone.md); for peers and records BITS 3.0 (D
	// nf-bits3_0-ienumbitspeers-clone.md,
	// nf-bits3_0-ienumbitspeercacherecords-clone.md).
	Clone(ctx context.Context) (E, error)

	// GetCount returns the length of the list, wherever the position is.
	// BITS 1.0 (D nf-bits-ienumbackgroundcopyjobs-getcount.md,
	// nf-bits-ienumbackgroundcopyfiles-getcount.md); for peers and records BITS 3.0
	// (D nf-bits3_0-ienumbitspeers-getcount.md,
	// nf-bits3_0-ienumbitspeercacherecords-getcount.md).
	GetCount(ctx context.Context) (uint32, error)
}

// All walks through an enumerator from its position to its end:
//
//	jobs, err := manager.EnumJobs(ctx, 0)
//	...
//	for job, err := range bits.All(ctx, jobs) {
//
// The first error ends it and comes with no element. A loop that is left early
// leaves the position behind the last element that it got, and the next loop
// goes on from there. A nil enumerator is the error E_POINTER (C).
func All[T, E any](ctx context.Context, enum Enumerator[T, E]) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		if enum == nil {
			yield(none, fmt.Errorf("bits: no enumerator of %v: %w", reflect.TypeFor[T](), hresult.E_POINTER))
			return
		}
		for {
			elements, _, err := enum.Next(ctx, 1)
			if err != nil {
				yield(none, err)
				return
			}
			if len(elements) == 0 || !yield(elements[0], nil) {
				return
			}
		}
	}
}
