package tokenopts

import "strconv"

// Method is a call that the rules judge: QueryInterface for IBitsTokenOptions,
// the methods of that interface, TakeOwnership of the job, and what the other
// methods of a job have in common.
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

	RetrieveJob // to get at a job, and to read what is not the owner's alone
	ModifyJob   // any method that changes the job
	OwnJob      // what is for the owner alone: credentials, certificates, custom headers
)

var methodNames = [...]string{
	QueryInterface:      "QueryInterface",
	GetHelperTokenFlags: "GetHelperTokenFlags",
	GetHelperTokenSid:   "GetHelperTokenSid",
	ClearHelperToken:    "ClearHelperToken",
	SetHelperTokenFlags: "SetHelperTokenFlags",
	SetHelperToken:      "SetHelperToken",
	TakeOwnership:       "TakeOwnership",
	RetrieveJob:         "to retrieve the job",
	ModifyJob:           "to modify the job",
	OwnJob:              "what the owner keeps to himself",
}

// Valid reports whether m is one of the calls above.
func (m Method) Valid() bool { return QueryInterface <= m && m <= OwnJob }

// String prints the name, and the number where there is none.
func (m Method) String() string {
	if !m.Valid() {
		return "method " + strconv.Itoa(int(m))
	}
	return methodNames[m]
}
