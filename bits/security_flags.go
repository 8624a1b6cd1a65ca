package bits

// RedirectPolicy is the part of v that says what happens on a redirect: one of
// BG_HTTP_REDIRECT_POLICY_ALLOW_SILENT, _ALLOW_REPORT and _DISALLOW, or a number
// that has no name.
func (v SecurityFlags) RedirectPolicy() SecurityFlags { return v & BG_HTTP_REDIRECT_POLICY_MASK }
