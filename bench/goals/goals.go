package goals

// Goal is one thing that the library is to reach: the median of Row in Unit is
// at most Limit times that of the best peer or, without peers, at most Limit.
type Goal struct {
	ID       string // A1 to F3; most have several parts
	What     string
	Row      string   // the library's
	Unit     string   // "" is ns/op
	Limit    float64  // of the ratio, or of the value when there is no peer
	Peers    []string // the best of them is taken
	PeerUnit string   // when it is another
	// Floor marks a comparison with a limit of the machine and not with a peer:
	// what is left to gain.
	Floor bool
}

// Rows by section. The library's are those that lib_test.go of bench lists.
const (
	a1k       = "APointRead/jobs=1k/mode=single/impl="
	a1kPar    = "APointRead/jobs=1k/mode=parallel/impl="
	a100k     = "APointRead/jobs=100k/mode=single/impl="
	a100kPar  = "APointRead/jobs=100k/mode=parallel/impl="
	bOne      = "BDurable/mode=1/impl="
	b64       = "BDurable/mode=64/impl="
	bVolatile = "BVolatile/impl="
	cOwner    = "CEnumOwner/impl="
	dStart    = "DStartup/impl="
	eOpen     = "EOpen1M/impl="
	fParse    = "FSID/op=parse/impl="
	fFormat   = "FSID/op=format/impl="
	fDecode   = "FSID/op=decode/impl="
	hEngine   = "HEngine/op="
)

