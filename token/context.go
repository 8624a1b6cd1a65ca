package token

import "context"

type contextKey struct{}

// NewContext returns a context in which t is the caller. That is what a thread's
// token is to COM: to impersonate is to derive a context, to revert is to go on
// with the old one. The zero Token hides the caller of the outer context.
func NewContext(ctx context.Context, t Token) context.Context {
	return context.WithValue(ctx, contextKey{}, t)
}

// FromContext returns the caller, and false if the context names none.
func FromContext(ctx context.Context) (Token, bool) {
	t, _ := ctx.Value(contextKey{}).(Token)
	return t, !t.IsZero()
}
