package bitstest

import (
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
)

const propertyPage = "D ne-bits5_0-bits_job_property_id.md"

// property is a case about a property of its own kind: its value on a new job,
// nil if that is not known, and values that it keeps.
func property(name, evidence string, id bits.JobPropertyID, minor uint8, first bits.JobPropertyValue, values ...bits.JobPropertyValue) Case {
	return Case{"property/" + name, evidence, func(e *env) {
		if minor > 0 {
			e.needs(10, minor)
		}
		job := query[bits.Job5](e, e.job(bits.BG_JOB_TYPE_DOWNLOAD))
		got, err := job.GetProperty(e.ctx, id)
		e.ok(err)
		require.True(e, id.Accepts(got), "%T is not what %v has", got, id)
		if first != nil {
			require.Equal(e, first, got)
		}
		for _, want := range values {
			e.ok(job.SetProperty(e.ctx, id, want))
			got, err := job.GetProperty(e.ctx, id)
			e.ok(err)
			require.Equal(e, want, got)
		}
	}}
}

// lateProperty is a case about a property that is set too late.
func lateProperty(name string, id bits.JobPropertyID, value bits.JobPropertyValue, want hresult.HRESULT, before func(*env, bits.Job)) Case {
	return Case{"property/" + name, propertyPage + "; I the code", func(e *env) {
		job := query[bits.Job5](e, e.job(bits.BG_JOB_TYPE_DOWNLOAD))
		before(e, job)
		e.fails(job.SetProperty(e.ctx, id, value), want)
	}}
}

func propertyCases() []Case {
	resumed := func(e *env, j bits.Job) {
		e.addTo(j)
		e.ok(j.Resume(e.ctx))
	}
	added := func(e *env, j bits.Job) { e.addTo(j) }
	on, off := bits.PropertyEnable(true), bits.PropertyEnable(false)
	return []Case{
		property("cost-flags", propertyPage, bits.BITS_JOB_PROPERTY_ID_COST_FLAGS, 0, nil,
			bits.PropertyDword(bits.BITS_COST_STATE_UNRESTRICTED), bits.PropertyDword(bits.BITS_COST_STATE_TRANSFER_ALWAYS),
			bits.PropertyDword(bits.BITS_COST_STATE_TRANSFER_STANDARD)),
		property("notification-class", propertyPage+"; I of new jobs", bits.BITS_JOB_PROPERTY_NOTIFICATION_CLSID, 0, bits.PropertyClsID(uuid.Nil),
			bits.PropertyClsID(uuid.Nil)),
		property("dynamic-content", propertyPage+"; I of new jobs", bits.BITS_JOB_PROPERTY_DYNAMIC_CONTENT, 0, off, on, off),
		property("high-performance", propertyPage+"; I of new jobs", bits.BITS_JOB_PROPERTY_HIGH_PERFORMANCE, 0, off, on, off),
		property("maximum-download-size", propertyPage, bits.BITS_JOB_PROPERTY_MAX_DOWNLOAD_SIZE, 0, nil,
			bits.PropertyUint64(1), bits.PropertyUint64(1<<40)),
		property("stored-credentials", propertyPage, bits.BITS_JOB_PROPERTY_USE_STORED_CREDENTIALS, 0, nil,
			bits.PropertyTarget(bits.BG_AUTH_TARGET_PROXY)),
		property("notification-interval", propertyPage, bits.BITS_JOB_PROPERTY_MINIMUM_NOTIFICATION_INTERVAL_MS, 1, bits.PropertyDword(500),
			bits.PropertyDword(1000)),
		property("on-demand-mode", propertyPage, bits.BITS_JOB_PROPERTY_ON_DEMAND_MODE, 1, off, on),

		lateProperty("dynamic-content-after-resume", bits.BITS_JOB_PROPERTY_DYNAMIC_CONTENT, on, hresult.BG_E_READ_ONLY_PROPERTY_AFTER_RESUME, resumed),
		lateProperty("maximum-download-size-after-resume", bits.BITS_JOB_PROPERTY_MAX_DOWNLOAD_SIZE, bits.PropertyUint64(10), hresult.BG_E_READ_ONLY_PROPERTY_AFTER_RESUME, resumed),
		lateProperty("high-performance-after-a-file", bits.BITS_JOB_PROPERTY_HIGH_PERFORMANCE, on, hresult.BG_E_READ_ONLY_PROPERTY_AFTER_ADDFILE, added),

		{"property/unknown", "I from the header of BITS", func(e *env) {
			job := query[bits.Job5](e, e.job(bits.BG_JOB_TYPE_DOWNLOAD))
			_, err := job.GetProperty(e.ctx, 99)
			e.fails(err, hresult.BG_E_UNKNOWN_PROPERTY_ID)
			e.fails(job.SetProperty(e.ctx, 99, bits.PropertyDword(1)), hresult.BG_E_UNKNOWN_PROPERTY_ID)
		}},
		{"property/of-downloads-only", propertyPage + "; I the code", func(e *env) {
			for _, t := range []bits.JobType{bits.BG_JOB_TYPE_UPLOAD, bits.BG_JOB_TYPE_UPLOAD_REPLY} {
				job := query[bits.Job5](e, e.job(t))
				for _, p := range []struct {
					id    bits.JobPropertyID
					value bits.JobPropertyValue
				}{
					{bits.BITS_JOB_PROPERTY_DYNAMIC_CONTENT, on},
					{bits.BITS_JOB_PROPERTY_HIGH_PERFORMANCE, on},
					{bits.BITS_JOB_PROPERTY_MAX_DOWNLOAD_SIZE, bits.PropertyUint64(10)},
				} {
					e.fails(job.SetProperty(e.ctx, p.id, p.value), hresult.BG_E_PROPERTY_SUPPORTED_FOR_DOWNLOAD_JOBS_ONLY)
				}
			}
		}},
		{"property/download-size-of-zero", "D the header of BITS", func(e *env) {
			job := query[bits.Job5](e, e.job(bits.BG_JOB_TYPE_DOWNLOAD))
			err := job.SetProperty(e.ctx, bits.BITS_JOB_PROPERTY_MAX_DOWNLOAD_SIZE, bits.PropertyUint64(0))
			e.fails(err, hresult.BG_E_MAX_DOWNLOAD_SIZE_INVALID_VALUE)
		}},
		{"property/stored-credentials-for-servers", propertyPage + "; I the code", func(e *env) {
			job := query[bits.Job5](e, e.job(bits.BG_JOB_TYPE_DOWNLOAD))
			err := job.SetProperty(e.ctx, bits.BITS_JOB_PROPERTY_USE_STORED_CREDENTIALS, bits.PropertyTarget(bits.BG_AUTH_TARGET_SERVER))
			e.fails(err, hresult.BG_E_USE_STORED_CREDENTIALS_NOT_SUPPORTED)
		}},
	}
}
