package serve

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"strings"

	"github.com/bitsemu/bitsemu/internal/wire"
)

// decode reads arguments strictly: UTF-8, no deeper than [wire.MaxDepth], with no field that
// is not known, and with all that must be there. Nothing at all is an object without fields.
func decode(body []byte, into any) error {
	if len(bytes.TrimSpace(body)) == 0 {
		body = []byte("{}")
	}
	if err := wire.Check(body); err != nil {
		return badBody(err)
	}
	if text := bytes.TrimSpace(body); text[0] != '{' {
		return malformed("the body is no object")
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		var kind *json.UnmarshalTypeError
		if errors.As(err, &kind) {
			return malformed("%s: a %s, want %s", kind.Field, kind.Value, kind.Type)
		}
		return malformed("%s", strings.TrimPrefix(err.Error(), "json: "))
	}
	return complete(reflect.TypeOf(into).Elem(), body, "")
}
