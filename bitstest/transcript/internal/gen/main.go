// Command gen writes objects_gen.go of package transcript: for each interface of
// package bits a type that passes its calls on and records them.
//
//	go run ./internal/gen -o objects_gen.go
package main

import (
	"flag"
	"fmt"
	"os"
)

func main() {
	out := flag.String("o", "objects_gen.go", "the `file` to write")
	flag.Parse()
	text, err := generate()
	if err == nil {
		err = os.WriteFile(*out, text, 0o644)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}
