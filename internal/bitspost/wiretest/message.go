package wiretest

import (
	"bufio"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Message is a request or an answer.
type Message struct {
	Start  string            // the first line
	Header map[string]string // names in lower case
	Names  []string          // of the headers, as they were spelled
	Body   string
	Raw    string // all of it
}

// Status returns the status of an answer.
func (m Message) Status() int {
	n, _ := strconv.Atoi(strings.Split(m.Start+" ", " ")[1])
	return n
}

// Wire returns a text as it goes over the wire.
func Wire(text string) string {
	head, body, _ := strings.Cut(text, "\n\n")
	return strings.ReplaceAll(head, "\n", "\r\n") + "\r\n\r\n" + body
}

// Read reads one message. Its body has the length that Content-Length says; one
// that is cut short comes with an error.
func Read(r *bufio.Reader) (Message, error) {
	m := Message{Header: map[string]string{}}
	for {
		line, err := r.ReadString('\n')
		m.Raw += line
		if err != nil {
			return m, err
		}
		line = strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r")
		if line == "" {
			break
		}
		if m.Start == "" {
			m.Start = line
			continue
		}
		name, value, _ := strings.Cut(line, ":")
		m.Names = append(m.Names, name)
		m.Header[strings.ToLower(name)] = strings.TrimSpace(value)
	}
	n, _ := strconv.ParseInt(m.Header["content-length"], 10, 64)
	body, err := io.ReadAll(io.LimitReader(r, n))
	m.Body = string(body)
	m.Raw += m.Body
	if err == nil && int64(len(body)) < n {
		err = io.ErrUnexpectedEOF
	}
	return m, err
}

// parse reads a text that a test has written.
func parse(t testing.TB, text string) Message {
	t.Helper()
	wire := Wire(text)
	m, err := Read(bufio.NewReader(strings.NewReader(wire)))
	require.NoError(t, err, "the test's own text: %q", text)
	return m
}

// free are the headers that the protocol does not settle.
var free = map[string]bool{
	"date": true, "server": true, "connection": true, "user-agent": true, "accept": true, "x-content-type-options": true,
	"accept-encoding": true, // but in the answer to Create-Session, see CheckAnswer
}

// CheckAnswer compares an answer with a text: the status, the headers and the body.
// Reason phrase, order and case of headers are free, error numbers are compared as
// numbers, and headers of the protocol that the text has not must not be there.
func CheckAnswer(t testing.TB, text string, got Message) {
	t.Helper()
	want := parse(t, text)
	require.Equal(t, want.Status(), got.Status(), "status; the answer is\n%s", got.Raw)
	if v, ok := want.Header["accept-encoding"]; ok {
		require.Equal(t, v, got.Header["accept-encoding"])
	}
	checkHeaders(t, want, got)
}

// CheckRequest compares a request with a text in the same manner.
func CheckRequest(t testing.TB, text string, got Message) {
	t.Helper()
	want := parse(t, text)
	require.Equal(t, want.Start, got.Start, "the request is\n%s", got.Raw)
	checkHeaders(t, want, got)
}

func checkHeaders(t testing.TB, want, got Message) {
	t.Helper()
	require.Equal(t, known(want), known(got), "the message is\n%s", got.Raw)
	require.Equal(t, want.Body, got.Body, "body")
	require.Equal(t, slices.Sorted(maps.Keys(got.Header)), slices.Sorted(slices.Values(lower(got.Names))), "a header twice")
}

func lower(names []string) []string {
	var all []string
	for _, n := range names {
		all = append(all, strings.ToLower(n))
	}
	return all
}

// known returns the headers that are compared.
func known(m Message) map[string]string {
	h := map[string]string{}
	for name, value := range m.Header {
		if free[name] {
			continue
		}
		switch name {
		case "bits-error-code", "bits-error", "bits-error-context":
			n, err := strconv.ParseUint(strings.TrimPrefix(value, "0x"), 16, 32)
			if err == nil {
				value = strconv.FormatUint(n, 16)
			}
		}
		h[name] = value
	}
	return h
}
