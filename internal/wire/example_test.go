package wire_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/internal/wire"
)

// line is the two ends of a connection in one: it hands over and prints what goes by.
type line struct{ far bits.Job }

func (l line) Call(ctx context.Context, m *wire.Method, args json.RawMessage) (json.RawMessage, hresult.HRESULT, error) {
	fmt.Printf("%s %s\n", m, args)
	results, hr, err := wire.Invoke(ctx, m, l.far, args, l)
	fmt.Println(hr.Hex(), string(results), err)
	return results, hr, err
}

func (line) Export(string, any) (json.RawMessage, error) {
	return json.RawMessage(`{"object":"1"}`), nil
}
func (line) Import(string, json.RawMessage) (any, error) { return nil, nil }

// mute is a job that can do one thing.
type mute struct{ bits.Job }

func (mute) GetProgress(context.Context) (bits.JobProgress, error) {
	return bits.JobProgress{BytesTotal: bits.BG_SIZE_UNKNOWN, FilesTotal: 1}, nil
}

func (mute) SetPriority(context.Context, bits.JobPriority) error { return hresult.E_ACCESSDENIED }

func Example() {
	job := wire.New("IBackgroundCopyJob", line{mute{}}).(bits.Job)
	progress, err := job.GetProgress(context.Background())
	fmt.Println(progress.FilesTotal, err)
	err = job.SetPriority(context.Background(), bits.BG_JOB_PRIORITY_LOW)
	fmt.Println(errors.Is(err, hresult.E_ACCESSDENIED))
	// Output:
	// IBackgroundCopyJob::GetProgress {}
	// 0x00000000 {"value":{"BytesTotal":18446744073709551615,"BytesTransferred":0,"FilesTotal":1,"FilesTransferred":0}} <nil>
	// 1 <nil>
	// IBackgroundCopyJob::SetPriority {"priority":"BG_JOB_PRIORITY_LOW"}
	// 0x80070005  E_ACCESSDENIED (0x80070005): The caller does not have the right to do this.
	// true
}
