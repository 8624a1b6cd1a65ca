package bits

import (
	"context"

	"github.com/bitsemu/bitsemu/sid"
)

// TokenOptions is IBitsTokenOptions: it gives a job a second identity, the
// helper, and says what that one is used for. Jobs have it from BITS 4.0 on,
// that is Windows 7, Server 2008 R2, and Vista or Server 2008 with an update;
// below that QueryInterface answers E_NOINTERFACE (D what-s-new.md,
// nn-bits4_0-ibitstokenoptions.md).
//
// Two identities are at work. The one that called QueryInterface is captured
// there, and with it what it may do; calls through the interface are judged by
// that. The thread that calls a method may meanwhile impersonate the helper,
// who need have no access to the job at all (D
// helper-tokens-for-bits-transfer-jobs.md). The documented order of calls is:
// the owner calls QueryInterface and impersonates the helper; as the helper he
// calls SetHelperToken and SetHelperTokenFlags; then he reverts (D
// example-adding-a-helper-token-to-a-bits-transfer-job-.md).
//
// Who may call what, where "owner" means that the user captured is the owner of
// the job at the time of QueryInterface, and "administrator" that
// BUILTIN\Administrators is enabled in the captured token or it is that of
// LocalSystem (D the pages of the methods and
// helper-tokens-for-bits-transfer-jobs.md):
//
//	                      before Windows 10 1607   from Windows 10 1607 on
//	GetHelperTokenFlags   administrator            administrator or owner
//	GetHelperTokenSid     administrator            administrator or owner
//	ClearHelperToken      administrator            administrator or owner
//	SetHelperTokenFlags   administrator            administrator; or owner, if the helper
//	                                               now set is no administrator
//	SetHelperToken        administrator, on a job  administrator; or owner, if the
//	                      owned by one             helper to be set is no administrator
//
// A job is owned by an administrator if its owner was one when he made it or took
// it over (I). All others get E_ACCESSDENIED, and nothing changes. The three methods that
// modify the job need the right to modify it besides: the integrity level of the
// job's owner at least, elevation if the job was made or taken over by an
// elevated token, and a token that is not restricted; else E_ACCESSDENIED (D
// user-account-control-and-bits.md, users-and-network-connections.md). On a job
// in a final state they answer BG_E_INVALID_STATE (I). Checks come in this
// order: impersonation level, caller, right to modify, argument, state (I).
type TokenOptions interface {
	Unknown

	// SetHelperTokenFlags says what the helper is used for: BG_TOKEN_LOCAL_FILE,
	// BG_TOKEN_NETWORK, both, or 0 for nothing, which reverts to the owner
	// (D nf-bits4_0-ibitstokenoptions-sethelpertokenflags.md,
	// helper-tokens-for-bits-transfer-jobs.md). The flags are stored with the job
	// and survive everything, and they may be set with no helper there.
	//
	// Errors: E_ACCESSDENIED for a caller without the right (D); E_INVALIDARG for
	// any other bit (I); BG_E_INVALID_STATE in a final state (I).
	SetHelperTokenFlags(ctx context.Context, flags HelperTokenFlags) error

	// GetHelperTokenFlags returns the flags, 0 on a new job (I)
	// (D nf-bits4_0-ibitstokenoptions-gethelpertokenflags.md).
	//
	// Errors: E_ACCESSDENIED for a caller without the right (D).
	GetHelperTokenFlags(ctx context.Context) (HelperTokenFlags, error)

	// SetHelperToken makes the calling identity, which ctx carries, the helper of
	// the job, in place of the one before
	// (D nf-bits4_0-ibitstokenoptions-sethelpertoken.md). It need not be an
	// administrator. The token is not stored: it is lost when the service
	// restarts, when the owner logs off, and when the session that it comes from
	// ends. A transfer that is not complete then ends in BG_JOB_STATE_ERROR with
	// BG_E_TOKEN_REQUIRED; the way on is to set a token again or to set the flags
	// to 0, and then Resume (D helper-tokens-for-bits-transfer-jobs.md).
	//
	// Errors: CO_E_FAILEDTOIMPERSONATE if the impersonation level of the caller is
	// below Impersonate (D), whatever else is wrong (I); E_ACCESSDENIED for a
	// caller without the right (D); BG_E_INVALID_STATE in a final state (I).
	SetHelperToken(ctx context.Context) error

	// ClearHelperToken drops the helper and keeps the flags
	// (D nf-bits4_0-ibitstokenoptions-clearhelpertoken.md). That there is no helper
	// is no error (I).
	//
	// Errors: E_ACCESSDENIED for a caller without the right (D);
	// BG_E_INVALID_STATE in a final state (I).
	ClearHelperToken(ctx context.Context) error

	// GetHelperTokenSid returns the user of the helper, and the zero SID without
	// an error if there is none
	// (D nf-bits4_0-ibitstokenoptions-gethelpertokensid.md).
	//
	// Errors: E_ACCESSDENIED for a caller without the right (D).
	GetHelperTokenSid(ctx context.Context) (sid.SID, error)
}
