package bits

import "context"

// Job5 is IBackgroundCopyJob5: it adds properties by number. BITS 5.0.
type Job5 interface {
	Job4

	// SetProperty sets a property. The constants of [JobPropertyID] tell what each
	// means, [JobPropertyID.Accepts] which kind of value it takes. The page lists no
	// errors; those here are defined for this purpose in the header of BITS.
	//
	// Errors: BG_E_UNKNOWN_PROPERTY_ID for a property that this version of BITS
	// lacks; BG_E_READ_ONLY_PROPERTY for one that cannot be set;
	// BG_E_PROPERTY_SUPPORTED_FOR_DOWNLOAD_JOBS_ONLY for an upload;
	// BG_E_READ_ONLY_PROPERTY_AFTER_ADDFILE when the job has files, for
	// BITS_JOB_PROPERTY_HIGH_PERFORMANCE; BG_E_READ_ONLY_PROPERTY_AFTER_RESUME after
	// the first Resume, for BITS_JOB_PROPERTY_DYNAMIC_CONTENT and
	// BITS_JOB_PROPERTY_MAX_DOWNLOAD_SIZE; BG_E_MAX_DOWNLOAD_SIZE_INVALID_VALUE for a
	// size of 0; BG_E_USE_STORED_CREDENTIALS_NOT_SUPPORTED for a target other than
	// BG_AUTH_TARGET_PROXY (D, of each that there is such a rule, I that this is
	// its code). E_INVALIDARG for a value of another kind, and for nil, which COM
	// could not tell (C).
	// By modifiers; states as the property has it. BITS 5.0 (D
	// nf-bits5_0-ibackgroundcopyjob5-setproperty.md,
	// ne-bits5_0-bits_job_property_id.md).
	SetProperty(ctx context.Context, propertyID JobPropertyID, value JobPropertyValue) error

	// GetProperty returns a property, as the kind of value that it takes.
	//
	// Errors: BG_E_UNKNOWN_PROPERTY_ID for a property that this version of BITS
	// lacks (I from the header of BITS).
	// By readers, in any state. BITS 5.0 (D
	// nf-bits5_0-ibackgroundcopyjob5-getproperty.md,
	// ns-bits5_0-bits_job_property_value.md).
	GetProperty(ctx context.Context, propertyID JobPropertyID) (JobPropertyValue, error)
}
