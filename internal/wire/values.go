package wire

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
)

// values are what was found for a list of names, in its order. The first error
// stays, and nothing is read after it.
type values struct {
	of     *Method // whose arguments they are; nil for others
	word   string  // what they are: argument, result, field
	params []Param
	raw    [][]byte
	err    error
}

// readArguments takes the arguments of a method apart.
func readArguments(m *Method, text []byte) (values, error) {
	if text = bytes.TrimSpace(text); len(text) == 0 || string(text) == "null" {
		text = nothing
	}
	if err := Check(text); err != nil {
		return values{}, bad(m.String(), err)
	}
	a := split(text, m.Args, len(m.Args), "argument")
	if a.err != nil {
		return a, bad(m.String(), a.err)
	}
	a.of = m
	return a, nil
}

// split takes a valid text apart: an object with no other names than params, and the
// first required of them at least; or, for arguments, an array in their order.
func split(text []byte, params []Param, required int, word string) values {
	v := values{word: word, params: params, raw: make([][]byte, len(params))}
	switch {
	case text[0] == '{':
		v.err = members(text, v.set)
	case text[0] == '[' && word == "argument":
		n := 0
		v.err = elements(text, func(raw []byte) error {
			if n < len(params) {
				v.raw[n] = raw
			}
			n++
			return nil
		})
		if n > len(params) {
			v.fail("there are %d arguments, want %s", n, v.wanted())
		}
	default:
		v.fail("%s, want an object with %s", kindOf(text), v.wanted())
	}
	for i, p := range params[:required] {
		if v.raw[i] == nil {
			v.fail("the %s %s is missing, want %s", word, p.Name, v.wanted())
		}
	}
	return v
}

// fail keeps what is wrong with the whole.
func (v *values) fail(format string, args ...any) {
	if v.err == nil {
		v.err = &BadRequest{What: fmt.Sprintf(format, args...)}
	}
}

// set takes a member of the object.
func (v *values) set(name string, raw []byte) error {
	for i, p := range v.params {
		if p.Name != name {
			continue
		}
		if v.raw[i] != nil {
			return &BadRequest{What: fmt.Sprintf("the %s %s comes twice", v.word, name)}
		}
		v.raw[i] = raw
		return nil
	}
	unknown := fmt.Sprintf("%.80q", name)
	if slices.ContainsFunc(v.params, func(p Param) bool { return p.Type == "AuthCredentials" }) {
		unknown = "of another name" // which may be part of the credentials
	}
	return &BadRequest{What: fmt.Sprintf("there is no %s %s, want %s", v.word, unknown, v.wanted())}
}

// wanted lists the names and types.
func (v *values) wanted() string {
	if len(v.params) == 0 {
		return "none"
	}
	list := make([]string, len(v.params))
	for i, p := range v.params {
		list[i] = p.Name + " (" + p.Type + ")"
	}
	return strings.Join(list, ", ")
}

// take reads the i-th value. One that is not there is zero.
func take[T any](v *values, i int, get func([]byte) (T, error)) T {
	var none T
	if v.err != nil || v.raw[i] == nil {
		return none
	}
	value, err := get(v.raw[i])
	if err != nil {
		v.err = v.place(i, err)
		return none
	}
	return value
}

// place says where an error is.
func (v *values) place(i int, err error) error {
	where := v.params[i].Name
	if v.of != nil {
		where = v.of.String() + ": argument " + where
	}
	return bad(where, err)
}
