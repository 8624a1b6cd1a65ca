package transcript_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/bitstest/transcript"
)

// parsed is the case job/one with these lines.
func parsed(t *testing.T, lines string) transcript.Case {
	t.Helper()
	c, err := transcript.ParseCase("case job/one\n" + lines + "\n")
	require.NoError(t, err)
	return c
}

func TestCompare(t *testing.T) {
	t.Parallel()
	const (
		getId     = "1 job1.GetId() = id1\n"
		queued    = "1 job1.GetState() = BG_JOB_STATE_QUEUED\npass"
		connected = "1 job1.GetState() = BG_JOB_STATE_CONNECTING\npass"
		wait      = "1 wait\n\tjob1.GetState() = BG_JOB_STATE_TRANSFERRED\n"
		told      = "callback1 of job1\n\tJobTransferred(job) = S_OK\n\t\tjob.GetState() = BG_JOB_STATE_QUEUED\n\t\t~ after 1\n"
	)
	for name, row := range map[string]struct {
		theirs, ours string
		want         []string // number, call, what, theirs, ours
	}{
		"the same":      {getId + "pass", getId + "pass", nil},
		"an answer":     {getId + "pass", "1 job1.GetId() = id2\npass", []string{"1|job1.GetId()|job.GetId|id1|id2"}},
		"an error":      {getId + "pass", "1 job1.GetId() ! E_NOTIMPL\npass", []string{"1|job1.GetId()|job.GetId|id1|E_NOTIMPL"}},
		"of the moment": {queued, connected, nil},
		"another state": {queued, strings.ReplaceAll(queued, "QUEUED", "ERROR"), []string{"1|job1.GetState()|job.GetState|under way|BG_JOB_STATE_ERROR"}},
		"another way":   {getId + "pass", "1 job1.Suspend() = S_OK\npass", []string{"1|the way|the way of job.GetId|job1.GetId()|job1.Suspend()"}},
		"a shorter way": {getId + "pass", "pass", []string{"1|the way|the way of job.GetId|job1.GetId()|nothing"}},
		"a longer way":  {"pass", wait + "pass", []string{"1|the way|the way of wait|nothing|wait"}},
		"a way that is explained": {
			getId + "2 job1.Resume() ! E_FAIL\nafter\n3 job1.Cancel() = S_OK\nfail", getId + "2 job1.Resume() = S_OK\n3 job1.Suspend() = S_OK\npass",
			[]string{"2|job1.Resume()|job.Resume|E_FAIL|S_OK"},
		},
		"cleaning up":     {getId + "after\n2 job1.Cancel() = S_OK\npass", getId + "after\n2 job1.Cancel() = S_FALSE\npass", []string{"2|job1.Cancel()|job.Cancel|S_OK|S_FALSE"}},
		"an outcome":      {getId + "fail\n~ no file", getId + "pass", []string{"0|outcome|outcome|fail: no file|pass"}},
		"reasons":         {"fail\n~ one", "fail\n~ another", nil},
		"seen":            {wait + "\t~ job1.GetState() = BG_JOB_STATE_QUEUED\npass", wait + "pass", nil},
		"seen to rest":    {wait + "\t~ job1.GetState() = BG_JOB_STATE_TRANSIENT_ERROR\npass", wait + "pass", []string{"1|wait|wait|before BG_JOB_STATE_TRANSIENT_ERROR|ended"}},
		"in vain":         {strings.Replace(wait, "wait", "wait in vain", 1) + "pass", wait + "pass", []string{"1|wait|wait|in vain; job1.GetState(): BG_JOB_STATE_TRANSFERRED|job1.GetState(): BG_JOB_STATE_TRANSFERRED"}},
		"in vain, far on": {"1 wait in vain\n\tjob1.GetProgress() = {1}\npass", "1 wait in vain\n\tjob1.GetProgress() = {2}\npass", nil},
		"the end of a wait": {wait + "pass", strings.ReplaceAll(wait, "TRANSFERRED", "ERROR") + "pass", []string{
			"1|wait|wait|job1.GetState(): BG_JOB_STATE_TRANSFERRED|job1.GetState(): BG_JOB_STATE_ERROR",
		}},
		"a wait with less": {wait + "\tjob1.GetId() = id1\npass", wait + "pass", []string{"1|wait|wait|job1.GetId(): id1|ended"}},
		"told":             {told + "pass", strings.ReplaceAll(told, "QUEUED", "CONNECTING") + "pass", nil},
		"told too":         {told + "pass", "callback1 of job1\npass", []string{"0|callback1|callback|JobTransferred(job), job.GetState(): under way|nothing"}},
		"told an error":    {strings.ReplaceAll(told, "= S_OK", "! E_FAIL") + "pass", "pass", []string{"0|callback1|callback|JobTransferred(job) ! E_FAIL, job.GetState(): under way|nothing"}},
		"by a caller":      {"1 User: job1.GetId() = id1\npass", "1 User: job1.GetId() = id2\npass", []string{"1|User: job1.GetId()|User: job.GetId|id1|id2"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, d := range transcript.Compare(parsed(t, row.theirs), parsed(t, row.ours)) {
				require.Equal(t, "job/one", d.Case)
				got = append(got, strings.Join([]string{string(rune('0' + d.Number)), d.Call, d.What, d.Theirs, d.Ours}, "|"))
			}
			require.Equal(t, row.want, got)
		})
	}
}

func TestDifference(t *testing.T) {
	t.Parallel()
	d := transcript.Difference{Case: "job/one", Number: 3, Call: "job1.GetId()", What: "job.GetId", Theirs: "id1", Ours: "E_FAIL"}
	require.Equal(t, "job/one, call 3: job1.GetId()\n\ttheirs: id1\n\tours:   E_FAIL", d.String())
}
