package transfer_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/transfer"
)

// onlyRead hides all of a file but what fs.File has.
type onlyRead struct{ fs.File }

// canSeek shows that it can be sought in, too.
type canSeek struct {
	fs.File
	io.Seeker
}

func TestFile(t *testing.T) {
	t.Parallel()
	content := transfer.NewScript(transfer.Size(1 << 20)).Bytes()
	name := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(name, content, 0o600))
	stamp := time.Date(2021, 2, 3, 4, 5, 6, 700, time.UTC)
	require.NoError(t, os.Chtimes(name, stamp, stamp))
	memory := fstest.MapFS{"file": {Data: content, ModTime: stamp}}
	for kind, open := range map[string]func() (fs.File, error){
		"system": func() (fs.File, error) { return os.Open(name) },
		"memory": func() (fs.File, error) { return memory.Open("file") },
		"stream": func() (fs.File, error) {
			f, err := memory.Open("file")
			return onlyRead{f}, err
		},
		"seeking": func() (fs.File, error) {
			f, err := memory.Open("file")
			return canSeek{f, f.(io.Seeker)}, err
		},
	} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			var moved int64
			l := &local{}
			d := transfer.NewFile(open, transfer.Request{OnMoved: func(n int64) { moved += n }}, transfer.State{})
			res, err := d.Step(t.Context(), l, 100)
			require.NoError(t, err)
			require.Equal(t, transfer.Result{Connected: true}, res)
			res, err = d.Step(t.Context(), l, 100_000)
			require.NoError(t, err)
			require.EqualValues(t, 100_000, res.Moved)
			state := d.State()
			require.NoError(t, d.Close())
			_, err = d.Step(t.Context(), l, 1)
			require.ErrorIs(t, err, fs.ErrClosed)
			modified, ok := state.Modified()
			require.True(t, ok)
			require.WithinDuration(t, stamp, modified, time.Microsecond)

			d = transfer.NewFile(open, transfer.Request{OnMoved: func(n int64) { moved += n }}, state)
			o := attempt(t.Context(), t, d, l, 1<<18, nil)
			require.NoError(t, o.err)
			require.EqualValues(t, 1<<20-100_000, o.Moved)
			require.EqualValues(t, 1<<20, moved)
			require.True(t, bytes.Equal(content, l.data))
			require.NoError(t, d.Close())

			// Ranges, the second before the first.
			l = &local{}
			d = transfer.NewFile(open, transfer.Request{Ranges: []bits.FileRange{{InitialOffset: 5000, Length: 300_000}, {Length: 10}}}, transfer.State{})
			require.NoError(t, attempt(t.Context(), t, d, l, 1<<18, nil).err)
			require.NoError(t, d.Close())
			require.True(t, bytes.Equal(append(append([]byte(nil), content[5000:305_000]...), content[:10]...), l.data))
		})
	}
}

func TestFileRefuses(t *testing.T) {
	t.Parallel()
	file := fstest.MapFS{"f": {Data: []byte("0123456789")}, "d/e": {}}
	for name, row := range map[string]struct {
		open      func() (fs.File, error)
		request   transfer.Request
		code      hresult.HRESULT
		transient bool
	}{
		"missing":    {func() (fs.File, error) { return file.Open("x") }, transfer.Request{}, hresult.HRESULT_FROM_WIN32_ERROR_FILE_NOT_FOUND, false},
		"directory":  {func() (fs.File, error) { return file.Open("d") }, transfer.Request{}, hresult.E_ACCESSDENIED, false},
		"denied":     {func() (fs.File, error) { return nil, fs.ErrPermission }, transfer.Request{}, hresult.E_ACCESSDENIED, false},
		"HRESULT":    {func() (fs.File, error) { return nil, hresult.HRESULT_FROM_WIN32_ERROR_BAD_NET_NAME }, transfer.Request{}, hresult.HRESULT_FROM_WIN32_ERROR_BAD_NET_NAME, false},
		"no network": {func() (fs.File, error) { return nil, hresult.HRESULT_FROM_WIN32_ERROR_BAD_NETPATH }, transfer.Request{}, hresult.HRESULT_FROM_WIN32_ERROR_BAD_NETPATH, true},
		"an Error":   {func() (fs.File, error) { return nil, &transfer.Error{Code: hresult.E_FAIL, Transient: true} }, transfer.Request{}, hresult.E_FAIL, true},
		"unknown":    {func() (fs.File, error) { return nil, errors.New("odd") }, transfer.Request{}, hresult.HRESULT_FROM_WIN32_ERROR_GEN_FAILURE, false},
		"no stat":    {func() (fs.File, error) { return brokenFile{stat: hresult.E_FAIL}, nil }, transfer.Request{}, hresult.E_FAIL, false},
		"negative":   {func() (fs.File, error) { return brokenFile{size: -1}, nil }, transfer.Request{}, hresult.BG_E_INVALID_SERVER_RESPONSE, false},
		"no read": {func() (fs.File, error) {
			return brokenFile{size: 5, read: hresult.HRESULT_FROM_WIN32_ERROR_NETNAME_DELETED}, nil
		}, transfer.Request{}, hresult.HRESULT_FROM_WIN32_ERROR_NETNAME_DELETED, true},
		"no progress": {func() (fs.File, error) { return brokenFile{size: 5}, nil }, transfer.Request{}, hresult.HRESULT_FROM_WIN32_ERROR_GEN_FAILURE, false},
		"no seek": {func() (fs.File, error) { return canSeek{brokenFile{size: 5}, brokenSeeker{}}, nil },
			transfer.Request{Ranges: []bits.FileRange{{InitialOffset: 1, Length: 1}}}, hresult.E_FAIL, false},
		"no skip": {func() (fs.File, error) { return brokenFile{size: 5, read: hresult.E_FAIL}, nil },
			transfer.Request{Ranges: []bits.FileRange{{InitialOffset: 1, Length: 1}}}, hresult.E_FAIL, false},
		"shrinks": {func() (fs.File, error) { return brokenFile{size: 5, read: io.EOF}, nil }, transfer.Request{}, hresult.BG_E_REMOTE_FILE_CHANGED, true},
		"range":   {func() (fs.File, error) { return file.Open("f") }, transfer.Request{Ranges: []bits.FileRange{{InitialOffset: 10, Length: 1}}}, hresult.BG_E_INVALID_RANGE, false},
		"maximum": {func() (fs.File, error) { return file.Open("f") }, transfer.Request{MaxSize: 9}, hresult.BG_E_MAX_DOWNLOAD_SIZE_LIMIT_REACHED, false},
	} {
		row.request.URL = `\\server\share\file`
		d := transfer.NewFile(row.open, row.request, transfer.State{})
		o := attempt(t.Context(), t, d, &local{}, 1<<20, nil)
		e := errorOf(t, o.err, row.code, row.transient)
		require.Equal(t, row.request.URL, e.URL, name)
		require.NoError(t, d.Close())
	}
}