// All are the goals, in the order of their ID.
var All = []Goal{
	{ID: "A1", What: "read, 1k jobs", Row: a1k + "bitsemu", Limit: 0.75, Peers: []string{a1k + "map-rwmutex"}},
	{ID: "A1", What: "read, 100k jobs", Row: a100k + "bitsemu", Limit: 0.75, Peers: []string{a100k + "map-rwmutex"}},
	{ID: "A1", What: "read, 1k jobs", Row: a1k + "bitsemu", Limit: 1.5, Peers: []string{a1k + "floor-table"}, Floor: true},
	{ID: "A1", What: "read, 100k jobs", Row: a100k + "bitsemu", Limit: 1.5, Peers: []string{a100k + "floor-table"}, Floor: true},
	{ID: "A1", What: "read, 1k jobs", Row: a1k + "bitsemu", Unit: "allocs/op"},
	{ID: "A1", What: "read, 100k jobs", Row: a100k + "bitsemu", Unit: "allocs/op"},

	// Without a held interface: found by its GUID, the owner's SID compared.
	{ID: "A1", What: "look-up, 1k jobs", Row: a1k + "bitsemu-lookup", Limit: 1, Peers: []string{a1k + "map-rwmutex"}},
	{ID: "A1", What: "look-up, 100k jobs", Row: a100k + "bitsemu-lookup", Limit: 1, Peers: []string{a100k + "map-rwmutex"}},
	{ID: "A2", What: "look-up, parallel, 1k jobs", Row: a1kPar + "bitsemu-lookup", Limit: 1, Peers: []string{a1kPar + "map-rwmutex", a1kPar + "syncmap"}},
	{ID: "A2", What: "look-up, parallel, 100k jobs", Row: a100kPar + "bitsemu-lookup", Limit: 1, Peers: []string{a100kPar + "map-rwmutex", a100kPar + "syncmap"}},

	{ID: "A2", What: "read, parallel, 1k jobs", Row: a1kPar + "bitsemu", Limit: 0.65, Peers: []string{a1kPar + "map-rwmutex", a1kPar + "syncmap"}},
	{ID: "A2", What: "read, parallel, 100k jobs", Row: a100kPar + "bitsemu", Limit: 0.65, Peers: []string{a100kPar + "map-rwmutex", a100kPar + "syncmap"}},
	{ID: "A2", What: "read, parallel, 1k jobs", Row: a1kPar + "bitsemu", Limit: 0.15, Peers: []string{a1kPar + "map-rwmutex"}},
	{ID: "A2", What: "read, parallel, 1k jobs", Row: a1kPar + "bitsemu", Limit: 1.7, Peers: []string{a1kPar + "floor-table"}, Floor: true},
	{ID: "A2", What: "read, parallel, 100k jobs", Row: a100kPar + "bitsemu", Limit: 1.7, Peers: []string{a100kPar + "floor-table"}, Floor: true},

	{ID: "A3", What: "read, 1k jobs", Row: a1k + "bitsemu", Limit: 1. / 20, Peers: []string{a1k + "bbolt-bin"}},
	{ID: "A3", What: "read, 1k jobs", Row: a1k + "bitsemu", Limit: 1. / 75, Peers: []string{a1k + "sqlite"}},
	{ID: "A3", What: "read, 1k jobs", Row: a1k + "bitsemu", Limit: 1. / 75, Peers: []string{a1k + "bbolt-json"}},
	{ID: "A3", What: "read, 1k jobs", Row: a1k + "bitsemu", Limit: 1. / 40, Peers: []string{a1k + "badger-mem"}},
	{ID: "A3", What: "read, 100k jobs", Row: a100k + "bitsemu", Limit: 1. / 20, Peers: []string{a100k + "bbolt-bin"}},
	{ID: "A3", What: "read, 100k jobs", Row: a100k + "bitsemu", Limit: 1. / 75, Peers: []string{a100k + "sqlite"}},
	{ID: "A3", What: "read, 100k jobs", Row: a100k + "bitsemu", Limit: 1. / 75, Peers: []string{a100k + "bbolt-json"}},
	{ID: "A3", What: "read, 100k jobs", Row: a100k + "bitsemu", Limit: 1. / 40, Peers: []string{a100k + "badger-mem"}},

	// That a commit syncs twice and no oftener is a test of the store.
	{ID: "B1", What: "durable create, 1 caller", Row: bOne + "bitsemu", Limit: 0.75, Peers: []string{bOne + "bbolt-update"}},
	{ID: "B1", What: "durable create, 1 caller", Row: bOne + "bitsemu", Limit: 1.3, Peers: []string{bOne + "sqlite-wal-full"}},
	{ID: "B1", What: "durable create, 1 caller", Row: bOne + "bitsemu", Limit: 2.3, Peers: []string{bOne + "limit-appendlog"}, Floor: true},

	{ID: "B2", What: "durable create, 64 callers", Row: b64 + "bitsemu", Limit: 0.08, Peers: []string{b64 + "bbolt-batch"}},
	{ID: "B2", What: "durable create, 64 callers", Row: b64 + "bitsemu", Limit: 0.3, Peers: []string{b64 + "bbolt-batch-size64"}},
	{ID: "B2", What: "durable create, 64 callers", Row: b64 + "bitsemu", Limit: 0.25, Peers: []string{b64 + "badger-sync"}},
	{ID: "B2", What: "durable create, 64 callers", Row: b64 + "bitsemu", Limit: 0.13, Peers: []string{b64 + "sqlite-wal-full"}},
	{ID: "B2", What: "durable create, 64 callers, wait of one", Row: b64 + "bitsemu", Unit: "lat-µs/op", Limit: 1200},
	{ID: "B2", What: "durable create, 64 callers", Row: b64 + "bitsemu", Limit: 4.5, Peers: []string{b64 + "limit-appendlog-grouped"}, Floor: true},

	{ID: "B3", What: "create in memory", Row: bVolatile + "bitsemu-memory", Limit: 0.2, Peers: []string{bVolatile + "sqlite-mem"}},
	{ID: "B3", What: "create in memory", Row: bVolatile + "bitsemu-memory", Limit: 0.25, Peers: []string{bVolatile + "badger-mem"}},
	{ID: "B3", What: "create in memory", Row: bVolatile + "bitsemu-memory", Limit: 0.06, Peers: []string{bVolatile + "bbolt-nosync/fs=disk", bVolatile + "bbolt-nosync/fs=tmpfs"}},
	{ID: "B3", What: "create in memory", Row: bVolatile + "bitsemu-memory", Limit: 2, Peers: []string{bVolatile + "map"}, Floor: true},

	{ID: "B4", What: "create without sync, disk", Row: bVolatile + "bitsemu-nosync/fs=disk", Limit: 0.5, Peers: []string{bVolatile + "bbolt-nosync/fs=disk"}},
	{ID: "B4", What: "create without sync, tmpfs", Row: bVolatile + "bitsemu-nosync/fs=tmpfs", Limit: 0.5, Peers: []string{bVolatile + "bbolt-nosync/fs=tmpfs"}},
	{ID: "B4", What: "create without sync, tmpfs", Row: bVolatile + "bitsemu-nosync/fs=tmpfs", Limit: 1.2, Peers: []string{bVolatile + "sqlite-mem"}},

	{ID: "C1", What: "owner's 1000 jobs", Row: cOwner + "bitsemu", Limit: 0.25, Peers: []string{cOwner + "map-ownerindex"}},
	{ID: "C1", What: "owner's 1000 jobs", Row: cOwner + "bitsemu", Limit: 1. / 1000, Peers: []string{cOwner + "map-scan"}},
	{ID: "C1", What: "owner's 1000 jobs", Row: cOwner + "bitsemu", Limit: 1. / 200, Peers: []string{cOwner + "bbolt-index-get"}},
	{ID: "C1", What: "owner's 1000 jobs", Row: cOwner + "bitsemu", Limit: 1. / 500, Peers: []string{cOwner + "sqlite-index"}},
	{ID: "C1", What: "owner's 1000 jobs", Row: cOwner + "bitsemu", Unit: "allocs/op"},
	{ID: "C1", What: "owner's 1000 jobs", Row: cOwner + "bitsemu", Limit: 3, Peers: []string{cOwner + "floor-slice"}, Floor: true},

	{ID: "D1", What: "instance in memory", Row: dStart + "bitsemu-memory", Limit: 2000},
	{ID: "D1", What: "instance in memory", Row: dStart + "bitsemu-memory", Limit: 0.1, Peers: []string{dStart + "httptest"}},
	{ID: "D1", What: "instance in memory", Row: dStart + "bitsemu-memory", Limit: 0.04, Peers: []string{dStart + "miniredis"}},

	{ID: "D2", What: "instance without a directory", Row: dStart + "bitsemu-nodir", Limit: 0.65, Peers: []string{dStart + "miniredis"}},
	{ID: "D2", What: "instance without a directory", Row: dStart + "bitsemu-nodir", Limit: 0.25, Peers: []string{dStart + "sqlite-mem"}},
	{ID: "D2", What: "instance without a directory", Row: dStart + "bitsemu-nodir", Limit: 0.04, Peers: []string{dStart + "bbolt-schema-default/fs=disk"}},
	{ID: "D2", What: "instance without a directory", Row: dStart + "bitsemu-nodir", Limit: 1.6, Peers: []string{dStart + "httptest"}, Floor: true},

	{ID: "D3", What: "instance in a directory, disk", Row: dStart + "bitsemu-dir/fs=disk", Limit: 0.15, Peers: []string{dStart + "bbolt-schema-default/fs=disk"}},
	{ID: "D3", What: "instance in a directory, disk", Row: dStart + "bitsemu-dir/fs=disk", Limit: 4, Peers: []string{dStart + "tempdir-only/fs=disk"}, Floor: true},

	{ID: "E1", What: "1M jobs: open and first answer, cold", Row: eOpen + "bitsemu-scan/cache=cold", Unit: "answer-µs", Limit: 100_000},

	{ID: "E2", What: "1M jobs: index, per job, warm", Row: eOpen + "bitsemu-scan/cache=warm", Unit: "index-ns/job", Limit: 300},
	{ID: "E2", What: "1M jobs: index, per job, warm", Row: eOpen + "bitsemu-scan/cache=warm", Unit: "index-ns/job", Limit: 0.4, Peers: []string{eOpen + "sqlite/cache=warm"}, PeerUnit: "iter-ns/job"},
	{ID: "E2", What: "1M jobs: index, per job, cold", Row: eOpen + "bitsemu-scan/cache=cold", Unit: "index-ns/job", Limit: 0.35, Peers: []string{eOpen + "bbolt/cache=cold"}, PeerUnit: "iter-ns/job"},
	{ID: "E2", What: "1M jobs: index, per job, cold", Row: eOpen + "bitsemu-scan/cache=cold", Unit: "index-ns/job", Limit: 2.5, Peers: []string{eOpen + "bitsemu-readfile/cache=cold"}, PeerUnit: "iter-ns/job", Floor: true},

	{ID: "E3", What: "1M jobs: file size", Row: eOpen + "bitsemu-scan/cache=warm", Unit: "file-B/job", Limit: 0.5, Peers: []string{eOpen + "bbolt/cache=warm"}},
	{ID: "E3", What: "1M jobs: file size", Row: eOpen + "bitsemu-scan/cache=warm", Unit: "file-B/job", Limit: 0.85, Peers: []string{eOpen + "sqlite/cache=warm"}},

	{ID: "E4", What: "1M jobs: memory of the index, per job", Row: eOpen + "bitsemu-scan/cache=warm", Unit: "index-B/job", Limit: 64},

	{ID: "E5", What: "1M jobs: walk, warm", Row: eOpen + "bitsemu-scan/cache=warm", Unit: "iter-ns/job", Limit: 0.65, Peers: []string{eOpen + "bbolt/cache=warm"}},
	{ID: "E5", What: "1M jobs: walk, warm", Row: eOpen + "bitsemu-scan/cache=warm", Unit: "iter-ns/job", Limit: 0.12, Peers: []string{eOpen + "sqlite/cache=warm"}},

	{ID: "F1", What: "parse a SID", Row: fParse + "bitsemu", Limit: 1.1, Peers: []string{fParse + "minimal"}},
	{ID: "F1", What: "parse a SID", Row: fParse + "bitsemu", Limit: 0.25, Peers: []string{fParse + "naive"}},
	{ID: "F1", What: "parse a SID", Row: fParse + "bitsemu", Limit: 0.06, Peers: []string{fParse + "cloudsoda-sddl"}},
	{ID: "F1", What: "parse a SID", Row: fParse + "bitsemu", Unit: "allocs/op"},

	{ID: "F2", What: "append a SID as text", Row: fFormat + "bitsemu-append", Limit: 1.1, Peers: []string{fFormat + "minimal-append"}},
	{ID: "F2", What: "append a SID as text", Row: fFormat + "bitsemu-append", Unit: "allocs/op"},
	{ID: "F2", What: "a SID as a string", Row: fFormat + "bitsemu-string", Limit: 0.2, Peers: []string{fFormat + "jcmturner-rpc"}},
	{ID: "F2", What: "a SID as a string", Row: fFormat + "bitsemu-string", Unit: "allocs/op", Limit: 1},

	{ID: "F3", What: "decode a SID", Row: fDecode + "bitsemu", Limit: 1.1, Peers: []string{fDecode + "minimal"}},
	{ID: "F3", What: "decode a SID", Row: fDecode + "bitsemu", Limit: 0.35, Peers: []string{fDecode + "cloudsoda-sddl"}},
	{ID: "F3", What: "decode a SID", Row: fDecode + "bitsemu", Unit: "allocs/op"},

	// The emulated service as a whole.
	{ID: "H1", What: "a job of 1 KiB from CreateJob to Complete", Row: hEngine + "job/impl=bitsemu", Limit: 10, Peers: []string{hEngine + "job/impl=map-fake"}},
	{ID: "H2", What: "download, followed time", Row: hEngine + "download/impl=bitsemu-follow", Limit: 1.25, Peers: []string{hEngine + "download/impl=io-copy"}},
	{ID: "H2", What: "download, manual time", Row: hEngine + "download/impl=bitsemu-manual", Limit: 1.25, Peers: []string{hEngine + "download/impl=io-copy"}},
	{ID: "H3", What: "30 days with 10k waiting jobs", Row: hEngine + "month/jobs=10k/impl=bitsemu", Limit: 1e9},
	{ID: "H3", What: "one of 10k waiting jobs beside one of 1k", Row: hEngine + "month/jobs=10k/impl=bitsemu", Unit: "each-ns/op", Limit: 2, Peers: []string{hEngine + "month/jobs=1k/impl=bitsemu"}},
	{ID: "H3", What: "one of 3k waiting jobs beside one of 1k", Row: hEngine + "month/jobs=3k/impl=bitsemu", Unit: "each-ns/op", Limit: 2, Peers: []string{hEngine + "month/jobs=1k/impl=bitsemu"}},
	{ID: "H4", What: "enumerate, and ask for its state, one of 100k jobs", Row: hEngine + "enum/jobs=100k/impl=bitsemu", Unit: "each-ns/op", Limit: 1000},
	{ID: "H5", What: "emulator, one job, close", Row: hEngine + "cycle/impl=bitsemu", Limit: 1, Peers: []string{hEngine + "cycle/impl=miniredis"}},
}
