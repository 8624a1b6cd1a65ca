package tokenopts

import (
	"github.com/google/uuid"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/token"
	"github.com/bitsemu/bitsemu/winver"
)

// Call is a call with all that the rules look at. What a method has nothing to
// do with may be left out.
type Call struct {
	Job    uuid.UUID // for the texts alone
	Build  winver.Build
	Method Method

	// Owner is the job's owner as he was when he created the job or took it
	// over: the one whom QueryInterface saw, and for TakeOwnership the one of now.
	Owner token.Token
	// Query is the caller whom QueryInterface judged, and the caller of
	// TakeOwnership.
	Query token.Token
	// Thread is the token of the thread that calls SetHelperToken: the one that
	// it lends. The other methods do not look at it.
	Thread token.Token

	Helper token.Token           // the helper token now set, if any
	Flags  bits.HelperTokenFlags // the argument of SetHelperTokenFlags
	State  bits.JobState         // of the job
}

// check is a rule about calls that can be put to a call.
type check struct {
	Rule
	holds  func(Call) bool
	facts  []fact
	grants bool // among the checks that a call has passed, the last of these has let it in
}

// fact is something that rules compare.
type fact struct {
	name  string
	value func(Call) string
}

var (
	factCaller = fact{"caller", func(c Call) string { return c.Query.String() }}
	factThread = fact{"calling thread", func(c Call) string { return c.Thread.String() }}
	factOwner  = fact{"owner", func(c Call) string { return c.Owner.String() }}
	factHelper = fact{"helper token", func(c Call) string { return helper(c.Helper) }}
	factFlags  = fact{"flags", func(c Call) string { return c.Flags.String() }}
	factState  = fact{"state", func(c Call) string { return c.State.String() }}
)

// helper prints a helper token, which need not be there.
func helper(t token.Token) string {
	if t.IsZero() {
		return "none"
	}
	return t.String()
}

// Judge decides a call. For a method of the interface that includes whether
// QueryInterface gives c.Query the interface at all.
func Judge(c Call) Decision {
	refusing, granting := c.judge()
	if refusing != nil {
		return c.decision(refusing, false)
	}
	return c.decision(granting, true)
}

// JudgeQuery decides whether QueryInterface gives caller the interface of a job
// of owner.
func JudgeQuery(build winver.Build, owner, caller token.Token) Decision {
	return Judge(Call{Build: build, Method: QueryInterface, Owner: owner, Query: caller})
}

// judge finds the rule that refuses the call, nil if none does, and the one
// that lets it in otherwise.
func (c Call) judge() (refusing, granting *check) {
	for i := range calls {
		k := &calls[i]
		if !k.methods.has(c.Method) && c.Method.Valid() || !k.Builds.Has(c.Build) {
			continue
		}
		if !k.holds(c) {
			return k, nil
		}
		if k.grants {
			granting = k
		}
	}
	return nil, granting
}

// Check is [Judge] for who only wants to know why a call is refused: the error is an
// *[AccessError] then, and nil, without the cost of a [Decision], when it is allowed.
func (c Call) Check() error {
	if k, _ := c.judge(); k != nil {
		return &AccessError{c.decision(k, false)}
	}
	return nil
}

func (c Call) decision(k *check, allowed bool) Decision {
	d := Decision{Allowed: allowed, Method: c.Method, Rule: k.Rule, Build: c.Build, Job: c.Job}
	if !allowed {
		d.HRESULT = k.Answer
	}
	for _, f := range k.facts {
		d.Facts = append(d.Facts, Fact{f.name, f.value(c)})
	}
	return d
}
