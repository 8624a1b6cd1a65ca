package bitsemu

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/jobstore"
	"github.com/bitsemu/bitsemu/sid"
	"github.com/bitsemu/bitsemu/tokenopts"
)

// proxySettings are the proxies of a user, as he has set them for his programs, or those
// of a service account, as an administrator has.
type proxySettings struct {
	list, bypass string
	detect       bool // automatic detection instead
}

// SetProxy sets the proxy that a user has in his settings, for jobs with
// BG_JOB_PROXY_USAGE_PRECONFIG, which is the default: a list such as "proxy:8080" or
// "http=proxy:8080 https=secure:8080", and whom to reach without. An empty list is
// none. Service accounts have no such settings (D service-accounts-and-bits.md): for
// them it has no effect, and there is SetServiceProxy.
func (e *Emulator) SetProxy(user sid.SID, list, bypass string) {
	if service(user) {
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.world.proxies == nil {
		e.world.proxies = map[sid.SID]proxySettings{}
	}
	e.world.proxies[user] = proxySettings{list: list, bypass: bypass}
}

// SetServiceProxy sets what jobs with BG_JOB_PROXY_USAGE_PRECONFIG use when the settings
// are those of a service account: LocalSystem, LocalService or NetworkService. It is what
// an administrator does with bitsadmin /UTIL /SETIEPROXY (D
// bitsadmin-util-and-setieproxy.md). The usage is BG_JOB_PROXY_USAGE_OVERRIDE, with a list
// and whom to reach without, BG_JOB_PROXY_USAGE_AUTODETECT, or
// BG_JOB_PROXY_USAGE_NO_PROXY, as it is from the start (C). It fails with E_INVALIDARG for
// another account or usage, and for lists without BG_JOB_PROXY_USAGE_OVERRIDE, or the
// other way round.
func (e *Emulator) SetServiceProxy(account sid.SID, usage bits.ProxyUsage, list, bypass string) error {
	override := usage == bits.BG_JOB_PROXY_USAGE_OVERRIDE
	switch {
	case !service(account):
		return fmt.Errorf("bitsemu: SetServiceProxy: %s is no service account: %w", account, hresult.E_INVALIDARG)
	case !override && usage != bits.BG_JOB_PROXY_USAGE_NO_PROXY && usage != bits.BG_JOB_PROXY_USAGE_AUTODETECT:
		return fmt.Errorf("bitsemu: SetServiceProxy: %s is none of NO_PROXY, AUTODETECT and OVERRIDE: %w", usage, hresult.E_INVALIDARG)
	case override != (list != "") || !override && bypass != "":
		return fmt.Errorf("bitsemu: SetServiceProxy: %s and the list %q do not go together: %w", usage, list, hresult.E_INVALIDARG)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.world.proxies == nil {
		e.world.proxies = map[sid.SID]proxySettings{}
	}
	e.world.proxies[account] = proxySettings{list, bypass, usage == bits.BG_JOB_PROXY_USAGE_AUTODETECT}
	return nil
}

// ServiceProxy is what SetServiceProxy has set last.
func (e *Emulator) ServiceProxy(account sid.SID) (usage bits.ProxyUsage, list, bypass string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	switch s := e.world.proxies[account]; {
	case !service(account):
		return bits.BG_JOB_PROXY_USAGE_NO_PROXY, "", ""
	case s.detect:
		return bits.BG_JOB_PROXY_USAGE_AUTODETECT, "", ""
	case s.list != "":
		return bits.BG_JOB_PROXY_USAGE_OVERRIDE, s.list, s.bypass
	}
	return bits.BG_JOB_PROXY_USAGE_NO_PROXY, "", ""
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
		e.mu.Lock()
		if s = e.world.proxies[grant.Token.User()]; s.detect {
			s.list = e.world.autoProxy
		}
		e.mu.Unlock()
	case bits.BG_JOB_PROXY_USAGE_OVERRIDE:
		s = proxySettings{list: j.ProxyList, bypass: j.ProxyBypassList}
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
