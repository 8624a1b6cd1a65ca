package wire_test

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/internal/wire"
)

// What is invoked arrives as it was sent, and so does what comes back.
func TestRoundTrip(t *testing.T) {
	t.Parallel()
	for _, m := range wire.Methods() {
		t.Run(m.String(), func(t *testing.T) {
			t.Parallel()
			far := newDouble()
			if m.Status || m.OK {
				far.hr = hresult.S_FALSE
			}
			results, hr, err := wire.Invoke(t.Context(), m, wire.New(m.Interface, far), json.RawMessage(object(m.Args)), far)
			require.NoError(t, err)
			require.Equal(t, far.hr, hr)
			require.Same(t, m, far.method)
			require.JSONEq(t, object(m.Args), far.args)
			require.JSONEq(t, object(m.Results), string(results))
			require.Equal(t, object(m.Results), string(results), "in the same order")

			far.fail = hresult.E_ACCESSDENIED
			results, hr, err = wire.Invoke(t.Context(), m, wire.New(m.COM, far), json.RawMessage(object(m.Args)), far)
			require.ErrorIs(t, err, hresult.E_ACCESSDENIED)
			require.Equal(t, hresult.E_ACCESSDENIED, hr)
			require.Nil(t, results)
		})
	}
}

// Arguments may come in an array in their order.
func TestArgumentsInTheirOrder(t *testing.T) {
	t.Parallel()
	for _, m := range wire.Methods() {
		var list []json.RawMessage
		for _, a := range m.Args {
			list = append(list, json.RawMessage(sample(a.Type)))
		}
		text, err := json.Marshal(list)
		require.NoError(t, err)
		far := newDouble()
		_, _, err = wire.Invoke(t.Context(), m, wire.New(m.Interface, far), text, far)
		require.NoError(t, err, m)
		require.JSONEq(t, object(m.Args), far.args, m)
	}
}

// Each method refuses what is no argument of its own, and objects without it.
func TestEachMethodRefuses(t *testing.T) {
	t.Parallel()
	for _, m := range wire.Methods() {
		far := newDouble()
		_, hr, err := wire.Invoke(t.Context(), m, far, json.RawMessage(object(m.Args)), far)
		require.Equal(t, hresult.E_NOINTERFACE, hr, m)
		require.ErrorContains(t, err, m.COM)
		for i, a := range m.Args {
			args := map[string]json.RawMessage{}
			for k, b := range m.Args {
				args[b.Name] = json.RawMessage(sample(b.Type))
				if k == i {
					args[b.Name] = json.RawMessage(`{"x":0}`)
				}
			}
			text, err := json.Marshal(args)
			require.NoError(t, err)
			_, hr, err = wire.Invoke(t.Context(), m, wire.New(m.Interface, far), text, far)
			require.Equal(t, hresult.E_INVALIDARG, hr)
			require.ErrorContains(t, err, m.String()+": argument "+a.Name)
			require.Nil(t, far.method)
		}
	}
}

// Two proxies with a connection between them are as one: each method returns in Go
// what it returns at the far end.
func TestProxies(t *testing.T) {
	t.Parallel()
	for _, m := range wire.Methods() {
		t.Run(m.String(), func(t *testing.T) {
			t.Parallel()
			far := newDouble()
			there := wire.New(m.Interface, far)
			here := wire.New(m.Interface, &tunnel{newDouble(), there, far})
			want := callByReflection(t, there, m, far)
			args := far.args
			got := callByReflection(t, here, m, far)
			require.Equal(t, args, far.args)
			require.Len(t, got, len(want))
			for i := range want {
				if reflect.TypeOf(want[i]) != nil && want[i] != nil && isProxy(want[i]) {
					require.True(t, isProxy(got[i]))
					continue
				}
				if list := reflect.ValueOf(want[i]); want[i] != nil && list.Kind() == reflect.Slice && list.Len() > 0 && isProxy(list.Index(0).Interface()) {
					require.Equal(t, list.Len(), reflect.ValueOf(got[i]).Len())
					continue
				}
				require.Equal(t, want[i], got[i])
			}
		})
	}
}

func isProxy(v any) bool {
	_, ok := wire.CallerOf(v)
	return ok
}

// callByReflection calls the method with samples as arguments.
func callByReflection(t *testing.T, on any, m *wire.Method, o wire.Objects) []any {
	t.Helper()
	method := reflect.ValueOf(on).MethodByName(m.Name)
	in := []reflect.Value{reflect.ValueOf(t.Context())}
	for i := 1; i < method.Type().NumIn(); i++ {
		in = append(in, sampleOf(method.Type().In(i)))
	}
	if m.Name == "QueryInterface" {
		in[1] = reflect.ValueOf(bits.IID_IBackgroundCopyJob)
	}
	var out []any
	for _, v := range method.Call(in) {
		out = append(out, v.Interface())
	}
	require.Nil(t, out[len(out)-1], "the error")
	return out
}

