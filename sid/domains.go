package sid

// Domains says which domains the aliases of domain accounts mean. A field that
// is the zero SID stands for a domain that the machine does not have. The other
// values have the form S-1-5-21-x-y-z.
type Domains struct {
	Machine    SID // the machine's own accounts: LA, LG
	Domain     SID // the domain it has joined: DA, DU, DG, DC, DD, CA, PA, RS, AP, CN, KA
	RootDomain SID // the root of the forest of that domain: EA, SA, RO, EK
}

// Parse reads what [Parse] reads, and the aliases of accounts in a domain of d
// (W sid-binary). An alias whose domain d lacks, or has in another form than
// S-1-5-21-x-y-z, is refused with an [*Error].
func (d Domains) Parse(s string) (SID, error) {
	if isAlias(s) {
		return d.alias(s)
	}
	return Parse(s)
}

// isAlias reports whether s can only be an alias.
func isAlias(s string) bool { return len(s) == 2 && s[1] != '-' }

// alias reads an s of which isAlias is true.
func (d Domains) alias(s string) (SID, error) {
	alias := string([]byte{upper(s[0]), upper(s[1])})
	for i := range wellKnown {
		if w := &wellKnown[i]; w.alias == alias {
			return w.sid, nil
		}
	}
	for i := range domainAccounts {
		if a := &domainAccounts[i]; a.alias == alias {
			return d.account(s, a)
		}
	}
	return SID{}, refuse(s, "alias", 0, "no SDDL alias")
}

// account returns the account a of its domain in d; s is the alias as given.
func (d Domains) account(s string, a *domainAccount) (SID, error) {
	var domain SID
	var name string
	switch a.of {
	case ofMachine:
		domain, name = d.Machine, "Machine"
	case ofDomain:
		domain, name = d.Domain, "Domain"
	case ofRootDomain:
		domain, name = d.RootDomain, "RootDomain"
	}
	if domain.IsZero() {
		return SID{}, refuse(s, "alias", 0, "needs a domain; Domains.Parse with "+name+" set reads it")
	}
	if !domain.isDomain() {
		return SID{}, refuse(s, "alias", 0, "Domains."+name+" is "+domain.String()+", not of the form S-1-5-21-x-y-z")
	}
	return domain.WithRID(a.rid)
}

// isDomain reports whether s has the form S-1-5-21-x-y-z.
func (s *SID) isDomain() bool {
	return s.n == 4 && s.Authority() == SECURITY_NT_AUTHORITY && s.sub[0] == SECURITY_NT_NON_UNIQUE
}

func upper(c byte) byte {
	if 'a' <= c && c <= 'z' {
		c -= 'a' - 'A'
	}
	return c
}
