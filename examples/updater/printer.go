package updater

import (
	"fmt"
	"io"
	"strings"
	"sync"

	"github.com/bitsemu/bitsemu/bits"
)

// Printer shows how updates get on: give its methods to [Options]. Without Bar it prints
// a line when a state is new or another tenth is there, which is good for a log.
type Printer struct {
	To     io.Writer
	Bar    bool   // To is a terminal: keep one line up to date
	Indent string // in front of each line

	mu    sync.Mutex
	drawn bool // a bar is on the line
	last  string
	err   error
}

// Progress is for [Options.Progress].
func (p *Printer) Progress(now Progress) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.Bar {
		p.write("\r\x1b[K" + p.Indent + p.line(now))
		p.drawn = true
		return
	}
	if step := fmt.Sprint(now.Name, now.State, int(10*now.Fraction())); step != p.last {
		p.last = step
		p.write(p.Indent + p.line(now) + "\n")
	}
}

// Note is for [Options.Note].
func (p *Printer) Note(line string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.drawn {
		p.write("\r\x1b[K")
	}
	p.drawn, p.last = false, ""
	p.write(p.Indent + "* " + line + "\n")
}

// Close ends the line that a bar is on, and returns the first error of writing.
func (p *Printer) Close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.drawn {
		p.write("\n")
		p.drawn = false
	}
	return p.err
}

func (p *Printer) write(s string) {
	if p.err == nil {
		_, p.err = io.WriteString(p.To, s)
	}
}

// line shows a progress in a line.
func (p *Printer) line(now Progress) string {
	const width = 24
	s := now.Name + " "
	if p.Bar {
		full := int(width * now.Fraction())
		s += "[" + strings.Repeat("#", full) + strings.Repeat(".", width-full) + "] "
	}
	s += fmt.Sprintf("%3.0f %% ", 100*now.Fraction())
	if now.BytesTotal != bits.BG_SIZE_UNKNOWN {
		s += fmt.Sprintf("%5.1f of %.1f MiB ", mib(now.BytesTransferred), mib(now.BytesTotal))
	}
	return s + now.State.Short()
}

func mib(n uint64) float64 { return float64(n) / (1 << 20) }
