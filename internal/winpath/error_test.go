package winpath_test

import (
	"io/fs"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/internal/winpath"
)

func TestErrorTellsWhatAndWhere(t *testing.T) {
	t.Parallel()
	_, err := winpath.Parse(`C:\a?b`)
	require.EqualError(t, err, "winpath: parse `C:\\a?b`: byte 4: '?' is reserved: "+invalidName.Error())
	require.ErrorIs(t, err, fs.ErrInvalid)
	require.NotErrorIs(t, err, fs.ErrNotExist)
}

func TestErrorWrapsCodeFirst(t *testing.T) {
	t.Parallel()
	err := &winpath.Error{Op: "open", Path: `C:\a`, Code: hresult.E_ACCESSDENIED, Err: fs.ErrExist}
	require.Equal(t, []error{hresult.E_ACCESSDENIED, fs.ErrExist}, err.Unwrap())
	require.ErrorIs(t, err, fs.ErrPermission)
	require.ErrorIs(t, err, fs.ErrExist)
}

func TestErrorRepeatsOnlyTheStartOfLongNames(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct{ in, want string }{
		"all":  {strings.Repeat("a", 780), strings.Repeat("a", 780)},
		"part": {strings.Repeat("a", 100_000), strings.Repeat("a", 780) + "..."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := winpath.ParseLocalName(row.in)
			requireCode(t, err, invalidArg, "parse")
			require.Equal(t, row.want, asError(t, err).Path)
		})
	}
}
