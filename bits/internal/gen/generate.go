package main

import (
	"bytes"
	"embed"
	"fmt"
	"go/format"
	"strings"
	"text/template"
	"unicode"

	"github.com/google/uuid"
)

//go:embed *.tsv *.tmpl
var tables embed.FS

// typeSource is one enumeration or set of flags as its template wants it.
type typeSource struct {
	Name, Base, Prefix, Var, Comment, Heading, Field string

	Flags  bool
	Values []valueSource
}

type valueSource struct{ Name, Type, Value, Comment string }

type guidSource struct{ Name, Bytes, Comment, Major, Minor string }

// generate returns the generated files by name.
func generate() (map[string][]byte, error) {
	files := map[string][]byte{}
	for file, types := range readTypes() {
		source, err := execute("values.go.tmpl", types)
		if err != nil {
			return nil, fmt.Errorf("%s.go: %w", file, err)
		}
		files[file+".go"] = source
	}
	guids, err := readGUIDs()
	if err != nil {
		return nil, err
	}
	files["values_guid.go"], err = execute("guids.go.tmpl", guids)
	return files, err
}

// execute fills a template and formats what comes out.
func execute(name string, data any) ([]byte, error) {
	t, err := template.ParseFS(tables, name)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := t.Execute(&b, data); err != nil {
		return nil, err
	}
	return format.Source(b.Bytes())
}

// readTable returns the rows of a table below its heading.
func readTable(name string) [][]string {
	data, _ := tables.ReadFile(name) // it is embedded
	var rows [][]string
	for line := range strings.Lines(string(data)) {
		rows = append(rows, strings.Split(strings.TrimRight(line, "\n"), "\t"))
	}
	return rows[1:]
}

// readTypes returns the types by the file that they go to.
func readTypes() map[string][]typeSource {
	values := map[string][]valueSource{}
	fields := map[string]string{}
	for _, row := range readTable("values.tsv") {
		typ, name, value, version, meaning, source := row[0], row[1], row[2], row[3], row[4], row[5]
		text := fmt.Sprintf("%s: %s. BITS %s (D %s).", name, meaning, version, source)
		values[typ] = append(values[typ], valueSource{name, typ, value, comment("\t", text)})
		if strings.HasSuffix(name, "_MASK") {
			fields[typ] = name
		}
	}
	types := map[string][]typeSource{}
	for _, row := range readTable("types.tsv") {
		file, name, base, kind, windows, prefix, doc := row[0], row[1], row[2], row[3], row[4], row[5], row[6]
		types[file] = append(types[file], typeSource{
			Name: name, Base: base, Prefix: prefix, Flags: kind == "flags", Field: fields[name],
			Var:     string(unicode.ToLower(rune(name[0]))) + name[1:] + "Names",
			Comment: comment("", fmt.Sprintf("%s is %s: %s", name, windows, doc)),
			Heading: comment("", "The named values of "+name+"."),
			Values:  values[name],
		})
	}
	return types
}

func readGUIDs() ([]guidSource, error) {
	var guids []guidSource
	for _, row := range readTable("guids.tsv") {
		name, text, version, source := row[0], row[1], row[2], row[3]
		id, err := uuid.Parse(text)
		if err != nil {
			return nil, fmt.Errorf("guids.tsv: %s: %w", name, err)
		}
		var b strings.Builder
		for _, octet := range id {
			fmt.Fprintf(&b, "0x%02x, ", octet)
		}
		origin := "BITS " + version
		major, minor, ok := strings.Cut(version, ".")
		if !ok {
			major, minor, origin = "0", "0", map[string]string{
				"COM": "COM", "server-ext": "The BITS server extension", "legacy-qmgr": "The queue manager before BITS",
			}[version]
		}
		text = fmt.Sprintf("%s is {%s}. %s (%s).", name, strings.ToUpper(text), origin, source)
		guids = append(guids, guidSource{name, strings.TrimSuffix(b.String(), ", "), comment("\t", text), major, minor})
	}
	return guids, nil
}

// comment wraps text to comment lines of some 80 columns.
func comment(indent, text string) string {
	var b strings.Builder
	width := 0
	for i, word := range strings.Fields(text) {
		switch {
		case i == 0:
			b.WriteString(indent + "//")
		case width+len(word) > 76:
			b.WriteString("\n" + indent + "//")
			width = 0
		}
		b.WriteString(" " + word)
		width += 1 + len(word)
	}
	return b.String()
}
