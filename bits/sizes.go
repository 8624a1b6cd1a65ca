package bits

import "math"

const (
	// BG_SIZE_UNKNOWN is a size that is not known yet, such as that of a remote
	// file before the server has told it. BITS 1.0 (D ns-bits-bg_file_progress.md,
	// number from the public header bits.h).
	BG_SIZE_UNKNOWN uint64 = math.MaxUint64

	// BG_LENGTH_TO_EOF as the length of a range means that the range runs to the
	// end of the file. BITS 2.0 (D ns-bits2_0-bg_file_range.md, number from the
	// public header bits2_0.h).
	BG_LENGTH_TO_EOF uint64 = math.MaxUint64
)
