package wire_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/internal/wire"
)

func TestRequest(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]wire.Request{
		``: {}, " \n": {}, `{}`: {}, `{"caller":null,"args":null}`: {},
		` {"args": [1, 2] } `:          {Args: json.RawMessage("[1, 2]")},
		`{"caller":"alice","args":{}}`: {Caller: json.RawMessage(`"alice"`), Args: json.RawMessage("{}")},
	} {
		got, err := wire.ParseRequest([]byte(text))
		require.NoError(t, err, text)
		require.Equal(t, want, got, text)
		again, err := wire.ParseRequest(got.AppendJSON(nil))
		require.NoError(t, err)
		require.Equal(t, want.Caller, again.Caller)
	}
	for text, want := range map[string]string{
		`7`: "a number, want an object with caller (string or token), args (object or array)", `{"x":1}`: `no field "x"`,
		`{"args":{},"args":{}}`: "the field args comes twice", `{`: "no JSON", `{"args":{}} x`: "no JSON",
	} {
		_, err := wire.ParseRequest([]byte(text))
		var bad *wire.BadRequest
		require.ErrorAs(t, err, &bad, text)
		require.ErrorContains(t, err, want)
	}
}

func TestAnswer(t *testing.T) {
	t.Parallel()
	for text, a := range map[string]wire.Answer{
		`{"hresult":"0x00000000","name":"S_OK","results":{}}`:         {Results: json.RawMessage("{}")},
		`{"hresult":"0x00000001","name":"S_FALSE","results":{"a":1}}`: {HRESULT: hresult.S_FALSE, Results: json.RawMessage(`{"a":1}`)},
		`{"hresult":"0x80070005","name":"E_ACCESSDENIED","error":{"message":"no","method":"m","job":"j","caller":"c","rule":{}}}`: {
			HRESULT: hresult.E_ACCESSDENIED, Error: &wire.Fault{Message: "no", Method: "m", Job: "j", Caller: "c", Rule: json.RawMessage("{}")},
		},
		`{"hresult":"0x80BEEF00","name":"0x80BEEF00","error":{"message":"no"}}`: {HRESULT: 0x80BEEF00, Error: &wire.Fault{Message: "no"}},
	} {
		got, err := json.Marshal(a)
		require.NoError(t, err)
		require.Equal(t, text, string(got))
		back, err := wire.ParseAnswer(got)
		require.NoError(t, err)
		require.Equal(t, a, back)
	}
	require.JSONEq(t, `{"hresult":"0x00000000","name":"S_OK","results":{}}`, string(wire.Answer{}.AppendJSON(nil)))
	odd := wire.Answer{HRESULT: hresult.E_FAIL, Error: &wire.Fault{Message: "no", Rule: json.RawMessage("no JSON")}}
	require.JSONEq(t, `{"hresult":"0x80004005","name":"E_FAIL","error":{"message":"no"}}`, string(odd.AppendJSON(nil)))
	got, err := wire.ParseAnswer([]byte(` {"hresult":"E_FAIL","news":[1,{"a":[]}]} `))
	require.NoError(t, err)
	require.Equal(t, wire.Answer{HRESULT: hresult.E_FAIL}, got)
	for text, want := range map[string]string{
		``: "no JSON", `[]`: "an array, want an answer", `{}`: "there is no hresult", `{"hresult":true}`: "hresult: a boolean, want an HRESULT",
		`{"hresult":0,"error":7}`: "error: ",
	} {
		_, err := wire.ParseAnswer([]byte(text))
		require.ErrorContains(t, err, want, text)
	}
}
