// Command record writes a transcript of this machine's BITS: what it answers to
// the cases of package bitstest. It needs Windows.
//
//	go run ./winbits/cmd/record -o transcript.txt
//
// With -compare it tells instead where two transcripts differ, by the rules by
// which the emulator is compared with one:
//
//	go run ./winbits/cmd/record -compare one.txt two.txt
//
// The file is for the tests of the emulator, which are held to it. See
// docs/transcripts.md for what is in it and where to send it.
package main

import (
	"flag"
	"fmt"
	"os"
	"regexp"
)

func main() {
	var o options
	flag.StringVar(&o.file, "o", "transcript.txt", "the `file` to write")
	only := flag.String("run", "", "record the cases alone whose names match this `pattern`")
	flag.StringVar(&o.one, "case", "", "record this `case` alone, and write it without a head")
	flag.BoolVar(&o.head, "head", false, "write the head alone")
	compare := flag.Bool("compare", false, "compare the two transcripts that are named, and record nothing")
	flag.Parse()
	if *compare {
		exit(compareFiles(os.Stdout, flag.Args()))
	}
	pattern, err := regexp.Compile(*only)
	if err == nil {
		o.pattern = pattern
		err = record(os.Stdout, o)
	}
	exit(err)
}

func exit(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "record:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

type options struct {
	file    string
	pattern *regexp.Regexp
	one     string
	head    bool
}
