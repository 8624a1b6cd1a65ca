package transcript

import (
	"reflect"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/bitstest"
	"github.com/bitsemu/bitsemu/internal/emulated"
	"github.com/bitsemu/bitsemu/winver"
)

// Every method of every object passes its call on and records it, under its own
// name, and what it returns is recorded in its turn.
func TestObjects(t *testing.T) {
	t.Parallel()
	emu, opts := emulated.Open(t, winver.Windows11_24H2)
	s := bitstest.Describe(opts...)
	r := newRecorder(s)
	manager, ctx := r.manager(emu.Manager()), t.Context()
	_, job, err := manager.CreateJob(ctx, "job", bits.BG_JOB_TYPE_DOWNLOAD)
	require.NoError(t, err)
	require.NoError(t, job.AddFile(ctx, s.Server+"/status/404", s.Dir+`\a`))
	require.NoError(t, job.Resume(ctx))
	emu.Settle()
	jobError, err := job.GetError(ctx)
	require.NoError(t, err)
	file, err := jobError.GetFile(ctx)
	require.NoError(t, err)
	jobs, err := manager.EnumJobs(ctx, 0)
	require.NoError(t, err)
	files, err := job.EnumFiles(ctx)
	require.NoError(t, err)
	methods := 0
	for _, asked := range []struct {
		from bits.Unknown
		iid  uuid.UUID
		is   any
	}{
		{manager, bits.IID_IBackgroundCopyManager, new(bits.Manager)},
		{manager, bits.IID_IBitsPeerCacheAdministration, new(bits.PeerCacheAdministration)},
		{job, bits.IID_IBackgroundCopyJob, new(bits.Job)},
		{job, bits.IID_IBackgroundCopyJob2, new(bits.Job2)},
		{job, bits.IID_IBackgroundCopyJob3, new(bits.Job3)},
		{job, bits.IID_IBackgroundCopyJob4, new(bits.Job4)},
		{job, bits.IID_IBackgroundCopyJob5, new(bits.Job5)},
		{job, bits.IID_IBackgroundCopyJobHttpOptions, new(bits.JobHttpOptions)},
		{job, bits.IID_IBackgroundCopyJobHttpOptions2, new(bits.JobHttpOptions2)},
		{job, bits.IID_IBackgroundCopyJobHttpOptions3, new(bits.JobHttpOptions3)},
		{job, bits.IID_IBitsTokenOptions, new(bits.TokenOptions)},
		{jobError, bits.IID_IBackgroundCopyError, new(bits.Error)},
		{jobs, bits.IID_IEnumBackgroundCopyJobs, new(bits.EnumJobs)},
		{files, bits.IID_IEnumBackgroundCopyFiles, new(bits.EnumFiles)},
		{file, bits.IID_IBackgroundCopyFile, new(bits.File)},
		{file, bits.IID_IBackgroundCopyFile6, new(bits.File6)},
		{job, bits.IID_IUnknown, new(bits.Unknown)},
	} {
		found, err := asked.from.QueryInterface(ctx, asked.iid)
		require.NoError(t, err, bits.IIDName(asked.iid))
		require.Implements(t, asked.is, found)
		v := reflect.ValueOf(found)
		want, ok := found.(named)
		require.True(t, ok, "%T is not recorded", found)
		for i := range v.NumMethod() {
			name := v.Type().Method(i).Name
			if name == "TakeOwnership" || name == "Cancel" || name == "Complete" {
				continue // what comes after would be in vain
			}
			methods++
			args := []reflect.Value{reflect.ValueOf(ctx)}
			for j := 1; j < v.Method(i).Type().NumIn(); j++ {
				args = append(args, reflect.Zero(v.Method(i).Type().In(j)))
			}
			results := v.Method(i).Call(args)
			last := r.steps[len(r.steps)-1]
			require.True(t, strings.HasPrefix(last.Text, want.label()+"."+name+"("), "%s is recorded as %s", name, last.Text)
			err, failed := results[len(results)-1].Interface().(error)
			require.Equal(t, failed, last.Failed, "%v: %v", last, err)
			for _, result := range results {
				if unknown, ok := result.Interface().(bits.Unknown); ok {
					require.Implements(t, new(named), unknown, name)
				}
			}
		}
	}
	require.Greater(t, methods, 250)
	got, err := job.QueryInterface(ctx, bits.IID_IBackgroundCopyFile)
	require.Error(t, err)
	require.Nil(t, got)
	require.Equal(t, "something", wrap(object{}, bits.IID_IBackgroundCopyJob, "something"), "what is no job stays as it is")
}
