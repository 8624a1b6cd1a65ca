package winbits

import (
	"context"
	"errors"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/sid"
)

const (
	eventually = 10 * time.Second
	tick       = 10 * time.Millisecond
)

// Every property comes back as what it was set to.
func TestProperties(t *testing.T) {
	if unions != byPointer {
		t.Skip("the stand-in is for amd64")
	}
	s := newBench(t)
	kept := map[uint32]propertyUnion{}
	vtbl := &iBackgroundCopyJob5Vtbl{}
	vtbl.SetProperty = slot(func(_, id uintptr, value *propertyUnion) uintptr {
		kept[uint32(id)] = *value
		return 0
	})
	vtbl.GetProperty = slot(func(_, id uintptr, value *propertyUnion) uintptr {
		u, ok := kept[uint32(id)]
		if !ok {
			return uintptr(hresult.BG_E_UNKNOWN_PROPERTY_ID)
		}
		*value = u
		return 0
	})
	job := taken[bits.Job5](t, s, newFake(unsafe.Pointer(vtbl)), bits.IID_IBackgroundCopyJob5)
	tried := 0
	for id := range bits.JobPropertyID(20) {
		for _, value := range []bits.JobPropertyValue{
			bits.PropertyDword(0xFFFFFFF0), bits.PropertyClsID(uuid.MustParse("01234567-89ab-cdef-0123-456789abcdef")),
			bits.PropertyEnable(true), bits.PropertyUint64(0xFEDCBA9876543210), bits.PropertyTarget(bits.BG_AUTH_TARGET_PROXY),
		} {
			if !id.Valid() || !id.Accepts(value) {
				continue
			}
			tried++
			require.NoError(t, job.SetProperty(t.Context(), id, value))
			got, err := job.GetProperty(t.Context(), id)
			require.NoError(t, err)
			require.Equal(t, value, got, id)
		}
	}
	require.GreaterOrEqual(t, tried, 8)
	_, err := job.GetProperty(t.Context(), 19)
	require.ErrorIs(t, err, hresult.BG_E_UNKNOWN_PROPERTY_ID)
	require.ErrorIs(t, job.SetProperty(t.Context(), bits.BITS_JOB_PROPERTY_DYNAMIC_CONTENT, bits.PropertyDword(1)), hresult.E_INVALIDARG)
	require.ErrorIs(t, job.SetProperty(t.Context(), bits.BITS_JOB_PROPERTY_DYNAMIC_CONTENT, nil), hresult.E_INVALIDARG)
}

func TestTokenOptions(t *testing.T) {
	s := newBench(t)
	var flags uint32
	var asSomebody []bool
	var answer uintptr
	vtbl := &iBitsTokenOptionsVtbl{}
	vtbl.SetHelperTokenFlags = slot(func(_, f uintptr) uintptr { flags = uint32(f); return 0 })
	vtbl.GetHelperTokenFlags = slot(func(_ uintptr, f *uint32) uintptr { *f = flags; return 0 })
	vtbl.SetHelperToken = slot(func(uintptr) uintptr { asSomebody = append(asSomebody, impersonates()); return 0 })
	vtbl.ClearHelperToken = slot(func(uintptr) uintptr { return uintptr(hresult.E_ACCESSDENIED) })
	vtbl.GetHelperTokenSid = slot(func(_ uintptr, text *uintptr) uintptr { *text = answer; return 0 })
	o := taken[bits.TokenOptions](t, s, newFake(unsafe.Pointer(vtbl)), bits.IID_IBitsTokenOptions)
	require.NoError(t, o.SetHelperTokenFlags(t.Context(), bits.BG_TOKEN_LOCAL_FILE|bits.BG_TOKEN_NETWORK))
	got, err := o.GetHelperTokenFlags(t.Context())
	require.NoError(t, err)
	require.Equal(t, bits.BG_TOKEN_LOCAL_FILE|bits.BG_TOKEN_NETWORK, got)
	require.ErrorIs(t, o.ClearHelperToken(t.Context()), hresult.E_ACCESSDENIED)

	// The token that is lent is the one of the thread.
	require.NoError(t, o.SetHelperToken(NewContext(t.Context(), ownToken(t))))
	require.NoError(t, o.SetHelperToken(t.Context()))
	require.Equal(t, []bool{true, false}, asSomebody)

	who, err := o.GetHelperTokenSid(t.Context())
	require.NoError(t, err)
	require.True(t, who.IsZero(), "NULL is no token")
	answer = wideOfCOM("S-1-5-20")
	who, err = o.GetHelperTokenSid(t.Context())
	require.NoError(t, err)
	require.Equal(t, sid.NetworkService, who)
	answer = wideOfCOM("nobody")
	_, err = o.GetHelperTokenSid(t.Context())
	require.ErrorIs(t, err, hresult.E_UNEXPECTED)
	require.ErrorContains(t, err, `"nobody"`)
}

