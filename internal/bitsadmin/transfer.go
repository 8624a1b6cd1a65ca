package bitsadmin

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
)

// order is what the arguments of /TRANSFER say.
type order struct {
	name     string
	jobType  bits.JobType
	priority *bits.JobPriority
	acl      *bits.FileACLFlags
	dynamic  bool
	files    []bits.FileInfo
}

// parseOrder reads the arguments of /TRANSFER. The first is the name, whatever it looks
// like.
func parseOrder(args []string) (o order, err error) {
	o.name, args = args[0], args[1:]
	if _, ok := guid(o.name); ok {
		return o, refusal("The name of the job must not be an identifier.")
	}
	for len(args) > 0 {
		name, ok := switchOf(args[0])
		if !ok {
			break
		}
		takes := name == "PRIORITY" || name == "ACLFLAGS"
		if takes && len(args) < 2 {
			return o, badCount
		}
		switch name {
		case "DOWNLOAD", "UPLOAD":
			o.jobType = types[name]
		case "DYNAMIC":
			o.dynamic = true
		case "PRIORITY":
			p, err := choose(args[1], priorities)
			if err != nil {
				return o, err
			}
			o.priority = &p
		case "ACLFLAGS":
			f, err := parseACL(args[1])
			if err != nil {
				return o, err
			}
			o.acl = &f
		default:
			return o, badValue(args[0], "/DOWNLOAD, /UPLOAD, /PRIORITY, /ACLFLAGS, /DYNAMIC or a remote name")
		}
		args = args[1:]
		if takes {
			args = args[1:]
		}
	}
	if len(args) == 0 || len(args)%2 != 0 {
		return o, badCount
	}
	for i := 0; i < len(args); i += 2 {
		o.files = append(o.files, bits.FileInfo{RemoteName: args[i], LocalName: args[i+1]})
	}
	return o, nil
}

// transfer makes a job, waits for it and completes it.
func transfer(c *call) error {
	o, err := parseOrder(c.args)
	if err != nil {
		return err
	}
	id, j, err := c.manager().CreateJob(c.ctx, o.name, o.jobType)
	if err != nil {
		return unable("create job", err)
	}
	if err := c.prepare(j, &o); err != nil {
		_, _ = j.Cancel(c.ctx) // what has gone wrong is told
		return err
	}
	for wait := 10 * time.Millisecond; ; wait = min(2*wait, 500*time.Millisecond) {
		s, err := c.summary(j)
		if err == nil && c.env.Terminal != nil {
			err = c.draw(j, &s)
		}
		switch {
		case err != nil && c.ctx.Err() != nil:
			return c.left(id)
		case err != nil:
			return unable("get job", err)
		}
		switch s.state {
		case bits.BG_JOB_STATE_TRANSFERRED:
			if _, err := j.Complete(c.ctx); err != nil {
				return unable("complete job", err)
			}
			c.print.line("Transfer complete.")
			return nil
		case bits.BG_JOB_STATE_ERROR:
			return c.abandon(j)
		case bits.BG_JOB_STATE_CANCELLED, bits.BG_JOB_STATE_ACKNOWLEDGED:
			return refusal("Somebody else has ended the job.")
		}
		if err := c.session.Pause(c.ctx, wait); err != nil {
			return c.left(id)
		}
	}
}

// left is the end of a command that is interrupted before its job is done.
func (c *call) left(id uuid.UUID) error {
	return &setup{fmt.Errorf("interrupted; job %s stays in the queue: %w", braced(id), context.Cause(c.ctx))}
}

// prepare gets a job to run.
func (c *call) prepare(j bits.Job, o *order) error {
	if o.priority != nil {
		if err := j.SetPriority(c.ctx, *o.priority); err != nil {
			return unable("set priority", err)
		}
	}
	if o.acl != nil {
		j3, err := bits.Query[bits.Job3](c.ctx, j)
		if err == nil {
			err = j3.SetFileACLFlags(c.ctx, *o.acl)
		}
		if err != nil {
			return unable("set ACL propagation flags", err)
		}
	}
	if o.dynamic {
		j5, err := bits.Query[bits.Job5](c.ctx, j)
		if err == nil {
			err = j5.SetProperty(c.ctx, bits.BITS_JOB_PROPERTY_DYNAMIC_CONTENT, bits.PropertyEnable(true))
		}
		if err != nil {
			return unable("set dynamic content", err)
		}
	}
	for _, f := range o.files {
		if err := j.AddFile(c.ctx, f.RemoteName, f.LocalName); err != nil {
			return unable("add file", err)
		}
	}
	return unable("resume job", j.Resume(c.ctx))
}

// draw shows how far a transfer has come, on an empty screen. Lines are cut off.
func (c *call) draw(j bits.Job, s *summary) error {
	t, err := j.GetType(c.ctx)
	if err != nil {
		return err
	}
	priority, err := j.GetPriority(c.ctx)
	if err != nil {
		return err
	}
	var screen strings.Builder
	p := *c.print
	p.w, p.cut = &screen, true
	p.write(home)
	p.pairs("DISPLAY:", "'"+s.name+"'", "TYPE:", typeWord(t), "STATE:", stateWord(s.state))
	p.pairs("PRIORITY:", priorityWord(priority), "FILES:", of(decimal(s.progress.FilesTransferred), decimal(s.progress.FilesTotal)),
		"BYTES:", of(size(s.progress.BytesTransferred), size(s.progress.BytesTotal))+percent(s.progress))
	if s.state == bits.BG_JOB_STATE_TRANSIENT_ERROR {
		x, err := c.errorOf(j)
		switch {
		case err == nil:
			x.lines(&p, func() {})
		case ignore(err, hresult.BG_E_ERROR_INFORMATION_UNAVAILABLE) != nil:
			return err
		}
	}
	if width := c.env.Terminal.width(); screen.String() != c.screen || width != c.width { // what is there already would only flicker
		c.screen, c.width = screen.String(), width
		c.print.write(c.screen)
	}
	return nil
}

// percent is how much of a job is done, "" when its size is not known.
func percent(p bits.JobProgress) string {
	switch p.BytesTotal {
	case bits.BG_SIZE_UNKNOWN:
		return ""
	case 0:
		return " (0%)"
	}
	return fmt.Sprintf(" (%d%%)", uint64(float64(p.BytesTransferred)/float64(p.BytesTotal)*100))
}

// abandon tells why a job cannot go on, and cancels it.
func (c *call) abandon(j bits.Job) error {
	x, err := c.errorOf(j)
	if err != nil {
		return unable("get error", err)
	}
	c.print.line("Unable to complete transfer.")
	x.lines(c.print, func() {})
	if _, err := j.Cancel(c.ctx); err != nil {
		return unable("cancel job", err)
	}
	return told{x.code}
}
