package bits

import "context"

// JobHttpOptions2 is IBackgroundCopyJobHttpOptions2: it adds the HTTP method. BITS
// 10.2.
type JobHttpOptions2 interface {
	JobHttpOptions

	// SetHttpMethod makes the job use another method than GET for downloads or
	// BITS_POST for uploads. Its priority is BG_JOB_PRIORITY_FOREGROUND from then
	// on, errors after which it could be resumed end it in BG_JOB_STATE_ERROR, and
	// Resume starts at the first byte. To set the default changes nothing.
	//
	// Errors: none is documented by its name. The header of BITS defines
	// BG_E_NOT_SUPPORTED_WITH_CUSTOM_HTTP_METHOD and
	// BG_E_UNSUPPORTED_JOB_CONFIGURATION, which fit a job with
	// BITS_JOB_PROPERTY_DYNAMIC_CONTENT or BITS_JOB_PROPERTY_ON_DEMAND_MODE (I).
	// By modifiers, before the first Resume. BITS 10.2 (D
	// nf-bits10_2-ibackgroundcopyjobhttpoptions2-sethttpmethod.md).
	SetHttpMethod(ctx context.Context, method string) error

	// GetHttpMethod returns the method, GET or BITS_POST at first.
	// By readers, in any state. BITS 10.2 (D
	// nf-bits10_2-ibackgroundcopyjobhttpoptions2-gethttpmethod.md).
	GetHttpMethod(ctx context.Context) (string, error)
}
