package winpath_test

import (
	"unicode"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/internal/winpath"
)

// parse is winpath.MustParse under a short name.
func parse(s string) winpath.Path { return winpath.MustParse(s) }

// swapCase gives a letter its other case.
func swapCase(r rune) rune {
	if unicode.IsUpper(r) {
		return unicode.ToLower(r)
	}
	return unicode.ToUpper(r)
}

// requireCode asks for an *Error with this code, and for the operation it names.
func requireCode(t require.TestingT, err error, code hresult.HRESULT, op string) {
	e := asError(t, err)
	require.Equal(t, code, e.Code, e)
	require.Equal(t, op, e.Op, e)
	require.ErrorIs(t, err, code)
	require.ErrorIs(t, err, e.Err)
	carried, ok := hresult.Of(err)
	require.True(t, ok)
	require.Equal(t, code, carried)
}

// asError returns the *Error in err.
func asError(t require.TestingT, err error) *winpath.Error {
	var e *winpath.Error
	require.ErrorAs(t, err, &e)
	return e
}

// Short names for the codes of the tables.
const (
	invalidArg    = hresult.E_INVALIDARG
	accessDenied  = hresult.E_ACCESSDENIED
	invalidName   = hresult.HRESULT_FROM_WIN32_ERROR_INVALID_NAME
	badPathname   = hresult.HRESULT_FROM_WIN32_ERROR_BAD_PATHNAME
	tooLong       = hresult.HRESULT_FROM_WIN32_ERROR_FILENAME_EXCED_RANGE
	notDirectory  = hresult.HRESULT_FROM_WIN32_ERROR_DIRECTORY
	fileNotFound  = hresult.HRESULT_FROM_WIN32_ERROR_FILE_NOT_FOUND
	pathNotFound  = hresult.HRESULT_FROM_WIN32_ERROR_PATH_NOT_FOUND
	fileExists    = hresult.HRESULT_FROM_WIN32_ERROR_FILE_EXISTS
	invalidHandle = hresult.HRESULT_FROM_WIN32_ERROR_INVALID_HANDLE
)
