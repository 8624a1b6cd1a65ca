package bitsemu

import (
	"net/url"
	"strings"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/jobstore"
	"github.com/bitsemu/bitsemu/sid"
	"github.com/bitsemu/bitsemu/tokenopts"
)

// proxySettings are the proxies of a user, as he has set them for his programs.
type proxySettings struct{ list, bypass string }

// SetProxy sets the proxy that a user has in his settings, for jobs with
// BG_JOB_PROXY_USAGE_PRECONFIG, which is the default: a list such as "proxy:8080" or
// "http=proxy:8080 https=secure:8080", and whom to reach without. An empty list is
// none. Service accounts have no such settings (D service-accounts-and-bits.md): for
// them it has no effect.
func (e *Emulator) SetProxy(user sid.SID, list, bypass string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.world.proxies == nil {
		e.world.proxies = map[sid.SID]proxySettings{}
	}
	e.world.proxies[user] = proxySettings{list, bypass}
}

// SetAutoProxy sets what automatic detection finds, for jobs with
// BG_JOB_PROXY_USAGE_AUTODETECT. An empty list is none.
func (e *Emulator) SetAutoProxy(list string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.world.autoProxy = list
}

// proxyOf makes the choice of a proxy for a job's requests.
func (e *Emulator) proxyOf(j *jobstore.Job) (func(*url.URL) (*url.URL, error), error) {
	var s proxySettings
	switch j.ProxyUsage {
	case bits.BG_JOB_PROXY_USAGE_PRECONFIG:
		grant, err := e.identity(j, tokenopts.ProxySettings, "proxy settings")
		if err != nil {
			return nil, err
		}
		_ = e.note(j, tokenopts.ProxySettings, actionRead, "proxy settings", grant) // there is no rule for them
		if !service(grant.Token.User()) {
			e.mu.Lock()
			s = e.world.proxies[grant.Token.User()]
			e.mu.Unlock()
		}
	case bits.BG_JOB_PROXY_USAGE_OVERRIDE:
		s = proxySettings{j.ProxyList, j.ProxyBypassList}
	case bits.BG_JOB_PROXY_USAGE_AUTODETECT:
		grant, err := e.identity(j, tokenopts.ProxyDetection, "proxy detection")
		if err != nil {
			return nil, err
		}
		_ = e.note(j, tokenopts.ProxyDetection, actionDetect, "proxy detection", grant) // there is no rule for it
		e.mu.Lock()
		s.list = e.world.autoProxy
		e.mu.Unlock()
	}
	if s.list == "" {
		return nil, nil
	}
	proxies, err := parseProxies(s.list)
	if err != nil {
		return nil, err
	}
	return func(u *url.URL) (*url.URL, error) {
		if bypassed(s.bypass, u.Hostname()) {
			return nil, nil
		}
		if p, ok := proxies[u.Scheme]; ok {
			return p, nil
		}
		return proxies[""], nil
	}, nil
}

// failingProxy is a choice that cannot be made: the job fails when it is needed.
func failingProxy(err error) func(*url.URL) (*url.URL, error) {
	return func(*url.URL) (*url.URL, error) { return nil, err }
}

// parseProxies reads a list of proxies, one for each scheme, or one for all. What is
// no such list is BG_E_INVALID_PROXY_INFO, which a job runs into when it needs the
// proxy (D nf-bits-ibackgroundcopyjob-setproxysettings.md).
func parseProxies(list string) (map[string]*url.URL, error) {
	proxies := map[string]*url.URL{}
	for _, field := range strings.FieldsFunc(list, func(r rune) bool { return r == ' ' || r == ';' }) {
		scheme, address, found := strings.Cut(field, "=")
		if !found {
			scheme, address = "", field
		}
		if !strings.Contains(address, "://") {
			address = "http://" + address
		}
		u, err := url.Parse(address)
		if err != nil || u.Host == "" || u.Hostname() == "" || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" ||
			found && scheme != "http" && scheme != "https" {
			return nil, hresult.BG_E_INVALID_PROXY_INFO
		}
		if _, ok := proxies[scheme]; !ok {
			proxies[scheme] = &url.URL{Scheme: u.Scheme, Host: u.Host}
		}
	}
	return proxies, nil
}

// bypassed reports whether a list says that a host is reached without a proxy. An
// entry may begin with a wildcard, and <local> is every name without a dot (D
// nf-bits-ibackgroundcopyjob-setproxysettings.md).
func bypassed(list, host string) bool {
	host = strings.ToLower(host)
	for _, entry := range strings.FieldsFunc(strings.ToLower(list), func(r rune) bool { return r == ' ' || r == ';' }) {
		if end, ok := strings.CutPrefix(entry, "*"); ok && strings.HasSuffix(host, end) || entry == host ||
			entry == "<local>" && !strings.Contains(host, ".") {
			return true
		}
	}
	return false
}
