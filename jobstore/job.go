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
	HelperToken token.Token
	// HelperTokenFlags say what the helper token is used for. They are kept
	// when the token goes.
	HelperTokenFlags bits.HelperTokenFlags

	DisplayName string
	Description string
	Type        bits.JobType
	Priority    bits.JobPriority
	State       bits.JobState

	CreationTime           time.Time
	ModificationTime       time.Time
	TransferCompletionTime time.Time

	MinimumRetryDelay   uint32 // seconds
	NoProgressTimeout   uint32 // seconds
	MaximumDownloadTime uint32 // seconds

	ErrorCount uint32
	Error      JobError

	Files []File

	NotifyFlags      bits.NotifyFlags
	NotifyProgram    string
	NotifyParameters string
	NotifyToken      token.Token // who set the command line: it runs as that user
	NotifyCLSID      uuid.UUID

	ProxyUsage      bits.ProxyUsage
	ProxyList       string
	ProxyBypassList string

	// Credentials tells which credentials are set; the secrets are in Sealed.
	Credentials []Credential
	// Sealed holds user names, passwords and custom headers as the layer above
	// has encrypted them. It is never shown.
	Sealed []byte

	HTTPMethod             string
	SecurityFlags          bits.SecurityFlags
	CustomHeadersWriteOnly bool
	ClientCertificate      ClientCertificate

	FileACLFlags     bits.FileACLFlags
	PeerCachingFlags bits.PeerCachingFlags

	CostFlags                   bits.TransferPolicy
	DynamicContent              bool
	HighPerformance             bool
	OnDemandMode                bool
	MaxDownloadSize             uint64
	UseStoredCredentials        bits.AuthTarget
	MinimumNotificationInterval uint32 // milliseconds

	ReplyFileName      string
	ReplyTemporaryName string
	ReplyProgress      Progress

	// What a scheduler has to find again after a restart.
	Resumed         bool          // Resume was called at least once
	RetryTime       time.Time     // when a transient error is tried again
	NoProgressSince time.Time     // of the first transient error in a row
	LastActivity    time.Time     // progress or a changed property, for the inactivity timeout
	DownloadTime    time.Duration // used up of MaximumDownloadTime
	NotifyPending   bits.NotifyFlags
	UploadSession   string // session id of the upload protocol
	UploadHost      string

	UploadHostTimeout time.Duration // how long UploadHost may be out of reach
	UploadHostLost    time.Time     // since when it is
	UploadFinished    bool          // the server has the whole file
	UploadReplyURL    string

	// ServerCertificateCallback says that the client judges server certificates.
	// The callback itself does not outlive the service.
	ServerCertificateCallback bool

	unknown []byte // fields of a later version, kept as they are
}

// JobError is what IBackgroundCopyJob::GetError tells. The zero value is no
// error.
type JobError struct {
	Code    hresult.HRESULT
	Context bits.ErrorContext
	File    uint32 // the file it is about, counted from 1; 0 for none
}

// Progress counts bytes. Total is bits.BG_SIZE_UNKNOWN until it is known.
type Progress struct {
	BytesTotal       uint64
	BytesTransferred uint64
}

// File is one file of a job.
type File struct {
	RemoteName    string
	LocalName     string
	TemporaryName string
	Progress
	Completed bool // the bytes are where LocalName says, or were uploaded
	Renamed   bool // Complete has put it in its place

	Ranges          []Range // AddFileWithRanges
	RequestedRanges []Range // RequestFileRanges
	FilledRanges    []Range

	ValidationState bool
	ResponseHeaders string

	// What tells that a file has changed between two looks.
	ETag            string
	RemoteModified  time.Time
	LocalModified   time.Time
	LocalSize       uint64
	PeerBytes       uint64
	OriginBytes     uint64
	UnresumedRemote string // a SetRemoteName that Resume has not made durable
	unknown         []byte
}

// Range is a BG_FILE_RANGE.
type Range struct {
	InitialOffset uint64
	Length        uint64
}

// Credential says that credentials of a scheme are set for a target. Implicit
// ones were set without a user name: those of the account itself go out.
type Credential struct {
	Target   bits.AuthTarget
	Scheme   bits.AuthScheme
	Implicit bool
}

// ClientCertificate names a certificate in a store. The zero value is none.
type ClientCertificate struct {
	StoreLocation bits.CertStoreLocation
	StoreName     string
	SubjectName   string
	Hash          [20]byte
	Set           bool
}
