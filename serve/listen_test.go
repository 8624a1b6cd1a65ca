package serve_test

import (
	"context"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu"
	"github.com/bitsemu/bitsemu/serve"
)

// short is a directory whose name leaves room for that of a socket.
func short(t *testing.T) string {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("sockets have no mode there")
	}
	dir, err := os.MkdirTemp("", "bits") //nolint:usetesting // the name of a test's own may be too long for a socket
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(dir)) })
	return dir
}

func TestSocket(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(short(t), "a", "b")
	path := filepath.Join(dir, "s")
	l, err := serve.Listen("unix:" + path)
	require.NoError(t, err)
	require.Equal(t, "unix:"+path, serve.Address(l))
	fi, err := os.Stat(path)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), fi.Mode().Perm())
	fi, err = os.Stat(dir)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o700), fi.Mode().Perm())
	_, err = serve.Listen("unix:" + path)
	require.ErrorContains(t, err, "a server answers on "+path+" already")
	conn, err := net.Dial("unix", path)
	require.NoError(t, err, "which does the first no harm")
	require.NoError(t, conn.Close())
	require.NoError(t, l.Close())
	_, err = os.Lstat(path)
	require.ErrorIs(t, err, os.ErrNotExist)
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Empty(t, left)
}

func TestStaleSocketIsReplaced(t *testing.T) {
	t.Parallel()
	path := filepath.Join(short(t), "s")
	dead, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	require.NoError(t, err)
	dead.SetUnlinkOnClose(false)
	require.NoError(t, dead.Close())
	first, err := serve.Listen("unix:" + path)
	require.NoError(t, err)
	require.NoError(t, os.Remove(path))
	second, err := serve.Listen("unix:" + path)
	require.NoError(t, err)
	require.NoError(t, first.Close())
	_, err = os.Lstat(path)
	require.NoError(t, err, "the socket of the second is not the first's to remove")
	require.NoError(t, second.Close())
}

func TestListenRefuses(t *testing.T) {
	t.Parallel()
	dir := short(t)
	open := filepath.Join(dir, "open")
	require.NoError(t, os.Mkdir(open, 0o700))
	require.NoError(t, os.Chmod(open, 0o770))
	file := filepath.Join(dir, "file")
	require.NoError(t, os.WriteFile(file, []byte("precious"), 0o600))
	for _, row := range []struct{ address, says string }{
		{"", "no address"}, {"8080", "no address"}, {"unix:", "names no socket"},
		{"0.0.0.0:0", "this machine alone"}, {":0", "this machine alone"}, {"[::]:0", "this machine alone"},
		{"192.0.2.1:80", "this machine alone"}, {"example.com:80", "this machine alone"}, {"127.0.0.1.example.com:80", "this machine alone"},
		{"localhost.example.com:0", "this machine alone"}, {"0:0", "this machine alone"},
		{"unix:" + filepath.Join(open, "s"), "others can write"},
		{"unix:" + file, "no socket"},
		{"unix:" + filepath.Join(file, "s"), "not a directory"},
		{"unix:" + filepath.Join(dir, strings.Repeat("x", 200)), "at most"},
	} {
		l, err := serve.Listen(row.address)
		if err == nil {
			_ = l.Close()
		}
		require.ErrorContains(t, err, row.says, row.address)
	}
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, "precious", string(text))
}

// beyond is a listener that says it can be reached from elsewhere.
type beyond struct {
	net.Listener
	addr net.Addr
}

func (b beyond) Addr() net.Addr { return b.addr }

func TestServeRefuses(t *testing.T) {
	t.Parallel()
	emu := bitsemu.RunT(t)
	for _, row := range []struct {
		addr net.Addr
		says string
		opts []serve.Option
	}{
		{&net.TCPAddr{IP: net.IPv4(192, 0, 2, 1), Port: 80}, "other machines", []serve.Option{serve.BearerToken("a secret")}},
		{&net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 80}, "bearer token", nil},
		{&net.UDPAddr{}, "neither", []serve.Option{serve.BearerToken("a secret")}},
	} {
		s, err := serve.New(emu, row.opts...)
		require.NoError(t, err)
		l, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(t, err)
		require.ErrorContains(t, s.Serve(beyond{l, row.addr}), row.says)
		require.Error(t, l.Close(), "it is closed already")
	}
}

