package seal

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/bitsemu/bitsemu/bits"
)

// The binary form of secrets, version 1:
//
//	byte    version, 1
//	byte    1 if there are custom headers, else 0
//	text    custom headers, if there are any
//	uvarint number of credentials, then for each, ascending
//	        byte target
//	        byte scheme
//	        byte 1 if implicit, else 0
//	        text user name   } unless
//	        text password    } implicit
//
// where a text is a uvarint, its length in bytes, and the bytes. Uvarints are as
// short as they can be, so there is one form for secrets and one set of secrets for
// a form. That of no secrets is empty.
const secretsVersion = 1

// The longest texts, in bytes: BITS counts characters, of which UTF-8 takes three
// bytes each at most.
const (
	maxUserName = 3 * 300   // D ns-bits1_5-bg_basic_credentials.md
	maxPassword = 3 * 65536 // D the same
	maxHeaders  = 3 * 16384 // D nf-bits2_5-ibackgroundcopyjobhttpoptions-setcustomheaders.md
)

// AppendBinary appends the binary form: compact, with a version, the same bytes
// for equal secrets. It fails for what [Secrets.UnmarshalBinary] would refuse.
func (s Secrets) AppendBinary(b []byte) ([]byte, error) {
	if s.IsZero() {
		return b, nil
	}
	if err := s.check(); err != nil {
		return b, fmt.Errorf("seal: %w", err)
	}
	b = append(b, secretsVersion, bit(s.HasHeaders))
	if s.HasHeaders {
		b = appendText(b, s.CustomHeaders)
	}
	b = binary.AppendUvarint(b, uint64(len(s.Credentials)))
	for _, c := range s.Credentials {
		b = append(b, byte(c.Target), byte(c.Scheme), bit(c.Implicit))
		if !c.Implicit {
			b = appendText(b, c.UserName)
			b = appendText(b, string(c.Password))
		}
	}
	return b, nil
}

// MarshalBinary is AppendBinary to nothing.
func (s Secrets) MarshalBinary() ([]byte, error) { return s.AppendBinary(nil) }

// UnmarshalBinary reads what [Secrets.AppendBinary] has written, and refuses
// everything else: other versions, unknown targets and schemes, credentials out of
// order, texts longer than BITS allows, bytes left over. On error s stays as it
// was, and the error tells nothing of what b holds.
func (s *Secrets) UnmarshalBinary(b []byte) error {
	if len(b) == 0 {
		*s = Secrets{}
		return nil
	}
	if b[0] != secretsVersion {
		return fmt.Errorf("seal: secrets of version %d, only %d is known", b[0], secretsVersion)
	}
	d := decoder{rest: b[1:]}
	read := d.secrets()
	if d.err == nil && len(d.rest) > 0 {
		d.err = fmt.Errorf("%d bytes left over", len(d.rest))
	}
	if d.err == nil && read.IsZero() {
		d.err = errors.New("no secrets, of which the form is empty")
	}
	if d.err == nil {
		d.err = read.check()
	}
	if d.err != nil {
		return fmt.Errorf("seal: secrets of %d bytes: %w", len(b), d.err)
	}
	*s = read
	return nil
}

// check tells what BITS would not let in. It names no value, which could be a piece
// of a password where a form is damaged.
func (s Secrets) check() error {
	switch {
	case !s.HasHeaders && s.CustomHeaders != "":
		return errors.New("custom headers that are not set")
	case len(s.CustomHeaders) > maxHeaders:
		return tooLong("header text", s.CustomHeaders, maxHeaders)
	}
	for i, c := range s.Credentials {
		switch {
		case !c.Target.Valid():
			return errors.New("credentials for an unknown target")
		case !c.Scheme.Valid():
			return errors.New("credentials for an unknown scheme")
		case i > 0 && compare(s.Credentials[i-1], c) >= 0:
			return errors.New("credentials twice, or out of order")
		case c.Implicit && (c.UserName != "" || c.Password != ""):
			return errors.New("implicit credentials with a user name or a password")
		case len(c.UserName) > maxUserName:
			return tooLong("user name", c.UserName, maxUserName)
		case len(c.Password) > maxPassword:
			return tooLong("password", string(c.Password), maxPassword)
		}
	}
	return nil
}

func tooLong(what, text string, limit int) error {
	return fmt.Errorf("a %s of %d bytes, more than %d", what, len(text), limit)
}

func appendText(b []byte, text string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(text))), text...)
}

func bit(b bool) byte {
	if b {
		return 1
	}
	return 0
}

// decoder reads from the front of rest. After an error it yields zeros.
type decoder struct {
	rest []byte
	err  error
}

func (d *decoder) secrets() (s Secrets) {
	if s.HasHeaders = d.bit(); s.HasHeaders {
		s.CustomHeaders = d.text()
	}
	for range d.length() { // there is a byte for each, at least
		c := bits.AuthCredentials{Target: bits.AuthTarget(d.byte()), Scheme: bits.AuthScheme(d.byte()), Implicit: d.bit()}
		if !c.Implicit {
			c.UserName, c.Password = d.text(), bits.Secret(d.text())
		}
		if d.err != nil {
			break
		}
		s.Credentials = append(s.Credentials, c)
	}
	return s
}

func (d *decoder) byte() byte {
	if len(d.rest) == 0 {
		d.fail(errShort)
		return 0
	}
	b := d.rest[0]
	d.rest = d.rest[1:]
	return b
}

func (d *decoder) bit() bool {
	b := d.byte()
	if b > 1 {
		d.fail(errors.New("a byte that is neither 0 nor 1"))
	}
	return b == 1
}

// length reads a number of things that follow, of which there are no more than
// bytes.
func (d *decoder) length() int {
	v, n := binary.Uvarint(d.rest)
	switch {
	case n > 1 && d.rest[n-1] == 0:
		d.fail(errors.New("a number is longer than it need be"))
	case n <= 0 || v > uint64(len(d.rest)-n):
		d.fail(errShort)
	}
	if d.err != nil {
		return 0
	}
	d.rest = d.rest[n:]
	return int(v)
}

func (d *decoder) text() string {
	n := d.length()
	text := string(d.rest[:n])
	d.rest = d.rest[n:]
	return text
}

func (d *decoder) fail(err error) {
	if d.err == nil {
		d.err = err
	}
}

var errShort = errors.New("it ends too early")
