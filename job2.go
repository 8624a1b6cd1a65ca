package bitsemu

import (
	"context"
	"fmt"
	"io"
	"os"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/internal/winpath"
	"github.com/bitsemu/bitsemu/jobstore"
	"github.com/bitsemu/bitsemu/token"
	"github.com/bitsemu/bitsemu/tokenopts"
)

// SetNotifyCmdLine implements [bits.Job2]. Parameters without a program are
// E_INVALIDARG (I).
func (j *job) SetNotifyCmdLine(ctx context.Context, program, parameters *string) error {
	const method = iJob2 + "SetNotifyCmdLine"
	caller := j.caller(ctx)
	err := j.modify(ctx, method, func(r *jobstore.Job) error {
		r.NotifyProgram, r.NotifyParameters, r.NotifyToken = "", "", token.Token{}
		if program == nil && parameters != nil {
			return fmt.Errorf("parameters without a program [D; I for the code]: %w", hresult.E_INVALIDARG)
		}
		if program != nil {
			r.NotifyProgram, r.NotifyToken = *program, caller
		}
		if parameters != nil {
			r.NotifyParameters = *parameters
		}
		if err := tooLong("the program", r.NotifyProgram, maxPath, hresult.BG_E_STRING_TOO_LONG); err != nil {
			return err
		}
		return tooLong("the parameters", r.NotifyParameters, maxParameters, hresult.BG_E_STRING_TOO_LONG)
	})
	if err == nil && program != nil {
		j.e.mu.Lock()
		defer j.e.mu.Unlock()
		if it := j.e.item(j.entry); it.listener == nil {
			j.e.rearm(it)
		}
	}
	return err
}

// GetNotifyCmdLine implements [bits.Job2].
func (j *job) GetNotifyCmdLine(ctx context.Context) (program, parameters string, err error) {
	r, err := j.read(ctx, iJob2+"GetNotifyCmdLine")
	return r.NotifyProgram, r.NotifyParameters, err
}

// withReply reads a job that has to be an upload-reply job.
func (j *job) withReply(ctx context.Context, method string) (jobstore.Job, error) {
	r, err := j.read(ctx, method)
	if err == nil && r.Type != bits.BG_JOB_TYPE_UPLOAD_REPLY {
		err = j.fail(ctx, method, fmt.Errorf("the job is of %s: %w", r.Type, hresult.E_NOTIMPL))
	}
	return r, err
}

// GetReplyProgress implements [bits.Job2].
func (j *job) GetReplyProgress(ctx context.Context) (bits.JobReplyProgress, error) {
	r, err := j.withReply(ctx, iJob2+"GetReplyProgress")
	if err != nil {
		return bits.JobReplyProgress{}, err
	}
	return bits.JobReplyProgress(r.ReplyProgress), nil
}

// maxReplyData is the longest reply that GetReplyData returns (D
// nf-bits1_5-ibackgroundcopyjob2-getreplydata.md).
const maxReplyData = 1 << 20

// GetReplyData implements [bits.Job2]. After Complete it goes on working (D by the
// remarks; the list of errors has BG_E_INVALID_STATE).
func (j *job) GetReplyData(ctx context.Context) (buffer []byte, length uint64, err error) {
	const method = iJob2 + "GetReplyData"
	r, err := j.withReply(ctx, method)
	if err != nil {
		return nil, 0, err
	}
	name := r.ReplyTemporaryName
	switch r.State {
	case bits.BG_JOB_STATE_TRANSFERRED:
	case bits.BG_JOB_STATE_ACKNOWLEDGED:
		name = r.ReplyFileName
	default:
		return nil, 0, j.fail(ctx, method, fmt.Errorf("in %s: %w", r.State, hresult.BG_E_INVALID_STATE))
	}
	if r.ReplyProgress.BytesTotal == bits.BG_SIZE_UNKNOWN || r.ReplyProgress.BytesTotal == 0 {
		return nil, 0, nil
	}
	length = r.ReplyProgress.BytesTransferred
	if length > maxReplyData {
		return nil, length, j.fail(ctx, method, fmt.Errorf("the reply has %d bytes: %w", length, hresult.BG_E_TOO_LARGE))
	}
	path, err := winpath.Parse(name)
	if err != nil {
		return nil, 0, j.fail(ctx, method, err)
	}
	file, err := j.e.disk.OpenFile(path, os.O_RDONLY)
	if err != nil {
		return nil, 0, j.fail(ctx, method, err)
	}
	defer func() { _ = file.Close() }()
	buffer, err = io.ReadAll(io.LimitReader(file, maxReplyData))
	return buffer, uint64(len(buffer)), j.fail(ctx, method, err)
}

