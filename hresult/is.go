package hresult

import "io/fs"

// Is reports whether h means target; [errors.Is] calls it. Besides h itself, target may be one of four errors of
// package io/fs:
//
//   - fs.ErrPermission: the caller has no right to do this.
//   - fs.ErrNotExist: the file, path, share, URL, job or other item that the caller named is not there.
//   - fs.ErrExist: it is there already, or a directory is not empty.
//   - fs.ErrInvalid: an argument is unacceptable, whatever the state of the job or the system.
//
// A failed logon is not a missing right, and a class, service or account that is missing is not a missing file: such
// codes match none of the four (C). HTTP statuses follow net/http, which turns fs.ErrPermission into 403 and
// fs.ErrNotExist into 404; 410 counts as 404.
func (h HRESULT) Is(target error) bool {
	switch target {
	case h:
		return true
	case fs.ErrPermission:
		return h.isPermission()
	case fs.ErrNotExist:
		return h.isNotExist()
	case fs.ErrExist:
		return h.isExist()
	case fs.ErrInvalid:
		return h.isInvalid()
	}
	return false
}

func (h HRESULT) isPermission() bool {
	switch h {
	case E_ACCESSDENIED,
		RPC_E_ACCESS_DENIED,
		CO_E_LAUNCH_PERMSSION_DENIED,
		BG_E_NEW_OWNER_NO_FILE_ACCESS,
		BG_E_HTTP_ERROR_403,
		HRESULT_FROM_WIN32_ERROR_NETWORK_ACCESS_DENIED,
		HRESULT_FROM_WIN32_ERROR_PRIVILEGE_NOT_HELD:
		return true
	}
	return false
}

func (h HRESULT) isNotExist() bool {
	switch h {
	case BG_E_NOT_FOUND,
		BG_E_FILE_NOT_FOUND,
		BG_E_SESSION_NOT_FOUND,
		BG_E_HTTP_ERROR_404,
		BG_E_HTTP_ERROR_410,
		QM_E_ITEM_NOT_FOUND,
		HRESULT_FROM_WIN32_ERROR_FILE_NOT_FOUND,
		HRESULT_FROM_WIN32_ERROR_PATH_NOT_FOUND,
		HRESULT_FROM_WIN32_ERROR_INVALID_DRIVE,
		HRESULT_FROM_WIN32_ERROR_BAD_NETPATH,
		HRESULT_FROM_WIN32_ERROR_BAD_NET_NAME,
		HRESULT_FROM_WIN32_ERROR_NOT_FOUND:
		return true
	}
	return false
}

func (h HRESULT) isExist() bool {
	switch h {
	case HRESULT_FROM_WIN32_ERROR_FILE_EXISTS,
		HRESULT_FROM_WIN32_ERROR_ALREADY_EXISTS,
		HRESULT_FROM_WIN32_ERROR_DIR_NOT_EMPTY:
		return true
	}
	return false
}

func (h HRESULT) isInvalid() bool {
	switch h {
	case E_INVALIDARG,
		E_POINTER,
		E_HANDLE,
		E_BOUNDS,
		BG_E_STRING_TOO_LONG,
		BG_E_PROXY_LIST_TOO_LARGE,
		BG_E_PROXY_BYPASS_LIST_TOO_LARGE,
		BG_E_USERNAME_TOO_LARGE,
		BG_E_PASSWORD_TOO_LARGE,
		BG_E_INVALID_AUTH_TARGET,
		BG_E_INVALID_AUTH_SCHEME,
		BG_E_INVALID_CREDENTIALS,
		BG_E_INVALID_HASH_ALGORITHM,
		BG_E_OVERLAPPING_RANGES,
		BG_E_UNKNOWN_PROPERTY_ID,
		BG_E_MAX_DOWNLOAD_SIZE_INVALID_VALUE,
		RPC_E_INVALID_PARAMETER,
		HRESULT_FROM_WIN32_ERROR_INVALID_NAME,
		HRESULT_FROM_WIN32_ERROR_BAD_PATHNAME,
		HRESULT_FROM_WIN32_ERROR_FILENAME_EXCED_RANGE,
		HRESULT_FROM_WIN32_ERROR_INVALID_SID,
		HRESULT_FROM_WIN32_ERROR_BAD_USERNAME,
		HRESULT_FROM_WIN32_ERROR_WINHTTP_INVALID_URL,
		HRESULT_FROM_WIN32_ERROR_WINHTTP_UNRECOGNIZED_SCHEME,
		HRESULT_FROM_WIN32_RPC_X_NULL_REF_POINTER,
		HRESULT_FROM_WIN32_RPC_X_ENUM_VALUE_OUT_OF_RANGE,
		HRESULT_FROM_WIN32_RPC_X_BYTE_COUNT_TOO_SMALL,
		HRESULT_FROM_WIN32_RPC_X_BAD_STUB_DATA:
		return true
	}
	return false
}
