package bitstest

import "time"

// modified is the Last-Modified time of all that a [Handler] serves.
var modified = time.Date(2021, time.March, 4, 5, 6, 8, 0, time.UTC)

// Content is what a [Handler] serves as a file of this size. A shorter file is
// the start of a longer one, and bytes at different places are different as a
// rule.
func Content(size int) []byte {
	content := make([]byte, size)
	for i := range content {
		content[i] = byte(uint32(i+1) * 2654435761 >> 24)
	}
	return content
}
