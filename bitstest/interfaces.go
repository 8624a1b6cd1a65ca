package bitstest

import (
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
)

// probe asks an object for one interface.
type probe struct {
	iid  uuid.UUID
	find func(*env, bits.Unknown) bool
}

func probeFor[T any]() probe {
	iid, _ := bits.IIDOf[T]()
	return probe{iid, has[T]}
}

// probes ends the case unless the object has the interfaces, in the order of their
// versions, up to the version of BITS, and none of the others.
func (e *env) probes(from bits.Unknown, interfaces []probe, others ...probe) {
	e.Helper()
	missing := ""
	for _, p := range interfaces {
		name := bits.IIDName(p.iid)
		there := p.find(e, from)
		if e.version.known() {
			major, minor, ok := bits.IIDVersion(p.iid)
			require.Equal(e, !ok || e.version.atLeast(major, minor), there, "BITS %v and %s", e.version, name)
			continue
		}
		require.False(e, there && missing != "", "there is %s, which came later than %s, and that is missing", name, missing)
		if !there {
			missing = name
		}
	}
	for _, p := range others {
		require.False(e, p.find(e, from), "an object that is no %s has that interface", bits.IIDName(p.iid))
	}
	_, err := from.QueryInterface(e.ctx, uuid.New())
	e.fails(err, hresult.E_NOINTERFACE)
}

func interfaceCases() []Case {
	unknown := probeFor[bits.Unknown]()
	return []Case{
		{"interfaces/manager", "W; D what-s-new.md", func(e *env) {
			e.probes(e.manager,
				[]probe{unknown, probeFor[bits.Manager](), probeFor[bits.PeerCacheAdministration]()},
				probeFor[bits.Job](), probeFor[bits.EnumJobs]())
		}},
		{"interfaces/job", "W; D what-s-new.md", func(e *env) {
			e.probes(e.job(bits.BG_JOB_TYPE_DOWNLOAD), []probe{
				unknown, probeFor[bits.Job](), probeFor[bits.Job2](), probeFor[bits.Job3](), probeFor[bits.JobHttpOptions](),
				probeFor[bits.Job4](), probeFor[bits.TokenOptions](), probeFor[bits.Job5](),
				probeFor[bits.JobHttpOptions2](), probeFor[bits.JobHttpOptions3](),
			}, probeFor[bits.Manager](), probeFor[bits.File](), probeFor[bits.EnumFiles]())
		}},
		{"interfaces/file", "W; D what-s-new.md", func(e *env) {
			e.probes(e.addTo(e.job(bits.BG_JOB_TYPE_DOWNLOAD)), []probe{
				unknown, probeFor[bits.File](), probeFor[bits.File2](), probeFor[bits.File3](),
				probeFor[bits.File4](), probeFor[bits.File5](), probeFor[bits.File6](),
			}, probeFor[bits.Job](), probeFor[bits.EnumFiles]())
		}},
		{"interfaces/enumerators", "W", func(e *env) {
			jobs, err := e.manager.EnumJobs(e.ctx, 0)
			e.ok(err)
			e.probes(jobs, []probe{unknown, probeFor[bits.EnumJobs]()}, probeFor[bits.EnumFiles](), probeFor[bits.Manager]())
			files, err := e.job(bits.BG_JOB_TYPE_DOWNLOAD).EnumFiles(e.ctx)
			e.ok(err)
			e.probes(files, []probe{unknown, probeFor[bits.EnumFiles]()}, probeFor[bits.EnumJobs](), probeFor[bits.Job]())
		}},
		{"interfaces/from-one-to-another", "D nf-bits-ibackgroundcopyjob-getid.md; I", func(e *env) {
			job := e.job(bits.BG_JOB_TYPE_DOWNLOAD)
			want, err := job.GetId(e.ctx)
			e.ok(err)
			back := query[bits.Job](e, query[bits.JobHttpOptions](e, query[bits.Job2](e, job)))
			got, err := back.GetId(e.ctx)
			e.ok(err)
			require.Equal(e, want, got)
		}},
		{"interfaces/in-a-final-state", "O", func(e *env) {
			job := e.job(bits.BG_JOB_TYPE_DOWNLOAD)
			_, err := job.Cancel(e.ctx)
			e.ok(err)
			state, err := query[bits.Job2](e, job).GetState(e.ctx)
			e.ok(err)
			require.Equal(e, bits.BG_JOB_STATE_CANCELLED, state)
		}},
	}
}
