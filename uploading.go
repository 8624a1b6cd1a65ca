package bitsemu

import (
	"crypto/tls"
	"errors"
	"io"
	"net/url"
	"os"
	"sync/atomic"
	"time"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/internal/winpath"
	"github.com/bitsemu/bitsemu/jobstore"
	"github.com/bitsemu/bitsemu/tokenopts"
	"github.com/bitsemu/bitsemu/transfer"
	"github.com/bitsemu/bitsemu/transfer/upload"
)

// uploading is the part of a run that is an upload: the file goes out, and for an
// upload-reply job the reply comes in. What is above the line belongs to mu.
type uploading struct {
	r     *run
	state upload.State
	sent  uint64 // acknowledged
	reply jobstore.Progress
	stamp transfer.State // of the reply: which version of it has been begun
	temp  string         // of the reply

	// ---- of the step

	up       *upload.Upload // nil for a share
	source   *os.File
	share    winpath.Path
	target   *os.File
	fetch    transfer.Download
	into     *os.File
	flying   atomic.Int64 // bytes of the fragment that is on its way
	uploaded bool
	fetched  bool
	secrets  transferEquipment
}

// transferEquipment is what the requests of a job have from it.
type transferEquipment struct {
	header      string
	auth        transfer.Authenticator
	proxy       func(*url.URL) (*url.URL, error)
	certificate func(*url.URL, *tls.ConnectionState) error
	client      *tls.Certificate
}

// show puts what only the upload knows into a record.
func (u *uploading) show(j *jobstore.Job) {
	s := u.state
	j.UploadSession, j.UploadHost, j.UploadHostTimeout, j.UploadHostLost = s.Session, s.Host, s.HostTimeout, s.HostLostSince
	j.UploadFinished, j.UploadReplyURL = s.Finished, s.ReplyURL
	j.ReplyProgress = u.reply
	if u.temp != "" {
		j.ReplyTemporaryName = u.temp
	}
	if len(j.Files) > 0 {
		// What an upload job fetches is its reply: which one, is noted where a
		// download notes it.
		f := &j.Files[0]
		f.BytesTransferred, f.ETag, f.RemoteModified = u.sent, u.stamp.ETag, httpTime(u.stamp.LastModified)
	}
}

// preview is show for clients, who see the whole file sent while the server's
// application is at work and nothing is acknowledged yet (I).
func (u *uploading) preview(j *jobstore.Job) {
	if len(j.Files) > 0 && u.sent+uint64(u.flying.Load()) == j.Files[0].BytesTotal {
		j.Files[0].BytesTransferred = j.Files[0].BytesTotal
	}
}

func (u *uploading) close() {
	if u.up != nil {
		_ = u.up.Close() // it sends nothing
	}
	if u.fetch != nil {
		_ = u.fetch.Close() // nothing depends on it
	}
	for _, f := range []*os.File{u.source, u.target, u.into} {
		if f != nil {
			_ = f.Close() // what it could tell is told by the next to open the file
		}
	}
}

