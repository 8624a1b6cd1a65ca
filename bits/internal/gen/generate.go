package main

import (
	"bytes"
	"fmt"
	"go/format"
	"io/fs"
	"strings"
	"text/template"
	"unicode"

	"github.com/google/uuid"
)

// typeSource is an enumeration or a set of flags as the template wants it.
type typeSource struct {
	Name, Base, Prefix, Var, Comment, Heading string

	Flags  bool
	Field  string // name of the mask of the bits that hold a number
	Values []valueSource
}

type valueSource struct{ Name, Type, Value, Comment string }

type guidSource struct{ Name, Bytes, Comment, Major, Minor string }

// generate returns the generated files by name.
func generate(fsys fs.FS) (map[string][]byte, error) {
	types, err := readTypes(fsys)
	if err != nil {
		return nil, err
	}
	guids, err := readGUIDs(fsys)
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	for file, types := range types {
		if files[file+"_gen.go"], err = execute(fsys, "values.go.tmpl", types); err != nil {
			return nil, err
		}
	}
	files["guid_gen.go"], err = execute(fsys, "guids.go.tmpl", guids)
	return files, err
}

// execute fills a template and formats what comes out.
func execute(fsys fs.FS, name string, data any) ([]byte, error) {
	t, err := template.ParseFS(fsys, name)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := t.Execute(&b, data); err != nil {
		return nil, err
	}
	source, err := format.Source(b.Bytes())
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return source, nil
}

// readTypes returns the types by the file that they go to.
func readTypes(fsys fs.FS) (map[string][]typeSource, error) {
	rows, err := readTable(fsys, "values.tsv")
	if err != nil {
		return nil, err
	}
	values := map[string][]valueSource{}
	fields := map[string]string{}
	for _, row := range rows {
		typ, name := row["type"], row["name"]
		text := fmt.Sprintf("%s: %s. BITS %s (D %s).", name, row["meaning"], row["bits"], row["source"])
		values[typ] = append(values[typ], valueSource{name, typ, row["value"], comment("\t", text)})
		if strings.HasSuffix(name, "_MASK") {
			fields[typ] = name
		}
	}
	if rows, err = readTable(fsys, "types.tsv"); err != nil {
		return nil, err
	}
	types := map[string][]typeSource{}
	for _, row := range rows {
		name := row["type"]
		if len(values[name]) == 0 {
			return nil, fmt.Errorf("types.tsv: %q has no values", name)
		}
		types[row["file"]] = append(types[row["file"]], typeSource{
			Name: name, Base: row["base"], Prefix: row["prefix"], Flags: row["kind"] == "flags", Field: fields[name],
			Var:     string(unicode.ToLower(rune(name[0]))) + name[1:] + "Names",
			Comment: comment("", fmt.Sprintf("%s %s: %s", name, row["windows"], row["doc"])),
			Heading: comment("", "The named values of "+name+"."),
			Values:  values[name],
		})
		delete(values, name)
	}
	for name := range values {
		return nil, fmt.Errorf("values.tsv: %q is not in types.tsv", name)
	}
	return types, nil
}

// origins are the GUIDs that belong to no version of BITS.
var origins = map[string]string{
	"COM":         "COM",
	"server-ext":  "The BITS server extension",
	"legacy-qmgr": "The queue manager before BITS",
}

func readGUIDs(fsys fs.FS) ([]guidSource, error) {
	rows, err := readTable(fsys, "guids.tsv")
	if err != nil {
		return nil, err
	}
	var guids []guidSource
	for _, row := range rows {
		id, err := uuid.Parse(row["guid"])
		if err != nil {
			return nil, fmt.Errorf("guids.tsv: %s: %w", row["name"], err)
		}
		g := guidSource{Name: row["name"], Bytes: strings.ReplaceAll(fmt.Sprintf("% #x", id[:]), " ", ", ")}
		origin := origins[row["bits"]]
		if g.Major, g.Minor = "0", "0"; origin == "" {
			origin = "BITS " + row["bits"]
			g.Major, g.Minor, _ = strings.Cut(row["bits"], ".")
		}
		g.Comment = comment("\t", fmt.Sprintf("%s is {%s}. %s (%s).", g.Name, strings.ToUpper(id.String()), origin, row["source"]))
		guids = append(guids, g)
	}
	return guids, nil
}
