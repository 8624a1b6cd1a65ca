package transfer

import (
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// scriptCall is a request that a script has seen and not answered yet.
type scriptCall struct {
	request *ScriptRequest
	due     time.Time
}

// RoundTrip answers a request, or has it wait.
func (s *Script) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx := req.Context()
	memo := memoOf(ctx)
	var call *scriptCall
	if memo != nil {
		call, _ = memo.note(s).(*scriptCall)
	}
	if call == nil {
		if req.Body != nil {
			_, _ = io.Copy(io.Discard, req.Body) // a file takes no body
			_ = req.Body.Close()
		}
		call = s.arrived(req)
	}
	for {
		resp, wait, change, err := s.answer(req, call)
		if wait == nil {
			return resp, err
		}
		if memo != nil {
			memo.setNote(s, call)
			return nil, wait
		}
		if err := pause(ctx, wait, change); err != nil {
			return nil, err
		}
	}
}

// pause waits by the machine's clock.
func pause(ctx context.Context, wait *Wait, change <-chan struct{}) error {
	var due <-chan time.Time
	if !wait.Until.IsZero() {
		timer := time.NewTimer(wait.Until.Sub(Now(ctx)))
		defer timer.Stop()
		due = timer.C
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-due:
	case <-change:
	}
	return nil
}

// arrived writes a request down.
func (s *Script) arrived(req *http.Request) *scriptCall {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := &ScriptRequest{
		Method: req.Method, URL: req.URL.String(), Range: req.Header.Get("Range"), Header: req.Header.Clone(),
		Principal: principalOf(req.Header.Get("Authorization")),
	}
	s.requests = append(s.requests, r)
	return &scriptCall{request: r, due: Now(req.Context()).Add(s.plan.delay)}
}

// answer answers, or tells to wait until something changes or the time comes.
func (s *Script) answer(req *http.Request, call *scriptCall) (*http.Response, *Wait, <-chan struct{}, error) {
	ctx := req.Context()
	s.mu.Lock()
	defer s.mu.Unlock()
	p := &s.plan
	if p.held && p.hold < 0 {
		s.await(call, Wake(ctx))
		return nil, &Wait{}, s.change, nil
	}
	if Now(ctx).Before(call.due) {
		return nil, &Wait{Until: call.due}, s.change, nil
	}
	if p.failures.take() {
		return nil, nil, nil, p.unreachable
	}
	resp := p.respond(req)
	call.request.Status = resp.StatusCode
	if b, ok := resp.Body.(*scriptBody); ok {
		b.script, b.request, b.ctx, b.start = s, call.request, ctx, Now(ctx)
		b.stepwise = memoOf(ctx) != nil
	}
	return resp, nil, nil, nil
}

// respond makes the answer.
func (p *scriptPlan) respond(req *http.Request) *http.Response {
	h := maps.Clone(p.header)
	resp := &http.Response{
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: h, Body: http.NoBody, Request: req,
	}
	if p.http10 {
		resp.Proto, resp.ProtoMinor = "HTTP/1.0", 0
	}
	status, part := p.status, noBytes
	switch {
	case p.statuses.take():
	case p.redirect != 0:
		status = p.redirect
		h.Set("Location", p.location)
	default:
		status, part = p.file(req, h)
	}
	resp.StatusCode, resp.Status = status, fmt.Sprintf("%d %s", status, http.StatusText(status))
	resp.ContentLength = part.len()
	if p.noLength {
		resp.ContentLength = unknown
	} else {
		h.Set("Content-Length", strconv.FormatInt(part.len(), 10))
	}
	if req.Method != http.MethodHead && part.len() > 0 {
		resp.Body = &scriptBody{content: p.content, at: part.first, end: part.last + 1, cut: p.cut(part)}
	}
	return resp
}

// noBytes is the empty stretch.
var noBytes = span{0, -1}

// file says which part of the file is sent, with which status and headers.
func (p *scriptPlan) file(req *http.Request, h http.Header) (int, span) {
	size := p.content.size()
	if !p.modified.IsZero() {
		h.Set("Last-Modified", p.modified.Format(http.TimeFormat))
	}
	if p.etag != "" {
		h.Set("Etag", p.etag)
	}
	since, err := http.ParseTime(req.Header.Get("If-Unmodified-Since"))
	if err == nil && !p.modified.IsZero() && p.modified.After(since) {
		return http.StatusPreconditionFailed, noBytes
	}
	whole := span{0, size - 1}
	if p.noRanges {
		return http.StatusOK, whole
	}
	h.Set("Accept-Ranges", "bytes")
	part, asked := parseRange(req.Header.Get("Range"))
	switch {
	case !asked || req.Method != http.MethodGet:
		return http.StatusOK, whole
	case part.first >= size:
		h.Set("Content-Range", fmt.Sprintf("bytes */%d", size))
		return http.StatusRequestedRangeNotSatisfiable, noBytes
	}
	part.last = min(part.last, size-1)
	h.Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", part.first, part.last, size))
	return http.StatusPartialContent, part
}

// parseRange reads "bytes=first-last", the only form that a download sends.
func parseRange(text string) (span, bool) {
	ends, ok := strings.CutPrefix(text, "bytes=")
	first, last, found := strings.Cut(ends, "-")
	s := span{number(first), number(last)}
	return s, ok && found && s.first != unknown && s.last >= s.first
}

// cut is where the body breaks: how many bytes are sent, unknown for all.
func (p *scriptPlan) cut(part span) int64 {
	if p.cuts == 0 || part.len() <= p.cutAfter {
		return unknown
	}
	p.cuts.take()
	return p.cutAfter
}
