package tokenopts

import "strconv"

// Resource is something that BITS opens, reads or answers for a job, with an
// identity that [Identity] tells.
type Resource uint8

// The resources whose identity the documentation tells.
const (
	UploadSource      Resource = 1 + iota // the local file of an upload job
	TemporaryFile                         // of a download job: created, and renamed by Complete
	ReplyFile                             // of an upload-reply job: created, and renamed by Complete
	RemoteFile                            // over SMB, read or written; over HTTP see HTTPRequest
	ServerChallenge                       // of an HTTP server, to be answered with implicit credentials
	ProxyChallenge                        // of an HTTP proxy, to be answered with implicit credentials
	ClientCertificate                     // in its store, with its private key
	ProxySettings                         // of BG_JOB_PROXY_USAGE_PRECONFIG
	ProxyDetection                        // WPAD
	HTTPRequest                           // any other that nobody has challenged
)

var resources = [...]struct{ name, act string }{
	UploadSource:      {"UploadSource", "opening the local file of an upload"},
	TemporaryFile:     {"TemporaryFile", "creating or renaming the temporary file"},
	ReplyFile:         {"ReplyFile", "creating or renaming the reply file"},
	RemoteFile:        {"RemoteFile", "opening the remote file over SMB"},
	ServerChallenge:   {"ServerChallenge", "answering the server's challenge"},
	ProxyChallenge:    {"ProxyChallenge", "answering the proxy's challenge"},
	ClientCertificate: {"ClientCertificate", "opening the client certificate"},
	ProxySettings:     {"ProxySettings", "reading the proxy settings"},
	ProxyDetection:    {"ProxyDetection", "detecting the proxy"},
	HTTPRequest:       {"HTTPRequest", "sending an HTTP request"},
}

// Valid reports whether r is one of the resources above.
func (r Resource) Valid() bool { return UploadSource <= r && r <= HTTPRequest }

// String prints the name, and the number where there is none.
func (r Resource) String() string {
	if !r.Valid() {
		return "resource " + strconv.Itoa(int(r))
	}
	return resources[r].name
}

// act says what is done with the resource.
func (r Resource) act() string {
	if !r.Valid() {
		return "opening " + r.String()
	}
	return resources[r].act
}

// network reports whether an identity used for the resource is shown to another
// machine.
func (r Resource) network() bool {
	return r == RemoteFile || r == ServerChallenge || r == ProxyChallenge || r == ProxyDetection
}
