package transcript_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu"
	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/bitstest"
	"github.com/bitsemu/bitsemu/bitstest/transcript"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/internal/emulated"
	"github.com/bitsemu/bitsemu/winver"
)

func named(t *testing.T, name string) bitstest.Case {
	t.Helper()
	for _, c := range bitstest.Cases() {
		if c.Name == name {
			return c
		}
	}
	require.Fail(t, "no such case", name)
	return bitstest.Case{}
}

func TestRecord(t *testing.T) {
	t.Parallel()
	emu, opts := emulated.Open(t, winver.Windows11_24H2)
	got := transcript.Record(named(t, "callback/cancels-the-job"), emu.Manager(), time.Minute, opts...)
	got.Steps = got.Steps[:7]
	got.After = nil
	got.Callbacks = got.Callbacks[:1]
	require.Equal(t, `case callback/cancels-the-job
1 manager.CreateJob("bitstest-<case>-job", BG_JOB_TYPE_DOWNLOAD) = id1, job1
2 job1.SetPriority(BG_JOB_PRIORITY_FOREGROUND) = S_OK
3 job1.AddFile("<server>/file/100", "<dir>\\bitstest-<case>-i") = S_OK
4 job1.SetNotifyFlags(BG_NOTIFY_JOB_TRANSFERRED|BG_NOTIFY_JOB_ERROR) = S_OK
5 job1.SetNotifyInterface(callback1) = S_OK
6 job1.Resume() = S_OK
7 wait
	job1.GetState() = BG_JOB_STATE_CANCELLED
	~ job1.GetState() = BG_JOB_STATE_QUEUED
callback1 of job1
	JobTransferred(job) = S_OK
		job.GetId() = id1
		job.GetState() = BG_JOB_STATE_TRANSFERRED
		job.Cancel() = S_OK
		~ after 7
pass
`, got.String())
}

func TestRecordOfSomebodyElse(t *testing.T) {
	t.Parallel()
	emu, opts := emulated.Open(t, winver.Windows11_24H2)
	got := transcript.Record(named(t, "caller/takes-no-ownership"), emu.Manager(), time.Minute, opts...)
	require.Contains(t, got.String(), "User: job1.TakeOwnership() ! E_ACCESSDENIED\n")
}

func TestRecordOfWhatIsSkipped(t *testing.T) {
	t.Parallel()
	got := transcript.Record(named(t, "life/download"), bitsemu.RunT(t).Manager(), time.Minute)
	require.Equal(t, transcript.Skip, got.Outcome)
	require.Equal(t, "this needs local files, and the option Dir is missing", got.Why)
}

// stuck is a manager that does not answer.
type stuck struct {
	bits.Manager
	until <-chan struct{}
}

func (s stuck) CreateJob(context.Context, string, bits.JobType) (uuid.UUID, bits.Job, error) {
	<-s.until
	return uuid.Nil, nil, hresult.E_FAIL
}

func TestRecordOfWhatDoesNotEnd(t *testing.T) {
	t.Parallel()
	until := make(chan struct{})
	got := transcript.Record(named(t, "manager/create-job"), stuck{until: until}, time.Nanosecond)
	close(until)
	require.Equal(t, transcript.Case{Name: "manager/create-job", Outcome: transcript.Fail, Why: "it does not end in 1ns"}, got)
}
