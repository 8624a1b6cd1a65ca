package serve

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"net/netip"
	"os"
	"runtime"
	"strings"
)

// local reports whether a request has come over a unix socket.
func local(r *http.Request) bool {
	_, ok := r.Context().Value(http.LocalAddrContextKey).(*net.UnixAddr)
	return ok
}

// guard refuses requests that may not be made.
func (s *Server) guard(r *http.Request) error {
	if local(r) {
		return nil
	}
	if err := s.guardHost(r); err != nil {
		return err
	}
	if s.conf.bearer == "" {
		return nil // a handler that somebody else listens for
	}
	if scheme, given, ok := strings.Cut(r.Header.Get("Authorization"), " "); ok && strings.EqualFold(scheme, "Bearer") && s.is(strings.TrimSpace(given)) {
		return nil
	}
	return errToken
}

// guardHost refuses requests under names other than this machine's own. A page on the web
// can have a browser send requests here under a name of its own that resolves to this
// machine, but not under localhost or an address.
func (s *Server) guardHost(r *http.Request) error {
	host := r.Host
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	host = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	ip, err := netip.ParseAddr(host)
	if !strings.EqualFold(host, "localhost") && (err != nil || !ip.Unmap().IsLoopback()) {
		return forbidden("the host %q is not this machine: want localhost or a loopback address in the Host header", r.Host)
	}
	return nil
}

// is compares a token with the server's in the same time whatever it is.
func (s *Server) is(given string) bool {
	a, b := sha256.Sum256([]byte(given)), sha256.Sum256([]byte(s.conf.bearer))
	return subtle.ConstantTimeCompare(a[:], b[:]) == 1
}

// TokenFile reads a token from a file. When there is none, it makes one with a random
// token and mode 0600. It fails for a file that others can read, and for an empty one.
func TokenFile(path string) (string, error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err == nil {
		made := rand.Text()
		_, err = f.WriteString(made + "\n")
		if err = errors.Join(err, f.Close()); err != nil {
			return "", fmt.Errorf("serve: the token file: %w", errors.Join(err, os.Remove(path)))
		}
		return made, nil
	}
	if !errors.Is(err, fs.ErrExist) {
		return "", fmt.Errorf("serve: the token file: %w", err)
	}
	fi, err := os.Stat(path)
	if err != nil {
		return "", fmt.Errorf("serve: the token file: %w", err)
	}
	if !closed(fi) {
		return "", fmt.Errorf("serve: others can read the token file %s (mode %04o): want 0600", path, fi.Mode().Perm())
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("serve: the token file: %w", err)
	}
	t := strings.TrimSpace(string(text))
	if len(t) < 16 || strings.ContainsAny(t, " \t\r\n") {
		return "", fmt.Errorf("serve: the token file %s has no token: want one word of 16 characters at least; a file that is not there is made", path)
	}
	return t, nil
}

// closed reports whether a file is closed to others, as far as modes tell.
func closed(fi fs.FileInfo) bool { return runtime.GOOS == "windows" || fi.Mode().Perm()&0o077 == 0 }
