package bitsemu

import (
	"os"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/internal/winpath"
	"github.com/bitsemu/bitsemu/jobstore"
	"github.com/bitsemu/bitsemu/tokenopts"
	"github.com/bitsemu/bitsemu/transfer"
)

// wantsReply reports whether the reply is what is left to fetch.
func (u *uploading) wantsReply() bool {
	return u.r.job.Type == bits.BG_JOB_TYPE_UPLOAD_REPLY && !u.fetched && u.up.State().ReplyURL != ""
}

// receive goes one step with the reply.
func (u *uploading) receive() error {
	r, e := u.r, u.r.e
	if u.fetch == nil {
		if err := u.openReply(); err != nil {
			return r.about(0, err, bits.BG_ERROR_CONTEXT_LOCAL_FILE)
		}
	}
	result, err := u.fetch.Step(r.ctx, u.into, stepBytes)
	if result.Restarted {
		if err := u.into.Truncate(0); err != nil {
			return r.about(0, local(err), bits.BG_ERROR_CONTEXT_LOCAL_FILE)
		}
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if r.over {
		return errStale
	}
	state := u.fetch.State()
	u.reply, u.stamp = jobstore.Progress{BytesTotal: state.Size, BytesTransferred: state.Held}, state
	if result.Moved > 0 {
		r.moved()
	}
	if result.Done {
		u.reply.BytesTotal = u.reply.BytesTransferred
		u.fetched = true
		e.tellFile(r.it, 0)
	}
	return err
}

// openReply makes the temporary file of the reply, and the request for it.
func (u *uploading) openReply() error {
	r, e := u.r, u.r.e
	j, err := r.it.entry.Job()
	if err != nil {
		return err
	}
	name := j.ReplyFileName
	if name == "" {
		if name, err = e.makeReplyName(&j); err != nil {
			return err
		}
	}
	path, err := winpath.Parse(name)
	if err != nil {
		return local(err)
	}
	if err := e.access(&j, tokenopts.ReplyFile, actionCreate, name); err != nil {
		return err
	}
	if err := e.faulty("create", &j); err != nil {
		return err
	}
	e.mu.Lock()
	temp, state := u.temp, u.stamp
	state.Size, state.Held = u.reply.BytesTotal, u.reply.BytesTransferred
	e.mu.Unlock()
	forget := func() {}
	into := e.reopen(temp, state.Held)
	if into == nil {
		state = transfer.State{Size: bits.BG_SIZE_UNKNOWN}
		var made winpath.Path
		if made, into, err = e.disk.CreateTemp(path.Dir(), e.source()); err != nil {
			return local(err)
		}
		temp = made.String()
		forget = func() { // no record knows of it
			_ = into.Close()
			_ = e.disk.Remove(made)
		}
	}
	u.into = into
	u.fetch, err = transfer.New(e.net.client(), transfer.Request{
		URL: u.up.State().ReplyURL, Header: u.secrets.header, Foreground: true, Security: j.SecurityFlags,
		Auth: u.secrets.auth, Proxy: u.secrets.proxy, ClientCertificate: u.secrets.client, Certificate: u.secrets.certificate,
	}, state)
	if err != nil {
		forget()
		return err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if r.over {
		forget()
		return errStale
	}
	u.temp = temp
	e.patch(r.it.entry, func(j *jobstore.Job) { j.ReplyFileName, j.ReplyTemporaryName = name, temp })
	return nil
}

// reopen opens a temporary file that was begun, nil when it has gone or does not hold
// what it should.
func (e *Emulator) reopen(temp string, held uint64) *os.File {
	path, err := winpath.Parse(temp)
	if err != nil {
		return nil
	}
	file, err := e.disk.OpenFile(path, os.O_RDWR)
	if err != nil {
		return nil
	}
	if info, err := file.Stat(); err != nil || uint64(info.Size()) < held {
		_ = file.Close() // nothing was written to it
		return nil
	}
	return file
}
