package eventlog_test

import (
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/internal/eventlog"
	"github.com/bitsemu/bitsemu/sid"
)

func ExampleLog() {
	log := eventlog.NewLog(0)
	now := time.Date(2024, time.May, 17, 9, 0, 0, 0, time.UTC)
	job := eventlog.Job{ID: uuid.MustParse("0f6e1b8e-2a1c-4d5a-9f70-1f3a6f1b5d2c"), Title: "update", Owner: sid.NetworkService}
	transfer := eventlog.Transfer{URL: "http://host/setup.exe", BytesTotal: 4096}

	log.Append(eventlog.JobCreated(now, job))
	log.Append(eventlog.TransferStopped(now.Add(time.Second), job, transfer, hresult.BG_E_HTTP_ERROR_404))
	for _, entry := range log.All() {
		fmt.Println(entry)
	}
	// Output:
	// 2024-05-17T09:00:00Z 3 Information: job created, job {0F6E1B8E-2A1C-4D5A-9F70-1F3A6F1B5D2C} "update", owner S-1-5-20
	// 2024-05-17T09:00:01Z 61 Warning: transfer failed, job {0F6E1B8E-2A1C-4D5A-9F70-1F3A6F1B5D2C} "update", owner S-1-5-20, url "http://host/setup.exe", 0 bytes of 4096, BG_E_HTTP_ERROR_404 (0x80190194)
}
