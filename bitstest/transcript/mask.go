package transcript

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"

	"github.com/google/uuid"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/bitstest"
	"github.com/bitsemu/bitsemu/sid"
)

// mask puts names in the place of what differs from machine to machine and from
// run to run.
type mask struct {
	known []known

	mu   sync.Mutex
	id   string // that the case has made up for its names
	ids  map[uuid.UUID]string
	sids map[sid.SID]string
}

// known is a text with its name.
type known struct{ text, name string }

func newMask(s bitstest.Surroundings) *mask {
	m := &mask{ids: map[uuid.UUID]string{}, sids: map[sid.SID]string{}}
	for _, k := range []known{
		{s.Dir, "<dir>"}, {s.Share, "<share>"}, {s.Server, "<server>"}, {s.Uploads, "<uploads>"}, {s.Replies, "<replies>"},
	} {
		if k.text != "" {
			m.known = append(m.known, k)
		}
	}
	// What contains another goes first.
	slices.SortStableFunc(m.known, func(a, b known) int { return cmp.Compare(len(b.text), len(a.text)) })
	return m
}

var ownName = regexp.MustCompile(`\bbitstest-([0-9a-f]{8})\b`)

// text masks what is known in a text.
func (m *mask) text(s string) string {
	m.mu.Lock()
	if m.id == "" {
		if found := ownName.FindStringSubmatch(s); found != nil {
			m.id = found[1]
		}
	}
	id := m.id
	m.mu.Unlock()
	if id != "" {
		s = strings.ReplaceAll(s, id, "<case>")
	}
	for _, k := range m.known {
		s = strings.ReplaceAll(s, k.text, k.name)
	}
	return s
}

const (
	longestRun  = 12  // of one character, before it is shortened
	longestText = 160 // characters of a text that is shown wholly
)

// quoted is a text as it stands in a call: masked, in quotation marks, and
// shortened when it is long, with its length behind it. The length is left out when
// something was masked that has another one on each machine.
func (m *mask) quoted(s string) string {
	short := m.text(s)
	var b strings.Builder
	run, last, cut := 0, rune(-1), false
	for _, r := range short {
		if run++; r != last {
			run, last = 1, r
		}
		switch {
		case run <= 2 || !repeats(short, r):
			b.WriteRune(r)
		case run == 3:
			b.WriteString("…")
			cut = true
		}
	}
	if shown := []rune(b.String()); len(shown) > longestText {
		b.Reset()
		b.WriteString(string(shown[:longestText]) + "…")
		cut = true
	}
	if !cut {
		return quote(short)
	}
	for _, k := range m.known {
		if strings.Contains(s, k.text) {
			return quote(b.String())
		}
	}
	return fmt.Sprintf("%s[%d]", quote(b.String()), len(s))
}

// repeats tells whether r comes too often without another one between.
func repeats(s string, r rune) bool {
	return strings.Contains(s, strings.Repeat(string(r), longestRun+1))
}

// quote is strconv.Quote for texts in which a backslash is no more than a
// character of the names of files, so that these can be read.
func quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\n':
			b.WriteString(`\n`)
		case !unicode.IsPrint(r):
			fmt.Fprintf(&b, `\u{%x}`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// guid is the name of a GUID: that of an interface or a class, or else id1, id2
// and so on in the order in which a case meets them.
func (m *mask) guid(id uuid.UUID) string {
	if name := bits.IIDName(id); name != "" && name[0] != '{' {
		return name
	}
	if id == uuid.Nil {
		return "id0"
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	name, ok := m.ids[id]
	if !ok {
		name = fmt.Sprintf("id%d", len(m.ids)+1)
		m.ids[id] = name
	}
	return name
}

// account is the name of an account: its SID if that is the same on every machine,
// and else user1, user2 and so on.
func (m *mask) account(who sid.SID) string {
	if who.IsZero() {
		return "nobody"
	}
	if name := who.String(); who.Name() != "" && who.NumSubAuthorities() <= 2 {
		return name
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	name, ok := m.sids[who]
	if !ok {
		name = fmt.Sprintf("user%d", len(m.sids)+1)
		m.sids[who] = name
	}
	return name
}

// forget makes the mask know the first n ids only: those that are met in one round
// of a wait are met again in the next.
func (m *mask) forget(n int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for id, name := range m.ids {
		var number int
		if _, err := fmt.Sscanf(name, "id%d", &number); err == nil && number > n {
			delete(m.ids, id)
		}
	}
}

func (m *mask) met() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.ids)
}
