package bitsemu

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/jobstore"
	"github.com/bitsemu/bitsemu/token"
)

// file is IBackgroundCopyFile to IBackgroundCopyFile6.
type file struct {
	jobObject
	index int
}

type (
	fileV1 struct{ bits.File }
	fileV2 struct{ bits.File2 }
	fileV3 struct{ bits.File3 }
	fileV4 struct{ bits.File4 }
	fileV5 struct{ bits.File5 }
	fileV6 struct{ bits.File6 }
)

const (
	iFile  = "IBackgroundCopyFile::"
	iFile2 = "IBackgroundCopyFile2::"
	iFile3 = "IBackgroundCopyFile3::"
	iFile4 = "IBackgroundCopyFile4::"
	iFile5 = "IBackgroundCopyFile5::"
	iFile6 = "IBackgroundCopyFile6::"
)

// file is a pointer to a file for whoever has the job. No page tells of a check of its
// own: the rights are those of the pointer to the job (I).
func (j *job) file(index int) *file { return &file{j.jobObject, index} }

// fileObject is a pointer to a file for somebody whom the service calls.
func (e *Emulator) fileObject(entry jobstore.Entry, index int, to token.Token) bits.File {
	o := object{e: e, epoch: e.epoch.Load(), base: to}
	return fileV1{&file{jobObject{object: o, entry: entry, judged: to, owner: entry.Owner()}, index}}
}

// QueryInterface implements [bits.Unknown].
func (f *file) QueryInterface(ctx context.Context, id uuid.UUID) (any, error) {
	const method = iFile + "QueryInterface"
	if _, err := f.object.enter(ctx, method, jobKey{f.e, f.entry}); err != nil {
		return nil, err
	}
	if err := f.version(id); err != nil {
		return nil, f.fail(ctx, method, err)
	}
	switch id {
	case bits.IID_IUnknown, bits.IID_IBackgroundCopyFile:
		return fileV1{f}, nil
	case bits.IID_IBackgroundCopyFile2:
		return fileV2{f}, nil
	case bits.IID_IBackgroundCopyFile3:
		return fileV3{f}, nil
	case bits.IID_IBackgroundCopyFile4:
		return fileV4{f}, nil
	case bits.IID_IBackgroundCopyFile5:
		return fileV5{f}, nil
	case bits.IID_IBackgroundCopyFile6:
		return fileV6{f}, nil
	}
	return nil, f.fail(ctx, method, noInterface(id))
}

// get reads the file's record.
func (f *file) get(ctx context.Context, method string) (jobstore.File, jobstore.Job, error) {
	r, err := f.read(ctx, method)
	if err == nil && f.index >= len(r.Files) {
		err = f.fail(ctx, method, hresult.BG_E_FILE_NOT_AVAILABLE)
	}
	if err != nil {
		return jobstore.File{}, r, err
	}
	return r.Files[f.index], r, nil
}

// GetRemoteName implements [bits.File].
func (f *file) GetRemoteName(ctx context.Context) (string, error) {
	r, _, err := f.get(ctx, iFile+"GetRemoteName")
	if r.UnresumedRemote != "" {
		return r.UnresumedRemote, err
	}
	return r.RemoteName, err
}

// GetLocalName implements [bits.File].
func (f *file) GetLocalName(ctx context.Context) (string, error) {
	r, _, err := f.get(ctx, iFile+"GetLocalName")
	return r.LocalName, err
}

// GetProgress implements [bits.File].
func (f *file) GetProgress(ctx context.Context) (bits.FileProgress, error) {
	r, j, err := f.get(ctx, iFile+"GetProgress")
	if err != nil {
		return bits.FileProgress{}, err
	}
	completed := r.Completed
	if j.Type != bits.BG_JOB_TYPE_DOWNLOAD { // an upload is complete when it is done (D ns-bits-bg_file_progress.md)
		completed = completed || j.State == bits.BG_JOB_STATE_TRANSFERRED || j.State == bits.BG_JOB_STATE_ACKNOWLEDGED
	}
	return bits.FileProgress{BytesTotal: r.BytesTotal, BytesTransferred: r.BytesTransferred, Completed: completed}, nil
}

