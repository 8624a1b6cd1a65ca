package cli

import "strings"

// width is that of the texts that a user reads.
const width = 79

// wrap breaks paragraphs into lines. Lines that are indented stay as they are. What
// comes back ends with a line break.
func wrap(text, indent string) string {
	var b strings.Builder
	var words []string
	flush := func() {
		line := ""
		for _, w := range words {
			if line != "" && len(indent)+len(line)+1+len(w) > width {
				b.WriteString(indent + line + "\n")
				line = ""
			}
			if line != "" {
				line += " "
			}
			line += w
		}
		if line != "" {
			b.WriteString(indent + line + "\n")
		}
		words = nil
	}
	for line := range strings.Lines(strings.Trim(text, "\n")) {
		line = strings.TrimRight(line, " \r\n")
		switch {
		case line == "":
			flush()
			b.WriteString("\n")
		case line[0] == ' ' || line[0] == '\t':
			flush()
			b.WriteString(indent + line + "\n")
		default:
			words = append(words, strings.Fields(line)...)
		}
	}
	flush()
	return b.String()
}

// hang breaks a list of pieces into lines, of which all but the first are indented
// further.
func hang(first, indent string, pieces []string) string {
	var b strings.Builder
	line := first
	for _, p := range pieces {
		if len(line)+1+len(p) > width && line != first {
			b.WriteString(line + "\n")
			line = indent + p
			continue
		}
		line += " " + p
	}
	return b.String() + line + "\n"
}

// Fold breaks a line that is longer than a page is wide at its blanks, and indents what
// follows a little more than the line itself.
func Fold(line string) string {
	return Hang(line, len(line)-len(strings.TrimLeft(line, " "))+4)
}

// Hang breaks a line that is longer than a page is wide at its blanks, and indents what
// follows by a number of blanks. What comes back ends with a line break.
func Hang(line string, by int) string {
	line = strings.TrimRight(line, "\n")
	var b strings.Builder
	for start := len(line) - len(strings.TrimLeft(line, " ")); len(line) > width; start = by {
		at := strings.LastIndexByte(line[:width+1], ' ')
		if at <= start {
			next := strings.IndexByte(line[width:], ' ')
			if next < 0 {
				break // there is no blank to break it at
			}
			at = width + next
		}
		b.WriteString(strings.TrimRight(line[:at], " ") + "\n")
		line = strings.Repeat(" ", by) + strings.TrimLeft(line[at:], " ")
	}
	return b.String() + line + "\n"
}
