package httphead

import (
	"fmt"
	"net/http"
	"strings"
)

// Custom reads the custom headers of a job. Lines end in CR LF and nothing else ends
// one, so that no value can bring in a header of its own. Those that are reserved, a
// name in net/http's spelling, are left out. An error does not print a line, which may
// hold a secret.
func Custom(lines string, reserved func(name string) bool) (http.Header, error) {
	h := make(http.Header)
	for i, line := range strings.Split(lines, "\r\n") {
		if line == "" {
			continue
		}
		name, value, found := strings.Cut(line, ":")
		value = strings.Trim(value, " \t")
		switch {
		case !found:
			return nil, bad(i, "there is no colon")
		case !IsToken(name):
			return nil, bad(i, "what is before the colon is no name of a header")
		case !IsFieldValue(value):
			return nil, bad(i, "the value of "+name+" has a control character")
		case !reserved(http.CanonicalHeaderKey(name)):
			h.Add(name, value)
		}
	}
	return h, nil
}

func bad(line int, why string) error {
	return fmt.Errorf("line %d of the custom headers: %s", line+1, why)
}