// Without a blanket the service would see the user of the process.
func TestNoTokenWithoutABlanket(t *testing.T) {
	s := newBench(t)
	called := false
	vtbl := &iBitsTokenOptionsVtbl{}
	vtbl.SetHelperToken = slot(func(uintptr) uintptr { called = true; return 0 })
	o := taken[bits.TokenOptions](t, s, newFake(unsafe.Pointer(vtbl)), bits.IID_IBitsTokenOptions)
	proxyOf(t, o).bare = errors.New("no blanket")
	require.EqualError(t, o.SetHelperToken(NewContext(t.Context(), ownToken(t))), "no blanket")
	require.False(t, called)
	require.NoError(t, o.SetHelperToken(t.Context()))
	require.True(t, called)
}

func TestFileOnDemand(t *testing.T) {
	s := newBench(t)
	var asked []fileRange
	property := ""
	vtbl := &iBackgroundCopyFile6Vtbl{}
	vtbl.RequestFileRanges = slot(func(_, n uintptr, first *fileRange) uintptr {
		asked = copied(first, uint32(n))
		return 0
	})
	vtbl.GetFilledFileRanges = slot(func(_ uintptr, n *uint32, first *uintptr) uintptr {
		*n, *first = 2, ofCOM(fileRange{0, 10}, fileRange{1 << 40, bits.BG_LENGTH_TO_EOF})
		return 0
	})
	vtbl.GetFileRanges = slot(func(_ uintptr, n *uint32, first *uintptr) uintptr {
		*n, *first = 0, 0
		return uintptr(hresult.S_FALSE)
	})
	vtbl.SetProperty = slot(func(_, _, text uintptr) uintptr { property = textAt(text); return 0 })
	vtbl.GetProperty = slot(func(_, _ uintptr, text *uintptr) uintptr { *text = wideOfCOM(property); return 0 })
	vtbl.SetValidationState = slot(func(_, state uintptr) uintptr {
		if state == 1 {
			return 0
		}
		return uintptr(hresult.E_INVALIDARG)
	})
	vtbl.GetPeerDownloadStats = slot(func(_ uintptr, origin, peers *uint64) uintptr { *origin, *peers = 1<<40, 7; return 0 })
	f := taken[bits.File6](t, s, newFake(unsafe.Pointer(vtbl)), bits.IID_IBackgroundCopyFile6)
	require.NoError(t, f.RequestFileRanges(t.Context(), []bits.FileRange{{InitialOffset: 5, Length: 1 << 33}, {InitialOffset: 1 << 50, Length: 1}}))
	require.Equal(t, []fileRange{{5, 1 << 33}, {1 << 50, 1}}, asked)
	require.NoError(t, f.RequestFileRanges(t.Context(), nil))
	require.Empty(t, asked)
	filled, err := f.GetFilledFileRanges(t.Context())
	require.NoError(t, err)
	require.Equal(t, []bits.FileRange{{InitialOffset: 0, Length: 10}, {InitialOffset: 1 << 40, Length: bits.BG_LENGTH_TO_EOF}}, filled)
	_, ok, err := f.GetFileRanges(t.Context())
	require.NoError(t, err)
	require.False(t, ok)
	const id = bits.BITS_FILE_PROPERTY_ID_HTTP_RESPONSE_HEADERS
	require.NoError(t, f.SetProperty(t.Context(), id, bits.PropertyString("Größe: 1\r\n")))
	value, err := f.GetProperty(t.Context(), id)
	require.NoError(t, err)
	require.Equal(t, bits.PropertyString("Größe: 1\r\n"), value)
	require.NoError(t, f.SetValidationState(t.Context(), true))
	require.ErrorIs(t, f.SetValidationState(t.Context(), false), hresult.E_INVALIDARG)
	origin, peers, err := f.GetPeerDownloadStats(t.Context())
	require.NoError(t, err)
	require.Equal(t, [2]uint64{1 << 40, 7}, [2]uint64{origin, peers})
}

