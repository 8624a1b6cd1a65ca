package bitsemu_test

import (
	"testing"

	"go.uber.org/goleak"
)

// No test leaves a goroutine behind: an emulator that is closed has none.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }
