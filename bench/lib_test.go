package bench

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/jobstore"
	"github.com/bitsemu/bitsemu/sid"
	"github.com/bitsemu/bitsemu/token"
	"github.com/bitsemu/bitsemu/tokenopts"
	"github.com/bitsemu/bitsemu/winver"
)

// This file has every row of the library. Each section has a list to append to;
// the names below are those that the goals in cmd/ratios ask for.
//
//	A  aImpls      bitsemu                          through a held interface
//	               bitsemu-lookup                   by id, SID compared
//	B  bDurable1   bitsemu
//	   bDurable64  bitsemu
//	   bVolatile   bitsemu-memory                   in memory on return
//	               bitsemu-nosync/fs=tmpfs, =disk   in the bbolt file on return
//	C  cImpls      bitsemu
//	D  dImpls      bitsemu-memory                   no bbolt
//	               bitsemu-nodir                    bbolt, no directory
//	               bitsemu-dir/fs=disk, =tmpfs      bbolt in a temporary directory
//	E  eCases      bitsemu-scan                     the index is built by Open
//	               bitsemu-readfile                 kind readfile, the same file
//	F  fImpls      op=parse/impl=bitsemu
//	               op=format/impl=bitsemu-append, bitsemu-string
//	               op=decode/impl=bitsemu
//
// A new kind for eCases goes into eKinds.
func init() {
	aImpls = append(aImpls, readImpl{"bitsemu", false, true, aLib}, readImpl{"bitsemu-lookup", false, false, aLibLookup})
	bDurable1 = append(bDurable1, createImpl{"bitsemu", bLibDurable})
	bDurable64 = append(bDurable64, createImpl{"bitsemu", bLibDurable})
	bVolatile = append(
		bVolatile,
		createImpl{"bitsemu-memory", func(tb testing.TB) create { return bLib(tb, jobstore.NewMemory()) }},
		createImpl{"bitsemu-nosync/fs=disk", bLibNoSync(diskDir)},
		createImpl{"bitsemu-nosync/fs=tmpfs", bLibNoSync(tmpfsDir)},
	)
	cImpls = append(cImpls, enumImpl{"bitsemu", cLib})
	dImpls = append(
		dImpls,
		startup{"bitsemu-memory", dLib(func() (*jobstore.Store, error) { return jobstore.NewMemory(), nil })},
		startup{"bitsemu-nodir", dLib(func() (*jobstore.Store, error) { return jobstore.NewScratch() })},
		startup{"bitsemu-dir/fs=disk", dLibDir(diskDir)},
		startup{"bitsemu-dir/fs=tmpfs", dLibDir(tmpfsDir)},
	)
	eKinds["bitsemu"] = eLib
	eCases = append(
		eCases,
		openCase{"bitsemu-scan", "bitsemu", true, eLibFile, "bitsemu"},
		openCase{"bitsemu-readfile", "readfile", true, eLibFile, "bitsemu"},
	)
	fImpls = append(
		fImpls,
		sidImpl{"op=parse/impl=bitsemu", fParseLib},
		sidImpl{"op=format/impl=bitsemu-append", fAppendLib},
		sidImpl{"op=format/impl=bitsemu-string", fStringLib},
		sidImpl{"op=decode/impl=bitsemu", fDecodeLib},
	)
}

// libTokens are the owners' tokens, libPool section B's jobs as records.
var (
	libTokens = sync.OnceValue(func() (all [nOwners]token.Token) {
		for i := range all {
			all[i] = token.User(accountOf(i).sid)
		}
		return all
	})
	libPool = sync.OnceValue(func() (pool [len(bPool)]jobstore.Job) {
		for i := range pool {
			pool[i] = libJob(i)
		}
		return pool
	})
)