// GetFileRanges implements [bits.File2].
func (f *file) GetFileRanges(ctx context.Context) (ranges []bits.FileRange, ok bool, err error) {
	r, _, err := f.get(ctx, iFile2+"GetFileRanges")
	return fileRanges(r.Ranges), r.Ranges != nil, err
}

// SetRemoteName implements [bits.File2]. A running job goes on with the new name at
// once; that it is kept, Resume sees to (D nf-bits2_0-ibackgroundcopyfile2-setremotename.md).
func (f *file) SetRemoteName(ctx context.Context, remoteName string) error {
	err := f.modify(ctx, iFile2+"SetRemoteName", func(r *jobstore.Job) error {
		if r.Type != bits.BG_JOB_TYPE_DOWNLOAD {
			return fmt.Errorf("the job is of %s: %w", r.Type, hresult.E_NOTIMPL)
		}
		r.Files[f.index].UnresumedRemote = remoteName
		return checkRemote(remoteName, r.Type)
	})
	if err == nil {
		f.e.mu.Lock()
		defer f.e.mu.Unlock()
		f.e.refresh(f.entry)
	}
	return err
}

// GetTemporaryName implements [bits.File3]. Before the transfer has begun, and once the
// file is in its place, it is empty (C).
func (f *file) GetTemporaryName(ctx context.Context) (string, error) {
	r, _, err := f.get(ctx, iFile3+"GetTemporaryName")
	return r.TemporaryName, err
}

// SetValidationState implements [bits.File3].
func (f *file) SetValidationState(ctx context.Context, state bool) error {
	failed := false
	err := f.modify(ctx, iFile3+"SetValidationState", func(r *jobstore.Job) error {
		file := &r.Files[f.index]
		if failed = false; !fetched(file) {
			return hresult.E_PENDING
		}
		file.ValidationState = state
		if !state {
			failed = true
			file.BytesTransferred, file.PeerBytes, file.OriginBytes = 0, 0, 0
			file.FilledRanges = nil
		}
		return nil
	})
	if err == nil && failed {
		e := f.e
		e.mu.Lock()
		defer e.mu.Unlock()
		e.halt(f.entry, runOf(ctx))
		if !f.entry.Deleted() {
			e.fail(f.entry, failure{
				code: hresult.BG_E_VALIDATION_FAILED, context: bits.BG_ERROR_CONTEXT_LOCAL_FILE, file: f.index, about: true,
				cause: f.reason(ctx, iFile3+"SetValidationState"),
			})
		}
	}
	return err
}

// GetValidationState implements [bits.File3].
func (f *file) GetValidationState(ctx context.Context) (bool, error) {
	r, _, err := f.get(ctx, iFile3+"GetValidationState")
	return r.ValidationState, err
}

// IsDownloadedFromPeer implements [bits.File3]. There are no peers here.
func (f *file) IsDownloadedFromPeer(ctx context.Context) (bool, error) {
	r, _, err := f.get(ctx, iFile3+"IsDownloadedFromPeer")
	return r.PeerBytes > 0, err
}

// GetPeerDownloadStats implements [bits.File4].
func (f *file) GetPeerDownloadStats(ctx context.Context) (fromOrigin, fromPeers uint64, err error) {
	r, _, err := f.get(ctx, iFile4+"GetPeerDownloadStats")
	return r.OriginBytes, r.PeerBytes, err
}

// SetProperty implements [bits.File5]. No property can be set.
func (f *file) SetProperty(ctx context.Context, id bits.FilePropertyID, _ bits.FilePropertyValue) error {
	return f.modify(ctx, iFile5+"SetProperty", func(*jobstore.Job) error {
		if !id.Valid() {
			return fmt.Errorf("property %d: %w", id, hresult.BG_E_UNKNOWN_PROPERTY_ID)
		}
		return fmt.Errorf("%s: %w", id, hresult.BG_E_READ_ONLY_PROPERTY)
	})
}

