package bitsemu

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"github.com/google/uuid"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/jobstore"
	"github.com/bitsemu/bitsemu/token"
	"github.com/bitsemu/bitsemu/tokenopts"
)

// jobError is IBackgroundCopyError: the error of a job as it was when it was asked for.
type jobError struct {
	jobObject
	err jobstore.JobError
}

const iError = "IBackgroundCopyError::"

func (e *Emulator) errorObject(entry jobstore.Entry, err jobstore.JobError, to token.Token) bits.Error {
	o := object{e: e, epoch: e.epoch.Load(), base: to}
	return &jobError{jobObject{object: o, entry: entry, judged: to, owner: entry.Owner()}, err}
}

// QueryInterface implements [bits.Unknown].
func (x *jobError) QueryInterface(ctx context.Context, id uuid.UUID) (any, error) {
	const method = iError + "QueryInterface"
	if _, err := x.object.enter(ctx, method, jobKey{x.e, x.entry}); err != nil {
		return nil, err
	}
	if id == bits.IID_IUnknown || id == bits.IID_IBackgroundCopyError {
		return x, nil
	}
	return nil, x.fail(ctx, method, noInterface(id))
}

func (x *jobError) begin(ctx context.Context, method string) error {
	_, err := x.enter(ctx, iError+method, tokenopts.RetrieveJob)
	return err
}

// GetError implements [bits.Error].
func (x *jobError) GetError(ctx context.Context) (bits.ErrorContext, hresult.HRESULT, error) {
	if err := x.begin(ctx, "GetError"); err != nil {
		return 0, hresult.S_OK, err
	}
	return x.err.Context, x.err.Code, nil
}

// GetFile implements [bits.Error].
func (x *jobError) GetFile(ctx context.Context) (bits.File, error) {
	if err := x.begin(ctx, "GetFile"); err != nil {
		return nil, err
	}
	if x.err.File == 0 {
		return nil, x.fail(ctx, iError+"GetFile", hresult.BG_E_FILE_NOT_AVAILABLE)
	}
	return fileV1{&file{x.jobObject, int(x.err.File) - 1}}, nil
}

// GetErrorDescription implements [bits.Error].
func (x *jobError) GetErrorDescription(ctx context.Context, languageID uint32) (string, error) {
	return x.describe(ctx, "GetErrorDescription", languageID, x.err.Code)
}

// GetErrorContextDescription implements [bits.Error].
func (x *jobError) GetErrorContextDescription(ctx context.Context, languageID uint32) (string, error) {
	return x.describe(ctx, "GetErrorContextDescription", languageID, contextTexts[x.err.Context])
}

// contextTexts are the codes that the texts of contexts are kept under (D bitsmsg.h).
var contextTexts = map[bits.ErrorContext]hresult.HRESULT{
	bits.BG_ERROR_CONTEXT_NONE:                        hresult.BG_S_ERROR_CONTEXT_NONE,
	bits.BG_ERROR_CONTEXT_UNKNOWN:                     hresult.BG_E_ERROR_CONTEXT_UNKNOWN,
	bits.BG_ERROR_CONTEXT_GENERAL_QUEUE_MANAGER:       hresult.BG_E_ERROR_CONTEXT_GENERAL_QUEUE_MANAGER,
	bits.BG_ERROR_CONTEXT_QUEUE_MANAGER_NOTIFICATION:  hresult.BG_E_ERROR_CONTEXT_QUEUE_MANAGER_NOTIFICATION,
	bits.BG_ERROR_CONTEXT_LOCAL_FILE:                  hresult.BG_E_ERROR_CONTEXT_LOCAL_FILE,
	bits.BG_ERROR_CONTEXT_REMOTE_FILE:                 hresult.BG_E_ERROR_CONTEXT_REMOTE_FILE,
	bits.BG_ERROR_CONTEXT_GENERAL_TRANSPORT:           hresult.BG_E_ERROR_CONTEXT_GENERAL_TRANSPORT,
	bits.BG_ERROR_CONTEXT_REMOTE_APPLICATION:          hresult.BG_E_ERROR_CONTEXT_REMOTE_APPLICATION,
	bits.BG_ERROR_CONTEXT_SERVER_CERTIFICATE_CALLBACK: hresult.BG_E_ERROR_CONTEXT_SERVER_CERTIFICATE_CALLBACK,
}

func (x *jobError) describe(ctx context.Context, method string, languageID uint32, code hresult.HRESULT) (string, error) {
	if err := x.begin(ctx, method); err != nil {
		return "", err
	}
	if languageID == 0 {
		return "", x.fail(ctx, iError+method, fmt.Errorf("language 0: %w", hresult.E_INVALIDARG))
	}
	s, err := describe(code, languageID)
	return s, x.fail(ctx, iError+method, err)
}

// GetProtocol implements [bits.Error]. For https it is http (C: the page knows http and
// file).
func (x *jobError) GetProtocol(ctx context.Context) (string, error) {
	if err := x.begin(ctx, "GetProtocol"); err != nil {
		return "", err
	}
	r, err := x.e.record(x.entry)
	i := int(x.err.File) - 1
	if err != nil || i < 0 || i >= len(r.Files) || x.err.Context == bits.BG_ERROR_CONTEXT_LOCAL_FILE ||
		x.err.Context == bits.BG_ERROR_CONTEXT_GENERAL_QUEUE_MANAGER {
		return "", x.fail(ctx, iError+"GetProtocol", hresult.BG_E_PROTOCOL_NOT_AVAILABLE)
	}
	if u, err := url.Parse(r.Files[i].RemoteName); err == nil && strings.HasPrefix(strings.ToLower(u.Scheme), "http") {
		return "http", nil
	}
	return "file", nil
}
