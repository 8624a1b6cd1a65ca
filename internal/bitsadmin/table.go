package bitsadmin

import (
	"context"
	"slices"
	"strings"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/token"
)

// commands are the switches, in the order of the help. It is a function's value because
// some of them look into it.
var commands []command

func init() {
	commands = slices.Concat(commandsOfQueue, commandsOfJobs, commandsOfExtras, commandsOfTokens, commandsOfMachine, commandsMissing)
}

var commandsOfQueue = []command{
	{name: "LIST", args: "[/ALLUSERS] [/VERBOSE]", help: "List the jobs", max: 2, kind: looks, run: list},
	{name: "MONITOR", args: "[/ALLUSERS] [/REFRESH sec]", help: "Monitors the copy manager", max: 3, kind: alone, run: monitor},
	{name: "RESET", args: "[/ALLUSERS]", help: "Deletes all jobs in the manager", max: 1, run: reset},
	{name: "TRANSFER", args: "<job name> [type] [/PRIORITY priority] [/ACLFLAGS flags] [/DYNAMIC] remote_url local_name ...", help: "Transfers files, and waits for them", min: 3, max: -1, kind: changes, run: transfer},
	{name: "CREATE", args: "[type] <job name>", help: "Creates a job: /DOWNLOAD, /UPLOAD or /UPLOAD-REPLY", min: 1, max: 2, run: create},
	{name: "INFO", args: "<job> [/VERBOSE]", help: "Displays information about a job", min: 1, max: 2, kind: looks, run: info},
	{name: "ADDFILE", args: "<job> <remote_url> <local_name>", help: "Adds a file to the job", min: 3, max: 3, run: addFile},
	{name: "ADDFILESET", args: "<job> <textfile>", help: "Adds the files that a text names: a remote and a local name on each line", min: 2, max: 2, run: addFileSet},
	{name: "ADDFILEWITHRANGES", args: "<job> <remote_url> <local_name> <range_list>", help: "Adds parts of a file, such as 0:100,2000:eof", min: 4, max: 4, run: addFileWithRanges},
	{name: "REPLACEREMOTEPREFIX", args: "<job> <old_prefix> <new_prefix>", help: "Has the remote names begin with something else", min: 3, max: 3, run: replaceRemotePrefix},
	{name: "LISTFILES", args: "<job>", help: "Lists the files in the job", min: 1, max: 1, kind: looks, run: listFiles},
	act("SUSPEND", "", "Suspends the job", "suspend job", "Job suspended.", func(c *call, j bits.Job) error { return j.Suspend(c.ctx) }),
	act("RESUME", "", "Resumes the job", "resume job", "Job resumed.", func(c *call, j bits.Job) error { return j.Resume(c.ctx) }),
	act("CANCEL", "", "Cancels the job", "cancel job", "Job canceled.", func(c *call, j bits.Job) error {
		_, err := j.Cancel(c.ctx)
		return err
	}),
	complete(),
}

func complete() command {
	c := act("COMPLETE", "", "Completes the job", "complete job", "Job completed.", func(c *call, j bits.Job) error {
		_, err := j.Complete(c.ctx)
		return err
	})
	c.kind = ends
	return c
}

// noPeerCache is why a family is missing.
const noPeerCache = "there is no peer cache of BITS 3.0, as on Windows 7 and later"

var commandsMissing = []command{
	{name: "PEERCACHING /GETCONFIGURATIONFLAGS", help: "Retrieves the flags of peer caching", max: 1, missing: noPeerCache},
	{name: "PEERCACHING /SETCONFIGURATIONFLAGS", args: "<value>", help: "Sets the flags of peer caching", min: 1, max: 2, missing: noPeerCache},
	{name: "CACHE /CLEAR", help: "Clears the cache", missing: noPeerCache},
	{name: "CACHE /DELETE", args: "<recordID>", help: "Deletes a record of the cache", min: 1, max: 1, missing: noPeerCache},
	{name: "CACHE /DELETEURL", args: "<url>", help: "Deletes the records of a URL", min: 1, max: 1, missing: noPeerCache},
	{name: "CACHE /LIST", args: "[/VERBOSE]", help: "Lists the records of the cache", max: 1, missing: noPeerCache},
	{name: "CACHE /INFO", args: "<recordID> [/VERBOSE]", help: "Displays information about a record", min: 1, max: 2, missing: noPeerCache},
	{name: "CACHE /GETLIMIT", help: "Retrieves the limit of the cache", missing: noPeerCache},
	{name: "CACHE /SETLIMIT", args: "<percent>", help: "Sets the limit of the cache", min: 1, max: 1, missing: noPeerCache},
	{name: "CACHE /GETEXPIRATIONTIME", help: "Retrieves how long records are kept", missing: noPeerCache},
	{name: "CACHE /SETEXPIRATIONTIME", args: "<secs>", help: "Sets how long records are kept", min: 1, max: 1, missing: noPeerCache},
	{name: "PEERS /DISCOVER", help: "Looks for peers", missing: noPeerCache},
	{name: "PEERS /CLEAR", help: "Clears the list of peers", missing: noPeerCache},
	{name: "PEERS /LIST", help: "Lists the peers", missing: noPeerCache},
}

// fields is the number of arguments that a syntax has.
func fields(args string) int { return len(strings.Fields(args)) }

func join(job, args string) string { return strings.TrimSpace(job + " " + args) }

func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// impersonate has a call be made as somebody else.
func impersonate(ctx context.Context, t token.Token) context.Context { return token.NewContext(ctx, t) }