// GetProperty implements [bits.File5].
func (f *file) GetProperty(ctx context.Context, id bits.FilePropertyID) (bits.FilePropertyValue, error) {
	const method = iFile5 + "GetProperty"
	r, _, err := f.get(ctx, method)
	if err != nil {
		return nil, err
	}
	if !id.Valid() {
		return nil, f.fail(ctx, method, fmt.Errorf("property %d: %w", id, hresult.BG_E_UNKNOWN_PROPERTY_ID))
	}
	return bits.PropertyString(r.ResponseHeaders), nil
}

// randomAccess judges whether parts of the file can be had on demand.
func randomAccess(r *jobstore.Job, f *jobstore.File) error {
	if r.Type != bits.BG_JOB_TYPE_DOWNLOAD || r.DynamicContent || r.HTTPMethod != "" || f.Ranges != nil || !isHTTP(f.RemoteName) {
		return hresult.BG_E_RANDOM_ACCESS_NOT_SUPPORTED
	}
	return nil
}

// UpdateDownloadPosition implements [bits.File6]. In on-demand mode, where nothing is
// fetched that was not asked for, it asks for nothing; in other jobs files come from
// their start, and the position is a wish that changes no outcome (C).
func (f *file) UpdateDownloadPosition(ctx context.Context, offset uint64) error {
	return f.modify(ctx, iFile6+"UpdateDownloadPosition", func(r *jobstore.Job) error {
		return randomAccess(r, &r.Files[f.index])
	})
}

// RequestFileRanges implements [bits.File6].
func (f *file) RequestFileRanges(ctx context.Context, ranges []bits.FileRange) error {
	err := f.modify(ctx, iFile6+"RequestFileRanges", func(r *jobstore.Job) error {
		file := &r.Files[f.index]
		if err := randomAccess(r, file); err != nil {
			return err
		}
		if len(ranges) == 0 {
			return fmt.Errorf("no ranges [I]: %w", hresult.E_INVALIDARG)
		}
		var asked []jobstore.Range
		for _, one := range ranges {
			a := jobstore.Range(one)
			known := file.BytesTotal != bits.BG_SIZE_UNKNOWN
			switch {
			case a.Length == 0, known && a.InitialOffset >= file.BytesTotal,
				a.Length != bits.BG_LENGTH_TO_EOF && a.Length > bits.BG_LENGTH_TO_EOF-a.InitialOffset,
				known && a.Length != bits.BG_LENGTH_TO_EOF && end(a) > file.BytesTotal:
				return fmt.Errorf("range from %d of %d bytes: %w", a.InitialOffset, a.Length, hresult.BG_E_INVALID_RANGE)
			}
			if known && a.Length == bits.BG_LENGTH_TO_EOF {
				a.Length = file.BytesTotal - a.InitialOffset
			}
			asked = append(asked, a)
		}
		file.RequestedRanges = merge(append(file.RequestedRanges, asked...))
		return nil
	})
	if err == nil {
		f.e.mu.Lock()
		defer f.e.mu.Unlock()
		f.e.refresh(f.entry)
	}
	return err
}

// GetFilledFileRanges implements [bits.File6].
func (f *file) GetFilledFileRanges(ctx context.Context) ([]bits.FileRange, error) {
	const method = iFile6 + "GetFilledFileRanges"
	r, j, err := f.get(ctx, method)
	if err != nil {
		return nil, err
	}
	if err := randomAccess(&j, &r); err != nil {
		return nil, f.fail(ctx, method, err)
	}
	if !j.OnDemandMode && r.BytesTransferred > 0 {
		return []bits.FileRange{{InitialOffset: 0, Length: r.BytesTransferred}}, nil
	}
	return fileRanges(r.FilledRanges), nil
}