// tcp serves on a port.
func tcp(t *testing.T, opts ...serve.Option) *client {
	t.Helper()
	s, err := serve.New(bitsemu.RunT(t), opts...)
	require.NoError(t, err)
	l, err := serve.Listen("localhost:0")
	require.NoError(t, err)
	served := make(chan error, 1)
	go func() { served <- s.Serve(l) }()
	t.Cleanup(func() {
		require.NoError(t, s.Shutdown(context.Background()))
		require.NoError(t, <-served)
	})
	return dial(t, serve.Address(l))
}

func TestTCP(t *testing.T) {
	t.Parallel()
	c := tcp(t, serve.BearerToken("0123456789abcdef"))
	for _, row := range []struct {
		name, host, token string
		status            int
	}{
		{"good", "", "Bearer 0123456789abcdef", 200},
		{"in small letters", "", "bearer 0123456789abcdef", 200},
		{"localhost", "localhost:80", "Bearer 0123456789abcdef", 200},
		{"no port", "127.0.0.1", "Bearer 0123456789abcdef", 200},
		{"version 6", "[::1]:80", "Bearer 0123456789abcdef", 200},
		{"no token", "", "", 401},
		{"another", "", "Bearer 0123456789abcdeg", 401},
		{"longer", "", "Bearer 0123456789abcdef0", 401},
		{"empty", "", "Bearer ", 401},
		{"another scheme", "", "Basic 0123456789abcdef", 401},
		{"rebound", "attacker.example", "Bearer 0123456789abcdef", 403},
		{"rebound, with the name in it", "localhost.attacker.example", "Bearer 0123456789abcdef", 403},
		{"another machine", "192.0.2.1", "Bearer 0123456789abcdef", 403},
	} {
		r := c.request(http.MethodGet, "/v1", "")
		if row.host != "" {
			r.Host = row.host
		}
		if row.token != "" {
			r.Header.Set("Authorization", row.token)
		}
		resp, err := c.http.Do(r)
		require.NoError(t, err)
		require.Equal(t, row.status, resp.StatusCode, row.name)
		require.Empty(t, resp.Header.Get("Access-Control-Allow-Origin"), row.name)
		require.Equal(t, row.status == 401, resp.Header.Get("WWW-Authenticate") != "", row.name)
		require.NoError(t, resp.Body.Close())
	}
	r := c.request(http.MethodOptions, "/v1/manager/CreateJob", "")
	r.Header.Set("Origin", "http://attacker.example")
	r.Header.Set("Authorization", "Bearer 0123456789abcdef")
	status, _ := c.send(r)
	require.Equal(t, http.StatusMethodNotAllowed, status, "no page of others may ask")
}

func TestTokenFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "token")
	made, err := serve.TokenFile(path)
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(made), 26)
	again, err := serve.TokenFile(path)
	require.NoError(t, err)
	require.Equal(t, made, again)
	if runtime.GOOS != "windows" {
		fi, err := os.Stat(path)
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o600), fi.Mode().Perm())
		require.NoError(t, os.Chmod(path, 0o640))
		_, err = serve.TokenFile(path)
		require.ErrorContains(t, err, "others can read")
		require.NoError(t, os.Chmod(path, 0o600))
	}
	for _, bad := range []string{"", "short", "two words that are long enough"} {
		require.NoError(t, os.WriteFile(path, []byte(bad), 0o600))
		_, err = serve.TokenFile(path)
		require.ErrorContains(t, err, "has no token", bad)
	}
	_, err = serve.TokenFile(filepath.Join(path, "below"))
	require.Error(t, err)
	_, err = serve.TokenFile(filepath.Dir(path))
	require.Error(t, err)
}

func TestShutdown(t *testing.T) {
	t.Parallel()
	emu := bitsemu.RunT(t)
	s, err := serve.New(emu)
	require.NoError(t, err)
	l, err := serve.Listen("unix:" + filepath.Join(short(t), "s"))
	require.NoError(t, err)
	served := make(chan error, 1)
	go func() { served <- s.Serve(l) }()
	c := dial(t, serve.Address(l))
	o := c.open("")
	lines := o.listen()
	job := transferring(o, `{"callback":"c1"}`)
	settled := o.settle()
	<-lines // the callback is under way, and nobody will answer
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	require.NoError(t, s.Shutdown(ctx))
	require.NoError(t, <-served)
	<-settled
	for range lines {
		require.Fail(t, "a call after the end")
	}
	_, err = c.http.Post(c.base+job+"/Suspend", "application/json", nil)
	require.Error(t, err)
	require.NoError(t, s.Shutdown(ctx), "again")
	l, err = serve.Listen(serve.Address(l))
	require.NoError(t, err, "the socket is free")
	require.ErrorIs(t, s.Serve(l), http.ErrServerClosed)
}
