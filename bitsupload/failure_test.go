package bitsupload

import (
	"errors"
	"fmt"
	"io/fs"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestIsFull(t *testing.T) {
	t.Parallel()
	const diskFull = syscall.Errno(112) // as Windows has it
	for name, row := range map[string]struct {
		err     error
		windows bool
		want    bool
	}{
		"elsewhere":         {syscall.ENOSPC, false, true},
		"elsewhere, buried": {fmt.Errorf("x: %w", &fs.PathError{Err: syscall.ENOSPC}), false, true},
		"another number":    {diskFull, false, false},
		"Windows":           {&fs.PathError{Err: diskFull}, true, true},
		"Windows, invented": {syscall.ENOSPC, true, true},
		"Windows, another":  {syscall.Errno(5), true, false},
		"no number":         {errors.New("112"), true, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, row.want, isFull(row.err, row.windows))
		})
	}
}
