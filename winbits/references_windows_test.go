package winbits

import (
	"context"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/bits"
)

// held is how many references COM counts for an object.
func held(t *testing.T, p *proxy) (n uint32) {
	t.Helper()
	require.NoError(t, p.c.pool.run(t.Context(), func() {
		p.ref.raw.AddRef()
		n = p.ref.raw.Release()
	}))
	return n
}

// proxyOf is what an object of the contract is made of.
func proxyOf(t *testing.T, object any) *proxy {
	t.Helper()
	o, ok := object.(interface{ com() *proxy })
	require.True(t, ok, "%T", object)
	return o.com()
}

// Of every object one reference is held, however it was come by. (Of the manager there
// is another one, of TestMain.)
func TestOneReferenceEach(t *testing.T) {
	s, err := Connect(t.Context(), Serial())
	require.NoError(t, err)
	defer func() { require.NoError(t, s.Close()) }()
	m := s.Manager()
	one := func(what string, object any, err error) {
		t.Helper()
		require.NoError(t, err, what)
		require.Equal(t, uint32(1), held(t, proxyOf(t, object)), what)
	}
	id, job, err := m.CreateJob(t.Context(), "references", bits.BG_JOB_TYPE_DOWNLOAD)
	one("a new job", job, err)
	defer func() { _, _ = job.Cancel(context.Background()) }()
	require.NoError(t, job.AddFile(t.Context(), "http://server.invalid/x", `C:\winbits-references`))
	files, err := job.EnumFiles(t.Context())
	one("files", files, err)
	listed, _, err := files.Next(t.Context(), 5)
	require.NoError(t, err)
	for _, f := range listed {
		one("a file", f, nil)
	}
	jobs, err := m.EnumJobs(t.Context(), 0)
	one("jobs", jobs, err)
	// The proxies of one object are one: what is found again counts with the first.
	before := held(t, proxyOf(t, job))
	again, err := m.GetJob(t.Context(), id)
	require.NoError(t, err)
	third, err := job.QueryInterface(t.Context(), bits.IID_IBackgroundCopyJob3)
	require.NoError(t, err)
	after := held(t, proxyOf(t, job))
	require.LessOrEqual(t, after-before, uint32(2))
	runtime.KeepAlive(again)
	runtime.KeepAlive(third)
	require.Eventually(t, func() bool {
		runtime.GC()
		return held(t, proxyOf(t, job)) == before
	}, 10*time.Second, 20*time.Millisecond, "what nobody holds any more is released")
}

// A call that fails leaves no reference.
func TestNoReferenceOfAFailure(t *testing.T) {
	s, err := Connect(t.Context(), Serial())
	require.NoError(t, err)
	defer func() { require.NoError(t, s.Close()) }()
	_, job, err := s.Manager().CreateJob(t.Context(), "failures", bits.BG_JOB_TYPE_DOWNLOAD)
	require.NoError(t, err)
	defer func() { _, _ = job.Cancel(context.Background()) }()
	refs, count := s.References(), held(t, proxyOf(t, job))
	for range 10 {
		_, err = job.QueryInterface(t.Context(), bits.IID_IBackgroundCopyManager)
		require.Error(t, err)
		_, err = job.GetError(t.Context())
		require.Error(t, err)
		_, err = s.Manager().GetJob(t.Context(), bits.IID_IBackgroundCopyJob) // no job has this id
		require.Error(t, err)
	}
	require.Equal(t, refs, s.References())
	require.Equal(t, count, held(t, proxyOf(t, job)))
}
