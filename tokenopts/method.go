package tokenopts

import "strconv"

// Method is a call that the rules judge: QueryInterface for IBitsTokenOptions,
// the methods of that interface, and TakeOwnership of the job.
type Method uint8

// The calls under their names in Windows.
const (
	QueryInterface Method = 1 + iota
	GetHelperTokenFlags
	GetHelperTokenSid
	ClearHelperToken
	SetHelperTokenFlags
	SetHelperToken
	TakeOwnership
)

var methodNames = [...]string{
	QueryInterface:      "QueryInterface",
	GetHelperTokenFlags: "GetHelperTokenFlags",
	GetHelperTokenSid:   "GetHelperTokenSid",
	ClearHelperToken:    "ClearHelperToken",
	SetHelperTokenFlags: "SetHelperTokenFlags",
	SetHelperToken:      "SetHelperToken",
	TakeOwnership:       "TakeOwnership",
}

// Valid reports whether m is one of the calls above.
func (m Method) Valid() bool { return QueryInterface <= m && m <= TakeOwnership }

// String prints the name, and the number where there is none.
func (m Method) String() string {
	if !m.Valid() {
		return "method " + strconv.Itoa(int(m))
	}
	return methodNames[m]
}
