package serve

import (
	"bytes"
	"encoding"
	"encoding/json"
	"flag"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu"
	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/internal/wire"
	"github.com/bitsemu/bitsemu/token"
)

var update = flag.Bool("update", false, "write openapi.json anew")

// openapi.json is what the routes, the methods of the interfaces, and the operations are.
func TestDocument(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	require.NoError(t, e.Encode(document()))
	require.Less(t, b.Len(), 1<<20)
	if *update {
		require.NoError(t, os.WriteFile("openapi.json", b.Bytes(), 0o644))
		return
	}
	require.True(t, bytes.Equal(b.Bytes(), openAPIDocument), "openapi.json is out of date: go generate ./serve")
}

type object = map[string]any

func ref(name string) object { return object{"$ref": "#/components/schemas/" + name} }

func nullable(o object) object {
	if kind, ok := o["type"].(string); ok {
		o["type"] = []string{kind, "null"}
		return o
	}
	return object{"anyOf": []object{o, {"type": "null"}}}
}

// shape is an object with fields, and no others.
func shape(required []string, properties object) object {
	o := object{"type": "object", "properties": properties, "additionalProperties": false}
	if len(required) > 0 {
		o["required"] = required
	}
	return o
}

func document() object {
	schemas := schemas()
	paths := object{}
	add := func(method, path string, operation object) {
		var parameters []object
		for part := range strings.SplitSeq(path, "/") {
			if name, ok := strings.CutPrefix(part, "{"); ok {
				parameters = append(parameters, object{"name": strings.TrimSuffix(name, "}"), "in": "path", "required": true, "schema": object{"type": "string"}})
			}
		}
		more, _ := operation["parameters"].([]object)
		if parameters = append(parameters, more...); parameters != nil {
			operation["parameters"] = parameters
		}
		at, _ := paths[path].(object)
		if at == nil {
			at = object{}
			paths[path] = at
		}
		at[strings.ToLower(method)] = operation
	}
	results := map[string]reflect.Type{}
	for _, o := range operations() {
		results["/v1/control/"+o.name] = o.results
	}
	for _, r := range routes() {
		if strings.Contains(r.path, "{method}") && !strings.Contains(r.path, "{object}") {
			for _, m := range methodsAt(r.path) {
				add(r.method, strings.Replace(r.path, "{method}", m.Name, 1), object{
					"operationId": strings.NewReplacer("/v1/", "", "/{id}", "", "/{n}", "", "/", ".", "{method}", m.Name).Replace(r.path),
					"summary":     m.String(), "tags": []string{strings.Split(r.path, "/")[2]},
					"requestBody": body(requestOf(ref(m.Interface + "." + m.Name))),
					"responses":   responses(answer(ref(m.Interface + "." + m.Name + ".results"))),
				})
			}
			continue
		}
		operation := object{
			"operationId": strings.ToLower(r.method) + strings.NewReplacer("/v1", "", "/", ".", "{", "", "}", "").Replace(r.path),
			"summary":     r.says, "tags": []string{append(strings.Split(r.path, "/"), "about")[2]},
		}
		var parameters []object
		for _, name := range r.query {
			parameters = append(parameters, object{"name": name, "in": "query", "schema": object{"type": "string"}})
		}
		operation["parameters"] = parameters
		if parameters == nil {
			delete(operation, "parameters")
		}
		switch {
		case r.takes != nil:
			operation["requestBody"] = body(schemaOf(r.takes, schemas))
		case r.method == "POST" && strings.Contains(r.path, "{object}"):
			operation["requestBody"] = body(ref("Call"))
		case r.method == "POST":
			operation["requestBody"] = body(object{"type": "object", "additionalProperties": false})
		}
		switch result, ok := results[r.path]; {
		case ok:
			operation["responses"] = responses(answer(schemaOf(result, schemas)))
		case r.stream:
			operation["responses"] = object{"200": object{"description": "A line for each call; a blank one as a sign of life.",
				"content": object{"application/x-ndjson": object{"schema": schemaOf(r.answers, schemas)}}}, "default": ref2("Refused")}
		case r.answers != nil:
			operation["responses"] = responses(schemaOf(r.answers, schemas))
		case strings.HasSuffix(r.path, "/activate"):
			operation["responses"] = responses(answer(shape([]string{"manager"}, object{"manager": ref("Reference")})))
		case strings.HasSuffix(r.path, "openapi.json"):
			operation["responses"] = responses(object{"type": "object"})
		default:
			operation["responses"] = responses(answer(object{"type": "object"}))
		}
		add(r.method, r.path, operation)
	}
	return object{
		"openapi": "3.1.0",
		"info": object{
			"title": "bitsemu", "version": "1",
			"description": "The emulated Background Intelligent Transfer Service over HTTP. What BITS answers is status 200 with an HRESULT in the body, " +
				"also when it refuses; other statuses are requests that BITS has not heard of. docs/service.md has examples.",
			"license": object{"name": "see the repository's LICENSE"},
		},
		"security": []object{{}, {"bearer": []string{}}},
		"paths":    paths,
		"components": object{
			"securitySchemes": object{"bearer": object{"type": "http", "scheme": "bearer", "description": "asked for over TCP alone"}},
			"responses": object{"Refused": object{"description": "a request that BITS has not heard of",
				"content": object{"application/json": object{"schema": ref("Refusal")}}}},
			"schemas": schemas,
		},
	}
}

