package serve_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/big"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// api is openapi.json, against which all that the tests send and get is checked.
type api struct {
	Paths      map[string]map[string]operation
	Components struct{ Schemas map[string]schema }
}

type operation struct {
	OperationID string
	RequestBody struct {
		Content map[string]struct{ Schema schema }
	}
	Responses map[string]struct {
		Content map[string]struct{ Schema schema }
	}
}

// schema is the part of JSON Schema that the document uses.
type schema struct {
	Ref                  string `json:"$ref"`
	Type                 any
	Properties           map[string]schema
	Required             []string
	AdditionalProperties any
	Items                *schema
	Enum                 []string
	Pattern              string
	AnyOf                []schema
	Minimum, Maximum     json.Number
}

var document = sync.OnceValue(func() api {
	text, err := os.ReadFile("openapi.json")
	if err != nil {
		panic(err)
	}
	var a api
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	if err := d.Decode(&a); err != nil {
		panic(err)
	}
	return a
})

// find is the operation of a request. A path without names in it comes first.
func (a api) find(method, path string) (operation, bool) {
	method = strings.ToLower(method)
	best, found := operation{}, false
	fewest := 1000
	given := strings.Split(path, "/")
	for pattern, at := range a.Paths {
		parts := strings.Split(pattern, "/")
		if len(parts) != len(given) {
			continue
		}
		names := 0
		same := true
		for i, part := range parts {
			if strings.HasPrefix(part, "{") {
				names++
			} else if part != given[i] {
				same = false
			}
		}
		if o, ok := at[method]; ok && same && names < fewest {
			best, found, fewest = o, true, names
		}
	}
	return best, found
}

