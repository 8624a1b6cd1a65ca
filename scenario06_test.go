package bitsemu_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bitsemu/bitsemu"
	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/transfer"
)

const day = 24 * time.Hour

// A program that finds the jobs which earlier runs of it have left behind by their
// names, and cancels them.
func TestS06OrphansByName(t *testing.T) {
	t.Parallel()
	play(t, "S06", "main", s06)
	play(t, "S06", "age", s06Age)
	play(t, "S06", "locked", s06Locked)
}

func s06(s *scene) {
	ctx := s.t.Context()
	s.step("1", "")
	_, fine := s.remote("fine", transfer.Size(10*kib))
	_, missing := s.remote("missing", transfer.Status(404, transfer.Always))
	_, held := s.remote("held", transfer.Size(10*kib), transfer.HoldAt(4*kib))
	run := func(name, remote string, state bits.JobState) bits.Job {
		_, job := s.download(actors.alice, name, remote, `C:\Downloads\`+strings.ReplaceAll(name, "|", " "))
		s.ok(job.Resume(ctx))
		s.settles(job, state)
		return job
	}
	a := run("App|a", fine, bits.BG_JOB_STATE_TRANSFERRED)
	created := s.emu.Now()
	s.emu.Advance(8 * day)
	s.download(actors.alice, "App|b", fine, `C:\Downloads\App b`)
	run("App|c", missing, bits.BG_JOB_STATE_ERROR)
	run("App|c", missing, bits.BG_JOB_STATE_ERROR)
	run("MozillaUpdate x", fine, bits.BG_JOB_STATE_TRANSFERRED)
	d := run("App|d", fine, bits.BG_JOB_STATE_TRANSFERRED)
	got(d.Cancel(ctx)).is(s, hresult.S_OK)
	run("Other", held, bits.BG_JOB_STATE_TRANSFERRING)

	s.step("2", "D")
	enum := got(s.emu.As(actors.alice).EnumJobs(ctx, 0)).ok(s)
	got(enum.GetCount(ctx)).is(s, 6)

	states := map[string][]bits.JobState{}
	for range 6 {
		s.step("3", "D")
		jobs, result, err := enum.Next(ctx, 1)
		s.ok(err)
		s.is(hresult.S_OK, result)
		s.is(1, len(jobs))
		job := jobs[0]

		s.step("4", "D, O")
		name := got(job.GetDisplayName(ctx)).ok(s)
		state := got(job.GetState(ctx)).ok(s)
		states[name] = append(states[name], state)
		times := got(job.GetTimes(ctx)).ok(s)
		s.holds(!times.CreationTime.IsZero(), "%s has a creation time", name)
		s.is(state == bits.BG_JOB_STATE_TRANSFERRED, !times.TransferCompletionTime.IsZero())
		files := s.jobFiles(job)
		s.is(1, len(files))
		local := got(files[0].GetLocalName(ctx)).ok(s)
		s.holds(strings.HasPrefix(local, `C:\Downloads\`), "%q", local)
		s.emu.CheckNoFile(s.t, local)

		if !strings.HasPrefix(name, "App|") {
			continue
		}
		s.step("5", "D")
		got(job.Cancel(ctx)).is(s, hresult.S_OK)
		s.state(job, bits.BG_JOB_STATE_CANCELLED)
		s.step("6", "D")
		got(job.Cancel(ctx)).fails(s, hresult.BG_E_INVALID_STATE)
	}
	s.step("3", "D")
	jobs, result, err := enum.Next(ctx, 1)
	s.ok(err)
	s.is(hresult.S_FALSE, result)
	s.is(0, len(jobs))

	s.step("4", "D, O")
	s.is(map[string][]bits.JobState{
		"App|a":           {bits.BG_JOB_STATE_TRANSFERRED},
		"App|b":           {bits.BG_JOB_STATE_SUSPENDED},
		"App|c":           {bits.BG_JOB_STATE_ERROR, bits.BG_JOB_STATE_ERROR},
		"MozillaUpdate x": {bits.BG_JOB_STATE_TRANSFERRED},
		"Other":           {bits.BG_JOB_STATE_TRANSFERRING},
	}, states)
	s.is(created, got(a.GetTimes(ctx)).ok(s).CreationTime)

	s.step("7", "D")
	s.emu.CheckNoFile(s.t, `C:\Downloads\App a`)
	// The two files that are left are those of the jobs that are left.
	left := s.files(`C:\Downloads`)
	s.is(2, len(left))
	s.holds(!slices.ContainsFunc(left, func(name string) bool { return strings.HasPrefix(name, "App") }), "%q", left)

	s.step("8", "D")
	enum = got(s.emu.As(actors.alice).EnumJobs(ctx, 0)).ok(s)
	got(enum.GetCount(ctx)).is(s, 2)
}

// s06Age is Chromium's rule: what is older than three days goes.
func s06Age(s *scene) {
	ctx := s.t.Context()
	_, remote := s.remote("R1", transfer.Size(10*kib))
	oldID, old := s.download(actors.alice, "Chromium", remote, local1)
	s.emu.Advance(time.Second)
	newID, young := s.download(actors.alice, "Chromium", remote, local2)
	s.step("9", "O")
	s.emu.Advance(3 * day)
	s.ok(old.SetDescription(ctx, "changed just now"))
	for _, id := range s.listed(actors.alice, 0) {
		job := s.job(actors.alice, id)
		times := got(job.GetTimes(ctx)).ok(s)
		if s.emu.Now().Sub(times.CreationTime) > 3*day {
			s.is(oldID, id)
			s.is(s.emu.Now(), times.ModificationTime)
			got(job.Cancel(ctx)).is(s, hresult.S_OK)
		} else {
			s.is(newID, id)
		}
	}
	s.state(old, bits.BG_JOB_STATE_CANCELLED)
	s.state(young, bits.BG_JOB_STATE_SUSPENDED)
}

func s06Locked(s *scene) {
	ctx := s.t.Context()
	_, remote := s.remote("R1", transfer.Size(10*kib))
	id, job := s.download(actors.alice, "App|a", remote, local1)
	s.ok(job.Resume(ctx))
	s.settles(job, bits.BG_JOB_STATE_TRANSFERRED)
	s.step("10", "D, O")
	s.ok(s.emu.Fail(bitsemu.Fault{Op: "delete", Code: hresult.HRESULT_FROM_WIN32_ERROR_SHARING_VIOLATION, Job: id}))
	got(job.Cancel(ctx)).is(s, hresult.BG_S_UNABLE_TO_DELETE_FILES)
	s.state(job, bits.BG_JOB_STATE_CANCELLED)
}
