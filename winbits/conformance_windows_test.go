package winbits_test

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/windows"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/bitstest"
	"github.com/bitsemu/bitsemu/winbits"
	"github.com/bitsemu/bitsemu/winbits/internal/served"
)

// isWine tells whether this is Wine and not Windows.
func isWine() bool {
	return windows.NewLazySystemDLL("ntdll.dll").NewProc("wine_get_version").Find() == nil
}

// TestConformance holds the service of Windows to the suite that the emulator
// passes. It takes minutes, since time is real.
func TestConformance(t *testing.T) {
	switch {
	case isWine():
		t.Skip("the cases that Wine does not pass are listed; make wine runs each in a process of its own")
	case testing.Short():
		t.Skip("time is real")
	}
	dir, err := os.MkdirTemp("", "winbits")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(dir)) })
	server, opts, err := served.New()
	require.NoError(t, err)
	t.Cleanup(server.Close)
	bitstest.Run(t, func(t *testing.T) bits.Manager {
		service, err := winbits.Connect(t.Context())
		require.NoError(t, err)
		// The cases clean up before this.
		t.Cleanup(func() { require.NoError(t, service.Close()) })
		return service.Manager()
	}, append(opts, bitstest.Dir(dir, nil))...)
}
