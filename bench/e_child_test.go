package bench

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	bolt "go.etcd.io/bbolt"
)

// eReport is what one child measured. Zero: not measured by this kind.
type eReport struct {
	OpenUS     float64 // Open alone
	OpenRSS    float64 // MiB resident after it, more than before
	OpenAnon   float64 // MiB of those that no file backs
	FirstGetUS float64 // first read of one job
	IterMS     float64 // visit all jobs
	IterRSS    float64
	IndexMS    float64 // have an index of all jobs; for the library, since Open began
	IndexAnon  float64 // its MiB
	FlatMS     float64 // the same as a flat table
	FlatAnon   float64
}

func (r *eReport) add(o eReport) {
	r.OpenUS += o.OpenUS
	r.OpenRSS += o.OpenRSS
	r.OpenAnon += o.OpenAnon
	r.FirstGetUS += o.FirstGetUS
	r.IterMS += o.IterMS
	r.IterRSS += o.IterRSS
	r.IndexMS += o.IndexMS
	r.IndexAnon += o.IndexAnon
	r.FlatMS += o.FlatMS
	r.FlatAnon += o.FlatAnon
}

// eKinds are the ways to open a file of n jobs and to measure that; lib_test.go
// adds the library's.
var eKinds = map[string]func(path string, n int, r *eReport) error{
	"bbolt": func(path string, n int, r *eReport) error { return eBolt(path, n, r, &bolt.Options{}, false) },
	"bbolt-nofreelist": func(path string, n int, r *eReport) error {
		return eBolt(path, n, r, &bolt.Options{NoFreelistSync: true, FreelistType: bolt.FreelistMapType}, false)
	},
	"bbolt-readonly": func(path string, n int, r *eReport) error {
		return eBolt(path, n, r, &bolt.Options{ReadOnly: true}, false)
	},
	"bbolt-populate": func(path string, n int, r *eReport) error {
		return eBolt(path, n, r, &bolt.Options{MmapFlags: populate}, false)
	},
	"bbolt-prefetch": func(path string, n int, r *eReport) error { return eBolt(path, n, r, &bolt.Options{}, true) },
	"sqlite":         eSQLite,
	"readfile":       eReadFile,
}

// eChild is the process that is measured.
func eChild(kind string) error {
	n, err := strconv.Atoi(os.Getenv("BENCH_E_JOBS"))
	if err != nil {
		return err
	}
	f := eKinds[kind]
	if f == nil {
		return fmt.Errorf("no kind %q in eKinds", kind)
	}
	var r eReport
	if err := f(os.Getenv("BENCH_E_FILE"), n, &r); err != nil {
		return fmt.Errorf("%s: %w", kind, err)
	}
	return json.NewEncoder(os.Stdout).Encode(r)
}

// memory is what this process has resident, in MiB.
type memory struct{ total, anon float64 }

// measureMemory looks at Linux's account, after a garbage collection. Elsewhere
// it gives zero.
func measureMemory() (m memory) {
	runtime.GC()
	debug.FreeOSMemory()
	f, err := os.Open("/proc/self/status")
	if err != nil {
		return m
	}
	defer f.Close()
	for s := bufio.NewScanner(f); s.Scan(); {
		k, v, _ := strings.Cut(s.Text(), ":")
		kb, _ := strconv.ParseFloat(strings.TrimSuffix(strings.TrimSpace(v), " kB"), 64)
		switch k {
		case "VmRSS":
			m.total = kb / 1024
		case "RssAnon":
			m.anon = kb / 1024
		}
	}
	return m
}

// since gives the time from t on in units.
func since(t time.Time, unit time.Duration) float64 { return float64(time.Since(t)) / float64(unit) }

// eProbe is the job that the first read asks for.
func eProbe(n int) (id GUID, flags uint32) { return GUIDOf(n / 2), FlagsOf(n / 2) }

func eBolt(path string, n int, r *eReport, o *bolt.Options, prefetch bool) error {
	before := measureMemory()
	t := time.Now()
	db, err := bolt.Open(path, 0o600, o)
	if err != nil {
		return err
	}
	defer db.Close()
	r.OpenUS = since(t, time.Microsecond)
	after := measureMemory()
	r.OpenRSS, r.OpenAnon = after.total-before.total, after.anon-before.anon

	id, flags := eProbe(n)
	t = time.Now()
	if err := db.View(func(tx *bolt.Tx) error {
		if got := RecFlags(tx.Bucket(bktJobs).Get(id[:])); got != flags {
			return fmt.Errorf("flags %d, want %d", got, flags)
		}
		return nil
	}); err != nil {
		return err
	}
	r.FirstGetUS = since(t, time.Microsecond)

	t = time.Now()
	if prefetch {
		// bbolt maps the file for random access, so that a cold walk faults page
		// by page. A store can read the file in order first.
		if err := readAll(path); err != nil {
			return err
		}
	}
	seen, sum := 0, uint64(0)
	if err := walkBolt(db, func(_, v []byte) { seen++; sum += uint64(RecFlags(v)) }); err != nil {
		return err
	}
	r.IterMS = since(t, time.Millisecond)
	if seen != n || sum == 0 {
		return fmt.Errorf("%d jobs, want %d", seen, n)
	}
	r.IterRSS = measureMemory().total - before.total
	return errors.Join(eMapIndex(db, n, r), eFlatIndex(db, n, r))
}