func ref2(response string) object { return object{"$ref": "#/components/responses/" + response} }

// methodsAt are the methods that a route calls.
func methodsAt(path string) []*wire.Method {
	var all []*wire.Method
	for _, m := range wire.Methods() {
		var at *wire.Method
		switch {
		case strings.Contains(path, "/files/"):
			at, _ = wire.ForFile(m.Name)
		case strings.Contains(path, "/jobs/"):
			at, _ = wire.ForJob(m.Name)
		case m.Interface == "Manager":
			at = m
		}
		if at == m {
			all = append(all, m)
		}
	}
	return all
}

func body(schema object) object {
	return object{"content": object{"application/json": object{"schema": schema}}}
}

func responses(schema object) object {
	return object{
		"200":     object{"description": "answered", "content": object{"application/json": object{"schema": schema}}},
		"default": ref2("Refused"),
	}
}

// requestOf is the body of a call.
func requestOf(args object) object {
	return shape(nil, object{"caller": ref("Caller"), "args": object{"anyOf": []object{args, {"type": "array"}}}})
}

// answer is what a call answers.
func answer(results object) object {
	return shape([]string{"hresult", "name"}, object{"hresult": ref("HRESULT"), "name": object{"type": "string"}, "results": results, "error": ref("Fault")})
}

