package bitsemu

import (
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"

	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/transfer"
)

// network sends the requests of jobs to whoever answers for their host.
type network struct {
	e        *Emulator
	fallback http.RoundTripper
	closing  func()

	mu      sync.Mutex
	hosts   []mounted // longer prefixes first
	guards  []mounted // likewise: who asks for credentials
	scripts map[string]*transfer.Script
}

// mounted answers for URLs that begin with a prefix.
type mounted struct {
	scheme, host, path string
	rt                 http.RoundTripper
}

func newNetwork(e *Emulator, fallback http.RoundTripper) *network {
	n := &network{e: e, fallback: fallback, closing: func() {}, scripts: map[string]*transfer.Script{}}
	if fallback == nil {
		rt := transfer.Network()
		n.fallback = rt
		if c, ok := rt.(interface{ CloseIdleConnections() }); ok {
			n.closing = c.CloseIdleConnections
		}
	}
	return n
}

func (n *network) close() error {
	n.closing()
	return nil
}

func (n *network) client() *transfer.Client {
	return &transfer.Client{Transport: n, UserAgent: n.e.userAgent()}
}

// Handle has h answer the requests of jobs to a host, such as "http://server",
// "https://server:8443" or "http://server/below/here", in memory and without a port.
// The longest prefix counts. It also answers what is sent through a proxy of that
// host: such requests have the whole URL. To handle a prefix again replaces the
// handler; nil removes it. It fails with E_INVALIDARG when base is no such URL.
func (e *Emulator) Handle(base string, h http.Handler) error {
	if h == nil {
		return e.HandleTransport(base, nil)
	}
	return e.HandleTransport(base, transfer.Handler(e.inside.handler(h)))
}

// HandleTransport is [Emulator.Handle] for an http.RoundTripper.
func (e *Emulator) HandleTransport(base string, rt http.RoundTripper) error {
	u, err := url.Parse(base)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return fmt.Errorf("bitsemu: Handle: %q is no http or https URL of a host: %w", base, hresult.E_INVALIDARG)
	}
	n := e.net
	n.mu.Lock()
	defer n.mu.Unlock()
	n.hosts = mount(n.hosts, u, rt)
	return nil
}

// Protect has a host, or what is below a prefix on it, ask who is there, and lets in
// whom p says: whoever answers there, a script or a real server too. Others get 401, or
// 403 when they are known and not meant. Nil takes that back. It fails with E_INVALIDARG
// when base is no http or https URL of a host.
func (e *Emulator) Protect(base string, p *transfer.Policy) error {
	u, err := url.Parse(base)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return fmt.Errorf("bitsemu: Protect: %q is no http or https URL of a host: %w", base, hresult.E_INVALIDARG)
	}
	var rt http.RoundTripper
	if p != nil {
		rt = transfer.ProtectTransport(unguarded{e.net}, *p)
	}
	n := e.net
	n.mu.Lock()
	defer n.mu.Unlock()
	n.guards = mount(n.guards, u, rt)
	return nil
}

// mount puts rt in the place of who answers below a URL, nil for nobody, in a new list.
func mount(list []mounted, u *url.URL, rt http.RoundTripper) []mounted {
	m := mounted{u.Scheme, canonicalHost(u), strings.TrimSuffix(u.Path, "/"), rt}
	mounts := make([]mounted, 0, len(list)+1)
	added := rt == nil
	for _, o := range list {
		if o.scheme == m.scheme && o.host == m.host && o.path == m.path {
			continue
		}
		if !added && len(m.path) >= len(o.path) {
			mounts, added = append(mounts, m), true
		}
		mounts = append(mounts, o)
	}
	if !added {
		mounts = append(mounts, m)
	}
	return mounts
}

// lookup finds who answers for a URL, or for all that comes through a proxy.
func lookup(list []mounted, u *url.URL, proxy bool) http.RoundTripper {
	host := canonicalHost(u)
	for _, m := range list {
		if m.host == host && m.scheme == u.Scheme &&
			(proxy || m.path == "" || u.Path == m.path || strings.HasPrefix(u.Path, m.path+"/")) {
			return m.rt
		}
	}
	return nil
}

