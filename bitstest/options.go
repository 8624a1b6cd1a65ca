package bitstest

import (
	"context"
	"strings"
	"time"
)

// Option describes a part of the surroundings of the manager under test.
type Option func(*surroundings)

// surroundings are what the options say.
type surroundings struct {
	dir       string
	path      func(windowsName string) string
	share     string
	sharePath func(windowsName string) string
	server    string
	uploads   string
	uploaded  func(name string) ([]byte, error)
	replies   string
	reply     []byte
	wait      func(done func() bool) bool
	as        func(context.Context, Caller) (context.Context, bool)
	version   version
}

// Dir names a directory, C:\Downloads for instance, in which the default caller
// may make local files, and those of [As] too. path tells where a file of this
// Windows name is on the machine that runs the test, and nil that it has the same
// name there. Without this option all cases are skipped in which files are added
// to jobs.
func Dir(windowsName string, path func(windowsName string) string) Option {
	return func(s *surroundings) { s.dir, s.path = strings.TrimRight(windowsName, `\`), orSame(path) }
}

// Share names an SMB share or a directory below one, \\server\share for
// instance, from which the default caller may read. The suite makes files there;
// path is as for [Dir].
func Share(windowsName string, path func(windowsName string) string) Option {
	return func(s *surroundings) { s.share, s.sharePath = strings.TrimRight(windowsName, `\`), orSame(path) }
}

func orSame(path func(string) string) func(string) string {
	if path == nil {
		return func(name string) string { return name }
	}
	return path
}

// Server is the URL of a server whose root is a [Handler], without a slash at its
// end: "http://127.0.0.1:8080". It must be an address that BITS reaches without a
// proxy. Without this option no case transfers anything over HTTP.
func Server(url string) Option {
	return func(s *surroundings) { s.server = strings.TrimRight(url, "/") }
}

// Uploads is the URL of a directory on a server that takes uploads by the BITS
// upload protocol, without a slash at its end. read returns what was uploaded
// there under a name; with nil nobody looks at it.
func Uploads(url string, read func(name string) ([]byte, error)) Option {
	return func(s *surroundings) { s.uploads, s.uploaded = strings.TrimRight(url, "/"), read }
}

// Replies is [Uploads] for a directory where the server answers each upload with
// this reply, which has at most 1 MiB.
func Replies(url string, reply []byte) Option {
	return func(s *surroundings) { s.replies, s.reply = strings.TrimRight(url, "/"), reply }
}

// Wait tells how time passes for the manager: wait lets it pass, calls done again
// and again meanwhile, and returns true once done does, or false when that takes
// too long. Some cases need time for a retry after 5 s. With nil, as without this
// option, time is real, and too long is a minute.
func Wait(wait func(done func() bool) bool) Option {
	return func(s *surroundings) { s.wait = wait }
}

func realTime(done func() bool) bool {
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if done() {
			return true
		}
	}
	return done()
}

// Version is the version of BITS, such as 10 and 2: interfaces up to it must be
// there, and later ones must not. Without this option what is there counts.
func Version(major, minor uint8) Option {
	return func(s *surroundings) { s.version = version{major, minor} }
}

// Caller is somebody who calls BITS.
type Caller uint8

// The callers that [As] is asked for. All are known to the system, and whoever
// is no service is logged on interactively.
const (
	User                  Caller = 1 + iota // an ordinary user: no administrator, of medium integrity
	OtherUser                               // another one
	Administrator                           // a user with enabled BUILTIN\Administrators, elevated, of high integrity
	FilteredAdministrator                   // the same user before elevation: that group deny-only, of medium integrity
	LocalSystem                             // S-1-5-18
	NetworkService                          // S-1-5-20
	Identified                              // User at impersonation level Identify: the service may not act in the name of this caller
)

// String is the name of the constant.
func (c Caller) String() string {
	switch c {
	case User:
		return "User"
	case OtherUser:
		return "OtherUser"
	case Administrator:
		return "Administrator"
	case FilteredAdministrator:
		return "FilteredAdministrator"
	case LocalSystem:
		return "LocalSystem"
	case NetworkService:
		return "NetworkService"
	case Identified:
		return "Identified"
	}
	return "no caller"
}

// As tells how to become somebody else: as derives from ctx a context in which
// the caller is c, and returns false if it cannot. Without this option, and in all
// cases that do not ask for anybody, the caller is who calls with the context of
// the test.
func As(as func(ctx context.Context, c Caller) (context.Context, bool)) Option {
	return func(s *surroundings) { s.as = as }
}
