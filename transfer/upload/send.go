package upload

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/bitsemu/bitsemu/internal/bitspost"
	"github.com/bitsemu/bitsemu/internal/httphead"
	"github.com/bitsemu/bitsemu/transfer"
)

// maxAnswer is how long a body may be that is read, without a meaning, to keep the
// connection. One of unknown length might never end.
const maxAnswer = 64 << 10

// packet is what a Fragment has besides its headers; the other packets have none.
type packet struct {
	src io.ReaderAt
	rng bitspost.Range
}

// call is a packet on its way. A transport that has no answer yet gets the same
// request again.
type call struct {
	kind    bitspost.Packet
	rng     bitspost.Range
	target  *url.URL
	proxy   *url.URL // nil for none
	asked   map[question]bool
	request *http.Request // nil before it is made
	file    *loan         // nil for a packet without a body
}

// send sends a packet, again with credentials when it is asked for them, and reads
// the answer. The error is a *transfer.Wait, a *transfer.Error or the context's.
func (u *Upload) send(ctx context.Context, kind bitspost.Packet, p packet) (reply, error) {
	c := u.waiting(kind)
	u.call = nil
	if c == nil {
		c = &call{kind: kind, rng: p.rng, target: u.target(), asked: map[question]bool{}}
	}
	for {
		response, err := u.exchange(ctx, c, p.src)
		if err != nil {
			if isWait(err) {
				u.call = c
			}
			return reply{}, err
		}
		u.state.HostLostSince = time.Time{}
		r := reply{
			Answer:  bitspost.ReadAnswer(response.StatusCode, response.Header),
			url:     c.target,
			headers: httphead.Block(response),
		}
		again, err := u.auth.challenged(ctx, c, response)
		if err != nil || !again {
			return r, err
		}
		c.request = nil
	}
}

// waiting returns the packet that a transport has asked to send again, if that is
// still to be done.
func (u *Upload) waiting(kind bitspost.Packet) *call {
	if u.call == nil || u.call.kind != kind || u.call.request.Context().Err() != nil {
		return nil
	}
	return u.call
}

// target is the URL of a packet: the remote name, with the host replaced by the
// host id (D ack-for-create-session).
func (u *Upload) target() *url.URL {
	if u.state.Host == "" {
		return u.origin
	}
	at, _ := bitspost.ResolveHost(u.origin, u.state.Host) // it was tried when it came
	return at
}

// exchange makes one request and reads its answer to the end.
func (u *Upload) exchange(ctx context.Context, c *call, src io.ReaderAt) (*http.Response, error) {
	if c.request == nil {
		if err := u.build(ctx, c); err != nil {
			return nil, err
		}
	}
	if c.file != nil {
		c.file.lend(src)
	}
	response, err := u.client.Transport.RoundTrip(c.request)
	if err == nil {
		if response.ContentLength <= maxAnswer {
			_, _ = io.CopyN(io.Discard, response.Body, response.ContentLength)
		}
		_ = response.Body.Close()
	}
	if c.file != nil {
		if lost := c.file.release(); lost != nil {
			return nil, localError(c.target, lost)
		}
	}
	if err != nil {
		return nil, u.trouble(ctx, c.target, err)
	}
	return response, u.judge(c.target, response)
}

// build makes the request of a call.
func (u *Upload) build(ctx context.Context, c *call) error {
	c.proxy = nil
	if u.request.Proxy != nil {
		proxy, err := u.request.Proxy(c.target)
		if err != nil {
			return proxyError(c.target, err)
		}
		c.proxy = proxy
	}
	header := u.headers(c)
	if err := u.auth.apply(ctx, c, header); err != nil {
		return err
	}
	request := &http.Request{
		Method: bitspost.Method,
		URL:    c.target,
		Host:   c.target.Host,
		Proto:  "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: header,
	}
	c.file = nil
	if n := c.rng.Len(); n > 0 {
		file := &loan{moved: u.request.OnMoved}
		request.ContentLength = int64(n)
		request.Body = file.body(c.rng)
		request.GetBody = func() (io.ReadCloser, error) { return file.body(c.rng), nil }
		c.file = file
	} else {
		// net/http leaves the length of an empty body out for a method that it does
		// not know, but writes a header as it is spelled.
		header["content-length"] = []string{"0"}
	}
	c.request = request.WithContext(u.mark(ctx, c))
	return nil
}

// mark tells the transport what does not stand in a request.
func (u *Upload) mark(ctx context.Context, c *call) context.Context {
	if c.proxy != nil {
		ctx = transfer.WithProxy(ctx, c.proxy)
	}
	if u.request.ClientCertificate != nil {
		ctx = transfer.WithClientCertificate(ctx, u.request.ClientCertificate)
	}
	return transfer.Stepwise(transfer.WithSecurity(ctx, u.request.Security))
}

// headers makes the headers of a call.
func (u *Upload) headers(c *call) http.Header {
	h := u.header.Clone()
	agent := u.client.UserAgent
	if agent == "" {
		agent = transfer.DefaultUserAgent
	}
	defaultTo(h, "User-Agent", agent)
	defaultTo(h, "Accept", "*/*")
	h.Set("Accept-Encoding", "identity")
	h.Set("Connection", "Keep-Alive")
	bitspost.Set(h, bitspost.PacketType, c.kind.String())
	switch c.kind {
	case bitspost.Ping:
	case bitspost.CreateSession:
		bitspost.Set(h, bitspost.SupportedProtocols, bitspost.Protocol)
	default:
		bitspost.Set(h, bitspost.SessionID, u.state.Session)
	}
	if c.kind == bitspost.Fragment {
		bitspost.Set(h, bitspost.ContentRange, c.rng.String())
		if u.request.Name != "" && c.rng.First == 0 {
			bitspost.Set(h, bitspost.ContentName, contentName(u.request.Name))
		}
	}
	return h
}

func defaultTo(h http.Header, name, value string) {
	if _, ok := h[name]; !ok {
		h.Set(name, value)
	}
}
