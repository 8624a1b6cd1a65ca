package tokenopts

import (
	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/sid"
	"github.com/bitsemu/bitsemu/token"
)

// Pages that more than one rule rests on.
const (
	pageHelperTokens = "helper-tokens-for-bits-transfer-jobs.md"
	pageExample      = "example-adding-a-helper-token-to-a-bits-transfer-job-.md"
	pageSetToken     = "nf-bits4_0-ibitstokenoptions-sethelpertoken.md"
	pageSetFlags     = "nf-bits4_0-ibitstokenoptions-sethelpertokenflags.md"
	pageTake         = "nf-bits-ibackgroundcopyjob-takeownership.md"
	pageElevation    = "user-account-control-and-bits.md"
	pageLogon        = "authentication.md"
)

// The calls that rules have in common.
var (
	reads  = of(GetHelperTokenFlags, GetHelperTokenSid)
	writes = of(ClearHelperToken, SetHelperTokenFlags, SetHelperToken)
	// Every method of an interface is reached through its QueryInterface.
	capability = of(QueryInterface) | reads | writes
	changes    = writes | of(TakeOwnership)
	general    = of(RetrieveJob, ModifyJob)
)

// calls are the rules about calls in the order in which they are applied. The
// first that a call does not keep refuses it.
var calls = []check{
	{
		Rule: Rule{
			ID: "method-exists", methods: capability | general | of(TakeOwnership, OwnJob),
			Says: "must be a method that exists", Answer: hresult.E_NOTIMPL,
			Evidence: Evidence{Chosen, "a Go program can ask for a method that does not exist"},
		},
		holds: func(c Call) bool { return c.Method.Valid() },
		facts: []fact{factCaller},
	},
	{
		Rule: Rule{
			ID: "interface-exists", methods: capability,
			Says:     "needs IBitsTokenOptions, which is there from BITS 4.0 on: Windows 7, Server 2008 R2, or Vista and Server 2008 with its update",
			Answer:   hresult.E_NOINTERFACE,
			Evidence: Evidence{Documented, "what-s-new.md; W for the code"},
		},
		holds: func(c Call) bool { return c.Build.HasTokenOptions() },
		facts: []fact{factCaller},
	},
	{
		Rule: Rule{
			ID: "caller-level", methods: capability | general | of(TakeOwnership, OwnJob),
			Says:     "needs a caller of impersonation level Impersonate or Delegate",
			Answer:   hresult.E_ACCESSDENIED,
			Evidence: Evidence{Documented, pageExample},
		},
		holds: func(c Call) bool { return c.Query.Level() >= token.LevelImpersonate },
		facts: []fact{factCaller},
	},
	{
		Rule: Rule{
			ID: "query-owner-or-admin", methods: capability | general,
			Says:     "is for the job's owner and for administrators",
			Answer:   hresult.E_ACCESSDENIED,
			Evidence: Evidence{Documented, pageElevation},
		},
		holds:  func(c Call) bool { return c.byOwner() || c.Query.IsAdmin() },
		facts:  []fact{factCaller, factOwner},
		grants: true,
	},
	{
		Rule: Rule{
			ID: "owner-alone", methods: of(OwnJob),
			Says:     "is for the job's owner alone",
			Answer:   hresult.E_ACCESSDENIED,
			Evidence: Evidence{Documented, "nf-bits2_5-ibackgroundcopyjobhttpoptions-getcustomheaders.md; the page of SetCredentials asks for the owner too, I for its code"},
		},
		holds:  func(c Call) bool { return c.byOwner() },
		facts:  []fact{factCaller, factOwner},
		grants: true,
	},
	{
		Rule: Rule{
			ID: "helper-level", methods: of(SetHelperToken),
			Says:     "needs a calling thread of impersonation level Impersonate or Delegate",
			Answer:   hresult.CO_E_FAILEDTOIMPERSONATE,
			Evidence: Evidence{Documented, pageSetToken + "; I that this is looked at first"},
		},
		holds: func(c Call) bool { return c.Thread.Level() >= token.LevelImpersonate },
		facts: []fact{factCaller, factThread},
	},
	{
		Rule: Rule{
			ID: "admin-before-1607", methods: reads | writes, Builds: Before1607,
			Says:     "needs an administrator before Windows 10 1607",
			Answer:   hresult.E_ACCESSDENIED,
			Evidence: Evidence{Documented, pageHelperTokens},
		},
		holds:  func(c Call) bool { return c.Query.IsAdmin() },
		facts:  []fact{factCaller},
		grants: true,
	},
	{
		Rule: Rule{
			ID: "admin-job-before-1607", methods: of(SetHelperToken), Builds: Before1607,
			Says:     "needs a job that is owned by an administrator before Windows 10 1607",
			Answer:   hresult.E_ACCESSDENIED,
			Evidence: Evidence{Documented, pageSetToken + "; I that the owner's token of when he created or took the job over tells"},
		},
		holds:  func(c Call) bool { return c.Owner.IsAdmin() },
		facts:  []fact{factCaller, factOwner},
		grants: true,
	},
	{
		// It refuses nobody whom query-owner-or-admin has let in. It is here to be
		// named as the reason why an owner may do what he might not before.
		Rule: Rule{
			ID: "owner-or-admin-from-1607", methods: reads | writes, Builds: From1607,
			Says:     "is for the job's owner and for administrators from Windows 10 1607 on",
			Answer:   hresult.E_ACCESSDENIED,
			Evidence: Evidence{Documented, pageHelperTokens},
		},
		holds:  func(c Call) bool { return c.byOwner() || c.Query.IsAdmin() },
		facts:  []fact{factCaller, factOwner},
		grants: true,
	},
	{
		Rule: Rule{
			ID: "flags-of-admin-helper", methods: of(SetHelperTokenFlags), Builds: From1607,
			Says:     "needs an administrator while the administrators group is enabled in the helper token now set",
			Answer:   hresult.E_ACCESSDENIED,
			Evidence: Evidence{Documented, pageSetFlags},
		},
		holds: func(c Call) bool { return c.Query.IsAdmin() || !hasAdmins(c.Helper) },
		facts: []fact{factCaller, factOwner, factHelper},
	},
	{
		Rule: Rule{
			ID: "lend-admin-token", methods: of(SetHelperToken), Builds: From1607,
			Says:     "needs an administrator to lend a token in which the administrators group is enabled",
			Answer:   hresult.E_ACCESSDENIED,
			Evidence: Evidence{Documented, pageSetToken},
		},
		holds: func(c Call) bool { return c.Query.IsAdmin() || !hasAdmins(c.Thread) },
		facts: []fact{factCaller, factOwner, factThread},
	},
	{
		Rule: Rule{
			ID: "take-admin", methods: of(TakeOwnership),
			Says:     "needs an administrator",
			Answer:   hresult.E_ACCESSDENIED,
			Evidence: Evidence{Documented, pageTake},
		},
		holds:  func(c Call) bool { return c.Query.IsAdmin() },
		facts:  []fact{factCaller},
		grants: true,
	},
	{
		Rule: Rule{
			ID: "take-elevated", methods: of(TakeOwnership),
			Says:     "needs an elevated caller",
			Answer:   hresult.E_ACCESSDENIED,
			Evidence: Evidence{Documented, pageTake},
		},
		holds:  func(c Call) bool { return c.Query.Elevated() },
		facts:  []fact{factCaller},
		grants: true,
	},
	{
		Rule: Rule{
			ID: "modify-integrity", methods: changes | of(ModifyJob),
			Says:     "needs an integrity level not below that of the job's owner",
			Answer:   hresult.E_ACCESSDENIED,
			Evidence: Evidence{Documented, pageElevation + "; I for the code, and for TakeOwnership"},
		},
		holds: func(c Call) bool { return c.Query.Integrity() >= c.Owner.Integrity() },
		facts: []fact{factCaller, factOwner},
	},
	{
		Rule: Rule{
			ID: "modify-elevated", methods: writes | of(ModifyJob),
			Says:     "needs an elevated caller for a job that was created or taken over elevated",
			Answer:   hresult.E_ACCESSDENIED,
			Evidence: Evidence{Documented, pageElevation + "; O dahall/Vanara#314 that he may read it all the same"},
		},
		holds: func(c Call) bool { return c.Query.Elevated() || !c.Owner.Elevated() },
		facts: []fact{factCaller, factOwner},
	},
	{
		Rule: Rule{
			ID: "modify-unrestricted", methods: changes | of(ModifyJob),
			Says:     "needs a caller whose token has no restricting SIDs",
			Answer:   hresult.E_ACCESSDENIED,
			Evidence: Evidence{Documented, "users-and-network-connections.md; C for the code, and that he may read"},
		},
		holds: func(c Call) bool { return !c.Query.IsRestricted() },
		facts: []fact{factCaller},
	},
	{
		Rule: Rule{
			ID: "flags-known", methods: of(SetHelperTokenFlags),
			Says:     "needs flags that are 0, BG_TOKEN_LOCAL_FILE, BG_TOKEN_NETWORK or both",
			Answer:   hresult.E_INVALIDARG,
			Evidence: Evidence{Inferred, pageSetFlags + " lists no others"},
		},
		holds: func(c Call) bool { return c.Flags.Valid() },
		facts: []fact{factCaller, factFlags},
	},
	{
		Rule: Rule{
			ID: "state-not-final", methods: changes,
			Says:     "needs a job that is neither acknowledged nor cancelled",
			Answer:   hresult.BG_E_INVALID_STATE,
			Evidence: Evidence{Inferred, "as for SetNotifyInterface, where it is W; D " + pageTake + " for TakeOwnership"},
		},
		holds: func(c Call) bool { return !c.State.Final() },
		facts: []fact{factCaller, factState},
	},
}

// byOwner reports whether the caller is the job's owner: the same user,
// whatever else his token says.
func (c Call) byOwner() bool { return c.Query.User() == c.Owner.User() }

// hasAdmins reports whether the administrators group is enabled in a token. That
// is not quite the question of Token.IsAdmin: a token of LocalSystem that lacks
// the group may be lent, because the pages name the group alone (I).
func hasAdmins(t token.Token) bool { return t.HasEnabledGroup(sid.BuiltinAdministrators) }

// All resources that an identity is told for.
var everything = of(UploadSource, TemporaryFile, ReplyFile, RemoteFile, ServerChallenge, ProxyChallenge,
	ClientCertificate, ProxySettings, ProxyDetection, HTTPRequest)

// conditions must be met before a job uses any identity for a resource.
var conditions = []condition{
	{
		Rule: Rule{
			ID: "resource-exists", resources: everything,
			Says: "must be about a resource that exists", Answer: hresult.E_INVALIDARG,
			Evidence: Evidence{Chosen, "a Go program can ask for a resource that does not exist"},
		},
		holds: func(o opening) bool { return o.resource.Valid() },
	},
	{
		Rule: Rule{
			ID: "implicit-for-server", resources: of(ServerChallenge),
			Says: "needs implicit credentials, which SetCredentials allows without user and password and for NTLM or NEGOTIATE: " +
				"for the server, or for the proxy while the server has no explicit ones",
			Answer:   hresult.BG_E_HTTP_ERROR_401,
			Evidence: Evidence{Documented, pageLogon},
		},
		holds: func(o opening) bool {
			return o.implicit(bits.BG_AUTH_TARGET_SERVER) ||
				o.implicit(bits.BG_AUTH_TARGET_PROXY) && !o.explicit(bits.BG_AUTH_TARGET_SERVER)
		},
		facts: []openingFact{{"credentials", opening.credentials}},
	},
	{
		Rule: Rule{
			ID: "implicit-for-proxy", resources: of(ProxyChallenge),
			Says: "needs implicit credentials, which SetCredentials allows without user and password and for NTLM or NEGOTIATE: " +
				"for the proxy",
			Answer:   hresult.BG_E_HTTP_ERROR_407,
			Evidence: Evidence{Documented, pageLogon},
		},
		holds: func(o opening) bool { return o.implicit(bits.BG_AUTH_TARGET_PROXY) },
		facts: []openingFact{{"credentials", opening.credentials}},
	},
	{
		Rule: Rule{
			ID: "certificate-and-network", resources: of(ClientCertificate),
			Says:     "needs a job of LocalSystem when a certificate is set, and BG_TOKEN_NETWORK too",
			Answer:   hresult.HRESULT_FROM_WIN32_ERROR_WINHTTP_CLIENT_CERT_NO_ACCESS_PRIVATE_KEY,
			Evidence: Evidence{Documented, pageSetFlags},
		},
		holds: func(o opening) bool {
			return !o.job.ClientCertificate.Set || !o.job.HelperTokenFlags.Has(bits.BG_TOKEN_NETWORK) ||
				o.job.Owner.User() == sid.LocalSystem
		},
	},
}

