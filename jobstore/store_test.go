package jobstore_test

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/jobstore"
	"github.com/bitsemu/bitsemu/sid"
	"github.com/bitsemu/bitsemu/token"
)

func TestMain(m *testing.M) {
	runChild() // see kill_test.go
	goleak.VerifyTestMain(m)
}

// user is the n-th user of a domain.
func user(n int) sid.SID {
	return sid.MustParse(fmt.Sprintf("S-1-5-21-3623811015-3361044348-30300820-%d", 1000+n))
}

var (
	alice = token.User(user(1))
	bob   = token.User(user(2))
)

// kinds are the ways to have a store that holds nothing yet.
var kinds = []struct {
	name string
	open func(*testing.T) *jobstore.Store
}{
	{"memory", func(*testing.T) *jobstore.Store { return jobstore.NewMemory() }},
	{"scratch", func(t *testing.T) *jobstore.Store {
		s, err := jobstore.NewScratch()
		require.NoError(t, err)
		return s
	}},
	{"file", func(t *testing.T) *jobstore.Store { return open(t, newPath(t)) }},
	{"nosync", func(t *testing.T) *jobstore.Store { return open(t, newPath(t), jobstore.NoSync()) }},
}

func newPath(t testing.TB) string { return filepath.Join(t.TempDir(), "jobs.db") }

func open(t testing.TB, path string, opts ...jobstore.Option) *jobstore.Store {
	t.Helper()
	s, err := jobstore.Open(path, opts...)
	require.NoError(t, err)
	return s
}

// forEachKind runs a test on every kind of store, and checks the store after.
func forEachKind(t *testing.T, test func(*testing.T, *jobstore.Store)) {
	for _, k := range kinds {
		t.Run(k.name, func(t *testing.T) {
			t.Parallel()
			s := k.open(t)
			test(t, s)
			if err := s.Check(); !errors.Is(err, jobstore.ErrClosed) {
				require.NoError(t, err)
			}
			require.NoError(t, s.Close())
		})
	}
}

