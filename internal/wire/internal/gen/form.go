package main

import (
	"fmt"
	"strings"
)

// form is how a type is written in Go outside of package bits, how it is called
// on the wire, and which functions of package wire write and read it.
type form struct{ gotype, kind, put, get string }

var forms = map[string]form{
	"string":            {"string", "string", "putString", "getString"},
	"*string":           {"*string", "string?", "putNullable", "getNullable"},
	"bool":              {"bool", "bool", "putBool", "getBool"},
	"uint32":            {"uint32", "uint32", "putNumber[uint32]", "getNumber[uint32]"},
	"uint64":            {"uint64", "uint64", "putNumber[uint64]", "getNumber[uint64]"},
	"uuid.UUID":         {"uuid.UUID", "guid", "putGUID", "getGUID"},
	"iid":               {"uuid.UUID", "iid", "putGUID", "getIID"}, // an argument of this name
	"sid.SID":           {"sid.SID", "sid", "putSID", "getSID"},
	"hresult.HRESULT":   {"hresult.HRESULT", "hresult", "putHRESULT", "getHRESULT"},
	"time.Time":         {"time.Time", "time", "putTime", "getTime"},
	"[]byte":            {"[]byte", "bytes", "putBytes", "getBytes"},
	"[20]byte":          {"[20]byte", "sha1", "putSHA1", "getSHA1"},
	"AuthCredentials":   {"bits.AuthCredentials", "AuthCredentials", "putCredentials", "getCredentials"},
	"JobPropertyValue":  {"bits.JobPropertyValue", "JobPropertyValue", "putJobProperty", "getJobProperty"},
	"FilePropertyValue": {"bits.FilePropertyValue", "FilePropertyValue", "putFileProperty", "getFileProperty"},
	"any":               {"any", "object", "putObject(o)", "getObject(o)"},
}

// formOf finds the form of a type as package bits writes it.
func (p *bitsPackage) formOf(gotype string) (form, error) {
	if f, ok := forms[gotype]; ok {
		return f, nil
	}
	if elem, ok := strings.CutPrefix(gotype, "[]"); ok {
		f, err := p.formOf(elem)
		return form{"[]" + f.gotype, f.kind + "[]", "putList(" + f.put + ")", "getList(" + f.get + ")"}, err
	}
	full := "bits." + gotype
	if i := p.find(gotype); i != nil {
		kind := "object:"
		if i.callback() {
			kind = "callback:"
		}
		return form{
			full, kind + gotype,
			fmt.Sprintf("putPointer[%s](o, %q)", full, gotype), fmt.Sprintf("getPointer[%s](o, %q)", full, gotype),
		}, nil
	}
	if _, ok := p.structs[gotype]; ok {
		return form{full, gotype, "put" + gotype, "get" + gotype}, nil
	}
	if p.enums[gotype] {
		return form{full, gotype, "putEnum[" + full + "]", "getEnum[" + full + "]"}, nil
	}
	return form{}, fmt.Errorf("no form for the type %s", gotype)
}
