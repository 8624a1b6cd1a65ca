// Package updater is an example of a program that uses BITS: a download manager for
// releases of software. It knows the interfaces of package bits and nothing of what
// stands behind them, so it runs on the service of Windows, and in its tests on the
// emulator.
//
//	u, err := updater.New(manager, updater.Options{Prefix: "Example|", StateFile: "jobs.json"})
//	err = u.Fetch(ctx, updater.Update{Name: "app 2.0", Files: []updater.File{{
//		URL:    "https://example.com/app.msi",
//		Path:   `C:\ProgramData\Example\app.msi`,
//		SHA256: sum,
//	}}})
//
// [Updater.Fetch] asks BITS how far it is; [Updater.Start] has BITS call. Both take up
// the job of an earlier run of the program, check what has come before it gets its name,
// and deal with what goes wrong on the way:
//
//   - a server that asks who is there: [Options.Credentials];
//   - a server without ranges: the job goes on in the foreground;
//   - an address that leads nowhere any more, and content that is not what it should
//     be: [File.Mirrors];
//   - a service that has been restarted: [Options.Activate];
//   - a directory that is the user's, for a program that runs as a service:
//     [Options.Impersonate];
//   - what BITS tries again by itself: it is told and waited for;
//   - a service without all of BITS, such as one of an early version: what an update can
//     do without is done without.
//
// Jobs that nobody has come back to are removed by [Updater.CleanUp].
package updater
