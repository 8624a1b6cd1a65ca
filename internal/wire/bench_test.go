package wire_test

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/internal/wire"
)

type silent struct{ bits.Job }

func (silent) AddFile(context.Context, string, string) error { return nil }

func (silent) GetState(context.Context) (bits.JobState, error) {
	return bits.BG_JOB_STATE_TRANSFERRED, nil
}

// What the form of a call costs, apart from the way.
func BenchmarkInvoke(b *testing.B) {
	for method, args := range map[string]string{
		"GetState": `{}`, "AddFile": `{"remoteURL":"http://files.test/a/b/c","localName":"C:\\Downloads\\c"}`,
	} {
		m, _ := wire.Find("Job", method)
		b.Run(method, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, _, err := wire.Invoke(b.Context(), m, silent{}, json.RawMessage(args), nil); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
