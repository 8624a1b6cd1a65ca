package wire

import (
	"encoding/json"
	"fmt"
	"unicode/utf8"
)

// MaxDepth is how deep arrays and objects may lie in each other.
const MaxDepth = 64

// Check reports what is wrong with a text that should be one JSON value: a [BadRequest]. What it lets
// pass can be taken apart without a look at the syntax.
func Check(text []byte) error {
	if !utf8.Valid(text) {
		return &BadRequest{What: "the text is not UTF-8"}
	}
	depth, inString := 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case inString && c == '\\':
			i++
		case c == '"':
			inString = !inString
		case inString:
		case c == '{' || c == '[':
			if depth++; depth > MaxDepth {
				return &BadRequest{What: fmt.Sprintf("it is nested deeper than %d", MaxDepth)}
			}
		case c == '}' || c == ']':
			depth--
		}
	}
	if !json.Valid(text) {
		var any json.RawMessage
		err := json.Unmarshal(text, &any)
		return &BadRequest{What: fmt.Sprintf("no JSON: %v", err)}
	}
	return nil
}

// kindOf says what a value is, without its content.
func kindOf(raw []byte) string {
	switch raw[0] {
	case '{':
		return "an object"
	case '[':
		return "an array"
	case '"':
		return "a string"
	case 't', 'f':
		return "a boolean"
	case 'n':
		return "null"
	default:
		return "a number"
	}
}

func isNull(raw []byte) bool { return len(raw) > 0 && raw[0] == 'n' }

func blank(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

func skipBlanks(b []byte) []byte {
	for len(b) > 0 && blank(b[0]) {
		b = b[1:]
	}
	return b
}

// next cuts the first value off a valid text.
func next(b []byte) (value, rest []byte) {
	b = skipBlanks(b)
	depth, inString := 0, false
	for i := 0; i < len(b); i++ {
		switch c := b[i]; {
		case inString && c == '\\':
			i++
		case c == '"':
			inString = !inString
			if !inString && depth == 0 {
				return b[:i+1], b[i+1:]
			}
		case inString:
		case c == '{' || c == '[':
			depth++
		case c == '}' || c == ']':
			if depth == 0 {
				return b[:i], b[i:]
			}
			if depth--; depth == 0 {
				return b[:i+1], b[i+1:]
			}
		case depth == 0 && (c == ',' || c == ':' || blank(c)):
			return b[:i], b[i:]
		}
	}
	return b, nil // uncovered: what lies in an object or array ends before it
}

// elements calls do with each element of a valid array, until it fails.
func elements(array []byte, do func(raw []byte) error) error {
	for rest := array[1:]; ; {
		value, after := next(rest)
		if len(value) == 0 { // the end of an empty one
			return nil
		}
		if err := do(value); err != nil {
			return err
		}
		after = skipBlanks(after)
		if len(after) == 0 || after[0] != ',' {
			return nil
		}
		rest = after[1:]
	}
}

// members calls do with each member of a valid object, until it fails.
func members(object []byte, do func(name string, raw []byte) error) error {
	for rest := object[1:]; ; {
		key, after := next(rest)
		if len(key) == 0 {
			return nil
		}
		name, err := getString(key)
		if err != nil { // uncovered: a name of a valid text is a string
			return err
		}
		value, after := next(skipBlanks(after)[1:]) // behind the colon
		if err := do(name, value); err != nil {
			return err
		}
		after = skipBlanks(after)
		if len(after) == 0 || after[0] != ',' {
			return nil
		}
		rest = after[1:]
	}
}
