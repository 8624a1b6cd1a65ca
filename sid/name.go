package sid

import (
	"slices"
	"strconv"
)

// Name returns the English display name of a SID that has the same meaning on
// every machine (D wellknown-sids), such as
//
//	BUILTIN\Administrators
//	NT AUTHORITY\SYSTEM
//	Window Manager\DWM-1
//	NT AUTHORITY\LogonSessionId_0_999    (O)
//	Domain Admins                        S-1-5-21-x-y-z-512: no SID tells the domain's name
//
// and "" for all others. Services are among those others, but for
// TrustedInstaller: their SIDs are hashes of their names.
func (s SID) Name() string {
	if i, found := slices.BinarySearchFunc(wellKnown[:], s, wellKnownSID.compare); found {
		return wellKnown[i].name
	}
	if s.authHi != 0 || uint64(s.authLo) != SECURITY_NT_AUTHORITY {
		return ""
	}
	last := s.sub[max(s.n, 1)-1]
	switch kind := s.sub[0]; {
	case kind == SECURITY_NT_NON_UNIQUE && s.n == 5:
		if i, found := slices.BinarySearchFunc(domainAccounts[:], last, domainAccount.compare); found {
			return domainAccounts[i].name
		}
	case kind == SECURITY_LOGON_IDS_RID && s.n == 3:
		return `NT AUTHORITY\LogonSessionId_` + decimal(s.sub[1]) + "_" + decimal(last)
	case kind == SECURITY_WINDOW_MANAGER_BASE_RID && s.n == 3 && s.sub[1] == 0:
		return `Window Manager\DWM-` + decimal(last)
	case kind == SECURITY_UMFD_BASE_RID && s.n == 3 && s.sub[1] == 0:
		return `Font Driver Host\UMFD-` + decimal(last)
	}
	return ""
}

func decimal(v uint32) string { return strconv.FormatUint(uint64(v), 10) }
