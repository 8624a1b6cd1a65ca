package bits

import "github.com/google/uuid"

// JobPropertyValue is BITS_JOB_PROPERTY_VALUE: the value of a property of a job.
// It is one of [PropertyDword], [PropertyClsID], [PropertyEnable],
// [PropertyUint64] and [PropertyTarget], which are the members of the union in
// COM:
//
//	err := job5.SetProperty(ctx, bits.BITS_JOB_PROPERTY_DYNAMIC_CONTENT, bits.PropertyEnable(true))
//
//	value, err := job5.GetProperty(ctx, bits.BITS_JOB_PROPERTY_ID_COST_FLAGS)
//	if flags, ok := value.(bits.PropertyDword); ok { ... }
//
// In COM the property tells which member counts; [JobPropertyID.Accepts] knows
// this. BITS 5.0 (D ns-bits5_0-bits_job_property_value.md).
type JobPropertyValue interface{ jobPropertyValue() }

// The members of the union.
type (
	// PropertyDword is the member Dword: a [CostState] or [TransferPolicy] for
	// BITS_JOB_PROPERTY_ID_COST_FLAGS, or milliseconds.
	PropertyDword uint32

	// PropertyClsID is the member ClsID: a class; the null GUID is none.
	PropertyClsID uuid.UUID

	// PropertyEnable is the member Enable: on or off.
	PropertyEnable bool

	// PropertyUint64 is the member Uint64: a number of bytes.
	PropertyUint64 uint64

	// PropertyTarget is the member Target: who credentials are for.
	PropertyTarget AuthTarget
)

func (PropertyDword) jobPropertyValue()  {}
func (PropertyClsID) jobPropertyValue()  {}
func (PropertyEnable) jobPropertyValue() {}
func (PropertyUint64) jobPropertyValue() {}
func (PropertyTarget) jobPropertyValue() {}

// String prints the class as Windows does, see [GUIDString].
func (v PropertyClsID) String() string { return GUIDString(uuid.UUID(v)) }

// String prints the name of the target.
func (v PropertyTarget) String() string { return AuthTarget(v).String() }

// Accepts reports whether value is the member of the union that the property
// uses. No value fits a property without a name, nor does nil.
func (v JobPropertyID) Accepts(value JobPropertyValue) bool {
	var ok bool
	switch v {
	case BITS_JOB_PROPERTY_ID_COST_FLAGS, BITS_JOB_PROPERTY_MINIMUM_NOTIFICATION_INTERVAL_MS:
		_, ok = value.(PropertyDword)
	case BITS_JOB_PROPERTY_NOTIFICATION_CLSID:
		_, ok = value.(PropertyClsID)
	case BITS_JOB_PROPERTY_DYNAMIC_CONTENT, BITS_JOB_PROPERTY_HIGH_PERFORMANCE, BITS_JOB_PROPERTY_ON_DEMAND_MODE:
		_, ok = value.(PropertyEnable)
	case BITS_JOB_PROPERTY_MAX_DOWNLOAD_SIZE:
		_, ok = value.(PropertyUint64)
	case BITS_JOB_PROPERTY_USE_STORED_CREDENTIALS:
		_, ok = value.(PropertyTarget)
	}
	return ok
}

// FilePropertyValue is BITS_FILE_PROPERTY_VALUE: the value of a property of a
// file. It is a [PropertyString], the only member that the union has in COM. BITS
// 5.0 (D ns-bits5_0-bits_file_property_value.md).
type FilePropertyValue interface{ filePropertyValue() }

// PropertyString is the member String.
type PropertyString string

func (PropertyString) filePropertyValue() {}

// Accepts reports whether value is the member of the union that the property
// uses. No value fits a property without a name, nor does nil.
func (v FilePropertyID) Accepts(value FilePropertyValue) bool {
	_, ok := value.(PropertyString)
	return ok && v == BITS_FILE_PROPERTY_ID_HTTP_RESPONSE_HEADERS
}
