package wire

import (
	"fmt"

	"github.com/google/uuid"

	"github.com/bitsemu/bitsemu/bits"
)

// fieldsProperty are those of a property's value: its type tells what value is.
var fieldsProperty = []Param{{"type", "string"}, {"value", "any"}}

// member writes a member of the union.
func member[T any](e *encoder, kind string, v T, write func(*encoder, T)) {
	e.open()
	put(e, "type", kind, putString)
	put(e, "value", v, write)
	e.close()
}

func putJobProperty(e *encoder, v bits.JobPropertyValue) {
	switch v := v.(type) {
	case bits.PropertyDword:
		member(e, "dword", v, putNumber[bits.PropertyDword])
	case bits.PropertyClsID:
		member(e, "clsid", uuid.UUID(v), putGUID)
	case bits.PropertyEnable:
		member(e, "enable", bool(v), putBool)
	case bits.PropertyUint64:
		member(e, "uint64", v, putNumber[bits.PropertyUint64])
	case bits.PropertyTarget:
		member(e, "target", bits.AuthTarget(v), putEnum[bits.AuthTarget])
	default:
		putNull(e) // nil: the interface is closed
	}
}

func putFileProperty(e *encoder, v bits.FilePropertyValue) {
	s, ok := v.(bits.PropertyString)
	if !ok {
		putNull(e) // nil: the interface is closed
		return
	}
	member(e, "string", string(s), putString)
}

func getJobProperty(raw []byte) (bits.JobPropertyValue, error) {
	if isNull(raw) {
		return nil, nil
	}
	v := split(raw, fieldsProperty, len(fieldsProperty), "field")
	var value bits.JobPropertyValue
	switch kind := take(&v, 0, getString); {
	case v.err != nil:
	case kind == "dword":
		value = take(&v, 1, getNumber[bits.PropertyDword])
	case kind == "clsid":
		value = bits.PropertyClsID(take(&v, 1, getGUID))
	case kind == "enable":
		value = bits.PropertyEnable(take(&v, 1, getBool))
	case kind == "uint64":
		value = take(&v, 1, getNumber[bits.PropertyUint64])
	case kind == "target":
		value = bits.PropertyTarget(take(&v, 1, getEnum[bits.AuthTarget]))
	default:
		v.err = v.place(0, fmt.Errorf("%q, want dword, clsid, enable, uint64 or target", kind))
	}
	if v.err != nil {
		return nil, v.err
	}
	return value, nil
}

func getFileProperty(raw []byte) (bits.FilePropertyValue, error) {
	if isNull(raw) {
		return nil, nil
	}
	v := split(raw, fieldsProperty, len(fieldsProperty), "field")
	if kind := take(&v, 0, getString); v.err == nil && kind != "string" {
		v.err = v.place(0, fmt.Errorf("%q, want string", kind))
	}
	value := take(&v, 1, getString)
	if v.err != nil {
		return nil, v.err
	}
	return bits.PropertyString(value), nil
}