// brokenFile is a file that fails.
type brokenFile struct {
	size       int64
	stat, read error
}

func (f brokenFile) Stat() (fs.FileInfo, error) {
	if f.stat != nil {
		return nil, f.stat
	}
	return fileInfo{size: f.size}, nil
}
func (f brokenFile) Read([]byte) (int, error) { return 0, f.read }
func (f brokenFile) Close() error             { return nil }

type brokenSeeker struct{}

func (brokenSeeker) Seek(int64, int) (int64, error) { return 0, hresult.E_FAIL }

type fileInfo struct {
	fs.FileInfo
	size int64
}

func (i fileInfo) Size() int64        { return i.size }
func (i fileInfo) IsDir() bool        { return false }
func (i fileInfo) ModTime() time.Time { return time.Unix(0, 0) }

func TestFileChanges(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(f *fstest.MapFile){
		"time": func(f *fstest.MapFile) { f.ModTime = f.ModTime.Add(time.Nanosecond); f.Data = []byte("abcdefghij") },
		"size": func(f *fstest.MapFile) { f.Data = []byte("abc") },
		"void": func(f *fstest.MapFile) { f.Data = nil },
	} {
		for _, between := range []bool{true, false} {
			f := &fstest.MapFile{Data: []byte("0123456789"), ModTime: time.Unix(1, 0)}
			open := func() (fs.File, error) { return &liveFile{f: f}, nil }
			d := transfer.NewFile(open, transfer.Request{URL: "f"}, transfer.State{})
			l := &local{}
			for range 2 {
				_, err := d.Step(t.Context(), l, 4)
				require.NoError(t, err)
			}
			if between { // two attempts
				require.NoError(t, d.Close())
				d = transfer.NewFile(open, transfer.Request{URL: "f"}, d.State())
			}
			change(f)
			o := attempt(t.Context(), t, d, l, 4, nil)
			require.NoError(t, o.err, name)
			require.Equal(t, 1, o.restarts, name)
			require.Equal(t, string(f.Data), string(l.data), name)
			require.NoError(t, d.Close())
		}
	}

	// A file that changes all the time, in one attempt and from one to the next.
	f := &fstest.MapFile{Data: []byte("0123456789")}
	open := func() (fs.File, error) { return &liveFile{f: f}, nil }
	l := &local{}
	unsteady := writerAt(func(p []byte, at int64) (int, error) {
		f.ModTime = f.ModTime.Add(time.Second)
		return l.WriteAt(p, at)
	})
	d := transfer.NewFile(open, transfer.Request{URL: "f"}, transfer.State{})
	defer d.Close()
	var err error
	restarts := 0
	for err == nil {
		var res transfer.Result
		if res, err = d.Step(t.Context(), unsteady, 4); res.Restarted {
			restarts++
		}
	}
	requireError(t, err, hresult.BG_E_REMOTE_FILE_CHANGED, true)
	require.Equal(t, 3, restarts)
}

// liveFile looks at what the file is now.
type liveFile struct {
	f  *fstest.MapFile
	at int
}

func (l *liveFile) Stat() (fs.FileInfo, error) {
	return fstest.MapFS{"f": l.f}.Stat("f")
}

