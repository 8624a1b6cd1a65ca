package bitsupload

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/internal/bitspost"
	"github.com/bitsemu/bitsemu/transfer"
)

// NotificationType is BITSServerNotificationType: what the application behind a
// server is told of an upload (D bits-iis-extension-properties).
type NotificationType uint8

// The types of notification.
const (
	NotifyNone        NotificationType = iota // nothing: the file goes to its name
	NotifyByReference                         // where the file is
	NotifyByValue                             // the file, as body of the request
)

// Notification is the application behind a server, which upload-reply jobs need.
//
// It gets a POST when a file is complete, again when it has failed before, and
// answers with 200 for success. Of its answer's headers, BITS-Static-Response-URL
// names a reply that exists already, and BITS-Copy-File-To-Destination, of any
// value, keeps the upload under its name, which is not done otherwise. Without a
// static one, the reply is the body of the answer (by value) or the file that the
// request named (by reference); no reply is an empty one. Replies are served by the
// server, until the session is closed.
type Notification struct {
	Type NotificationType

	// URL is where the application is, http only, of at most 2200 characters. A
	// relative one is taken from the directory of the upload. The query of the
	// remote name is appended (D bits-iis-extension-properties).
	URL string

	// Handler is the application, in the same process; or Transport gets the
	// requests. With neither they go over the network.
	Handler   http.Handler
	Transport http.RoundTripper

	// Timeout is how long the application may take for its answer; 0 is 5 minutes
	// (D bits-iis-extension-properties).
	Timeout time.Duration
}

const maxNotificationURL = 2200

func (n *Notification) defaults() error {
	setDefault(&n.Timeout, 5*time.Minute)
	switch {
	case n.Type > NotifyByValue:
		return fmt.Errorf("bitsupload: notification type %d, want 0 to 2", n.Type)
	case n.Timeout < 0:
		return errors.New("bitsupload: the timeout of the notification is negative")
	case n.Type == NotifyNone:
		return nil
	case len(n.URL) > maxNotificationURL:
		return fmt.Errorf("bitsupload: the notification URL has %d characters, at most %d are possible", len(n.URL), maxNotificationURL)
	case n.Handler != nil && n.Transport != nil:
		return errors.New("bitsupload: a notification goes to a Handler or a Transport, not to both")
	}
	u, err := url.Parse(n.URL)
	if err != nil {
		return fmt.Errorf("bitsupload: notification URL: %w", err)
	}
	if n.URL == "" || u.IsAbs() && u.Scheme != "http" {
		return fmt.Errorf("bitsupload: notification URL %q is no URL of http", n.URL)
	}
	switch {
	case n.Handler != nil:
		n.Transport, n.Handler = transfer.Handler(n.Handler), nil
	case n.Transport == nil:
		n.Transport = &http.Transport{DisableKeepAlives: true, DisableCompression: true}
	}
	return nil
}

// notified is what came of a notification.
type notified struct {
	status   int             // of the answer to the client when it failed
	code     hresult.HRESULT // then
	replyURL string
	keep     bool // the file goes to its name
}

func (n *notified) failed() bool { return n.code != hresult.S_OK }

var errSilent = errors.New("bitsupload: the application did not answer in time")

// notify tells the application and reads its answer.
func (s *Server) notify(r *request, c *session) *notified {
	s.countNotification()
	ctx, cancel := context.WithCancelCause(r.Context())
	watch := make(chan struct{})
	go func() {
		defer close(watch)
		if r.options.Clock.Sleep(ctx, r.options.Notify.Timeout) == nil {
			cancel(errSilent)
		}
	}()
	defer func() { cancel(nil); <-watch }()
	n, err := s.askApplication(ctx, r, c)
	if err == nil {
		return n
	}
	r.options.Logger.Warn("bitsupload: the application failed", "name", c.name, "error", err)
	code := hresult.HRESULT_FROM_WIN32_ERROR_WINHTTP_CANNOT_CONNECT
	if errors.Is(context.Cause(ctx), errSilent) {
		code = hresult.HRESULT_FROM_WIN32_ERROR_WINHTTP_TIMEOUT
	}
	return &notified{status: http.StatusInternalServerError, code: code}
}

func (s *Server) askApplication(ctx context.Context, r *request, c *session) (*notified, error) {
	request, err := s.notification(ctx, r, c)
	if err != nil {
		return nil, err
	}
	if request.Body != nil {
		defer func() { _ = request.Body.Close() }() // a transport may have closed it
	}
	response, err := r.options.Notify.Transport.RoundTrip(request)
	if err != nil {
		return nil, err
	}
	defer func() { _ = response.Body.Close() }() // it was only read
	if response.StatusCode != http.StatusOK {
		status := response.StatusCode
		if status < 200 { // cannot be passed on as an answer
			status = http.StatusInternalServerError
		}
		return &notified{status: status, code: hresult.FromHTTPStatus(response.StatusCode)}, nil
	}
	n := &notified{}
	_, n.keep = bitspost.One(response.Header, bitspost.CopyFileDestination)
	if n.replyURL, _ = bitspost.One(response.Header, bitspost.StaticResponseURL); n.replyURL != "" {
		return n, nil
	}
	body := io.Reader(response.Body)
	if r.options.Notify.Type == NotifyByReference {
		body = http.NoBody // what the application has not written is an empty reply
	}
	if err := s.saveReply(c, body); err != nil {
		return nil, err
	}
	c.reply, c.replyTime = true, r.options.Clock.Now()
	n.replyURL = r.replyURL(c)
	return n, nil
}

// notification makes the request for the application (D
// notification-protocol-for-server-applications).
func (s *Server) notification(ctx context.Context, r *request, c *session) (*http.Request, error) {
	original := r.url()
	base := *original
	base.RawQuery = ""
	target, err := base.Parse(r.options.Notify.URL)
	if err != nil {
		return nil, err
	}
	target.RawQuery = strings.TrimPrefix(target.RawQuery+"&"+original.RawQuery, "&")
	target.RawQuery = strings.TrimSuffix(target.RawQuery, "&")
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, target.String(), nil)
	if err != nil {
		return nil, err
	}
	bitspost.Set(request.Header, bitspost.OriginalRequestURL, original.String())
	// A reply of an attempt before would be taken for one of this.
	if err := s.removeReply(c); err != nil {
		return nil, err
	}
	if r.options.Notify.Type == NotifyByReference {
		bitspost.Set(request.Header, bitspost.RequestDataFile, s.storage.Path(c.request()))
		bitspost.Set(request.Header, bitspost.ResponseDataFile, s.storage.Path(c.response()))
		return request, nil
	}
	if c.size == 0 {
		return request, nil
	}
	file, err := s.storage.Open(c.request())
	if err != nil {
		return nil, err
	}
	request.ContentLength = int64(c.size)
	request.Body = &fileBody{Reader: io.NewSectionReader(file, 0, int64(c.size)), file: file}
	return request, nil
}

// saveReply stores a reply as it comes, unless the application has written one.
func (s *Server) saveReply(c *session, body io.Reader) error {
	file, err := s.storage.Create(c.response())
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	_, err = io.Copy(io.NewOffsetWriter(file, 0), body)
	return errors.Join(err, file.Close())
}

// removeReply removes the reply that an earlier notification left.
func (s *Server) removeReply(c *session) error {
	_, err := s.storage.Stat(c.response())
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	}
	return s.storage.Remove(c.response())
}

// fileBody is a file as the body of a request.
type fileBody struct {
	io.Reader
	file io.Closer
}

func (b *fileBody) Close() error { return b.file.Close() }
