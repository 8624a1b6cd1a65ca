package bitsupload

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"github.com/bitsemu/bitsemu/internal/bitspost"
)

// Options is how a server behaves. The zero value is Windows' defaults, as far as
// they are known.
type Options struct {
	Disabled        bool   // uploads are not enabled: 501 (D MC-BUP 2.2.1.2)
	MaxUploadSize   uint64 // of a whole file, in bytes; 0 for none (D bits-iis-extension-properties)
	MaxFragmentSize int64  // of one body, in bytes: more gets a 413; 0 for none. IIS 7 has 30,000,000 (D upload-limits)
	AllowOverwrite  bool   // an upload replaces a file that exists (D bits-iis-extension-properties)
	MaxSessions     int    // open at once; more get a 503 (C); 0 for any number

	// SessionTimeout is how long a session lives without progress; 0 is 14 days (D
	// bits-iis-extension-properties). Windows drops it at the next run of its
	// clean-up, which is twice a day; here it is gone at once (C).
	SessionTimeout time.Duration

	// HostID is what clients are told to use as host from now on, "" for nothing,
	// HostFallback how long they may fail to reach it before they go back; 0
	// for ever (D ack-for-create-session).
	HostID       string
	HostFallback time.Duration

	Notify Notification // the application behind the server

	// IdleTimeout is how long a client may take for the next 64 KiB of a fragment; 0
	// is two minutes (C). What came is kept.
	IdleTimeout time.Duration

	// Authorize judges who may upload. It returns a name for who it is: a session
	// belongs to the name that created it. An error is answered with 403. nil lets
	// all in. Logging on is not the server's affair: put a handler around it that
	// answers 401.
	Authorize func(*http.Request) (user string, err error)

	// Other takes requests that are not of the protocol and not for a reply, such
	// as GET; nil answers 405.
	Other http.Handler

	// Where the documentation leaves a choice.

	StrictRanges   bool        // 416 for a fragment that overlaps, instead of taking what is new (D MC-BUP 3.2.5.2.6 against fragment)
	CommitAtClose  bool        // a file appears with Close-Session, instead of with its last fragment (D MC-BUP 1.3.2 against cancel-session)
	CreatedStatus  int         // of a good answer to Create-Session: 200, which 0 means too, or 201
	ConflictStatus int         // when the destination exists: 403, which 0 means too, or 409 (D MC-BUP 2.2.1.2 against ack-for-create-session)
	ErrorHeader    ErrorHeader // which header carries error codes

	Clock  Clock         // nil is the time of package time
	NewID  func() string // makes the identifiers of sessions, which must be unique; nil makes random GUIDs
	Logger *slog.Logger  // is told of each packet; nil for silence
}

// ErrorHeader chooses the header that carries error codes, about which the
// documentation and the open specification disagree.
type ErrorHeader = bitspost.ErrorHeader

// Where error codes go.
const (
	ErrorHeaderCode = bitspost.ErrorHeaderCode // BITS-Error-Code (D ack-for-fragment)
	ErrorHeaderOpen = bitspost.ErrorHeaderOpen // BITS-Error (D MC-BUP 2.2.1.2)
	ErrorHeaderBoth = bitspost.ErrorHeaderBoth
)

// defaults fills in what is left out, and tells what cannot be.
func (o *Options) defaults() error {
	setDefault(&o.SessionTimeout, 14*24*time.Hour)
	setDefault(&o.IdleTimeout, 2*time.Minute)
	setDefault(&o.CreatedStatus, http.StatusOK)
	setDefault(&o.ConflictStatus, http.StatusForbidden)
	if o.Clock == nil {
		o.Clock = systemClock{}
	}
	if o.NewID == nil {
		o.NewID = newID
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	switch {
	case o.SessionTimeout < 0 || o.IdleTimeout < 0 || o.HostFallback < 0:
		return errors.New("bitsupload: a timeout is negative")
	case o.MaxFragmentSize < 0:
		return fmt.Errorf("bitsupload: MaxFragmentSize is %d", o.MaxFragmentSize)
	case o.MaxSessions < 0:
		return fmt.Errorf("bitsupload: MaxSessions is %d", o.MaxSessions)
	case o.CreatedStatus != http.StatusOK && o.CreatedStatus != http.StatusCreated:
		return fmt.Errorf("bitsupload: CreatedStatus is %d, want 200 or 201", o.CreatedStatus)
	case o.ConflictStatus != http.StatusForbidden && o.ConflictStatus != http.StatusConflict:
		return fmt.Errorf("bitsupload: ConflictStatus is %d, want 403 or 409", o.ConflictStatus)
	case o.HostID == "" && o.HostFallback != 0:
		return errors.New("bitsupload: HostFallback is set without a HostID")
	case o.HostFallback.Seconds() > 0xFFFFFFFF:
		return fmt.Errorf("bitsupload: HostFallback of %v does not fit 32 bits of seconds", o.HostFallback)
	}
	if o.HostID != "" {
		if _, err := bitspost.ResolveHost(&url.URL{Host: "localhost"}, o.HostID); err != nil {
			return fmt.Errorf("bitsupload: %w", err)
		}
	}
	return o.Notify.defaults()
}

func setDefault[T comparable](p *T, value T) {
	var zero T
	if *p == zero {
		*p = value
	}
}