func walkBolt(db *bolt.DB, f func(k, v []byte)) error {
	return db.View(func(tx *bolt.Tx) error {
		return tx.Bucket(bktJobs).ForEach(func(k, v []byte) error { f(k, v); return nil })
	})
}

// slimEntry is what an index keeps of a job beside its key.
type slimEntry struct {
	owner uint32 // its number among the owners seen
	flags uint32
	state uint8
}

// owners numbers SIDs.
type owners map[[28]byte]uint32

func (o owners) entry(rec []byte) slimEntry {
	packet := [28]byte(RecOwner(rec))
	n, ok := o[packet]
	if !ok {
		n = uint32(len(o))
		o[packet] = n
	}
	return slimEntry{n, RecFlags(rec), RecState(rec)}
}

// eMapIndex builds an index as a Go map.
func eMapIndex(db *bolt.DB, n int, r *eReport) error {
	before := measureMemory()
	t := time.Now()
	seen := owners{}
	index := make(map[GUID]slimEntry, n)
	if err := walkBolt(db, func(k, v []byte) { index[GUID(k)] = seen.entry(v) }); err != nil {
		return err
	}
	r.IndexMS = since(t, time.Millisecond)
	r.IndexAnon = measureMemory().anon - before.anon
	runtime.KeepAlive(index)
	return nil
}

// eFlatIndex builds an index as a flat table, hashed by the GUID's own bits.
func eFlatIndex(db *bolt.DB, n int, r *eReport) error {
	type flat struct {
		id GUID
		slimEntry
	}
	before := measureMemory()
	t := time.Now()
	size := uint32(1)
	for size < 2*uint32(n) {
		size *= 2
	}
	seen := owners{}
	entries := make([]flat, 0, n)
	table := make([]uint32, size)
	if err := walkBolt(db, func(k, v []byte) {
		entries = append(entries, flat{GUID(k), seen.entry(v)})
		// The file is in the order of keys: the first bytes would cluster.
		h := binary.LittleEndian.Uint32(k[12:]) & (size - 1)
		for table[h] != 0 {
			h = (h + 1) & (size - 1)
		}
		table[h] = uint32(len(entries))
	}); err != nil {
		return err
	}
	r.FlatMS = since(t, time.Millisecond)
	r.FlatAnon = measureMemory().anon - before.anon
	runtime.KeepAlive(entries)
	runtime.KeepAlive(table)
	return nil
}

func eSQLite(path string, n int, r *eReport) error {
	before := measureMemory()
	t := time.Now()
	db, err := sqlOpen("file:"+path, 1, "journal_mode(WAL)")
	if err != nil {
		return err
	}
	defer db.Close()
	r.OpenUS = since(t, time.Microsecond)
	after := measureMemory()
	r.OpenRSS, r.OpenAnon = after.total-before.total, after.anon-before.anon

	id, flags := eProbe(n)
	var got int64
	t = time.Now()
	if err := db.QueryRow(`SELECT helper_flags FROM jobs WHERE guid = ?`, id[:]).Scan(&got); err != nil {
		return err
	}
	r.FirstGetUS = since(t, time.Microsecond)
	if got != int64(flags) {
		return fmt.Errorf("flags %d, want %d", got, flags)
	}

	t = time.Now()
	rows, err := db.Query(`SELECT guid, helper_flags FROM jobs`)
	if err != nil {
		return err
	}
	defer rows.Close()
	seen := 0
	for rows.Next() {
		var guid []byte
		if err := rows.Scan(&guid, &got); err != nil {
			return err
		}
		seen++
	}
	if err := rows.Err(); err != nil || seen != n {
		return fmt.Errorf("%d jobs, want %d: %w", seen, n, err)
	}
	r.IterMS = since(t, time.Millisecond)
	r.IterRSS = measureMemory().total - before.total
	return nil
}

// eReadFile is the limit: the bytes once, in order.
func eReadFile(path string, _ int, r *eReport) error {
	t := time.Now()
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	r.OpenUS = since(t, time.Microsecond)
	if err := f.Close(); err != nil {
		return err
	}
	t = time.Now()
	err = readAll(path)
	r.IterMS = since(t, time.Millisecond)
	return err
}

func readAll(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	buf := make([]byte, 1<<20)
	for {
		if _, err := f.Read(buf); err != nil {
			if errors.Is(err, io.EOF) {
				return nil
			}
			return err
		}
	}
}
