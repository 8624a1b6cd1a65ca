package sid

// Well-known SIDs. They are variables only because Go has no constants of this
// type: never assign to them.
var (
	Everyone              = SID{rev: 1, n: 1, authLo: 1}
	Interactive           = SID{rev: 1, n: 1, authLo: 5, sub: [15]uint32{4}}
	Service               = SID{rev: 1, n: 1, authLo: 5, sub: [15]uint32{6}}
	AuthenticatedUsers    = SID{rev: 1, n: 1, authLo: 5, sub: [15]uint32{11}}
	RestrictedCode        = SID{rev: 1, n: 1, authLo: 5, sub: [15]uint32{12}}
	LocalSystem           = SID{rev: 1, n: 1, authLo: 5, sub: [15]uint32{18}}
	LocalService          = SID{rev: 1, n: 1, authLo: 5, sub: [15]uint32{19}}
	NetworkService        = SID{rev: 1, n: 1, authLo: 5, sub: [15]uint32{20}}
	BuiltinAdministrators = SID{rev: 1, n: 2, authLo: 5, sub: [15]uint32{32, 544}}
	BuiltinUsers          = SID{rev: 1, n: 2, authLo: 5, sub: [15]uint32{32, 545}}
	WriteRestrictedCode   = SID{rev: 1, n: 1, authLo: 5, sub: [15]uint32{33}}
	MandatoryUntrusted    = SID{rev: 1, n: 1, authLo: 16}
	MandatoryLow          = SID{rev: 1, n: 1, authLo: 16, sub: [15]uint32{4096}}
	MandatoryMedium       = SID{rev: 1, n: 1, authLo: 16, sub: [15]uint32{8192}}
	MandatoryMediumPlus   = SID{rev: 1, n: 1, authLo: 16, sub: [15]uint32{8448}}
	MandatoryHigh         = SID{rev: 1, n: 1, authLo: 16, sub: [15]uint32{12288}}
	MandatorySystem       = SID{rev: 1, n: 1, authLo: 16, sub: [15]uint32{16384}}
)
