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
