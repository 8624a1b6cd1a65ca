package remote_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu"
	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/remote"
)

// What a call costs by way of a server, beside one in the same process.
func BenchmarkGetState(b *testing.B) {
	emu := bitsemu.RunT(b)
	at := func(address string) *remote.Client {
		_, at := listening(b, emu, address)
		return dial(b, at)
	}
	for _, c := range []struct {
		name    string
		manager bits.Manager
	}{
		{"process", emu.Manager()},
		{"unix", at(socket(b)).Manager()},
		{"tcp", at("127.0.0.1:0").Manager()},
	} {
		_, job, err := c.manager.CreateJob(b.Context(), "job", bits.BG_JOB_TYPE_DOWNLOAD)
		require.NoError(b, err)
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := job.GetState(b.Context()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
