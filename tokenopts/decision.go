package tokenopts

import (
	"fmt"
	"strings"

	"github.com/google/uuid"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/winver"
)

// Decision is what the rules say about a call, or about a resource that BITS
// opens for a job, and why.
type Decision struct {
	Allowed  bool
	HRESULT  hresult.HRESULT // S_OK when allowed
	Method   Method          // the call; 0 when it is about a resource
	Resource Resource        // 0 when it is about a call
	Rule     Rule            // the rule that refuses, or the one that lets the caller in
	Facts    []Fact          // what that rule has compared
	Build    winver.Build
	Job      uuid.UUID // uuid.Nil when none was named
}

// Fact is something that was compared, as text.
type Fact struct{ Name, Value string }

// String prints the decision in one line, without the job:
//
//	refused: E_ACCESSDENIED (0x80070005): GetHelperTokenFlags needs an administrator before Windows 10 1607
//	[D helper-tokens-for-bits-transfer-jobs.md]: caller S-1-5-20 NT AUTHORITY\NETWORK SERVICE (user, System),
//	on Windows 8.1 (build 9600)
func (d Decision) String() string {
	var b strings.Builder
	b.WriteString(d.verdict())
	fmt.Fprintf(&b, ": %s %s [%s]: ", d.subject(), d.Rule.Says, d.Rule.Evidence)
	for _, f := range d.Facts {
		fmt.Fprintf(&b, "%s %s, ", f.Name, f.Value)
	}
	fmt.Fprintf(&b, "on %s", d.Build)
	return b.String()
}

// Detail prints the decision in several lines, the job among them, without a
// line break at the end.
func (d Decision) Detail() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s", d.subject(), d.verdict())
	line := func(label string, value any) { fmt.Fprintf(&b, "\n  %-14s %v", label, value) }
	line("rule", d.Rule.ID+": "+d.Rule.Says)
	line("evidence", d.Rule.Evidence)
	if d.Job != uuid.Nil {
		line("job", bits.GUIDString(d.Job))
	}
	line("build", d.Build)
	for _, f := range d.Facts {
		line(f.Name, f.Value)
	}
	return b.String()
}

func (d Decision) verdict() string {
	if d.Allowed {
		return "allowed"
	}
	return "refused: " + d.HRESULT.String() + " (" + d.HRESULT.Hex() + ")"
}

func (d Decision) subject() string {
	if d.Resource != 0 {
		return d.Resource.act()
	}
	return d.Method.String()
}

// AccessError is a call that the rules refuse, or a resource that a job may not
// open. It wraps the HRESULT, so that errors.Is finds E_ACCESSDENIED in it, and
// [io/fs.ErrPermission] for those codes that mean a missing right.
type AccessError struct{ Decision Decision }

// Error tells the job and the decision in one line.
func (e *AccessError) Error() string {
	return "tokenopts: job " + bits.GUIDString(e.Decision.Job) + ": " + e.Decision.String()
}

// Unwrap gives the HRESULT.
func (e *AccessError) Unwrap() error { return e.Decision.HRESULT }
