package transfer_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/transfer"
)

// start makes a download of a script and takes the first step.
func start(t *testing.T, rt http.RoundTripper, r transfer.Request) transfer.Download {
	t.Helper()
	if r.URL == "" {
		r.URL = site
	}
	d, err := transfer.New(&transfer.Client{Transport: rt}, r, transfer.State{})
	require.NoError(t, err)
	t.Cleanup(func() { _ = d.Close() })
	res, err := d.Step(t.Context(), &local{}, 0)
	require.NoError(t, err)
	require.True(t, res.Connected)
	return d
}

func TestStepIsBounded(t *testing.T) {
	t.Parallel()
	eachWay(t, []transfer.ScriptOption{transfer.Size(10_000)}, func(t *testing.T, s *transfer.Script, w way) {
		l := &local{}
		d := start(t, w.rt, transfer.Request{URL: w.url})
		for i := range 10 {
			res, err := d.Step(t.Context(), l, 999)
			require.NoError(t, err)
			require.EqualValues(t, 999, res.Moved)
			require.EqualValues(t, (i+1)*999, d.State().Held)
			require.False(t, res.Done)
			require.Equal(t, i == 0, res.Headers != "", "there was an answer in the first one only")
		}
		res, err := d.Step(t.Context(), l, 0)
		require.NoError(t, err)
		require.Zero(t, res)
		res, err = d.Step(t.Context(), l, 999)
		require.NoError(t, err)
		require.EqualValues(t, 10, res.Moved)
		require.True(t, res.Done)
		require.Equal(t, []string{"HEAD", "GET bytes=0-9999"}, methods(s), "one GET for all steps")
		require.Equal(t, s.Bytes(), l.data)
	})
}

// The step that moves the last byte is the last one.
func TestStepOfExactSize(t *testing.T) {
	t.Parallel()
	d := start(t, transfer.NewScript(transfer.Size(100)), transfer.Request{})
	res, err := d.Step(t.Context(), &local{}, 100)
	require.NoError(t, err)
	require.True(t, res.Done)
}

func TestClosed(t *testing.T) {
	t.Parallel()
	s := transfer.NewScript(transfer.Size(100))
	d := start(t, s, transfer.Request{})
	_, err := d.Step(t.Context(), &local{}, 10)
	require.NoError(t, err)
	require.NoError(t, d.Close())
	require.NoError(t, d.Close())
	_, err = d.Step(t.Context(), &local{}, 10)
	require.ErrorIs(t, err, fs.ErrClosed)
	require.EqualValues(t, 10, d.State().Held)
}

func TestContextEndsStep(t *testing.T) {
	t.Parallel()
	eachWay(t, []transfer.ScriptOption{transfer.Size(1 << 20), transfer.HoldAt(1000)}, func(t *testing.T, s *transfer.Script, w way) {
		d := start(t, w.rt, transfer.Request{URL: w.url})
		l := &local{}
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		begun := time.Now()
		var err error
		var wait *transfer.Wait
		for {
			if _, err = d.Step(ctx, l, 1<<20); !errors.As(err, &wait) {
				break
			}
		}
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.Equal(t, err, ctx.Err())
		require.Less(t, time.Since(begun), 10*time.Second)

		// Later it goes on from what came.
		held := d.State().Held
		require.LessOrEqual(t, held, uint64(1000))
		s.Release()
		o := attempt(t.Context(), t, d, l, 1<<20, nil)
		require.NoError(t, o.err)
		require.True(t, o.Connected, "another attempt")
		require.EqualValues(t, 1<<20-held, o.Moved)
		require.True(t, bytes.Equal(s.Bytes(), l.data))
	})
}

