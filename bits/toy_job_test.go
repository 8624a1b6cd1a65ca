package bits_test

import (
	"context"

	"github.com/google/uuid"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/sid"
)

// toyJob is in BG_JOB_STATE_TRANSFERRED as soon as it is resumed.
type toyJob struct {
	toy
	id       uuid.UUID
	name     string
	typ      bits.JobType
	state    bits.JobState
	files    []bits.File
	callback bits.Callback
	helper   bits.HelperTokenFlags
}

func newToyJob(id uuid.UUID, name string, t bits.JobType) *toyJob {
	j := &toyJob{id: id, name: name, typ: t, state: bits.BG_JOB_STATE_SUSPENDED}
	j.answers = map[uuid.UUID]any{}
	for _, iid := range []uuid.UUID{
		bits.IID_IBackgroundCopyJob, bits.IID_IBackgroundCopyJob2, bits.IID_IBackgroundCopyJob3,
		bits.IID_IBackgroundCopyJob4, bits.IID_IBackgroundCopyJob5, bits.IID_IBackgroundCopyJobHttpOptions,
		bits.IID_IBackgroundCopyJobHttpOptions2, bits.IID_IBackgroundCopyJobHttpOptions3, bits.IID_IBitsTokenOptions,
	} {
		j.answers[iid] = j
	}
	return j
}

func (j *toyJob) AddFileSet(ctx context.Context, files []bits.FileInfo) error {
	for _, f := range files {
		if err := j.AddFile(ctx, f.RemoteName, f.LocalName); err != nil {
			return err
		}
	}
	return nil
}

func (j *toyJob) AddFile(_ context.Context, remoteURL, localName string) error {
	j.files = append(j.files, &toyFile{remote: remoteURL, local: localName})
	return nil
}

func (j *toyJob) EnumFiles(context.Context) (bits.EnumFiles, error) {
	return &toyEnum[bits.File, bits.EnumFiles]{items: j.files}, nil
}

func (j *toyJob) Resume(ctx context.Context) error {
	j.state = bits.BG_JOB_STATE_TRANSFERRED
	if j.callback == nil {
		return nil
	}
	return j.callback.JobTransferred(ctx, j)
}

func (j *toyJob) Complete(context.Context) (hresult.HRESULT, error) {
	was := j.state
	j.state = bits.BG_JOB_STATE_ACKNOWLEDGED
	switch {
	case was.Final():
		return hresult.BG_E_INVALID_STATE, hresult.BG_E_INVALID_STATE
	case was != bits.BG_JOB_STATE_TRANSFERRED:
		return hresult.BG_S_PARTIAL_COMPLETE, nil
	}
	return hresult.S_OK, nil
}

func (j *toyJob) SetNotifyInterface(_ context.Context, callback bits.Callback) error {
	j.callback = callback
	return nil
}

func (j *toyJob) SetHelperTokenFlags(_ context.Context, flags bits.HelperTokenFlags) error {
	j.helper = flags
	return nil
}

func (j *toyJob) Suspend(context.Context) error                          { return notImpl }
func (j *toyJob) Cancel(context.Context) (hresult.HRESULT, error)        { return notImpl, notImpl }
func (j *toyJob) GetId(context.Context) (uuid.UUID, error)               { return j.id, nil }
func (j *toyJob) GetType(context.Context) (bits.JobType, error)          { return j.typ, nil }
func (j *toyJob) GetState(context.Context) (bits.JobState, error)        { return j.state, nil }
func (j *toyJob) GetOwner(context.Context) (sid.SID, error)              { return sid.SID{}, notImpl }
func (j *toyJob) SetDisplayName(context.Context, string) error           { return notImpl }
func (j *toyJob) GetDisplayName(context.Context) (string, error)         { return j.name, nil }
func (j *toyJob) SetDescription(context.Context, string) error           { return notImpl }
func (j *toyJob) GetDescription(context.Context) (string, error)         { return "", notImpl }
func (j *toyJob) SetPriority(context.Context, bits.JobPriority) error    { return notImpl }
func (j *toyJob) SetNotifyFlags(context.Context, bits.NotifyFlags) error { return notImpl }
func (j *toyJob) SetMinimumRetryDelay(context.Context, uint32) error     { return notImpl }
func (j *toyJob) GetMinimumRetryDelay(context.Context) (uint32, error)   { return 0, notImpl }
func (j *toyJob) SetNoProgressTimeout(context.Context, uint32) error     { return notImpl }
func (j *toyJob) GetNoProgressTimeout(context.Context) (uint32, error)   { return 0, notImpl }
func (j *toyJob) GetErrorCount(context.Context) (uint32, error)          { return 0, notImpl }
func (j *toyJob) TakeOwnership(context.Context) error                    { return notImpl }

func (j *toyJob) GetProgress(context.Context) (bits.JobProgress, error) {
	return bits.JobProgress{}, notImpl
}

func (j *toyJob) GetTimes(context.Context) (bits.JobTimes, error) {
	return bits.JobTimes{}, notImpl
}

func (j *toyJob) GetError(context.Context) (bits.Error, error) {
	return nil, hresult.BG_E_ERROR_INFORMATION_UNAVAILABLE
}

func (j *toyJob) GetPriority(context.Context) (bits.JobPriority, error) {
	return bits.BG_JOB_PRIORITY_NORMAL, nil
}

