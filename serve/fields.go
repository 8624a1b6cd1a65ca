package serve

import (
	"encoding"
	"encoding/json"
	"reflect"
	"strings"
)

// field is a field of a struct as JSON has it.
type field struct {
	name     string
	optional bool // it may be left out
	of       reflect.Type
}

// fieldsOf are the fields of a struct, those of embedded structs among them.
func fieldsOf(t reflect.Type) []field {
	var all []field
	for i := range t.NumField() {
		f := t.Field(i)
		tag, given := f.Tag.Lookup("json")
		name, rest, _ := strings.Cut(tag, ",")
		switch {
		case name == "-", !f.IsExported():
		case f.Anonymous && !given && f.Type.Kind() == reflect.Struct:
			all = append(all, fieldsOf(f.Type)...)
		default:
			if name == "" {
				name = f.Name
			}
			all = append(all, field{name, strings.Contains(rest, "omitempty") || strings.Contains(rest, "omitzero"), f.Type})
		}
	}
	return all
}

// plain reports whether a type is a struct that is written field by field.
func plain(t reflect.Type) bool {
	if t.Kind() != reflect.Struct {
		return false
	}
	p := reflect.PointerTo(t)
	return !p.Implements(reflect.TypeFor[json.Marshaler]()) && !p.Implements(reflect.TypeFor[encoding.TextMarshaler]())
}

// complete reports the first field that a value, which is a valid object, lacks.
func complete(t reflect.Type, raw json.RawMessage, where string) error {
	var given map[string]json.RawMessage
	if err := json.Unmarshal(raw, &given); err != nil {
		return nil // another kind of value, which decoding tells of
	}
	for _, f := range fieldsOf(t) {
		value, ok := given[f.name]
		of := f.of
		if of.Kind() == reflect.Pointer {
			of = of.Elem()
		}
		switch {
		case !ok && !f.optional:
			return malformed("%s%s is missing", where, f.name)
		case ok && plain(of) && string(value) != "null":
			if err := complete(of, value, where+f.name+"."); err != nil {
				return err
			}
		}
	}
	return nil
}
