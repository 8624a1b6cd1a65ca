package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"reflect"
	"time"

	"github.com/google/uuid"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/winbits"
)

// family is an object and its interfaces, each with the methods of the one before.
type family struct {
	open       func(*caller) (bits.Unknown, error) // a new object for each call
	interfaces []reflect.Type
}

func types(first reflect.Type, more ...reflect.Type) []reflect.Type {
	return append([]reflect.Type{first}, more...)
}

var families = []family{
	{(*caller).theManager, types(reflect.TypeFor[bits.Manager]())},
	{(*caller).theManager, types(reflect.TypeFor[bits.PeerCacheAdministration]())},
	{(*caller).job, types(reflect.TypeFor[bits.Job](), reflect.TypeFor[bits.Job2](), reflect.TypeFor[bits.Job3](),
		reflect.TypeFor[bits.Job4](), reflect.TypeFor[bits.Job5]())},
	{(*caller).job, types(reflect.TypeFor[bits.JobHttpOptions](), reflect.TypeFor[bits.JobHttpOptions2](),
		reflect.TypeFor[bits.JobHttpOptions3]())},
	{(*caller).job, types(reflect.TypeFor[bits.TokenOptions]())},
	{(*caller).file, types(reflect.TypeFor[bits.File](), reflect.TypeFor[bits.File2](), reflect.TypeFor[bits.File3](),
		reflect.TypeFor[bits.File4](), reflect.TypeFor[bits.File5](), reflect.TypeFor[bits.File6]())},
	{(*caller).jobs, types(reflect.TypeFor[bits.EnumJobs]())},
	{(*caller).files, types(reflect.TypeFor[bits.EnumFiles]())},
	{(*caller).jobError, types(reflect.TypeFor[bits.Error]())},
}

// caller calls every method of every interface once.
type caller struct {
	ctx     context.Context
	manager bits.Manager
	server  string
	made    []bits.Job
}

// calls prints for each method what it answers to good arguments, each on a new
// object: the interface, the method, and the HRESULT.
func calls(w io.Writer) error {
	ctx := context.Background()
	service, err := winbits.Connect(ctx, winbits.Serial())
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	server := httptest.NewServer(http.NotFoundHandler())
	defer server.Close()
	c := &caller{ctx: ctx, manager: service.Manager(), server: server.URL}
	for _, f := range families {
		if err := c.family(w, f); err != nil {
			return err
		}
	}
	return service.Close()
}

func (c *caller) family(w io.Writer, f family) error {
	known := map[string]bool{"QueryInterface": true}
	for _, t := range f.interfaces {
		for i := range t.NumMethod() {
			m := t.Method(i)
			if known[m.Name] {
				continue
			}
			known[m.Name] = true
			object, err := f.open(c)
			if err != nil {
				return fmt.Errorf("an object for %v: %w", t, err)
			}
			fmt.Fprintf(w, "%s\t%s\t%s\n", name(t), m.Name, c.call(object, t, m.Name))
			c.clear()
		}
	}
	return nil
}

// clear cancels the jobs that were made, when they do not run: Wine's service does
// not survive it else (O).
func (c *caller) clear() {
	for _, job := range c.made {
		for range 1000 {
			state, err := job.GetState(c.ctx)
			if err != nil || state == bits.BG_JOB_STATE_SUSPENDED || state > bits.BG_JOB_STATE_TRANSFERRING {
				break
			}
			time.Sleep(10 * time.Millisecond)
		}
		_, _ = job.Cancel(c.ctx) // some are over
	}
	c.made = nil
}

// name is Microsoft's name of an interface.
func name(t reflect.Type) string { return bits.IIDName(iids[t]) }

func iidOf[T any](m map[reflect.Type]uuid.UUID) { m[reflect.TypeFor[T]()], _ = bits.IIDOf[T]() }

var iids = func() map[reflect.Type]uuid.UUID {
	m := map[reflect.Type]uuid.UUID{}
	for _, add := range []func(map[reflect.Type]uuid.UUID){
		iidOf[bits.Manager], iidOf[bits.PeerCacheAdministration], iidOf[bits.Job], iidOf[bits.Job2], iidOf[bits.Job3],
		iidOf[bits.Job4], iidOf[bits.Job5], iidOf[bits.JobHttpOptions], iidOf[bits.JobHttpOptions2],
		iidOf[bits.JobHttpOptions3], iidOf[bits.TokenOptions], iidOf[bits.File], iidOf[bits.File2], iidOf[bits.File3],
		iidOf[bits.File4], iidOf[bits.File5], iidOf[bits.File6], iidOf[bits.EnumJobs], iidOf[bits.EnumFiles], iidOf[bits.Error],
	} {
		add(m)
	}
	return m
}()

