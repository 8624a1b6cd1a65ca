package wire

import (
	"encoding"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/sid"
)

// encoder writes an object. The first error stays.
type encoder struct {
	b   []byte
	err error
}

// fail keeps an error.
func (e *encoder) fail(err error) {
	if e.err == nil {
		e.err = err
	}
}

func (e *encoder) open()  { e.b = append(e.b, '{') }
func (e *encoder) close() { e.b = append(e.b, '}') }

// put writes a member.
func put[T any](e *encoder, name string, v T, write func(*encoder, T)) {
	switch {
	case e.b == nil:
		e.b = append(make([]byte, 0, 128), '{')
	case e.b[len(e.b)-1] != '{':
		e.b = append(e.b, ',')
	}
	e.b = append(append(append(e.b, '"'), name...), '"', ':') // names are identifiers
	write(e, v)
}

// end is what the methods return: the object, of which at least one member is there.
func (e *encoder) end(hr hresult.HRESULT) ([]byte, hresult.HRESULT, error) {
	if e.err != nil {
		return nil, 0, e.err
	}
	return append(e.b, '}'), hr, nil
}

func putString(e *encoder, s string) { e.b = appendString(e.b, s) }

func putNullable(e *encoder, s *string) {
	if s == nil {
		putNull(e)
		return
	}
	putString(e, *s)
}

func putNull(e *encoder) { e.b = append(e.b, "null"...) }

func putBool(e *encoder, v bool) { e.b = strconv.AppendBool(e.b, v) }

func putNumber[T ~uint8 | ~uint32 | ~uint64](e *encoder, v T) {
	e.b = strconv.AppendUint(e.b, uint64(v), 10)
}

func putGUID(e *encoder, v uuid.UUID) { putString(e, bits.GUIDString(v)) }

func putSID(e *encoder, v sid.SID) {
	if v.IsZero() {
		putNull(e)
		return
	}
	putString(e, v.String())
}

func putHRESULT(e *encoder, v hresult.HRESULT) { putString(e, v.Hex()) }

func putTime(e *encoder, v time.Time) {
	if v.IsZero() {
		putNull(e)
		return
	}
	if year := v.UTC().Year(); year < 0 || year > 9999 {
		e.fail(fmt.Errorf("wire: a time in the year %d cannot be written: %w", year, hresult.E_INVALIDARG))
		return
	}
	e.b = append(v.UTC().AppendFormat(append(e.b, '"'), time.RFC3339Nano), '"')
}

func putBytes(e *encoder, v []byte) {
	e.b = append(base64.StdEncoding.AppendEncode(append(e.b, '"'), v), '"')
}

func putSHA1(e *encoder, v [20]byte) {
	e.b = append(hex.AppendEncode(append(e.b, '"'), v[:]), '"')
}

// putEnum writes an enumeration, whose texts need no escapes.
func putEnum[T encoding.TextMarshaler](e *encoder, v T) {
	text, _ := v.MarshalText() // the types of package bits never fail
	e.b = append(append(append(e.b, '"'), text...), '"')
}

func putList[T any](write func(*encoder, T)) func(*encoder, []T) {
	return func(e *encoder, list []T) {
		e.b = append(e.b, '[')
		for i, v := range list {
			if i > 0 {
				e.b = append(e.b, ',')
			}
			write(e, v)
		}
		e.b = append(e.b, ']')
	}
}

// putPointer writes a pointer to an object or to a callback.
func putPointer[T comparable](o Objects, iface string) func(*encoder, T) {
	return func(e *encoder, v T) {
		var none T
		if v == none {
			putNull(e)
			return
		}
		putExported(e, o, iface, v)
	}
}

// putQueried writes what QueryInterface returns for an interface.
func putQueried(o Objects, iid uuid.UUID) func(*encoder, any) {
	return func(e *encoder, v any) {
		iface := byIID[iid]
		if v == nil || iface == nil {
			e.fail(fmt.Errorf("wire: nobody knows an interface %s: %w", bits.GUIDString(iid), hresult.E_NOINTERFACE))
			return
		}
		putExported(e, o, iface.Name, v)
	}
}

func putExported(e *encoder, o Objects, iface string, v any) {
	ref, err := o.Export(iface, v)
	if err != nil {
		e.fail(err)
		return
	}
	e.b = append(e.b, ref...)
}

// appendString writes a JSON string. What is not UTF-8 becomes U+FFFD.
func appendString(b []byte, s string) []byte {
	const digits = "0123456789abcdef"
	b = append(b, '"')
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' && c < utf8.RuneSelf {
			i++
			continue
		}
		if c >= utf8.RuneSelf {
			r, size := utf8.DecodeRuneInString(s[i:])
			if r != utf8.RuneError || size != 1 {
				i += size
				continue
			}
		}
		b = append(b, s[start:i]...)
		switch {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c < ' ':
			b = append(b, '\\', 'u', '0', '0', digits[c>>4], digits[c&15])
		default:
			b = append(b, "\ufffd"...)
		}
		i++
		start = i
	}
	return append(append(b, s[start:]...), '"')
}
