package wire

import (
	"encoding/json"

	"github.com/bitsemu/bitsemu/hresult"
)

// Request is the body of a call.
type Request struct {
	Caller json.RawMessage // who calls: a preset's name or a token; nil for the server's default
	Args   json.RawMessage // nil for none
}

// AppendJSON appends the request.
func (r Request) AppendJSON(b []byte) []byte {
	b = append(b, '{')
	if r.Caller != nil {
		b = append(append(append(b, `"caller":`...), r.Caller...), ',')
	}
	if r.Args == nil {
		r.Args = nothing
	}
	return append(append(append(b, `"args":`...), r.Args...), '}')
}

var fieldsRequest = []Param{{"caller", "string or token"}, {"args", "object or array"}}

// ParseRequest reads the body of a call; an empty one has no arguments. Errors are a
// [BadRequest].
func ParseRequest(body []byte) (Request, error) {
	if len(skipBlanks(body)) == 0 {
		return Request{}, nil
	}
	if err := Check(body); err != nil {
		return Request{}, err
	}
	v := split(skipBlanks(body), fieldsRequest, 0, "field")
	if v.err != nil {
		return Request{}, v.err
	}
	r := Request{Caller: v.raw[0], Args: v.raw[1]}
	if isNull(r.Caller) {
		r.Caller = nil
	}
	if isNull(r.Args) {
		r.Args = nil
	}
	return r, nil
}

// Answer is what BITS answered to a call.
type Answer struct {
	HRESULT hresult.HRESULT
	Results json.RawMessage // nil with a failure
	Error   *Fault          // nil with a success
}

// Fault says more about a failure.
type Fault struct {
	Message string          `json:"message"`          // the whole text of the error
	Method  string          `json:"method,omitempty"` // IBackgroundCopyJob::Resume
	Job     string          `json:"job,omitempty"`
	Caller  string          `json:"caller,omitempty"`
	Rule    json.RawMessage `json:"rule,omitempty"` // of a refusal
}

// AppendJSON appends the answer.
func (a Answer) AppendJSON(b []byte) []byte {
	b = append(append(append(b, `{"hresult":"`...), a.HRESULT.Hex()...), `","name":"`...)
	b = append(append(b, a.HRESULT.String()...), '"')
	if a.Error != nil {
		text, err := json.Marshal(a.Error)
		if err != nil { // the rule is no JSON
			text, _ = json.Marshal(Fault{Message: a.Error.Message})
		}
		return append(append(append(b, `,"error":`...), text...), '}')
	}
	if a.Results == nil {
		a.Results = nothing
	}
	return append(append(append(b, `,"results":`...), a.Results...), '}')
}

// MarshalJSON is AppendJSON.
func (a Answer) MarshalJSON() ([]byte, error) { return a.AppendJSON(nil), nil }

// ParseAnswer reads an answer. What it does not know is left out.
func ParseAnswer(body []byte) (Answer, error) {
	if err := Check(body); err != nil {
		return Answer{}, err
	}
	text := skipBlanks(body)
	if text[0] != '{' {
		return Answer{}, &BadRequest{What: kindOf(text) + ", want an answer"}
	}
	var a Answer
	found := false
	err := members(text, func(name string, raw []byte) (err error) {
		switch name {
		case "hresult":
			a.HRESULT, err = getHRESULT(raw)
			found = true
		case "results":
			a.Results = raw
		case "error":
			err = json.Unmarshal(raw, &a.Error)
		}
		if err != nil {
			return bad(name, err)
		}
		return nil
	})
	if err == nil && !found {
		err = &BadRequest{What: "there is no hresult"}
	}
	if err != nil {
		return Answer{}, err
	}
	return a, nil
}