// identities tell who opens what. One of them applies to a resource on a build.
// It refuses when it takes the helper token and there is none.
var identities = []identity{
	{
		Rule: Rule{
			ID: "local-file", resources: of(UploadSource, TemporaryFile, ReplyFile),
			Says:     "takes the helper token when BG_TOKEN_LOCAL_FILE is set, else the owner's",
			Answer:   hresult.BG_E_TOKEN_REQUIRED,
			Evidence: Evidence{Documented, pageSetFlags + "; I that it fails when the file is first opened"},
		},
		as: Owner, flag: bits.BG_TOKEN_LOCAL_FILE,
	},
	{
		Rule: Rule{
			ID: "remote-file", resources: of(RemoteFile),
			Says:     "takes the helper token when BG_TOKEN_NETWORK is set, else the owner's",
			Answer:   hresult.BG_E_TOKEN_REQUIRED,
			Evidence: Evidence{Documented, pageSetFlags + "; I that it fails when the file is first opened"},
		},
		as: Owner, flag: bits.BG_TOKEN_NETWORK,
	},
	{
		Rule: Rule{
			ID: "challenge", resources: of(ServerChallenge, ProxyChallenge),
			Says:     "takes the helper token when BG_TOKEN_NETWORK is set, else the owner's",
			Answer:   hresult.BG_E_TOKEN_REQUIRED,
			Evidence: Evidence{Documented, pageLogon + "; I that it fails at the first challenge"},
		},
		as: Owner, flag: bits.BG_TOKEN_NETWORK,
	},
	{
		Rule: Rule{
			ID: "client-certificate", resources: of(ClientCertificate),
			Says:     "takes the owner's token, whatever the flags",
			Evidence: Evidence{Documented, pageSetFlags},
		},
		as: Owner,
	},
	{
		Rule: Rule{
			ID: "proxy-settings-before-1809", resources: of(ProxySettings), Builds: Before1809,
			Says:     "takes the owner's token before Windows 10 1809, whatever the flags",
			Evidence: Evidence{Documented, pageLogon},
		},
		as: Owner,
	},
	{
		Rule: Rule{
			ID: "proxy-settings-from-1809", resources: of(ProxySettings), Builds: From1809,
			Says:     "takes the helper token when BG_TOKEN_NETWORK is set, else the owner's, from Windows 10 1809 on",
			Answer:   hresult.BG_E_TOKEN_REQUIRED,
			Evidence: Evidence{Documented, pageLogon + "; I that it fails when they are first read"},
		},
		as: Owner, flag: bits.BG_TOKEN_NETWORK,
	},
	{
		Rule: Rule{
			ID: "proxy-detection", resources: of(ProxyDetection),
			Says:     "takes the helper token when BG_TOKEN_NETWORK is set, else the owner's",
			Answer:   hresult.BG_E_TOKEN_REQUIRED,
			Evidence: Evidence{Documented, pageLogon + "; I that it fails at the first detection"},
		},
		as: Owner, flag: bits.BG_TOKEN_NETWORK,
	},
	{
		Rule: Rule{
			ID: "http-request", resources: of(HTTPRequest),
			Says:     "takes no identity until it is challenged",
			Evidence: Evidence{Documented, pageLogon},
		},
		as: Nobody,
	},
}

