package main

import (
	"context"
	"reflect"
	"slices"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu"
	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/transfer"
	"github.com/bitsemu/bitsemu/winver"
)

const remote = "http://files.test/a"

// machine is an emulator with a remote file, in which methods are called.
type machine struct {
	t   *testing.T
	emu *bitsemu.Emulator
}

func newMachine(t *testing.T, opts ...bitsemu.Option) machine {
	t.Helper()
	emu := bitsemu.RunT(t, opts...)
	require.NoError(t, emu.Script(remote, transfer.NewScript(transfer.Size(1000))))
	return machine{t, emu}
}

// job is a job of a type, with a file if it is a download.
func (m machine) job(kind bits.JobType, urls ...string) bits.Job {
	m.t.Helper()
	_, job, err := m.emu.Manager().CreateJob(m.t.Context(), "a job", kind)
	require.NoError(m.t, err)
	for _, url := range urls {
		require.NoError(m.t, job.AddFile(m.t.Context(), url, `C:\Downloads\`+uuid.NewString()))
	}
	return job
}

// start resumes a job and does what is due.
func (m machine) start(job bits.Job) bits.Job {
	m.t.Helper()
	require.NoError(m.t, job.Resume(m.t.Context()))
	m.emu.Settle()
	return job
}

// object is one that has an interface; ok is false when a client implements it, or
// nobody has it.
func (m machine) object(i iface) (object any, ok bool) {
	m.t.Helper()
	ctx := m.t.Context()
	from := bits.Unknown(m.emu.Manager())
	switch i.typ {
	case reflect.TypeFor[bits.Job](), reflect.TypeFor[bits.Job2]():
		from = m.job(bits.BG_JOB_TYPE_UPLOAD_REPLY) // for downloads, methods about replies are E_NOTIMPL
	case reflect.TypeFor[bits.Job3](), reflect.TypeFor[bits.Job4](), reflect.TypeFor[bits.Job5](), reflect.TypeFor[bits.TokenOptions](),
		reflect.TypeFor[bits.JobHttpOptions](), reflect.TypeFor[bits.JobHttpOptions2](), reflect.TypeFor[bits.JobHttpOptions3]():
		from = m.job(bits.BG_JOB_TYPE_DOWNLOAD, remote)
	case reflect.TypeFor[bits.File](), reflect.TypeFor[bits.File2](), reflect.TypeFor[bits.File3](),
		reflect.TypeFor[bits.File4](), reflect.TypeFor[bits.File5](), reflect.TypeFor[bits.File6]():
		from = m.file()
	case reflect.TypeFor[bits.EnumFiles]():
		files, err := m.job(bits.BG_JOB_TYPE_DOWNLOAD, remote).EnumFiles(ctx)
		require.NoError(m.t, err)
		from = files
	case reflect.TypeFor[bits.EnumJobs]():
		jobs, err := m.emu.Manager().EnumJobs(ctx, 0)
		require.NoError(m.t, err)
		from = jobs
	case reflect.TypeFor[bits.Error]():
		e, err := m.start(m.job(bits.BG_JOB_TYPE_DOWNLOAD, "http://nobody.test/")).GetError(ctx)
		require.NoError(m.t, err)
		from = e
	case reflect.TypeFor[bits.Unknown](), reflect.TypeFor[bits.Manager](), reflect.TypeFor[bits.PeerCacheAdministration]():
	default:
		return nil, false
	}
	object, err := from.QueryInterface(ctx, i.iid)
	require.NoError(m.t, err, i.com())
	return object, true
}

// file is the file of a new download.
func (m machine) file() bits.File {
	m.t.Helper()
	files, err := m.job(bits.BG_JOB_TYPE_DOWNLOAD, remote).EnumFiles(m.t.Context())
	require.NoError(m.t, err)
	some, _, err := files.Next(m.t.Context(), 1)
	require.NoError(m.t, err)
	return some[0]
}

// call calls a method with zeros and returns its error.
func call(t *testing.T, object any, name string) error {
	t.Helper()
	method := reflect.ValueOf(object).MethodByName(name)
	args := []reflect.Value{reflect.ValueOf(t.Context())}
	for a := 1; a < method.Type().NumIn(); a++ {
		args = append(args, reflect.Zero(method.Type().In(a)))
	}
	results := method.Call(args)
	err, _ := results[len(results)-1].Interface().(error)
	return err
}

// A method that is not emulated answers E_NOTIMPL, and no other does.
func TestRowsSayWhatMethodsAnswer(t *testing.T) {
	t.Parallel()
	for _, i := range interfaces {
		for _, name := range i.own() {
			t.Run(i.com()+"/"+name, func(t *testing.T) {
				t.Parallel()
				s := methods[i.com()][name]
				build := winver.Windows11_24H2
				if s.level == none {
					build = winver.WindowsVista // S_FALSE is the whole of it later
				}
				object, ok := newMachine(t, bitsemu.Windows(build)).object(i)
				if !ok {
					require.Contains(t, slices.Concat(clients, phantoms), i.typ, "nobody has it")
					return
				}
				err := call(t, object, name)
				code, known := hresult.Of(err)
				require.True(t, known, "%v", err)
				require.Equal(t, s.level == none, code == hresult.E_NOTIMPL, "%s, and it answers %v", s.level, err)
			})
		}
	}
}

// clients are the interfaces that clients implement, phantoms those that nobody does.
var (
	clients = []reflect.Type{
		reflect.TypeFor[bits.Callback](), reflect.TypeFor[bits.Callback2](), reflect.TypeFor[bits.Callback3](),
		reflect.TypeFor[bits.ServerCertificateValidationCallback](),
	}
	phantoms = []reflect.Type{
		reflect.TypeFor[bits.Peer](), reflect.TypeFor[bits.PeerCacheRecord](), reflect.TypeFor[bits.EnumPeers](),
		reflect.TypeFor[bits.EnumPeerCacheRecords](),
	}
)

func TestNobodyHasWhatIsNotEmulated(t *testing.T) {
	t.Parallel()
	for _, b := range []winver.Build{winver.WindowsVista, winver.Windows11_24H2} {
		m := newMachine(t, bitsemu.Windows(b))
		ctx := t.Context()
		for _, i := range interfaces {
			if !slices.Contains(phantoms, i.typ) {
				continue
			}
			for name, s := range methods[i.com()] {
				require.Equal(t, none, s.level, "%s::%s", i.com(), name)
			}
			for _, from := range []bits.Unknown{m.emu.Manager(), m.job(bits.BG_JOB_TYPE_DOWNLOAD), m.file()} {
				_, err := from.QueryInterface(ctx, i.iid)
				require.ErrorIs(t, err, hresult.E_NOINTERFACE, i.com())
			}
		}
		cache, err := bits.Query[bits.PeerCacheAdministration](ctx, m.emu.Manager())
		require.NoError(t, err)
		records, ok, _ := cache.EnumRecords(ctx)
		require.Nil(t, records)
		require.False(t, ok)
		peers, ok, _ := cache.EnumPeers(ctx)
		require.Nil(t, peers)
		require.False(t, ok)
		record, ok, _ := cache.GetRecord(ctx, uuid.New())
		require.Nil(t, record)
		require.False(t, ok)
	}
}

// client notes which of its methods have been called.
type client struct {
	mu    sync.Mutex
	calls map[string]bool
}

func (c *client) note(name string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.calls[name] = true
	return nil
}

func (c *client) JobTransferred(context.Context, bits.Job) error       { return c.note("JobTransferred") }
func (c *client) JobError(context.Context, bits.Job, bits.Error) error { return c.note("JobError") }
func (c *client) JobModification(context.Context, bits.Job) error      { return c.note("JobModification") }

func (c *client) FileTransferred(context.Context, bits.Job, bits.File) error {
	return c.note("FileTransferred")
}

func (c *client) FileRangesTransferred(context.Context, bits.Job, bits.File, []bits.FileRange) error {
	return c.note("FileRangesTransferred")
}

func (c *client) ValidateServerCertificate(context.Context, bits.Job, bits.File, []byte, uint32, []byte) error {
	return c.note("ValidateServerCertificate")
}

// The methods of a client are called, each of those that are emulated.
func TestClientsAreCalled(t *testing.T) {
	t.Parallel()
	const secure = "https://files.test/a"
	m, ctx := newMachine(t), t.Context()
	require.NoError(t, m.emu.Script(secure, transfer.NewScript(transfer.Size(10))))
	c := &client{calls: map[string]bool{}}
	listen := func(job bits.Job) bits.Job {
		require.NoError(t, job.SetNotifyFlags(ctx, bits.BG_NOTIFY_JOB_TRANSFERRED|bits.BG_NOTIFY_JOB_ERROR|
			bits.BG_NOTIFY_JOB_MODIFICATION|bits.BG_NOTIFY_FILE_TRANSFERRED|bits.BG_NOTIFY_FILE_RANGES_TRANSFERRED))
		require.NoError(t, job.SetNotifyInterface(ctx, c))
		return job
	}
	secured := listen(m.job(bits.BG_JOB_TYPE_DOWNLOAD, secure))
	options, err := bits.Query[bits.JobHttpOptions3](ctx, secured)
	require.NoError(t, err)
	require.NoError(t, options.SetServerCertificateValidationInterface(ctx, c))
	m.start(secured)

	failing := listen(m.job(bits.BG_JOB_TYPE_DOWNLOAD, "http://nobody.test/"))
	require.NoError(t, failing.SetNoProgressTimeout(ctx, 0))
	m.start(failing)

	demand := listen(m.job(bits.BG_JOB_TYPE_DOWNLOAD, remote))
	properties, err := bits.Query[bits.Job5](ctx, demand)
	require.NoError(t, err)
	require.NoError(t, properties.SetProperty(ctx, bits.BITS_JOB_PROPERTY_ON_DEMAND_MODE, bits.PropertyEnable(true)))
	files, err := demand.EnumFiles(ctx)
	require.NoError(t, err)
	some, _, err := files.Next(ctx, 1)
	require.NoError(t, err)
	file, err := bits.Query[bits.File6](ctx, some[0])
	require.NoError(t, err)
	require.NoError(t, file.RequestFileRanges(ctx, []bits.FileRange{{Length: 10}}))
	m.start(demand)

	for _, i := range interfaces {
		if slices.Contains(clients, i.typ) {
			for _, name := range i.own() {
				require.Equal(t, methods[i.com()][name].level != none, c.calls[name], name)
			}
		}
	}
}

// A property that is emulated can be read.
func TestRowsSayWhichPropertiesThereAre(t *testing.T) {
	t.Parallel()
	m, ctx := newMachine(t), t.Context()
	job, err := bits.Query[bits.Job5](ctx, m.job(bits.BG_JOB_TYPE_DOWNLOAD, remote))
	require.NoError(t, err)
	file, err := bits.Query[bits.File5](ctx, m.file())
	require.NoError(t, err)
	for id := range 256 {
		if p := bits.JobPropertyID(id); p.Valid() {
			_, err := job.GetProperty(ctx, p)
			require.Equal(t, properties[p.String()].level != none, err == nil, "%s: %v", p, err)
		}
		if p := bits.FilePropertyID(id); p.Valid() {
			_, err := file.GetProperty(ctx, p)
			require.Equal(t, properties[p.String()].level != none, err == nil, "%s: %v", p, err)
		}
	}
}
