package bitsemu

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/internal/eventlog"
	"github.com/bitsemu/bitsemu/internal/winpath"
	"github.com/bitsemu/bitsemu/jobstore"
	"github.com/bitsemu/bitsemu/token"
	"github.com/bitsemu/bitsemu/tokenopts"
)

var zeroTime time.Time

// AddFile implements [bits.Job].
func (j *job) AddFile(ctx context.Context, remoteURL, localName string) error {
	return j.addFiles(ctx, iJob+"AddFile", []bits.FileInfo{{RemoteName: remoteURL, LocalName: localName}}, nil)
}

// AddFileSet implements [bits.Job]. All files are added or none (C beyond the limit of
// upload jobs, where it is D).
func (j *job) AddFileSet(ctx context.Context, files []bits.FileInfo) error {
	return j.addFiles(ctx, iJob+"AddFileSet", files, nil)
}

// AddFileWithRanges implements [bits.Job3].
func (j *job) AddFileWithRanges(ctx context.Context, remoteURL, localName string, ranges []bits.FileRange) error {
	if ranges == nil {
		ranges = []bits.FileRange{}
	}
	return j.addFiles(ctx, iJob3+"AddFileWithRanges", []bits.FileInfo{{RemoteName: remoteURL, LocalName: localName}}, ranges)
}

func (j *job) addFiles(ctx context.Context, method string, files []bits.FileInfo, ranges []bits.FileRange) error {
	caller, err := j.enter(ctx, method, tokenopts.ModifyJob)
	if err != nil {
		return err
	}
	e := j.e
	r, err := e.record(j.entry)
	if err != nil {
		return j.fail(ctx, method, err)
	}
	if r.State.Final() {
		return j.fail(ctx, method, hresult.BG_E_INVALID_STATE)
	}
	added, err := e.checkFiles(&r, caller, files, ranges)
	if err != nil {
		return j.fail(ctx, method, err)
	}
	err = j.set(func(r *jobstore.Job) error {
		if err := e.checkCounts(r, caller, len(files)); err != nil {
			return err
		}
		r.Files = append(r.Files, added...)
		return nil
	})
	if err != nil {
		return j.fail(ctx, method, err)
	}
	for i, f := range files {
		e.events.Append(eventlog.FileAdded(e.Now(), titled(&r), caller.User(), f.RemoteName, f.LocalName, len(r.Files)+i+1))
	}
	return nil
}

// checkCounts judges how many files a job may have.
func (e *Emulator) checkCounts(r *jobstore.Job, caller token.Token, more int) error {
	switch limit := e.conf.policy.MaxFilesPerJob; {
	case r.Type != bits.BG_JOB_TYPE_DOWNLOAD && len(r.Files)+more > 1:
		return fmt.Errorf("an upload job has one file: %w", hresult.BG_E_TOO_MANY_FILES)
	case limit > 0 && len(r.Files)+more > limit && !exempt(caller):
		return fmt.Errorf("a job has at most %d files [D group-policies.md]: %w", limit, hresult.BG_E_TOO_MANY_FILES_IN_JOB)
	}
	return nil
}

// checkFiles judges files that are about to be added to a job.
func (e *Emulator) checkFiles(r *jobstore.Job, caller token.Token, files []bits.FileInfo, ranges []bits.FileRange) ([]jobstore.File, error) {
	if len(files) == 0 {
		return nil, fmt.Errorf("no files [I]: %w", hresult.E_INVALIDARG)
	}
	if ranges != nil && r.Type != bits.BG_JOB_TYPE_DOWNLOAD {
		return nil, fmt.Errorf("upload jobs have no ranges: %w", hresult.E_NOTIMPL)
	}
	if err := e.checkCounts(r, caller, len(files)); err != nil {
		return nil, err
	}
	added := make([]jobstore.File, len(files))
	for i, f := range files {
		if err := checkRemote(f.RemoteName, r.Type); err != nil {
			return nil, err
		}
		path, err := winpath.ParseLocalName(f.LocalName)
		if err != nil {
			return nil, err
		}
		added[i] = jobstore.File{
			RemoteName: f.RemoteName, LocalName: path.String(),
			Progress: jobstore.Progress{BytesTotal: bits.BG_SIZE_UNKNOWN},
		}
	}
	if ranges != nil {
		list, err := e.checkRanges(ranges, caller)
		if err != nil {
			return nil, err
		}
		if r.DynamicContent {
			return nil, fmt.Errorf("BITS_JOB_PROPERTY_DYNAMIC_CONTENT and ranges [D ne-bits5_0-bits_job_property_id.md; I for the code]: %w",
				hresult.BG_E_UNSUPPORTED_JOB_CONFIGURATION)
		}
		if r.HTTPMethod != "" {
			return nil, fmt.Errorf("ranges and the method %s [I]: %w", r.HTTPMethod, hresult.BG_E_NOT_SUPPORTED_WITH_CUSTOM_HTTP_METHOD)
		}
		added[0].Ranges = list
	}
	e.mu.Lock()
	err := e.present(r.Owner.User())
	e.mu.Unlock()
	if err != nil {
		return nil, err
	}
	for i := range added {
		if err := e.checkLocal(r, &added[i]); err != nil {
			return nil, err
		}
	}
	return added, nil
}

