package bitsemu

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/jobstore"
	"github.com/bitsemu/bitsemu/tokenopts"
)

// ReplaceRemotePrefix implements [bits.Job3].
func (j *job) ReplaceRemotePrefix(ctx context.Context, oldPrefix, newPrefix string) (hresult.HRESULT, error) {
	replaced := false
	err := j.modify(ctx, iJob3+"ReplaceRemotePrefix", func(r *jobstore.Job) error {
		replaced = false
		switch {
		case r.Type != bits.BG_JOB_TYPE_DOWNLOAD:
			return fmt.Errorf("the job is of %s: %w", r.Type, hresult.E_NOTIMPL)
		case oldPrefix == "" || newPrefix == "":
			return fmt.Errorf("an empty prefix: %w", hresult.E_INVALIDARG)
		}
		for i := range r.Files {
			f := &r.Files[i]
			name := f.RemoteName
			if f.UnresumedRemote != "" {
				name = f.UnresumedRemote
			}
			rest, ok := strings.CutPrefix(name, oldPrefix)
			if !ok {
				continue
			}
			if err := checkRemote(newPrefix+rest, r.Type); err != nil {
				return err
			}
			f.RemoteName, f.UnresumedRemote = newPrefix+rest, ""
			replaced = true
		}
		return nil
	})
	if err != nil {
		return hresult.S_OK, err
	}
	if replaced {
		j.e.mu.Lock()
		j.e.refresh(j.entry)
		j.e.mu.Unlock()
	}
	return short(!replaced), nil
}

// SetFileACLFlags implements [bits.Job3].
func (j *job) SetFileACLFlags(ctx context.Context, flags bits.FileACLFlags) error {
	return j.modify(ctx, iJob3+"SetFileACLFlags", func(r *jobstore.Job) error {
		switch {
		case !flags.Valid():
			return fmt.Errorf("flags %#x: %w", uint32(flags), hresult.E_INVALIDARG)
		case r.State == bits.BG_JOB_STATE_TRANSFERRED:
			return fmt.Errorf("in %s: %w", r.State, hresult.BG_E_INVALID_STATE)
		}
		r.FileACLFlags = flags
		return nil
	})
}

// GetFileACLFlags implements [bits.Job3].
func (j *job) GetFileACLFlags(ctx context.Context) (bits.FileACLFlags, error) {
	r, err := j.read(ctx, iJob3+"GetFileACLFlags")
	return r.FileACLFlags, err
}

// SetPeerCachingFlags implements [bits.Job4]. Flags without a name are E_NOTIMPL, which
// the page has on the getter (I that it belongs here).
func (j *job) SetPeerCachingFlags(ctx context.Context, flags bits.PeerCachingFlags) error {
	return j.modify(ctx, iJob4+"SetPeerCachingFlags", func(r *jobstore.Job) error {
		if !flags.Valid() {
			return fmt.Errorf("flags %#x: %w", uint32(flags), hresult.E_NOTIMPL)
		}
		r.PeerCachingFlags = flags
		return nil
	})
}

// GetPeerCachingFlags implements [bits.Job4].
func (j *job) GetPeerCachingFlags(ctx context.Context) (bits.PeerCachingFlags, error) {
	r, err := j.read(ctx, iJob4+"GetPeerCachingFlags")
	return r.PeerCachingFlags, err
}

// GetOwnerIntegrityLevel implements [bits.Job4].
func (j *job) GetOwnerIntegrityLevel(ctx context.Context) (uint32, error) {
	if _, err := j.enter(ctx, iJob4+"GetOwnerIntegrityLevel", tokenopts.RetrieveJob); err != nil {
		return 0, err
	}
	return uint32(j.entry.Owner().Integrity()), nil
}

// GetOwnerElevationState implements [bits.Job4].
func (j *job) GetOwnerElevationState(ctx context.Context) (bool, error) {
	if _, err := j.enter(ctx, iJob4+"GetOwnerElevationState", tokenopts.RetrieveJob); err != nil {
		return false, err
	}
	return j.entry.Owner().Elevated(), nil
}

// SetMaximumDownloadTime implements [bits.Job4]. 0 is no limit (C: the pages do not
// say).
func (j *job) SetMaximumDownloadTime(ctx context.Context, timeout uint32) error {
	err := j.modify(ctx, iJob4+"SetMaximumDownloadTime", func(r *jobstore.Job) error {
		r.MaximumDownloadTime = timeout
		return nil
	})
	if err == nil {
		j.e.mu.Lock()
		j.e.resetDownload(j.entry)
		j.e.mu.Unlock()
	}
	return err
}

// resetDownload sets the timer of the maximum download time of a running job anew.
func (e *Emulator) resetDownload(entry jobstore.Entry) {
	r := e.runOf(entry)
	if r == nil {
		return
	}
	j, err := entry.Job()
	if err != nil {
		return
	}
	e.drop(j.ID, timerDownload)
	if j.MaximumDownloadTime != 0 {
		used := j.DownloadTime + e.line.Now().Sub(r.began)
		e.after(j.ID, timerDownload, time.Duration(j.MaximumDownloadTime)*time.Second-used)
	}
}

// GetMaximumDownloadTime implements [bits.Job4].
func (j *job) GetMaximumDownloadTime(ctx context.Context) (uint32, error) {
	r, err := j.read(ctx, iJob4+"GetMaximumDownloadTime")
	return r.MaximumDownloadTime, err
}
