package seal_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/internal/seal"
)

// fixed is a key of the same bytes each time.
func fixed(t testing.TB, fill byte) *seal.Key {
	t.Helper()
	key, err := seal.Ephemeral(bytes.NewReader(bytes.Repeat([]byte{fill}, seal.KeySize)))
	require.NoError(t, err)
	return key
}

func TestSealAndOpen(t *testing.T) {
	t.Parallel()
	key := fixed(t, 1)
	for _, test := range []struct {
		name           string
		plain, context string
	}{
		{name: "text", plain: "correct horse battery staple", context: "job 1"},
		{name: "nothing", context: "job 1"},
		{name: "no context", plain: "correct horse battery staple"},
		{name: "long", plain: strings.Repeat("0123456789abcdef", 1<<14), context: "job 1"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			context := []byte(test.context)
			sealed := key.Seal([]byte(test.plain), context)
			require.Len(t, sealed, len(test.plain)+seal.Overhead)
			require.Equal(t, byte(1), sealed[0], "version")
			plain, err := key.Open(sealed, context)
			require.NoError(t, err)
			require.Equal(t, test.plain, string(plain))
			require.NotEqual(t, sealed, key.Seal([]byte(test.plain), context), "another nonce each time")
			require.Equal(t, test.context, string(context), "arguments stay")

			_, err = fixed(t, 2).Open(sealed, context)
			require.ErrorIs(t, err, seal.ErrSealed, "another key")
			_, err = key.Open(sealed, []byte("job 2"))
			require.ErrorIs(t, err, seal.ErrSealed, "another context")
			_, err = fixed(t, 1).Open(sealed, context)
			require.NoError(t, err, "the same key")
		})
	}
}

// longAgo is "a secret of long ago" sealed by a key of sevens for "job".
const longAgo = "015c5b93095ad79368d75b0d6e1d868fa6c6f2beb8c047bc7dc6d797f1" +
	"b6c096fc4491d0496ea195a78fca2dd859e34f90"

// The form must stay, or stores could not be read any more.
func TestFormStays(t *testing.T) {
	t.Parallel()
	sealed, err := hex.DecodeString(longAgo)
	require.NoError(t, err)
	plain, err := fixed(t, 7).Open(sealed, []byte("job"))
	require.NoError(t, err)
	require.Equal(t, "a secret of long ago", string(plain))
}

func TestNothingAlteredOpens(t *testing.T) {
	t.Parallel()
	key, context := fixed(t, 1), []byte("job")
	sealed := key.Seal([]byte("secret"), context)
	for i := range sealed {
		for bit := range 8 {
			altered := bytes.Clone(sealed)
			altered[i] ^= 1 << bit
			plain, err := key.Open(altered, context)
			require.ErrorIs(t, err, seal.ErrSealed, "byte %d, bit %d", i, bit)
			require.Nil(t, plain)
		}
		_, err := key.Open(sealed[:i], context)
		require.ErrorIs(t, err, seal.ErrSealed, "the first %d bytes", i)
	}
	_, err := key.Open(append(bytes.Clone(sealed), 0), context)
	require.ErrorIs(t, err, seal.ErrSealed, "a byte more")
}

func TestErrorsSayWhy(t *testing.T) {
	t.Parallel()
	key := fixed(t, 1)
	_, err := key.Open(make([]byte, 28), nil)
	require.EqualError(t, err, "seal: a sealed secret does not open: 28 bytes are too few, there are at least 29")
	_, err = key.Open(bytes.Repeat([]byte{2}, 29), nil)
	require.EqualError(t, err, "seal: a sealed secret does not open: its version is 2, not 1")
	_, err = key.Open(bytes.Repeat([]byte{1}, 29), nil)
	require.EqualError(t, err, "seal: a sealed secret does not open: it was sealed with another key or for another job, or it is damaged")
}

// No piece of the plain text, of four bytes or more, is in what is sealed or said.
func TestNoPlainText(t *testing.T) {
	t.Parallel()
	key := fixed(t, 1)
	plain := []byte("Authorization: Bearer eyJhbGciOiJIUzI1NiJ9\r\nX-Password: correct horse battery staple")
	sealed := key.Seal(plain, []byte("job"))
	_, err := key.Open(sealed, []byte("another job"))
	require.Error(t, err)
	for i := range len(plain) - 4 {
		require.NotContains(t, string(sealed), string(plain[i:i+4]))
	}
	for _, word := range []string{"Bearer", "eyJ", "Password", "correct"} {
		require.NotContains(t, err.Error(), word)
	}
}

func TestEphemeral(t *testing.T) {
	t.Parallel()
	a, err := seal.Ephemeral(nil)
	require.NoError(t, err)
	b, err := seal.Ephemeral(nil)
	require.NoError(t, err)
	_, err = b.Open(a.Seal([]byte("secret"), nil), nil)
	require.ErrorIs(t, err, seal.ErrSealed, "two keys are not the same")

	_, err = seal.Ephemeral(strings.NewReader("too short"))
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	broken := errors.New("broken")
	_, err = seal.Ephemeral(iotest.ErrReader(broken))
	require.ErrorIs(t, err, broken)
}

func TestKeysDoNotShow(t *testing.T) {
	t.Parallel()
	key := fixed(t, 'k')
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		require.Equal(t, "(hidden)", fmt.Sprintf(verb, key), verb)
		require.Equal(t, "(hidden)", fmt.Sprintf(verb, *key), verb)
	}
	text, err := json.Marshal(map[string]any{"key": key})
	require.NoError(t, err)
	require.Equal(t, `{"key":{}}`, string(text))
}

func FuzzOpen(f *testing.F) {
	key := fixed(f, 7)
	sealed, err := hex.DecodeString(longAgo)
	require.NoError(f, err)
	f.Add([]byte{}, []byte("job"))
	f.Add(bytes.Repeat([]byte{1}, seal.Overhead), []byte("job"))
	f.Add(sealed, []byte("job"))
	f.Add(sealed, []byte("another job"))
	f.Add(sealed[:30], []byte("job"))
	f.Fuzz(func(t *testing.T, sealed, context []byte) {
		plain, err := key.Open(sealed, context)
		if hex.EncodeToString(sealed) == longAgo && string(context) == "job" {
			require.NoError(t, err)
			require.Equal(t, "a secret of long ago", string(plain))
		} else {
			require.ErrorIs(t, err, seal.ErrSealed)
			require.Nil(t, plain)
		}

		plain, err = key.Open(key.Seal(sealed, context), context)
		require.NoError(t, err)
		require.True(t, bytes.Equal(sealed, plain))
	})
}

func BenchmarkSeal(b *testing.B) {
	key, plain, context := fixed(b, 1), make([]byte, 200), make([]byte, 16)
	b.ReportAllocs()
	for b.Loop() {
		key.Seal(plain, context)
	}
}

func BenchmarkOpen(b *testing.B) {
	key, context := fixed(b, 1), make([]byte, 16)
	sealed := key.Seal(make([]byte, 200), context)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := key.Open(sealed, context); err != nil {
			b.Fatal(err)
		}
	}
}