// fullJob has every field set.
func fullJob() jobstore.Job {
	at := func(n int) time.Time { return time.Date(2026, 3, 4, 5, 6, n, 123456700, time.UTC) }
	return jobstore.Job{
		ID: uuid.MustParse("6b29fc40-ca47-1067-b31d-00dd010662da"), Owner: alice, HelperToken: bob, HelperTokenFlags: bits.BG_TOKEN_LOCAL_FILE | bits.BG_TOKEN_NETWORK,
		DisplayName: "Größe 尺寸 📦", Description: "a job with everything", Type: bits.BG_JOB_TYPE_UPLOAD_REPLY, Priority: bits.BG_JOB_PRIORITY_HIGH, State: bits.BG_JOB_STATE_ERROR,
		CreationTime: at(1), ModificationTime: at(2), TransferCompletionTime: at(3),
		MinimumRetryDelay: 600, NoProgressTimeout: 1209600, MaximumDownloadTime: 7776000,
		ErrorCount: 3, Error: jobstore.JobError{Code: hresult.BG_E_TOKEN_REQUIRED, Context: bits.BG_ERROR_CONTEXT_LOCAL_FILE, File: 2},
		Files: []jobstore.File{
			{RemoteName: "http://a.test/1", LocalName: `C:\a\1`, Progress: jobstore.Progress{BytesTotal: bits.BG_SIZE_UNKNOWN}},
			{
				RemoteName: "http://a.test/2", LocalName: `C:\a\2`, TemporaryName: `C:\a\BITABCD.tmp`, Progress: jobstore.Progress{BytesTotal: 1 << 40, BytesTransferred: 7},
				Completed: true, Renamed: true, Ranges: []jobstore.Range{{InitialOffset: 0, Length: 10}, {InitialOffset: 1 << 33, Length: bits.BG_LENGTH_TO_EOF}},
				RequestedRanges: []jobstore.Range{{InitialOffset: 1, Length: 2}}, FilledRanges: []jobstore.Range{{InitialOffset: 1, Length: 1}}, ValidationState: true,
				ResponseHeaders: "HTTP/1.1 200 OK\r\n", ETag: `"x"`, RemoteModified: at(4), LocalModified: at(5), LocalSize: 99, PeerBytes: 1, OriginBytes: 2, UnresumedRemote: "http://b.test/2",
			},
		},
		NotifyFlags: bits.BG_NOTIFY_JOB_ERROR | bits.BG_NOTIFY_JOB_TRANSFERRED, NotifyProgram: `C:\p.exe`, NotifyParameters: "p /x", NotifyToken: bob, NotifyCLSID: uuid.MustParse("4991d34b-80a1-4291-83b6-3328366b9097"),
		ProxyUsage: bits.BG_JOB_PROXY_USAGE_OVERRIDE, ProxyList: "p:8080", ProxyBypassList: "<local>",
		Credentials: []jobstore.Credential{{Target: bits.BG_AUTH_TARGET_PROXY, Scheme: bits.BG_AUTH_SCHEME_NEGOTIATE, Implicit: true}}, Sealed: []byte("sealed"),
		HTTPMethod: "PUT", SecurityFlags: bits.BG_SSL_ENABLE_CRL_CHECK, CustomHeadersWriteOnly: true,
		ClientCertificate: jobstore.ClientCertificate{StoreLocation: bits.BG_CERT_STORE_LOCATION_LOCAL_MACHINE, StoreName: "MY", SubjectName: "cn", Hash: [20]byte{1, 2, 3}, Set: true},
		FileACLFlags:      bits.BG_COPY_FILE_DACL, PeerCachingFlags: 1,
		CostFlags: 5, DynamicContent: true, HighPerformance: true, OnDemandMode: true, MaxDownloadSize: 12, UseStoredCredentials: bits.BG_AUTH_TARGET_PROXY, MinimumNotificationInterval: 500,
		ReplyFileName: `C:\r`, ReplyTemporaryName: `C:\r.tmp`, ReplyProgress: jobstore.Progress{BytesTotal: 4, BytesTransferred: 3},
		Resumed: true, RetryTime: at(6), NoProgressSince: at(7), LastActivity: at(8), DownloadTime: 90 * time.Second, NotifyPending: bits.BG_NOTIFY_JOB_ERROR, UploadSession: "{s}", UploadHost: "h",
		UploadHostTimeout: time.Hour, UploadHostLost: at(9), UploadFinished: true, UploadReplyURL: "http://h/r", ServerCertificateCallback: true,
	}
}

// requireJob compares jobs; tokens are equal when they print and encode alike.
func requireJob(t testing.TB, want, got jobstore.Job) {
	t.Helper()
	require.Equal(t, want.String(), got.String())
	for _, pair := range [][2]token.Token{{want.Owner, got.Owner}, {want.HelperToken, got.HelperToken}, {want.NotifyToken, got.NotifyToken}} {
		require.True(t, pair[0].Equal(pair[1]))
	}
	want.Owner, want.HelperToken, want.NotifyToken = got.Owner, got.HelperToken, got.NotifyToken
	require.Equal(t, want, got)
}

func TestStoreKeepsEveryField(t *testing.T) {
	t.Parallel()
	forEachKind(t, func(t *testing.T, s *jobstore.Store) {
		want := fullJob()
		e, err := s.Create(want)
		require.NoError(t, err)
		got, err := s.Get(want.ID)
		require.NoError(t, err)
		requireJob(t, want, got)

		require.Equal(t, want.ID, e.ID())
		require.Equal(t, uint64(1), e.Seq())
		require.Equal(t, want.HelperTokenFlags, e.HelperTokenFlags())
		require.Equal(t, want.State, e.State())
		require.Equal(t, want.Type, e.Type())
		require.Equal(t, want.Priority, e.Priority())
		require.True(t, e.Owner().Equal(alice))
		require.Equal(t, user(1), e.OwnerSID())
		mine, other := user(1), user(2)
		require.True(t, e.OwnedBy(&mine))
		require.False(t, e.OwnedBy(&other))
	})
}

