package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/bitsemu/bitsemu/bitstest/transcript"
)

// compareFiles prints where two transcripts differ, and fails if they do.
func compareFiles(w io.Writer, files []string) error {
	if len(files) != 2 {
		return errors.New("want the names of two transcripts")
	}
	var both [2]transcript.Transcript
	for i, file := range files {
		text, err := os.ReadFile(file)
		if err == nil {
			both[i], err = transcript.Parse(string(text))
		}
		if err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
	}
	other := map[string]transcript.Case{}
	for _, c := range both[1].Cases {
		other[c.Name] = c
	}
	n, cases := 0, 0
	for _, c := range both[0].Cases {
		o, ok := other[c.Name]
		if !ok {
			continue
		}
		cases++
		for _, d := range transcript.Compare(c, o) {
			n++
			fmt.Fprintln(w, d)
		}
	}
	fmt.Fprintf(w, "%d cases are in both.\n", cases)
	if n > 0 {
		return fmt.Errorf("there are %d differences", n)
	}
	return nil
}
