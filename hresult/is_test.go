package hresult_test

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"

	"github.com/bitsemu/bitsemu/hresult"
	"github.com/stretchr/testify/require"
)

// meanings says which codes mean which error of package io/fs, written out apart from the code under test.
var meanings = map[error]string{
	fs.ErrPermission: `E_ACCESSDENIED ERROR_ACCESS_DENIED RPC_E_ACCESS_DENIED CO_E_LAUNCH_PERMSSION_DENIED
		BG_E_NEW_OWNER_NO_FILE_ACCESS BG_E_HTTP_ERROR_403 ERROR_NETWORK_ACCESS_DENIED ERROR_PRIVILEGE_NOT_HELD`,
	fs.ErrNotExist: `BG_E_NOT_FOUND BG_E_FILE_NOT_FOUND BG_E_SESSION_NOT_FOUND BG_E_HTTP_ERROR_404 BG_E_HTTP_ERROR_410
		QM_E_ITEM_NOT_FOUND ERROR_FILE_NOT_FOUND ERROR_PATH_NOT_FOUND ERROR_INVALID_DRIVE ERROR_BAD_NETPATH
		ERROR_BAD_NET_NAME ERROR_NOT_FOUND`,
	fs.ErrExist: `ERROR_FILE_EXISTS ERROR_ALREADY_EXISTS ERROR_DIR_NOT_EMPTY`,
	fs.ErrInvalid: `E_INVALIDARG ERROR_INVALID_PARAMETER E_POINTER E_HANDLE ERROR_INVALID_HANDLE E_BOUNDS
		BG_E_STRING_TOO_LONG BG_E_PROXY_LIST_TOO_LARGE BG_E_PROXY_BYPASS_LIST_TOO_LARGE BG_E_USERNAME_TOO_LARGE
		BG_E_PASSWORD_TOO_LARGE BG_E_INVALID_AUTH_TARGET BG_E_INVALID_AUTH_SCHEME BG_E_INVALID_CREDENTIALS
		BG_E_INVALID_HASH_ALGORITHM BG_E_OVERLAPPING_RANGES BG_E_UNKNOWN_PROPERTY_ID
		BG_E_MAX_DOWNLOAD_SIZE_INVALID_VALUE RPC_E_INVALID_PARAMETER ERROR_INVALID_NAME ERROR_BAD_PATHNAME
		ERROR_FILENAME_EXCED_RANGE ERROR_INVALID_SID ERROR_BAD_USERNAME ERROR_WINHTTP_INVALID_URL
		ERROR_WINHTTP_UNRECOGNIZED_SCHEME RPC_X_NULL_REF_POINTER RPC_X_ENUM_VALUE_OUT_OF_RANGE
		RPC_X_BYTE_COUNT_TOO_SMALL RPC_X_BAD_STUB_DATA`,
	fs.ErrClosed: ``, // no code means it
}

// TestIs walks all codes for each error, so that a code with the meaning matches and one without it does not.
func TestIs(t *testing.T) {
	t.Parallel()
	for target, names := range meanings {
		t.Run(target.Error(), func(t *testing.T) {
			t.Parallel()
			means := map[string]bool{}
			for _, name := range strings.Fields(names) {
				means[name] = true
			}
			for _, row := range specRows(t) {
				require.Equal(t, means[row.bare], errors.Is(row.value, target), row.bare)
				require.Equal(t, means[row.bare], errors.Is(fmt.Errorf("open: %w", row.value), target), row.bare)
				delete(means, row.bare)
			}
			require.Empty(t, means, "names that are not in the table")
			require.NotErrorIs(t, hresult.HRESULT(0x8007BEEF), target)
		})
	}
}

// uncomparable is an error that must not be compared with ==.
type uncomparable []string

func (uncomparable) Error() string { return "uncomparable" }

func TestIsOther(t *testing.T) {
	t.Parallel()
	h := hresult.E_FAIL
	require.True(t, h.Is(hresult.E_FAIL))
	require.False(t, h.Is(hresult.E_ABORT))
	require.False(t, h.Is(errors.New("E_FAIL")))
	require.False(t, h.Is(uncomparable{"a"}))
	require.False(t, h.Is(nil))
}
