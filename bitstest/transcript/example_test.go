package transcript_test

import (
	"fmt"
	"time"

	"github.com/bitsemu/bitsemu"
	"github.com/bitsemu/bitsemu/bitstest"
	"github.com/bitsemu/bitsemu/bitstest/transcript"
)

// Two services are compared by what they answered to the same case.
func ExampleCompare() {
	theirs, err := transcript.ParseCase(`case queue/suspend-suspended
1 manager.CreateJob("bitstest-<case>-job", BG_JOB_TYPE_DOWNLOAD) = id1, job1
2 job1.Suspend() ! E_NOTIMPL
after
3 job1.Cancel() = S_OK
fail
`)
	if err != nil {
		fmt.Println(err)
		return
	}
	emu, err := bitsemu.New(bitsemu.ManualTime())
	if err != nil {
		fmt.Println(err)
		return
	}
	defer emu.Close()
	for _, c := range bitstest.Cases() {
		if c.Name == theirs.Name {
			ours := transcript.Record(c, emu.Manager(), time.Minute)
			for _, d := range transcript.Compare(theirs, ours) {
				fmt.Println(d)
			}
		}
	}
	// Output:
	// queue/suspend-suspended, call 2: job1.Suspend()
	// 	theirs: E_NOTIMPL
	// 	ours:   S_OK
}
