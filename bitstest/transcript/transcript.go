package transcript

import (
	"fmt"
	"hash/fnv"
	"slices"
	"strings"

	"github.com/bitsemu/bitsemu/bitstest"
)

// Transcript is what one run of bitstest was answered.
type Transcript struct {
	Header Header
	Cases  []Case
}

// Header tells what was recorded.
type Header struct {
	System       string   // such as "Windows 10.0.26100" or "Wine 8.0"
	Build        string   // of Windows, such as "26100"; empty for what is no Windows
	Architecture string   // a GOARCH
	Caller       string   // CallerUser or CallerAdministrator
	BITS         string   // the latest version whose interfaces are there, such as "10.3"
	Date         string   // 2026-11-22
	Suite        string   // see [Suite]
	Options      []string // of bitstest, such as "Dir"; see [Options]
	JobsBefore   int      // jobs of the caller that were in the queue before
}

// The callers.
const (
	CallerUser          = "user"          // who is not elevated, administrator or not
	CallerAdministrator = "administrator" // one who is elevated
)

// Case is one case of bitstest.
type Case struct {
	Name      string
	Steps     []Step // what the case does
	After     []Step // what cleans up after it
	Callbacks []Callback
	Outcome   Outcome
	Why       string // it was skipped or has failed; for reading only
}

// Outcome is how a case ends.
type Outcome string

// The outcomes.
const (
	Pass Outcome = "pass"
	Skip Outcome = "skip"
	Fail Outcome = "fail"
)

// Step is a call, or a time of waiting with calls that ask again and again.
type Step struct {
	Call
	Wait *Wait // nil for a call
}

// Call is a call of a method with its answer.
type Call struct {
	Text   string // job1.AddFile("<server>/file/10", "<dir>\\a")
	Failed bool   // Answer is an HRESULT that is an error
	Answer string // what it returned, or S_OK for nothing
}

// Wait is a time of waiting.
type Wait struct {
	Vain  bool   // it was given up
	Calls []Call // of the last round, which ended it
	Seen  []Call // other answers of rounds before, in the order in which they came
}

// Callback is a callback that was given to the service.
type Callback struct {
	Name   string // callback1
	Of     string // the object that it was given to: job1
	Events []Event
}

// Event is a call by the service. Events that are equal and follow each other are
// one.
type Event struct {
	Call
	Calls []Call // what the callback called, and of a JobModification nothing
	After int    // the number of the last call before it; for reading only
}

// Suite names the cases of bitstest as they are now: how many they are, and a
// fingerprint of their names.
func Suite() string {
	h := fnv.New32a()
	cases := bitstest.Cases()
	for _, c := range cases {
		_, _ = h.Write([]byte(c.Name + "\n")) // a hash takes everything
	}
	return fmt.Sprintf("%d cases, %08x", len(cases), h.Sum32())
}

// Options are the names of the options of bitstest that s has, sorted.
func Options(s bitstest.Surroundings) []string {
	var names []string
	for name, there := range map[string]bool{
		"As": s.As != nil, "Dir": s.Dir != "", "Replies": s.Replies != "", "Server": s.Server != "",
		"Share": s.Share != "", "Uploads": s.Uploads != "", "Version": s.Version != "",
	} {
		if there {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// method is "job.GetState" for a call of job12, with "User: " before it for the
// caller User.
func (c Call) method() string {
	text, _, _ := strings.Cut(c.Text, "(")
	object, method, _ := strings.Cut(text, ".")
	return strings.TrimRight(object, "0123456789") + "." + method
}

func (c Call) String() string {
	sign := "="
	if c.Failed {
		sign = "!"
	}
	return c.Text + " " + sign + " " + c.Answer
}
