package winbits

import (
	"context"
	"fmt"

	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/token"
)

type contextKey struct{}

// NewContext returns a context in which the caller is the one of a Windows token,
// a primary token or one for impersonation. It hides a token of package token. The
// handle 0 names the user of the process again.
//
// The handle stays the program's. It must be open as long as the context is in
// use, which for the context of SetNotifyInterface is as long as the callback is:
// the callback gets it.
func NewContext(ctx context.Context, handle uintptr) context.Context {
	return context.WithValue(token.NewContext(ctx, token.Token{}), contextKey{}, handle)
}

// handleOf is the token handle that ctx carries, and 0 for the user of the
// process. A token of package token stands for nobody on this machine, and to
// call as somebody else instead would not be right.
func handleOf(ctx context.Context) (uintptr, error) {
	if t, ok := token.FromContext(ctx); ok {
		return 0, fmt.Errorf("winbits: the context carries %v, which is no token of Windows (see NewContext): %w",
			t, hresult.CO_E_FAILEDTOIMPERSONATE)
	}
	handle, _ := ctx.Value(contextKey{}).(uintptr)
	return handle, nil
}