// Events take helper tokens away. The answer is the error of the jobs that fail
// by it.
var (
	ownerGone = Rule{
		ID:       "owner-gone",
		Says:     "drops the helper token when the owner logs off, or the session ends in which he created or took over the job",
		Answer:   hresult.BG_E_TOKEN_REQUIRED,
		Evidence: Evidence{Documented, pageHelperTokens},
	}
	helperGone = Rule{
		ID:       "helper-gone",
		Says:     "drops the helper token when its user logs off, or the session ends that supplied it",
		Answer:   hresult.BG_E_TOKEN_REQUIRED,
		Evidence: Evidence{Documented, pageHelperTokens},
	}
	restarted = Rule{
		ID:       "service-restarted",
		Says:     "drops the helper token when the service restarts, and changes no state",
		Evidence: Evidence{Documented, pageSetToken + "; I that a job fails later, when it opens what the token is for"},
	}
)

// Rules lists all rules in the order in which they are applied: those about
// calls, those about resources, those about events.
func Rules() []Rule {
	var all []Rule
	for _, c := range calls {
		all = append(all, c.Rule)
	}
	for _, c := range conditions {
		all = append(all, c.Rule)
	}
	for _, i := range identities {
		all = append(all, i.Rule)
	}
	return append(all, ownerGone, helperGone, restarted)
}
