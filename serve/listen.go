package serve

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"
)

// Listen opens an address for a [Server]:
//
//	unix:/path    a socket of mode 0600. Its directory is made with mode 0700 when it is
//	              not there, and must not be one in which others can write. The socket
//	              of a server that is dead is replaced; where one answers, Listen fails
//	127.0.0.1:0   a port of this machine alone, as are [::1]:0 and localhost:0
//
// It refuses every other address.
func Listen(address string) (net.Listener, error) {
	if path, ok := strings.CutPrefix(address, "unix:"); ok {
		return listenUnix(path)
	}
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("serve: %q is no address to listen on: want unix:/path, 127.0.0.1:port or [::1]:port: %w", address, err)
	}
	if strings.EqualFold(host, "localhost") {
		host = "127.0.0.1"
	}
	ip, err := netip.ParseAddr(host)
	if err != nil || !ip.Unmap().IsLoopback() {
		return nil, fmt.Errorf("serve: %q is not an address of this machine alone: want unix:/path, 127.0.0.1:port or [::1]:port", address)
	}
	return net.Listen("tcp", net.JoinHostPort(ip.Unmap().WithZone("").String(), port))
}

// Address is how clients name what a listener listens on: "unix:/path" or
// "http://127.0.0.1:port".
func Address(l net.Listener) string {
	if a, ok := l.Addr().(*net.UnixAddr); ok {
		return "unix:" + a.Name
	}
	return "http://" + l.Addr().String()
}

// DefaultAddress is the socket that is used when none is named: bitsemu.sock in
// XDG_RUNTIME_DIR, else in a directory of the user's own in the temporary directory.
func DefaultAddress() string {
	if dir := os.Getenv("XDG_RUNTIME_DIR"); dir != "" {
		return "unix:" + filepath.Join(dir, "bitsemu.sock")
	}
	user := "bitsemu"
	if id := os.Getuid(); id >= 0 { // elsewhere the temporary directory is the user's own
		user = fmt.Sprintf("bitsemu-%d", id)
	}
	return "unix:" + filepath.Join(os.TempDir(), user, "bitsemu.sock")
}

// socket is a listener whose file goes when it is closed, unless the file is
// another's by then.
type socket struct {
	*net.UnixListener
	path string
	file fs.FileInfo
}

func (s *socket) Addr() net.Addr { return &net.UnixAddr{Name: s.path, Net: "unix"} }

func (s *socket) Close() error {
	err := s.UnixListener.Close()
	if now, statErr := os.Lstat(s.path); statErr == nil && os.SameFile(now, s.file) {
		err = errors.Join(err, os.Remove(s.path))
	}
	return err
}

// listenUnix makes the socket in a directory that is closed to others, and puts it in
// its place when it is closed too, so that at no time anybody else can connect.
func listenUnix(path string) (_ net.Listener, err error) {
	if path == "" {
		return nil, errors.New("serve: unix: names no socket: want unix:/path")
	}
	if path, err = filepath.Abs(path); err != nil {
		return nil, err
	}
	if longest := longestSocket(); len(path) > longest {
		return nil, fmt.Errorf("serve: the path of a socket has at most %d bytes, and %s has %d", longest, path, len(path))
	}
	dir := filepath.Dir(path)
	if err := private(dir); err != nil {
		return nil, err
	}
	if err := clearStale(path); err != nil {
		return nil, err
	}
	if runtime.GOOS == "windows" { // which knows neither modes nor links of sockets
		return net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	}
	hidden, err := os.MkdirTemp(dir, ".")
	if err != nil {
		return nil, fmt.Errorf("serve: no room for the socket: %w", err)
	}
	defer os.RemoveAll(hidden)
	from := filepath.Join(hidden, "s")
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: from, Net: "unix"})
	if err != nil {
		return nil, fmt.Errorf("serve: socket %s (one with a longer name is made first, and the path of a socket has at most %d bytes): %w", path, longestSocket(), err)
	}
	l.SetUnlinkOnClose(false)
	file, err := place(from, path)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("serve: socket %s: %w", path, err), l.Close())
	}
	return &socket{l, path, file}, nil
}

// longestSocket is how many bytes the path of a socket can have.
func longestSocket() int {
	if runtime.GOOS == "linux" {
		return 107
	}
	return 103
}

// place closes the socket to others and moves it to where it is to be. Between [clearStale]
// and here somebody else may have come; a link, unlike a rename, does not replace his.
func place(from, to string) (fs.FileInfo, error) {
	if err := os.Chmod(from, 0o600); err != nil {
		return nil, err
	}
	if err := os.Link(from, to); err != nil {
		return nil, err
	}
	return os.Lstat(to)
}

// private makes the directory of a socket, or sees that nobody else can put a socket
// of his there.
func private(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("serve: the directory of the socket: %w", err)
	}
	fi, err := os.Stat(dir)
	if err != nil {
		return fmt.Errorf("serve: the directory of the socket: %w", err)
	}
	if runtime.GOOS == "windows" {
		return nil // modes say nothing there
	}
	if fi.Mode().Perm()&0o022 != 0 {
		return fmt.Errorf("serve: others can write in %s, the directory of the socket (mode %04o): name a directory of mode 0700, or one that is not there yet", dir, fi.Mode().Perm())
	}
	if !owned(fi) {
		return fmt.Errorf("serve: %s, the directory of the socket, is somebody else's", dir)
	}
	return nil
}

// clearStale removes the socket that a dead server has left. It is moved aside first, so
// that what is removed is what was tried.
func clearStale(path string) error {
	fi, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("serve: socket %s: %w", path, err)
	}
	if fi.Mode()&fs.ModeSocket == 0 && runtime.GOOS != "windows" {
		return fmt.Errorf("serve: %s is there and no socket; it is left as it is", path)
	}
	if alive(path) {
		return fmt.Errorf("serve: a server answers on %s already", path)
	}
	aside := path + ".old"
	if err := os.Rename(path, aside); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil // another server was faster
		}
		return fmt.Errorf("serve: socket %s: %w", path, err)
	}
	if alive(aside) {
		return errors.Join(fmt.Errorf("serve: a server answers on %s already", path), os.Link(aside, path), os.Remove(aside))
	}
	return os.Remove(aside)
}

// alive reports whether somebody listens on a socket.
func alive(path string) bool {
	c, err := net.DialTimeout("unix", path, 5*time.Second)
	if err == nil {
		_ = c.Close() // it was only tried
		return true
	}
	// One that has too much to do refuses in another way.
	return runtime.GOOS != "windows" && !errors.Is(err, syscall.ECONNREFUSED) && !errors.Is(err, fs.ErrNotExist)
}
