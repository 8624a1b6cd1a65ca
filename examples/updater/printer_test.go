package updater_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/examples/updater"
)

func show(p *updater.Printer) error {
	at := func(state bits.JobState, bytes, total uint64) {
		p.Progress(updater.Progress{Name: "app", State: state, JobProgress: bits.JobProgress{BytesTransferred: bytes, BytesTotal: total}})
	}
	at(bits.BG_JOB_STATE_CONNECTING, 0, bits.BG_SIZE_UNKNOWN)
	at(bits.BG_JOB_STATE_TRANSFERRING, 0, 8<<20)
	at(bits.BG_JOB_STATE_TRANSFERRING, 1<<10, 8<<20)
	at(bits.BG_JOB_STATE_TRANSFERRING, 4<<20, 8<<20)
	p.Note("something has happened")
	at(bits.BG_JOB_STATE_TRANSFERRED, 8<<20, 8<<20)
	return p.Close()
}

func TestPrinter(t *testing.T) {
	t.Parallel()
	var lines, bar bytes.Buffer
	require.NoError(t, show(&updater.Printer{To: &lines, Indent: "  "}))
	require.Equal(t, `  app   0 % CONNECTING
  app   0 %   0.0 of 8.0 MiB TRANSFERRING
  app  50 %   4.0 of 8.0 MiB TRANSFERRING
  * something has happened
  app 100 %   8.0 of 8.0 MiB TRANSFERRED
`, lines.String())
	require.NoError(t, show(&updater.Printer{To: &bar, Bar: true}))
	const clear = "\r\x1b[K"
	require.Equal(t, clear+"app [........................]   0 % CONNECTING"+
		clear+"app [........................]   0 %   0.0 of 8.0 MiB TRANSFERRING"+
		clear+"app [........................]   0 %   0.0 of 8.0 MiB TRANSFERRING"+
		clear+"app [############............]  50 %   4.0 of 8.0 MiB TRANSFERRING"+
		clear+"* something has happened\n"+
		clear+"app [########################] 100 %   8.0 of 8.0 MiB TRANSFERRED\n", bar.String())
}

type brokenWriter struct{ err error }

func (w brokenWriter) Write([]byte) (int, error) { return 0, w.err }

func TestPrinterTellsThatItCannotPrint(t *testing.T) {
	t.Parallel()
	gone := errors.New("gone")
	require.ErrorIs(t, show(&updater.Printer{To: brokenWriter{gone}}), gone)
}