// Script has s answer the requests for one URL, whatever its query. Nil removes it.
func (e *Emulator) Script(remote string, s *transfer.Script) error {
	u, err := url.Parse(remote)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return fmt.Errorf("bitsemu: Script: %q is no http or https URL: %w", remote, hresult.E_INVALIDARG)
	}
	e.net.mu.Lock()
	defer e.net.mu.Unlock()
	if s == nil {
		delete(e.net.scripts, scriptKey(u))
	} else {
		e.net.scripts[scriptKey(u)] = s
	}
	return nil
}

func scriptKey(u *url.URL) string { return u.Scheme + "://" + canonicalHost(u) + u.EscapedPath() }

// canonicalHost is a host in lower case without the port that its scheme implies.
func canonicalHost(u *url.URL) string {
	host, port := strings.ToLower(u.Hostname()), u.Port()
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	if port == "" || u.Scheme == "http" && port == "80" || u.Scheme == "https" && port == "443" {
		return host
	}
	return host + ":" + port
}

// RoundTrip sends a request to the proxy that is to be used, if any, or to its host.
func (n *network) RoundTrip(req *http.Request) (*http.Response, error) {
	n.e.noteRequest(req)
	if proxy := transfer.ProxyOf(req.Context()); proxy != nil {
		if rt := n.find(proxy, true); rt != nil {
			return rt.RoundTrip(req)
		}
		return n.fallback.RoundTrip(req)
	}
	return n.direct(req)
}

// direct sends a request to its host, past who asks for credentials there.
func (n *network) direct(req *http.Request) (*http.Response, error) {
	n.mu.Lock()
	guard := lookup(n.guards, req.URL, false)
	n.mu.Unlock()
	if guard != nil {
		return guard.RoundTrip(req)
	}
	return unguarded{n}.RoundTrip(req)
}

// unguarded sends a request to its host.
type unguarded struct{ n *network }

func (g unguarded) RoundTrip(req *http.Request) (*http.Response, error) {
	if rt := g.n.find(req.URL, false); rt != nil {
		return rt.RoundTrip(req)
	}
	return g.n.fallback.RoundTrip(req)
}

// find is who answers for a URL in memory.
func (n *network) find(u *url.URL, proxy bool) http.RoundTripper {
	n.mu.Lock()
	defer n.mu.Unlock()
	if s := n.scripts[scriptKey(u)]; s != nil && !proxy {
		return s
	}
	return lookup(n.hosts, u, proxy)
}

// forward is what an emulated proxy does with a request: it sends it on.
type forward struct{ n *network }

func (f forward) RoundTrip(req *http.Request) (*http.Response, error) {
	return f.n.direct(req.WithContext(transfer.WithProxy(req.Context(), nil)))
}

// ProxyServer sets up a proxy in memory, such as "http://proxy:8080", that passes
// requests on to the other hosts of the emulator. If p asks for somebody, only who
// answers its challenge gets through.
func (e *Emulator) ProxyServer(base string, p *transfer.Policy) error {
	var rt http.RoundTripper = forward{e.net}
	if p != nil {
		policy := *p
		policy.Proxy = true
		rt = transfer.ProtectTransport(rt, policy)
	}
	return e.HandleTransport(base, rt)
}

// LocalNetwork is a [Transport] that reaches the addresses of this machine alone, as
// [RunT] has it: all other names are not resolved.
func LocalNetwork() http.RoundTripper { return localOnly{transfer.Network()} }

// localOnly resolves no name but those of this machine, so that a test does not
// depend on a network.
type localOnly struct{ rt http.RoundTripper }

func (l localOnly) RoundTrip(req *http.Request) (*http.Response, error) {
	u := req.URL
	if proxy := transfer.ProxyOf(req.Context()); proxy != nil {
		u = proxy
	}
	host := u.Hostname()
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return nil, &transfer.Error{
			Code: hresult.HRESULT_FROM_WIN32_ERROR_WINHTTP_NAME_NOT_RESOLVED, Context: 5, Transient: true, URL: req.URL.String(),
			Err: fmt.Errorf("nobody answers for %q: see Emulator.Handle, Emulator.Script and Transport", host),
		}
	}
	return l.rt.RoundTrip(req)
}

func (l localOnly) CloseIdleConnections() {
	if c, ok := l.rt.(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}

// noteRequest writes a request down in the audit: nobody's identity goes with it,
// unless a challenge was answered, which is written down by itself.
func (e *Emulator) noteRequest(req *http.Request) {
	if r := runOf(req.Context()); r != nil {
		e.audit.add(requestEntry(e, r, req))
	}
}
