package inspect

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"time"
)

// Door lets into the page who has a link that was made for him, on a port that every
// program of this machine can reach. The link has a key behind the #, which no browser
// sends with a request; it is good once, for a cookie that scripts cannot read and other
// sites cannot have sent. Programs without a browser send [Door.Token].
//
// Requests under a name other than this machine's own are refused, so that no page of the
// web reaches the door by a name of its own.
type Door struct {
	inside http.Handler
	token  string
	cookie string // its name: cookies of all ports of a host are in one jar

	mu      sync.Mutex
	keys    []string // of links that were not followed yet
	entered []string // values of the cookie
}

// maxKeys is how many links that were not followed, and how many browsers, are
// remembered, the latest.
const maxKeys = 100

// NewDoor puts a door before a handler that [New] has made.
func NewDoor(inside http.Handler) *Door {
	return &Door{inside: inside, token: rand.Text(), cookie: "bitsemu-inspect-" + rand.Text()[:8]}
}

// Token is what a program sends in the header "Authorization: Bearer".
func (d *Door) Token() string { return d.token }

// Link makes a link that one browser can follow once. The address is that of the
// listener: "127.0.0.1:4711".
func (d *Door) Link(address string) string {
	key := rand.Text()
	d.mu.Lock()
	defer d.mu.Unlock()
	d.keys = remember(d.keys, key)
	return "http://" + address + Path + "enter#" + key
}

func remember(all []string, one string) []string {
	if len(all) == maxKeys {
		all = append(all[:0], all[1:]...)
	}
	return append(all, one)
}

// Listen opens a port for a door. It refuses addresses that other machines can reach.
func Listen(address string) (net.Listener, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("inspect: %q is no address to listen on: want 127.0.0.1:port or [::1]:port: %w", address, err)
	}
	if strings.EqualFold(host, "localhost") {
		host = "127.0.0.1"
	}
	ip, err := netip.ParseAddr(host)
	if err != nil || !ip.IsLoopback() {
		return nil, fmt.Errorf("inspect: %q is not an address of this machine alone: want 127.0.0.1:port or [::1]:port", address)
	}
	return net.Listen("tcp", net.JoinHostPort(ip.WithZone("").String(), port))
}

// Serve answers what comes to a listener until ctx ends, and closes it.
func (d *Door) Serve(ctx context.Context, l net.Listener) error {
	s := &http.Server{
		Handler: d, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 30 * time.Second, WriteTimeout: time.Minute,
		IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
	}
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(l) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	soon, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if err := s.Shutdown(soon); err != nil {
		_ = s.Close() // those who are still there have had their time
	}
	if err := <-ended; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// ServeHTTP implements [http.Handler].
func (d *Door) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	for name, value := range headers {
		w.Header().Set(name, value)
	}
	switch {
	case !loopback(r.Host):
		http.Error(w, fmt.Sprintf("%q is not this machine: want localhost or a loopback address", r.Host), http.StatusForbidden)
	case r.URL.Path == "/":
		http.Redirect(w, r, Path, http.StatusSeeOther)
	case r.URL.Path == Path+"enter" && r.Method == http.MethodPost:
		d.enter(w, r)
	case r.URL.Path == Path+"enter":
		d.ask(w, http.StatusOK, "")
	case r.URL.Path == Path+"enter.js", r.URL.Path == Path+"app.css", r.URL.Path == Path+"icon.svg":
		d.file(w, r)
	case d.admits(r):
		d.inside.ServeHTTP(w, r)
	case strings.HasPrefix(r.URL.Path, Path+"api/"):
		w.Header().Set("WWW-Authenticate", "Bearer")
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = w.Write([]byte(`{"error":{"message":"a token is needed, or a cookie"}}` + "\n")) // nobody is left to be told
	default:
		d.ask(w, http.StatusUnauthorized, "This page is for who has its link.")
	}
}

// file sends what the page of the door itself is made of.
func (d *Door) file(w http.ResponseWriter, r *http.Request) {
	name := strings.TrimPrefix(r.URL.Path, Path)
	content, err := files.ReadFile("page/" + name)
	if err != nil {
		panic(err) // it is embedded
	}
	kind := map[string]string{"enter.js": "text/javascript", "app.css": "text/css", "icon.svg": "image/svg+xml"}[name]
	send(w, r, kind+"; charset=utf-8", content, "")
}

// admits reports whether a request may go in.
func (d *Door) admits(r *http.Request) bool {
	if scheme, given, ok := strings.Cut(r.Header.Get("Authorization"), " "); ok && strings.EqualFold(scheme, "Bearer") && same(strings.TrimSpace(given), d.token) {
		return true
	}
	c, err := r.Cookie(d.cookie)
	if err != nil {
		return false
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	return find(d.entered, c.Value) >= 0
}

// find is where a secret is in a list, -1 when it is not.
func find(all []string, one string) int {
	at := -1
	for i := range all {
		if same(all[i], one) {
			at = i
		}
	}
	return at
}

// same compares secrets in the same time whatever they are.
func same(a, b string) bool {
	x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return subtle.ConstantTimeCompare(x[:], y[:]) == 1
}

// enter takes a key for a cookie.
func (d *Door) enter(w http.ResponseWriter, r *http.Request) {
	if origin := r.Header.Get("Origin"); origin != "" && origin != "null" {
		if u, err := url.Parse(origin); err != nil || u.Host != r.Host {
			d.ask(w, http.StatusForbidden, "The key has come from another page.")
			return
		}
	}
	r.Body = http.MaxBytesReader(w, r.Body, 4096)
	key := strings.TrimSpace(r.PostFormValue("key"))
	if _, behind, ok := strings.Cut(key, "#"); ok {
		key = behind // the whole link
	}
	d.mu.Lock()
	at := find(d.keys, key)
	if key == "" || at < 0 {
		d.mu.Unlock()
		d.ask(w, http.StatusUnauthorized, "The key is not valid, or was used before.")
		return
	}
	d.keys = append(d.keys[:at], d.keys[at+1:]...)
	value := rand.Text()
	d.entered = remember(d.entered, value)
	d.mu.Unlock()
	http.SetCookie(w, &http.Cookie{Name: d.cookie, Value: value, Path: Path, HttpOnly: true, SameSite: http.SameSiteStrictMode})
	http.Redirect(w, r, Path, http.StatusSeeOther)
}

// ask shows the form for a key.
func (d *Door) ask(w http.ResponseWriter, status int, says string) {
	var b bytes.Buffer
	if err := templates.ExecuteTemplate(&b, "enter", says); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes()) // nobody is left to be told
}

// loopback reports whether a Host header names this machine.
func loopback(host string) bool {
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	host = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	ip, err := netip.ParseAddr(host)
	return strings.EqualFold(host, "localhost") || err == nil && ip.Unmap().IsLoopback()
}