// A context that ends between two steps ends the attempt, and no step before it.
func TestContextEndsBetweenSteps(t *testing.T) {
	t.Parallel()
	s := transfer.NewScript(transfer.Size(100))
	d := start(t, s, transfer.Request{})
	ctx, cancel := context.WithCancel(t.Context())
	_, err := d.Step(ctx, &local{}, 10)
	require.NoError(t, err)
	cancel()
	_, err = d.Step(t.Context(), &local{}, 10)
	require.NoError(t, err, "the step before has let go of it")
	_, err = d.Step(ctx, &local{}, 10)
	require.Equal(t, context.Canceled, err)
	res, err := d.Step(t.Context(), &local{}, 10)
	require.NoError(t, err)
	require.True(t, res.Connected)
	require.EqualValues(t, 20, d.State().Held)

	// Also one that ends while a step is at its work.
	ctx, cancel = context.WithCancel(t.Context())
	defer cancel()
	_, err = d.Step(ctx, writerAt(func(p []byte, _ int64) (int, error) {
		cancel()
		return len(p), nil
	}), 10)
	require.Equal(t, context.Canceled, err)
	require.EqualValues(t, 30, d.State().Held)
}

type writerAt func(p []byte, at int64) (int, error)

func (f writerAt) WriteAt(p []byte, at int64) (int, error) { return f(p, at) }

func TestLocalFileFails(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		dst       io.WriterAt
		code      hresult.HRESULT
		transient bool
	}{
		"disk full": {&local{fail: syscall.ENOSPC}, hresult.HRESULT_FROM_WIN32_ERROR_DISK_FULL, false},
		"denied":    {&local{fail: fs.ErrPermission}, hresult.E_ACCESSDENIED, false},
		"HRESULT":   {&local{fail: hresult.HRESULT_FROM_WIN32_ERROR_WRITE_PROTECT}, hresult.HRESULT_FROM_WIN32_ERROR_WRITE_PROTECT, false},
		"locked":    {&local{fail: hresult.BG_E_DESTINATION_LOCKED}, hresult.BG_E_DESTINATION_LOCKED, true},
		"short": {writerAt(func(p []byte, _ int64) (int, error) { return len(p) - 1, nil }),
			hresult.HRESULT_FROM_WIN32_ERROR_GEN_FAILURE, false},
	} {
		d := start(t, transfer.NewScript(transfer.Size(100)), transfer.Request{})
		res, err := d.Step(t.Context(), row.dst, 10)
		var e *transfer.Error
		require.ErrorAs(t, err, &e, name)
		require.Equal(t, row.code.String(), e.Code.String(), name)
		require.Equal(t, row.transient, e.Transient, name)
		require.Equal(t, bits.BG_ERROR_CONTEXT_LOCAL_FILE, e.Context)
		require.Equal(t, site, e.URL)
		require.Zero(t, res.Moved)
		require.Zero(t, d.State().Held)
	}
}

// A transport of a kind that nobody should write.
func TestBadTransports(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		read      func(p []byte) (int, error)
		code      hresult.HRESULT
		transient bool
	}{
		"too much":     {func(p []byte) (int, error) { return len(p) + 1, nil }, hresult.BG_E_INVALID_SERVER_RESPONSE, false},
		"less than 0":  {func([]byte) (int, error) { return -1, nil }, hresult.BG_E_INVALID_SERVER_RESPONSE, false},
		"nothing ever": {func([]byte) (int, error) { return 0, nil }, hresult.BG_E_INVALID_SERVER_RESPONSE, false},
		"an Error": {func([]byte) (int, error) {
			return 0, &transfer.Error{Code: hresult.E_FAIL, Transient: true}
		}, hresult.E_FAIL, true},
	} {
		s := transfer.NewScript(transfer.Size(100))
		_, o := fetch(t, roundTripper(func(r *http.Request) (*http.Response, error) {
			resp, err := s.RoundTrip(r)
			resp.Body = io.NopCloser(reader(row.read))
			return resp, err
		}), transfer.Request{})
		e := errorOf(t, o.err, row.code, row.transient)
		require.Equal(t, site, e.URL, name)
	}
}

type reader func(p []byte) (int, error)

func (f reader) Read(p []byte) (int, error) { return f(p) }

