package wire

import (
	"bytes"
	"encoding"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/google/uuid"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/sid"
)

// want is the error for a value of another kind.
func want(raw []byte, what string) error { return fmt.Errorf("%s, want %s", kindOf(raw), what) }

// getString reads a string of a valid text.
func getString(raw []byte) (string, error) {
	if raw[0] != '"' {
		return "", want(raw, "a string")
	}
	if bytes.IndexByte(raw, '\\') < 0 {
		return string(raw[1 : len(raw)-1]), nil
	}
	var s string
	err := json.Unmarshal(raw, &s)
	return s, err
}

func getNullable(raw []byte) (*string, error) {
	if isNull(raw) {
		return nil, nil
	}
	s, err := getString(raw)
	if err != nil {
		return nil, want(raw, "a string or null")
	}
	return &s, nil
}

func getBool(raw []byte) (bool, error) {
	if raw[0] != 't' && raw[0] != 'f' {
		return false, want(raw, "true or false")
	}
	return raw[0] == 't', nil
}

// getNumber reads a whole number in decimal digits.
func getNumber[T ~uint8 | ~uint32 | ~uint64](raw []byte) (T, error) {
	most := uint64(^T(0))
	n, err := strconv.ParseUint(string(raw), 10, 64)
	switch {
	case kindOf(raw) != "a number":
		return 0, want(raw, "a whole number from 0 to "+strconv.FormatUint(most, 10))
	case err != nil || n > most:
		return 0, fmt.Errorf("want a whole number from 0 to %d", most)
	}
	return T(n), nil
}

// getText reads what has a text form and perhaps a number.
func getText(raw []byte, what string, v encoding.TextUnmarshaler) error {
	s, err := getString(raw)
	if err != nil {
		return want(raw, what)
	}
	return v.UnmarshalText([]byte(s))
}

func getGUID(raw []byte) (id uuid.UUID, err error) { return id, getText(raw, "a GUID", &id) }

// getIID reads the GUID or the name of an interface.
func getIID(raw []byte) (uuid.UUID, error) {
	if s, err := getString(raw); err == nil && byName[s] != nil {
		return byName[s].IID, nil
	}
	return getGUID(raw)
}

func getSID(raw []byte) (s sid.SID, err error) {
	if isNull(raw) {
		return s, nil
	}
	return s, getText(raw, "a SID or null", &s)
}

func getHRESULT(raw []byte) (h hresult.HRESULT, err error) {
	if kindOf(raw) == "a number" {
		return getNumber[hresult.HRESULT](raw)
	}
	return h, getText(raw, "an HRESULT", &h)
}

func getTime(raw []byte) (t time.Time, err error) {
	if isNull(raw) {
		return t, nil
	}
	s, err := getString(raw)
	if err != nil {
		return t, want(raw, "a time or null")
	}
	t, err = time.Parse(time.RFC3339Nano, s)
	return t.UTC(), err
}

func getBytes(raw []byte) ([]byte, error) {
	s, err := getString(raw)
	if err != nil {
		return nil, want(raw, "bytes in base64")
	}
	if s == "" {
		return nil, nil
	}
	b, err := base64.StdEncoding.Strict().DecodeString(s)
	if err != nil {
		return nil, errors.New("want bytes in base64")
	}
	return b, nil
}

func getSHA1(raw []byte) (h [20]byte, err error) {
	s, err := getString(raw)
	if err == nil && len(s) == 2*len(h) {
		_, err = hex.Decode(h[:], []byte(s))
	}
	if err != nil || len(s) != 2*len(h) {
		return h, want(raw, "40 hexadecimal digits")
	}
	return h, nil
}

// getEnum reads an enumeration or flags.
func getEnum[T ~uint8 | ~uint32, P interface {
	*T
	encoding.TextUnmarshaler
}](raw []byte) (v T, err error) {
	if kindOf(raw) == "a number" {
		return getNumber[T](raw)
	}
	return v, getText(raw, "a name or a number", P(&v))
}

func getList[T any](get func([]byte) (T, error)) func([]byte) ([]T, error) {
	return func(raw []byte) (list []T, err error) {
		if raw[0] != '[' {
			return nil, want(raw, "an array")
		}
		err = elements(raw, func(one []byte) error {
			v, err := get(one)
			if err != nil {
				return bad("["+strconv.Itoa(len(list))+"]", err)
			}
			list = append(list, v)
			return nil
		})
		if err != nil {
			return nil, err
		}
		return list, nil
	}
}

// getPointer reads a pointer to an object or to a callback.
func getPointer[T any](o Objects, iface string) func([]byte) (T, error) {
	return func(raw []byte) (v T, err error) {
		if isNull(raw) {
			return v, nil
		}
		object, err := o.Import(iface, raw)
		if err != nil || object == nil {
			return v, err
		}
		v, ok := object.(T)
		if !ok {
			return v, fmt.Errorf("a %T, want a %s", object, iface)
		}
		return v, nil
	}
}

// getQueried reads what QueryInterface returns.
func getQueried(o Objects, iid uuid.UUID) func([]byte) (any, error) {
	return func(raw []byte) (any, error) {
		iface := byIID[iid]
		if iface == nil || isNull(raw) {
			return nil, fmt.Errorf("nobody knows an interface %s", bits.GUIDString(iid))
		}
		return o.Import(iface.Name, raw)
	}
}
