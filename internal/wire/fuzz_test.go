package wire_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/internal/wire"
)

// Whatever comes as arguments, of whichever method: it is refused, or it is called with
// what is written in one way, which means the same when it is read again.
func FuzzInvoke(f *testing.F) {
	all := wire.Methods()
	for i, m := range all {
		f.Add(uint8(i), []byte(object(m.Args)))
		f.Add(uint8(i), []byte("["+strings.TrimSuffix(strings.Repeat("0,", len(m.Args)), ",")+"]"))
	}
	f.Add(uint8(6), []byte(`{"remoteURL":"\ud800","localName":"\u0000"}`))
	f.Fuzz(func(t *testing.T, n uint8, args []byte) {
		m := all[int(n)%len(all)]
		call := func(args []byte) (string, error) {
			far := newDouble()
			_, _, err := wire.Invoke(t.Context(), m, wire.New(m.Interface, far), args, far)
			var bad *wire.BadRequest
			require.Equal(t, errors.As(err, &bad), far.method == nil, "called and refused: %v", err)
			if err != nil && bad == nil && m.Name == "QueryInterface" {
				// The other end says yes to an interface that nobody knows, and no proxy can be made of that.
				require.ErrorIs(t, err, hresult.RPC_E_CLIENT_CANTUNMARSHAL_DATA)
				err = nil
			}
			return far.args, err
		}
		once, err := call(args)
		if err != nil {
			var bad *wire.BadRequest
			require.ErrorAs(t, err, &bad)
			return
		}
		require.True(t, json.Valid([]byte(once)))
		twice, err := call([]byte(once))
		require.NoError(t, err)
		require.Equal(t, once, twice)
	})
}

// Whatever an answer has as results, a proxy returns it or an error.
func FuzzResults(f *testing.F) {
	all := wire.Methods()
	for i, m := range all {
		f.Add(uint8(i), []byte(object(m.Results)))
	}
	f.Fuzz(func(t *testing.T, n uint8, results []byte) {
		m := all[int(n)%len(all)]
		c := &answering{newDouble(), string(results)}
		far := newDouble()
		text, _, err := wire.Invoke(t.Context(), m, wire.New(m.Interface, c), json.RawMessage(object(m.Args)), far)
		if err == nil {
			require.True(t, json.Valid(text), "%s", text)
		}
	})
}

// A request, and an answer, are read as they were written.
func FuzzMessages(f *testing.F) {
	for _, text := range []string{
		``, `{}`, `{"caller":"alice","args":["a",{"b":null}]}`, `{"args":{"x":"\""}}`, `{"hresult":"0x00000000","results":{"value":1}}`,
		`{"hresult":"E_FAIL","error":{"message":"no","rule":[]}}`, `[{"a`, strings.Repeat("[", 100),
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if r, err := wire.ParseRequest(text); err == nil {
			again, err := wire.ParseRequest(r.AppendJSON(nil))
			require.NoError(t, err)
			require.Equal(t, r.Caller, again.Caller)
			if r.Args != nil {
				require.Equal(t, r.Args, again.Args)
			}
		}
		if a, err := wire.ParseAnswer(text); err == nil {
			_, err := wire.ParseAnswer(a.AppendJSON(nil))
			require.NoError(t, err)
		}
	})
}

// secret is what must not be seen.
const secret = "hunter2"

// No error has a word of the credentials in it, wherever in them the mistake is.
func TestSecretsAreInNoError(t *testing.T) {
	t.Parallel()
	for _, args := range []string{
		`{"credentials":"hunter2"}`, `["hunter2"]`, `"hunter2"`, `["x","hunter2"]`, `hunter2`, `["hunter2`, `[{"Password":"hunter2"}]`,
		`[{"Target":"hunter2","Scheme":1,"Password":""}]`, `[{"Target":1,"Scheme":"hunter2"}]`, `[{"Target":1,"Scheme":1,"Password":["hunter2"]}]`,
		`[{"Target":1,"Scheme":1,"hunter2":"hunter2"}]`, `[{"Target":1,"Scheme":1,"Implicit":"hunter2"}]`,
		`[{"Target":1,"Scheme":1,"UserName":0,"Password":"hunter2"}]`, `[{"Target":1,"Scheme":1,"Password":"hunter2","Password":"hunter2"}]`,
		`[{"Target":1,"Scheme":1,"Password":"hunter2\x"}]`, `{"hunter2":1}`,
	} {
		_, err := invoke(t, "Job2", "SetCredentials", args)
		require.Error(t, err, args)
		require.NotContains(t, err.Error(), secret, args)
	}
}

func FuzzSecrets(f *testing.F) {
	f.Add(`[{"Target":1,"Scheme":1,"UserName":"u","Password":"`, `"}]`)
	f.Add(`{"credentials":{"Target":1,"`, `":{}}}`)
	f.Add(`{"`, `":1}`)
	f.Fuzz(func(t *testing.T, before, after string) {
		if strings.Contains(before+after, secret) {
			t.Skip()
		}
		if _, err := invoke(t, "Job2", "SetCredentials", before+secret+after); err != nil {
			require.NotContains(t, err.Error(), secret)
		}
	})
}
