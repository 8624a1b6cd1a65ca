package wire

import (
	"errors"

	"github.com/bitsemu/bitsemu/bits"
)

// fieldsCredentials are those of AuthCredentials; the first two must be there.
var fieldsCredentials = []Param{
	{"Target", "AuthTarget"}, {"Scheme", "AuthScheme"}, {"Implicit", "bool"}, {"UserName", "string"}, {"Password", "string"},
}

func putCredentials(e *encoder, v bits.AuthCredentials) {
	e.open()
	put(e, "Target", v.Target, putEnum[bits.AuthTarget])
	put(e, "Scheme", v.Scheme, putEnum[bits.AuthScheme])
	put(e, "Implicit", v.Implicit, putBool)
	put(e, "UserName", v.UserName, putString)
	put(e, "Password", string(v.Password), putString)
	e.close()
}

// errCredentials is the one error for credentials: nothing of what was sent is in it.
var errCredentials = errors.New("want an object with Target (AuthTarget) and Scheme (AuthScheme), " +
	"and Implicit (bool) or UserName (string) and Password (string)")

func getCredentials(raw []byte) (bits.AuthCredentials, error) {
	f := split(raw, fieldsCredentials, 2, "field")
	v := bits.AuthCredentials{
		Target:   take(&f, 0, getEnum[bits.AuthTarget]),
		Scheme:   take(&f, 1, getEnum[bits.AuthScheme]),
		Implicit: take(&f, 2, getBool),
		UserName: take(&f, 3, getString),
		Password: bits.Secret(take(&f, 4, getString)),
	}
	if f.err != nil {
		return bits.AuthCredentials{}, errCredentials
	}
	return v, nil
}
