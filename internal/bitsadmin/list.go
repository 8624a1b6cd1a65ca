package bitsadmin

import (
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
)

// summary is what one line tells of a job.
type summary struct {
	id       uuid.UUID
	name     string
	state    bits.JobState
	progress bits.JobProgress
}

func (s *summary) String() string {
	return fmt.Sprintf("%s '%s' %s %s %s", braced(s.id), s.name, stateWord(s.state),
		of(decimal(s.progress.FilesTransferred), decimal(s.progress.FilesTotal)),
		of(size(s.progress.BytesTransferred), size(s.progress.BytesTotal)))
}

// active reports whether the job works, or would if it had its turn.
func (s *summary) active() bool {
	return slices.Contains([]bits.JobState{bits.BG_JOB_STATE_QUEUED, bits.BG_JOB_STATE_CONNECTING, bits.BG_JOB_STATE_TRANSFERRING}, s.state)
}

func (c *call) summary(j bits.Job) (s summary, err error) {
	if s.id, err = j.GetId(c.ctx); err != nil {
		return s, err
	}
	if s.name, err = j.GetDisplayName(c.ctx); err != nil {
		return s, err
	}
	if s.state, err = j.GetState(c.ctx); err != nil {
		return s, err
	}
	s.progress, err = j.GetProgress(c.ctx)
	return s, err
}

// scope is whose jobs are meant: /ALLUSERS.
func (c *call) scope() bits.EnumFlags {
	if c.option("ALLUSERS") {
		return bits.BG_JOB_ENUM_ALL_USERS
	}
	return 0
}

func list(c *call) error {
	flags, verbose := c.scope(), c.option("VERBOSE")
	if err := c.none(); err != nil {
		return err
	}
	jobs, err := all(c.ctx, c.manager(), flags)
	if err != nil {
		return unable("enum jobs", err)
	}
	for i, j := range jobs {
		if i > 0 && verbose {
			c.print.line("")
		}
		if err := c.info(j, verbose); err != nil {
			return err
		}
	}
	if c.print.raw {
		return nil
	}
	if len(jobs) > 0 {
		c.print.line("")
	}
	c.print.line(fmt.Sprintf("Listed %d job(s).", len(jobs)))
	return nil
}

func reset(c *call) error {
	flags := c.scope()
	if err := c.none(); err != nil {
		return err
	}
	jobs, err := all(c.ctx, c.manager(), flags)
	if err != nil {
		return unable("enum jobs", err)
	}
	cancelled := 0
	for _, j := range jobs {
		id, err := j.GetId(c.ctx)
		if err == nil {
			_, err = j.Cancel(c.ctx)
		}
		if err != nil {
			c.show(unable("cancel "+braced(id), err))
			continue
		}
		cancelled++
		c.print.line(braced(id) + " canceled.")
	}
	c.print.line(fmt.Sprintf("%d out of %d jobs canceled.", cancelled, len(jobs)))
	return nil
}

const defaultRefresh = 5 // seconds

// monitor shows the list again and again, until the context ends. A terminal shows it
// in one place; elsewhere there is a line for each job that has changed.
func monitor(c *call) error {
	flags, seconds := c.scope(), uint32(defaultRefresh)
	if i := slices.IndexFunc(c.args, func(arg string) bool { n, _ := switchOf(arg); return n == "REFRESH" }); i >= 0 {
		if i+1 == len(c.args) {
			return badCount
		}
		var err error
		if seconds, err = number(c.args[i+1]); err != nil {
			return err
		}
		c.args = slices.Delete(c.args, i, i+2)
	}
	if err := c.none(); err != nil {
		return err
	}
	c.print.cut = true // it is the one command that does not wrap
	title := fmt.Sprintf("MONITORING BACKGROUND COPY MANAGER(%d second refresh)", seconds)
	if c.env.Terminal == nil {
		c.print.line(title)
	}
	told := map[uuid.UUID]string{}
	for c.ctx.Err() == nil {
		lines, busy, err := c.look(flags)
		switch {
		case err != nil && c.ctx.Err() != nil:
			return nil // it was waiting for its turn, or for the service
		case err != nil:
			return err
		}
		if c.env.Terminal != nil {
			c.print.write(home)
			c.print.line(title)
			clear(told)
		}
		for _, s := range lines {
			if line := s.String(); told[s.id] != line {
				told[s.id] = line
				c.print.line(line)
			}
		}
		wait := time.Duration(seconds) * time.Second
		if !busy { // others may have the store meanwhile
			if err := c.end(); err != nil {
				return &setup{err}
			}
			wait = max(wait, turn)
		}
		if sleep(c.ctx, wait) != nil {
			break
		}
	}
	return nil
}

// turn is how long the store is left to others at least: a command that waits for it
// looks more than once meanwhile, and cannot be kept out by a /MONITOR without a pause.
const turn = 4 * between

// look is one look at the list. It begins a session if there is none, and reports
// whether a job is at work.
func (c *call) look(flags bits.EnumFlags) (lines []summary, busy bool, err error) {
	if c.session == nil {
		if err := c.begin(); err != nil {
			return nil, false, err
		}
	}
	jobs, err := all(c.ctx, c.manager(), flags)
	if err != nil {
		return nil, false, unable("enum jobs", err)
	}
	for _, j := range jobs {
		s, err := c.summary(j)
		if err != nil {
			if ignore(err, hresult.BG_E_NOT_FOUND) == nil {
				continue // it has ended meanwhile
			}
			return nil, false, unable("get job", err)
		}
		lines, busy = append(lines, s), busy || s.active()
	}
	return lines, busy, nil
}
