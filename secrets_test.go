package bitsemu_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu"
	"github.com/bitsemu/bitsemu/bits"
)

// syncBuffer is a buffer that several goroutines write to.
type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// What is secret goes to the server that asks for it and nowhere else: not to the disk in
// clear, not into logs, dumps, snapshots, the audit, events or errors.
func TestSecretsStaySecret(t *testing.T) {
	t.Parallel()
	const user, password, header = "Sesame-User", "Open-Sesame", "Header-Secret"
	ctx := t.Context()
	dir := t.TempDir()
	path := filepath.Join(dir, "jobs.db")
	var logged syncBuffer
	logger := slog.New(slog.NewTextHandler(&logged, &slog.HandlerOptions{Level: slog.LevelDebug}))
	emu := bitsemu.RunT(t, bitsemu.Store(path), bitsemu.Logger(logger))
	var got string
	require.NoError(t, emu.Handle("http://server", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name, word, ok := r.BasicAuth()
		if !ok {
			w.Header().Set("WWW-Authenticate", `Basic realm="x"`)
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		got = name + " " + word + " " + r.Header.Get("X-Key")
		http.ServeContent(w, r, "a", time.Date(2023, 1, 1, 0, 0, 0, 0, time.UTC), strings.NewReader("content"))
	})))
	id, job, err := emu.Manager().CreateJob(ctx, "secretive", bits.BG_JOB_TYPE_DOWNLOAD)
	require.NoError(t, err)
	job2, err := bits.Query[bits.Job2](ctx, job)
	require.NoError(t, err)
	credentials := bits.AuthCredentials{
		Target: bits.BG_AUTH_TARGET_SERVER, Scheme: bits.BG_AUTH_SCHEME_BASIC, UserName: user, Password: password,
	}
	require.NoError(t, job2.SetCredentials(ctx, credentials))
	options, err := bits.Query[bits.JobHttpOptions](ctx, job)
	require.NoError(t, err)
	headers := "X-Key: " + header + "\r\n"
	require.NoError(t, options.SetCustomHeaders(ctx, &headers))
	read, ok, err := options.GetCustomHeaders(ctx)
	require.NoError(t, err)
	require.True(t, ok)
	require.Equal(t, headers, read)

	require.NoError(t, job.AddFile(ctx, "http://server/a", `C:\Downloads\a`))
	require.NoError(t, job.Resume(ctx))
	emu.Settle()
	emu.CheckState(t, id, bits.BG_JOB_STATE_TRANSFERRED)
	require.Equal(t, user+" "+password+" "+header, got)

	var told bytes.Buffer
	require.NoError(t, emu.Dump(&told))
	snapshot, err := emu.Snapshot()
	require.NoError(t, err)
	require.NoError(t, json.NewEncoder(&told).Encode(snapshot))
	require.NoError(t, json.NewEncoder(&told).Encode(emu.Events()))
	info, err := emu.Job(id)
	require.NoError(t, err)
	fmt.Fprintf(&told, "%v %+v %#v", emu.Audit(), info, info)
	long := strings.Repeat(password, 100_000)
	credentials.Password = bits.Secret(long)
	fmt.Fprintf(&told, "%v %+v", job2.SetCredentials(ctx, credentials), credentials.Password)
	bad := header + strings.Repeat("x", 20_000)
	fmt.Fprint(&told, options.SetCustomHeaders(ctx, &bad))
	told.WriteString(logged.String())

	require.NoError(t, emu.Close())
	for _, file := range []string{path, path + ".key"} {
		content, err := os.ReadFile(file)
		require.NoError(t, err)
		told.Write(content)
		info, err := os.Stat(file)
		require.NoError(t, err)
		if os.PathSeparator == '/' {
			require.Zero(t, info.Mode().Perm()&0o077, "%s is for its owner", file)
		}
	}
	for _, secret := range []string{user, password, header} {
		require.NotContains(t, told.String(), secret)
	}

	// With both files it goes on where it was.
	again := bitsemu.RunT(t, bitsemu.Store(path))
	same, err := again.Manager().GetJob(ctx, id)
	require.NoError(t, err)
	options, err = bits.Query[bits.JobHttpOptions](ctx, same)
	require.NoError(t, err)
	read, ok, err = options.GetCustomHeaders(ctx)
	require.NoError(t, err)
	require.True(t, ok)
	require.Equal(t, headers, read)
}
