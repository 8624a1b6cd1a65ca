package bits_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
)

// download is written against the interfaces, and knows no implementation.
func download(ctx context.Context, manager bits.Manager, url, path string) error {
	_, job, err := manager.CreateJob(ctx, "download", bits.BG_JOB_TYPE_DOWNLOAD)
	if err != nil {
		return err
	}
	if err := job.AddFile(ctx, url, path); err != nil {
		return err
	}
	if err := job.Resume(ctx); err != nil {
		return err
	}
	for {
		state, err := job.GetState(ctx)
		if err != nil {
			return err
		}
		if state == bits.BG_JOB_STATE_TRANSFERRED || state == bits.BG_JOB_STATE_ERROR {
			break
		}
		time.Sleep(time.Second)
	}
	result, err := job.Complete(ctx)
	if result == hresult.BG_S_PARTIAL_COMPLETE {
		return errors.New("the file is not there")
	}
	return err
}

func ExampleManager() {
	var manager bits.Manager = newToyManager() // or what stands for BITS elsewhere
	err := download(context.Background(), manager, "https://example.com/setup.exe", `C:\Updates\setup.exe`)
	fmt.Println(err)
	// Output: <nil>
}

func ExampleAll() {
	ctx := context.Background()
	manager := newToyManager()
	for _, name := range []string{"App|a", "Other"} {
		if _, _, err := manager.CreateJob(ctx, name, bits.BG_JOB_TYPE_DOWNLOAD); err != nil {
			fmt.Println(err)
		}
	}

	jobs, err := manager.EnumJobs(ctx, 0)
	if err != nil {
		fmt.Println(err)
	}
	for job, err := range bits.All(ctx, jobs) {
		if err != nil {
			fmt.Println(err)
			break
		}
		fmt.Println(job.GetDisplayName(ctx))
	}
	// Output:
	// App|a <nil>
	// Other <nil>
}

func ExampleQuery() {
	ctx := context.Background()
	_, job, err := newToyManager().CreateJob(ctx, "", bits.BG_JOB_TYPE_DOWNLOAD)
	if err != nil {
		fmt.Println(err)
	}

	options, err := bits.Query[bits.TokenOptions](ctx, job)
	switch {
	case errors.Is(err, hresult.E_NOINTERFACE):
		fmt.Println("this is before BITS 4.0")
	case errors.Is(err, hresult.E_ACCESSDENIED):
		fmt.Println("this is somebody else's job")
	case err == nil:
		fmt.Println(options.GetHelperTokenFlags(ctx))
	}
	// Output: 0 <nil>
}

func ExampleCallback() {
	ctx := context.Background()
	_, job, err := newToyManager().CreateJob(ctx, "", bits.BG_JOB_TYPE_DOWNLOAD)
	if err != nil {
		fmt.Println(err)
	}
	callback := &toyCallback{} // its JobTransferred calls Complete
	fmt.Println(job.SetNotifyInterface(ctx, callback))
	fmt.Println(job.Resume(ctx), callback.completed.String())
	fmt.Println(job.GetState(ctx))
	// Output:
	// <nil>
	// <nil> S_OK
	// BG_JOB_STATE_ACKNOWLEDGED <nil>
}
