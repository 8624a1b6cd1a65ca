package token_test

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/sid"
	"github.com/bitsemu/bitsemu/token"
)

func TestJSONForm(t *testing.T) {
	t.Parallel()
	text, err := json.Marshal(goldenToken())
	require.NoError(t, err)
	require.JSONEq(t, `{
		"user": "S-1-5-21-3623811015-3361044348-30300820-1001",
		"groups": [{"sid": "S-1-1-0", "enabled": true}, {"sid": "S-1-5-32-544", "enabled": false}],
		"elevated": true,
		"integrity": "S-1-16-12288",
		"restricting": ["S-1-5-12"],
		"level": "identify",
		"session": "0x1f4"
	}`, string(text))

	text, err = json.Marshal(token.New(alice))
	require.NoError(t, err)
	require.JSONEq(t, `{
		"user": "S-1-5-21-3623811015-3361044348-30300820-1001",
		"groups": [], "elevated": false, "integrity": "S-1-16-8192", "restricting": [], "level": "impersonate"
	}`, string(text), "lists are never null, an unknown session is left out")
}

func TestJSONFormIsThatOfTheSpecification(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/tokens.json")
	require.NoError(t, err)
	var want map[string]map[string]any
	require.NoError(t, json.Unmarshal(data, &want))
	text, err := json.Marshal(specified(t))
	require.NoError(t, err)
	var got map[string]map[string]any
	require.NoError(t, json.Unmarshal(text, &got))
	require.Len(t, got, len(want))
	for name, want := range want {
		require.ElementsMatch(t, want["groups"], got[name]["groups"], name)
		delete(want, "groups")
		delete(got[name], "groups")
		require.Equal(t, want, got[name], name)
	}
}

func TestJSONRoundTrip(t *testing.T) {
	t.Parallel()
	want := samples()
	text, err := json.Marshal(want)
	require.NoError(t, err)
	var got map[string]token.Token
	require.NoError(t, json.Unmarshal(text, &got))
	require.Len(t, got, len(want))
	for name, tok := range want {
		require.True(t, got[name].Equal(tok), name)
	}
}

func TestJSONDefaults(t *testing.T) {
	t.Parallel()
	var tok token.Token
	require.NoError(t, json.Unmarshal([]byte(`{"user": "S-1-5-18", "groups": [{"sid": "BA"}]}`), &tok))
	require.True(t, tok.Equal(token.New(sid.LocalSystem, token.WithDenyOnlyGroups(sid.BuiltinAdministrators))))
	require.NoError(t, json.Unmarshal([]byte("null"), &tok))
	require.True(t, tok.IsZero())
}

func TestUnmarshalJSONRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, text, reason string }{
		{"nothing", ``, "EOF"},
		{"no object", `7`, "cannot unmarshal number"},
		{"no user", `{}`, "there is no user"},
		{"empty user", `{"user": ""}`, "there is no user"},
		{"bad user", `{"user": "alice"}`, `sid: "alice"`},
		{"unknown field", `{"user": "SY", "admin": true}`, `unknown field "admin"`},
		{"unknown field of a group", `{"user": "SY", "groups": [{"sid": "BA", "on": true}]}`, `unknown field "on"`},
		{"group without SID", `{"user": "SY", "groups": [{"enabled": true}]}`, "a group is empty"},
		{"group twice", `{"user": "SY", "groups": [{"sid": "BA"}, {"sid": "BU"}, {"sid": "BA", "enabled": true}]}`, "group S-1-5-32-544 is there twice"},
		{"empty restricting SID", `{"user": "SY", "restricting": [""]}`, "a restricting SID is empty"},
		{"restricting SID twice", `{"user": "SY", "restricting": ["RC", "S-1-5-12"]}`, "restricting SID S-1-5-12 is there twice"},
		{"integrity", `{"user": "SY", "integrity": "S-1-5-18"}`, `"S-1-5-18" is no integrity level`},
		{"level", `{"user": "SY", "level": "3"}`, `"3" is no impersonation level`},
		{"session", `{"user": "SY", "session": "x"}`, `"x" is no logon session`},
		{"more behind it", `{"user": "SY"} {}`, "there is something behind the object"},
		{"bracket behind it", `{"user": "SY"}]`, "there is something behind the object"},
		{"cut", `{"user": "SY"`, "unexpected EOF"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			tok := token.User(bob)
			err := tok.UnmarshalJSON([]byte(tt.text))
			require.ErrorContains(t, err, "token: JSON form: ")
			require.ErrorContains(t, err, tt.reason)
			require.True(t, tok.Equal(token.User(bob)), "the token stays as it was")
		})
	}
}

func FuzzUnmarshalJSON(f *testing.F) {
	for _, tok := range samples() {
		text, err := tok.MarshalJSON()
		require.NoError(f, err)
		f.Add(text)
	}
	f.Add([]byte(`{"user": "SY", "groups": [{"sid": "BA"}], "restricting": ["RC"], "integrity": "low", "session": "7"}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		var tok token.Token
		if tok.UnmarshalJSON(text) != nil {
			require.True(t, tok.IsZero())
			return
		}
		again, err := tok.MarshalJSON()
		require.NoError(t, err)
		var back token.Token
		require.NoError(t, back.UnmarshalJSON(again))
		require.True(t, tok.Equal(back))
		require.NotContains(t, tok.String(), "\n")
		var fromBinary token.Token
		require.NoError(t, fromBinary.UnmarshalBinary([]byte(tok.Key())))
		require.True(t, tok.Equal(fromBinary))
	})
}
