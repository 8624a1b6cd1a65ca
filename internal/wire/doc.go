// Package wire is how calls of the interfaces of package bits look in JSON: which
// interfaces and methods there are, what their arguments and results are called, and
// how each value is written. The server and the client of an emulated service are made
// with it, and neither knows more about the interfaces than is here.
//
//	m, _ := wire.Find("IBackgroundCopyJob", "AddFile")
//	args := []byte(`{"remoteURL": "http://files.test/a", "localName": "C:\\a"}`)
//	results, hr, err := wire.Invoke(ctx, m, job, args, objects) // job.AddFile(ctx, ...)
//
// The other way round, [New] makes an object with one of the interfaces whose methods
// go through a [Caller]:
//
//	job := wire.New("Job", caller).(bits.Job)
//	err := job.AddFile(ctx, "http://files.test/a", `C:\a`) // caller.Call(ctx, m, args)
//
// # Values
//
// Arguments are an object with all of their names, as package bits has them, or an
// array in their order. Results have the names of Go's results, and a single one
// without a name is "value". The HRESULT that some methods return beside their error,
// and the ok of others, which is S_FALSE, are no results but the answer itself.
//
//	string       a string; of those that may be NULL, null
//	bool         true, false
//	uint32 ...   a number
//	guid         "{659CDEAE-489E-11D9-A9CD-000D56965251}"; read also without braces
//	iid          the same, or the name of an interface
//	sid          "S-1-5-18", null for none
//	hresult      "0x80070005"; read also as a name and as a number
//	time         "2026-01-02T03:04:05.0000001Z", null for none
//	bytes        base64; sha1: 40 hexadecimal digits
//	enumerations, flags: "BG_JOB_STATE_QUEUED", "BG_NOTIFY_JOB_TRANSFERRED|0x40"; read also without the prefix and as numbers
//	structs      objects with the names of their fields in package bits, all of them
//	property     {"type": "dword", "value": 5}: dword, clsid, enable, uint64, target, and string of a file; null for nil
//	pointers     what [Objects] makes of them; null for nil
//
// What is read must be all there, must be known, and must not come twice. What is not
// so is a [BadRequest], whose text names it.
package wire

//go:generate go run ./internal/gen
