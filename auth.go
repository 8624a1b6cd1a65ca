package bitsemu

import (
	"context"
	"crypto/tls"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/internal/seal"
	"github.com/bitsemu/bitsemu/jobstore"
	"github.com/bitsemu/bitsemu/tokenopts"
	"github.com/bitsemu/bitsemu/transfer"
)

// equip gives a request what the job has for it: proxies, answers to challenges,
// the client certificate, and who looks at the server's.
func (e *Emulator) equip(r *run, j *jobstore.Job, q *transfer.Request, secrets seal.Secrets) {
	proxy, err := e.proxyOf(j)
	if err != nil {
		proxy = failingProxy(err)
	}
	q.Proxy = proxy
	q.Auth = &answerer{e, j, secrets}
	if j.ClientCertificate.Set && isHTTPS(q.URL) {
		q.ClientCertificate, err = e.clientCertificate(j)
		if err != nil {
			q.Proxy = failingProxy(err)
		}
	}
	q.Certificate = e.validation(r, j)
}

// answerer answers the challenges that a job meets, with explicit credentials if
// there are some, else with those of an account if SetCredentials has allowed it.
type answerer struct {
	e       *Emulator
	j       *jobstore.Job
	secrets seal.Secrets
}

// Authorize implements [transfer.Authenticator].
func (a *answerer) Authorize(_ context.Context, c transfer.Challenge) (string, error) {
	// A password is for the servers that the job names, not for one that these send it
	// to (I).
	if c.Target == bits.BG_AUTH_TARGET_SERVER && !a.names(c.URL) {
		return "", nil
	}
	if explicit, ok := a.secrets.Find(c.Target, c.Scheme); ok && !explicit.Implicit {
		user, password := explicit.UserName, string(explicit.Password)
		a.e.audit.add(AuditEntry{
			Time: a.e.Now(), Job: a.j.ID, Action: actionAnswer, Resource: resourceOf(c.Target), Name: c.URL, Allowed: true,
		})
		switch c.Scheme {
		case bits.BG_AUTH_SCHEME_BASIC:
			return transfer.Basic(user, password), nil
		case bits.BG_AUTH_SCHEME_DIGEST:
			return transfer.Digest(c, user, password)
		default:
			return transfer.Simulated(c.Scheme, user), nil
		}
	}
	if c.Scheme != bits.BG_AUTH_SCHEME_NTLM && c.Scheme != bits.BG_AUTH_SCHEME_NEGOTIATE {
		return "", nil
	}
	j := *a.j
	if c.Target == bits.BG_AUTH_TARGET_PROXY && j.UseStoredCredentials == bits.BG_AUTH_TARGET_PROXY {
		j.Credentials = append(j.Credentials[:len(j.Credentials):len(j.Credentials)],
			jobstore.Credential{Target: c.Target, Scheme: c.Scheme, Implicit: true})
	}
	resource := resourceOf(c.Target)
	grant, err := a.e.identity(&j, resource, c.URL)
	switch {
	case errors.Is(err, hresult.BG_E_HTTP_ERROR_401), errors.Is(err, hresult.BG_E_HTTP_ERROR_407):
		return "", nil // the challenge stands
	case err != nil:
		return "", err
	}
	_ = a.e.note(&j, resource, actionAnswer, c.URL, grant) // the server is the judge
	return transfer.Simulated(c.Scheme, principalText(grant.Principal)), nil
}

// principalText is a principal as [transfer.Simulated] has it: without a name when it
// is anonymous, which lets nobody in.
func principalText(p tokenopts.Principal) string {
	if p.Kind == tokenopts.PrincipalAnonymous {
		return ""
	}
	return p.String()
}

// names reports whether one of the job's files, or the reply to its upload, is on the
// host of a URL.
func (a *answerer) names(remote string) bool {
	asking, err := url.Parse(remote)
	if err != nil {
		return false
	}
	same := func(name string) bool {
		u, err := url.Parse(name)
		return err == nil && strings.EqualFold(u.Scheme, asking.Scheme) && canonicalHost(u) == canonicalHost(asking)
	}
	for i := range a.j.Files {
		if f := &a.j.Files[i]; same(f.RemoteName) || f.UnresumedRemote != "" && same(f.UnresumedRemote) {
			return true
		}
	}
	return a.j.UploadHost != "" && strings.EqualFold(a.j.UploadHost, asking.Hostname())
}

func resourceOf(target bits.AuthTarget) tokenopts.Resource {
	if target == bits.BG_AUTH_TARGET_PROXY {
		return tokenopts.ProxyChallenge
	}
	return tokenopts.ServerChallenge
}

// requestEntry describes a request for the audit.
func requestEntry(e *Emulator, r *run, req *http.Request) AuditEntry {
	return AuditEntry{
		Time: e.Now(), Job: r.it.entry.ID(), Action: actionRequest, Resource: tokenopts.HTTPRequest,
		Name: req.Method + " " + req.URL.Redacted(), Allowed: true,
	}
}

// clientCertificate opens the certificate that a job has chosen, as its owner.
func (e *Emulator) clientCertificate(j *jobstore.Job) (*tls.Certificate, error) {
	grant, err := e.identity(j, tokenopts.ClientCertificate, j.ClientCertificate.StoreName)
	if err != nil {
		return nil, err
	}
	cert, err := e.certs.find(j.ClientCertificate, grant.Token)
	_ = e.note(j, tokenopts.ClientCertificate, actionRead, j.ClientCertificate.StoreName, grant) // the store has judged
	return cert, err
}
