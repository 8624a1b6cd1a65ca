// Package transfer fetches remote files the way BITS does, one step at a time:
// HTTP with its ranges, redirects, challenges and checks that the file is still the
// same one, and files that can be opened.
//
//	d, err := transfer.New(client, transfer.Request{URL: url}, transfer.State{})
//	...
//	for {
//		res, err := d.Step(ctx, file, 1<<20)
//		...
//		if res.Done {
//			break
//		}
//	}
//
// It also has what stands at the other end: [Handler] runs an http.Handler in
// memory, [Script] is a remote file that a test writes down, [Protect] asks who is
// there, [Network] is the real network.
//
// The rules are those of BITS downloads: D stands for documented by Microsoft, with
// the page, I for inferred, C for a choice of ours.
package transfer