func TestPeerCache(t *testing.T) {
	s := newBench(t)
	answer := hresult.S_FALSE
	record := &iBitsPeerCacheRecordVtbl{}
	record.GetFileModificationTime = slot(func(_ uintptr, at *filetime) uintptr { *at = filetime{}; return 0 })
	record.IsFileValidated = slot(func(uintptr) uintptr { return uintptr(hresult.S_FALSE) })
	kept := newFake(unsafe.Pointer(record))
	var asked uuid.UUID
	vtbl := &iBitsPeerCacheAdministrationVtbl{}
	vtbl.GetMaximumCacheSize = slot(func(_ uintptr, percent *uint32) uintptr { *percent = 7; return uintptr(answer) })
	vtbl.GetRecord = slot(func(_ uintptr, id *[16]byte, out *uintptr) uintptr {
		asked = bits.GUIDFromWindows(*id)
		if answer == hresult.S_FALSE {
			*out = 0
			return uintptr(answer)
		}
		*out = uintptr(unsafe.Pointer(kept)) // with its reference
		return 0
	})
	c := taken[bits.PeerCacheAdministration](t, s, newFake(unsafe.Pointer(vtbl)), bits.IID_IBitsPeerCacheAdministration)
	_, ok, err := c.GetMaximumCacheSize(t.Context())
	require.NoError(t, err)
	require.False(t, ok)
	id := uuid.New()
	_, ok, err = c.GetRecord(t.Context(), id)
	require.NoError(t, err)
	require.False(t, ok)
	require.Equal(t, id, asked)
	answer = hresult.S_OK
	percent, ok, err := c.GetMaximumCacheSize(t.Context())
	require.NoError(t, err)
	require.True(t, ok)
	require.Equal(t, uint32(7), percent)
	r, ok, err := c.GetRecord(t.Context(), id)
	require.NoError(t, err)
	require.True(t, ok)
	at, err := r.GetFileModificationTime(t.Context())
	require.NoError(t, err)
	require.True(t, at.IsZero())
	good, err := r.IsFileValidated(t.Context())
	require.NoError(t, err)
	require.False(t, good)
}

// heard is a callback that keeps what it hears.
type heard struct {
	job    bits.Job
	file   bits.File
	ranges []bits.FileRange
	cert   []byte
	store  []byte
	kind   uint32
	answer error
}

func (h *heard) JobTransferred(_ context.Context, j bits.Job) error { h.job = j; return h.answer }
func (h *heard) JobError(_ context.Context, j bits.Job, _ bits.Error) error {
	h.job = j
	return h.answer
}
func (h *heard) JobModification(_ context.Context, j bits.Job) error { h.job = j; return h.answer }
func (h *heard) FileTransferred(_ context.Context, j bits.Job, f bits.File) error {
	h.job, h.file = j, f
	return h.answer
}
func (h *heard) FileRangesTransferred(_ context.Context, j bits.Job, f bits.File, r []bits.FileRange) error {
	h.job, h.file, h.ranges = j, f, r
	return h.answer
}
func (h *heard) ValidateServerCertificate(_ context.Context, j bits.Job, f bits.File, cert []byte, kind uint32, store []byte) error {
	h.job, h.file, h.cert, h.kind, h.store = j, f, cert, kind, store
	return h.answer
}

