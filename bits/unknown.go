package bits

import (
	"context"

	"github.com/google/uuid"
)

// Unknown is IUnknown: an object that can be asked for another of its
// interfaces. Programs do so with [Query]; QueryInterface is for those who
// implement the objects.
type Unknown interface {
	// QueryInterface returns the object as the interface that iid names, that is
	// as the Go interface for which [IIDOf] returns iid. On a job the caller is
	// judged here, from Windows 7 on, and what he may do is kept with what he
	// gets: a thread that impersonates somebody else may call it later. It can be
	// asked for in any state.
	//
	// Errors: E_NOINTERFACE if the object has no such interface, or if it came
	// with a later version of BITS than the one installed (D), whoever asks (C);
	// E_ACCESSDENIED for who is no reader of the job (I).
	// BITS 1.0 (D helper-tokens-for-bits-transfer-jobs.md, what-s-new.md,
	// service-accounts-and-bits.md).
	QueryInterface(ctx context.Context, iid uuid.UUID) (any, error)
}
