package bitstest

import (
	"strconv"
	"strings"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/sid"
)

const ownerPage = "D nf-bits-ibackgroundcopyjob-takeownership.md"

// callerCases are about who may do what.
func callerCases() []Case {
	return []Case{
		{"caller/strangers-find-nothing", "D nf-bits-ibackgroundcopymanager-getjob.md, nf-bits-ibackgroundcopymanager-enumjobs.md", func(e *env) {
			user, other := e.caller(User), e.caller(OtherUser)
			id, err := e.jobAs(user, bits.BG_JOB_TYPE_DOWNLOAD).GetId(user)
			e.ok(err)
			_, err = e.manager.GetJob(other, id)
			e.fails(err, hresult.E_ACCESSDENIED)
			enum, err := e.manager.EnumJobs(other, 0)
			e.ok(err)
			for job, err := range bits.All(other, enum) {
				e.ok(err)
				got, err := job.GetId(other)
				e.ok(err)
				require.NotEqual(e, id, got)
			}
		}},
		{"caller/all-users", "D nf-bits-ibackgroundcopymanager-enumjobs.md", func(e *env) {
			user, administrator := e.caller(User), e.caller(Administrator)
			id, err := e.jobAs(user, bits.BG_JOB_TYPE_DOWNLOAD).GetId(user)
			e.ok(err)
			_, err = e.manager.EnumJobs(user, bits.BG_JOB_ENUM_ALL_USERS)
			e.fails(err, hresult.E_ACCESSDENIED)
			enum, err := e.manager.EnumJobs(administrator, bits.BG_JOB_ENUM_ALL_USERS)
			e.ok(err)
			var seen []uuid.UUID
			for job, err := range bits.All(administrator, enum) {
				e.ok(err)
				got, err := job.GetId(administrator)
				e.ok(err)
				seen = append(seen, got)
			}
			require.Contains(e, seen, id)
			enum, err = e.manager.EnumJobs(administrator, 0)
			e.ok(err)
			for job, err := range bits.All(administrator, enum) {
				e.ok(err)
				got, err := job.GetId(administrator)
				e.ok(err)
				require.NotEqual(e, id, got)
			}
		}},
		{"caller/owner-of-a-service", "D service-accounts-and-bits.md", func(e *env) {
			require.Equal(e, sid.LocalSystem, e.user(e.caller(LocalSystem)))
			require.Equal(e, sid.NetworkService, e.user(e.caller(NetworkService)))
		}},
		{"caller/token-of-the-owner", "D nf-bits3_0-ibackgroundcopyjob4-getownerintegritylevel.md, nf-bits3_0-ibackgroundcopyjob4-getownerelevationstate.md", func(e *env) {
			for _, want := range []struct {
				caller   Caller
				level    uint32
				elevated bool
			}{{User, 0x2000, false}, {Administrator, 0x3000, true}} {
				ctx := e.caller(want.caller)
				job, err := bits.Query[bits.Job4](ctx, e.jobAs(ctx, bits.BG_JOB_TYPE_DOWNLOAD))
				e.ok(err)
				level, err := job.GetOwnerIntegrityLevel(ctx)
				e.ok(err)
				require.Equal(e, want.level, level)
				elevated, err := job.GetOwnerElevationState(ctx)
				e.ok(err)
				require.Equal(e, want.elevated, elevated)
			}
		}},
		{"caller/administrator-changes-a-job", "D setting-and-retrieving-the-properties-of-a-job.md", func(e *env) {
			user, administrator := e.caller(User), e.caller(Administrator)
			mine := e.jobAs(user, bits.BG_JOB_TYPE_DOWNLOAD)
			id, err := mine.GetId(user)
			e.ok(err)
			job, err := e.manager.GetJob(administrator, id)
			e.ok(err)
			e.ok(job.SetDescription(administrator, "seen"))
			description, err := mine.GetDescription(user)
			e.ok(err)
			require.Equal(e, "seen", description)
		}},
		{"caller/headers-are-for-the-owner", headerPage + "; D nf-bits2_5-ibackgroundcopyjobhttpoptions-getcustomheaders.md", func(e *env) {
			user, administrator := e.caller(User), e.caller(Administrator)
			mine := e.jobAs(user, bits.BG_JOB_TYPE_DOWNLOAD)
			options, err := bits.Query[bits.JobHttpOptions](user, mine)
			e.ok(err)
			e.ok(options.SetCustomHeaders(user, bits.String("X-Secret: 1\r\n")))
			id, err := mine.GetId(user)
			e.ok(err)
			job, err := e.manager.GetJob(administrator, id)
			e.ok(err)
			options, err = bits.Query[bits.JobHttpOptions](administrator, job)
			e.ok(err)
			_, _, err = options.GetCustomHeaders(administrator)
			e.fails(err, hresult.E_ACCESSDENIED)
		}},
		{"caller/takes-ownership", ownerPage, func(e *env) {
			user, administrator := e.caller(User), e.caller(Administrator)
			mine := e.jobAs(user, bits.BG_JOB_TYPE_DOWNLOAD)
			job2, err := bits.Query[bits.Job2](user, mine)
			e.ok(err)
			e.ok(job2.SetNotifyCmdLine(user, bits.String(`C:\a.exe`), bits.String("a")))
			options, err := bits.Query[bits.JobHttpOptions](user, mine)
			e.ok(err)
			e.ok(options.SetCustomHeaders(user, bits.String("X-Secret: 1\r\n")))

			id, err := mine.GetId(user)
			e.ok(err)
			taken, err := e.manager.GetJob(administrator, id)
			e.ok(err)
			e.Cleanup(func() { _, _ = taken.Cancel(administrator) }) // its first owner no longer may
			e.ok(taken.TakeOwnership(administrator))
			owner, err := taken.GetOwner(administrator)
			e.ok(err)
			require.Equal(e, e.user(administrator), owner)

			job4, err := bits.Query[bits.Job4](administrator, taken)
			e.ok(err)
			elevated, err := job4.GetOwnerElevationState(administrator)
			e.ok(err)
			require.True(e, elevated)
			program, parameters, err := job4.GetNotifyCmdLine(administrator)
			e.ok(err)
			require.Empty(e, program+parameters)
			options, err = bits.Query[bits.JobHttpOptions](administrator, taken)
			e.ok(err)
			_, ok, err := options.GetCustomHeaders(administrator)
			e.ok(err)
			require.False(e, ok)
			_, err = e.manager.GetJob(user, id)
			e.fails(err, hresult.E_ACCESSDENIED)
		}},
		{"caller/not-elevated", "D user-account-control-and-bits.md", func(e *env) {
			administrator, filtered := e.caller(Administrator), e.caller(FilteredAdministrator)
			id, err := e.jobAs(administrator, bits.BG_JOB_TYPE_DOWNLOAD).GetId(administrator)
			e.ok(err)
			job, err := e.manager.GetJob(filtered, id)
			if err == nil { // pages disagree about who is not elevated: he may read the job, or not even have it
				err = job.SetDescription(filtered, "not elevated")
			}
			e.fails(err, hresult.E_ACCESSDENIED)
			_, err = e.manager.EnumJobs(filtered, bits.BG_JOB_ENUM_ALL_USERS)
			e.fails(err, hresult.E_ACCESSDENIED)
		}},
		{"caller/elevates", "D user-account-control-and-bits.md", func(e *env) {
			administrator, filtered := e.caller(Administrator), e.caller(FilteredAdministrator)
			id, err := e.jobAs(filtered, bits.BG_JOB_TYPE_DOWNLOAD).GetId(filtered)
			e.ok(err)
			job, err := e.manager.GetJob(administrator, id)
			e.ok(err)
			e.ok(job.SetDescription(administrator, "elevated"))
		}},
		{"caller/of-lower-integrity", "D user-account-control-and-bits.md", func(e *env) {
			system, administrator := e.caller(LocalSystem), e.caller(Administrator)
			theirs := e.jobAs(system, bits.BG_JOB_TYPE_DOWNLOAD)
			id, err := theirs.GetId(system)
			e.ok(err)
			job, err := e.manager.GetJob(administrator, id)
			if err == nil {
				_, err = job.Cancel(administrator)
			}
			e.fails(err, hresult.E_ACCESSDENIED)
			state, err := theirs.GetState(system)
			e.ok(err)
			require.Equal(e, bits.BG_JOB_STATE_SUSPENDED, state)
		}},
		{"caller/takes-a-job-that-is-over", ownerPage, func(e *env) {
			administrator := e.caller(Administrator)
			job := e.jobAs(administrator, bits.BG_JOB_TYPE_DOWNLOAD)
			_, err := job.Cancel(administrator)
			e.ok(err)
			e.fails(job.TakeOwnership(administrator), hresult.BG_E_INVALID_STATE)
		}},
		{"caller/takes-a-job-without-its-credentials", ownerPage, func(e *env) {
			user, administrator := e.caller(User), e.caller(Administrator)
			mine := e.jobAs(user, bits.BG_JOB_TYPE_DOWNLOAD)
			e.ok(mine.SetPriority(user, bits.BG_JOB_PRIORITY_FOREGROUND))
			e.ok(mine.AddFile(user, e.served("auth/basic/user/secret/100"), e.local("taken")))
			job2, err := bits.Query[bits.Job2](user, mine)
			e.ok(err)
			e.ok(job2.SetCredentials(user, basic("user", "secret")))
			r := &recorder{}
			e.ok(mine.SetNotifyInterface(user, r))

			id, err := mine.GetId(user)
			e.ok(err)
			taken, err := e.manager.GetJob(administrator, id)
			e.ok(err)
			e.Cleanup(func() { _, _ = taken.Cancel(administrator) }) // its first owner no longer may
			e.ok(taken.TakeOwnership(administrator))
			e.ok(taken.Resume(administrator))
			e.until("the callback of the first owner hears of the error", func() bool {
				r.mu.Lock()
				defer r.mu.Unlock()
				return len(r.events) > 0
			})
			jobError, err := taken.GetError(administrator)
			e.ok(err)
			_, code, err := jobError.GetError(administrator)
			e.ok(err)
			require.Equal(e, hresult.BG_E_HTTP_ERROR_401, code)
		}},
		{"caller/takes-no-ownership", ownerPage, func(e *env) {
			user := e.caller(User)
			e.fails(e.jobAs(user, bits.BG_JOB_TYPE_DOWNLOAD).TakeOwnership(user), hresult.E_ACCESSDENIED)
		}},
		{"caller/files-of-a-user", "D group-policies.md, adding-files-to-a-job.md", func(e *env) {
			e.needs(3, 0)
			user, dir := e.caller(User), e.local("limit")
			job := e.jobAs(user, bits.BG_JOB_TYPE_DOWNLOAD)
			for i := range 200 {
				e.ok(job.AddFile(user, e.remote("file/1"), dir+strconv.Itoa(i)))
			}
			e.fails(job.AddFile(user, e.remote("file/1"), dir), hresult.BG_E_TOO_MANY_FILES_IN_JOB)
		}},
		{"caller/ranges-of-a-user", "D group-policies.md, adding-files-to-a-job.md", func(e *env) {
			e.needs(3, 0)
			user, local := e.caller(User), e.local("limit")
			job, err := bits.Query[bits.Job3](user, e.jobAs(user, bits.BG_JOB_TYPE_DOWNLOAD))
			e.ok(err)
			var numbers []uint64
			for i := range uint64(501) {
				numbers = append(numbers, 10*i, 5)
			}
			e.fails(job.AddFileWithRanges(user, e.remote("file/10000"), local, spans(numbers...)), hresult.BG_E_TOO_MANY_RANGES_IN_FILE)
			e.ok(job.AddFileWithRanges(user, e.remote("file/10000"), local, spans(numbers[:1000]...)))
		}},
		{"caller/jobs-of-a-user", "D group-policies.md, creating-a-job.md", func(e *env) {
			e.needs(3, 0)
			user := e.caller(OtherUser)
			var err error
			for range 61 {
				var job bits.Job
				if _, job, err = e.manager.CreateJob(user, e.name("limit"), bits.BG_JOB_TYPE_DOWNLOAD); err != nil {
					break
				}
				e.Cleanup(func() { _, _ = job.Cancel(user) })
			}
			e.fails(err, hresult.BG_E_TOO_MANY_JOBS_PER_USER)
		}},
		{"caller/administrators-have-no-limit-of-files", "D group-policies.md", func(e *env) {
			administrator, dir := e.caller(Administrator), e.local("limit")
			job := e.jobAs(administrator, bits.BG_JOB_TYPE_DOWNLOAD)
			var set []bits.FileInfo
			for i := range 201 {
				set = append(set, bits.FileInfo{RemoteName: e.remote("file/1"), LocalName: dir + strings.Repeat("x", i%50) + strconv.Itoa(i)})
			}
			e.ok(job.AddFileSet(administrator, set))
		}},
	}
}
