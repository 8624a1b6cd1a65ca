package bits

// Final reports whether a job in this state is over: acknowledged by Complete
// or cancelled by Cancel. Nothing leads out of such a state (D
// ne-bits-bg_job_state.md).
func (v JobState) Final() bool {
	return v == BG_JOB_STATE_ACKNOWLEDGED || v == BG_JOB_STATE_CANCELLED
}

// Upload reports whether jobs of this type send a file, with or without a reply.
func (v JobType) Upload() bool {
	return v == BG_JOB_TYPE_UPLOAD || v == BG_JOB_TYPE_UPLOAD_REPLY
}

// RedirectPolicy is the part of v that says what happens on a redirect: one of
// BG_HTTP_REDIRECT_POLICY_ALLOW_SILENT, _ALLOW_REPORT and _DISALLOW, or a number
// that has no name.
func (v SecurityFlags) RedirectPolicy() SecurityFlags { return v & BG_HTTP_REDIRECT_POLICY_MASK }

// CostState is the combination of costs that the policy stands for. The numbers
// are the same.
func (v TransferPolicy) CostState() CostState { return CostState(v) }