// What goes wrong behind the last byte is none of our business, but more bytes
// are.
func TestBehindTheLastByte(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		tail  io.Reader
		waits int
		good  bool
	}{
		"an error":    {reader(func([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }), 0, true},
		"an end":      {bytes.NewReader(nil), 0, true},
		"more":        {bytes.NewReader([]byte{1}), 0, false},
		"a wait, end": {io.MultiReader(&held{waits: 3}, bytes.NewReader(nil)), 3, true},
		"wait, more":  {io.MultiReader(&held{waits: 1}, bytes.NewReader([]byte{1})), 1, false},
		"nothing":     {reader(func([]byte) (int, error) { return 0, nil }), 0, false},
	} {
		rt := partServer(10, "text/plain", func(int) io.Reader {
			return io.MultiReader(bytes.NewReader([]byte("0123456789")), row.tail)
		})
		rt = withContentRange(rt, "bytes 0-9/10")
		d, err := transfer.New(&transfer.Client{Transport: rt}, transfer.Request{URL: site}, transfer.State{})
		require.NoError(t, err)
		l := &local{}
		o := attempt(t.Context(), t, d, l, 100, func(*transfer.Wait) bool { return true })
		require.NoError(t, d.Close())
		require.Equal(t, row.waits, o.waits, name)
		require.Equal(t, "0123456789", string(l.data), name)
		require.EqualValues(t, 10, o.Moved)
		if row.good {
			require.NoError(t, o.err, name)
			continue
		}
		requireError(t, o.err, hresult.BG_E_INVALID_SERVER_RESPONSE, false)
	}
}

// held gives some Waits and then ends.
type held struct{ waits int }

func (h *held) Read([]byte) (int, error) {
	if h.waits--; h.waits >= 0 {
		return 0, &transfer.Wait{}
	}
	return 0, io.EOF
}

func withContentRange(rt http.RoundTripper, value string) http.RoundTripper {
	return roundTripper(func(r *http.Request) (*http.Response, error) {
		resp, err := rt.RoundTrip(r)
		if err == nil {
			resp.Header.Set("Content-Range", value)
		}
		return resp, err
	})
}

// The certificate callback is asked once for a host and attempt, of https only.
func TestCertificateCallback(t *testing.T) {
	t.Parallel()
	const (
		callback = bits.BG_ERROR_CONTEXT_SERVER_CERTIFICATE_CALLBACK
		required = hresult.BG_E_SERVER_CERT_VALIDATION_INTERFACE_REQUIRED
	)
	s := transfer.NewScript(transfer.Size(10))
	for name, row := range map[string]struct {
		url       string
		err       error
		asked     int
		code      hresult.HRESULT
		context   bits.ErrorContext
		transient bool
	}{
		"http":     {"http://a.example/f", errors.New("not asked"), 0, 0, 0, false},
		"good":     {"https://a.example/f", nil, 1, 0, 0, false},
		"bad":      {"https://a.example/f", hresult.CERT_E_REVOKED, 1, hresult.CERT_E_REVOKED, callback, true},
		"bad, Go":  {"https://a.example/f", errors.New("no"), 1, hresult.E_FAIL, callback, true},
		"required": {"https://a.example/f", required, 1, required, callback, false},
		"an Error": {
			"https://a.example/f", &transfer.Error{Code: hresult.E_ABORT, Context: bits.BG_ERROR_CONTEXT_UNKNOWN},
			1, hresult.E_ABORT, bits.BG_ERROR_CONTEXT_UNKNOWN, false,
		},
	} {
		asked := 0
		_, o := fetch(t, s, transfer.Request{URL: row.url, Certificate: certificateJudge(func(host string) error {
			asked++
			require.Equal(t, "a.example", host)
			return row.err
		})})
		require.Equal(t, row.asked, asked, name)
		if row.code == 0 {
			require.NoError(t, o.err, name)
			continue
		}
		var e *transfer.Error
		require.ErrorAs(t, o.err, &e, name)
		require.Equal(t, row.code, e.Code, name)
		require.Equal(t, row.context, e.Context, name)
		require.Equal(t, row.transient, e.Transient, name)
		require.Equal(t, row.url, e.URL)
		if name != "an Error" {
			require.ErrorIs(t, o.err, row.err)
		}
	}
}