func TestStoreCreate(t *testing.T) {
	t.Parallel()
	forEachKind(t, func(t *testing.T, s *jobstore.Store) {
		e, err := s.Create(jobstore.Job{Owner: alice})
		require.NoError(t, err)
		require.NotEqual(t, uuid.Nil, e.ID(), "an id is made up")
		require.Equal(t, uuid.Version(4), e.ID().Version())

		_, err = s.Create(jobstore.Job{ID: e.ID(), Owner: bob})
		require.ErrorIs(t, err, jobstore.ErrExists)
		require.ErrorIs(t, err, fs.ErrExist)
		require.ErrorContains(t, err, "create")

		require.Equal(t, 1, s.Len())
		require.NoError(t, s.Delete(e.ID()))
		again, err := s.Create(jobstore.Job{ID: e.ID(), Owner: bob})
		require.NoError(t, err, "an id may be used again once its job is gone")
		require.NotEqual(t, e, again)
		require.True(t, e.Deleted(), "the old view stays that of the old job")
		require.False(t, again.Deleted())
		require.ErrorIs(t, e.Update(func(*jobstore.Job) error { return nil }), jobstore.ErrNotFound)
	})
}

func TestStoreRefuses(t *testing.T) {
	t.Parallel()
	forEachKind(t, func(t *testing.T, s *jobstore.Store) {
		e, err := s.Create(jobstore.Job{Owner: alice, DisplayName: "kept"})
		require.NoError(t, err)
		huge := make([]byte, 1<<20+1)
		for i := range huge {
			huge[i] = 'x'
		}
		for _, row := range []struct {
			name string
			set  func(*jobstore.Job)
			says string
		}{
			{"no owner", func(j *jobstore.Job) { j.Owner = token.Token{} }, "no owner"},
			{"NUL in a name", func(j *jobstore.Job) { j.DisplayName = "a\x00b" }, "NUL"},
			{"name that is not UTF-8", func(j *jobstore.Job) { j.Description = "\xff" }, "UTF-8"},
			{"huge name", func(j *jobstore.Job) { j.DisplayName = string(huge) }, "1 MiB"},
			{"bad name within a file", func(j *jobstore.Job) { j.Files = []jobstore.File{{LocalName: "\x00"}} }, "NUL"},
			{"huge record", func(j *jobstore.Job) { j.Sealed = make([]byte, 17<<20) }, "16 MiB"},
			{"flags", func(j *jobstore.Job) { j.HelperTokenFlags = 1 << 16 }, "0x10000"},
			{"state", func(j *jobstore.Job) { j.State = 128 }, "state 128"},
			{"type", func(j *jobstore.Job) { j.Type = 16 }, "type 16"},
			{"priority", func(j *jobstore.Job) { j.Priority = 16 }, "priority 16"},
			{"year 10000", func(j *jobstore.Job) { j.CreationTime = time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC) }, "year"},
			{"year 0", func(j *jobstore.Job) { j.CreationTime = time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC) }, "year"},
			{"negative time used", func(j *jobstore.Job) { j.DownloadTime = -1 }, "negative"},
		} {
			j := jobstore.Job{Owner: alice}
			row.set(&j)
			_, err := s.Create(j)
			require.ErrorIs(t, err, jobstore.ErrInvalid, row.name)
			require.ErrorIs(t, err, hresult.E_INVALIDARG, row.name)
			require.ErrorContains(t, err, row.says, row.name)

			err = s.Update(e.ID(), func(j *jobstore.Job) error { row.set(j); return nil })
			require.ErrorIs(t, err, jobstore.ErrInvalid, row.name)
			require.ErrorContains(t, err, "update", row.name)
		}
		err = s.Update(e.ID(), func(j *jobstore.Job) error { j.ID = uuid.New(); return nil })
		require.ErrorIs(t, err, jobstore.ErrInvalid)
		require.ErrorContains(t, err, "cannot change")
		got, err := s.Get(e.ID())
		require.NoError(t, err)
		requireJob(t, jobstore.Job{ID: e.ID(), Owner: alice, DisplayName: "kept"}, got)
		require.Equal(t, 1, s.Len())
	})
}

