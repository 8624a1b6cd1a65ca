package bitsemu

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"maps"
	"net/url"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/jobstore"
	"github.com/bitsemu/bitsemu/transfer"
	"github.com/bitsemu/bitsemu/transfer/upload"
)

// goodbye is an upload session that is to be cancelled at its server, for a job that
// is over: for 24 hours or the no-progress timeout, whichever is shorter (D
// nf-bits-ibackgroundcopyjob-cancel.md). It waits for a service that is stopped (I), and
// does not outlive the emulator (C).
type goodbye struct {
	up    *upload.Upload
	until time.Time
	delay time.Duration
}

// sayGoodbye has the server of a cancelled upload told.
func (e *Emulator) sayGoodbye(j *jobstore.Job) {
	if j.Type == bits.BG_JOB_TYPE_DOWNLOAD || j.UploadSession == "" || len(j.Files) == 0 || !isHTTP(j.Files[0].RemoteName) {
		return
	}
	secrets, err := e.secrets(j)
	if err != nil {
		return
	}
	f := &j.Files[0]
	var certificate *tls.Certificate
	if j.ClientCertificate.Set && isHTTPS(f.RemoteName) {
		certificate, _ = e.clientCertificate(j) // without it, the server will say what it lacks
	}
	up, err := upload.New(e.net.client(), upload.Request{
		URL: f.RemoteName, Header: secrets.CustomHeaders, Size: f.LocalSize, Auth: &answerer{e, j, secrets}, Security: j.SecurityFlags,
		Reply: j.Type == bits.BG_JOB_TYPE_UPLOAD_REPLY, ClientCertificate: certificate,
		Proxy: func(u *url.URL) (*url.URL, error) { // asked for without mu
			choose, err := e.proxyOf(j)
			if err != nil || choose == nil {
				return nil, err
			}
			return choose(u)
		},
	}, upload.State{Session: j.UploadSession, Host: j.UploadHost, Offset: min(f.BytesTransferred, f.LocalSize), Finished: j.UploadFinished, ReplyURL: j.UploadReplyURL})
	if err != nil {
		return
	}
	window := min(24*time.Hour, time.Duration(j.NoProgressTimeout)*time.Second)
	e.goodbyes[j.ID] = &goodbye{up: up, until: e.line.Now().Add(window), delay: time.Duration(j.MinimumRetryDelay) * time.Second}
	e.farewells = append(e.farewells, j.ID)
	e.clock.kick()
}

// farewell is the work of telling a server that an upload was cancelled.
func (e *Emulator) farewell() func() {
	for len(e.farewells) > 0 && e.service == serviceRunning {
		id := e.farewells[0]
		e.farewells = e.farewells[1:]
		g := e.goodbyes[id]
		switch {
		case g == nil:
		case e.world.offline:
			e.later(id, g)
		default:
			return e.sayTo(id, g)
		}
	}
	return nil
}

// sayTo sends Cancel-Session once.
func (e *Emulator) sayTo(id uuid.UUID, g *goodbye) func() {
	e.steps++
	ctx := transfer.WithNow(e.life, e.Now)
	return func() {
		err := errNoReturn
		defer func() { e.said(ctx, id, g, err) }()
		err = g.up.Cancel(ctx)
	}
}

// said notes what the server has answered.
func (e *Emulator) said(ctx context.Context, id uuid.UUID, g *goodbye, err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	defer e.idle.Broadcast()
	e.steps--
	var failed *transfer.Error
	switch {
	case err != nil && ctx.Err() != nil: // the service has stopped
	case errors.As(err, &failed) && failed.Transient:
		e.later(id, g)
	default:
		delete(e.goodbyes, id)
	}
}

// later tries again to tell a server, unless that has lasted too long.
func (e *Emulator) later(id uuid.UUID, g *goodbye) {
	if e.line.Now().Add(g.delay).Before(g.until) {
		e.after(id, timerCancel, g.delay)
	} else {
		delete(e.goodbyes, id)
	}
}

// resumeGoodbyes takes up, in order, what a service that was stopped has not done.
func (e *Emulator) resumeGoodbyes() {
	now := e.line.Now()
	maps.DeleteFunc(e.goodbyes, func(_ uuid.UUID, g *goodbye) bool { return !now.Before(g.until) })
	e.farewells = slices.SortedFunc(maps.Keys(e.goodbyes), func(a, b uuid.UUID) int { return bytes.Compare(a[:], b[:]) })
}
