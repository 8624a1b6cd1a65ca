package bits

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// unsigned is what enumerations and flags are made of.
type unsigned interface{ ~uint8 | ~uint32 }

// name is a value that has a name.
type name[T unsigned] struct {
	value T
	text  string
}

// nameSet holds the names that Windows has for the values of T. All text forms
// of enumerations and flags are made of it.
type nameSet[T unsigned] struct {
	typ    string // Go name of T, for errors
	prefix string // what the names have in common and callers may leave out
	flags  bool   // values combine
	field  T      // of flags: the bits that hold one number
	names  []name[T]
}

// text prints v: the name of an enumerated value, the names of flags joined by
// a bar. What has no name is printed in hexadecimal, and no flag at all as 0.
func (s *nameSet[T]) text(v T) string {
	if text, ok := s.exact(v); ok {
		return text
	}
	if !s.flags {
		return hex(v)
	}
	names, rest := s.split(v)
	switch {
	case v == 0:
		return "0"
	case rest != 0:
		names = append(names, hex(rest))
	}
	return strings.Join(names, "|")
}

// short is text without the common prefix.
func (s *nameSet[T]) short(v T) string { return strings.TrimPrefix(s.text(v), s.prefix) }

// valid reports whether v is made of named values alone.
func (s *nameSet[T]) valid(v T) bool {
	if !s.flags {
		_, ok := s.exact(v)
		return ok
	}
	_, rest := s.split(v)
	return rest == 0
}

// exact finds the one name of v.
func (s *nameSet[T]) exact(v T) (string, bool) {
	if s.flags && (v == 0 || v == s.field) {
		return "", false
	}
	i := slices.IndexFunc(s.names, func(n name[T]) bool { return n.value == v })
	if i < 0 {
		return "", false
	}
	return s.names[i].text, true
}

// split finds the flags that v is made of, and what remains without a name.
func (s *nameSet[T]) split(v T) (names []string, rest T) {
	rest = v
	for _, n := range s.names {
		if n.value == 0 || n.value&(n.value-1) != 0 {
			continue // no flag, or several
		}
		mask := n.value
		if n.value&s.field != 0 {
			mask = s.field
		}
		if v&mask == n.value {
			names = append(names, n.text)
			rest &^= n.value
		}
	}
	return names, rest
}

// parse reads what text and short print, in any case, and numbers in decimal
// or hexadecimal.
func (s *nameSet[T]) parse(text string) (T, error) {
	parts := []string{text}
	if s.flags {
		parts = strings.Split(text, "|")
	}
	var v T
	for _, part := range parts {
		one, ok := s.parseOne(strings.TrimSpace(part))
		if !ok {
			return 0, fmt.Errorf("bits: %q is no %s: want %s", part, s.typ, s.wanted())
		}
		v |= one
	}
	return v, nil
}

func (s *nameSet[T]) parseOne(text string) (T, bool) {
	for _, n := range s.names {
		if strings.EqualFold(text, n.text) || strings.EqualFold(s.prefix+text, n.text) {
			return n.value, true
		}
	}
	base := 10
	if digits, ok := strings.CutPrefix(strings.ToLower(text), "0x"); ok {
		text, base = digits, 16
	}
	n, err := strconv.ParseUint(text, base, 32)
	return T(n), err == nil && n <= uint64(^T(0))
}

// wanted lists what parse accepts.
func (s *nameSet[T]) wanted() string {
	var b strings.Builder
	for _, n := range s.names {
		b.WriteString(n.text + ", ")
	}
	b.WriteString("or a number")
	if s.flags {
		b.WriteString("; several joined by |")
	}
	return b.String()
}

// unmarshal sets v to what text says, and leaves it alone on error.
func (s *nameSet[T]) unmarshal(v *T, text []byte) error {
	parsed, err := s.parse(string(text))
	if err == nil {
		*v = parsed
	}
	return err
}

func hex[T unsigned](v T) string { return "0x" + strconv.FormatUint(uint64(v), 16) }
