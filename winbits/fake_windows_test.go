package winbits

import (
	"fmt"
	"runtime"
	"sync"
	"testing"
	"unsafe"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/windows"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
)

// fake is an object of COM whose methods are functions of a test: it stands in for
// objects of BITS that Wine does not have.
type fake struct {
	vtbl unsafe.Pointer // the first word
	refs int
	has  []uuid.UUID // what QueryInterface gives, besides IUnknown
}

var fakes = struct {
	mu sync.Mutex
	m  map[uintptr]*fake
}{m: map[uintptr]*fake{}}

// count adds to the references of the object at an address.
func (f *fake) count(n int) uintptr {
	fakes.mu.Lock()
	defer fakes.mu.Unlock()
	f.refs += n
	return uintptr(f.refs)
}

func fakeAt(this uintptr) *fake {
	fakes.mu.Lock()
	defer fakes.mu.Unlock()
	return fakes.m[this]
}

var fakeUnknown = sync.OnceValue(func() iUnknownVtbl {
	return iUnknownVtbl{
		QueryInterface: slot(func(this uintptr, iid *[16]byte, out *uintptr) uintptr {
			f := fakeAt(this)
			want := bits.GUIDFromWindows(*iid)
			for _, id := range append([]uuid.UUID{bits.IID_IUnknown}, f.has...) {
				if id == want {
					f.count(1)
					*out = this
					return 0
				}
			}
			*out = 0
			return uintptr(hresult.E_NOINTERFACE)
		}),
		AddRef:  slot(func(this uintptr) uintptr { return fakeAt(this).count(1) }),
		Release: slot(func(this uintptr) uintptr { return fakeAt(this).count(-1) }),
	}
})

// newFake makes an object of a table, which begins with the slots of IUnknown. It has
// one reference, which is the caller's to give away.
func newFake(vtbl unsafe.Pointer, has ...uuid.UUID) *fake {
	*(*iUnknownVtbl)(vtbl) = fakeUnknown()
	f := &fake{vtbl: vtbl, refs: 1, has: has}
	address := uintptr(unsafe.Pointer(f))
	fakes.mu.Lock()
	fakes.m[address] = f
	fakes.mu.Unlock()
	return f
}

func (f *fake) raw() *iUnknown { return (*iUnknown)(unsafe.Pointer(f)) }

// newBench is a connection to nothing.
func newBench(t *testing.T) *Service {
	p, err := newPool(true)
	require.NoError(t, err)
	c := &connection{pool: p, refs: map[*reference]struct{}{}, callbacks: map[*callbackObject]struct{}{}}
	s := &Service{close: c.close, references: c.references}
	s.manager = manager{object{&proxy{c: c}}} // for what is made here
	t.Cleanup(func() {
		require.NoError(t, s.Close())
		fakes.mu.Lock()
		defer fakes.mu.Unlock()
		for _, f := range fakes.m { // those of this test: they do not run side by side
			require.Zero(t, f.refs, "references that nobody has released")
		}
		clear(fakes.m)
	})
	return s
}

// taken is a fake as an object of the contract.
func taken[T any](t *testing.T, s *Service, f *fake, iid uuid.UUID) T {
	c := s.manager.(manager).c
	var p *proxy
	var err error
	require.NoError(t, c.pool.run(t.Context(), func() { p, err = s.adopt(c, f.raw()) }))
	require.NoError(t, err)
	p.bare = nil // as if it had taken a blanket
	o, ok := wrappers[iid](object{p}).(T)
	require.True(t, ok)
	return o
}

var taskMemAlloc = ole32.NewProc("CoTaskMemAlloc")

// ofCOM is a copy of values in COM's memory.
func ofCOM[T any](values ...T) uintptr {
	size := uintptr(len(values)) * unsafe.Sizeof(values[0])
	p, _, _ := taskMemAlloc.Call(size)
	copy(unsafe.Slice(at[T](p), len(values)), values)
	return p
}

func at[T any](p uintptr) *T { return *(**T)(unsafe.Pointer(&p)) }

// wideOfCOM is a text in COM's memory.
func wideOfCOM(s string) uintptr {
	text, err := windows.UTF16FromString(s)
	if err != nil {
		panic(fmt.Sprint(s, err))
	}
	return ofCOM(text...)
}

func textAt(p uintptr) string { return windows.UTF16PtrToString(at[uint16](p)) }

// Of all references none is left, be the object dropped or the connection closed.
func TestReferencesOfFakes(t *testing.T) {
	s := newBench(t)
	vtbl := &iBackgroundCopyJobVtbl{}
	f := newFake(unsafe.Pointer(vtbl), bits.IID_IBackgroundCopyJob, bits.IID_IBackgroundCopyJob2)
	job := taken[bits.Job](t, s, f, bits.IID_IBackgroundCopyJob)
	require.Equal(t, 1, f.refs)
	for range 10 {
		_, err := job.QueryInterface(t.Context(), bits.IID_IBackgroundCopyJob2)
		require.NoError(t, err)
		_, err = job.QueryInterface(t.Context(), bits.IID_IBackgroundCopyJob3)
		require.ErrorIs(t, err, hresult.E_NOINTERFACE)
	}
	require.Eventually(t, func() bool {
		runtime.GC()
		fakes.mu.Lock()
		defer fakes.mu.Unlock()
		return f.refs == 1
	}, eventually, tick)
	_, err := job.QueryInterface(t.Context(), bits.IID_IBackgroundCopyJob2)
	require.NoError(t, err)
	require.NoError(t, s.Close())
	require.Zero(t, f.refs)
	_, err = job.QueryInterface(t.Context(), bits.IID_IBackgroundCopyJob2)
	require.ErrorIs(t, err, hresult.RPC_E_DISCONNECTED)
}
