package main

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
)

// bitsPackage is what the source of package bits says.
type bitsPackage struct {
	ifaces  []*iface           // in the order of their identifiers' table
	structs map[string][]param // fields by the name of the type
	enums   map[string]bool    // enumerations and flags
}

// iface is an interface of the contract.
type iface struct {
	name    string // Job4
	iid     string // IID_IBackgroundCopyJob4
	base    string // Job3, Unknown, or "" for a callback and for Unknown itself
	methods []method
}

func (i *iface) com() string { return strings.TrimPrefix(i.iid, "IID_") }

// callback reports whether it is implemented by the caller.
func (i *iface) callback() bool { return strings.Contains(i.name, "Callback") }

// method is one that an interface adds to its base.
type method struct {
	name    string
	args    []param
	results []param // without status, ok and error
	status  bool    // the HRESULT comes beside the error
	ok      bool    // S_FALSE is a result ok
}

// param is an argument, a result or the field of a struct, with its Go type as
// package bits writes it.
type param struct{ name, gotype string }

// read parses the package in a directory.
func read(dir string) (*bitsPackage, error) {
	files := token.NewFileSet()
	names, err := fs.Glob(os.DirFS(dir), "*.go")
	if err != nil {
		return nil, err
	}
	p := &bitsPackage{structs: map[string][]param{}, enums: map[string]bool{}}
	specs := map[string]ast.Expr{}
	var table *ast.CompositeLit
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(files, dir+"/"+name, nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		for _, decl := range file.Decls {
			general, ok := decl.(*ast.GenDecl)
			if !ok {
				continue
			}
			for _, spec := range general.Specs {
				switch s := spec.(type) {
				case *ast.TypeSpec:
					specs[s.Name.Name] = s.Type
				case *ast.ValueSpec:
					if s.Names[0].Name == "iids" && len(s.Values) == 1 {
						table, _ = s.Values[0].(*ast.CompositeLit)
					}
				}
			}
		}
	}
	if table == nil {
		return nil, errors.New("package bits has no table iids")
	}
	for name, typ := range specs {
		switch t := typ.(type) {
		case *ast.StructType:
			p.structs[name] = fields(t.Fields)
		case *ast.Ident:
			p.enums[name] = t.Name == "uint8" || t.Name == "uint32"
		}
	}
	for _, entry := range table.Elts {
		i, err := readInterface(entry, specs)
		if err != nil {
			return nil, err
		}
		p.ifaces = append(p.ifaces, i)
	}
	return p, nil
}

// readInterface reads an entry such as reflect.TypeFor[Job](): IID_IBackgroundCopyJob.
func readInterface(entry ast.Expr, specs map[string]ast.Expr) (*iface, error) {
	pair, ok := entry.(*ast.KeyValueExpr)
	if !ok {
		return nil, errors.New("an entry of the table iids is no pair")
	}
	call, ok := pair.Key.(*ast.CallExpr)
	if !ok {
		return nil, errors.New("a key of the table iids is no call")
	}
	of, ok := call.Fun.(*ast.IndexExpr)
	if !ok {
		return nil, errors.New("a key of the table iids has no type")
	}
	i := &iface{name: types.ExprString(of.Index), iid: types.ExprString(pair.Value)}
	typ, ok := specs[i.name].(*ast.InterfaceType)
	if !ok {
		return nil, fmt.Errorf("%s is no interface", i.name)
	}
	err := i.add(typ, specs, nil)
	return i, err
}

// add reads the methods of an interface. In those of a generic one stands names
// what to write for its type parameters.
func (i *iface) add(typ *ast.InterfaceType, specs map[string]ast.Expr, stands map[string]string) error {
	for _, f := range typ.Methods.List {
		switch t := f.Type.(type) {
		case *ast.Ident:
			i.base = t.Name
		case *ast.IndexListExpr: // Enumerator[Job, EnumJobs]
			generic, ok := specs[types.ExprString(t.X)].(*ast.InterfaceType)
			if !ok || len(t.Indices) != 2 {
				return fmt.Errorf("%s embeds %s", i.name, types.ExprString(t))
			}
			err := i.add(generic, specs, map[string]string{
				"T": types.ExprString(t.Indices[0]), "[]T": "[]" + types.ExprString(t.Indices[0]), "E": types.ExprString(t.Indices[1]),
			})
			if err != nil {
				return err
			}
		case *ast.FuncType:
			m, err := readMethod(f.Names[0].Name, t, stands)
			if err != nil {
				return fmt.Errorf("%s: %w", i.name, err)
			}
			i.methods = append(i.methods, m)
		default:
			return fmt.Errorf("%s has a %T", i.name, t)
		}
	}
	return nil
}

func readMethod(name string, t *ast.FuncType, stands map[string]string) (method, error) {
	m := method{name: name}
	args := fields(t.Params)
	results := fields(t.Results)
	if len(args) == 0 || args[0].gotype != "context.Context" {
		return m, fmt.Errorf("%s has no context", name)
	}
	m.args = args[1:]
	last := len(results) - 1
	if last < 0 || results[last].gotype != "error" {
		return m, fmt.Errorf("%s returns no error", name)
	}
	m.results = results[:last]
	if last--; last >= 0 {
		switch r := results[last]; {
		case r.gotype == "hresult.HRESULT" && (r.name == "" || r.name == "result"):
			m.status = true
		case r.gotype == "bool" && r.name == "ok":
			m.ok = true
		}
	}
	if m.status || m.ok {
		m.results = results[:last]
	}
	for _, list := range [][]param{m.args, m.results} {
		for i := range list {
			if known, ok := stands[list[i].gotype]; ok {
				list[i].gotype = known
			}
			switch p := &list[i]; {
			case p.name == "" && p.gotype == "any":
				p.name = "object"
			case p.name == "":
				p.name = "value"
			case p.name == "iid":
				p.gotype = "iid"
			}
		}
	}
	if len(m.results) > 1 && m.results[1].name == "value" {
		return m, fmt.Errorf("%s returns several values without names", name)
	}
	return m, nil
}

// fields flattens a list: one entry for each name.
func fields(list *ast.FieldList) []param {
	if list == nil {
		return nil
	}
	var all []param
	for _, f := range list.List {
		gotype := types.ExprString(f.Type)
		if len(f.Names) == 0 {
			all = append(all, param{"", gotype})
		}
		for _, n := range f.Names {
			all = append(all, param{n.Name, gotype})
		}
	}
	return all
}

// find returns an interface.
func (p *bitsPackage) find(name string) *iface {
	i := slices.IndexFunc(p.ifaces, func(i *iface) bool { return i.name == name })
	if i < 0 {
		return nil
	}
	return p.ifaces[i]
}

// usedStructs are the structs that methods take or return, in the order of their
// names, but for those that are not written by the generator.
func (p *bitsPackage) usedStructs() []string {
	used := map[string]bool{}
	for _, i := range p.ifaces {
		for _, m := range i.methods {
			for _, a := range slices.Concat(m.args, m.results) {
				name := strings.TrimPrefix(a.gotype, "[]")
				if _, ok := p.structs[name]; ok && name != "AuthCredentials" {
					used[name] = true
				}
			}
		}
	}
	return slices.Sorted(maps.Keys(used))
}
