package bitsadmin

import (
	"fmt"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/internal/who"
)

func info(c *call) error {
	verbose := c.option("VERBOSE")
	if len(c.args) != 1 {
		return badCount
	}
	j, err := c.job()
	if err != nil {
		return err
	}
	return c.info(j, verbose)
}

// info tells of a job, in one line or in all of them.
func (c *call) info(j bits.Job, verbose bool) error {
	s, err := c.summary(j)
	if err != nil {
		return unable("get job", err)
	}
	if !verbose {
		c.print.line(s.String())
		return nil
	}
	return unable("get job", c.verbose(j, s))
}

// verbose writes the block of /INFO /VERBOSE and /LIST /VERBOSE.
func (c *call) verbose(j bits.Job, s summary) error {
	p := c.print
	p.pairs("GUID:", braced(s.id), "DISPLAY:", "'"+s.name+"'")
	j4, err := bits.Query[bits.Job4](c.ctx, j) // of Vista, as all that is asked for here
	if err != nil {
		return err
	}
	for _, part := range []func(bits.Job4, summary) error{c.verboseHead, c.verboseTimes, c.verboseSettings, c.verboseError, c.verboseFiles, c.verboseOwner} {
		if err := part(j4, s); err != nil {
			return err
		}
	}
	return c.verboseHeaders(j)
}

func (c *call) verboseHead(j bits.Job4, s summary) error {
	t, err := j.GetType(c.ctx)
	if err != nil {
		return err
	}
	owner, err := j.GetOwner(c.ctx)
	if err != nil {
		return err
	}
	priority, err := j.GetPriority(c.ctx)
	if err != nil {
		return err
	}
	c.print.pairs("TYPE:", typeWord(t), "STATE:", stateWord(s.state), "OWNER:", who.Name(owner))
	c.print.pairs("PRIORITY:", priorityWord(priority), "FILES:", of(decimal(s.progress.FilesTransferred), decimal(s.progress.FilesTotal)),
		"BYTES:", of(size(s.progress.BytesTransferred), size(s.progress.BytesTotal)))
	return nil
}

func (c *call) verboseTimes(j bits.Job4, _ summary) error {
	times, err := j.GetTimes(c.ctx)
	if err != nil {
		return err
	}
	acl, err := j.GetFileACLFlags(c.ctx)
	if err != nil {
		return err
	}
	c.print.pairs("CREATION TIME:", c.moment(times.CreationTime), "MODIFICATION TIME:", c.moment(times.ModificationTime))
	c.print.pairs("COMPLETION TIME:", c.moment(times.TransferCompletionTime), "ACL FLAGS:", aclWord(acl))
	return nil
}

func (c *call) verboseSettings(j bits.Job4, _ summary) error {
	flags, err := j.GetNotifyFlags(c.ctx)
	if err != nil {
		return err
	}
	delay, err := j.GetMinimumRetryDelay(c.ctx)
	if err != nil {
		return err
	}
	timeout, err := j.GetNoProgressTimeout(c.ctx)
	if err != nil {
		return err
	}
	count, err := j.GetErrorCount(c.ctx)
	if err != nil {
		return err
	}
	usage, list, bypass, err := j.GetProxySettings(c.ctx)
	if err != nil {
		return err
	}
	listener, err := registered(c, j)
	if err != nil {
		return err
	}
	c.print.pairs("NOTIFY INTERFACE:", listener, "NOTIFICATION FLAGS:", decimal(flags))
	c.print.pairs("RETRY DELAY:", decimal(delay), "NO PROGRESS TIMEOUT:", decimal(timeout), "ERROR COUNT:", decimal(count))
	c.print.pairs("PROXY USAGE:", usageWord(usage), "PROXY LIST:", orNull(list), "PROXY BYPASS LIST:", orNull(bypass))
	return nil
}

func (c *call) verboseError(j bits.Job4, _ summary) error {
	x, err := c.errorOf(j)
	if err != nil {
		return ignore(err, hresult.BG_E_ERROR_INFORMATION_UNAVAILABLE)
	}
	x.lines(c.print, func() {})
	return nil
}

func (c *call) verboseFiles(j bits.Job4, _ summary) error {
	description, err := j.GetDescription(c.ctx)
	if err != nil {
		return err
	}
	c.print.pairs("DESCRIPTION:", description)
	c.print.pairs("JOB FILES:", "")
	if err := c.fileLines(j, "\t"); err != nil {
		return err
	}
	program, _, err := j.GetNotifyCmdLine(c.ctx)
	if err != nil {
		return err
	}
	command := "none"
	if program != "" {
		command = "'" + program + "'"
	}
	c.print.pairs("NOTIFICATION COMMAND LINE:", command)
	return nil
}

// fileLines writes a line for each file of a job.
func (c *call) fileLines(j bits.Job, indent string) error {
	all, err := files(c.ctx, j)
	if err != nil {
		return err
	}
	for _, f := range all {
		remote, local, err := names(c.ctx, f)
		if err != nil {
			return err
		}
		p, err := f.GetProgress(c.ctx)
		if err != nil {
			return err
		}
		c.print.line(indent + fileLine(p.BytesTransferred, p.BytesTotal, remote, local))
	}
	return nil
}

func (c *call) verboseOwner(j bits.Job4, _ summary) error {
	integrity, err := j.GetOwnerIntegrityLevel(c.ctx)
	if err != nil {
		return err
	}
	elevated, err := j.GetOwnerElevationState(c.ctx)
	if err != nil {
		return err
	}
	peers, err := j.GetPeerCachingFlags(c.ctx)
	if err != nil {
		return err
	}
	p := c.print
	p.pairs("owner MIC integrity level:", integrityWord(integrity))
	p.pairs("owner elevated ?          ", boolWord(elevated))
	p.line("")
	p.line("Peercaching flags")
	p.line(peerLine("download from peers", peers.Has(bits.BG_JOB_ENABLE_PEERCACHING_CLIENT)))
	p.line(peerLine("serving to peers", peers.Has(bits.BG_JOB_ENABLE_PEERCACHING_SERVER)))
	p.line("")
	return nil
}

func peerLine(what string, on bool) string {
	return fmt.Sprintf("\t %-32s:%t", "Enable "+what, on)
}

func (c *call) verboseHeaders(j bits.Job) error {
	headers, err := customHeaders(c, j)
	if err != nil {
		return err
	}
	c.print.pairs("CUSTOM HEADERS:", headers)
	return nil
}
