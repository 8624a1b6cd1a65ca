package transcript

import (
	"encoding/hex"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/sid"
)

// named is what has a name in a transcript: objects and callbacks.
type named interface{ label() string }

// value is a value as it stands in a call.
func (m *mask) value(v any) string {
	switch v := v.(type) {
	case nil:
		return "NULL"
	case named:
		return v.label()
	case string:
		return m.quoted(v)
	case *string:
		if v == nil {
			return "NULL"
		}
		return m.quoted(*v)
	case bits.PropertyString:
		return "PropertyString(" + m.quoted(firstLine(string(v))) + ")"
	case uuid.UUID:
		return m.guid(v)
	case sid.SID:
		return m.account(v)
	case hresult.HRESULT:
		return v.String()
	case time.Time:
		if v.IsZero() {
			return "none"
		}
		return "<time>"
	case uint64:
		if v == math.MaxUint64 {
			return "BG_SIZE_UNKNOWN" // and BG_LENGTH_TO_EOF, which is the same
		}
		return strconv.FormatUint(v, 10)
	case [20]byte:
		return hex.EncodeToString(v[:])
	case []byte:
		return fmt.Sprintf("bytes[%d]", len(v))
	case bits.JobPropertyValue:
		return strings.TrimPrefix(fmt.Sprintf("%T(%v)", v, v), "bits.")
	case fmt.Stringer: // enumerations, flags and secrets
		return v.String()
	}
	return m.composed(reflect.ValueOf(v))
}

// composed is the form of numbers, structures and lists.
func (m *mask) composed(v reflect.Value) string {
	var parts []string
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			parts = append(parts, v.Type().Field(i).Name+": "+m.value(v.Field(i).Interface()))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case reflect.Slice:
		for i := range v.Len() {
			if i == longestList {
				parts = append(parts, "…")
				return fmt.Sprintf("[%s][%d]", strings.Join(parts, ", "), v.Len())
			}
			parts = append(parts, m.value(v.Index(i).Interface()))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	}
	return fmt.Sprint(v)
}

// longestList is how many elements of a list are shown.
const longestList = 12

// firstLine is the first line of the header of a response. The others have dates
// and are the server's.
func firstLine(s string) string {
	line, rest, more := strings.Cut(s, "\r\n")
	if more && rest != "" {
		return line + "\r\n…"
	}
	return line
}

// result is what a method returned, in one text.
func (m *mask) result(method string, results []any) (answer string, failed bool) {
	if err, _ := results[len(results)-1].(error); err != nil {
		code, ok := hresult.Of(err)
		if !ok {
			return "no HRESULT", true
		}
		return code.String(), true
	}
	results = results[:len(results)-1]
	if len(results) == 0 {
		return hresult.S_OK.String(), false
	}
	if hide, ok := hidden[method]; ok && results[0] != "" {
		return hide, false
	}
	if name, ok := results[0].(string); method == "GetReplyFileName" && ok && name != "" && !ownName.MatchString(name) {
		return "<made-up name>", false
	}
	var parts []string
	for _, r := range results {
		parts = append(parts, m.value(r))
	}
	return strings.Join(parts, ", "), false
}

// hidden are the methods whose answers say something of the machine, the user or
// the language, and nothing that could be compared.
var hidden = map[string]string{
	"GetErrorDescription":        "<text>",
	"GetErrorContextDescription": "<text>",
	"GetTemporaryName":           "<temporary name>",
	"GetOwnerIntegrityLevel":     "<level of the caller>",
	"GetOwnerElevationState":     "<elevation of the caller>",
	"GetPeerName":                "<peer>",
	"GetOriginUrl":               "<url>",
}