// libJob is job i as the library has it: the same strings, times and numbers.
// The fourth time, of which BITS has only three, is that of the last activity.
func libJob(i int) jobstore.Job {
	j := MakeJob(i)
	const ticks = 10_000_000
	at := func(filetime int64) time.Time {
		return time.Unix(filetime/ticks-11_644_473_600, filetime%ticks*100)
	}
	return jobstore.Job{
		ID:                     uuid.UUID(j.ID),
		Owner:                  libTokens()[i%nOwners],
		HelperToken:            libTokens()[(i+1)%nOwners],
		HelperTokenFlags:       bits.HelperTokenFlags(j.HelperFlags),
		DisplayName:            j.Name,
		Type:                   bits.JobType(j.Type),
		Priority:               bits.JobPriority(j.Priority),
		State:                  bits.JobState(j.State),
		CreationTime:           at(j.Created),
		ModificationTime:       at(j.Modified),
		TransferCompletionTime: at(j.Completed),
		LastActivity:           at(j.Expires),
		Files:                  []jobstore.File{{RemoteName: j.Files[0].Remote, LocalName: j.Files[0].Local}},
	}
}

// libFill closes s at the end of the test.
func libFill(tb testing.TB, s *jobstore.Store, n int) {
	tb.Helper()
	tb.Cleanup(func() { s.Close() })
	for i := range n {
		_, err := s.Create(libJob(i))
		require.NoError(tb, err)
	}
}

func libScratch(tb testing.TB) *jobstore.Store {
	tb.Helper()
	s, err := jobstore.NewScratch()
	require.NoError(tb, err)
	return s
}

func aLibLookup(tb testing.TB, n int) pointRead {
	tb.Helper()
	s := libScratch(tb)
	libFill(tb, s, n)
	return func(_ int, id *GUID, who *account) (uint32, bool) {
		e, err := s.Lookup(uuid.UUID(*id))
		if err != nil {
			return 0, false
		}
		return uint32(e.HelperTokenFlags()), e.OwnedBy(&who.sid)
	}
}

// aLib reads as a program does that has asked each of its jobs for the interface
// once: the SID was compared then.
func aLib(tb testing.TB, n int) pointRead {
	tb.Helper()
	s := libScratch(tb)
	libFill(tb, s, n)
	service := tokenopts.New(s, winver.Windows11_24H2)
	var callers [nOwners]context.Context
	for i, t := range libTokens() {
		callers[i] = token.NewContext(tb.Context(), t)
	}
	held := make([]bits.TokenOptions, n)
	for i := range held {
		var err error
		held[i], err = service.Query(callers[i%nOwners], uuid.UUID(GUIDOf(i)))
		require.NoError(tb, err)
	}
	ctx := tb.Context()
	return func(i int, _ *GUID, _ *account) (uint32, bool) {
		flags, err := held[i].GetHelperTokenFlags(ctx)
		return uint32(flags), err == nil
	}
}

func bLib(tb testing.TB, s *jobstore.Store) create {
	tb.Helper()
	libFill(tb, s, bPrefill)
	return bLibCreate(s)
}

func bLibCreate(s *jobstore.Store) create {
	pool := libPool()
	return func(j *Job) error {
		r := pool[j.Pool]
		r.ID = uuid.UUID(j.ID)
		_, err := s.Create(r)
		return err
	}
}

func bLibDurable(tb testing.TB) create { return bLibFile(tb, diskDir(tb)) }

func bLibNoSync(dir func(testing.TB) string) func(testing.TB) create {
	return func(tb testing.TB) create { return bLibFile(tb, dir(tb), jobstore.NoSync()) }
}

func bLibFile(tb testing.TB, dir string, opts ...jobstore.Option) create {
	tb.Helper()
	path := filepath.Join(dir, "jobs.db")
	s, err := jobstore.Open(path, jobstore.NoSync())
	require.NoError(tb, err)
	libFill(tb, s, bPrefill)
	require.NoError(tb, s.Close())
	s, err = jobstore.Open(path, opts...)
	require.NoError(tb, err)
	tb.Cleanup(func() { s.Close() })
	return bLibCreate(s)
}

