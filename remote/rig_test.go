package remote_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu"
	"github.com/bitsemu/bitsemu/bitstest"
	"github.com/bitsemu/bitsemu/internal/emulated"
	"github.com/bitsemu/bitsemu/remote"
	"github.com/bitsemu/bitsemu/serve"
	"github.com/bitsemu/bitsemu/winver"
)

// bearer is the token of the servers here.
const bearer = "0123456789abcdefghijklmnop"

// listening serves an emulator, and returns the address. The server ends with the test.
func listening(t testing.TB, emu *bitsemu.Emulator, address string, opts ...serve.Option) (*serve.Server, string) {
	t.Helper()
	server, err := serve.New(emu, append(opts, serve.BearerToken(bearer))...)
	require.NoError(t, err)
	l, err := serve.Listen(address)
	require.NoError(t, err)
	done := make(chan error, 1)
	go func() { done <- server.Serve(l) }()
	t.Cleanup(func() {
		require.NoError(t, server.Close())
		require.NoError(t, <-done)
	})
	return server, serve.Address(l)
}

// socket is the address of a unix socket in a directory with a short name.
func socket(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "bits") //nolint:usetesting // the name of a test's own may be too long for a socket
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(dir)) })
	return "unix:" + filepath.Join(dir, "s")
}

// dial connects to a server; the client is closed with the test.
func dial(t testing.TB, address string, opts ...remote.Option) *remote.Client {
	t.Helper()
	c, err := remote.Dial(t.Context(), address, append(opts, remote.Token(bearer))...)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, c.Close()) })
	return c
}

// open starts an emulator with a server and a client, and tells what surrounds them.
func open(t testing.TB, build winver.Build, address string, opts ...bitsemu.Option) (*bitsemu.Emulator, *remote.Client, []bitstest.Option) {
	t.Helper()
	emu, surroundings := emulated.Open(t, build, opts...)
	_, at := listening(t, emu, address)
	c := dial(t, at)
	ctx := context.WithoutCancel(t.Context())
	wait := func(done func() bool) bool {
		for range 3600 {
			require.NoError(t, c.Settle(ctx))
			if done() {
				return true
			}
			require.NoError(t, c.Advance(ctx, time.Second))
		}
		return done()
	}
	return emu, c, append(surroundings, bitstest.Wait(wait))
}
