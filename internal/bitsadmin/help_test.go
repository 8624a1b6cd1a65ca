package bitsadmin_test

import (
	"context"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func number(t *testing.T, s string) uint64 {
	t.Helper()
	n, err := strconv.ParseUint(s, 10, 64)
	require.NoError(t, err)
	return n
}

// watch runs a command that goes on until it is interrupted.
func (r *rig) watch(args ...string) (out string, status int32) {
	ctx, cancel := context.WithTimeout(r.t.Context(), 500*time.Millisecond)
	defer cancel()
	return r.runIn(ctx, args...)
}

func lastLine(out string) string {
	lines := strings.SplitAfter(out, "\n")
	return lines[len(lines)-2]
}
