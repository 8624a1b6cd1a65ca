package tokenopts

import (
	"fmt"
	"slices"
	"strings"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/jobstore"
	"github.com/bitsemu/bitsemu/token"
	"github.com/bitsemu/bitsemu/winver"
)

// Role is the part in which somebody's identity is used for a job.
type Role uint8

// The roles.
const (
	Nobody Role = iota // no identity is used
	Owner              // the job's owner
	Helper             // who lent the helper token
)

// String prints "owner".
func (r Role) String() string {
	switch r {
	case Owner:
		return "owner"
	case Helper:
		return "helper"
	}
	return "nobody"
}

// Grant is the identity with which a job opens a resource.
type Grant struct {
	As        Role
	Token     token.Token // the zero token for nobody
	Principal Principal   // who that is to another machine; the zero one for what stays on this
	Rule      Rule
}

// String prints "helper S-1-5-21-1-2-3-1001 (user, Medium)".
func (g Grant) String() string {
	if g.As == Nobody {
		return g.As.String()
	}
	return g.As.String() + " " + g.Token.String()
}

// Identity tells with which identity a job opens a resource. Where it may not
// open it, Identity fails with an [*AccessError], whose HRESULT is the one that
// the job fails with:
//
//   - BG_E_TOKEN_REQUIRED: the flags call for the helper token, and there is none.
//   - BG_E_HTTP_ERROR_401, BG_E_HTTP_ERROR_407: the challenge of the server or the
//     proxy is not answered with implicit credentials, because SetCredentials has
//     not allowed it. That comes before the question whose they would be (I).
//   - 0x80072F9A: a client certificate is set, and so is BG_TOKEN_NETWORK, for a
//     job that LocalSystem does not own. The helper token need not be there (D
//     names the flag alone).
//   - E_INVALIDARG: there is no such resource.
//
// It says nothing of explicit credentials: with those a challenge is answered in
// the name that they give, by whoever is asked.
func Identity(build winver.Build, job *jobstore.Job, resource Resource) (Grant, error) {
	o := opening{build, job, resource}
	for i := range conditions {
		c := &conditions[i]
		if (c.resources.has(resource) || !resource.Valid()) && !c.holds(o) {
			return Grant{}, o.refused(c.Rule, c.facts)
		}
	}
	i := slices.IndexFunc(identities, func(i identity) bool { return i.resources.has(resource) && i.Builds.Has(build) })
	id := &identities[i] // there is one for each resource on every build
	g := Grant{As: id.as, Rule: id.Rule}
	if id.flag&job.HelperTokenFlags != 0 {
		g.As = Helper
	}
	switch g.As {
	case Owner:
		g.Token = job.Owner
	case Helper:
		if job.HelperToken.IsZero() {
			return Grant{}, o.refused(id.Rule, nil)
		}
		g.Token = job.HelperToken
	}
	if resource.network() {
		g.Principal = principal(g.Token)
	}
	return g, nil
}

// opening is something that a job does with an identity, and all that the rules
// look at.
type opening struct {
	build    winver.Build
	job      *jobstore.Job
	resource Resource
}

// condition is a rule about resources that can be put to an opening.
type condition struct {
	Rule
	holds func(opening) bool
	facts []openingFact // besides those that every refusal tells
}

// identity is a rule that tells whose identity is used.
type identity struct {
	Rule
	as   Role
	flag bits.HelperTokenFlags // when one is set, the helper's instead; 0: never
}

type openingFact struct {
	name  string
	value func(opening) string
}

var openingFacts = []openingFact{
	{"owner", func(o opening) string { return o.job.Owner.String() }},
	{"helper token", func(o opening) string { return helper(o.job.HelperToken) }},
	{"flags", func(o opening) string { return o.job.HelperTokenFlags.String() }},
}

func (o opening) refused(r Rule, more []openingFact) error {
	d := Decision{HRESULT: r.Answer, Resource: o.resource, Rule: r, Build: o.build, Job: o.job.ID}
	for _, f := range slices.Concat(openingFacts, more) {
		d.Facts = append(d.Facts, Fact{f.name, f.value(o)})
	}
	return &AccessError{d}
}

// implicit reports whether implicit credentials may go out to target.
func (o opening) implicit(target bits.AuthTarget) bool {
	return slices.ContainsFunc(o.job.Credentials, func(c jobstore.Credential) bool {
		return c.Target == target && c.Implicit &&
			(c.Scheme == bits.BG_AUTH_SCHEME_NTLM || c.Scheme == bits.BG_AUTH_SCHEME_NEGOTIATE)
	})
}

// explicit reports whether a user name and a password are set for target.
func (o opening) explicit(target bits.AuthTarget) bool {
	return slices.ContainsFunc(o.job.Credentials, func(c jobstore.Credential) bool {
		return c.Target == target && !c.Implicit
	})
}

// credentials lists what is set, without secrets.
func (o opening) credentials() string {
	var texts []string
	for _, c := range o.job.Credentials {
		kind := "explicit"
		if c.Implicit {
			kind = "implicit"
		}
		texts = append(texts, fmt.Sprintf("%s %s for %s", kind, c.Scheme.Short(), c.Target.Short()))
	}
	if texts == nil {
		return "none"
	}
	return strings.Join(texts, " and ")
}
