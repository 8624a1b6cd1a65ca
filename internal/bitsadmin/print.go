package bitsadmin

import (
	"io"
	"strings"
	"unicode"
)

// Terminal is what a command is drawn on.
type Terminal struct {
	Width   int        // of its lines, 0 when it is not known
	Measure func() int // the width as it is now, in the place of Width; may be nil
	Labels  bool       // labels are shown brighter than values
}

// width is that of the terminal now: its user may drag it wider or narrower.
func (t *Terminal) width() int {
	if t.Measure != nil {
		return t.Measure()
	}
	return t.Width
}

// printer writes what a command says.
type printer struct {
	w        io.Writer
	terminal *Terminal // nil when the output goes elsewhere
	raw      bool      // /RAWRETURN
	cut      bool      // /NOWRAP: what does not fit is cut off
	err      error     // the first
}

func (p *printer) write(s string) {
	if p.err == nil {
		_, p.err = io.WriteString(p.w, s)
	}
}

// line writes a line.
func (p *printer) line(text string) { p.write(p.fit(p.clean(text)) + "\n") }

// value writes what somebody has asked for: alone, and without the end of a line, with
// /RAWRETURN.
func (p *printer) value(text string) {
	if p.raw {
		p.write(p.clean(text))
		return
	}
	p.line(text)
}

// pairs writes a line of labels and values in turn.
func (p *printer) pairs(labelsAndValues ...string) {
	line := p.fit(p.clean(strings.Join(labelsAndValues, " ")))
	if p.terminal == nil || !p.terminal.Labels {
		p.write(line + "\n")
		return
	}
	// Each text is looked for behind the one before: what has been cut off, or broken
	// in two, is not found, and stays as it is.
	var b strings.Builder
	for i, text := range labelsAndValues {
		text = p.clean(text)
		at := strings.Index(line, text)
		if at < 0 {
			continue
		}
		b.WriteString(line[:at])
		length := len(text)
		if i%2 == 0 {
			text = bright + text + plain
		}
		b.WriteString(text)
		line = line[at+length:]
	}
	p.write(b.String() + line + "\n")
}

// Control sequences of a terminal.
const (
	bright = "\x1b[1m"
	plain  = "\x1b[0m"
	home   = "\x1b[H\x1b[2J" // the first line of an empty screen
)

// clean keeps what comes from others from moving the cursor of a terminal.
func (p *printer) clean(text string) string {
	if p.terminal == nil {
		return text
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\t' && r != '\n' {
			return '?'
		}
		return r
	}, text)
}

// fit makes a line as wide as the terminal less one column: it is broken behind a
// blank, or cut off.
func (p *printer) fit(text string) string {
	if p.terminal == nil {
		return text
	}
	width := p.terminal.width() - 1
	if width < 1 {
		return text
	}
	if p.cut {
		return string(cutTo([]rune(text), width))
	}
	var b strings.Builder
	rest := []rune(text)
	for len(rest) > width {
		end := width
		for i := width; i > 0; i-- {
			if rest[i-1] == ' ' {
				end = i
				break
			}
		}
		b.WriteString(string(rest[:end]) + "\n")
		rest = rest[end:]
	}
	return b.String() + string(rest)
}

func cutTo(text []rune, width int) []rune { return text[:min(len(text), width)] }