// checkLocal judges a local name by the disk: whether its directory is there, and
// whether the job may write to it, or read the file that it uploads.
func (e *Emulator) checkLocal(r *jobstore.Job, f *jobstore.File) error {
	path, err := winpath.Parse(f.LocalName)
	if err != nil {
		return err
	}
	if r.Type != bits.BG_JOB_TYPE_DOWNLOAD {
		if err := e.access(r, tokenopts.UploadSource, actionRead, path.String()); err != nil {
			return withoutHelper(err)
		}
		file, err := e.disk.OpenFile(path, os.O_RDONLY)
		if err != nil {
			return err
		}
		defer func() { _ = file.Close() }()
		info, err := file.Stat()
		if err != nil {
			return err
		}
		// What it is like now tells later that it has changed (D file-transfer-consistency.md).
		f.BytesTotal, f.LocalSize, f.LocalModified = uint64(info.Size()), uint64(info.Size()), info.ModTime()
		return nil
	}
	if _, err := e.disk.StatDir(path.Dir()); err != nil {
		if code := winpath.Code(err); code == hresult.HRESULT_FROM_WIN32_ERROR_PATH_NOT_FOUND {
			return fmt.Errorf("%w: %w", hresult.HRESULT_FROM_WIN32_ERROR_DIRECTORY, err) // O: the answer for a directory that is not there
		}
		return err
	}
	return withoutHelper(e.access(r, tokenopts.TemporaryFile, actionCheck, path.String()))
}

// withoutHelper lets files be added for which the helper token is wanted and not
// there: the job finds out when it opens them (I).
func withoutHelper(err error) error {
	if errors.Is(err, hresult.BG_E_TOKEN_REQUIRED) {
		return nil
	}
	return err
}

// checkRemote judges a remote name (D ns-bits-bg_file_info.md): a URL of http or https,
// or a file on a share or of this machine, without wildcards.
func checkRemote(remote string, jobType bits.JobType) error {
	wrong := func(format string, args ...any) error {
		return fmt.Errorf("remote name %q: %s [D ns-bits-bg_file_info.md]: %w", shorten(remote), fmt.Sprintf(format, args...), hresult.E_INVALIDARG)
	}
	switch {
	case remote == "":
		return wrong("is empty")
	case !text(remote):
		return wrong("is no valid text")
	case units(remote) > maxURL:
		return wrong("has %d characters, of which %d are allowed", units(remote), maxURL)
	}
	if isHTTP(remote) {
		u, err := url.Parse(remote)
		switch {
		case err != nil || u.Hostname() == "":
			return wrong("has no host")
		case u.User != nil:
			return wrong("has a user name in it")
		case strings.ContainsFunc(remote, func(r rune) bool { return r <= ' ' || r >= 0x7f || strings.ContainsRune("\"<>\\^`{|}", r) }):
			return wrong("has characters that no URL may have; nothing is escaped")
		}
		path, _, _ := strings.Cut(u.EscapedPath(), "?")
		for segment := range strings.SplitSeq(path, "/") {
			if units(segment) > maxPath {
				return wrong("has a segment of %d characters, of which %d are allowed", units(segment), maxPath)
			}
		}
		return nil
	}
	if jobType == bits.BG_JOB_TYPE_UPLOAD_REPLY {
		return wrong("is no URL of http or https, which an upload-reply job needs")
	}
	if scheme, _, ok := strings.Cut(remote, "://"); ok && !strings.EqualFold(scheme, "file") {
		return wrong("is of scheme %s", scheme)
	}
	if _, err := remotePath(remote); err != nil {
		return wrong("%v", err)
	}
	return nil
}

// shorten shortens what a message quotes.
func shorten(s string) string {
	if len(s) > 80 {
		return s[:80] + "..."
	}
	return s
}

// checkRanges judges the ranges of a file (D
// nf-bits2_0-ibackgroundcopyjob3-addfilewithranges.md): one at least, none empty, none
// from the end of the file on, and none that overlap.
func (e *Emulator) checkRanges(ranges []bits.FileRange, caller token.Token) ([]jobstore.Range, error) {
	if len(ranges) == 0 {
		return nil, fmt.Errorf("no ranges: %w", hresult.E_INVALIDARG)
	}
	if limit := e.conf.policy.MaxRangesPerFile; limit > 0 && len(ranges) > limit && !exempt(caller) {
		return nil, fmt.Errorf("a file has at most %d ranges [D group-policies.md]: %w", limit, hresult.BG_E_TOO_MANY_RANGES_IN_FILE)
	}
	list := make([]jobstore.Range, len(ranges))
	for i, r := range ranges {
		switch {
		case r.Length == 0:
			return nil, fmt.Errorf("range %d is empty [I]: %w", i, hresult.BG_E_INVALID_RANGE)
		case r.InitialOffset == bits.BG_LENGTH_TO_EOF:
			return nil, fmt.Errorf("range %d begins at the end of the file: %w", i, hresult.BG_E_INVALID_RANGE)
		case r.Length != bits.BG_LENGTH_TO_EOF && r.Length > bits.BG_LENGTH_TO_EOF-r.InitialOffset:
			return nil, fmt.Errorf("range %d ends beyond the largest offset [I]: %w", i, hresult.BG_E_INVALID_RANGE)
		}
		list[i] = jobstore.Range(r)
	}
	sorted := byOffset(list)
	for i := 1; i < len(sorted); i++ {
		if end(sorted[i-1]) > sorted[i].InitialOffset {
			return nil, fmt.Errorf("the ranges from %d and from %d overlap: %w", sorted[i-1].InitialOffset, sorted[i].InitialOffset, hresult.BG_E_OVERLAPPING_RANGES)
		}
	}
	return list, nil
}
