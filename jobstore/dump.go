package jobstore

import (
	"bufio"
	"fmt"
	"io"
	"reflect"
	"strings"
	"time"

	"github.com/google/uuid"
)

// Dump writes all jobs as text, in creation order, for a person to read and for
// tests to compare: the same jobs give the same text. Of each job it shows what
// is not zero, under the names of the Go fields. Secrets are not shown.
func (s *Store) Dump(w io.Writer) error {
	b := bufio.NewWriter(w)
	n := 0
	for j, err := range s.Jobs() {
		if err != nil {
			return err
		}
		if n++; n > 1 {
			b.WriteByte('\n')
		}
		b.WriteString(j.String())
	}
	if n == 0 {
		b.WriteString("no jobs\n")
	}
	return b.Flush()
}

// String is the job as Dump writes it, of several lines.
func (j Job) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "job %s\n", guidString(j.ID))
	j.ID = uuid.Nil // said
	dumpFields(&b, "  ", reflect.ValueOf(j))
	return b.String()
}

func guidString(id uuid.UUID) string { return "{" + strings.ToUpper(id.String()) + "}" }

func dumpFields(b *strings.Builder, indent string, v reflect.Value) {
	for i := range v.NumField() {
		f := v.Type().Field(i)
		switch {
		case f.Anonymous:
			dumpFields(b, indent, v.Field(i))
		case f.IsExported():
			dumpValue(b, indent, f.Name, v.Field(i))
		}
	}
}

// always are shown even when they are zero, which means something.
var always = map[string]bool{"State": true, "Type": true, "Priority": true}

func dumpValue(b *strings.Builder, indent, name string, v reflect.Value) {
	if v.IsZero() && !always[name] {
		return
	}
	line := func(format string, args ...any) {
		fmt.Fprintf(b, "%s%s: %s\n", indent, name, fmt.Sprintf(format, args...))
	}
	switch x := v.Interface().(type) {
	case []byte:
		line("%d bytes, not shown", len(x))
	case time.Time:
		line("%s", x.Format("2006-01-02T15:04:05.9999999Z"))
	case [20]byte:
		line("%x", x)
	case uuid.UUID:
		line("%s", guidString(x))
	case string:
		line("%q", x)
	case fmt.Stringer:
		line("%s", x.String()) // an HRESULT is an error besides, which says more
	default:
		switch v.Kind() {
		case reflect.Struct:
			fmt.Fprintf(b, "%s%s:\n", indent, name)
			dumpFields(b, indent+"  ", v)
		case reflect.Slice:
			for i := range v.Len() {
				fmt.Fprintf(b, "%s%s[%d]:\n", indent, name, i)
				dumpFields(b, indent+"  ", v.Index(i))
			}
		case reflect.Uint64:
			switch {
			case v.Uint() != ^uint64(0):
				line("%v", x)
			case name == "Length": // BG_LENGTH_TO_EOF
				line("to the end of the file")
			default: // BG_SIZE_UNKNOWN
				line("unknown")
			}
		default:
			line("%v", x)
		}
	}
}
