package remote

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/bitsemu/bitsemu/hresult"
)

// Error is what the service has refused a call with.
type Error struct {
	HRESULT hresult.HRESULT
	Text    string          // of the service
	Method  string          // such as IBackgroundCopyJob::Resume; may be empty, as all below
	Job     string          // the GUID of the job that the call was about
	Caller  string          // who called
	Rule    json.RawMessage // of a refusal: the decision
}

func (e *Error) Error() string { return e.Text }

// Unwrap gives the HRESULT.
func (e *Error) Unwrap() error { return e.HRESULT }

// Refusal is a request that the server did not give to the service.
type Refusal struct {
	Status int    // of HTTP
	Code   string // such as unauthorized
	Text   string
	What   string // the request
}

func (r *Refusal) Error() string {
	return fmt.Sprintf("remote: %s: the server refuses it (%d %s): %s", r.What, r.Status, r.Code, r.Text)
}

// Unwrap gives the HRESULT:
//
//   - RPC_E_ACCESS_DENIED without the token of the server, and for a caller that it does not allow (401, 403)
//   - RPC_S_SERVER_UNAVAILABLE for a session or a pointer that it does not know (any more), and when it is being shut down (404, 503)
//   - RPC_E_OUT_OF_RESOURCES at a limit of the server (429)
//   - RPC_E_SERVERFAULT for a defect of the server (5xx)
//   - RPC_E_SERVER_CANTUNMARSHAL_DATA for a request that it cannot read, such as one that is too large (other 4xx)
func (r *Refusal) Unwrap() error {
	switch r.Status {
	case http.StatusUnauthorized, http.StatusForbidden:
		return hresult.RPC_E_ACCESS_DENIED
	case http.StatusNotFound, http.StatusServiceUnavailable:
		return hresult.HRESULT_FROM_WIN32_RPC_S_SERVER_UNAVAILABLE
	case http.StatusTooManyRequests:
		return hresult.RPC_E_OUT_OF_RESOURCES
	}
	if r.Status >= http.StatusInternalServerError {
		return hresult.RPC_E_SERVERFAULT
	}
	return hresult.RPC_E_SERVER_CANTUNMARSHAL_DATA
}

// refusal reads the body of an HTTP error.
func refusal(what string, status int, body []byte) error {
	var said struct {
		Error struct{ Code, Message string }
	}
	r := &Refusal{Status: status, What: what}
	if err := json.Unmarshal(body, &said); err == nil && said.Error.Code != "" {
		r.Code, r.Text = said.Error.Code, said.Error.Message
	} else {
		r.Code, r.Text = http.StatusText(status), "this does not look like a server of bitsemu"
	}
	return r
}

// lost is the error for a connection that does not come about, or breaks.
func (c *connection) lost(what string, err error) error {
	return dead(what, fmt.Errorf("the service at %s cannot be reached: %w", c.address, err))
}

// dead is the error of a call that does not get to the service.
func dead(what string, why error) error {
	return fmt.Errorf("remote: %s: %w: %w", what, why, hresult.HRESULT_FROM_WIN32_RPC_S_SERVER_UNAVAILABLE)
}

var (
	errClosed = errors.New("the client is closed")
	errEnded  = errors.New("the session has ended")
)
