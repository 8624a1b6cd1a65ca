// Package bitsemu emulates the Windows Background Intelligent Transfer Service (BITS)
// in pure Go, so that a program which talks to BITS can be tested on any operating
// system, in process, without a Windows machine and without mocks.
//
// The program under test is written against the interfaces of package bits, which
// mirror those of COM method by method. In a test it gets the emulator:
//
//	func TestUpdater(t *testing.T) {
//		emu := bitsemu.RunT(t)
//		script := transfer.NewScript(transfer.Content(release))
//		require.NoError(t, emu.Script("http://updates/app.msi", script))
//
//		id, job, err := emu.Manager().CreateJob(t.Context(), "update", bits.BG_JOB_TYPE_DOWNLOAD)
//		require.NoError(t, err)
//		require.NoError(t, job.AddFile(t.Context(), "http://updates/app.msi", `C:\Downloads\app.msi`))
//		require.NoError(t, job.Resume(t.Context()))
//
//		emu.Settle() // all that is due is done
//		emu.CheckState(t, id, bits.BG_JOB_STATE_TRANSFERRED)
//		_, err = job.Complete(t.Context())
//		require.NoError(t, err)
//		emu.CheckFile(t, `C:\Downloads\app.msi`, release)
//	}
//
// # Who calls
//
// A caller is the token in the context of a call ([token.NewContext]), as the caller of
// a COM method is its thread; else who the manager was made for ([Emulator.As]); else
// an ordinary interactive user.
//
// # Time
//
// Under [RunT] time stands still. [Emulator.Settle] does what is due, [Emulator.Advance]
// moves the clock. [FollowTime] is for programs that cannot be told so, and works in a
// testing/synctest bubble too; [StepOnPoll] for those that poll and sleep.
//
// # Evidence
//
// A letter tells what a statement rests on: D documented by Microsoft (page named), W
// asserted by Wine's tests against Windows, O observed in the wild, I inferred from the
// others, C a choice of this project where nothing is known.
package bitsemu