func (j *toyJob) GetNotifyFlags(context.Context) (bits.NotifyFlags, error) {
	return 0, notImpl
}

func (j *toyJob) GetNotifyInterface(context.Context) (bits.Callback, error) {
	return j.callback, nil
}

func (j *toyJob) SetProxySettings(_ context.Context, usage bits.ProxyUsage, proxyList, bypassList *string) error {
	return notImpl
}

func (j *toyJob) GetProxySettings(context.Context) (usage bits.ProxyUsage, proxyList, bypassList *string, err error) {
	return 0, nil, nil, notImpl
}

// Job2

func (j *toyJob) SetNotifyCmdLine(_ context.Context, program, parameters *string) error {
	return notImpl
}

func (j *toyJob) GetNotifyCmdLine(context.Context) (program, parameters string, err error) {
	return "", "", nil
}

func (j *toyJob) GetReplyProgress(context.Context) (bits.JobReplyProgress, error) {
	return bits.JobReplyProgress{}, notImpl
}

func (j *toyJob) GetReplyData(context.Context) (buffer []byte, length uint64, err error) {
	return nil, 0, notImpl
}

func (j *toyJob) SetReplyFileName(context.Context, *string) error            { return notImpl }
func (j *toyJob) GetReplyFileName(context.Context) (string, error)           { return "", notImpl }
func (j *toyJob) SetCredentials(context.Context, bits.AuthCredentials) error { return notImpl }

func (j *toyJob) RemoveCredentials(context.Context, bits.AuthTarget, bits.AuthScheme) (hresult.HRESULT, error) {
	return hresult.S_FALSE, nil
}

// Job3, Job4, Job5

func (j *toyJob) ReplaceRemotePrefix(_ context.Context, oldPrefix, newPrefix string) (hresult.HRESULT, error) {
	return hresult.S_FALSE, nil
}

func (j *toyJob) AddFileWithRanges(_ context.Context, remoteURL, localName string, ranges []bits.FileRange) error {
	return notImpl
}

func (j *toyJob) SetFileACLFlags(context.Context, bits.FileACLFlags) error         { return notImpl }
func (j *toyJob) GetFileACLFlags(context.Context) (bits.FileACLFlags, error)       { return 0, nil }
func (j *toyJob) SetPeerCachingFlags(context.Context, bits.PeerCachingFlags) error { return notImpl }
func (j *toyJob) GetOwnerIntegrityLevel(context.Context) (uint32, error)           { return 0x2000, nil }
func (j *toyJob) GetOwnerElevationState(context.Context) (bool, error)             { return false, nil }
func (j *toyJob) SetMaximumDownloadTime(context.Context, uint32) error             { return notImpl }
func (j *toyJob) GetMaximumDownloadTime(context.Context) (uint32, error)           { return 7776000, nil }

func (j *toyJob) GetPeerCachingFlags(context.Context) (bits.PeerCachingFlags, error) {
	return 0, nil
}

func (j *toyJob) SetProperty(context.Context, bits.JobPropertyID, bits.JobPropertyValue) error {
	return hresult.BG_E_UNKNOWN_PROPERTY_ID
}

func (j *toyJob) GetProperty(context.Context, bits.JobPropertyID) (bits.JobPropertyValue, error) {
	return nil, hresult.BG_E_UNKNOWN_PROPERTY_ID
}

// JobHttpOptions to JobHttpOptions3

func (j *toyJob) SetClientCertificateByID(context.Context, bits.CertStoreLocation, string, [20]byte) error {
	return notImpl
}

func (j *toyJob) SetClientCertificateByName(_ context.Context, _ bits.CertStoreLocation, storeName, subjectName string) error {
	return notImpl
}

func (j *toyJob) RemoveClientCertificate(context.Context) (hresult.HRESULT, error) {
	return hresult.S_FALSE, nil
}

func (j *toyJob) GetClientCertificate(context.Context) (bits.ClientCertificate, error) {
	return bits.ClientCertificate{}, hresult.HRESULT_FROM_WIN32_RPC_X_BAD_STUB_DATA
}

func (j *toyJob) SetCustomHeaders(context.Context, *string) error              { return notImpl }
func (j *toyJob) GetCustomHeaders(context.Context) (string, bool, error)       { return "", false, nil }
func (j *toyJob) SetSecurityFlags(context.Context, bits.SecurityFlags) error   { return notImpl }
func (j *toyJob) GetSecurityFlags(context.Context) (bits.SecurityFlags, error) { return 0, nil }
func (j *toyJob) SetHttpMethod(context.Context, string) error                  { return notImpl }
func (j *toyJob) GetHttpMethod(context.Context) (string, error)                { return "GET", nil }
func (j *toyJob) MakeCustomHeadersWriteOnly(context.Context) error             { return notImpl }

func (j *toyJob) SetServerCertificateValidationInterface(context.Context, bits.ServerCertificateValidationCallback) error {
	return notImpl
}

// TokenOptions

func (j *toyJob) SetHelperToken(context.Context) error               { return notImpl }
func (j *toyJob) ClearHelperToken(context.Context) error             { return notImpl }
func (j *toyJob) GetHelperTokenSid(context.Context) (sid.SID, error) { return sid.SID{}, nil }

func (j *toyJob) GetHelperTokenFlags(context.Context) (bits.HelperTokenFlags, error) {
	return j.helper, nil
}
