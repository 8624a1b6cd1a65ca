package bitsadmin

import (
	"fmt"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/internal/who"
)

// commandsOfJobs get and set what IBackgroundCopyJob has.
var commandsOfJobs = []command{
	get("GETTYPE", "", "job type", func(c *call, j bits.Job) (string, error) {
		t, err := j.GetType(c.ctx)
		return typeWord(t), err
	}),
	get("GETACLFLAGS", "", "ACL propagation flags", func(c *call, j bits.Job3) (string, error) {
		f, err := j.GetFileACLFlags(c.ctx)
		return aclWord(f), err
	}),
	set("SETACLFLAGS", "<ACL_flags>", "ACL propagation flags", func(c *call, j bits.Job3) (string, error) {
		f, err := parseACL(c.args[0])
		if err != nil {
			return "", err
		}
		return aclWord(f), j.SetFileACLFlags(c.ctx, f)
	}),
	get("GETBYTESTOTAL", "", "size of the job", func(c *call, j bits.Job) (string, error) {
		p, err := j.GetProgress(c.ctx)
		return decimal(p.BytesTotal), err
	}),
	get("GETBYTESTRANSFERRED", "", "number of bytes transferred", func(c *call, j bits.Job) (string, error) {
		p, err := j.GetProgress(c.ctx)
		return decimal(p.BytesTransferred), err
	}),
	get("GETFILESTOTAL", "", "number of files in the job", func(c *call, j bits.Job) (string, error) {
		p, err := j.GetProgress(c.ctx)
		return decimal(p.FilesTotal), err
	}),
	get("GETFILESTRANSFERRED", "", "number of files transferred", func(c *call, j bits.Job) (string, error) {
		p, err := j.GetProgress(c.ctx)
		return decimal(p.FilesTransferred), err
	}),
	get("GETCREATIONTIME", "", "creation time", func(c *call, j bits.Job) (string, error) {
		t, err := j.GetTimes(c.ctx)
		return c.moment(t.CreationTime), err
	}),
	get("GETMODIFICATIONTIME", "", "modification time", func(c *call, j bits.Job) (string, error) {
		t, err := j.GetTimes(c.ctx)
		return c.moment(t.ModificationTime), err
	}),
	get("GETCOMPLETIONTIME", "", "completion time", func(c *call, j bits.Job) (string, error) {
		t, err := j.GetTimes(c.ctx)
		return c.moment(t.TransferCompletionTime), err
	}),
	get("GETSTATE", "", "state of the job", func(c *call, j bits.Job) (string, error) {
		s, err := j.GetState(c.ctx)
		return stateWord(s), err
	}),
	{name: "GETERROR", args: "<job>", help: "Retrieves detailed error information", min: 1, max: 1, kind: looks, run: getError},
	get("GETOWNER", "", "owner of the job", func(c *call, j bits.Job) (string, error) {
		owner, err := j.GetOwner(c.ctx)
		return who.Name(owner), err
	}),
	get("GETDISPLAYNAME", "", "display name", func(c *call, j bits.Job) (string, error) { return j.GetDisplayName(c.ctx) }),
	setText("SETDISPLAYNAME", "<display_name>", "display name", func(c *call, j bits.Job, s string) error { return j.SetDisplayName(c.ctx, s) }),
	get("GETDESCRIPTION", "", "description", func(c *call, j bits.Job) (string, error) { return j.GetDescription(c.ctx) }),
	setText("SETDESCRIPTION", "<description>", "description", func(c *call, j bits.Job, s string) error { return j.SetDescription(c.ctx, s) }),
	get("GETPRIORITY", "", "priority", func(c *call, j bits.Job) (string, error) {
		p, err := j.GetPriority(c.ctx)
		return priorityWord(p), err
	}),
	set("SETPRIORITY", "<priority>", "priority", func(c *call, j bits.Job) (string, error) {
		p, err := choose(c.args[0], priorities)
		if err != nil {
			return "", err
		}
		return priorityWord(p), j.SetPriority(c.ctx, p)
	}),
	get("GETNOTIFYFLAGS", "", "notify flags", func(c *call, j bits.Job) (string, error) { return numeral(j.GetNotifyFlags(c.ctx)) }),
	setNumber("SETNOTIFYFLAGS", "<notify_flags>", "notify flags", func(c *call, j bits.Job, n uint32) error {
		return j.SetNotifyFlags(c.ctx, bits.NotifyFlags(n))
	}),
	get("GETNOTIFYINTERFACE", "", "notify interface", func(c *call, j bits.Job) (string, error) { return registered(c, j) }),
	get("GETMINRETRYDELAY", "", "minimum retry delay", func(c *call, j bits.Job) (string, error) { return numeral(j.GetMinimumRetryDelay(c.ctx)) }),
	setNumber("SETMINRETRYDELAY", "<retry_delay>", "minimum retry delay", func(c *call, j bits.Job, n uint32) error {
		return j.SetMinimumRetryDelay(c.ctx, n)
	}),
	get("GETNOPROGRESSTIMEOUT", "", "no progress timeout", func(c *call, j bits.Job) (string, error) { return numeral(j.GetNoProgressTimeout(c.ctx)) }),
	setNumber("SETNOPROGRESSTIMEOUT", "<timeout>", "no progress timeout", func(c *call, j bits.Job, n uint32) error {
		return j.SetNoProgressTimeout(c.ctx, n)
	}),
	get("GETMAXDOWNLOADTIME", "", "maximum download time", func(c *call, j bits.Job4) (string, error) { return numeral(j.GetMaximumDownloadTime(c.ctx)) }),
	setNumber("SETMAXDOWNLOADTIME", "<timeout>", "maximum download time", func(c *call, j bits.Job4, n uint32) error {
		return j.SetMaximumDownloadTime(c.ctx, n)
	}),
	get("GETERRORCOUNT", "", "error count", func(c *call, j bits.Job) (string, error) { return numeral(j.GetErrorCount(c.ctx)) }),
	{name: "SETPROXYSETTINGS", args: "<job> <usage> [proxy_list bypass_list]", help: "Sets the proxy usage", min: 2, max: 4, run: setProxy},
	get("GETPROXYUSAGE", "", "proxy usage", func(c *call, j bits.Job) (string, error) {
		u, _, _, err := j.GetProxySettings(c.ctx)
		return usageWord(u), err
	}),
	get("GETPROXYLIST", "", "proxy list", func(c *call, j bits.Job) (string, error) {
		_, list, _, err := j.GetProxySettings(c.ctx)
		return orNull(list), err
	}),
	get("GETPROXYBYPASSLIST", "", "proxy bypass list", func(c *call, j bits.Job) (string, error) {
		_, _, bypass, err := j.GetProxySettings(c.ctx)
		return orNull(bypass), err
	}),
	act("TAKEOWNERSHIP", "", "Takes ownership of the job", "take ownership of job", "Took ownership of job.", func(c *call, j bits.Job) error {
		return j.TakeOwnership(c.ctx)
	}),
}