func TestStoreNamesAreKeptAsTheyAre(t *testing.T) {
	t.Parallel()
	long := make([]rune, 1<<18)
	for i := range long {
		long[i] = '尺'
	}
	forEachKind(t, func(t *testing.T, s *jobstore.Store) {
		for _, name := range []string{"", " ", "é", "e\u0301", "\U0010ffff", "\ufffd", "a\r\nb", "\x01\x7f", string(long[:1<<18])} {
			e, err := s.Create(jobstore.Job{Owner: alice, DisplayName: name})
			require.NoError(t, err)
			j, err := e.Job()
			require.NoError(t, err)
			require.True(t, name == j.DisplayName, "%.20q", name)
		}
	})
}

func TestStoreUpdate(t *testing.T) {
	t.Parallel()
	forEachKind(t, func(t *testing.T, s *jobstore.Store) {
		e, err := s.Create(fullJob())
		require.NoError(t, err)
		id := e.ID()

		require.NoError(t, s.Update(id, func(j *jobstore.Job) error {
			requireJob(t, fullJob(), *j)
			j.State = bits.BG_JOB_STATE_QUEUED
			j.HelperTokenFlags = 0
			j.Files = append(j.Files, jobstore.File{RemoteName: "3"})
			return nil
		}))
		require.Equal(t, bits.BG_JOB_STATE_QUEUED, e.State())
		require.Zero(t, e.HelperTokenFlags())
		j, err := e.Job()
		require.NoError(t, err)
		require.Len(t, j.Files, 3)

		mine := errors.New("mine")
		err = s.Update(id, func(j *jobstore.Job) error { j.DisplayName = "no"; return mine })
		require.Equal(t, mine, err, "the function's error comes back as it is")
		same, err := e.Job()
		require.NoError(t, err)
		requireJob(t, j, same)

		require.NoError(t, e.Update(func(j *jobstore.Job) error { j.DisplayName = "through the view"; return nil }))
		j, err = s.Get(id)
		require.NoError(t, err)
		require.Equal(t, "through the view", j.DisplayName)

		err = s.Update(uuid.New(), func(*jobstore.Job) error { panic("not reached") })
		require.ErrorIs(t, err, jobstore.ErrNotFound)
		require.ErrorIs(t, err, hresult.BG_E_NOT_FOUND)
	})
}

func TestStoreUpdateSurvivesItsFunction(t *testing.T) {
	t.Parallel()
	forEachKind(t, func(t *testing.T, s *jobstore.Store) {
		e, err := s.Create(jobstore.Job{Owner: alice})
		require.NoError(t, err)
		require.Panics(t, func() { _ = s.Update(e.ID(), func(*jobstore.Job) error { panic("mine") }) })

		// The function may use the store, also to update another job.
		other, err := s.Create(jobstore.Job{Owner: bob})
		require.NoError(t, err)
		require.NoError(t, e.Update(func(j *jobstore.Job) error {
			j.DisplayName = "outer"
			require.Equal(t, 2, s.Len())
			return other.Update(func(j *jobstore.Job) error { j.DisplayName = "inner"; return nil })
		}))

		// Only its own job it must not: that can never end.
		n := 0
		err = e.Update(func(j *jobstore.Job) error {
			n++
			j.Description = "outer"
			return e.Update(func(j *jobstore.Job) error { j.ErrorCount++; return nil })
		})
		require.ErrorIs(t, err, jobstore.ErrConflict)
		require.ErrorContains(t, err, "from within the function")
	})
}

