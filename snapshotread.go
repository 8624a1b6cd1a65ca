package bitsemu

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/google/uuid"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/jobstore"
)

// maxSnapshot bounds what ReadSnapshot takes, in bytes.
const maxSnapshot = 1 << 30

// ReadSnapshot reads a snapshot that encoding/json has written, and sees that it is
// one: that it is whole, that there is nothing in it which this package does not know,
// and that its jobs can be put into a store. It fails with E_INVALIDARG and says where
// the fault is: the line, and the job.
func ReadSnapshot(r io.Reader) (Snapshot, error) {
	text, err := io.ReadAll(io.LimitReader(r, maxSnapshot+1))
	switch {
	case err != nil:
		return Snapshot{}, fmt.Errorf("bitsemu: a snapshot cannot be read: %w", err)
	case len(text) > maxSnapshot:
		return Snapshot{}, badSnapshot("it is longer than %d bytes", maxSnapshot)
	}
	var parts struct {
		Snapshot
		Jobs []json.RawMessage
	}
	if err := strictly(text, &parts); err != nil {
		return Snapshot{}, badSnapshot("%s", err)
	}
	s := parts.Snapshot
	if s.Version < 1 || s.Version > SnapshotVersion {
		return Snapshot{}, badSnapshot("it is of version %d; this program reads 1 to %d", s.Version, SnapshotVersion)
	}
	if serviceStateOf(s.Service) > serviceDisabled {
		return Snapshot{}, badSnapshot("the service is %q, neither running nor stopped nor disabled", s.Service)
	}
	s.Jobs = make([]jobstore.Job, len(parts.Jobs))
	ids := make(map[uuid.UUID]int, len(parts.Jobs))
	store := jobstore.NewMemory()        // knows what a store takes
	defer func() { _ = store.Close() }() // there is no file
	for i, part := range parts.Jobs {
		j := &s.Jobs[i]
		err := strictly(part, j)
		before, again := ids[j.ID]
		switch {
		case err != nil:
		case j.ID == uuid.Nil:
			err = errors.New("it has no id")
		case again:
			err = fmt.Errorf("job %d has the same id", before+1)
		default:
			err = storable(store, *j)
		}
		if err != nil {
			return Snapshot{}, badSnapshot("job %d%s: %s", i+1, named(j), err)
		}
		ids[j.ID] = i
	}
	return s, nil
}

// storable tells why a store does not take a job.
func storable(store *jobstore.Store, j jobstore.Job) error {
	e, err := store.Create(j)
	var why *jobstore.Error
	switch {
	case err == nil:
		return store.Delete(e.ID())
	case errors.As(err, &why) && why.Detail != "":
		return errors.New(why.Detail)
	}
	return err
}

func named(j *jobstore.Job) string {
	if j.ID == uuid.Nil {
		return ""
	}
	return ", " + bits.GUIDString(j.ID)
}

func badSnapshot(format string, args ...any) error {
	return fmt.Errorf("bitsemu: it is no snapshot: "+format+": %w", append(args, hresult.E_INVALIDARG)...)
}

// strictly reads one JSON value and nothing else, and tells the line of a mistake.
func strictly(text []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	err := d.Decode(into)
	if err == nil {
		if _, more := d.Token(); !errors.Is(more, io.EOF) {
			return fmt.Errorf("line %d: there is more behind its end", line(text, d.InputOffset()))
		}
		return nil
	}
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	why := strings.TrimPrefix(err.Error(), "json: ")
	switch {
	case errors.Is(err, io.EOF):
		return errors.New("it is empty")
	case errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("it ends in the middle, in line %d", line(text, int64(len(bytes.TrimSpace(text)))))
	case errors.As(err, &syntax):
		return fmt.Errorf("line %d: %s", line(text, syntax.Offset), why)
	case errors.As(err, &kind):
		return fmt.Errorf("line %d: field %s is a %s", line(text, kind.Offset), kind.Field, kind.Value)
	}
	return errors.New(why)
}

// line is that of an offset, counted from 1.
func line(text []byte, offset int64) int {
	return 1 + bytes.Count(text[:min(max(offset, 0), int64(len(text)))], []byte("\n"))
}
