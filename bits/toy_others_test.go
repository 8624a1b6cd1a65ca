package bits_test

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
)

type toyFile struct {
	toy
	remote, local string
}

func (f *toyFile) GetRemoteName(context.Context) (string, error)      { return f.remote, nil }
func (f *toyFile) GetLocalName(context.Context) (string, error)       { return f.local, nil }
func (f *toyFile) SetRemoteName(context.Context, string) error        { return notImpl }
func (f *toyFile) GetTemporaryName(context.Context) (string, error)   { return "", notImpl }
func (f *toyFile) SetValidationState(context.Context, bool) error     { return notImpl }
func (f *toyFile) GetValidationState(context.Context) (bool, error)   { return false, nil }
func (f *toyFile) IsDownloadedFromPeer(context.Context) (bool, error) { return false, nil }

func (f *toyFile) GetProgress(context.Context) (bits.FileProgress, error) {
	return bits.FileProgress{BytesTotal: bits.BG_SIZE_UNKNOWN}, nil
}

func (f *toyFile) GetFileRanges(context.Context) (ranges []bits.FileRange, ok bool, err error) {
	return nil, false, nil
}

func (f *toyFile) GetPeerDownloadStats(context.Context) (fromOrigin, fromPeers uint64, err error) {
	return 0, 0, nil
}

func (f *toyFile) SetProperty(context.Context, bits.FilePropertyID, bits.FilePropertyValue) error {
	return hresult.BG_E_READ_ONLY_PROPERTY
}

func (f *toyFile) GetProperty(context.Context, bits.FilePropertyID) (bits.FilePropertyValue, error) {
	return bits.PropertyString(""), nil
}

func (f *toyFile) UpdateDownloadPosition(context.Context, uint64) error      { return notImpl }
func (f *toyFile) RequestFileRanges(context.Context, []bits.FileRange) error { return notImpl }

func (f *toyFile) GetFilledFileRanges(context.Context) ([]bits.FileRange, error) {
	return nil, notImpl
}

type toyError struct{ toy }

func (e *toyError) GetError(context.Context) (bits.ErrorContext, hresult.HRESULT, error) {
	return bits.BG_ERROR_CONTEXT_REMOTE_FILE, hresult.BG_E_HTTP_ERROR_404, nil
}

func (e *toyError) GetFile(context.Context) (bits.File, error) {
	return nil, hresult.BG_E_FILE_NOT_AVAILABLE
}
func (e *toyError) GetProtocol(context.Context) (string, error) { return "http", nil }

func (e *toyError) GetErrorDescription(context.Context, uint32) (string, error) {
	return "", notImpl
}

func (e *toyError) GetErrorContextDescription(context.Context, uint32) (string, error) {
	return "", notImpl
}

// toyEnum fails with err, if that is set, when it is asked for element failAt.
type toyEnum[T, E any] struct {
	toy
	items  []T
	pos    int
	err    error
	failAt int
}

func (e *toyEnum[T, E]) Next(_ context.Context, celt uint32) (elements []T, result hresult.HRESULT, err error) {
	if e.err != nil && e.pos == e.failAt {
		return nil, bits.ResultOf(e.err), e.err
	}
	elements = e.items[e.pos:]
	if uint64(celt) > uint64(len(elements)) {
		result = hresult.S_FALSE
	} else {
		elements = elements[:celt]
	}
	e.pos += len(elements)
	return elements, result, nil
}

func (e *toyEnum[T, E]) Skip(ctx context.Context, celt uint32) (hresult.HRESULT, error) {
	_, result, err := e.Next(ctx, celt)
	return result, err
}

func (e *toyEnum[T, E]) Reset(context.Context) error {
	e.pos = 0
	return nil
}

func (e *toyEnum[T, E]) Clone(context.Context) (E, error) {
	clone := *e
	return any(&clone).(E), nil
}

func (e *toyEnum[T, E]) GetCount(context.Context) (uint32, error) { return uint32(len(e.items)), nil }

type toyPeer struct{ toy }

func (p *toyPeer) GetPeerName(context.Context) (string, error)   { return "peer$", nil }
func (p *toyPeer) IsAuthenticated(context.Context) (bool, error) { return true, nil }
func (p *toyPeer) IsAvailable(context.Context) (bool, error)     { return true, nil }

type toyRecord struct{ toy }

func (r *toyRecord) GetId(context.Context) (uuid.UUID, error)     { return uuid.Nil, nil }
func (r *toyRecord) GetOriginUrl(context.Context) (string, error) { return "", nil }
func (r *toyRecord) GetFileSize(context.Context) (uint64, error)  { return 0, nil }
func (r *toyRecord) GetFileModificationTime(context.Context) (time.Time, error) {
	return time.Time{}, nil
}
func (r *toyRecord) GetLastAccessTime(context.Context) (time.Time, error)    { return time.Time{}, nil }
func (r *toyRecord) IsFileValidated(context.Context) (bool, error)           { return true, nil }
func (r *toyRecord) GetFileRanges(context.Context) ([]bits.FileRange, error) { return nil, nil }

// toyCallback completes jobs that are transferred.
type toyCallback struct{ completed hresult.HRESULT }

func (c *toyCallback) JobTransferred(ctx context.Context, job bits.Job) (err error) {
	c.completed, err = job.Complete(ctx)
	return err
}

func (c *toyCallback) JobError(context.Context, bits.Job, bits.Error) error       { return nil }
func (c *toyCallback) JobModification(context.Context, bits.Job) error            { return nil }
func (c *toyCallback) FileTransferred(context.Context, bits.Job, bits.File) error { return nil }

func (c *toyCallback) FileRangesTransferred(context.Context, bits.Job, bits.File, []bits.FileRange) error {
	return nil
}

func (c *toyCallback) ValidateServerCertificate(_ context.Context, _ bits.Job, _ bits.File,
	certData []byte, certEncodingType uint32, certStoreData []byte) error {
	return nil
}
