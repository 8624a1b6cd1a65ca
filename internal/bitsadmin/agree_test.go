package bitsadmin_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/jobstore"
)

// The same jobs look the same in a store and at a service, and the same is refused with
// the same words and the same exit code.
func TestPlacesAgree(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	full := record(t, "{AD76901C-924F-49E3-82BF-878159C01295}", "full", "alice")
	full.Description, full.NotifyProgram, full.NotifyToken = "what it is for", `C:\run.exe`, full.Owner
	full.Files = whole("http://SERVER/a", `C:\temp\a`, 933888)
	bad := record(t, "{6AF46E48-41D3-453F-B7AF-A694BBC823F7}", "bad", "alice")
	bad.State, bad.Files, bad.ErrorCount = bits.BG_JOB_STATE_ERROR, none("http://SERVER/b", `C:\temp\b`), 2
	bad.Error = jobstore.JobError{Code: hresult.BG_E_HTTP_ERROR_404, Context: bits.BG_ERROR_CONTEXT_REMOTE_FILE, File: 1}
	retry := transient(t)
	retry.RetryTime, retry.NoProgressSince = time.Now().Add(time.Hour), time.Now()
	reply := record(t, uuid.NewString(), "reply", "alice")
	reply.State, reply.Type = bits.BG_JOB_STATE_SUSPENDED, bits.BG_JOB_TYPE_UPLOAD_REPLY
	twice := []jobstore.Job{record(t, uuid.NewString(), "twice", "alice"), record(t, uuid.NewString(), "twice", "alice")}
	for i := range twice {
		twice[i].State = bits.BG_JOB_STATE_SUSPENDED
	}
	bobs := record(t, uuid.NewString(), "bobs", "bob elevated")
	bobs.State = bits.BG_JOB_STATE_SUSPENDED
	r.seed(append(twice, full, bad, retry, reply, bobs)...)

	lines := [][]string{
		{"/list"}, {"/list", "/verbose"}, {"/rawreturn", "/list"}, {"/list", "/allusers"}, {"--as=system", "/list", "/allusers", "/verbose"},
		{"/info", "full", "/verbose"}, {"/info", "bad", "/verbose"}, {"/info", "job2"}, {"/info", "{AD76901C-924F-49E3-82BF-878159C01295}"},
		{"/listfiles", "full"}, {"/rawreturn", "/listfiles", "bad"}, {"/geterror", "bad"}, {"/geterror", "full"}, {"/getstate", "twice"},
		{"/getstate", "nobody's"}, {"/getstate", "bobs"}, {"--as", "alice elevated", "/getowner", "bobs"}, {"/getstate", "{AD76901C-924F-49E3-82BF-878159C01296}"},
		{"/complete", "reply"}, {"/addfile", "full", "http://SERVER/c", "relative"}, {"/addfile", "nobody's", "u", "l"}, {"/takeownership", "full"},
		{"/setpriority", "full", "urgent"}, {"/gettemporaryname", "full", "7"}, {"/getclientcertificate", "full"},
		{"/gethelpertokensid", "full"}, {"/sethelpertoken", "full", "nobody", "x"},
		{"/util", "/version", "/verbose"}, {"/util", "/getieproxy", "localsystem"}, {"/util", "/setieproxy", "localsystem", "autodetect"}, {"/cache", "/list"},
	}
	for _, command := range []string{
		"type", "aclflags", "bytestotal", "bytestransferred", "filestotal", "filestransferred", "creationtime", "modificationtime", "completiontime",
		"owner", "displayname", "description", "priority", "notifyflags", "notifyinterface", "minretrydelay", "noprogresstimeout", "maxdownloadtime",
		"errorcount", "proxyusage", "proxylist", "proxybypasslist", "notifycmdline", "customheaders", "httpmethod", "securityflags",
		"peercachingflags", "replyfilename", "replyprogress", "helpertokenflags",
	} {
		for _, job := range []string{"full", "bad", "job2", "reply"} {
			lines = append(lines, []string{"/get" + command, job})
		}
	}
	type result struct {
		out, stderr string
		status      int32
	}
	results := func() (all []result) {
		for _, args := range lines {
			out, status := r.run(args...)
			all = append(all, result{out, r.stderr, status})
		}
		return all
	}
	inStore := results()
	r.serve()
	for i, got := range results() {
		require.Equal(t, inStore[i], got, fmt.Sprint(lines[i]))
	}
}
