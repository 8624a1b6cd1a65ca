package main

import (
	"context"
	"net/http"
	"net/http/httptest"
	"time"

	"golang.org/x/sys/windows"

	"github.com/bitsemu/bitsemu/bitstest"
	"github.com/bitsemu/bitsemu/bitsupload"
	"github.com/bitsemu/bitsemu/winbits"
)

// share is a share as Wine knows it: a directory below dosdevices/unc of the prefix,
// which the program that starts this one has made.
const share = `\\localhost\bitstest`

const patient = 4 * time.Second // with a job that should change its state

// surroundings are a server of all that a case may ask for, and what there is of Wine.
func surroundings() (url string, opts []bitstest.Option, err error) {
	uploads, replies := &bitsupload.Memory{}, &bitsupload.Memory{}
	reply := bitstest.Content(300)
	mux := http.NewServeMux()
	mux.Handle("/", bitstest.Handler())
	server := httptest.NewServer(mux) // which ends with the process
	for path, s := range map[string]struct {
		files   *bitsupload.Memory
		options bitsupload.Options
	}{
		"/uploads/": {uploads, bitsupload.Options{}},
		"/replies/": {replies, bitsupload.Options{Notify: bitsupload.Notification{
			Type: bitsupload.NotifyByValue, URL: server.URL + "/reply",
			Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				_, _ = w.Write(reply) // a server that does not get it says so
			}),
		}}},
	} {
		handler, err := bitsupload.New(s.files, s.options)
		if err != nil {
			return "", nil, err
		}
		mux.Handle(path, handler)
	}
	return server.URL, []bitstest.Option{
		bitstest.Server(server.URL),
		bitstest.Dir(dir, nil),
		bitstest.Share(share, nil),
		bitstest.Uploads(server.URL+"/uploads", func(name string) ([]byte, error) {
			return uploads.ReadFile("uploads/" + name)
		}),
		bitstest.Replies(server.URL+"/replies", reply),
		bitstest.Wait(wait),
		bitstest.As(as),
	}, nil
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
