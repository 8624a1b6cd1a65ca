// Package serve answers for an emulated BITS over HTTP, so that programs in any language,
// and on the command line, can be tested with it:
//
//	emu := bitsemu.RunT(t)
//	address := serve.RunT(t, emu) // "unix:/tmp/bitsemu123/s"
//
//	// curl --unix-socket /tmp/bitsemu123/s -H 'Content-Type: application/json' \
//	//   -d '{"args": {"displayName": "update", "jobType": "DOWNLOAD"}}' http://localhost/v1/manager/CreateJob
//
// What can be asked, docs/service.md tells with examples, and GET /v1/openapi.json in
// full. Go programs have package remote.
//
// # Who may connect
//
// The server is for this machine alone. It listens on a unix socket that is closed to
// others, or on a loopback port, where a request needs a bearer token and must not come
// under a name that somebody else has for this machine. Whoever gets in may be any caller
// of BITS, unless one is pinned, and may do anything to the emulated machine; he reaches no
// file but those in the directories that are mapped, and nothing is ever executed.
package serve
