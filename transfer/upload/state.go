package upload

import "time"

// State is what is to be remembered with the job: plain values, complete after
// each step, also after one that failed. The zero State is an upload that has not
// begun.
type State struct {
	Session string // BITS-Session-Id; "" when there is no session
	Offset  uint64 // the byte that the server wants next: what it has acknowledged

	Host          string        // BITS-Host-Id: the host to talk to; "" for that of the remote name
	HostTimeout   time.Duration // how long the host may be out of reach before the one of the remote name is used again; 0 for ever
	HostLostSince time.Time     // when the host was found out of reach; zero while it is not

	Finished bool   // the server has acknowledged the whole file
	ReplyURL string // where the reply of an upload-reply job is, absolute; known when Finished
	Closed   bool   // the session is closed or cancelled: nothing is left to do
}

// forget drops the session: the upload begins again at the first byte.
func (s *State) forget() { s.Session, s.Offset = "", 0 }

// leaveHost goes back to the host of the remote name (D ack-for-create-session).
// That server normally does not know the session, so an unfinished upload begins
// again (I). When there is only a session to close, it is kept: to be told that
// it does not exist is as good.
func (s *State) leaveHost() {
	s.dropHost()
	if !s.Finished {
		s.forget()
	}
}

func (s *State) dropHost() { s.Host, s.HostTimeout, s.HostLostSince = "", 0, time.Time{} }

// hostExpired reports whether the host has been out of reach for too long.
func (s *State) hostExpired(now time.Time) bool {
	return s.Host != "" && s.HostTimeout > 0 && !s.HostLostSince.IsZero() && now.Sub(s.HostLostSince) >= s.HostTimeout
}
