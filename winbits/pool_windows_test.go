package winbits

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/windows"

	"github.com/bitsemu/bitsemu/hresult"
)

// ownToken is a token of the process's user, for impersonation.
func ownToken(t *testing.T) uintptr {
	t.Helper()
	var process, token windows.Token
	require.NoError(t, windows.OpenProcessToken(windows.CurrentProcess(), windows.TOKEN_DUPLICATE|windows.TOKEN_QUERY, &process))
	defer process.Close()
	require.NoError(t, windows.DuplicateTokenEx(process, windows.MAXIMUM_ALLOWED, nil,
		windows.SecurityImpersonation, windows.TokenImpersonation, &token))
	t.Cleanup(func() { require.NoError(t, token.Close()) })
	return uintptr(token)
}

// impersonates tells whether the thread has a token of its own.
func impersonates() bool {
	var token windows.Token
	if windows.OpenThreadToken(windows.CurrentThread(), windows.TOKEN_QUERY, true, &token) != nil {
		return false
	}
	_ = token.Close() // it was only looked for
	return true
}

func TestTokenIsOfOneCall(t *testing.T) {
	p, err := newPool(true) // one thread, so that the next call has the same
	require.NoError(t, err)
	defer func() { require.NoError(t, p.shut(func() {})) }()
	ctx := NewContext(t.Context(), ownToken(t))
	for range 3 {
		var during, after bool
		require.NoError(t, p.run(ctx, func() { during = impersonates() }))
		require.NoError(t, p.run(t.Context(), func() { after = impersonates() }))
		require.True(t, during)
		require.False(t, after)
	}
	err = p.run(NewContext(t.Context(), 0xdead0), func() { t.Error("a call with a token that is none") })
	require.Error(t, err)
	_, ok := hresult.Of(err)
	require.True(t, ok)
	require.NoError(t, p.run(NewContext(ctx, 0), func() { require.False(t, impersonates()) }))
}

func TestCallsTakeTurns(t *testing.T) {
	p, err := newPool(true)
	require.NoError(t, err)
	running, most := 0, 0
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			require.NoError(t, p.run(context.Background(), func() {
				running++
				most = max(most, running)
				running--
			}))
		})
	}
	all.Wait()
	require.Equal(t, 1, most)
	require.NoError(t, p.shut(func() {}))
	require.ErrorIs(t, p.run(t.Context(), func() {}), hresult.RPC_E_DISCONNECTED)
}

// A call within a call has a thread of its own.
func TestCallWithinACall(t *testing.T) {
	p, err := newPool(false)
	require.NoError(t, err)
	depth := 0
	var nest func()
	nest = func() {
		if depth++; depth < 10 {
			require.NoError(t, p.run(t.Context(), nest))
		}
	}
	require.NoError(t, p.run(t.Context(), nest))
	require.Equal(t, 10, depth)
	require.NoError(t, p.shut(func() {}))
}

// A call that panics does so where it was made, and leaves no thread with a token.
func TestPanicOfACall(t *testing.T) {
	p, err := newPool(true)
	require.NoError(t, err)
	for _, ctx := range []context.Context{t.Context(), NewContext(t.Context(), ownToken(t))} {
		require.PanicsWithError(t, "", func() {
			defer func() {
				why := recover()
				caught, ok := why.(*panicked)
				require.True(t, ok, why)
				require.Equal(t, "as asked", caught.why)
				require.Contains(t, caught.Error(), "TestPanicOfACall")
				panic(errors.New(""))
			}()
			_ = p.run(ctx, func() { panic("as asked") })
		})
		for range spare + 1 {
			var after bool
			require.NoError(t, p.run(t.Context(), func() { after = impersonates() }))
			require.False(t, after)
		}
	}
	require.NoError(t, p.shut(func() {}))
}

// Threads that somebody has put into another apartment are not used.
func TestThreadsOfOtherApartments(t *testing.T) {
	var entered, all sync.WaitGroup
	leave := make(chan struct{})
	entered.Add(10)
	for range 10 {
		all.Go(func() {
			runtime.LockOSThread()
			defer runtime.UnlockOSThread() // the thread stays in its apartment
			if err := windows.CoInitializeEx(0, windows.COINIT_APARTMENTTHREADED); err != nil {
				t.Error(err)
			}
			entered.Done()
			<-leave
		})
	}
	entered.Wait()
	close(leave)
	all.Wait()
	for range 5 {
		p, err := newPool(false)
		require.NoError(t, err)
		var calls sync.WaitGroup
		for range 10 {
			calls.Go(func() { require.NoError(t, p.run(context.Background(), func() {})) })
		}
		calls.Wait()
		require.NoError(t, p.shut(func() {}))
	}
}