// SetReplyFileName implements [bits.Job2]. For other jobs than upload-reply ones it is
// E_NOTIMPL, as the other methods are (I).
func (j *job) SetReplyFileName(ctx context.Context, replyFileName *string) error {
	const method = iJob2 + "SetReplyFileName"
	if _, err := j.enter(ctx, method, tokenopts.ModifyJob); err != nil {
		return err
	}
	r, err := j.withReply(ctx, method)
	if err != nil {
		return err
	}
	var name string
	if replyFileName != nil && *replyFileName != "" {
		path, err := winpath.ParseLocalName(*replyFileName)
		if err == nil {
			name = path.String()
			if _, statErr := j.e.disk.StatDir(path.Dir()); statErr != nil {
				err = fmt.Errorf("%w: %w", hresult.E_INVALIDARG, statErr)
			} else {
				err = withoutHelper(j.e.access(&r, tokenopts.ReplyFile, actionCheck, name))
			}
		}
		if err != nil {
			return j.fail(ctx, method, err)
		}
	}
	return j.fail(ctx, method, j.set(func(r *jobstore.Job) error {
		if r.ReplyProgress.BytesTotal != bits.BG_SIZE_UNKNOWN || r.ReplyTemporaryName != "" {
			return fmt.Errorf("the reply is on its way: %w", hresult.BG_E_INVALID_STATE)
		}
		r.ReplyFileName = name
		return nil
	}))
}

// GetReplyFileName implements [bits.Job2]. A name is made up when the first caller
// asks for it, or the reply comes, and a file has been added.
func (j *job) GetReplyFileName(ctx context.Context) (string, error) {
	const method = iJob2 + "GetReplyFileName"
	r, err := j.withReply(ctx, method)
	if err != nil || r.ReplyFileName != "" || len(r.Files) == 0 || r.State.Final() {
		return r.ReplyFileName, err
	}
	name, err := j.e.makeReplyName(&r)
	if err != nil {
		return "", j.fail(ctx, method, err)
	}
	j.e.mu.Lock()
	defer j.e.mu.Unlock()
	err = j.entry.Update(func(r *jobstore.Job) error {
		if r.ReplyFileName == "" {
			r.ReplyFileName = name
		}
		name = r.ReplyFileName
		return nil
	})
	if err != nil {
		return "", j.failedWith(ctx, method, err)
	}
	return name, nil
}

// makeReplyName makes up a name in the directory of the file to upload (D
// nf-bits1_5-ibackgroundcopyjob2-setreplyfilename.md; C for its form).
func (e *Emulator) makeReplyName(r *jobstore.Job) (string, error) {
	path, err := winpath.Parse(r.Files[0].LocalName)
	if err != nil {
		return "", err
	}
	reply, err := path.Dir().Join(fmt.Sprintf("BITS%X.reply", r.ID[:4]))
	return reply.String(), err
}

// SetCredentials implements [bits.Job2].
func (j *job) SetCredentials(ctx context.Context, c bits.AuthCredentials) error {
	return j.ownModify(ctx, iJob2+"SetCredentials", func(r *jobstore.Job) error {
		switch {
		case !c.Target.Valid() || c.Target == 0:
			return fmt.Errorf("target %d: %w", c.Target, hresult.BG_E_INVALID_AUTH_TARGET)
		case !c.Scheme.Valid() || c.Scheme == 0:
			return fmt.Errorf("scheme %d: %w", c.Scheme, hresult.BG_E_INVALID_AUTH_SCHEME)
		case c.Implicit && (c.Scheme == bits.BG_AUTH_SCHEME_BASIC || c.Scheme == bits.BG_AUTH_SCHEME_DIGEST):
			return fmt.Errorf("%s needs a user name and a password: %w", c.Scheme, hresult.E_INVALIDARG)
		}
		if err := tooLong("the user name", c.UserName, maxUserName, hresult.BG_E_USERNAME_TOO_LARGE); err != nil {
			return err
		}
		if err := tooLong("the password", string(c.Password), maxPassword, hresult.BG_E_PASSWORD_TOO_LARGE); err != nil {
			return err
		}
		s, err := j.e.secrets(r)
		if err != nil {
			return err
		}
		s.Set(c)
		return j.e.sealSecrets(r, s)
	})
}

// RemoveCredentials implements [bits.Job2].
func (j *job) RemoveCredentials(ctx context.Context, target bits.AuthTarget, scheme bits.AuthScheme) (hresult.HRESULT, error) {
	found := false
	err := j.ownModify(ctx, iJob2+"RemoveCredentials", func(r *jobstore.Job) error {
		switch {
		case !target.Valid() || target == 0:
			return fmt.Errorf("target %d: %w", target, hresult.BG_E_INVALID_AUTH_TARGET)
		case !scheme.Valid() || scheme == 0:
			return fmt.Errorf("scheme %d: %w", scheme, hresult.BG_E_INVALID_AUTH_SCHEME)
		}
		s, err := j.e.secrets(r)
		if err != nil {
			return err
		}
		found = s.Remove(target, scheme)
		return j.e.sealSecrets(r, s)
	})
	if err != nil {
		return hresult.S_OK, err
	}
	return short(!found), nil
}
