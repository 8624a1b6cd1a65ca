package seal_test

import (
	"encoding/hex"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/internal/seal"
)

// good are secrets with their binary forms, which must stay as they are: stores
// hold them.
var good = []struct {
	name    string
	secrets seal.Secrets
	form    string
}{
	{name: "nothing"},
	{name: "empty headers", form: "\x01\x01\x00\x00", secrets: seal.Secrets{HasHeaders: true}},
	{name: "headers", form: "\x01\x01\x06X: y\r\n\x00", secrets: seal.Secrets{CustomHeaders: "X: y\r\n", HasHeaders: true}},
	{name: "credentials", form: "\x01\x00\x01\x01\x01\x00\x05alice\x09pass1word", secrets: seal.Secrets{
		Credentials: []bits.AuthCredentials{credentials(1, 1, "alice", "pass1word")},
	}},
	{name: "no names", form: "\x01\x00\x01\x02\x05\x00\x00\x00", secrets: seal.Secrets{
		Credentials: []bits.AuthCredentials{credentials(2, 5, "", "")},
	}},
	{
		name:    "all",
		form:    "\x01\x01\x10X-Key: 2secret\r\n\x03\x01\x01\x00\x05alice\x09pass1word\x01\x02\x00\x06жук\x00\x02\x04\x01",
		secrets: full(),
	},
	{
		name: "longest",
		form: "\x01\x01\x80\x80\x03" + strings.Repeat("h", 49152) + "\x01\x01\x01\x00\x84\x07" + strings.Repeat("u", 900) +
			"\x80\x80\x0c" + strings.Repeat("p", 196608),
		secrets: seal.Secrets{
			CustomHeaders: strings.Repeat("h", seal.MaxHeaders), HasHeaders: true,
			Credentials: []bits.AuthCredentials{
				credentials(1, 1, strings.Repeat("u", seal.MaxUserName), bits.Secret(strings.Repeat("p", seal.MaxPassword))),
			},
		},
	},
}

func TestCodec(t *testing.T) {
	t.Parallel()
	for _, test := range good {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			form, err := test.secrets.MarshalBinary()
			require.NoError(t, err)
			require.Equal(t, test.form, string(form))
			form, err = test.secrets.AppendBinary([]byte("before"))
			require.NoError(t, err)
			require.Equal(t, "before"+test.form, string(form))

			got := seal.Secrets{CustomHeaders: "of another", HasHeaders: true}
			require.NoError(t, got.UnmarshalBinary([]byte(test.form)))
			require.True(t, equal(test.secrets, got))
			for n := 1; n < min(len(test.form), 100); n++ {
				require.Error(t, got.UnmarshalBinary([]byte(test.form[:n])), "the first %d bytes", n)
			}
		})
	}
}

// equal compares secrets; what require.Equal says of others is hidden.
func equal(a, b seal.Secrets) bool {
	same := a.CustomHeaders == b.CustomHeaders && a.HasHeaders == b.HasHeaders && len(a.Credentials) == len(b.Credentials)
	for i := range min(len(a.Credentials), len(b.Credentials)) {
		same = same && a.Credentials[i] == b.Credentials[i]
	}
	return same
}