// schemas are those that have a name.
func schemas() object {
	s := object{
		"HRESULT": object{"type": "string", "pattern": "^0x[0-9A-F]{8}$"},
		"GUID":    object{"type": "string", "pattern": `^\{?[0-9A-Fa-f]{8}(-?[0-9A-Fa-f]{4}){3}-?[0-9A-Fa-f]{12}\}?$`},
		"SID":     object{"type": []string{"string", "null"}, "pattern": "^$|^S-1-"},
		"Time":    object{"type": []string{"string", "null"}, "format": "date-time"},
		"Caller":  object{"anyOf": []object{{"type": "string"}, ref("Token"), {"type": "null"}}, "description": "alice, \"bob elevated\", system, a SID, ..., or a token; absent for the server's default caller"},
		"Token":   schemaOfToken(),
		"Reference": shape([]string{"object", "interface"}, object{
			"object": object{"type": "string", "pattern": "^[0-9]+$"}, "interface": object{"type": "string"}}),
		"Callback": shape(nil, object{"callback": object{"type": []string{"string", "null"}}, "interface": object{"type": "string"}, "foreign": object{"type": "boolean"}}),
		"Refusal":  shape([]string{"error"}, object{"error": shape([]string{"code", "message"}, object{"code": object{"type": "string"}, "message": object{"type": "string"}})}),
		"Call": shape(nil, object{"caller": object{"$ref": "#/components/schemas/Caller"},
			"args": object{"type": []string{"object", "array", "null"}, "description": "of the method, as the schema Interface.Method has them"}}),
		"JobPropertyValue": shape([]string{"type", "value"}, object{
			"type": object{"type": "string", "enum": []string{"dword", "clsid", "enable", "uint64", "target"}}, "value": object{}}),
		"FilePropertyValue": shape([]string{"type", "value"}, object{"type": object{"type": "string", "enum": []string{"string"}}, "value": object{"type": "string"}}),
	}
	s["Fault"] = shape([]string{"message"}, object{"message": object{"type": "string"}, "method": object{"type": "string"}, "job": object{"type": "string"},
		"caller": object{"type": "string"}, "rule": schemaOf(reflect.TypeFor[decision](), s)})
	for name, t := range map[string]reflect.Type{
		"Job": reflect.TypeFor[describedJob](), "File": reflect.TypeFor[describedFile](), "Error": reflect.TypeFor[describedError](),
	} {
		s["Described"+name] = schemaOf(t, s)
	}
	for _, m := range wire.Methods() {
		if i, _ := wire.FindInterface(m.Interface); i.Callback {
			continue
		}
		s[m.Interface+"."+m.Name] = schemaOfParams(m.Args, len(m.Args), s)
		required := len(m.Results)
		if m.OK {
			required = 0
		}
		s[m.Interface+"."+m.Name+".results"] = schemaOfParams(m.Results, required, s)
	}
	return s
}

func schemaOfToken() object {
	sid := object{"type": "string"}
	return nullable(shape([]string{"user"}, object{
		"user": sid, "elevated": object{"type": "boolean"}, "integrity": object{"type": "string"}, "level": object{"type": "string"}, "session": object{"type": "string"},
		"groups":      object{"type": "array", "items": shape([]string{"sid", "enabled"}, object{"sid": sid, "enabled": object{"type": "boolean"}})},
		"restricting": object{"type": "array", "items": sid},
	}))
}

func schemaOfParams(params []wire.Param, required int, s object) object {
	properties := object{}
	var names []string
	for i, p := range params {
		properties[p.Name] = schemaOfParam(p.Type, s)
		if i < required {
			names = append(names, p.Name)
		}
	}
	return shape(names, properties)
}

func number(most any) object { return object{"type": "integer", "minimum": 0, "maximum": most} }

func schemaOfParam(kind string, s object) object {
	if one, ok := strings.CutSuffix(kind, "[]"); ok {
		return object{"type": "array", "items": schemaOfParam(one, s)}
	}
	if iface, ok := strings.CutPrefix(kind, "object:"); ok {
		choices := []object{ref("Reference"), {"type": "null"}}
		switch one, isEnum := strings.CutPrefix(iface, "Enum"); {
		case isEnum && (one == "Jobs" || one == "Files"):
			choices = append(choices, object{"type": "array", "items": ref("Described" + strings.TrimSuffix(one, "s"))})
		case iface == "Job" || iface == "File" || iface == "Error":
			choices = append(choices, ref("Described"+iface))
		default:
			choices = append(choices, shape([]string{"interface"}, object{"interface": object{"type": "string"}}))
		}
		return object{"anyOf": choices}
	}
	switch kind {
	case "string":
		return object{"type": "string"}
	case "string?":
		return object{"type": []string{"string", "null"}}
	case "bool":
		return object{"type": "boolean"}
	case "uint32":
		return number(json.Number("4294967295"))
	case "uint64":
		return number(json.Number("18446744073709551615"))
	case "guid":
		return ref("GUID")
	case "iid":
		return object{"type": "string", "description": "a GUID, or the name of an interface"}
	case "sid":
		return ref("SID")
	case "hresult":
		return object{"type": []string{"string", "integer"}}
	case "time":
		return ref("Time")
	case "bytes":
		return object{"type": "string", "contentEncoding": "base64"}
	case "sha1":
		return object{"type": "string", "pattern": "^[0-9A-Fa-f]{40}$"}
	case "object":
		return ref("Reference")
	case "callback:Callback", "callback:ServerCertificateValidationCallback":
		return nullable(ref("Callback"))
	case "JobPropertyValue", "FilePropertyValue":
		return nullable(ref(kind))
	}
	if fields := wire.Fields(kind); fields != nil {
		required := len(fields)
		if kind == "AuthCredentials" {
			required = 2
		}
		if s[kind] == nil {
			s[kind] = schemaOfParams(fields, required, s)
		}
		return ref(kind)
	}
	return enumeration(kind)
}