func (l *liveFile) Read(p []byte) (int, error) {
	if l.at >= len(l.f.Data) {
		return 0, io.EOF
	}
	n := copy(p, l.f.Data[l.at:])
	l.at += n
	return n, nil
}

func (l *liveFile) Close() error { return nil }

// A source may have nothing yet, before and after it is open.
func TestFileWaits(t *testing.T) {
	t.Parallel()
	waits := 3
	open := func() (fs.File, error) {
		if waits--; waits >= 0 {
			return nil, fmt.Errorf("opening: %w", &transfer.Wait{})
		}
		f, err := fstest.MapFS{"f": {Data: []byte("0123456789")}}.Open("f")
		return faultyFile{f, newFaltering(f)}, err
	}
	d := transfer.NewFile(open, transfer.Request{}, transfer.State{})
	defer d.Close()
	l := &local{}
	o := attempt(t.Context(), t, d, l, 2, func(*transfer.Wait) bool { return true })
	require.NoError(t, o.err)
	require.Equal(t, "0123456789", string(l.data))
	require.Greater(t, o.waits, 3)
}

type faultyFile struct {
	fs.File
	r io.Reader
}

func (f faultyFile) Read(p []byte) (int, error) { return f.r.Read(p) }

func TestFileContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	f := fstest.MapFS{"f": {Data: make([]byte, 1<<20)}}
	d := transfer.NewFile(func() (fs.File, error) { return f.Open("f") }, transfer.Request{}, transfer.State{})
	defer d.Close()
	_, err := d.Step(ctx, &local{}, 1)
	require.NoError(t, err)
	res, err := d.Step(ctx, writerAt(func(p []byte, _ int64) (int, error) {
		cancel()
		return len(p), nil
	}), 1<<20)
	require.Equal(t, context.Canceled, err)
	require.EqualValues(t, 256<<10, res.Moved)
	_, err = d.Step(ctx, &local{}, 1)
	require.Equal(t, context.Canceled, err)
	_, err = d.Step(t.Context(), &local{fail: fs.ErrPermission}, 1)
	require.NoError(t, err, "another attempt, which opens it")
	_, err = d.Step(t.Context(), &local{fail: fs.ErrPermission}, 1)
	require.ErrorIs(t, err, hresult.E_ACCESSDENIED)
}

func TestFileIsGoneBetweenSteps(t *testing.T) {
	t.Parallel()
	f := fstest.MapFS{"f": {Data: []byte("0123456789")}}
	opened := 0
	open := func() (fs.File, error) {
		if opened++; opened > 1 {
			return nil, hresult.HRESULT_FROM_WIN32_ERROR_NETNAME_DELETED
		}
		f, err := f.Open("f")
		return onlyRead{f}, err
	}
	// A stream has to be opened again for what lies behind.
	d := transfer.NewFile(open, transfer.Request{Ranges: []bits.FileRange{{InitialOffset: 5, Length: 1}, {Length: 1}}}, transfer.State{})
	l := &local{}
	o := attempt(t.Context(), t, d, l, 10, nil)
	requireError(t, o.err, hresult.HRESULT_FROM_WIN32_ERROR_NETNAME_DELETED, true)
	require.Equal(t, "5", string(l.data), "what came is kept")
	require.EqualValues(t, 1, d.State().Held)
	require.NoError(t, d.Close())

	// One whose handle has gone bad.
	stat := &goneFile{}
	d = transfer.NewFile(func() (fs.File, error) { return stat, nil }, transfer.Request{}, transfer.State{})
	defer d.Close()
	_, err := d.Step(t.Context(), l, 10)
	require.NoError(t, err)
	stat.gone = true
	_, err = d.Step(t.Context(), l, 10)
	requireError(t, err, hresult.HRESULT_FROM_WIN32_ERROR_INVALID_HANDLE, false)
}

type goneFile struct {
	brokenFile
	gone bool
}

func (f *goneFile) Stat() (fs.FileInfo, error) {
	if f.gone {
		return nil, fs.ErrClosed
	}
	return fileInfo{size: 5}, nil
}

// On demand what was fetched before counts, even if nothing of this part is held.
func TestInPlaceRestarts(t *testing.T) {
	t.Parallel()
	part := transfer.Request{URL: site, InPlace: true, Ranges: []bits.FileRange{{InitialOffset: 5, Length: 2}}}
	before := transfer.State{Size: 10, LastModified: "Wed, 01 Jan 2020 00:00:00 GMT"}
	f := fstest.MapFS{"f": {Data: []byte("0123456789")}}
	http, err := transfer.New(&transfer.Client{Transport: transfer.NewScript(transfer.Size(10))}, part, before)
	require.NoError(t, err)
	file := transfer.NewFile(func() (fs.File, error) { return f.Open("f") }, part, before)
	for _, d := range []transfer.Download{http, file} {
		l := &local{}
		o := attempt(t.Context(), t, d, l, 10, nil)
		require.NoError(t, o.err)
		require.Equal(t, 1, o.restarts)
		require.Len(t, l.data, 7)
		require.NoError(t, d.Close())
	}
}
