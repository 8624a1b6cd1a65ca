package jobstore

import (
	"bytes"
	"encoding/binary"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/token"
)

// field writes a field as the codec does.
func field(tag, kind int, value ...byte) []byte {
	return append(binary.AppendUvarint(nil, uint64(tag<<kindBits|kind)), value...)
}

func text(tag int, value string) []byte {
	return append(field(tag, kindBytes, byte(len(value))), value...)
}

// recordOf is a record of the first identity's job, with these fields.
func recordOf(fields ...[]byte) []byte {
	body := append(make([]byte, 16), 1, 0, 0, 0)
	return sealed(append(body, bytes.Join(fields, nil)...))
}

func TestDecodeRefuses(t *testing.T) {
	t.Parallel()
	ids := fuzzIdentities(t)
	for name, row := range map[string]struct {
		rec  []byte
		says string
	}{
		"fields out of order":     {recordOf(text(3, "a"), text(2, "b")), "field 2 after field 3"},
		"field that never was":    {recordOf(text(0, "a")), "there is no field 0 here"},
		"field twice":             {recordOf(text(2, "a"), text(2, "b")), "there is no field 2 here"},
		"another kind":            {recordOf(field(2, kindVarint, 7)), "field 2 is of kind 0"},
		"too large a number":      {recordOf(field(7, kindVarint, 0xff, 0xff, 0xff, 0xff, 0x7f)), "field 7 holds 34359738367, more than 4294967295"},
		"flag that is neither":    {recordOf(field(27, kindVarint, 2)), "field 27 holds 2, more than 1"},
		"number cut short":        {recordOf(field(7, kindVarint, 0x80)), "a number is cut short"},
		"number without an end":   {recordOf(field(7, kindVarint, bytes.Repeat([]byte{0xff}, 11)...)), "a number is cut short"},
		"tag cut short":           {recordOf([]byte{0x80}), "a number is cut short"},
		"time cut short":          {recordOf(field(4, kindFixed64, 1, 2, 3)), "8 bytes where 3 are left"},
		"time beyond all years":   {recordOf(field(4, kindFixed64, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f)), "field 4: no such time"},
		"string cut short":        {recordOf(field(2, kindBytes, 9, 'a')), "9 bytes where 1 are left"},
		"string of a huge length": {recordOf(field(2, kindBytes, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1)), "18446744073709551615 bytes where 0 are left"},
		"string with a NUL":       {recordOf(text(2, "a\x00b")), "field 2 has a NUL"},
		"string not UTF-8":        {recordOf(text(2, "\xff")), "field 2 is not UTF-8"},
		"GUID cut short":          {recordOf(text(19, "abc")), "field 19 has 3 bytes, not 16"},
		"unknown token":           {recordOf(field(1, kindVarint, 77)), "identity 77, which the store does not have"},
		"token of a huge number":  {recordOf(field(1, kindVarint, 0xff, 0xff, 0xff, 0xff, 0x7f)), "field 1 holds 34359738367"},
		"damaged file":            {recordOf(text(14, string(text(1, "\x00")))), "item 1 of field 14: field 1 has a NUL"},
		"damaged range":           {recordOf(text(14, string(text(8, string(text(1, "x")))))), "item 1 of field 14: item 1 of field 8: field 1 is of kind 2"},
		"later field, cut short":  {recordOf(field(99, kindBytes, 5, 'x')), "5 bytes where 1 are left"},
		"later field, odd kind":   {recordOf(field(99, 3, 1)), "a field is of kind 3"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := decode(row.rec, ids)
			require.ErrorIs(t, err, ErrCorrupt)
			require.ErrorContains(t, err, row.says)
		})
	}
}

// TestDamagedFieldIsReported has a record whose head is in order, which is all
// that opening a store reads.
func TestDamagedFieldIsReported(t *testing.T) {
	t.Parallel()
	s := NewMemory()
	e, err := s.Create(Job{Owner: token.LocalSystem()})
	require.NoError(t, err)
	rec := recordOf(text(2, "\xff"))
	id := e.ID()
	copy(rec[5:], id[:])
	rec = sealed(rec[5:])
	require.NoError(t, s.storage.update(func(tx storageTx) error { return tx.put(e.Seq(), rec) }))

	called := func(*Job) error { t.Error("called"); return nil }
	_, get := s.Get(id)
	_, job := e.Job()
	var jobs error
	for _, jobs = range s.Jobs() {
	}
	for _, err := range []error{get, job, jobs, s.Update(id, called), s.Dump(discardAll{}), s.Backup(discardAll{}), s.Check()} {
		require.ErrorIs(t, err, ErrCorrupt)
		require.ErrorContains(t, err, "UTF-8")
	}
	require.ErrorContains(t, get, strings.ToUpper(id.String()))
	require.NoError(t, s.Delete(id), "it can be got rid of")
	require.NoError(t, s.Close())
}

type discardAll struct{}

func (discardAll) Write(p []byte) (int, error) { return len(p), nil }

// TestLaterFieldsAreKept has fields that a later version will have written: a
// program of this one changes the job, and leaves them as they are.
func TestLaterFieldsAreKept(t *testing.T) {
	t.Parallel()
	s := NewMemory()
	e, err := s.Create(Job{Owner: token.LocalSystem()})
	require.NoError(t, err)
	inFile := append(text(2, "local"), field(70, kindVarint, 9)...)
	later := bytes.Join([][]byte{text(90, "later"), field(91, kindVarint, 5), field(92, kindFixed64, 1, 2, 3, 4, 5, 6, 7, 8), text(93, "and more")}, nil)
	rec := recordOf(text(2, "name"), text(14, string(inFile)), later)
	id := e.ID()
	copy(rec[5:], id[:])
	rec = sealed(rec[5:])
	require.NoError(t, s.storage.update(func(tx storageTx) error {
		s.position.fingerprint += recordPrint(1, rec) - recordPrint(1, tx.get(1))
		return errors.Join(tx.put(1, rec), tx.setFingerprint(s.position.fingerprint))
	}))
	require.NoError(t, s.Check())

	require.NoError(t, e.Update(func(j *Job) error {
		require.Equal(t, "name", j.DisplayName)
		require.Equal(t, "local", j.Files[0].LocalName)
		j.Description = "changed"
		j.Files[0].RemoteName = "remote"
		return nil
	}))
	require.NoError(t, s.storage.get(1, func(rec []byte) error {
		require.True(t, bytes.HasSuffix(rec, later))
		require.Contains(t, string(rec), string(field(70, kindVarint, 9)))
		require.Contains(t, string(rec), "changed")
		return nil
	}))
	require.NoError(t, s.Check())
	require.NoError(t, s.Close())
}