// sampleOf is some value of a Go type.
func sampleOf(typ reflect.Type) reflect.Value {
	v := reflect.New(typ).Elem()
	switch typ.Kind() {
	case reflect.String:
		v.SetString("ä <&> \x00 \"")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Uint8, reflect.Uint32, reflect.Uint64:
		v.SetUint(1)
	case reflect.Pointer:
		v.Set(reflect.New(typ.Elem()))
		v.Elem().Set(sampleOf(typ.Elem()))
	case reflect.Slice:
		v.Set(reflect.Append(v, sampleOf(typ.Elem()), sampleOf(typ.Elem())))
	case reflect.Array:
		for i := range v.Len() {
			v.Index(i).Set(sampleOf(typ.Elem()))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			v.Field(i).Set(sampleOf(typ.Field(i).Type))
		}
	case reflect.Interface:
		for _, one := range []any{
			wire.New("Callback3", &caller{}), wire.New("ServerCertificateValidationCallback", &caller{}),
			wire.New("Job", &caller{}), wire.New("File", &caller{}), wire.New("Error", &caller{}),
			bits.PropertyUint64(1 << 63), bits.PropertyString("x"),
		} {
			if reflect.TypeOf(one).Implements(typ) {
				v.Set(reflect.ValueOf(one))
				return v
			}
		}
		panic("no sample of " + typ.String())
	default:
		panic("no sample of " + typ.String())
	}
	return v
}

// caller is one that nobody calls.
type caller struct{ wire.Caller }

// The interfaces are all those of package bits, and each object has what it inherits.
func TestInterfaces(t *testing.T) {
	t.Parallel()
	require.Len(t, wire.Interfaces(), 29, "28 and IUnknown")
	require.Len(t, wire.Methods(), 144, "143 and QueryInterface")
	for _, i := range wire.Interfaces() {
		object := wire.New(i.Name, newDouble())
		n := 0
		for _, m := range wire.Methods() {
			_, has := wire.Find(i.COM, m.Name)
			_, method := reflect.TypeOf(object).MethodByName(m.Name)
			require.Equal(t, method, has, "%s in %s", m.Name, i.Name)
			n++
		}
		found, ok := wire.ByIID(i.IID)
		require.True(t, ok)
		require.Equal(t, i.Name, found.Name)
		require.Equal(t, i.COM, bits.IIDName(i.IID))
		if i.Callback {
			continue
		}
		_, err := object.(bits.Unknown).QueryInterface(t.Context(), bits.IID_IBackgroundCopyJob)
		require.NoError(t, err)
	}
}

func TestFind(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ iface, method, want string }{
		{"Job4", "AddFile", "IBackgroundCopyJob::AddFile"},
		{"IBackgroundCopyJob5", "SetProperty", "IBackgroundCopyJob5::SetProperty"},
		{"IBackgroundCopyFile6", "GetProperty", "IBackgroundCopyFile5::GetProperty"},
		{"EnumJobs", "Next", "IEnumBackgroundCopyJobs::Next"},
		{"Callback3", "JobError", "IBackgroundCopyCallback::JobError"},
		{"Job", "QueryInterface", "IUnknown::QueryInterface"},
		{"Job", "GetOwnerElevationState", ""}, {"Callback", "QueryInterface", ""}, {"IUnheard", "Of", ""}, {"", "", ""},
	} {
		m, ok := wire.Find(c.iface, c.method)
		require.Equal(t, c.want != "", ok, c)
		if ok {
			require.Equal(t, c.want, m.String())
		}
	}
	m, ok := wire.ForJob("GetProperty")
	require.True(t, ok)
	require.Equal(t, "Job5", m.Interface)
	m, _ = wire.ForJob("SetHelperToken")
	require.Equal(t, "TokenOptions", m.Interface)
	m, _ = wire.ForJob("SetHttpMethod")
	require.Equal(t, "JobHttpOptions2", m.Interface)
	m, _ = wire.ForFile("GetProperty")
	require.Equal(t, "File5", m.Interface)
	for _, name := range []string{"QueryInterface", "JobTransferred", "CreateJob", "Next", ""} {
		_, ok = wire.ForJob(name)
		require.False(t, ok, name)
		_, ok = wire.ForFile(name)
		require.False(t, ok, name)
	}
	i, ok := wire.FindInterface("Job2")
	require.True(t, ok)
	require.Equal(t, bits.IID_IBackgroundCopyJob2, i.IID)
	require.Panics(t, func() { wire.New("Job9", newDouble()) })
}
