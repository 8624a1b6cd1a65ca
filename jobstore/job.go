package jobstore

import (
	"time"

	"github.com/google/uuid"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/token"
)

// Job is the whole record of a job: a plain value to fill in and to read. The
// store keeps what it is given and judges none of it; defaults, limits and
// rules are the business of those above it. Two jobs share no memory: what Get
// returns is the caller's own.
//
// Strings are UTF-8 without NUL characters, since Windows names end at a NUL
// (C). Times are kept to 100 nanoseconds, as FILETIME is, and come back in UTC;
// the zero time means "never".
type Job struct {
	// ID is the job's GUID. Create makes one up when it is uuid.Nil.
	ID uuid.UUID

	// Owner is the token of the job's owner as it was when the job was
	// created, or taken over: the user SID decides whose job it is; elevation,
	// integrity level and membership of the administrators group are part of
	// the access rules.
	Owner token.Token
	// HelperToken is the token set with IBitsTokenOptions::SetHelperToken, the
	// zero token when there is none.
	HelperToken token.Token `json:",omitzero"`
	// HelperTokenFlags say what the helper token is used for. They are kept
	// when the token goes.
	HelperTokenFlags bits.HelperTokenFlags `json:",omitzero"`

	DisplayName string `json:",omitzero"`
	Description string `json:",omitzero"`
	Type        bits.JobType
	Priority    bits.JobPriority
	State       bits.JobState

	CreationTime           time.Time `json:",omitzero"`
	ModificationTime       time.Time `json:",omitzero"`
	TransferCompletionTime time.Time `json:",omitzero"`

	MinimumRetryDelay   uint32 `json:",omitzero"` // seconds
	NoProgressTimeout   uint32 `json:",omitzero"` // seconds
	MaximumDownloadTime uint32 `json:",omitzero"` // seconds

	ErrorCount uint32   `json:",omitzero"`
	Error      JobError `json:",omitzero"`

	Files []File `json:",omitzero"`

	NotifyFlags      bits.NotifyFlags `json:",omitzero"`
	NotifyProgram    string           `json:",omitzero"`
	NotifyParameters string           `json:",omitzero"`
	NotifyToken      token.Token      `json:",omitzero"` // who set the command line: it runs as that user
	NotifyCLSID      uuid.UUID        `json:",omitzero"`

	ProxyUsage      bits.ProxyUsage `json:",omitzero"`
	ProxyList       string          `json:",omitzero"`
	ProxyBypassList string          `json:",omitzero"`

	// Credentials tells which credentials are set; the secrets are in Sealed.
	Credentials []Credential `json:",omitzero"`
	// Sealed holds user names, passwords and custom headers as the layer above
	// has encrypted them. It is never shown.
	Sealed []byte `json:"-"`

	HTTPMethod             string             `json:",omitzero"`
	SecurityFlags          bits.SecurityFlags `json:",omitzero"`
	CustomHeadersWriteOnly bool               `json:",omitzero"`
	ClientCertificate      ClientCertificate  `json:",omitzero"`

	FileACLFlags     bits.FileACLFlags     `json:",omitzero"`
	PeerCachingFlags bits.PeerCachingFlags `json:",omitzero"`

	CostFlags                   bits.TransferPolicy `json:",omitzero"`
	DynamicContent              bool                `json:",omitzero"`
	HighPerformance             bool                `json:",omitzero"`
	OnDemandMode                bool                `json:",omitzero"`
	MaxDownloadSize             uint64              `json:",omitzero"`
	UseStoredCredentials        bits.AuthTarget     `json:",omitzero"`
	MinimumNotificationInterval uint32              `json:",omitzero"` // milliseconds

	ReplyFileName      string   `json:",omitzero"`
	ReplyTemporaryName string   `json:",omitzero"`
	ReplyProgress      Progress `json:",omitzero"`

	// What a scheduler has to find again after a restart.
	Resumed         bool             `json:",omitzero"` // Resume was called at least once
	RetryTime       time.Time        `json:",omitzero"` // when a transient error is tried again
	NoProgressSince time.Time        `json:",omitzero"` // of the first transient error in a row
	LastActivity    time.Time        `json:",omitzero"` // progress or a changed property, for the inactivity timeout
	DownloadTime    time.Duration    `json:",omitzero"` // used up of MaximumDownloadTime
	NotifyPending   bits.NotifyFlags `json:",omitzero"`
	UploadSession   string           `json:",omitzero"` // session id of the upload protocol
	UploadHost      string           `json:",omitzero"`

	UploadHostTimeout time.Duration `json:",omitzero"` // how long UploadHost may be out of reach
	UploadHostLost    time.Time     `json:",omitzero"` // since when it is
	UploadFinished    bool          `json:",omitzero"` // the server has the whole file
	UploadReplyURL    string        `json:",omitzero"`

	// ServerCertificateCallback says that the client judges server certificates.
	// The callback itself does not outlive the service.
	ServerCertificateCallback bool `json:",omitzero"`

	unknown []byte // fields of a later version, kept as they are
}

// JobError is what IBackgroundCopyJob::GetError tells. The zero value is no
// error.
type JobError struct {
	Code    hresult.HRESULT   `json:",omitzero"`
	Context bits.ErrorContext `json:",omitzero"`
	File    uint32            `json:",omitzero"` // the file it is about, counted from 1; 0 for none
}

// Progress counts bytes. Total is bits.BG_SIZE_UNKNOWN until it is known.
type Progress struct {
	BytesTotal       uint64 `json:",omitzero"`
	BytesTransferred uint64 `json:",omitzero"`
}

// File is one file of a job.
type File struct {
	RemoteName    string `json:",omitzero"`
	LocalName     string `json:",omitzero"`
	TemporaryName string `json:",omitzero"`
	Progress
	Completed bool `json:",omitzero"` // the bytes are where LocalName says, or were uploaded
	Renamed   bool `json:",omitzero"` // Complete has put it in its place

	Ranges          []Range `json:",omitzero"` // AddFileWithRanges
	RequestedRanges []Range `json:",omitzero"` // RequestFileRanges
	FilledRanges    []Range `json:",omitzero"`

	ValidationState bool   `json:",omitzero"`
	ResponseHeaders string `json:",omitzero"`

	// What tells that a file has changed between two looks.
	ETag            string    `json:",omitzero"`
	RemoteModified  time.Time `json:",omitzero"`
	LocalModified   time.Time `json:",omitzero"`
	LocalSize       uint64    `json:",omitzero"`
	PeerBytes       uint64    `json:",omitzero"`
	OriginBytes     uint64    `json:",omitzero"`
	UnresumedRemote string    `json:",omitzero"` // a SetRemoteName that Resume has not made durable
	unknown         []byte
}

// Range is a BG_FILE_RANGE.
type Range struct {
	InitialOffset uint64 `json:",omitzero"`
	Length        uint64 `json:",omitzero"`
}

// Credential says that credentials of a scheme are set for a target. Implicit
// ones were set without a user name: those of the account itself go out.
type Credential struct {
	Target   bits.AuthTarget `json:",omitzero"`
	Scheme   bits.AuthScheme `json:",omitzero"`
	Implicit bool            `json:",omitzero"`
}

// ClientCertificate names a certificate in a store. The zero value is none.
type ClientCertificate struct {
	StoreLocation bits.CertStoreLocation `json:",omitzero"`
	StoreName     string                 `json:",omitzero"`
	SubjectName   string                 `json:",omitzero"`
	Hash          [20]byte               `json:",omitzero"`
	Set           bool                   `json:",omitzero"`
}
