package main

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
)

// document is what matters here of a Markdown file.
type document struct {
	name     string // slash-separated, below the root
	blocks   []block
	spans    []text // inline code
	links    []text // targets of links and images
	headings map[string]bool
}

// text is a piece of a line.
type text struct {
	line int
	text string
}

// block is a fenced block of code.
type block struct {
	line     int    // of its first line of code
	language string // first word after the fence
	code     string
}

var (
	fence     = regexp.MustCompile("^(\\s*)(```+|~~~+)\\s*(\\S*)")
	span      = regexp.MustCompile("`+([^`]+)`+")
	link      = regexp.MustCompile(`\]\(<?([^()\s<>]+)>?(?:\s+"[^"]*")?\)`)
	reference = regexp.MustCompile(`^\s{0,3}\[[^\]]+\]:\s+<?([^\s<>]+)>?`)
	heading   = regexp.MustCompile(`^#{1,6}\s+(.*?)\s*#*\s*$`)
)

// parseDocument reads as much Markdown as the project writes: fenced blocks,
// code within one line, links within one line, headings that begin with #.
func parseDocument(name, content string) *document {
	d := &document{name: name, headings: map[string]bool{}}
	var open *block
	var indent, mark string
	n := 0
	for line := range strings.Lines(content) {
		n++
		line = strings.TrimRight(line, "\r\n")
		m := fence.FindStringSubmatch(line)
		switch {
		case open != nil && m != nil && strings.HasPrefix(m[2], mark) && m[3] == "":
			d.blocks = append(d.blocks, *open)
			open = nil
		case open != nil:
			open.code += strings.TrimPrefix(line, indent) + "\n"
		case m != nil:
			indent, mark = m[1], m[2]
			open = &block{line: n + 1, language: m[3]}
		default:
			d.parseProse(n, line)
		}
	}
	if open != nil { // Markdown ends such a block with the file
		d.blocks = append(d.blocks, *open)
	}
	return d
}

func (d *document) parseProse(n int, line string) {
	if m := heading.FindStringSubmatch(line); m != nil {
		d.addHeading(m[1])
	}
	for _, m := range span.FindAllStringSubmatch(line, -1) {
		d.spans = append(d.spans, text{n, strings.TrimSpace(m[1])})
	}
	line = span.ReplaceAllString(line, " ")
	for _, m := range link.FindAllStringSubmatch(line, -1) {
		d.links = append(d.links, text{n, m[1]})
	}
	if m := reference.FindStringSubmatch(line); m != nil {
		d.links = append(d.links, text{n, m[1]})
	}
}

// linkText is a link within a heading, of which the anchor has the words only.
var linkText = regexp.MustCompile(`\[([^\]]*)\]\([^)]*\)`)

// addHeading notes the anchor that GitHub gives a heading: lower case, no
// punctuation, hyphens for spaces, a number when it was there before.
func (d *document) addHeading(s string) {
	s = linkText.ReplaceAllString(s, "$1")
	anchor := strings.Map(func(r rune) rune {
		switch {
		case r == ' ' || r == '-':
			return '-'
		case unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_':
			return unicode.ToLower(r)
		}
		return -1
	}, s)
	unique := anchor
	for i := 1; d.headings[unique]; i++ {
		unique = fmt.Sprintf("%s-%d", anchor, i)
	}
	d.headings[unique] = true
}
