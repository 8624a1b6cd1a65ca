package main

import (
	"context"
	"time"

	"golang.org/x/sys/windows"

	"github.com/bitsemu/bitsemu/bitstest"
	"github.com/bitsemu/bitsemu/winbits"
	"github.com/bitsemu/bitsemu/winbits/internal/served"
)

// share is a share as Wine knows it: a directory below dosdevices/unc of the prefix,
// which the program that starts this one has made.
const share = `\\localhost\bitstest`

const patient = 4 * time.Second // with a job that should change its state

// surroundings are a server of all that a case may ask for, and what there is of Wine.
func surroundings() (url string, opts []bitstest.Option, err error) {
	server, opts, err := served.New() // which ends with the process
	if err != nil {
		return "", nil, err
	}
	return server.URL, append(opts,
		bitstest.Dir(dir, nil), bitstest.Share(share, nil), bitstest.Wait(wait), bitstest.As(as)), nil
}

// as can make of this process's user an administrator, which he is. Wine has no other
// user: its LogonUser answers success with a handle that is none, and a token keeps its
// high integrity, so that nobody is filtered either (O).
func as(ctx context.Context, c bitstest.Caller) (context.Context, bool) {
	if c != bitstest.Administrator {
		return ctx, false
	}
	var process, impersonation windows.Token
	if windows.OpenProcessToken(windows.CurrentProcess(), windows.TOKEN_DUPLICATE|windows.TOKEN_QUERY, &process) != nil {
		return ctx, false
	}
	defer func() { _ = process.Close() }() // it has been duplicated
	if windows.DuplicateTokenEx(process, windows.MAXIMUM_ALLOWED, nil,
		windows.SecurityImpersonation, windows.TokenImpersonation, &impersonation) != nil {
		return ctx, false
	}
	return winbits.NewContext(ctx, uintptr(impersonation)), true // closed with the process
}

// wait lets real time pass.
func wait(done func() bool) bool {
	for end := time.Now().Add(patient); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if done() {
			return true
		}
	}
	return done()
}
