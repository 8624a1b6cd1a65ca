package bits

// Final reports whether a job in this state is over: acknowledged by Complete
// or cancelled. Nothing leads out of such a state, and methods that change the
// job answer BG_E_INVALID_STATE (D ne-bits-bg_job_state.md).
func (v JobState) Final() bool {
	return v == BG_JOB_STATE_ACKNOWLEDGED || v == BG_JOB_STATE_CANCELLED
}
