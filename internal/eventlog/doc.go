// Package eventlog is the event log of the emulated BITS: the entries by which an
// administrator of a Windows machine sees afterwards who created which job and
// what it transferred. Each event has a constructor that returns an [Entry]; a
// [Log] keeps the latest ones.
//
//	log := eventlog.NewLog(0)
//	job := eventlog.Job{ID: id, Title: "update", Owner: owner}
//	log.Append(eventlog.JobCreated(now, job))
//	log.Append(eventlog.TransferStopped(now, job, transfer, hresult.BG_E_HTTP_ERROR_404))
//	for _, entry := range log.All() {
//		fmt.Println(entry)
//	}
//
// Numbers of events, levels and channels are those of Windows as far as they are
// public; events of which the number is not certain are left out. The words are
// this project's own.
//
// # Evidence
//
// A letter tells what a statement rests on: D documented by Microsoft (page or
// header named), O observed, in public write-ups and detection rules on the log of
// real machines, I inferred, C a choice of this project.
//
// The events below 100, and 16403, are those of the channel
// Microsoft-Windows-Bits-Client/Operational (O: number, channel and what they are
// about; detection rules of the Sigma project match 3 by the owner's program and
// 16403 by remote and local name). That 61 is a warning and the others are
// information is O too. When in the life of a job the service writes each is I.
//
// The events from 16384 to 16390 are in the public header bitsmsg.h, as BITS_MC_*
// (D: number and what they are about). That they are warnings is inferred from the
// severity bits of those numbers (I), and that they are in the log System, as
// other events of that range are (I).
package eventlog
