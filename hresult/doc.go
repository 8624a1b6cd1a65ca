// Package hresult gives the result codes of COM and BITS as Go errors: with names, a text for each, parsing and
// printing.
//
// A BITS call reports how it went by an HRESULT, a number of 32 bits. Here it is a comparable value that is a Go
// error, so that code which must tell one failure from another says so in the usual way:
//
//	err := job.Resume(ctx)
//	switch {
//	case errors.Is(err, hresult.BG_E_EMPTY): // exactly this code
//	case errors.Is(err, fs.ErrPermission): // E_ACCESSDENIED and its kin
//	case err != nil:
//		return err // "BG_E_INVALID_STATE (0x80200002): The job's state does not allow this call; ..."
//	}
//
// [Of] finds the HRESULT in a chain of wrapped errors. Success codes are values too ([S_FALSE],
// [BG_S_PARTIAL_COMPLETE]); [HRESULT.Err] makes sure that none of them becomes a non-nil error.
//
// # Names
//
// The constants keep Microsoft's names. A Win32 error wrapped into an HRESULT has no name of its own there: it is
// written HRESULT_FROM_WIN32(ERROR_FILE_NOT_FOUND), and this is how it prints. A Go identifier cannot hold the
// parentheses, so the constant has an underscore in their place: HRESULT_FROM_WIN32_ERROR_FILE_NOT_FOUND. [Parse]
// takes both, and ERROR_FILE_NOT_FOUND alone.
//
// Four values have two names. They print under the name that starts with E_: [E_ACCESSDENIED] is
// [HRESULT_FROM_WIN32_ERROR_ACCESS_DENIED] as well.
//
// # Sources
//
// Names and values are documented (D): they are those of the public headers named at each group of constants
// (bitsmsg.h, qmgr.h, winerror.h, winhttp.h). Constants that the Windows SDK does not have, or about which sources
// disagree, say so. The texts are this package's own and not those of Windows; they may change between releases, so
// compare codes, never texts.
package hresult

//go:generate go run ./internal/gen
