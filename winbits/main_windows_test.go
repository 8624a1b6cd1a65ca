package winbits_test

import (
	"context"
	"fmt"
	"os"
	"testing"

	"github.com/bitsemu/bitsemu/winbits"
)

// One connection stays open while the tests run, and with it the process's
// apartment. Wine gives the objects of the next apartment the numbers of the last
// one's, and its service mistakes one callback for another then (O).
func TestMain(m *testing.M) {
	s, err := winbits.Connect(context.Background(), winbits.Serial())
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	if err := s.Close(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}
