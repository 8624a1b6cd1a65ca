package transfer

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"mime"
	"strings"

	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/internal/httphead"
)

// The limits that the documentation sets for multipart/byteranges (D
// http-requirements-for-bits-downloads), and one of our own for a line.
const (
	maxPreamble    = 2    // empty lines before the first boundary
	maxPartHeaders = 180  // bytes of headers other than Content-Range and Content-Type
	maxPartLine    = 1024 // bytes of a line (C)
)

// multipartBody is an answer of several stretches, in any order (RFC 9110,
// section 14.6). Because each tells its length, boundaries are never searched for,
// and reading can stop and go on at any byte.
type multipartBody struct {
	r     *bufio.Reader
	dash  string // "--" and the boundary
	total int64  // of the remote file
	want  span

	state    partState
	empty    int    // lines so far in the preamble
	line     []byte // so far
	headers  int    // bytes of further headers in this part
	told     bool   // Content-Range was there
	part     span
	at, left int64
}

type partState uint8

const (
	inPreamble partState = iota
	inHeaders
	inData
	behindData // the CR LF that belongs to the boundary
	atBoundary
	atEnd
)

// errTotal is a part that tells another size of the file.
var errTotal = errors.New("another size of the remote file")

// newMultipartBody reads the boundary from the type of the content.
func newMultipartBody(r io.Reader, contentType string, want span, total int64) (*multipartBody, error) {
	_, params, err := mime.ParseMediaType(contentType)
	boundary := params["boundary"]
	if err != nil || boundary == "" || len(boundary) > 70 {
		return nil, invalid("Content-Type %q has no boundary", contentType)
	}
	return &multipartBody{r: bufio.NewReader(r), dash: "--" + boundary, total: total, want: want}, nil
}

// isMultipart reports whether a type of content is multipart/byteranges.
func isMultipart(contentType string) bool {
	name, _, _ := strings.Cut(contentType, ";")
	return strings.EqualFold(strings.TrimSpace(name), "multipart/byteranges")
}

func (b *multipartBody) read(p []byte) (int64, int, error) {
	for b.state != inData {
		if b.state == atEnd {
			return b.at, 0, io.EOF
		}
		line, err := b.readLine()
		if err != nil {
			return b.at, 0, err
		}
		if err := b.take(line); err != nil {
			return b.at, 0, err
		}
	}
	at := b.at
	n, err := b.r.Read(p[:min(int64(len(p)), b.left)])
	b.at += int64(n)
	if b.left -= int64(n); b.left == 0 {
		b.state, err = behindData, nil // an error comes again
	}
	return at, n, early(err)
}

// readLine returns the next line without its end. What came of it before an
// error is kept for the next call.
func (b *multipartBody) readLine() (string, error) {
	chunk, err := b.r.ReadSlice('\n')
	b.line = append(b.line, chunk...)
	if len(b.line) > maxPartLine {
		return "", invalid("a line of more than %d bytes in multipart/byteranges", maxPartLine)
	}
	if err != nil {
		return "", early(err)
	}
	line := string(bytes.TrimSuffix(bytes.TrimSuffix(b.line, []byte("\n")), []byte("\r")))
	b.line = b.line[:0]
	return line, nil
}

// early turns an end of the body before the end of the last part into an error.
func early(err error) error {
	if errors.Is(err, io.EOF) {
		return transient(hresult.BG_E_INVALID_SERVER_RESPONSE, "multipart/byteranges ends in the middle")
	}
	return err
}

// take is told each line outside the data.
func (b *multipartBody) take(line string) error {
	switch b.state {
	case inPreamble, atBoundary:
		return b.boundary(line)
	case behindData:
		if line != "" {
			return invalid("a part of multipart/byteranges is longer than its Content-Range")
		}
		b.state = atBoundary
	case inHeaders:
		if line != "" {
			return b.header(line)
		}
		if !b.told {
			return invalid("a part of multipart/byteranges has no Content-Range")
		}
		b.state, b.at, b.left = inData, b.part.first, b.part.len()
	}
	return nil
}

func (b *multipartBody) boundary(line string) error {
	switch strings.TrimRight(line, " \t") {
	case b.dash:
		b.state, b.told, b.headers = inHeaders, false, 0
		return nil
	case b.dash + "--":
		b.state = atEnd
		return nil
	case "":
		if b.empty++; b.state == inPreamble && b.empty <= maxPreamble {
			return nil
		}
	}
	return invalid("%q stands in multipart/byteranges where a boundary belongs", line)
}

func (b *multipartBody) header(line string) error {
	name, value, found := strings.Cut(line, ":")
	switch {
	case !found || !httphead.IsToken(name):
		return invalid("%q is no header of a part of multipart/byteranges", line)
	case strings.EqualFold(name, "Content-Type"):
	case strings.EqualFold(name, "Content-Range"):
		return b.contentRange(value)
	default:
		if b.headers += len(line) + 2; b.headers > maxPartHeaders {
			return invalid("a part of multipart/byteranges has more than %d bytes of headers", maxPartHeaders)
		}
	}
	return nil
}

func (b *multipartBody) contentRange(value string) error {
	part, total, err := parseContentRange(value)
	switch {
	case err != nil:
		return err
	case b.told:
		return invalid("a part of multipart/byteranges has two Content-Ranges")
	case total != unknown && total != b.total:
		return errTotal
	case part.first < b.want.first || part.last > b.want.last:
		return invalid("Content-Range %q is outside what was asked for, %d-%d", value, b.want.first, b.want.last)
	}
	b.part, b.told = part, true
	return nil
}
