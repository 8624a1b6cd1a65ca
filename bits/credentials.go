package bits

import (
	"fmt"
	"io"
)

// AuthCredentials is BG_AUTH_CREDENTIALS: who a job says it is when a server or a
// proxy asks. BITS 1.5 (D nf-bits1_5-ibackgroundcopyjob2-setcredentials.md,
// ns-bits1_5-bg_basic_credentials.md).
type AuthCredentials struct {
	Target AuthTarget
	Scheme AuthScheme

	// Implicit stands for the user of the job himself instead of UserName and
	// Password, which are not looked at then; in COM both are NULL. It is for
	// BG_AUTH_SCHEME_NTLM and BG_AUTH_SCHEME_NEGOTIATE (D authentication.md).
	Implicit bool

	UserName string // at most 300 characters
	Password Secret // at most 65536 characters; may be empty
}

// ImplicitCredentials are the credentials of the user of the job himself, which
// COM has NULL and NULL for: those of the owner, or of the helper when
// BG_TOKEN_NETWORK is set (D authentication.md). The scheme is
// BG_AUTH_SCHEME_NTLM or BG_AUTH_SCHEME_NEGOTIATE.
func ImplicitCredentials(target AuthTarget, scheme AuthScheme) AuthCredentials {
	return AuthCredentials{Target: target, Scheme: scheme, Implicit: true}
}

// Secret is a text that is not shown: it prints as (hidden) with every verb of
// package fmt, in logs and in JSON. string(s) is the text itself.
type Secret string

const hidden = "(hidden)"

// String returns (hidden).
func (Secret) String() string { return hidden }

// Format writes (hidden), whatever the verb.
func (Secret) Format(f fmt.State, _ rune) {
	_, _ = io.WriteString(f, hidden) // fmt has no use for the error
}

// MarshalText returns (hidden), and never fails. There is no way back.
func (Secret) MarshalText() ([]byte, error) { return []byte(hidden), nil }
