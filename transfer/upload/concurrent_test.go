package upload_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/bitsemu/bitsemu/bitsupload"
	"github.com/bitsemu/bitsemu/transfer"
	"github.com/bitsemu/bitsemu/transfer/upload"
	"github.com/stretchr/testify/require"
)

// uploads makes n uploads at once and waits for their ends.
func uploads(t testing.TB, client *transfer.Client, base string, n int) {
	t.Helper()
	var all sync.WaitGroup
	errs := make(chan error, n)
	for i := range n {
		all.Go(func() { errs <- whole(t, client, fmt.Sprintf("%s/%04d", base, i), text(i)) })
	}
	all.Wait()
	close(errs)
	for err := range errs {
		require.NoError(t, err)
	}
}

// text is what file i holds.
func text(i int) string { return strings.Repeat(fmt.Sprintf("file %d\n", i), i%700) }

// whole makes a whole upload.
func whole(t testing.TB, client *transfer.Client, url, content string) error {
	u, err := upload.New(client, upload.Request{URL: url, Size: uint64(len(content)), FragmentSize: 2000}, upload.State{})
	if err != nil {
		return err
	}
	for {
		r, err := u.Step(t.Context(), strings.NewReader(content), 0)
		if err != nil || r.Done {
			return err
		}
	}
}

func TestAThousandUploadsAtOnce(t *testing.T) {
	t.Parallel()
	const n = 1000
	t.Run("in memory", func(t *testing.T) {
		t.Parallel()
		files := &bitsupload.Memory{}
		srv, err := bitsupload.New(files, bitsupload.Options{})
		require.NoError(t, err)
		uploads(t, &transfer.Client{Transport: transfer.Handler(srv)}, "http://host", n)
		require.Empty(t, srv.Sessions())
		require.Len(t, files.Names(), n)
		for i := range n {
			got, err := files.ReadFile(fmt.Sprintf("%04d", i))
			require.NoError(t, err)
			require.Equal(t, text(i), string(got))
		}
	})
	t.Run("over the network to a directory", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		root, err := os.OpenRoot(dir)
		require.NoError(t, err)
		defer root.Close()
		srv, err := bitsupload.New(&bitsupload.Dir{Root: root}, bitsupload.Options{})
		require.NoError(t, err)
		hs := httptest.NewServer(srv)
		defer hs.Close()
		// As many connections at once as fit the descriptors of a small machine.
		rt := limited{network(t).Transport, make(chan struct{}, 200)}
		uploads(t, &transfer.Client{Transport: rt}, hs.URL, n)
		require.Empty(t, srv.Sessions())
		left, err := os.ReadDir(dir)
		require.NoError(t, err)
		require.Len(t, left, n)
		for i := range n {
			got, err := os.ReadFile(filepath.Join(dir, fmt.Sprintf("%04d", i)))
			require.NoError(t, err)
			require.Equal(t, text(i), string(got))
		}
	})
}

// limited lets so many requests through at once.
type limited struct {
	http.RoundTripper
	turn chan struct{}
}

func (l limited) RoundTrip(r *http.Request) (*http.Response, error) {
	l.turn <- struct{}{}
	defer func() { <-l.turn }()
	return l.RoundTripper.RoundTrip(r)
}
