// Command onecase runs one case of package bitstest on the service of this
// machine, and prints in one line what came of it:
//
//	onecase manager/create-job
//
// With no argument it prints the names of all cases and their evidence, and with
// the argument calls what each method of each interface answers. It is a
// program of its own because a case can be the end of the service, or of the
// program, where the service is Wine's.
package main

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"strings"
	"sync"
	"time"

	"github.com/bitsemu/bitsemu/bitstest"
	"github.com/bitsemu/bitsemu/winbits"
)

const (
	dir    = `C:\bitstest`
	atMost = 20 * time.Second // for a case
)

func main() {
	stage("the program runs")
	time.AfterFunc(2*atMost, func() {
		stacks := make([]byte, 1<<20)
		fmt.Fprintf(os.Stderr, "onecase: hangs\n%s", stacks[:runtime.Stack(stacks, true)])
		os.Exit(3)
	})
	if len(os.Args) < 2 {
		for _, c := range bitstest.Cases() {
			fmt.Printf("%s\t%s\n", c.Name, c.Evidence)
		}
		return
	}
	if os.Args[1] == "calls" {
		if err := calls(os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, "onecase:", err)
			os.Exit(1)
		}
		return
	}
	for _, c := range bitstest.Cases() {
		if c.Name == os.Args[1] {
			fmt.Println(run(c))
			return
		}
	}
	fmt.Fprintf(os.Stderr, "onecase: there is no case %q\n", os.Args[1])
	os.Exit(2)
}

// stage notes how far the program is, for one that hangs.
func stage(what string) { fmt.Fprintln(os.Stderr, "stage:", what) }

// run runs the case and returns "pass", or "skip" or "fail" with the reason after
// a tab.
func run(c bitstest.Case) string {
	service, err := winbits.Connect(context.Background(), winbits.Serial())
	if err != nil {
		return "fail\t" + line(err.Error())
	}
	stage("connected")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "fail\t" + line(err.Error())
	}
	server, opts, err := surroundings()
	if err != nil {
		return "fail\t" + line(err.Error())
	}
	t := &trial{server: server}
	t.begin(func() { c.Check(t, service.Manager(), opts...) })
	stage("the case has ended")
	return t.verdict()
}

// trial is a bitstest.TB that keeps what it is told.
type trial struct {
	server string

	mu       sync.Mutex
	errors   []string
	skipped  string
	late     bool
	cleanups []func()
}

// begin runs f and what it has asked to be run after it.
func (t *trial) begin(f func()) {
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		defer func() {
			for i := len(t.cleanups) - 1; i >= 0; i-- {
				t.cleanups[i]()
			}
		}()
		f()
	}()
	select {
	case <-ended:
	case <-time.After(atMost):
		t.mu.Lock()
		defer t.mu.Unlock()
		t.late = true
	}
}

func (t *trial) verdict() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case len(t.errors) > 0:
		return "fail\t" + strings.ReplaceAll(t.errors[0], t.server, "http://server")
	case t.late:
		return fmt.Sprintf("fail\tit does not end in %v", atMost)
	case t.skipped != "":
		return "skip\t" + t.skipped
	}
	return "pass\t-"
}

func (t *trial) Context() context.Context { return context.Background() }
func (t *trial) Helper()                  {}
func (t *trial) Logf(string, ...any)      {}
func (t *trial) FailNow()                 { runtime.Goexit() }
func (t *trial) Cleanup(f func())         { t.cleanups = append(t.cleanups, f) }

func (t *trial) Errorf(format string, args ...any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.errors = append(t.errors, line(essence(fmt.Sprintf(format, args...))))
}

func (t *trial) Skipf(format string, args ...any) {
	t.mu.Lock()
	t.skipped = line(fmt.Sprintf(format, args...))
	t.mu.Unlock()
	runtime.Goexit()
}

// essence is what an assertion of testify says, without where it stands.
func essence(text string) string {
	if _, after, ok := strings.Cut(text, "Error:"); ok {
		text = after
	}
	text, _, _ = strings.Cut(text, "Diff:")
	return text
}

// line puts a text on one line.
func line(text string) string { return strings.Join(strings.Fields(text), " ") }
