package upload_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/bitsemu/bitsemu/bitsupload"
	"github.com/bitsemu/bitsemu/transfer"
	"github.com/bitsemu/bitsemu/transfer/upload"
	"github.com/stretchr/testify/require"
)

// benchSize is the size of the file, 64 MiB; UPLOAD_BENCH_MIB sets another, such as
// the 1024 of the goal.
func benchSize(b *testing.B) int64 {
	mib := 64
	if s := os.Getenv("UPLOAD_BENCH_MIB"); s != "" {
		var err error
		mib, err = strconv.Atoi(s)
		require.NoError(b, err)
	}
	return int64(mib) << 20
}

// source is a local file of some size.
func source(b *testing.B, size int64) *os.File {
	f, err := os.Create(filepath.Join(b.TempDir(), "source"))
	require.NoError(b, err)
	b.Cleanup(func() { require.NoError(b, f.Close()) })
	block := make([]byte, 1<<20)
	for i := range block {
		block[i] = byte(i * 7 >> 4)
	}
	for at := int64(0); at < size; at += int64(len(block)) {
		_, err := f.WriteAt(block[:min(size-at, int64(len(block)))], at)
		require.NoError(b, err)
	}
	return f
}

// BenchmarkUpload uploads a file over the loopback interface to a directory, beside a
// plain PUT that a handler copies to a file.
func BenchmarkUpload(b *testing.B) {
	size := benchSize(b)
	b.Run("PUT", func(b *testing.B) {
		f, dir := source(b, size), b.TempDir()
		hs := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			out, err := os.Create(filepath.Join(dir, "out"))
			if err == nil {
				_, err = io.Copy(out, r.Body)
				_ = out.Close()
			}
			if err != nil {
				w.WriteHeader(http.StatusInternalServerError)
			}
		}))
		defer hs.Close()
		client := hs.Client()
		b.SetBytes(size)
		b.ReportAllocs()
		for b.Loop() {
			r, err := http.NewRequestWithContext(b.Context(), http.MethodPut, hs.URL, io.NewSectionReader(f, 0, size))
			require.NoError(b, err)
			r.ContentLength = size
			answer, err := client.Do(r)
			require.NoError(b, err)
			require.NoError(b, answer.Body.Close())
			require.Equal(b, http.StatusOK, answer.StatusCode)
			require.NoError(b, os.Remove(filepath.Join(dir, "out")))
		}
	})
	for _, fragment := range []int64{256 << 10, 1 << 20, upload.DefaultFragment} {
		b.Run(fmt.Sprintf("fragments of %d KiB", fragment>>10), func(b *testing.B) {
			f, dir := source(b, size), b.TempDir()
			root, err := os.OpenRoot(dir)
			require.NoError(b, err)
			defer root.Close()
			srv, err := bitsupload.New(&bitsupload.Dir{Root: root}, bitsupload.Options{})
			require.NoError(b, err)
			hs := httptest.NewServer(srv)
			defer hs.Close()
			client := network(b)
			b.SetBytes(size)
			b.ReportAllocs()
			for b.Loop() {
				u, err := upload.New(client, upload.Request{URL: hs.URL + "/out", Size: uint64(size), FragmentSize: fragment}, upload.State{})
				require.NoError(b, err)
				for done := false; !done; {
					r, err := u.Step(b.Context(), f, 0)
					require.NoError(b, err)
					done = r.Done
				}
				require.NoError(b, os.Remove(filepath.Join(dir, "out")))
			}
		})
	}
}

// BenchmarkSmallUploads makes a thousand uploads of a few bytes, all at once and
// without a network.
func BenchmarkSmallUploads(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		srv, err := bitsupload.New(&bitsupload.Memory{}, bitsupload.Options{})
		require.NoError(b, err)
		uploads(b, &transfer.Client{Transport: transfer.Handler(srv)}, "http://host", 1000)
	}
}
