package bitsemu

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/jobstore"
	"github.com/bitsemu/bitsemu/winver"
)

// hasProperty reports whether the emulated BITS has a property (D
// ne-bits5_0-bits_job_property_id.md).
func (e *Emulator) hasProperty(id bits.JobPropertyID) bool {
	switch id {
	case bits.BITS_JOB_PROPERTY_MINIMUM_NOTIFICATION_INTERVAL_MS, bits.BITS_JOB_PROPERTY_ON_DEMAND_MODE:
		return e.conf.build.BITS() >= winver.MakeVersion(10, 1)
	}
	return id.Valid()
}

// SetProperty implements [bits.Job5].
func (j *job) SetProperty(ctx context.Context, id bits.JobPropertyID, value bits.JobPropertyValue) error {
	cost := false
	err := j.modify(ctx, iJob5+"SetProperty", func(r *jobstore.Job) error {
		switch {
		case !j.e.hasProperty(id):
			return fmt.Errorf("property %d: %w", id, hresult.BG_E_UNKNOWN_PROPERTY_ID)
		case !id.Accepts(value):
			return fmt.Errorf("%s takes no %T [C]: %w", id, value, hresult.E_INVALIDARG)
		}
		return j.e.setProperty(r, id, value, &cost)
	})
	if err == nil && cost {
		j.e.mu.Lock()
		defer j.e.mu.Unlock()
		j.e.reconsider(j.entry)
	}
	return err
}

func (e *Emulator) setProperty(r *jobstore.Job, id bits.JobPropertyID, value bits.JobPropertyValue, cost *bool) error {
	download := func() error {
		if r.Type != bits.BG_JOB_TYPE_DOWNLOAD {
			return fmt.Errorf("%s, and the job is of %s: %w", id, r.Type, hresult.BG_E_PROPERTY_SUPPORTED_FOR_DOWNLOAD_JOBS_ONLY)
		}
		return nil
	}
	beforeResume := func() error {
		if r.Resumed {
			return fmt.Errorf("%s: %w", id, hresult.BG_E_READ_ONLY_PROPERTY_AFTER_RESUME)
		}
		return download()
	}
	switch id {
	case bits.BITS_JOB_PROPERTY_ID_COST_FLAGS:
		flags := bits.TransferPolicy(value.(bits.PropertyDword))
		if !flags.Valid() && !bits.CostState(flags).Valid() {
			return fmt.Errorf("cost flags %#x [I]: %w", uint32(flags), hresult.E_INVALIDARG)
		}
		r.CostFlags, *cost = flags, true
	case bits.BITS_JOB_PROPERTY_NOTIFICATION_CLSID:
		r.NotifyCLSID = uuid.UUID(value.(bits.PropertyClsID))
	case bits.BITS_JOB_PROPERTY_DYNAMIC_CONTENT:
		on := bool(value.(bits.PropertyEnable))
		if err := beforeResume(); err != nil {
			return err
		}
		if on && (r.HTTPMethod != "" || r.OnDemandMode || hasRanges(r)) {
			return fmt.Errorf("%s and a method, ranges or on-demand mode [D; I for the code]: %w", id, hresult.BG_E_UNSUPPORTED_JOB_CONFIGURATION)
		}
		r.DynamicContent = on
	case bits.BITS_JOB_PROPERTY_HIGH_PERFORMANCE:
		if err := download(); err != nil {
			return err
		}
		if len(r.Files) > 0 {
			return fmt.Errorf("%s: %w", id, hresult.BG_E_READ_ONLY_PROPERTY_AFTER_ADDFILE)
		}
		r.HighPerformance = bool(value.(bits.PropertyEnable))
	case bits.BITS_JOB_PROPERTY_MAX_DOWNLOAD_SIZE:
		if err := beforeResume(); err != nil {
			return err
		}
		if r.MaxDownloadSize = uint64(value.(bits.PropertyUint64)); r.MaxDownloadSize == 0 {
			return hresult.BG_E_MAX_DOWNLOAD_SIZE_INVALID_VALUE
		}
	case bits.BITS_JOB_PROPERTY_USE_STORED_CREDENTIALS:
		if r.UseStoredCredentials = bits.AuthTarget(value.(bits.PropertyTarget)); r.UseStoredCredentials != bits.BG_AUTH_TARGET_PROXY {
			return fmt.Errorf("target %d: %w", r.UseStoredCredentials, hresult.BG_E_USE_STORED_CREDENTIALS_NOT_SUPPORTED)
		}
	case bits.BITS_JOB_PROPERTY_MINIMUM_NOTIFICATION_INTERVAL_MS:
		r.MinimumNotificationInterval = uint32(value.(bits.PropertyDword))
	case bits.BITS_JOB_PROPERTY_ON_DEMAND_MODE:
		on := bool(value.(bits.PropertyEnable))
		if err := download(); err != nil {
			return err
		}
		if on && (r.HTTPMethod != "" || r.DynamicContent) {
			return fmt.Errorf("%s and a method or dynamic content [D; I for the code]: %w", id, hresult.BG_E_UNSUPPORTED_JOB_CONFIGURATION)
		}
		r.OnDemandMode = on
	}
	return nil
}

func hasRanges(r *jobstore.Job) bool {
	for i := range r.Files {
		if r.Files[i].Ranges != nil {
			return true
		}
	}
	return false
}

// GetProperty implements [bits.Job5].
func (j *job) GetProperty(ctx context.Context, id bits.JobPropertyID) (bits.JobPropertyValue, error) {
	const method = iJob5 + "GetProperty"
	r, err := j.read(ctx, method)
	if err != nil {
		return nil, err
	}
	if j.e.hasProperty(id) {
		switch id {
		case bits.BITS_JOB_PROPERTY_ID_COST_FLAGS:
			return bits.PropertyDword(r.CostFlags), nil
		case bits.BITS_JOB_PROPERTY_NOTIFICATION_CLSID:
			return bits.PropertyClsID(r.NotifyCLSID), nil
		case bits.BITS_JOB_PROPERTY_DYNAMIC_CONTENT:
			return bits.PropertyEnable(r.DynamicContent), nil
		case bits.BITS_JOB_PROPERTY_HIGH_PERFORMANCE:
			return bits.PropertyEnable(r.HighPerformance), nil
		case bits.BITS_JOB_PROPERTY_MAX_DOWNLOAD_SIZE:
			if r.MaxDownloadSize == 0 { // not set: there is no limit (I)
				return bits.PropertyUint64(bits.BG_SIZE_UNKNOWN), nil
			}
			return bits.PropertyUint64(r.MaxDownloadSize), nil
		case bits.BITS_JOB_PROPERTY_USE_STORED_CREDENTIALS:
			return bits.PropertyTarget(r.UseStoredCredentials), nil
		case bits.BITS_JOB_PROPERTY_MINIMUM_NOTIFICATION_INTERVAL_MS:
			return bits.PropertyDword(r.MinimumNotificationInterval), nil
		case bits.BITS_JOB_PROPERTY_ON_DEMAND_MODE:
			return bits.PropertyEnable(r.OnDemandMode), nil
		}
	}
	return nil, j.fail(ctx, method, fmt.Errorf("property %d: %w", id, hresult.BG_E_UNKNOWN_PROPERTY_ID))
}