func TestAppendRefuses(t *testing.T) {
	t.Parallel()
	server := credentials(1, 1, "alice", "pass1word")
	implicit := bits.ImplicitCredentials(1, 3)
	for _, test := range []struct {
		name    string
		secrets seal.Secrets
		want    string
	}{
		{name: "headers not set", want: "custom headers that are not set", secrets: seal.Secrets{CustomHeaders: "X: y\r\n"}},
		{name: "headers", want: "a header text of 49153 bytes, more than 49152", secrets: seal.Secrets{CustomHeaders: strings.Repeat("h", 49153), HasHeaders: true}},
		{name: "target", want: "credentials for an unknown target", secrets: seal.Secrets{Credentials: []bits.AuthCredentials{credentials(0, 1, "", "")}}},
		{name: "scheme", want: "credentials for an unknown scheme", secrets: seal.Secrets{Credentials: []bits.AuthCredentials{credentials(1, 6, "", "")}}},
		{name: "twice", want: "credentials twice, or out of order", secrets: seal.Secrets{Credentials: []bits.AuthCredentials{server, server}}},
		{name: "order", want: "credentials twice, or out of order", secrets: seal.Secrets{Credentials: []bits.AuthCredentials{credentials(2, 1, "", ""), server}}},
		{name: "implicit with a name", want: "implicit credentials with a user name", secrets: seal.Secrets{Credentials: []bits.AuthCredentials{with(implicit, "a", "")}}},
		{name: "implicit with a password", want: "implicit credentials with a user name", secrets: seal.Secrets{Credentials: []bits.AuthCredentials{with(implicit, "", "p")}}},
		{name: "user name", want: "a user name of 901 bytes, more than 900", secrets: seal.Secrets{Credentials: []bits.AuthCredentials{credentials(1, 1, strings.Repeat("u", 901), "")}}},
		{name: "password", want: "a password of 196609 bytes, more than 196608", secrets: seal.Secrets{Credentials: []bits.AuthCredentials{credentials(1, 1, "u", bits.Secret(strings.Repeat("p", 196609)))}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			b, err := test.secrets.AppendBinary([]byte("before"))
			require.ErrorContains(t, err, "seal: "+test.want)
			require.Equal(t, "before", string(b))
		})
	}
}

func with(c bits.AuthCredentials, user string, password bits.Secret) bits.AuthCredentials {
	c.UserName, c.Password = user, password
	return c
}

func TestUnmarshalRefuses(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, form, want string }{
		{name: "version", form: "\x02\x01\x00\x00", want: "secrets of version 2, only 1 is known"},
		{name: "nothing in a form", form: "\x01\x00\x00", want: "no secrets, of which the form is empty"},
		{name: "version alone", form: "\x01", want: "it ends too early"},
		{name: "flag", form: "\x01\x02\x00\x00", want: "a byte that is neither 0 nor 1"},
		{name: "left over", form: "\x01\x01\x00\x00\x00", want: "1 bytes left over"},
		{name: "text too long for the form", form: "\x01\x01\x7fX", want: "it ends too early"},
		{name: "number too long for 64 bits", form: "\x01\x01" + strings.Repeat("\xff", 10) + "\x01", want: "it ends too early"},
		{name: "number with zeros", form: "\x01\x01\x80\x00\x00", want: "a number is longer than it need be"},
		{name: "too many credentials for the form", form: "\x01\x00\x09\x01\x01\x00\x00\x00", want: "it ends too early"},
		{name: "fewer credentials than it says", form: "\x01\x00\x03\x01\x01\x01", want: "it ends too early"},
		{name: "target", form: "\x01\x00\x01\x03\x01\x00\x00\x00", want: "unknown target"},
		{name: "scheme", form: "\x01\x00\x01\x01\x00\x00\x00\x00", want: "unknown scheme"},
		{name: "implicit flag", form: "\x01\x00\x01\x01\x01\x02\x00\x00", want: "a byte that is neither 0 nor 1"},
		{name: "twice", form: "\x01\x00\x02\x01\x01\x01\x01\x01\x01", want: "twice, or out of order"},
		{name: "user name", form: "\x01\x00\x01\x01\x01\x00\x85\x07" + strings.Repeat("u", 901) + "\x00", want: "a user name of 901 bytes"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := full()
			require.ErrorContains(t, s.UnmarshalBinary([]byte(test.form)), test.want)
			require.True(t, equal(full(), s), "it stays as it was")
		})
	}
}

func FuzzUnmarshalBinary(f *testing.F) {
	for _, test := range good {
		if len(test.form) < 200 {
			f.Add([]byte(test.form))
		}
	}
	f.Add([]byte("\x01\x00\x02\x01\x01\x01\x01\x01\x01"))
	f.Add([]byte("\x01\x01\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"))
	f.Fuzz(func(t *testing.T, b []byte) {
		var s seal.Secrets
		err := s.UnmarshalBinary(b)
		if err != nil {
			require.True(t, s.IsZero())
			return
		}
		again, err := s.MarshalBinary()
		require.NoError(t, err)
		require.Equal(t, hex.EncodeToString(b), hex.EncodeToString(again), "one form for secrets")
	})
}
