package upload

import (
	"net/http"
	"net/url"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/internal/bitspost"
	"github.com/bitsemu/bitsemu/transfer"
)

// reply is an answer and where it came from.
type reply struct {
	bitspost.Answer
	url     *url.URL // of the request
	headers string   // as for BITS_FILE_PROPERTY_ID_HTTP_RESPONSE_HEADERS
}

// good reports whether the answer is an Ack that grants what was asked (D
// ack-for-create-session: 200 or 201).
func (r reply) good() bool { return r.IsAck && r.fine() && !r.failed() }

func (r reply) fine() bool { return r.Status == http.StatusOK || r.Status == http.StatusCreated }

// failed reports whether the answer names an error. The number 0, which comes with
// 416, is none.
func (r reply) failed() bool { return r.HasCode && r.Code.Failed() }

func (r reply) sessionUnknown() bool { return r.HasCode && r.Code == hresult.BG_E_SESSION_NOT_FOUND }

// ofServer reports whether the BITS server speaks for itself. The application
// behind it may answer with any status, 413 and 416 among them, and does not mean
// what the protocol means by it.
func (r reply) ofServer() bool { return r.Context != bits.BG_ERROR_CONTEXT_REMOTE_APPLICATION }

func (r reply) outOfStep() bool {
	return r.Status == http.StatusRequestedRangeNotSatisfiable && r.ofServer()
}

func (r reply) tooBig() bool { return r.Status == http.StatusRequestEntityTooLarge && r.ofServer() }

// code is what GetError shows: the error that the server names, or else one made
// from the status (D bits-return-values; that it is made so I).
func (r reply) code() hresult.HRESULT {
	switch {
	case r.failed():
		return r.Code
	case !r.IsAck && r.Status/100 == 2:
		return hresult.BG_E_INVALID_SERVER_RESPONSE
	}
	return hresult.FromHTTPStatus(r.Status)
}

// transient tells whether a refused packet is worth another try.
func (r reply) transient(kind bitspost.Packet) bool {
	switch {
	case r.sessionUnknown():
		return true
	case r.ofServer() && r.final(kind):
		return false
	}
	return transientStatus(r.Status)
}

// final reports whether the server's own answer is one that no repeat will
// better, whatever its status says (D MC-BUP 3.1.5.2.1; state-machine.md 4).
func (r reply) final(kind bitspost.Packet) bool {
	switch code := r.code(); code {
	case hresult.BG_E_TOO_LARGE, hresult.E_INVALIDARG, hresult.BG_E_SERVER_EXECUTE_ENABLE,
		hresult.BG_E_INVALID_SERVER_RESPONSE:
		return true
	case hresult.E_ACCESSDENIED:
		return r.Status == http.StatusForbidden || r.Status == http.StatusConflict || r.Status == http.StatusNotImplemented
	}
	return kind == bitspost.CreateSession && r.Status == http.StatusConflict
}

// transientStatus tells what a status alone means (D
// handling-server-application-errors, for answers of the application; for those of
// the BITS server I).
func transientStatus(status int) bool {
	switch status {
	case 300, 301, 302, 303, 304, 305, 307, 501, 505:
		return false
	case 408, 409:
		return true
	}
	return status/100 != 4
}

// failure is the error of a packet that was refused.
func (r reply) failure(kind bitspost.Packet) error {
	return r.error(r.code(), r.transient(kind), nil)
}

// invalid is the error of an answer that breaks the rules.
func (r reply) invalid(err error) error {
	return r.error(hresult.BG_E_INVALID_SERVER_RESPONSE, false, err)
}

// stuck is the error of a server that answers and gets nowhere.
func (r reply) stuck(err error) error {
	return r.error(hresult.BG_E_INVALID_SERVER_RESPONSE, true, err)
}

func (r reply) error(code hresult.HRESULT, transient bool, err error) error {
	return &transfer.Error{
		Code: code, Context: r.Context, Transient: transient,
		URL: r.url.Redacted(), Status: r.Status, Err: err,
	}
}

// refused sorts an answer that is not good (state-machine.md 3). It returns nil
// when the upload goes on.
func (u *Upload) refused(kind bitspost.Packet, r reply) error {
	if !r.sessionUnknown() {
		return r.failure(kind)
	}
	// The server has forgotten the session, or is another one of a farm: from the
	// start, at once (D MC-BUP 3.1.5.2.1). Twice without a fragment in between is
	// not worth a third try now (I).
	began := u.state.Offset > 0
	u.state.forget()
	if u.lost {
		return r.failure(kind)
	}
	u.lost, u.next = true, phaseCreate
	if began {
		return u.setback(r)
	}
	return nil
}
