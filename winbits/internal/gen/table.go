package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// iface is an interface with the methods that it adds to its base.
type iface struct {
	name, base string
	first      int // slot of the first of its own methods
	methods    []method
}

// method is one slot.
type method struct {
	name    string
	returns string // its C type
	params  []param
}

// param is a parameter of a method, without the object itself.
type param struct {
	name, ctype string
	out         bool
	unique      bool // the pointer may be NULL
}

const root = "IUnknown"

// parse reads the table and checks that every interface has all slots, and
// those of its base in the same places.
func parse(text string) ([]iface, error) {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	if want := "interface\tbase\tslot\tmethod\tsignature\tdirections"; lines[0] != want {
		return nil, fmt.Errorf("the table begins with %q, not %q", lines[0], want)
	}
	var order []string
	bases, rows := map[string]string{}, map[string][]method{}
	for i, line := range lines[1:] {
		f := strings.Split(line, "\t")
		if len(f) != 6 {
			return nil, fmt.Errorf("line %d has %d fields, not 6", i+2, len(f))
		}
		name := f[0]
		if _, ok := bases[name]; !ok {
			order = append(order, name)
			bases[name] = f[1]
		}
		if slot, err := strconv.Atoi(f[2]); err != nil || slot != len(rows[name]) || bases[name] != f[1] {
			return nil, fmt.Errorf("line %d: slot %s of %s (%s), where slot %d is due", i+2, f[2], name, f[1], len(rows[name]))
		}
		m, err := parseMethod(f[3], f[4], f[5])
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", i+2, err)
		}
		rows[name] = append(rows[name], m)
	}
	if len(order) == 0 {
		return nil, fmt.Errorf("the table is empty")
	}
	ifaces := []iface{{name: root, methods: rows[order[0]][:3]}}
	rows[root] = rows[order[0]][:3]
	for len(order) > 0 { // bases first
		var later []string
		for _, name := range order {
			base, ok := rows[bases[name]]
			if !ok {
				return nil, fmt.Errorf("%s is derived from %s, which is not in the table", name, bases[name])
			}
			if !slices.ContainsFunc(ifaces, func(i iface) bool { return i.name == bases[name] }) {
				later = append(later, name)
				continue
			}
			own := rows[name]
			if len(own) < len(base) || !slices.EqualFunc(own[:len(base)], base, method.equal) {
				return nil, fmt.Errorf("%s does not begin with the slots of %s", name, bases[name])
			}
			ifaces = append(ifaces, iface{name, bases[name], len(base), own[len(base):]})
		}
		if len(later) == len(order) {
			return nil, fmt.Errorf("%v are derived from each other", later)
		}
		order = later
	}
	return ifaces, nil
}

func (m method) equal(n method) bool {
	return m.name == n.name && m.returns == n.returns && slices.Equal(m.params, n.params)
}

// parseMethod reads "HRESULT (ULONG celt, GUID* pVal)" and "in,out+unique".
func parseMethod(name, signature, directions string) (method, error) {
	returns, list, ok := strings.Cut(strings.TrimSuffix(signature, ")"), " (")
	m := method{name: name, returns: returns}
	if !ok {
		return m, fmt.Errorf("%s: signature %q", name, signature)
	}
	if list == "void" {
		return m, nil
	}
	dirs := strings.Split(directions, ",")
	for i, p := range strings.Split(list, ",") {
		if i >= len(dirs) {
			return m, fmt.Errorf("%s: more parameters than directions", name)
		}
		p = strings.TrimPrefix(strings.TrimSpace(p), "const ")
		at := strings.LastIndex(p, " ")
		if at < 0 {
			return m, fmt.Errorf("%s: parameter %q", name, p)
		}
		ctype, pname := p[:at], p[at+1:]
		if rest, ok := strings.CutSuffix(pname, "[]"); ok {
			ctype, pname = ctype+"*", rest
		}
		dir, mark, _ := strings.Cut(dirs[i], "+")
		m.params = append(m.params, param{
			name: pname, ctype: ctype,
			out:    dir == "out" || dir == "inout" && strings.HasSuffix(ctype, "*"),
			unique: mark == "unique",
		})
	}
	return m, nil
}
