package hresult_test

import (
	"testing"

	"github.com/bitsemu/bitsemu/hresult"
	"github.com/stretchr/testify/require"
)

func TestFacilityString(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		f    hresult.Facility
		n    int
		name string
	}{
		{hresult.FACILITY_NULL, 0, "FACILITY_NULL"},
		{hresult.FACILITY_RPC, 1, "FACILITY_RPC"},
		{hresult.FACILITY_DISPATCH, 2, "FACILITY_DISPATCH"},
		{hresult.FACILITY_STORAGE, 3, "FACILITY_STORAGE"},
		{hresult.FACILITY_ITF, 4, "FACILITY_ITF"},
		{hresult.FACILITY_WIN32, 7, "FACILITY_WIN32"},
		{hresult.FACILITY_WINDOWS, 8, "FACILITY_WINDOWS"},
		{hresult.FACILITY_SECURITY, 9, "FACILITY_SECURITY"},
		{hresult.FACILITY_CONTROL, 10, "FACILITY_CONTROL"},
		{hresult.FACILITY_CERT, 11, "FACILITY_CERT"},
		{hresult.FACILITY_INTERNET, 12, "FACILITY_INTERNET"},
		{hresult.FACILITY_HTTP, 25, "FACILITY_HTTP"},
		{hresult.FACILITY_BACKGROUNDCOPY, 32, "FACILITY_BACKGROUNDCOPY"},
		{hresult.QM_E_INVALID_STATE.Facility(), 256, "facility 256"},
		{hresult.Facility(0xFFFF), 65535, "facility 65535"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			require.EqualValues(t, test.n, test.f)
			require.Equal(t, test.name, test.f.String())
		})
	}
}
