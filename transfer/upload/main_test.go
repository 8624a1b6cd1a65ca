package upload_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/bitsemu/bitsemu/internal/bitspost/wiretest"
	"github.com/bitsemu/bitsemu/transfer"
	"github.com/bitsemu/bitsemu/transfer/upload"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// network is a client on the real network whose connections end with the test.
func network(t testing.TB) *transfer.Client {
	rt := transfer.Network(transfer.Timeout(10 * time.Second))
	t.Cleanup(rt.(interface{ CloseIdleConnections() }).CloseIdleConnections)
	return &transfer.Client{Transport: rt}
}

// job is an upload and what a job would do around it.
type job struct {
	t       testing.TB
	client  *transfer.Client
	request upload.Request
	content string
	state   upload.State
	ctx     context.Context

	upload  *upload.Upload
	replies int // how often the reply was there to be fetched
}

func newJob(t testing.TB, url, content string, change ...func(*upload.Request)) *job {
	j := &job{t: t, client: network(t), content: content, ctx: t.Context()}
	j.request = upload.Request{URL: url, Size: uint64(len(content)), Name: "local.txt"}
	for _, c := range change {
		c(&j.request)
	}
	return j
}

// restart does what a restart of the service does: all is gone but the state.
func (j *job) restart() {
	j.t.Helper()
	var err error
	j.upload, err = upload.New(j.client, j.request, j.state)
	require.NoError(j.t, err)
}

// step makes one step.
func (j *job) step() (upload.Result, error) {
	j.t.Helper()
	if j.upload == nil {
		j.restart()
	}
	r, err := j.upload.Step(j.ctx, strings.NewReader(j.content), 0)
	j.state = j.upload.State()
	require.Equal(j.t, j.state.Offset, r.Offset)
	return r, err
}

// run makes steps until the job is done or an attempt has failed.
func (j *job) run() error {
	j.t.Helper()
	for range 10_000 {
		r, err := j.step()
		if err != nil || r.Done {
			return err
		}
		if r.Uploaded && j.request.Reply {
			j.replies++
		}
	}
	j.t.Fatal("no end")
	return nil
}

// fails runs an attempt and returns its error.
func (j *job) fails() *transfer.Error {
	j.t.Helper()
	err := j.run()
	var e *transfer.Error
	require.ErrorAs(j.t, err, &e)
	return e
}

// heads are the requests that a server got: packet and range.
func heads(requests []wiretest.Message) []string {
	var all []string
	for _, m := range requests {
		all = append(all, strings.TrimSpace(m.Header["bits-packet-type"]+" "+m.Header["content-range"]))
	}
	return all
}

// failing is a local file that cannot be read.
type failing struct{ err error }

func (f failing) ReadAt([]byte, int64) (int, error) { return 0, f.err }

var errBroken = errors.New("broken")
