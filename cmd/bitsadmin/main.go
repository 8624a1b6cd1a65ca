// Command bitsadmin is the command of that name on the emulator, for any system: put
// first in PATH, it makes a program testable that runs bitsadmin.exe.
//
//	export BITSEMU_STORE=/tmp/jobs.db BITSEMU_DRIVES='C:=/tmp/c'
//	bitsadmin /transfer update http://localhost:8080/app.msi 'C:\app.msi'
//
// With BITSEMU_SERVICE the jobs are at a service that is running, bitsemu serve.
// bitsadmin /? lists the switches, and what else can be set.
package main

import (
	"context"
	"os"
	"os/signal"

	"github.com/bitsemu/bitsemu/internal/bitsadmin"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	status := bitsadmin.Run(ctx, os.Args[1:], bitsadmin.Env{
		Getenv: os.Getenv, Stdout: os.Stdout, Stderr: os.Stderr, Terminal: bitsadmin.Console(os.Stdout, os.Getenv),
	})
	stop()
	os.Exit(bitsadmin.ExitCode(status))
}