func cLib(tb testing.TB, n int) enum {
	tb.Helper()
	s := libScratch(tb)
	libFill(tb, s, n)
	return func(who *account) (jobs int, sum uint64) {
		for e := range s.ByOwner(who.sid).All() {
			sum += uint64(e.HelperTokenFlags()) + uint64(e.State())
			jobs++
		}
		return jobs, sum
	}
}

func dLib(make func() (*jobstore.Store, error)) func(testing.TB) cycle {
	return func(testing.TB) cycle {
		return func() error {
			s, err := make()
			if err != nil {
				return err
			}
			return s.Close()
		}
	}
}

func dLibDir(dir func(testing.TB) string) func(testing.TB) cycle {
	return func(tb testing.TB) cycle {
		tb.Helper()
		below := dir(tb)
		return dLib(func() (*jobstore.Store, error) { return jobstore.NewScratch(jobstore.ScratchDir(below)) })(tb)
	}
}

// eLibFile has 64 goroutines load, so that it does not take a transaction a
// job; the sequence numbers, and so the file, are as with one.
func eLibFile(path string, n int) error {
	s, err := jobstore.Open(path, jobstore.NoSync())
	if err != nil {
		return err
	}
	var (
		wg   sync.WaitGroup
		next atomic.Int64
		errs [64]error
	)
	for g := range errs {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < n && errs[g] == nil; i = int(next.Add(1)) - 1 {
				_, errs[g] = s.Create(libJob(i))
			}
		})
	}
	wg.Wait()
	return errors.Join(append(errs[:], s.Close())...)
}

func eLib(path string, n int, r *eReport) error {
	before := measureMemory()
	t := time.Now()
	s, err := jobstore.Open(path)
	if err != nil {
		return err
	}
	defer s.Close()
	r.OpenUS = since(t, time.Microsecond)
	r.IndexMS = since(t, time.Millisecond)
	after := measureMemory()
	r.OpenRSS, r.OpenAnon, r.IndexAnon = after.total-before.total, after.anon-before.anon, after.anon-before.anon

	id, flags := eProbe(n)
	t = time.Now()
	e, err := s.Lookup(uuid.UUID(id))
	if err != nil || uint32(e.HelperTokenFlags()) != flags {
		return fmt.Errorf("flags of %v: %w", id, err)
	}
	r.FirstGetUS = since(t, time.Microsecond)

	t = time.Now()
	seen, sum := 0, uint64(0)
	for e := range s.All().All() {
		seen++
		sum += uint64(e.HelperTokenFlags())
	}
	r.IterMS = since(t, time.Millisecond)
	if seen != n || sum == 0 {
		return fmt.Errorf("%d jobs, want %d", seen, n)
	}
	r.IterRSS = measureMemory().total - before.total
	return nil
}

var sinkLibSID sid.SID

func fParseLib(b *testing.B, text string, _ []byte) {
	for b.Loop() {
		sinkLibSID, _ = sid.Parse(text)
	}
	require.Equal(b, text, sinkLibSID.String())
}

func fAppendLib(b *testing.B, text string, _ []byte) {
	s := sid.MustParse(text)
	buf := make([]byte, 0, 64)
	for b.Loop() {
		sinkBuf, _ = s.AppendText(buf[:0])
	}
	require.Equal(b, text, string(sinkBuf))
}

func fStringLib(b *testing.B, text string, _ []byte) {
	s := sid.MustParse(text)
	for b.Loop() {
		sinkStr = s.String()
	}
	require.Equal(b, text, sinkStr)
}

func fDecodeLib(b *testing.B, text string, packet []byte) {
	for b.Loop() {
		sinkLibSID, _ = sid.FromBinary(packet)
	}
	require.Equal(b, text, sinkLibSID.String())
}