// enumerations are those whose values are one of a list.
var enumerations = map[string]func() []string{
	"JobState": names[bits.JobState], "JobType": names[bits.JobType], "JobPriority": names[bits.JobPriority],
	"ProxyUsage": names[bits.ProxyUsage], "ErrorContext": names[bits.ErrorContext], "AuthTarget": names[bits.AuthTarget],
	"AuthScheme": names[bits.AuthScheme], "CertStoreLocation": names[bits.CertStoreLocation],
	"JobPropertyID": names[bits.JobPropertyID], "FilePropertyID": names[bits.FilePropertyID],
}

func names[T interface {
	~uint8
	Valid() bool
	String() string
}]() []string {
	var all []string
	for v := range 256 {
		if T(v).Valid() {
			all = append(all, T(v).String())
		}
	}
	return all
}

func enumeration(kind string) object {
	o := object{"type": []string{"string", "integer"}, "title": kind}
	if list := enumerations[kind]; list != nil {
		o["examples"] = list()
	} else {
		o["description"] = "flags: names joined by |, or a number"
	}
	return o
}

// schemaOf is the schema of a Go type as encoding/json writes and reads it.
func schemaOf(t reflect.Type, s object) object {
	switch t {
	case reflect.TypeFor[time.Time]():
		return ref("Time")
	case reflect.TypeFor[token.Token]():
		return ref("Token")
	case reflect.TypeFor[bitsemu.Event]():
		return object{"type": "object", "required": []string{"event", "id", "level", "time"}}
	case reflect.TypeFor[json.RawMessage]():
		return object{}
	case reflect.TypeFor[code]():
		return object{"type": "string", "description": "an HRESULT: a number such as 0x80070005, read also by name"}
	case reflect.TypeFor[guid]():
		return ref("GUID")
	case reflect.TypeFor[[]byte]():
		return object{"type": "string", "contentEncoding": "base64"}
	}
	if t.Implements(reflect.TypeFor[encoding.TextMarshaler]()) {
		return object{"type": "string", "title": t.Name()}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return nullable(schemaOf(t.Elem(), s))
	case reflect.Bool:
		return object{"type": "boolean"}
	case reflect.String:
		return object{"type": "string"}
	case reflect.Slice:
		return object{"type": []string{"array", "null"}, "items": schemaOf(t.Elem(), s)}
	case reflect.Map:
		return object{"type": []string{"object", "null"}, "additionalProperties": schemaOf(t.Elem(), s)}
	case reflect.Struct:
		properties := object{}
		var required []string
		for _, f := range fieldsOf(t) {
			properties[f.name] = schemaOf(f.of, s)
			if !f.optional {
				required = append(required, f.name)
			}
		}
		slices.Sort(required)
		o := shape(required, properties)
		if t.PkgPath() == reflect.TypeFor[bitsemu.Snapshot]().PkgPath() || strings.HasSuffix(t.PkgPath(), "/jobstore") {
			s[t.Name()] = o
			return ref(t.Name())
		}
		return o
	}
	return object{"type": "integer"}
}