// call asks the object for the interface, calls the method, and returns the
// HRESULT.
func (c *caller) call(object bits.Unknown, t reflect.Type, method string) string {
	found, err := object.QueryInterface(c.ctx, iids[t])
	if err != nil {
		code, _ := hresult.Of(err)
		return "QueryInterface: " + code.String()
	}
	m := reflect.ValueOf(found).MethodByName(method)
	args := []reflect.Value{reflect.ValueOf(c.ctx)}
	for i := 1; i < m.Type().NumIn(); i++ {
		args = append(args, c.argument(m.Type().In(i), i))
	}
	code, ok := hresult.S_OK, true
	for _, r := range m.Call(args) {
		switch v := r.Interface().(type) {
		case hresult.HRESULT:
			if method != "GetError" { // there it is a value
				code = v
			}
		case error:
			code, ok = hresult.Of(v)
		}
	}
	if !ok {
		return "no HRESULT"
	}
	return code.String()
}

// argument is a good i-th argument of a type.
func (c *caller) argument(t reflect.Type, i int) reflect.Value {
	switch t {
	case reflect.TypeFor[string]():
		if i == 1 {
			return reflect.ValueOf(c.server + "/x")
		}
		return reflect.ValueOf(dir + `\calls`)
	case reflect.TypeFor[*string]():
		return reflect.ValueOf(bits.String("X-A: b\r\n"))
	case reflect.TypeFor[[]bits.FileInfo]():
		return reflect.ValueOf([]bits.FileInfo{{RemoteName: c.server + "/x", LocalName: dir + `\calls`}})
	case reflect.TypeFor[[]bits.FileRange]():
		return reflect.ValueOf([]bits.FileRange{{InitialOffset: 0, Length: 10}})
	case reflect.TypeFor[bits.AuthCredentials]():
		return reflect.ValueOf(bits.AuthCredentials{
			Target: bits.BG_AUTH_TARGET_SERVER, Scheme: bits.BG_AUTH_SCHEME_BASIC, UserName: "user", Password: "word",
		})
	case reflect.TypeFor[bits.JobPropertyID]():
		return reflect.ValueOf(bits.BITS_JOB_PROPERTY_DYNAMIC_CONTENT)
	case reflect.TypeFor[bits.JobPropertyValue]():
		return reflect.ValueOf(bits.PropertyEnable(true))
	case reflect.TypeFor[bits.FilePropertyID]():
		return reflect.ValueOf(bits.BITS_FILE_PROPERTY_ID_HTTP_RESPONSE_HEADERS)
	case reflect.TypeFor[bits.FilePropertyValue]():
		return reflect.ValueOf(bits.PropertyString("x"))
	case reflect.TypeFor[bits.AuthTarget]():
		return reflect.ValueOf(bits.BG_AUTH_TARGET_SERVER)
	case reflect.TypeFor[bits.AuthScheme]():
		return reflect.ValueOf(bits.BG_AUTH_SCHEME_BASIC)
	case reflect.TypeFor[uint32]():
		return reflect.ValueOf(uint32(1))
	}
	return reflect.Zero(t)
}

func (c *caller) theManager() (bits.Unknown, error) { return c.manager, nil }

func (c *caller) job() (bits.Unknown, error) { return c.newJob() }

// newJob makes a job with a file.
func (c *caller) newJob() (bits.Job, error) {
	_, job, err := c.manager.CreateJob(c.ctx, "calls", bits.BG_JOB_TYPE_DOWNLOAD)
	if err != nil {
		return nil, err
	}
	c.made = append(c.made, job)
	return job, job.AddFile(c.ctx, c.server+"/first", dir+`\first`)
}

func (c *caller) files() (bits.Unknown, error) {
	job, err := c.newJob()
	if err != nil {
		return nil, err
	}
	return job.EnumFiles(c.ctx)
}

func (c *caller) file() (bits.Unknown, error) {
	job, err := c.newJob()
	if err != nil {
		return nil, err
	}
	enum, err := job.EnumFiles(c.ctx)
	if err != nil {
		return nil, err
	}
	files, _, err := enum.Next(c.ctx, 1)
	if err != nil {
		return nil, err
	}
	return files[0], nil
}

func (c *caller) jobs() (bits.Unknown, error) {
	if _, err := c.newJob(); err != nil {
		return nil, err
	}
	return c.manager.EnumJobs(c.ctx, 0)
}

// jobError is the error of a job whose file is not on the server.
func (c *caller) jobError() (bits.Unknown, error) {
	job, err := c.newJob()
	if err != nil {
		return nil, err
	}
	if err := job.Resume(c.ctx); err != nil {
		return nil, err
	}
	for range 1000 {
		if state, err := job.GetState(c.ctx); err != nil || state == bits.BG_JOB_STATE_ERROR {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	return job.GetError(c.ctx)
}
