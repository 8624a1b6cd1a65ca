// Package bench sets the library beside what a user would pick without it, and
// beside the physical limits, doing the same work on the same records. Nothing
// in it is meant to be imported.
//
//	make bench                          # sections A to D, F and H, then the goals
//	make bench BENCH=APointRead COUNT=6 # one section, six samples
//	make bench-open                     # section E: slow
//
// # Sections
//
//	A  point read: one job's flags, and is this SID its owner
//	B  create one job: durable by one caller, durable by 64, volatile
//	C  all jobs of one owner: 1000 of 100,000
//	D  start-up: make, close and clean up an instance, as every test does
//	E  an existing file with a million jobs: open, first answer, walk, index
//	F  a SID: parse, format, decode
//	G  limits: writes, syncs, comparisons
//	H  the emulated service: a job, a download of 1 GiB (BENCH_SIZE bytes), a month
//	   with jobs that wait, an enumeration, an emulator for a test
//
// # The record
//
// A job has a random GUID, an owner SID of 28 bytes (one of 100), one file pair,
// and 270 bytes when encoded. Raw bbolt has three buckets: the record, an owner
// index (SID and GUID to flags) and a state index.
//
// # Names
//
// Rows called floor- and limit- are limits. Rows called proto-, map-atomicptr,
// bbolt-groupcommit, -recordonly, -seq, -covering, -template, -memfd and
// -prefetch are prototypes, there to see whether a goal can be reached. Rows
// called bitsemu are the library: lib_test.go has them all. The rest is what a
// user would pick. The names of rows are the contract with cmd/ratios, which
// holds the goals.
//
// # Reading the figures
//
// Absolute times mean little elsewhere; ratios of rows of one section, measured
// together, hold within about a quarter on a busy machine. A goal is met when
// the median of six or more samples meets it.
//
// BENCH_DISK names a directory on the disk to measure (default: that of
// temporary files), BENCH_TMPFS one in memory (default: /dev/shm where there is
// one; without it its rows are skipped).
package bench