// The service calls the callbacks of this program: here a job that calls in the method
// which registers them.
func TestCallbacksAreCalled(t *testing.T) {
	s := newBench(t)
	job := newFake(unsafe.Pointer(&iBackgroundCopyJobVtbl{}))
	file := newFake(unsafe.Pointer(&iBackgroundCopyFileVtbl{}))
	jobError := newFake(unsafe.Pointer(&iBackgroundCopyErrorVtbl{}))
	a, b, c := uintptr(unsafe.Pointer(job)), uintptr(unsafe.Pointer(file)), uintptr(unsafe.Pointer(jobError))
	do := func(slot uintptr, args ...uintptr) uintptr { r, _, _ := syscall.SyscallN(slot, args...); return r }
	h := &heard{}
	var answers []hresult.HRESULT
	ranges := []fileRange{{1, 2}, {1 << 40, 3}}
	vtbl := &iBackgroundCopyJobVtbl{}
	vtbl.SetNotifyInterface = slot(func(_ uintptr, raw *iBackgroundCopyCallback3) uintptr {
		this := uintptr(unsafe.Pointer(raw))
		for _, err := range []error{nil, hresult.E_FAIL, hresult.S_FALSE} {
			h.answer = err
			for _, r := range []uintptr{
				do(raw.vtbl.JobTransferred, this, a), do(raw.vtbl.JobError, this, a, c), do(raw.vtbl.JobModification, this, a, 0),
				do(raw.vtbl.FileTransferred, this, a, b),
				do(raw.vtbl.FileRangesTransferred, this, a, b, 2, uintptr(unsafe.Pointer(&ranges[0]))),
			} {
				answers = append(answers, hresult.HRESULT(uint32(r)))
			}
		}
		answers = append(answers, hresult.HRESULT(uint32(do(raw.vtbl.JobTransferred, this, 0))))
		return 0
	})
	j := taken[bits.Job](t, s, newFake(unsafe.Pointer(vtbl)), bits.IID_IBackgroundCopyJob)
	require.NoError(t, j.SetNotifyInterface(t.Context(), h))
	ok, fail, no := hresult.S_OK, hresult.E_FAIL, hresult.S_FALSE
	require.Equal(t, []hresult.HRESULT{ok, ok, ok, ok, ok, fail, fail, fail, fail, fail, no, no, no, no, no, hresult.E_POINTER}, answers)
	require.Equal(t, []bits.FileRange{{InitialOffset: 1, Length: 2}, {InitialOffset: 1 << 40, Length: 3}}, h.ranges)
	require.Same(t, job.raw(), proxyOf(t, h.job).ref.raw)
	require.Same(t, file.raw(), proxyOf(t, h.file).ref.raw)

	validate := &iBackgroundCopyJobHttpOptions3Vtbl{}
	cert, store := []byte{1, 2, 3}, []byte{4, 5}
	validate.SetServerCertificateValidationInterface = slot(func(_ uintptr, raw *iBackgroundCopyServerCertificateValidationCallback) uintptr {
		return do(raw.vtbl.ValidateServerCertificate, uintptr(unsafe.Pointer(raw)), a, b,
			3, uintptr(unsafe.Pointer(&cert[0])), 65537, 2, uintptr(unsafe.Pointer(&store[0])))
	})
	h.answer = nil
	o := taken[bits.JobHttpOptions3](t, s, newFake(unsafe.Pointer(validate)), bits.IID_IBackgroundCopyJobHttpOptions3)
	require.NoError(t, o.SetServerCertificateValidationInterface(t.Context(), h))
	cert[0], store[0] = 0, 0 // what was heard is a copy
	require.Equal(t, []byte{1, 2, 3}, h.cert)
	require.Equal(t, []byte{4, 5}, h.store)
	require.Equal(t, uint32(65537), h.kind)

	// Here all references are given back, but for the first ones, which are the test's.
	require.NoError(t, s.Close())
	for _, f := range []*fake{job, file, jobError} {
		require.Equal(t, 1, f.refs)
		f.count(-1)
	}
	require.Zero(t, s.References())
}

// The callback of another program is called with the objects themselves.
func TestCallbackOfAnotherProgram(t *testing.T) {
	s := newBench(t)
	var got []uintptr
	var ranges []fileRange
	answer := hresult.S_OK
	vtbl := &iBackgroundCopyCallback3Vtbl{}
	vtbl.JobTransferred = slot(func(_, j uintptr) uintptr { got = []uintptr{j}; return uintptr(answer) })
	vtbl.JobError = slot(func(_, j, e uintptr) uintptr { got = []uintptr{j, e}; return uintptr(answer) })
	vtbl.FileRangesTransferred = slot(func(_, j, f, n uintptr, first *fileRange) uintptr {
		got, ranges = []uintptr{j, f}, copied(first, uint32(n))
		return uintptr(answer)
	})
	raw := newFake(unsafe.Pointer(vtbl))
	c := taken[bits.Callback3](t, s, raw, bits.IID_IBackgroundCopyCallback3)
	job := newFake(unsafe.Pointer(&iBackgroundCopyJobVtbl{}))
	file := newFake(unsafe.Pointer(&iBackgroundCopyFileVtbl{}))
	j := taken[bits.Job](t, s, job, bits.IID_IBackgroundCopyJob)
	f := taken[bits.File](t, s, file, bits.IID_IBackgroundCopyFile)
	require.NoError(t, c.JobTransferred(t.Context(), j))
	require.Equal(t, []uintptr{uintptr(unsafe.Pointer(job))}, got)
	require.NoError(t, c.FileRangesTransferred(t.Context(), j, f, []bits.FileRange{{InitialOffset: 1, Length: 2}}))
	require.Equal(t, []uintptr{uintptr(unsafe.Pointer(job)), uintptr(unsafe.Pointer(file))}, got)
	require.Equal(t, []fileRange{{1, 2}}, ranges)
	answer = hresult.S_FALSE
	require.ErrorIs(t, c.JobTransferred(t.Context(), j), hresult.S_FALSE)
	require.ErrorIs(t, c.JobTransferred(t.Context(), nil), hresult.E_INVALIDARG)

	// Registered again, it is passed on as it is.
	var registered uintptr
	setter := &iBackgroundCopyJobVtbl{}
	setter.SetNotifyInterface = slot(func(_, p uintptr) uintptr { registered = p; return 0 })
	other := taken[bits.Job](t, s, newFake(unsafe.Pointer(setter)), bits.IID_IBackgroundCopyJob)
	require.NoError(t, other.SetNotifyInterface(t.Context(), c))
	require.Equal(t, uintptr(unsafe.Pointer(raw)), registered)
}
