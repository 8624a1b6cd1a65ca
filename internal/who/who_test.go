package who_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/internal/who"
	"github.com/bitsemu/bitsemu/token"
)

func ExampleParse() {
	caller, _ := who.Parse("bob elevated")
	fmt.Println(who.Name(caller.User()), caller.Elevated())
	// Output: BITSEMU\bob true
}

func TestParse(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ text, name string }{
		{"alice", `BITSEMU\alice`},
		{"Bob Elevated", `BITSEMU\bob`},
		{"carol filtered", `BITSEMU\carol`},
		{"system", `NT AUTHORITY\SYSTEM`},
		{"localservice", `NT AUTHORITY\LOCAL SERVICE`},
		{"S-1-5-20", `NT AUTHORITY\NETWORK SERVICE`},
		{"administrator", `BITSEMU\Administrator`},
		{"S-1-5-21-1-2-3-4", "S-1-5-21-1-2-3-4"},
		{`{"user":"S-1-5-21-1-2-3-5"}`, "S-1-5-21-1-2-3-5"},
	} {
		caller, err := who.Parse(row.text)
		require.NoError(t, err, row.text)
		require.Equal(t, row.name, who.Name(caller.User()), row.text)
	}
	for _, nobody := range []string{"", " ", "eve", "alice loud", "alice elevated twice", "system elevated", "{", "S-1"} {
		_, err := who.Parse(nobody)
		require.Error(t, err, nobody)
	}
	again, err := who.Parse("alice")
	require.NoError(t, err)
	require.True(t, again.Equal(who.User("alice")), "the same session in every process")
}

func TestLogOn(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"alice", "alice@example.com", `BITSEMU\alice`} {
		caller, ok := who.LogOn(name)
		require.True(t, ok, name)
		require.Equal(t, `BITSEMU\alice`, who.Name(caller.User()))
		require.Equal(t, token.LogonInteractive, caller.Logon())
	}
	_, ok := who.LogOn("eve")
	require.False(t, ok)
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"alice", "bob elevated", "S-1-5-18", `{"user":"S-1-5-18"}`, "{", "administrator"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if caller, err := who.Parse(text); err == nil {
			require.False(t, caller.IsZero(), "%q", text)
		}
	})
}

func TestNamed(t *testing.T) {
	t.Parallel()
	const machine = "S-1-5-21-3623811015-3361044348-30300820"
	for text, want := range map[string]string{
		"by " + machine + "-1001 (user, Medium)":     `by BITSEMU\alice (user, Medium)`,
		machine + "-1002," + machine + "-500":        `BITSEMU\bob,BITSEMU\Administrator`,
		machine + "-10010":                           machine + "-10010",
		machine + "-99999999999":                     machine + "-99999999999",
		machine:                                      machine,
		"S-1-5-18 and " + machine + "-1003-1 and so": "S-1-5-18 and " + machine + "-1003-1 and so",
		"": "",
	} {
		require.Equal(t, want, who.Named(text), text)
	}
}
