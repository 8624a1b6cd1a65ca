package hresult_test

import (
	"errors"
	"fmt"
	"io/fs"

	"github.com/bitsemu/bitsemu/hresult"
)

// resume stands for a call that fails.
func resume() error { return fmt.Errorf("resume job 7: %w", hresult.E_ACCESSDENIED) }

func Example() {
	err := resume()
	fmt.Println(err)
	fmt.Println(errors.Is(err, hresult.E_ACCESSDENIED))
	fmt.Println(errors.Is(err, fs.ErrPermission))
	fmt.Println(errors.Is(err, fs.ErrNotExist))
	// Output:
	// resume job 7: E_ACCESSDENIED (0x80070005): The caller does not have the right to do this.
	// true
	// true
	// false
}

func ExampleOf() {
	if h, ok := hresult.Of(resume()); ok {
		fmt.Println(h.Hex(), h.Facility(), h.Code())
		fmt.Println("exit code", int32(h))
	}
	// Output:
	// 0x80070005 FACILITY_WIN32 5
	// exit code -2147024891
}

func ExampleParse() {
	for _, s := range []string{"BG_E_EMPTY", "HRESULT_FROM_WIN32(ERROR_DISK_FULL)", "error_disk_full", "0x80200003", "80200003", "-2145386493"} {
		h, err := hresult.Parse(s)
		fmt.Println(h.String(), err)
	}
	_, err := hresult.Parse("E_TYPO")
	fmt.Println(err)
	// Output:
	// BG_E_EMPTY <nil>
	// HRESULT_FROM_WIN32(ERROR_DISK_FULL) <nil>
	// HRESULT_FROM_WIN32(ERROR_DISK_FULL) <nil>
	// BG_E_EMPTY <nil>
	// BG_E_EMPTY <nil>
	// BG_E_EMPTY <nil>
	// hresult: "E_TYPO" is neither a known name nor a number like 0x80070005, 80070005 or -2147024891
}

func ExampleFromHTTPStatus() {
	fmt.Println(hresult.FromHTTPStatus(404))
	fmt.Println(hresult.FromHTTPStatus(418))
	// Output:
	// BG_E_HTTP_ERROR_404 (0x80190194): The server answered 404: there is nothing at this URL.
	// HTTP status 418 (0x801901A2)
}

func ExampleHRESULT_Err() {
	fmt.Println(hresult.BG_S_PARTIAL_COMPLETE.Err())
	fmt.Println(hresult.BG_E_EMPTY.Err())
	// Output:
	// <nil>
	// BG_E_EMPTY (0x80200003): The job holds no file yet, so it cannot be resumed.
}
