package token_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/token"
)

func TestContext(t *testing.T) {
	t.Parallel()
	caller, ok := token.FromContext(t.Context())
	require.False(t, ok)
	require.True(t, caller.IsZero())

	owner, helper := token.NetworkService(), token.User(alice)
	ctx := token.NewContext(t.Context(), owner)
	impersonating := token.NewContext(ctx, helper)

	caller, ok = token.FromContext(impersonating)
	require.True(t, ok)
	require.Equal(t, helper, caller)

	caller, ok = token.FromContext(ctx)
	require.True(t, ok)
	require.Equal(t, owner, caller, "the outer context reverts to the owner")

	caller, ok = token.FromContext(token.NewContext(ctx, token.Token{}))
	require.False(t, ok, "no token hides the owner")
	require.True(t, caller.IsZero())
}
