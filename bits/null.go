package bits

// String returns a pointer to s, for an argument that may be NULL instead:
//
//	job.SetProxySettings(ctx, bits.BG_JOB_PROXY_USAGE_OVERRIDE, bits.String("proxy:8080"), nil)
func String(s string) *string { return &s }
