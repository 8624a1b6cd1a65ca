// Package served is the server that cases of package bitstest ask for, on a port of this
// machine: with files, a directory that takes uploads, and one that replies to them.
package served

import (
	"net/http"
	"net/http/httptest"

	"github.com/bitsemu/bitsemu/bitstest"
	"github.com/bitsemu/bitsemu/bitsupload"
)

// New starts the server and tells bitstest of it.
func New() (*httptest.Server, []bitstest.Option, error) {
	uploads := &bitsupload.Memory{}
	reply := bitstest.Content(300)
	mux := http.NewServeMux()
	mux.Handle("/", bitstest.Handler())
	server := httptest.NewServer(mux)
	for path, o := range map[string]struct {
		files   *bitsupload.Memory
		options bitsupload.Options
	}{
		"/uploads/": {uploads, bitsupload.Options{}},
		"/replies/": {&bitsupload.Memory{}, bitsupload.Options{Notify: bitsupload.Notification{
			Type: bitsupload.NotifyByValue, URL: server.URL + "/reply",
			Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				_, _ = w.Write(reply) // a server that does not get it says so
			}),
		}}},
	} {
		handler, err := bitsupload.New(o.files, o.options)
		if err != nil {
			server.Close()
			return nil, nil, err
		}
		mux.Handle(path, handler)
	}
	return server, []bitstest.Option{
		bitstest.Server(server.URL),
		bitstest.Uploads(server.URL+"/uploads", func(name string) ([]byte, error) { return uploads.ReadFile("uploads/" + name) }),
		bitstest.Replies(server.URL+"/replies", reply),
	}, nil
}
