package transfer

import (
	"maps"
	"net/http"
	"time"

	"github.com/bitsemu/bitsemu/hresult"
)

// ScriptOption says what a [Script] does. A later option replaces an earlier one
// of the same name.
type ScriptOption func(*scriptPlan)

// Always is a number of times: each time.
const Always = -1

// scriptPlan is what a script does next.
type scriptPlan struct {
	content  content
	modified time.Time
	etag     string
	header   http.Header

	noRanges, noLength, http10 bool

	status      int
	statuses    times
	unreachable error
	failures    times
	redirect    int
	location    string

	cutAfter int64
	cuts     times

	held  bool
	hold  int64 // -1: before an answer
	delay time.Duration
	rate  int64
}

// times counts down.
type times int

// take reports whether there is one left, and takes it.
func (n *times) take() bool {
	if *n > 0 {
		*n--
		return true
	}
	return *n < 0
}

// Content is the content of the file.
func Content(b []byte) ScriptOption {
	c := bytesContent(append([]byte(nil), b...))
	return func(p *scriptPlan) { p.content = c }
}

// Size makes a file of n bytes, which are always the same for the same seed. The
// seed is 0 unless [Seeded] says otherwise.
func Size(n int64) ScriptOption { return Seeded(n, 0) }

// Seeded makes a file of n bytes from a seed.
func Seeded(n int64, seed uint64) ScriptOption {
	return func(p *scriptPlan) { p.content = seededContent{max(n, 0), mix(seed)} }
}

// Modified is Last-Modified; the zero time leaves the header out.
func Modified(t time.Time) ScriptOption {
	return func(p *scriptPlan) { p.modified = t.UTC().Truncate(time.Second) }
}

// ETag is the ETag, with its quotes; "" leaves the header out.
func ETag(tag string) ScriptOption { return func(p *scriptPlan) { p.etag = tag } }

// NoRanges makes the server ignore Range.
func NoRanges() ScriptOption { return func(p *scriptPlan) { p.noRanges = true } }

// NoLength makes the server leave out Content-Length.
func NoLength() ScriptOption { return func(p *scriptPlan) { p.noLength = true } }

// HTTP10 makes the server one of HTTP/1.0.
func HTTP10() ScriptOption { return func(p *scriptPlan) { p.http10 = true } }

// Status gives the next requests this status and no body; [Always] all of them,
// 0 times none.
func Status(code, n int) ScriptOption {
	return func(p *scriptPlan) { p.status, p.statuses = code, times(n) }
}

// CutAfter breaks the connection after so many bytes of the body, in the next GETs
// that have more than that.
func CutAfter(bytes int64, n int) ScriptOption {
	return func(p *scriptPlan) { p.cutAfter, p.cuts = bytes, times(n) }
}

// HoldAt stops every body before the byte at offset of the file, until
// [Script.Release].
func HoldAt(offset int64) ScriptOption {
	return func(p *scriptPlan) { p.held, p.hold = true, max(offset, 0) }
}

// Hold stops every request before it is answered, until [Script.Release].
func Hold() ScriptOption {
	return func(p *scriptPlan) { p.held, p.hold = true, -1 }
}

// Delay makes every answer take so long.
func Delay(d time.Duration) ScriptOption { return func(p *scriptPlan) { p.delay = d } }

// Rate makes bodies come at so many bytes a second, ten times a second; 0 lets
// them go.
func Rate(bytesPerSecond int64) ScriptOption {
	return func(p *scriptPlan) { p.rate = bytesPerSecond }
}

// Redirect answers every request with this status and Location; status 0 ends it.
func Redirect(code int, url string) ScriptOption {
	return func(p *scriptPlan) { p.redirect, p.location = code, url }
}

// Unreachable fails the next requests with this code, such as
// ERROR_WINHTTP_NAME_NOT_RESOLVED, instead of an answer.
func Unreachable(code hresult.HRESULT, n int) ScriptOption {
	return func(p *scriptPlan) { p.unreachable, p.failures = code, times(n) }
}

// Header adds a header to every answer; the value "" removes it.
func Header(name, value string) ScriptOption {
	return func(p *scriptPlan) {
		p.header = maps.Clone(p.header)
		if value == "" {
			p.header.Del(name)
			return
		}
		p.header.Set(name, value)
	}
}

// Ranges makes the server heed Range, after [NoRanges].
func Ranges() ScriptOption { return func(p *scriptPlan) { p.noRanges = false } }
