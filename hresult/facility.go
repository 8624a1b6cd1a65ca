package hresult

import "strconv"

// Facility is the part of the system that an HRESULT comes from.
type Facility uint16

// The facilities that a user of BITS meets (D: winerror.h). The legacy queue manager's QM_E_* codes carry 256, which
// Windows later gave to another facility; it has no name here.
const (
	FACILITY_NULL           Facility = 0  // no facility: E_FAIL and other general codes
	FACILITY_RPC            Facility = 1  // remote calls
	FACILITY_DISPATCH       Facility = 2  // IDispatch
	FACILITY_STORAGE        Facility = 3  // structured storage
	FACILITY_ITF            Facility = 4  // codes whose meaning belongs to the interface that returns them
	FACILITY_WIN32          Facility = 7  // Win32 error codes, see FromWin32
	FACILITY_WINDOWS        Facility = 8  // Windows' own interfaces
	FACILITY_SECURITY       Facility = 9  // security packages and certificate stores
	FACILITY_CONTROL        Facility = 10 // OLE controls
	FACILITY_CERT           Facility = 11 // certificates
	FACILITY_INTERNET       Facility = 12 // URL monikers and WinINet
	FACILITY_HTTP           Facility = 25 // HTTP status codes, see FromHTTPStatus
	FACILITY_BACKGROUNDCOPY Facility = 32 // BITS
)

// String returns the name, such as "FACILITY_WIN32", or "facility 256" for one without a name.
func (f Facility) String() string {
	switch f {
	case FACILITY_NULL:
		return "FACILITY_NULL"
	case FACILITY_RPC:
		return "FACILITY_RPC"
	case FACILITY_DISPATCH:
		return "FACILITY_DISPATCH"
	case FACILITY_STORAGE:
		return "FACILITY_STORAGE"
	case FACILITY_ITF:
		return "FACILITY_ITF"
	case FACILITY_WIN32:
		return "FACILITY_WIN32"
	case FACILITY_WINDOWS:
		return "FACILITY_WINDOWS"
	case FACILITY_SECURITY:
		return "FACILITY_SECURITY"
	case FACILITY_CONTROL:
		return "FACILITY_CONTROL"
	case FACILITY_CERT:
		return "FACILITY_CERT"
	case FACILITY_INTERNET:
		return "FACILITY_INTERNET"
	case FACILITY_HTTP:
		return "FACILITY_HTTP"
	case FACILITY_BACKGROUNDCOPY:
		return "FACILITY_BACKGROUNDCOPY"
	}
	return "facility " + strconv.Itoa(int(f))
}
