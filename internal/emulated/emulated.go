// Package emulated gives package bitstest an emulator to test.
package emulated

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu"
	"github.com/bitsemu/bitsemu/bitstest"
	"github.com/bitsemu/bitsemu/bitsupload"
	"github.com/bitsemu/bitsemu/sid"
	"github.com/bitsemu/bitsemu/token"
	"github.com/bitsemu/bitsemu/winver"
)

const (
	server  = "http://files.test"
	uploads = "http://uploads.test"
	replies = "http://replies.test"
	share   = `\\files\share`
)

// Open starts an emulator and tells what surrounds it.
func Open(t testing.TB, build winver.Build, opts ...bitsemu.Option) (*bitsemu.Emulator, []bitstest.Option) {
	t.Helper()
	emu := bitsemu.RunT(t, append([]bitsemu.Option{bitsemu.Windows(build), bitsemu.Share(share, t.TempDir())}, opts...)...)
	require.NoError(t, emu.Handle(server, bitstest.Handler()))
	reply := bitstest.Content(300)
	uploaded := handle(t, emu, uploads, bitsupload.Options{})
	handle(t, emu, replies, bitsupload.Options{Notify: bitsupload.Notification{
		Type: bitsupload.NotifyByValue,
		URL:  replies,
		Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write(reply) // a server that does not get it says so
		}),
	}})
	version := build.BITS()
	return emu, []bitstest.Option{
		bitstest.Version(version.Major(), version.Minor()),
		bitstest.Server(server),
		bitstest.Uploads(uploads, uploaded.ReadFile),
		bitstest.Replies(replies, reply),
		bitstest.Dir(`C:\Downloads`, emu.Path),
		bitstest.Share(share, emu.Path),
		bitstest.Wait(func(done func() bool) bool { return wait(emu, done) }),
		bitstest.As(callers(emu)),
	}
}

// handle puts a server that takes uploads at a host, and returns where they go.
func handle(t testing.TB, emu *bitsemu.Emulator, host string, options bitsupload.Options) *bitsupload.Memory {
	t.Helper()
	files := &bitsupload.Memory{}
	s, err := bitsupload.New(files, options)
	require.NoError(t, err)
	require.NoError(t, emu.Handle(host, s))
	return files
}

// wait lets up to an hour go by, a second at a time.
func wait(emu *bitsemu.Emulator, done func() bool) bool {
	for range 3600 {
		if done() {
			return true
		}
		emu.Settle()
		if done() {
			return true
		}
		emu.Advance(time.Second)
	}
	return done()
}

// callers logs the callers on and returns how to become them.
func callers(emu *bitsemu.Emulator) func(context.Context, bitstest.Caller) (context.Context, bool) {
	machine := sid.MustParse("S-1-5-21-3623811015-3361044348-30300820")
	user := func(rid uint32) (sid.SID, token.Option) {
		who, err := machine.WithRID(rid)
		if err != nil {
			panic(err) // the numbers above are a domain
		}
		return who, token.WithSession(emu.LogOn(who))
	}
	alice, aliceSession := user(2001)
	bob, bobSession := user(2002)
	carol, carolSession := user(2003)
	tokens := map[bitstest.Caller]token.Token{
		bitstest.User:                  token.User(alice, aliceSession),
		bitstest.OtherUser:             token.User(bob, bobSession),
		bitstest.Administrator:         token.ElevatedAdmin(carol, carolSession),
		bitstest.FilteredAdministrator: token.FilteredAdmin(carol, carolSession),
		bitstest.LocalSystem:           token.LocalSystem(),
		bitstest.NetworkService:        token.NetworkService(),
		bitstest.Identified:            token.User(alice, aliceSession, token.WithLevel(token.LevelIdentify)),
	}
	return func(ctx context.Context, c bitstest.Caller) (context.Context, bool) {
		t, ok := tokens[c]
		return token.NewContext(ctx, t), ok
	}
}
