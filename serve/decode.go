package serve

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"

	"github.com/bitsemu/bitsemu/internal/wire"
)

// decode reads arguments strictly: UTF-8, no deeper than [wire.MaxDepth], with no field that
// is not known, and nothing behind. Nothing at all is an object without fields.
func decode(body []byte, into any) error {
	if len(bytes.TrimSpace(body)) == 0 {
		return nil
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
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return malformed("there is something behind the body")
	}
	return nil
}
