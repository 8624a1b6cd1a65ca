package upload

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/bitsemu/bitsemu/internal/bitspost"
)

// create sends Create-Session, to the host id if one is remembered (D MC-BUP
// 3.1.5.1.2).
func (u *Upload) create(ctx context.Context) (Result, error) {
	reply, err := u.send(ctx, bitspost.CreateSession, packet{})
	if err != nil {
		return Result{}, err
	}
	r := Result{Headers: reply.headers}
	if !reply.good() {
		return r, u.refused(bitspost.CreateSession, reply)
	}
	if err := u.open(reply); err != nil {
		return r, reply.invalid(err)
	}
	r.Connected = true
	u.next = phaseFragment
	if reply.HostID != "" {
		u.next = phasePing
	}
	return r, nil
}

// open takes the values of the answer to Create-Session.
func (u *Upload) open(reply reply) error {
	if !slices.ContainsFunc(offered, func(p string) bool { return bitspost.SameID(p, reply.Protocol) }) {
		return fmt.Errorf("the server chose protocol %.100q, which was not offered", reply.Protocol)
	}
	if err := bitspost.CheckSessionID(reply.Session); err != nil {
		return err
	}
	if reply.HostID != "" {
		if _, err := bitspost.ResolveHost(u.origin, reply.HostID); err != nil {
			return err
		}
		u.state.Host, u.state.HostTimeout, u.state.HostLostSince = reply.HostID, 0, time.Time{}
		if reply.HostSeconds != neverFallBack {
			u.state.HostTimeout = time.Duration(reply.HostSeconds) * time.Second
		}
	}
	u.state.Session, u.state.Offset = reply.Session, 0
	return nil
}

// offered is the list of BITS-Supported-Protocols, the best first.
var offered = []string{bitspost.Protocol}

// neverFallBack is what the timeout is when the server sends none (D MC-BUP
// 3.1.2.3).
const neverFallBack = 0xFFFFFFFF

// ping sends Ping: to the host id, which settles connection and logon there (D
// MC-BUP 3.1.5.1.3), or to the origin if the caller wishes so.
func (u *Upload) ping(ctx context.Context) (Result, error) {
	reply, err := u.send(ctx, bitspost.Ping, packet{})
	if err != nil {
		return Result{}, err
	}
	r := Result{Headers: reply.headers}
	if !reply.good() {
		return r, u.refused(bitspost.Ping, reply)
	}
	r.Connected = true
	u.next = phaseFragment
	if u.state.Session == "" {
		u.next = phaseCreate
	}
	return r, nil
}

// complete closes the session.
func (u *Upload) complete(ctx context.Context) (Result, error) {
	headers, err := u.end(ctx, bitspost.CloseSession)
	if err != nil {
		return Result{Uploaded: true, Headers: headers}, err
	}
	u.next = phaseDone
	return Result{Uploaded: true, Done: true, Headers: headers}, nil
}

// end sends Close-Session or Cancel-Session. It is sent again after a status of 500
// and more, unless the session is unknown, and never after another (D
// ack-for-close-session, ack-for-cancel-session). So another ends it as well (I).
func (u *Upload) end(ctx context.Context, kind bitspost.Packet) (headers string, err error) {
	reply, err := u.send(ctx, kind, packet{})
	if err != nil {
		return "", err
	}
	if reply.Status >= 500 && !reply.sessionUnknown() {
		return reply.headers, reply.error(reply.code(), true, nil)
	}
	u.state.Session, u.state.Closed = "", true
	return reply.headers, nil
}
