package jobstore

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/sid"
	"github.com/bitsemu/bitsemu/token"
)

// fuzzIdentities has two tokens, numbered 1 and 2.
func fuzzIdentities(tb testing.TB) *identities {
	tb.Helper()
	ids := &identities{}
	for _, t := range []token.Token{token.LocalSystem(), token.User(sid.MustParse("S-1-5-21-1-2-3-1001"))} {
		_, err := ids.number(t)
		require.NoError(tb, err)
	}
	return ids
}

// sealed makes a record of bytes, so that the fuzzer need not find a checksum.
func sealed(body []byte) []byte {
	rec := append(make([]byte, 5), body...)
	rec[0] = recordVersion
	sum := checksum(rec[5:])
	rec[1], rec[2], rec[3], rec[4] = byte(sum), byte(sum>>8), byte(sum>>16), byte(sum>>24)
	return rec
}

// FuzzDecode: no record makes the decoder panic, and what it reads it writes
// and reads again as the same.
func FuzzDecode(f *testing.F) {
	ids := fuzzIdentities(f)
	for _, j := range []Job{
		{ID: uuid.UUID{1}, Owner: token.LocalSystem()},
		{ID: uuid.UUID{2}, Owner: token.LocalSystem(), HelperToken: token.LocalSystem(), DisplayName: "a name", Files: []File{{RemoteName: "r", Ranges: []Range{{1, 2}}}}, Error: JobError{Code: hresult.E_FAIL}, CreationTime: time.Unix(1, 0)},
		{ID: uuid.UUID{3}, Owner: token.LocalSystem(), Files: []File{{LocalName: strings.Repeat("long", 100)}}, Credentials: []Credential{{Target: 1, Scheme: 2, Implicit: true}}, ClientCertificate: ClientCertificate{Hash: [20]byte{1}}},
	} {
		w, err := j.encode(ids)
		require.NoError(f, err)
		f.Add(w.data[5:])
		later := append(bytes.Clone(w.data[5:]), 99<<kindBits&0x7f|0x80, 99<<kindBits>>7, 7) // a field of a later version
		f.Add(later)
	}
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, body []byte) {
		j, err := decode(sealed(body), ids)
		if err != nil {
			require.ErrorIs(t, err, ErrCorrupt)
			return
		}
		w, err := j.encode(ids)
		require.NoError(t, err)
		again, err := decode(w.data, ids)
		require.NoError(t, err)
		require.Equal(t, j, again)
		_, s, _, err := decodeHead(w.data, ids)
		require.NoError(t, err)
		require.Equal(t, w.summary, s)
	})
}

// FuzzEncode: every job that can be stored comes back as it was.
func FuzzEncode(f *testing.F) {
	ids := fuzzIdentities(f)
	f.Add("name", []byte("sealed"), uint64(1), uint32(3), uint8(3), int64(1), true)
	f.Add("", []byte(nil), uint64(0), uint32(0), uint8(0), int64(0), false)
	f.Add("a\x00b", []byte{0}, ^uint64(0), ^uint32(0), uint8(255), int64(-1), true)
	f.Add("\xff", []byte{0}, uint64(1)<<63, uint32(1)<<16, uint8(128), int64(1)<<62, true)
	f.Fuzz(func(t *testing.T, text string, secret []byte, large uint64, number uint32, small uint8, at int64, yes bool) {
		j := Job{
			ID: uuid.UUID{15: small}, Owner: token.LocalSystem(), HelperTokenFlags: bits.HelperTokenFlags(number),
			DisplayName: text, State: bits.JobState(small), Type: bits.JobType(small >> 5), CreationTime: time.Unix(at, at).UTC(),
			Error: JobError{Code: hresult.HRESULT(number), File: number}, Sealed: secret, DynamicContent: yes, MaxDownloadSize: large,
			Files:        []File{{RemoteName: text, Progress: Progress{BytesTotal: large, BytesTransferred: ^large}, Completed: yes, Ranges: []Range{{large, large}}}, {}},
			DownloadTime: time.Duration(at), NotifyCLSID: uuid.UUID{small},
		}
		w, err := j.encode(ids)
		if err != nil {
			require.ErrorIs(t, err, ErrInvalid)
			return
		}
		got, err := decode(w.data, ids)
		require.NoError(t, err)
		require.WithinRange(t, got.CreationTime, j.CreationTime.Add(-100*time.Nanosecond), j.CreationTime)
		j.CreationTime = got.CreationTime
		if len(secret) == 0 {
			j.Sealed = got.Sealed
		}
		require.Equal(t, j, got)
	})
}

// FuzzPreflight: no file makes the look before bbolt.Open panic or hang.
func FuzzPreflight(f *testing.F) {
	image, err := template()
	require.NoError(f, err)
	f.Add(image.bytes)
	f.Add(image.bytes[:100])
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, file []byte) {
		for _, older := range []bool{false, true} {
			m, free, err := preflight(bytes.NewReader(file), int64(len(file)), older)
			if err != nil {
				require.True(t, looksDamaged(err), "%v", err)
				continue
			}
			pages := &pageReader{f: bytes.NewReader(file), size: uint64(m.pageSize), end: m.pages}
			tr, err := newTree(pages, m, free)
			if err != nil {
				require.ErrorIs(t, err, ErrCorrupt)
				continue
			}
			for name := range tr.buckets {
				err := tr.each([]byte(name), func(_, _ []byte) error { return nil })
				if err != nil {
					require.ErrorIs(t, err, ErrCorrupt)
				}
			}
		}
	})
}
