package main

import "strings"

// level is how far something is emulated.
type level string

const (
	full    level = "full"
	partial level = "partial"
	none    level = "none"
)

// state is a level, and what is to be known about it: what is missing from partial,
// what happens instead of none.
type state struct {
	level level
	note  string
}

func part(note string) state { return state{partial, note} }

// states are the states of an interface's methods, or of properties, by name.
type states map[string]state

// all are methods that are emulated in full, in words, and others.
func all(names string, others ...states) states {
	table := states{}
	for name := range strings.FieldsSeq(names) {
		table[name] = state{full, ""}
	}
	for _, more := range others {
		for name, s := range more {
			table[name] = s
		}
	}
	return table
}

// without are methods that are not emulated.
func without(note, names string) states {
	table := states{}
	for name := range strings.FieldsSeq(names) {
		table[name] = state{none, note}
	}
	return table
}

// Notes that more than one row has.
const (
	english   = "texts of our own, in English alone"
	noPeers   = "there are no peers: nothing is ever found on one"
	peerCache = "E_NOTIMPL in BITS 3.0; from 4.0 on S_FALSE, as Windows answers"
	noObject  = "no such object exists, as there are no peers"
	listed    = "Next Skip Reset Clone GetCount"
)

// methods are the states of the methods that each interface of package bits adds, by
// its name in Windows.
var methods = map[string]states{
	"IUnknown": all("QueryInterface"),
	"IBackgroundCopyManager": all("CreateJob GetJob EnumJobs", states{
		"GetErrorDescription": part(english),
	}),
	"IBackgroundCopyJob": all(`AddFileSet AddFile EnumFiles Suspend Resume Cancel Complete GetId GetType GetProgress GetTimes
		GetState GetError GetOwner SetDisplayName GetDisplayName SetDescription GetDescription SetPriority GetPriority
		SetNotifyFlags GetNotifyFlags SetNotifyInterface GetNotifyInterface SetMinimumRetryDelay GetMinimumRetryDelay
		SetNoProgressTimeout GetNoProgressTimeout GetErrorCount GetProxySettings TakeOwnership`, states{
		"SetProxySettings": part("what BG_JOB_PROXY_USAGE_AUTODETECT finds is said to the emulator; no network is searched"),
	}),
	"IBackgroundCopyJob2": all(`GetNotifyCmdLine GetReplyProgress GetReplyData SetReplyFileName GetReplyFileName RemoveCredentials`, states{
		"SetNotifyCmdLine": part("the program is handed to a hook, and never run"),
		"SetCredentials":   part("Basic and Digest are real; NTLM, Negotiate and Passport are simulated, which no real server takes"),
	}),
	"IBackgroundCopyJob3": all("ReplaceRemotePrefix AddFileWithRanges GetFileACLFlags", states{
		"SetFileACLFlags": part("the privileges are asked for; the lists are not copied"),
	}),
	"IBackgroundCopyJob4": all("GetPeerCachingFlags GetOwnerIntegrityLevel GetOwnerElevationState SetMaximumDownloadTime GetMaximumDownloadTime", states{
		"SetPeerCachingFlags": part("the flags are kept; " + noPeers),
	}),
	"IBackgroundCopyJob5": all("SetProperty GetProperty"),
	"IBackgroundCopyJobHttpOptions": all(`SetClientCertificateByID RemoveClientCertificate GetClientCertificate SetCustomHeaders
		GetCustomHeaders GetSecurityFlags`, states{
		"SetClientCertificateByName": part("a certificate is not asked what it may be used for"),
		"SetSecurityFlags":           part("nothing looks for revocation: BG_SSL_ENABLE_CRL_CHECK finds no fault"),
	}),
	"IBackgroundCopyJobHttpOptions2": all("SetHttpMethod GetHttpMethod"),
	"IBackgroundCopyJobHttpOptions3": all("MakeCustomHeadersWriteOnly", states{
		"SetServerCertificateValidationInterface": part("the callback is asked when the head of the answer is there, not before the request"),
	}),
	"IBitsTokenOptions": all("SetHelperTokenFlags GetHelperTokenFlags SetHelperToken ClearHelperToken GetHelperTokenSid"),

	"IBackgroundCopyFile":  all("GetRemoteName GetLocalName GetProgress"),
	"IBackgroundCopyFile2": all("GetFileRanges SetRemoteName"),
	"IBackgroundCopyFile3": all("GetTemporaryName GetValidationState", states{
		"SetValidationState":   part("all comes from the origin, and there is no record of a cache to be deleted"),
		"IsDownloadedFromPeer": part(noPeers),
	}),
	"IBackgroundCopyFile4": states{"GetPeerDownloadStats": part(noPeers)},
	"IBackgroundCopyFile5": all("SetProperty GetProperty"),
	"IBackgroundCopyFile6": all("RequestFileRanges GetFilledFileRanges", states{
		"UpdateDownloadPosition": part("it is accepted; the bytes come in their order all the same"),
	}),
	"IBackgroundCopyError": all("GetError GetFile GetProtocol", states{
		"GetErrorDescription":        part(english),
		"GetErrorContextDescription": part(english),
	}),
	"IEnumBackgroundCopyJobs":  all(listed),
	"IEnumBackgroundCopyFiles": all(listed),

	"IBackgroundCopyCallback":  all("JobTransferred JobError JobModification"),
	"IBackgroundCopyCallback2": all("FileTransferred"),
	"IBackgroundCopyCallback3": all("FileRangesTransferred"),
	"IBackgroundCopyServerCertificateValidationCallback": {
		"ValidateServerCertificate": part("certStoreData is the certificates one after the other, and both are empty for a server in memory"),
	},

	"IBitsPeerCacheAdministration": without(peerCache, `GetMaximumCacheSize SetMaximumCacheSize GetMaximumContentAge
		SetMaximumContentAge GetConfigurationFlags SetConfigurationFlags EnumRecords GetRecord ClearRecords DeleteRecord
		DeleteUrl EnumPeers ClearPeers DiscoverPeers`),
	"IBitsPeer": without(noObject, "GetPeerName IsAuthenticated IsAvailable"),
	"IBitsPeerCacheRecord": without(noObject, `GetId GetOriginUrl GetFileSize GetFileModificationTime GetLastAccessTime
		IsFileValidated GetFileRanges`),
	"IEnumBitsPeers":            without(noObject, listed),
	"IEnumBitsPeerCacheRecords": without(noObject, listed),
}

// properties are the states of the properties of jobs and files.
var properties = all(`BITS_JOB_PROPERTY_ID_COST_FLAGS BITS_JOB_PROPERTY_DYNAMIC_CONTENT BITS_JOB_PROPERTY_HIGH_PERFORMANCE
	BITS_JOB_PROPERTY_MAX_DOWNLOAD_SIZE BITS_JOB_PROPERTY_MINIMUM_NOTIFICATION_INTERVAL_MS BITS_JOB_PROPERTY_ON_DEMAND_MODE
	BITS_FILE_PROPERTY_ID_HTTP_RESPONSE_HEADERS`, states{
	"BITS_JOB_PROPERTY_NOTIFICATION_CLSID":     part("a hook makes the callback; there is no registry of classes"),
	"BITS_JOB_PROPERTY_USE_STORED_CREDENTIALS": part("the logon at the proxy is simulated"),
})
