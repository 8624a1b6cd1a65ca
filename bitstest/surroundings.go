package bitstest

import (
	"context"
)

// Surroundings are what some options say, for who runs cases in surroundings of
// others and has to know them.
type Surroundings struct {
	Dir, Share               string // Windows names; empty without the option
	Server, Uploads, Replies string // URLs
	Wait                     func(done func() bool) bool
	As                       func(context.Context, Caller) (context.Context, bool) // nil without the option
	Version                  string                                                // such as "10.2"
}

// Describe tells what options say. Of several of one kind the last counts, as it
// does for [Case.Check].
func Describe(opts ...Option) Surroundings {
	var s surroundings
	for _, o := range opts {
		o(&s)
	}
	d := Surroundings{
		Dir: s.dir, Share: s.share, Server: s.server, Uploads: s.uploads, Replies: s.replies, Wait: s.wait, As: s.as,
	}
	if d.Wait == nil {
		d.Wait = realTime
	}
	if s.version.known() {
		d.Version = s.version.String()
	}
	return d
}