// registered tells whether a program listens to a job.
func registered(c *call, j bits.Job) (string, error) {
	callback, err := j.GetNotifyInterface(c.ctx)
	if callback == nil {
		return "UNREGISTERED", err
	}
	return "REGISTERED", err
}

func getError(c *call) error {
	j, err := c.job()
	if err != nil {
		return err
	}
	x, err := c.errorOf(j)
	if err != nil {
		return unable("get error", err)
	}
	x.lines(c.print, func() { c.print.line("") })
	return nil
}

func setProxy(c *call) error {
	j, err := c.job()
	if err != nil {
		return err
	}
	usage, err := choose(c.args[0], usages)
	if err != nil {
		return err
	}
	var list, bypass *string
	switch lists := c.args[1:]; {
	case usage == bits.BG_JOB_PROXY_USAGE_OVERRIDE && len(lists) == 2:
		list = &lists[0]
		if lists[1] != "" {
			bypass = nullable(lists[1])
		}
	case usage == bits.BG_JOB_PROXY_USAGE_OVERRIDE, len(lists) > 0:
		return badCount
	}
	if err := j.SetProxySettings(c.ctx, usage, list, bypass); err != nil {
		return unable("set proxy settings", err)
	}
	c.print.line(fmt.Sprintf("Proxy usage set to %s.", usageWord(usage)))
	if list != nil {
		c.print.line("Proxy list set to " + orNull(list) + ".")
		c.print.line("Proxy bypass list set to " + orNull(bypass) + ".")
	}
	return nil
}

// customHeaders are the headers of a job, NULL for none.
func customHeaders(c *call, j bits.Job) (string, error) {
	options, err := bits.Query[bits.JobHttpOptions](c.ctx, j)
	if err != nil {
		return "", err
	}
	headers, ok, err := options.GetCustomHeaders(c.ctx)
	if ignore(err, hresult.E_ACCESSDENIED) == nil && err != nil {
		return "(write-only)", nil
	}
	if !ok {
		return "NULL", err
	}
	return headers, err
}
