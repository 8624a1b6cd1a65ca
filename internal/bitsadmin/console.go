package bitsadmin

import "os"

// Console is the terminal that a file is, nil when it is none, or one that cannot be
// drawn on. NO_COLOR keeps labels as they are.
func Console(f *os.File, getenv func(string) string) *Terminal {
	fi, err := f.Stat()
	if err != nil || fi.Mode()&os.ModeCharDevice == 0 || getenv("TERM") == "dumb" {
		return nil
	}
	if _, ok := widthOf(f); !ok || !drawable(f) {
		return nil
	}
	return &Terminal{Measure: func() int {
		width, _ := widthOf(f)
		return width
	}, Labels: getenv("NO_COLOR") == ""}
}
