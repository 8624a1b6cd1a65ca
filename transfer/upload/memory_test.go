package upload_test

import (
	"runtime"
	"testing"

	"github.com/bitsemu/bitsemu/bitsupload"
	"github.com/bitsemu/bitsemu/transfer"
	"github.com/bitsemu/bitsemu/transfer/upload"
	"github.com/stretchr/testify/require"
)

// nowhere is a storage that keeps nothing but sizes.
type nowhere struct{ bitsupload.Memory }

func (n *nowhere) Open(name string) (bitsupload.File, error) {
	f, err := n.Memory.Open(name)
	return nothing{f}, err
}

type nothing struct{ bitsupload.File }

func (nothing) WriteAt(p []byte, _ int64) (int, error) { return len(p), nil }

// zeros is a local file as large as one likes.
type zeros struct{}

func (zeros) ReadAt(p []byte, _ int64) (int, error) { return len(p), nil }

// It is not parallel: it looks at all memory that is taken.
func TestFragmentsAreNotHeldInMemory(t *testing.T) {
	const size = 256 << 20
	srv, err := bitsupload.New(&nowhere{}, bitsupload.Options{})
	require.NoError(t, err)
	client := &transfer.Client{Transport: transfer.Handler(srv)}
	u, err := upload.New(client, upload.Request{URL: "http://host/a", Size: size, FragmentSize: size / 2}, upload.State{})
	require.NoError(t, err)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for done := false; !done; {
		r, err := u.Step(t.Context(), zeros{}, 0)
		require.NoError(t, err)
		done = r.Done
	}
	runtime.ReadMemStats(&after)
	require.Equal(t, uint64(size), srv.Stats().Stored)
	require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(4<<20), "taken in all, given back or not")
}
