package sid

import (
	"crypto/sha1"
	"encoding/binary"
	"unicode"
	"unicode/utf16"
)

// ForService returns the SID of the Windows service with the given short name,
// S-1-5-80 and five words of a hash (D service-sid). It is the same on every
// machine, the letter case of the name does not matter, and whether the service
// exists does not either. A service that runs as the virtual account
// NT SERVICE\name has it as its user.
//
// Letters outside ASCII are mapped to upper case as Unicode does, which is
// presumed to be the system's way (I).
func ForService(name string) SID {
	return forName(SECURITY_SERVICE_ID_BASE_RID, unicode.ToUpper, name)
}

// ForAppPool returns the SID of the account IIS APPPOOL\pool of an IIS
// application pool, S-1-5-82 and five words of a hash (D service-sid). The
// letter case of the name does not matter; see ForService for letters outside
// ASCII.
func ForAppPool(pool string) SID {
	return forName(SECURITY_APPPOOL_ID_BASE_RID, unicode.ToLower, pool)
}

// forName hashes a name that is first brought to one letter case. Windows does
// that one UTF-16 code unit at a time, so letters beyond the first plane, which
// take two, stay as they are.
func forName(base uint32, toCase func(rune) rune, name string) SID {
	var text []byte
	for _, r := range name {
		if r <= 0xFFFF {
			text = binary.LittleEndian.AppendUint16(text, uint16(toCase(r)))
			continue
		}
		high, low := utf16.EncodeRune(r)
		text = binary.LittleEndian.AppendUint16(text, uint16(high))
		text = binary.LittleEndian.AppendUint16(text, uint16(low))
	}
	sum := sha1.Sum(text)
	var hash [5]uint32
	for i := range hash {
		hash[i] = binary.LittleEndian.Uint32(sum[4*i:])
	}
	return forHash(base, hash)
}

// ForTask returns the SID of a scheduled task, S-1-5-87-h1-h2-h3-h4-h5
// (D wellknown-sids). What Windows hashes there is not known.
func ForTask(hash [5]uint32) SID { return forHash(SECURITY_TASK_ID_BASE_RID, hash) }

// ForRestrictedService returns the SID of a restricted service,
// S-1-5-99-h1-h2-h3-h4-h5 (D wellknown-sids). What Windows hashes there is not
// known.
func ForRestrictedService(hash [5]uint32) SID {
	return forHash(SECURITY_RESTRICTED_SERVICES_BASE_RID, hash)
}

func forHash(base uint32, h [5]uint32) SID {
	return build(SECURITY_NT_AUTHORITY, base, h[0], h[1], h[2], h[3], h[4])
}

// ForLogon returns the SID of a logon session, S-1-5-5-x-y (D wellknown-sids).
// Everything that runs in the session has it among its groups.
func ForLogon(x, y uint32) SID {
	return build(SECURITY_NT_AUTHORITY, SECURITY_LOGON_IDS_RID, x, y)
}

// ForWindowManager returns the SID of Window Manager\DWM-session, the desktop
// window manager of a terminal session, S-1-5-90-0-session (D O wellknown-sids).
func ForWindowManager(session uint32) SID {
	return build(SECURITY_NT_AUTHORITY, SECURITY_WINDOW_MANAGER_BASE_RID, 0, session)
}

// ForFontDriver returns the SID of Font Driver Host\UMFD-session, the font
// driver host of a terminal session, S-1-5-96-0-session (D O wellknown-sids).
func ForFontDriver(session uint32) SID {
	return build(SECURITY_NT_AUTHORITY, SECURITY_UMFD_BASE_RID, 0, session)
}

// ForPackage returns the SID of an app container, S-1-15-2-p1-...-p7
// (D wellknown-sids).
func ForPackage(p [7]uint32) SID {
	return build(SECURITY_APP_PACKAGE_AUTHORITY, append([]uint32{SECURITY_APP_PACKAGE_BASE_RID}, p[:]...)...)
}

// ForChildPackage returns the SID of a child of the app container p,
// S-1-15-2-p1-...-p7-c1-...-c4 (D wellknown-sids).
func ForChildPackage(p [7]uint32, c [4]uint32) SID {
	s := ForPackage(p)
	s.n += uint8(copy(s.sub[s.n:], c[:]))
	return s
}