func TestStoreUpdatesOfOneJobAreAllCounted(t *testing.T) {
	t.Parallel()
	forEachKind(t, func(t *testing.T, s *jobstore.Store) {
		e, err := s.Create(jobstore.Job{Owner: alice})
		require.NoError(t, err)
		const callers, each = 32, 10
		var wg sync.WaitGroup
		for range callers {
			wg.Go(func() {
				for range each {
					if err := e.Update(func(j *jobstore.Job) error { j.ErrorCount++; return nil }); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		j, err := e.Job()
		require.NoError(t, err)
		require.Equal(t, uint32(callers*each), j.ErrorCount)
	})
}

func TestStoreLists(t *testing.T) {
	t.Parallel()
	forEachKind(t, func(t *testing.T, s *jobstore.Store) {
		var ids []uuid.UUID
		for i := range 200 {
			e, err := s.Create(jobstore.Job{Owner: token.User(user(i % 3))})
			require.NoError(t, err)
			ids = append(ids, e.ID())
		}
		listed := func(entries jobstore.Entries) (got []uuid.UUID) {
			for e := range entries.All() {
				got = append(got, e.ID())
			}
			return got
		}
		pick := func(keep func(int) bool) (got []uuid.UUID) {
			for i, id := range ids {
				if keep(i) {
					got = append(got, id)
				}
			}
			return got
		}
		require.Equal(t, ids, listed(s.All()))
		require.Equal(t, pick(func(i int) bool { return i%3 == 1 }), listed(s.ByOwner(user(1))))
		require.Equal(t, 67, s.CountByOwner(user(1)))
		require.Empty(t, listed(s.ByOwner(user(9))))
		require.Zero(t, s.CountByOwner(user(9)))

		// Job 50 and then 20 go to user 0, in whose list they stand in their
		// places; 20 goes back.
		for _, step := range []struct{ job, to int }{{50, 0}, {20, 0}, {20, 2}, {20, 0}, {20, 2}} {
			require.NoError(t, s.Update(ids[step.job], func(j *jobstore.Job) error { j.Owner = token.User(user(step.to)); return nil }))
		}
		require.Equal(t, pick(func(i int) bool { return i%3 == 0 || i == 50 }), listed(s.ByOwner(user(0))))
		require.Equal(t, pick(func(i int) bool { return i%3 == 2 && i != 50 }), listed(s.ByOwner(user(2))))

		for i := 0; i < 200; i += 2 {
			require.NoError(t, s.Delete(ids[i]))
		}
		require.Equal(t, 100, s.Len())
		odd := func(i int) bool { return i%2 == 1 }
		require.Equal(t, pick(odd), listed(s.All()))
		require.Equal(t, pick(func(i int) bool { return odd(i) && i%3 == 0 }), listed(s.ByOwner(user(0))))

		// Breaking off and deleting while walking are fine.
		for e := range s.All().All() {
			require.NoError(t, s.Delete(e.ID()))
			if s.Len() == 50 {
				break
			}
		}
		require.Len(t, slices.Collect(s.All().All()), 50)
		for e := range s.ByOwner(user(0)).All() {
			require.NoError(t, s.Delete(e.ID()))
			break
		}
		n := 0
		for j, err := range s.Jobs() {
			require.NoError(t, err)
			require.NoError(t, s.Delete(j.ID))
			n++
		}
		require.Equal(t, 49, n)
		require.Zero(t, s.Len())
	})
}

func TestStoreAfterClose(t *testing.T) {
	t.Parallel()
	forEachKind(t, func(t *testing.T, s *jobstore.Store) {
		e, err := s.Create(jobstore.Job{Owner: alice, HelperTokenFlags: 3})
		require.NoError(t, err)
		require.NoError(t, s.Close())
		require.NoError(t, s.Close(), "twice is fine")

		_, lookup := s.Lookup(e.ID())
		_, get := s.Get(e.ID())
		_, create := s.Create(jobstore.Job{Owner: alice})
		_, read := e.Job()
		update := s.Update(e.ID(), func(*jobstore.Job) error { return nil })
		for i, err := range []error{lookup, get, create, read, update, s.Delete(e.ID()), s.Check(), s.Backup(nil)} {
			require.ErrorIs(t, err, jobstore.ErrClosed, i)
			require.ErrorIs(t, err, fs.ErrClosed, i)
		}
		require.Empty(t, slices.Collect(s.All().All()))
		require.Empty(t, slices.Collect(s.ByOwner(user(1)).All()))
		require.Equal(t, bits.HelperTokenFlags(3), e.HelperTokenFlags(), "a held view keeps what it showed")
		require.Equal(t, user(1), e.OwnerSID())
	})
}

func TestStoreReopens(t *testing.T) {
	t.Parallel()
	path := newPath(t)
	s := open(t, path)
	want := fullJob()
	_, err := s.Create(want)
	require.NoError(t, err)
	var ids []uuid.UUID
	for i := range 300 {
		e, err := s.Create(jobstore.Job{Owner: token.User(user(i % 7)), DisplayName: fmt.Sprint(i), HelperTokenFlags: bits.HelperTokenFlags(i % 4)})
		require.NoError(t, err)
		ids = append(ids, e.ID())
	}
	require.NoError(t, s.Delete(ids[299]))
	require.NoError(t, s.Update(ids[0], func(j *jobstore.Job) error { j.Owner = bob; return nil }))
	require.NoError(t, s.Close())

	for _, reopen := range []func(string, ...jobstore.Option) (*jobstore.Store, error){jobstore.Open, jobstore.OpenReadOnly} {
		s, err := reopen(path)
		require.NoError(t, err)
		require.NoError(t, s.Check())
		require.Equal(t, 300, s.Len())
		got, err := s.Get(want.ID)
		require.NoError(t, err)
		requireJob(t, want, got)
		for i, id := range ids[:299] {
			e, err := s.Lookup(id)
			require.NoError(t, err)
			require.Equal(t, bits.HelperTokenFlags(i%4), e.HelperTokenFlags())
			require.Equal(t, uint64(i+2), e.Seq())
		}
		_, err = s.Lookup(ids[299])
		require.ErrorIs(t, err, jobstore.ErrNotFound)
		require.NoError(t, s.Close())
	}
}

func TestStoreIDs(t *testing.T) {
	t.Parallel()
	n := byte(0)
	s := jobstore.NewMemory(jobstore.IDs(func() (uuid.UUID, error) {
		if n++; n > 2 {
			return uuid.Nil, errors.New("out of ids")
		}
		return uuid.UUID{15: n}, nil
	}))
	for i := range 2 {
		e, err := s.Create(jobstore.Job{Owner: alice})
		require.NoError(t, err)
		require.Equal(t, uuid.UUID{15: byte(i + 1)}, e.ID())
	}
	_, err := s.Create(jobstore.Job{Owner: alice})
	require.ErrorContains(t, err, "out of ids")
	require.ErrorIs(t, err, jobstore.ErrInvalid)
}

func TestFinish(t *testing.T) {
	t.Parallel()
	for name, open := range map[string]func(t *testing.T) *jobstore.Store{
		"memory":  func(*testing.T) *jobstore.Store { return jobstore.NewMemory() },
		"scratch": func(t *testing.T) *jobstore.Store { s, err := jobstore.NewScratch(); require.NoError(t, err); return s },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			t.Cleanup(func() { require.NoError(t, s.Check()); require.NoError(t, s.Close()) })
			e, err := s.Create(jobstore.Job{Owner: token.LocalSystem(), DisplayName: "a"})
			require.NoError(t, err)

			wrong := errors.New("wrong")
			_, err = e.Finish(func(*jobstore.Job) error { return wrong })
			require.ErrorIs(t, err, wrong)
			require.False(t, e.Deleted())

			last, err := e.Finish(func(j *jobstore.Job) error {
				j.State = bits.BG_JOB_STATE_ACKNOWLEDGED
				return nil
			})
			require.NoError(t, err)
			require.Equal(t, "a", last.DisplayName)
			require.Equal(t, bits.BG_JOB_STATE_ACKNOWLEDGED, last.State)
			require.True(t, e.Deleted())
			require.Equal(t, bits.BG_JOB_STATE_ACKNOWLEDGED, e.State(), "the view shows what Finish has left")
			require.Zero(t, s.Len())

			_, err = e.Finish(func(*jobstore.Job) error { return nil })
			require.ErrorIs(t, err, jobstore.ErrNotFound)

			same, err := s.Create(jobstore.Job{ID: e.ID(), Owner: token.LocalSystem()})
			require.NoError(t, err)
			require.True(t, e.Deleted(), "a new job with the id is another")
			last, err = same.Finish(func(*jobstore.Job) error { return nil })
			require.NoError(t, err, "a job that is not changed goes too")
			require.Equal(t, e.ID(), last.ID)
		})
	}
}
