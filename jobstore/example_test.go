package jobstore_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/google/uuid"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/jobstore"
	"github.com/bitsemu/bitsemu/token"
)

func ExampleOpen() {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "jobs.db")

	store, err := jobstore.Open(path)
	if err != nil {
		panic(err)
	}
	job, err := store.Create(jobstore.Job{Owner: token.LocalSystem(), DisplayName: "update", HelperTokenFlags: bits.BG_TOKEN_NETWORK})
	if err != nil {
		panic(err)
	}
	_, err = jobstore.Open(path) // a second time, while it is in use
	fmt.Println(errors.Is(err, jobstore.ErrLocked))
	if err := store.Close(); err != nil {
		panic(err)
	}

	store, err = jobstore.OpenReadOnly(path)
	if err != nil {
		panic(err)
	}
	defer store.Close()
	again, err := store.Lookup(job.ID())
	fmt.Println(store.Len(), again.HelperTokenFlags(), err)
	// Output:
	// true
	// 1 BG_TOKEN_NETWORK <nil>
}

func ExampleStore_Update() {
	store := jobstore.NewMemory()
	job, err := store.Create(jobstore.Job{Owner: token.NetworkService(), State: bits.BG_JOB_STATE_SUSPENDED})
	if err != nil {
		panic(err)
	}

	err = store.Update(job.ID(), func(j *jobstore.Job) error {
		if j.State.Final() {
			return hresult.BG_E_INVALID_STATE // comes back as it is, and nothing is stored
		}
		j.HelperTokenFlags = bits.BG_TOKEN_LOCAL_FILE
		j.State = bits.BG_JOB_STATE_QUEUED
		return nil
	})
	fmt.Println(job.HelperTokenFlags(), job.State(), err)

	err = store.Update(uuid.Nil, func(*jobstore.Job) error { return nil })
	fmt.Println(errors.Is(err, hresult.BG_E_NOT_FOUND))
	// Output:
	// BG_TOKEN_LOCAL_FILE BG_JOB_STATE_QUEUED <nil>
	// true
}

func ExampleStore_ByOwner() {
	store := jobstore.NewMemory()
	for _, name := range []string{"first", "second", "third"} {
		owner := token.LocalSystem()
		if name == "second" {
			owner = token.LocalService()
		}
		if _, err := store.Create(jobstore.Job{Owner: owner, DisplayName: name}); err != nil {
			panic(err)
		}
	}
	for job := range store.ByOwner(token.LocalSystem().User()).All() {
		record, err := job.Job()
		fmt.Println(record.DisplayName, err)
	}
	// Output:
	// first <nil>
	// third <nil>
}

func ExampleStore_Dump() {
	store := jobstore.NewMemory(jobstore.IDs(func() (uuid.UUID, error) { return uuid.UUID{15: 1}, nil }))
	_, err := store.Create(jobstore.Job{
		Owner: token.LocalSystem(), DisplayName: "update",
		Files:  []jobstore.File{{RemoteName: "http://server.test/a", LocalName: `C:\a`, Progress: jobstore.Progress{BytesTotal: bits.BG_SIZE_UNKNOWN}}},
		Sealed: []byte("user and password"),
	})
	if err != nil {
		panic(err)
	}
	if err := store.Dump(os.Stdout); err != nil {
		panic(err)
	}
	// Output:
	// job {00000000-0000-0000-0000-000000000001}
	//   Owner: S-1-5-18 NT AUTHORITY\SYSTEM (administrator, elevated, System)
	//   DisplayName: "update"
	//   Type: BG_JOB_TYPE_DOWNLOAD
	//   Priority: BG_JOB_PRIORITY_FOREGROUND
	//   State: BG_JOB_STATE_QUEUED
	//   Files[0]:
	//     RemoteName: "http://server.test/a"
	//     LocalName: "C:\\a"
	//     BytesTotal: unknown
	//   Sealed: 17 bytes, not shown
}
