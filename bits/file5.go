package bits

import "context"

// File5 is IBackgroundCopyFile5: it adds properties by number. BITS 5.0.
type File5 interface {
	File4

	// SetProperty sets a property. None is known that can be set.
	//
	// Errors: none is documented by its name. The header of BITS defines
	// BG_E_READ_ONLY_PROPERTY and, for a property that this version of BITS lacks,
	// BG_E_UNKNOWN_PROPERTY_ID (I). E_INVALIDARG for a value of another kind, and
	// for nil, which COM could not tell (C).
	// By modifiers, in any state. BITS 5.0 (D
	// nf-bits5_0-ibackgroundcopyfile5-setproperty.md).
	SetProperty(ctx context.Context, propertyID FilePropertyID, value FilePropertyValue) error

	// GetProperty returns a property.
	//
	// Errors: none is documented by its name; BG_E_UNKNOWN_PROPERTY_ID for a
	// property that this version of BITS lacks (I).
	// By readers, in any state. BITS 5.0 (D
	// nf-bits5_0-ibackgroundcopyfile5-getproperty.md).
	GetProperty(ctx context.Context, propertyID FilePropertyID) (FilePropertyValue, error)
}