// beginUpload makes ready to send the job's file.
func (r *run) beginUpload() error {
	e, j := r.e, &r.job
	if len(j.Files) == 0 || j.State == bits.BG_JOB_STATE_TRANSFERRED {
		return errNothingLeft
	}
	if err := e.faulty("connect", j); err != nil {
		return r.about(0, err, bits.BG_ERROR_CONTEXT_REMOTE_FILE)
	}
	f := &j.Files[0]
	path, err := winpath.Parse(f.LocalName)
	if err != nil {
		return r.about(0, local(err), bits.BG_ERROR_CONTEXT_LOCAL_FILE)
	}
	if err := e.access(j, tokenopts.UploadSource, actionOpen, f.LocalName); err != nil {
		return r.about(0, err, bits.BG_ERROR_CONTEXT_LOCAL_FILE)
	}
	source, err := e.disk.OpenFile(path, os.O_RDONLY)
	if err != nil {
		return r.about(0, local(err), bits.BG_ERROR_CONTEXT_LOCAL_FILE)
	}
	u := &uploading{
		r: r, source: source, reply: j.ReplyProgress, temp: j.ReplyTemporaryName, sent: f.BytesTransferred, uploaded: j.UploadFinished,
		stamp: stampOf(f),
		state: upload.State{
			Session: j.UploadSession, Offset: f.BytesTransferred, Host: j.UploadHost, HostTimeout: j.UploadHostTimeout,
			HostLostSince: j.UploadHostLost, Finished: j.UploadFinished, ReplyURL: j.UploadReplyURL,
		},
	}
	// A reply that is there is not asked for again: its session may be closed already.
	if p := j.ReplyProgress; j.UploadFinished && p.BytesTotal != bits.BG_SIZE_UNKNOWN && p.BytesTransferred == p.BytesTotal {
		if file := e.reopen(j.ReplyTemporaryName, p.BytesTotal); file != nil {
			u.fetched = true
			_ = file.Close() // nothing was written to it
		}
	}
	if j.UploadSession == "" && !j.UploadFinished {
		// The file is what it is when its upload begins.
		info, err := source.Stat()
		if err != nil {
			_ = source.Close()
			return r.about(0, local(err), bits.BG_ERROR_CONTEXT_LOCAL_FILE)
		}
		u.state.Offset, u.sent = 0, 0
		f.LocalSize, f.LocalModified = uint64(info.Size()), info.ModTime()
		size, at := f.LocalSize, f.LocalModified
		e.mu.Lock()
		e.patch(r.it.entry, func(j *jobstore.Job) {
			j.Files[0].LocalSize, j.Files[0].LocalModified, j.Files[0].BytesTotal = size, at, size
		})
		e.mu.Unlock()
	}
	if err := u.open(j, f); err != nil {
		u.close()
		return r.about(0, err, bits.BG_ERROR_CONTEXT_REMOTE_FILE)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if r.over {
		u.close()
		return errStale
	}
	r.up, r.index = u, 0
	return nil
}

// open makes ready to talk to the server, or to write to the share.
func (u *uploading) open(j *jobstore.Job, f *jobstore.File) error {
	e := u.r.e
	if !isHTTP(f.RemoteName) {
		path, err := remotePath(f.RemoteName)
		u.share = path
		return err
	}
	secrets, err := e.secrets(j)
	if err != nil {
		return err
	}
	q := transfer.Request{URL: f.RemoteName}
	e.equip(u.r, j, &q, secrets)
	u.secrets = transferEquipment{secrets.CustomHeaders, q.Auth, q.Proxy, q.Certificate, q.ClientCertificate}
	path, err := winpath.Parse(f.LocalName)
	if err != nil {
		return err
	}
	u.up, err = upload.New(e.net.client(), upload.Request{
		URL: f.RemoteName, Header: u.secrets.header, Name: path.Base(), Size: f.LocalSize, Reply: j.Type == bits.BG_JOB_TYPE_UPLOAD_REPLY,
		OnMoved: func(n int64) { u.flying.Add(n) },
		Auth:    u.secrets.auth, Security: j.SecurityFlags, Proxy: u.secrets.proxy, ClientCertificate: u.secrets.client,
		Certificate: u.secrets.certificate,
	}, u.state)
	return err
}

// changed fails when the local file is not any more what it was when its upload began
// (D file-transfer-consistency.md).
func (u *uploading) changed() error {
	f := &u.r.job.Files[0]
	path, err := winpath.Parse(f.LocalName)
	if err == nil {
		var info os.FileInfo
		if info, err = u.r.e.disk.Stat(path); err == nil {
			if uint64(info.Size()) == f.LocalSize && sameTime(info.ModTime(), f.LocalModified) {
				return nil
			}
			err = hresult.BG_E_LOCAL_FILE_CHANGED
		}
	}
	return &transferError{failure{code: winpath.Code(err), context: bits.BG_ERROR_CONTEXT_LOCAL_FILE, about: true}}
}

// sameTime compares times as far as a record keeps them.
func sameTime(a, b time.Time) bool {
	return a.Truncate(100 * time.Nanosecond).Equal(b.Truncate(100 * time.Nanosecond))
}

// advance goes one step.
func (u *uploading) advance() error {
	r := u.r
	if !u.uploaded {
		if err := u.changed(); err != nil {
			return err
		}
	}
	if u.connected() {
		if err := r.e.faulty("data", &r.job); err != nil {
			return r.about(0, err, bits.BG_ERROR_CONTEXT_REMOTE_FILE)
		}
	}
	if u.up == nil {
		return u.copy()
	}
	if u.uploaded && u.wantsReply() {
		return u.receive()
	}
	result, err := u.up.Step(r.ctx, u.source, stepBytes)
	e := r.e
	e.mu.Lock()
	defer e.mu.Unlock()
	if r.over {
		u.keep()
		return errStale
	}
	u.note(result)
	return err
}

// keep notes what the server has said to a run that was stopped meanwhile: a session
// that is not known is neither gone on with nor cancelled.
func (u *uploading) keep() {
	u.state = u.up.State()
	u.sent = u.state.Offset
	u.r.e.patch(u.r.it.entry, u.show)
}

// connected reports whether the server has answered.
func (u *uploading) connected() bool {
	u.r.e.mu.Lock()
	defer u.r.e.mu.Unlock()
	return u.r.state == bits.BG_JOB_STATE_TRANSFERRING
}

// note takes in what a step has brought.
func (u *uploading) note(result upload.Result) {
	r, e := u.r, u.r.e
	before := u.state
	u.state = u.up.State()
	u.sent = result.Offset
	u.flying.Store(0)
	if result.Connected {
		r.transferring()
	}
	if result.Moved > 0 {
		r.moved()
	}
	if result.Uploaded {
		u.uploaded, u.state.Finished = true, true
		u.sent = r.job.Files[0].LocalSize
	}
	if u.state.Session != before.Session || u.state.Finished != before.Finished || e.durable() {
		// The session is what an upload is found again by.
		e.patch(r.it.entry, func(j *jobstore.Job) { state := j.State; r.show(j); j.State = state })
	}
	if result.Done {
		e.finishUpload(r)
	}
}

// transferring notes that the server has answered.
func (r *run) transferring() {
	if r.state != bits.BG_JOB_STATE_TRANSFERRING {
		r.e.changed(r.it.entry, r.state, bits.BG_JOB_STATE_TRANSFERRING, byAnswer)
		r.state = bits.BG_JOB_STATE_TRANSFERRING
		if r.job.Error != (jobstore.JobError{}) {
			r.job.Error = jobstore.JobError{}
			r.e.update(r.it.entry, func(j *jobstore.Job) { j.Error = jobstore.JobError{} })
		}
		r.e.touched(r.it)
	}
}

// moved notes progress.
func (r *run) moved() {
	e := r.e
	r.it.active = e.clock.now()
	if !r.job.NoProgressSince.IsZero() {
		r.job.NoProgressSince = time.Time{}
		e.update(r.it.entry, func(j *jobstore.Job) { j.NoProgressSince = time.Time{} })
		e.drop(r.it.entry.ID(), timerNoProgress)
	}
	e.touched(r.it)
}

// finishUpload notes that all is done.
func (e *Emulator) finishUpload(r *run) {
	e.flush(r, func(j *jobstore.Job) {
		j.Files[0].BytesTransferred, j.Files[0].Completed = j.Files[0].BytesTotal, true
		e.markTransferred(j)
	})
	up := r.up
	r.up = nil
	up.close()
	e.endRun(r)
}

// copy writes the next piece of the file to a share.
func (u *uploading) copy() error {
	r, e := u.r, u.r.e
	if u.target == nil {
		if err := e.access(&r.job, tokenopts.RemoteFile, actionCreate, u.share.String()); err != nil {
			return r.about(0, err, bits.BG_ERROR_CONTEXT_REMOTE_FILE)
		}
		target, err := e.disk.OpenFile(u.share, os.O_RDWR|os.O_CREATE|os.O_TRUNC)
		if err != nil {
			return &transferError{failure{code: winpath.Code(err), context: bits.BG_ERROR_CONTEXT_REMOTE_FILE, about: true}}
		}
		u.target = target
		e.mu.Lock()
		defer e.mu.Unlock()
		if r.over {
			return errStale
		}
		u.sent = 0
		r.transferring()
		return nil
	}
	n, err := io.CopyN(u.target, u.source, stepBytes)
	if err != nil && !errors.Is(err, io.EOF) {
		return &transferError{failure{code: winpath.Code(err), context: bits.BG_ERROR_CONTEXT_REMOTE_FILE, about: true}}
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if r.over {
		return errStale
	}
	u.sent += uint64(n)
	if n > 0 {
		r.moved()
	}
	if err != nil {
		e.finishUpload(r)
	}
	return nil
}