// check reports what of a value is not as a schema says.
func (a api) check(s schema, v any, where string) error {
	if s.Ref != "" {
		name := s.Ref[strings.LastIndex(s.Ref, "/")+1:]
		named, ok := a.Components.Schemas[name]
		if !ok {
			return fmt.Errorf("%s: there is no schema %s", where, name)
		}
		return a.check(named, v, where)
	}
	if len(s.AnyOf) > 0 {
		var errs []string
		for _, one := range s.AnyOf {
			err := a.check(one, v, where)
			if err == nil {
				return nil
			}
			errs = append(errs, err.Error())
		}
		return fmt.Errorf("%s: none of %s", where, strings.Join(errs, "; "))
	}
	kind := kindOf(v)
	var kinds []string
	switch t := s.Type.(type) {
	case string:
		kinds = []string{t}
	case []any:
		for _, one := range t {
			kinds = append(kinds, one.(string))
		}
	}
	if kinds != nil && !slices.Contains(kinds, kind) {
		return fmt.Errorf("%s: a %s, want %v", where, kind, kinds)
	}
	switch v := v.(type) {
	case string:
		if s.Pattern != "" && !regexp.MustCompile(s.Pattern).MatchString(v) {
			return fmt.Errorf("%s: %q does not match %s", where, v, s.Pattern)
		}
		if s.Enum != nil && !slices.Contains(s.Enum, v) {
			return fmt.Errorf("%s: %q is none of %v", where, v, s.Enum)
		}
	case json.Number:
		n, _ := new(big.Int).SetString(v.String(), 10)
		for i, limit := range []json.Number{s.Minimum, s.Maximum} {
			if l, ok := new(big.Int).SetString(limit.String(), 10); ok && n != nil && n.Cmp(l) == 2*i-1 {
				return fmt.Errorf("%s: %s is beyond %s", where, v, limit)
			}
		}
	case []any:
		for i, one := range v {
			if s.Items != nil {
				if err := a.check(*s.Items, one, fmt.Sprintf("%s[%d]", where, i)); err != nil {
					return err
				}
			}
		}
	case map[string]any:
		for _, name := range s.Required {
			if _, ok := v[name]; !ok {
				return fmt.Errorf("%s: %s is missing", where, name)
			}
		}
		for name, one := range v {
			p, ok := s.Properties[name]
			if !ok && s.AdditionalProperties == false {
				return fmt.Errorf("%s: there is no %s", where, name)
			}
			if ok {
				if err := a.check(p, one, where+"."+name); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func kindOf(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case bool:
		return "boolean"
	case string:
		return "string"
	case json.Number:
		if strings.ContainsAny(v.String(), ".eE") {
			return "number"
		}
		return "integer"
	case []any:
		return "array"
	}
	return "object"
}

func parse(t *testing.T, text string) (v any) {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	require.NoError(t, d.Decode(&v), text)
	return v
}

// checkExchange holds a request that was answered, and its answer, against the document.
func checkExchange(t *testing.T, method, path, request string, status int, answer string) {
	t.Helper()
	a := document()
	if status != http.StatusOK {
		require.NoError(t, a.check(schema{Ref: "#/components/schemas/Refusal"}, parse(t, answer), "answer"), answer)
		return
	}
	o, ok := a.find(method, path)
	require.True(t, ok, "%s %s is answered, and is not in the document", method, path)
	if body, ok := o.RequestBody.Content["application/json"]; ok && strings.TrimSpace(request) != "" {
		require.NoError(t, a.check(body.Schema, parse(t, request), path), request)
	}
	require.NoError(t, a.check(o.Responses["200"].Content["application/json"].Schema, parse(t, answer), path), answer)
}

// Every path of the document answers, and all of them are used with what an object, a
// job or a file of that name is there for.
func TestEveryPathAnswers(t *testing.T) {
	t.Parallel()
	_, c := rig(t)
	job := strings.TrimPrefix(c.create("a", "http://files.test/a", `C:\Downloads\a`), "/v1/jobs/")
	s := c.open("")
	manager := s.manager()
	object := manager[strings.LastIndex(manager, "/")+1:]
	paths := document().Paths
	require.Greater(t, len(paths), 120)
	for pattern, methods := range paths {
		path := strings.NewReplacer("{id}", job, "{n}", "0", "{session}", strings.TrimPrefix(s.path, "/v1/sessions/"),
			"{object}", object, "{method}", "EnumJobs", "{call}", "1").Replace(pattern)
		for method := range methods {
			if pattern == "/v1/sessions/{session}/callbacks" || method == "delete" {
				continue // see TestCallbacks, TestObjects
			}
			status, text := c.do(strings.ToUpper(method), path, "")
			require.NotEqual(t, http.StatusMethodNotAllowed, status, pattern)
			require.Less(t, status, 500, "%s: %s", pattern, text)
			if status == http.StatusNotFound {
				require.Contains(t, text, "nobody waits", pattern)
			}
		}
	}
	// An operation that is not described is not answered either.
	for _, method := range []string{"GET", "POST", "DELETE", "PUT"} {
		for pattern, methods := range paths {
			if _, ok := methods[strings.ToLower(method)]; !ok && !strings.Contains(pattern, "{") {
				status, _ := c.do(method, pattern, "")
				require.Contains(t, []int{404, 405}, status, "%s %s", method, pattern)
			}
		}
	}
}

func TestDocumentIsServed(t *testing.T) {
	t.Parallel()
	_, c := rig(t)
	status, text := c.do(http.MethodGet, "/v1/openapi.json", "")
	require.Equal(t, http.StatusOK, status)
	want, err := os.ReadFile("openapi.json")
	require.NoError(t, err)
	require.Equal(t, strings.TrimSuffix(string(want), "\n"), text)
}

func TestCheckerRefuses(t *testing.T) {
	t.Parallel()
	a := document()
	for _, row := range []struct{ name, value string }{
		{"Refusal", `{}`}, {"Refusal", `{"error":{"code":"x"}}`}, {"Refusal", `{"error":{"code":1,"message":""}}`},
		{"Refusal", `{"error":{"code":"","message":""},"x":1}`}, {"Refusal", `[]`},
		{"HRESULT", `"0x8007"`}, {"HRESULT", `1`}, {"GUID", `"{}"`}, {"SID", `"x"`}, {"Caller", `5`},
		{"Job.AddFile", `{"remoteURL":""}`}, {"Job.AddFile", `{"remoteURL":"","localName":null}`},
		{"Job.SetMinimumRetryDelay", `{"seconds":-1}`}, {"Job.SetMinimumRetryDelay", `{"seconds":4294967296}`}, {"Job.SetMinimumRetryDelay", `{"seconds":1.5}`},
		{"Job.AddFileSet", `{"files":[{"RemoteName":""}]}`}, {"JobPropertyValue", `{"type":"float","value":1}`},
		{"Snapshot", `{"Version":1}`},
	} {
		require.Error(t, a.check(schema{Ref: "#/components/schemas/" + row.name}, parse(t, row.value), row.name), "%s %s", row.name, row.value)
	}
}
