package bitsemu

import (
	"errors"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/internal/winpath"
	"github.com/bitsemu/bitsemu/jobstore"
	"github.com/bitsemu/bitsemu/tokenopts"
	"github.com/bitsemu/bitsemu/transfer"
)

// errNothingLeft is no failure: all files are there.
var errNothingLeft = errors.New("nothing left to transfer")

// errStale is no failure: the run is not wanted any more, or begins its file anew.
var errStale = errors.New("the run has been taken off its job")

// advance does a bounded piece of work: it begins the next file, asks the server
// for it, or moves some bytes.
func (r *run) advance() error {
	e := r.e
	e.mu.Lock()
	restart := r.restart
	r.restart = false
	if restart && (r.dirty || r.up != nil) && !r.over {
		e.flush(r, func(*jobstore.Job) {})
		r.dirty, r.temp = false, ""
	}
	up := r.up
	if restart {
		r.up = nil // others look at it with mu held
	}
	e.mu.Unlock()
	if restart {
		if up != nil {
			up.close()
		}
		r.close()
	}
	if r.up != nil {
		return r.up.advance()
	}
	if r.fetch == nil {
		if err := r.begin(); err != nil || r.up != nil {
			return err
		}
	}
	return r.download()
}

// begin finds the file that is next and makes ready to fetch it.
func (r *run) begin() error {
	e := r.e
	j, err := r.it.entry.Job()
	if err != nil {
		return err
	}
	r.job = j
	if j.Type != bits.BG_JOB_TYPE_DOWNLOAD {
		return r.beginUpload()
	}
	i, ranges, inPlace := nextFile(&j)
	if i < 0 {
		return errNothingLeft
	}
	if err := e.faulty("connect", &j); err != nil {
		return r.about(i, err, bits.BG_ERROR_CONTEXT_REMOTE_FILE)
	}
	f := &j.Files[i]
	r.path, err = winpath.Parse(f.LocalName)
	if err != nil {
		return local(err)
	}
	// Whose file it is, is asked before anything is asked of the server.
	if _, err := e.identity(&j, tokenopts.TemporaryFile, f.LocalName); err != nil {
		return r.about(i, err, bits.BG_ERROR_CONTEXT_LOCAL_FILE)
	}
	state := stampOf(f)
	state.Size, state.Held = f.BytesTotal, f.BytesTransferred
	if f.Ranges != nil || inPlace {
		state.Size = bits.BG_SIZE_UNKNOWN
	}
	switch {
	case inPlace:
		state.Held = 0
	case f.FilledRanges != nil: // the job was in on-demand mode: only what is there from the start on is of use
		state.Held = prefix(f.FilledRanges)
	}
	if j.DynamicContent || j.HTTPMethod != "" {
		state = transfer.State{Size: bits.BG_SIZE_UNKNOWN}
	}
	fetch, err := r.fetchFrom(&j, f, ranges, inPlace, state)
	if err != nil {
		return r.about(i, err, bits.BG_ERROR_CONTEXT_REMOTE_FILE)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if r.over {
		_ = fetch.Close() // it has opened nothing yet
		return errStale
	}
	r.fetch = fetch
	r.index, r.size, r.remote, r.headers, r.temp, r.dirty = i, f.BytesTotal, state, "", f.TemporaryName, false
	r.inPlace, r.asked = inPlace, nil
	for _, asked := range ranges {
		r.asked = append(r.asked, jobstore.Range(asked))
	}
	r.held.Store(state.Held)
	if inPlace {
		r.held.Store(length(f.FilledRanges))
	}
	if j.DynamicContent || j.HTTPMethod != "" {
		r.held.Store(0)
	}
	return nil
}

// stampOf is by what the remote file is known again.
func stampOf(f *jobstore.File) transfer.State {
	s := transfer.State{ETag: f.ETag}
	if !f.RemoteModified.IsZero() {
		s.LastModified = f.RemoteModified.UTC().Format("Mon, 02 Jan 2006 15:04:05 GMT")
	}
	return s
}

// about makes an error one of a file.
func (r *run) about(i int, err error, context bits.ErrorContext) error {
	var t *transferError
	var wait *transfer.Wait
	if errors.Is(err, errStale) || errors.As(err, &wait) {
		return err
	}
	if errors.As(err, &t) {
		t.file, t.about = i, true
		return t
	}
	code, ok := hresult.Of(err)
	if !ok {
		code = hresult.E_FAIL
	}
	return &transferError{failure{code: code, context: context, file: i, about: true}}
}

// nextFile is the first file that is not there yet (D: files go one after the
// other), -1 when there is none. In on-demand mode it is the first of which ranges
// have been asked for that are missing.
func nextFile(j *jobstore.Job) (i int, ranges []bits.FileRange, inPlace bool) {
	for i := range j.Files {
		f := &j.Files[i]
		switch {
		case fetched(f):
		case j.OnDemandMode:
			if missing := without(f.RequestedRanges, f.FilledRanges); len(missing) > 0 {
				return i, fileRanges(missing), true
			}
		default:
			return i, fileRanges(f.Ranges), false
		}
	}
	return -1, nil, false
}

// fetched reports whether all bytes of a file are there.
func fetched(f *jobstore.File) bool {
	return f.BytesTotal != bits.BG_SIZE_UNKNOWN && f.BytesTransferred == f.BytesTotal && (f.TemporaryName != "" || f.Completed)
}

func fileRanges(ranges []jobstore.Range) []bits.FileRange {
	if ranges == nil {
		return nil
	}
	all := make([]bits.FileRange, len(ranges))
	for i, r := range ranges {
		all[i] = bits.FileRange(r)
	}
	return all
}

// fetchFrom makes the transfer of a file by what its remote name says.
func (r *run) fetchFrom(j *jobstore.Job, f *jobstore.File, ranges []bits.FileRange, inPlace bool, state transfer.State) (transfer.Download, error) {
	remote := f.RemoteName
	if f.UnresumedRemote != "" {
		remote = f.UnresumedRemote
	}
	q := transfer.Request{
		URL: remote, Method: j.HTTPMethod, Ranges: ranges, InPlace: inPlace,
		Foreground: j.Priority == bits.BG_JOB_PRIORITY_FOREGROUND, Dynamic: j.DynamicContent, Security: j.SecurityFlags,
		OnMoved: func(n int64) { r.held.Add(uint64(n)) },
	}
	if j.MaxDownloadSize != 0 {
		var had uint64
		for i := range j.Files {
			had += j.Files[i].BytesTransferred
		}
		if had >= j.MaxDownloadSize {
			return nil, &transferError{failure{
				code: hresult.BG_E_MAX_DOWNLOAD_SIZE_LIMIT_REACHED, context: bits.BG_ERROR_CONTEXT_REMOTE_FILE,
			}}
		}
		q.MaxSize = j.MaxDownloadSize - had
	}
	if !isHTTP(remote) {
		return r.e.fetchFile(j, remote, q, state)
	}
	secrets, err := r.e.secrets(j)
	if err != nil {
		return nil, err
	}
	q.Header = secrets.CustomHeaders
	r.e.equip(r, j, &q, secrets)
	return transfer.New(r.e.net.client(), q, state)
}

// isHTTP reports whether a remote name is a URL of http or https.
func isHTTP(remote string) bool {
	u, err := url.Parse(remote)
	return err == nil && (strings.EqualFold(u.Scheme, "http") || strings.EqualFold(u.Scheme, "https"))
}

// download goes one step with the file under way.
func (r *run) download() error {
	e := r.e
	if r.connected() {
		if err := r.openLocal(); err != nil {
			return r.about(r.index, err, bits.BG_ERROR_CONTEXT_LOCAL_FILE)
		}
		if err := e.faulty("data", &r.job); err != nil {
			return r.about(r.index, err, bits.BG_ERROR_CONTEXT_REMOTE_FILE)
		}
	}
	result, err := r.fetch.Step(r.ctx, r, stepBytes)
	if result.Done {
		if err := r.openLocal(); err != nil { // an empty file is one too
			return r.about(r.index, err, bits.BG_ERROR_CONTEXT_LOCAL_FILE)
		}
	}
	if result.Restarted && r.file != nil {
		if err := r.file.Truncate(0); err != nil {
			return r.about(r.index, local(err), bits.BG_ERROR_CONTEXT_LOCAL_FILE)
		}
	}
	if result.Done {
		if err := r.keepACL(); err != nil {
			return err
		}
		if at := httpTime(r.fetch.State().LastModified); !at.IsZero() {
			r.closeFile()
			r.stamp(at)
		} else {
			r.closeFile()
		}
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if r.over {
		return errStale
	}
	r.note(result)
	return err
}

// keepACL asks for the privileges that the job's file ACL flags need, when a file that
// comes over SMB is there: without them the job has a transient error (D
// nf-bits2_0-ibackgroundcopyjob3-setfileaclflags.md). Administrators have them (I); the
// lists themselves are not emulated. The file is fetched again on the next attempt (C).
func (r *run) keepACL() error {
	f := &r.job.Files[r.index]
	const privileged = bits.BG_COPY_FILE_OWNER | bits.BG_COPY_FILE_GROUP | bits.BG_COPY_FILE_SACL
	if r.job.FileACLFlags&privileged == 0 || isHTTP(f.RemoteName) {
		return nil
	}
	grant, err := tokenopts.Identity(r.e.conf.build, &r.job, tokenopts.TemporaryFile)
	if err == nil && grant.Token.IsAdmin() {
		return nil
	}
	r.held.Store(0)
	return &transferError{failure{
		code: hresult.E_ACCESSDENIED, context: bits.BG_ERROR_CONTEXT_LOCAL_FILE, file: r.index, about: true, transient: true,
	}}
}

// stamp gives the file the time of the server's (D nf-bits-ibackgroundcopyjob-addfile.md).
// A file system that keeps no times has the bytes all the same.
func (r *run) stamp(at time.Time) {
	r.e.mu.Lock()
	temp := r.temp
	r.e.mu.Unlock()
	if path, err := winpath.Parse(temp); err == nil {
		_ = r.e.disk.Chtimes(path, at, at)
	}
}

// connected reports whether the server has answered for the file under way.
func (r *run) connected() bool {
	r.e.mu.Lock()
	defer r.e.mu.Unlock()
	return r.dirty
}

// WriteAt writes what has come to the file.
func (r *run) WriteAt(p []byte, off int64) (int, error) {
	if err := r.openLocal(); err != nil {
		return 0, err
	}
	return r.file.WriteAt(p, off)
}

// openLocal opens the file that the bytes go to, and makes it if need be: a
// temporary one in the directory of the destination, or with
// BITS_JOB_PROPERTY_HIGH_PERFORMANCE the destination itself.
func (r *run) openLocal() error {
	if r.file != nil {
		return nil
	}
	e, j := r.e, &r.job
	e.mu.Lock()
	temp := r.temp
	e.mu.Unlock()
	if j.HighPerformance {
		temp = r.path.String()
	}
	if temp != "" {
		path, err := winpath.Parse(temp)
		if err != nil {
			return err
		}
		if err := e.access(j, tokenopts.TemporaryFile, actionOpen, path.String()); err != nil {
			return err
		}
		file, err := e.disk.OpenFile(path, os.O_RDWR)
		if err == nil {
			r.file = file
			return r.settle(file, temp)
		}
		if !j.HighPerformance && winpath.Code(err) != hresult.HRESULT_FROM_WIN32_ERROR_FILE_NOT_FOUND {
			return err
		}
	}
	if err := e.access(j, tokenopts.TemporaryFile, actionCreate, r.path.String()); err != nil {
		return err
	}
	if err := e.faulty("create", j); err != nil {
		return err
	}
	var file *os.File
	var path winpath.Path
	var err error
	if j.HighPerformance {
		path = r.path
		file, err = e.disk.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_TRUNC)
	} else {
		path, file, err = e.disk.CreateTemp(r.path.Dir(), e.source())
	}
	if err != nil {
		return err
	}
	r.file = file
	if err = r.settle(file, path.String()); errors.Is(err, errStale) && !j.HighPerformance && r.ended() {
		r.closeFile()
		_ = e.disk.Remove(path) // no record knows of it
	}
	return err
}

// ended reports whether the run has been taken off its job.
func (r *run) ended() bool {
	r.e.mu.Lock()
	defer r.e.mu.Unlock()
	return r.over
}

// settle makes the file under way be the one that is open. One that is shorter
// than what was moved into it, because it is new or somebody has cut it, holds
// nothing; what one holds beyond that, from a step of which the record does not
// know, goes.
func (r *run) settle(file *os.File, name string) error {
	info, err := file.Stat()
	if err != nil {
		return err
	}
	e := r.e
	e.mu.Lock()
	defer e.mu.Unlock()
	if r.over {
		return errStale
	}
	r.temp = name
	if e.durable() {
		e.keep(r)
	}
	if held := r.held.Load(); !r.inPlace && uint64(info.Size()) < held {
		r.held.Store(0)
		r.restart = true
		e.update(r.it.entry, func(j *jobstore.Job) {
			f := &j.Files[r.index]
			f.BytesTransferred, f.FilledRanges = 0, nil
			if !j.HighPerformance {
				f.TemporaryName = name
			}
		})
		return errStale
	} else if !r.inPlace && uint64(info.Size()) > held {
		return file.Truncate(int64(held))
	}
	return nil
}

// note takes in what a step has brought.
func (r *run) note(result transfer.Result) {
	e, it := r.e, r.it
	r.remote = r.fetch.State()
	if result.Headers != "" {
		r.headers = result.Headers
	}
	if result.Restarted {
		r.held.Store(0)
		r.dirty = true
	}
	if result.Connected && !r.dirty || result.Connected && r.state == bits.BG_JOB_STATE_CONNECTING {
		r.dirty = true
		r.transferring()
		e.touched(it)
	}
	if result.Connected || result.Restarted || result.Done {
		r.size = total(r.job.Files[r.index].Ranges, r.remote.Size)
	}
	if result.Done && r.size == bits.BG_SIZE_UNKNOWN {
		r.size = r.held.Load() // dynamic content: known when it has come
	}
	if result.RemoteName != "" {
		index := r.index
		e.update(it.entry, func(j *jobstore.Job) { j.Files[index].RemoteName = result.RemoteName })
	}
	if result.Moved > 0 {
		r.moved()
		if e.durable() && e.line.Now().Sub(r.flushed) > flushEvery {
			e.keep(r)
		}
	}
	if result.Done {
		e.finishFile(r)
	}
}

// flushEvery is how often the progress of a file is written to a store that is kept.
const flushEvery = 5 * time.Second

// total is the size of the local file: of the whole, or of its ranges together.
func total(ranges []jobstore.Range, size uint64) uint64 {
	if ranges == nil {
		return size
	}
	var sum uint64
	for _, r := range ranges {
		n := r.Length
		if n == bits.BG_LENGTH_TO_EOF {
			if size == bits.BG_SIZE_UNKNOWN {
				return bits.BG_SIZE_UNKNOWN
			}
			n = size - min(r.InitialOffset, size)
		}
		sum += n
	}
	return sum
}

// finishFile notes that a file is there, and the end of the job's transfer when it
// was the last.
func (e *Emulator) finishFile(r *run) {
	index, it := r.index, r.it
	r.dirty = true
	headers, temp := r.headers, r.temp
	var done, waiting bool
	var fresh []jobstore.Range
	e.flush(r, func(j *jobstore.Job) {
		f := &j.Files[index]
		f.TemporaryName, f.ResponseHeaders = temp, headers
		if r.inPlace {
			// More may have been requested meanwhile, and up to an end not known then.
			before := f.FilledRanges
			f.FilledRanges = clip(merge(append(f.FilledRanges, r.asked...)), r.remote.Size)
			fresh = without(f.FilledRanges, before)
			f.RequestedRanges = clip(f.RequestedRanges, r.remote.Size)
			f.BytesTotal = r.remote.Size
			f.BytesTransferred = length(f.FilledRanges)
		} else {
			f.BytesTransferred, f.FilledRanges = f.BytesTotal, nil
		}
		j.NoProgressSince = time.Time{}
		j.State = r.state
		next, _, _ := nextFile(j)
		done, waiting = false, false
		if next >= 0 {
			return
		}
		for i := range j.Files {
			waiting = waiting || !fetched(&j.Files[i])
		}
		if done = true; !waiting {
			e.markTransferred(j)
		} else {
			j.State = bits.BG_JOB_STATE_SUSPENDED
		}
	})
	_ = r.fetch.Close() // the file is there
	r.fetch = nil
	r.index, r.dirty, r.temp = -1, false, ""
	if r.inPlace {
		e.tellRanges(it, index, fresh)
	} else {
		e.tellFile(it, index)
	}
	if done {
		e.endRun(r)
	}
}

// markTransferred brings a record into BG_JOB_STATE_TRANSFERRED.
func (e *Emulator) markTransferred(j *jobstore.Job) {
	j.State = bits.BG_JOB_STATE_TRANSFERRED
	j.TransferCompletionTime = e.Now()
	j.Error = jobstore.JobError{}
	j.NoProgressSince = time.Time{}
	j.NotifyPending |= bits.BG_NOTIFY_JOB_TRANSFERRED
}

// endRun takes a run off a job whose record is in the state that the job has come to.
func (e *Emulator) endRun(r *run) {
	busy := r.busy
	r.busy = false // it is this step that ends it
	e.unhook(r)
	r.busy = busy
	why := byEnd
	if r.it.entry.State() == bits.BG_JOB_STATE_SUSPENDED {
		why = byRanges
	}
	e.entered(r.it.entry, r.state, r.it.entry.State(), why)
}
