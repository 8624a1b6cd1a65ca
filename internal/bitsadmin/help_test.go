package bitsadmin_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func number(t *testing.T, s string) uint64 {
	t.Helper()
	n, err := strconv.ParseUint(s, 10, 64)
	require.NoError(t, err)
	return n
}

func lastLine(out string) string {
	lines := strings.SplitAfter(out, "\n")
	return lines[len(lines)-2]
}
