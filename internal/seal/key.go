package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
)

// KeySize is the length of a key, and of a key file, in bytes.
const KeySize = 32

// Overhead is how much longer a sealed text is than the plain one, in bytes.
const Overhead = 1 + 12 + 16

const sealedVersion = 1

// ErrSealed is what [Key.Open] answers when it cannot open. It never tells what is
// inside.
var ErrSealed = errors.New("seal: a sealed secret does not open")

// Key seals secrets and opens them. It is safe for concurrent use. Make one with
// [Open] or [Ephemeral]. It prints as (hidden).
type Key struct {
	aead cipher.AEAD
}

// Ephemeral returns a key that is kept nowhere, for a store that is thrown away.
// It reads [KeySize] bytes from random, and fails only if that fails; nil is the
// random source of the system. Nonces do not come from it.
func Ephemeral(random io.Reader) (*Key, error) {
	if random == nil {
		random = rand.Reader
	}
	var secret [KeySize]byte
	if _, err := io.ReadFull(random, secret[:]); err != nil {
		return nil, fmt.Errorf("seal: no random bytes for a key: %w", err)
	}
	return newKey(secret), nil
}

func newKey(secret [KeySize]byte) *Key {
	block, err := aes.NewCipher(secret[:])
	if err != nil { // uncovered: only for another size
		panic(err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil { // uncovered: only for another cipher
		panic(err)
	}
	return &Key{aead: aead}
}

// Seal returns plain sealed for the given context, which may be empty. The result
// is [Overhead] bytes longer, and differs each time. One key may seal 2^32 times.
func (k *Key) Seal(plain, context []byte) []byte {
	b := make([]byte, 1, Overhead+len(plain))
	b[0] = sealedVersion
	return k.aead.Seal(b, nil, plain, additional(sealedVersion, context))
}

// Open returns what was sealed with this key and context.
//
// Errors: ErrSealed, with the reason, which is all that can be known of it.
func (k *Key) Open(sealed, context []byte) ([]byte, error) {
	switch {
	case len(sealed) < Overhead:
		return nil, fmt.Errorf("%w: %d bytes are too few, there are at least %d", ErrSealed, len(sealed), Overhead)
	case sealed[0] != sealedVersion:
		return nil, fmt.Errorf("%w: its version is %d, not %d", ErrSealed, sealed[0], sealedVersion)
	}
	plain, err := k.aead.Open(nil, nil, sealed[1:], additional(sealed[0], context))
	if err != nil {
		return nil, fmt.Errorf("%w: it was sealed with another key or for another job, or it is damaged", ErrSealed)
	}
	return plain, nil
}

// additional is what is authenticated beside the text.
func additional(version byte, context []byte) []byte {
	return append([]byte{version}, context...)
}

// Format writes (hidden), whatever the verb.
func (Key) Format(f fmt.State, _ rune) {
	_, _ = io.WriteString(f, hidden) // fmt has no use for the error
}

const hidden = "(hidden)"
