package remote

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"time"

	"github.com/google/uuid"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/token"
	"github.com/bitsemu/bitsemu/winver"
)

// Info is what a server says of itself.
type Info struct {
	Name    string       `json:"name"`    // bitsemu
	Version string       `json:"version"` // of the server
	Windows winver.Build `json:"windows"` // the emulated build
	BITS    string       `json:"bits"`    // the emulated version of BITS, such as 10.3
	Time    time.Time    `json:"time"`    // the emulated time
	Clock   string       `json:"clock"`   // real, manual or poll: what makes it go on
	Caller  *token.Token `json:"caller"`  // as whom everybody calls; nil when callers may choose
}

// Info asks what the server is.
func (c *Client) Info(ctx context.Context) (Info, error) {
	v, err := get[struct {
		Info
		Windows uint32 `json:"windows"` // a number there
	}](ctx, c, "")
	v.Info.Windows = winver.Build(v.Windows)
	return v.Info, err
}

// Look asks for what the server shows under /v1/ and a path: JSON, as the server's
// OpenAPI document says.
func (c *Client) Look(ctx context.Context, path string) (json.RawMessage, error) {
	what := "looking at " + path
	if _, err := c.current(what); err != nil {
		return nil, err
	}
	target := "/v1"
	if path != "" {
		target += "/" + path
	}
	return c.conn.do(ctx, what, "GET", target, nil)
}

// get is Look for what can be read into a T.
func get[T any](ctx context.Context, c *Client, path string) (T, error) {
	var v T
	text, err := c.Look(ctx, path)
	if err != nil {
		return v, err
	}
	if err := json.Unmarshal(text, &v); err != nil {
		return v, fmt.Errorf("remote: looking at %s: the answer cannot be read: %w: %w", path, hresult.RPC_E_CLIENT_CANTUNMARSHAL_DATA, err)
	}
	return v, nil
}

// Path is where the file of a Windows path lies on the server's machine, and "" for
// nowhere.
func (c *Client) Path(ctx context.Context, windows string) (string, error) {
	v, err := get[struct{ Path string }](ctx, c, "path?windows="+url.QueryEscape(windows))
	return v.Path, err
}

// Jobs are the jobs in the queue, a JSON array.
func (c *Client) Jobs(ctx context.Context) (json.RawMessage, error) {
	v, err := get[struct{ Jobs json.RawMessage }](ctx, c, "jobs")
	return v.Jobs, err
}

// Job is one job, also one that is over if that is not long ago. No such job is a
// [Refusal] with status 404.
func (c *Client) Job(ctx context.Context, id uuid.UUID) (json.RawMessage, error) {
	return c.Look(ctx, "jobs/"+id.String())
}

// Events are the event log, a JSON array.
func (c *Client) Events(ctx context.Context) (json.RawMessage, error) {
	v, err := get[struct{ Events json.RawMessage }](ctx, c, "events")
	return v.Events, err
}

// Audit is what was opened, requested and answered for a job, and as whom: a JSON array.
// uuid.Nil is for all jobs.
func (c *Client) Audit(ctx context.Context, job uuid.UUID) (json.RawMessage, error) {
	path := "audit"
	if job != uuid.Nil {
		path += "?job=" + job.String()
	}
	v, err := get[struct{ Audit json.RawMessage }](ctx, c, path)
	return v.Audit, err
}

// History is which states jobs have gone through, a JSON array.
func (c *Client) History(ctx context.Context) (json.RawMessage, error) {
	v, err := get[struct{ History json.RawMessage }](ctx, c, "history")
	return v.History, err
}

// HistoryOf is History for one job.
func (c *Client) HistoryOf(ctx context.Context, job uuid.UUID) (json.RawMessage, error) {
	v, err := get[struct{ History json.RawMessage }](ctx, c, "history?job="+job.String())
	return v.History, err
}

// Scripts are the scripted files, and what was asked of them: a JSON array.
func (c *Client) Scripts(ctx context.Context) (json.RawMessage, error) {
	v, err := get[struct{ Scripts json.RawMessage }](ctx, c, "scripts")
	return v.Scripts, err
}

// Snapshot is all jobs and the state of the machine, for [Client.Restore].
func (c *Client) Snapshot(ctx context.Context) (json.RawMessage, error) {
	return c.Look(ctx, "snapshot")
}

// Check tells whether the store holds together: an error with its text if not.
func (c *Client) Check(ctx context.Context) error {
	v, err := get[struct {
		OK    bool
		Error string
	}](ctx, c, "check")
	if err == nil && !v.OK {
		err = fmt.Errorf("remote: %s: %w", v.Error, hresult.E_FAIL)
	}
	return err
}

// Question is what [Client.Explain] asks: whether somebody may call a method of a job. As
// there is no job, it is one of an owner on a build.
type Question struct {
	Method  string                // such as SetHelperToken
	Job     uuid.UUID             // uuid.Nil for none
	Caller  string                // a token as JSON, or a name that the server knows; "" for its default
	Owner   string                // the same
	Windows winver.Build          // 0 for that of the service
	Flags   bits.HelperTokenFlags // for SetHelperTokenFlags
}

// Explain asks for a decision, whose call is not made.
func (c *Client) Explain(ctx context.Context, q Question) (json.RawMessage, error) {
	query := url.Values{}
	add := func(name, value string, given bool) {
		if given {
			query.Set(name, value)
		}
	}
	add("method", q.Method, true)
	add("job", q.Job.String(), q.Job != uuid.Nil)
	add("caller", q.Caller, q.Caller != "")
	add("owner", q.Owner, q.Owner != "")
	add("windows", strconv.FormatUint(uint64(q.Windows), 10), q.Windows != 0)
	add("flags", q.Flags.String(), q.Flags != 0)
	v, err := get[struct{ Decision json.RawMessage }](ctx, c, "explain?"+query.Encode())
	return v.Decision, err
}
