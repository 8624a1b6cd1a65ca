package tokenopts

import (
	"iter"

	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/winver"
)

// Rule is one rule of IBitsTokenOptions. It is about calls, about resources that
// BITS opens for a job, or about an event such as a log-off.
type Rule struct {
	ID       string          // short and stable: "admin-before-1607"
	Says     string          // to be read after the name of the call or act: "needs an administrator"
	Answer   hresult.HRESULT // to what does not keep the rule
	Builds   Builds
	Evidence Evidence

	methods   set[Method]
	resources set[Resource]
}

// Methods are the calls that the rule is about.
func (r Rule) Methods() iter.Seq[Method] { return r.methods.all(OwnJob) }

// Resources are the resources that the rule is about.
func (r Rule) Resources() iter.Seq[Resource] { return r.resources.all(HTTPRequest) }

// Evidence is what a rule rests on.
type Evidence struct {
	Letter Letter
	Source string // the page where there is one, with remarks; else the reasoning
}

// String prints "D authentication.md".
func (e Evidence) String() string { return e.Letter.String() + " " + e.Source }

// Letter is a kind of evidence.
type Letter byte

// The kinds of evidence, from fact to guess.
const (
	Documented Letter = 'D' // by Microsoft, on the page named
	Asserted   Letter = 'W' // by Wine's tests against Windows
	Observed   Letter = 'O' // in the wild
	Inferred   Letter = 'I' // from the others
	Chosen     Letter = 'C' // by this project, where nothing is known
)

// String prints the letter.
func (l Letter) String() string { return string(rune(l)) }

// Builds is the set of Windows builds on which a rule is in force.
type Builds uint8

// The sets for which there are rules.
const (
	EveryBuild Builds = iota
	Before1607        // owners who are no administrators may not use helper tokens yet
	From1607
	Before1809 // proxy settings are read as the owner
	From1809
)

// Has reports whether b is in the set.
func (s Builds) Has(b winver.Build) bool {
	switch s {
	case Before1607:
		return !b.OwnerMayUseHelperToken()
	case From1607:
		return b.OwnerMayUseHelperToken()
	case Before1809:
		return !b.ProxySettingsAsHelper()
	case From1809:
		return b.ProxySettingsAsHelper()
	}
	return true
}

// String prints "before 1607", and "every" for all builds.
func (s Builds) String() string {
	switch s {
	case Before1607:
		return "before 1607"
	case From1607:
		return "from 1607"
	case Before1809:
		return "before 1809"
	case From1809:
		return "from 1809"
	}
	return "every"
}

// set is a set of methods or resources.
type set[T ~uint8] uint16

func of[T ~uint8](members ...T) set[T] {
	var s set[T]
	for _, m := range members {
		s |= 1 << m
	}
	return s
}

func (s set[T]) has(m T) bool { return s&(1<<m) != 0 }

// all yields the members up to last.
func (s set[T]) all(last T) iter.Seq[T] {
	return func(yield func(T) bool) {
		for m := range last + 1 {
			if s.has(m) && !yield(m) {
				return
			}
		}
	}
}
