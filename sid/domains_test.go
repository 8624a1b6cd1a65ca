package sid_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/sid"
)

func testDomains() sid.Domains {
	return sid.Domains{
		Machine:    sid.MustParse("S-1-5-21-11-12-13"),
		Domain:     sid.MustParse("S-1-5-21-21-22-23"),
		RootDomain: sid.MustParse("S-1-5-21-31-32-33"),
	}
}

func TestDomainsParse(t *testing.T) {
	t.Parallel()
	tests := []struct{ text, want string }{
		{"LA", "S-1-5-21-11-12-13-500"},
		{"LG", "S-1-5-21-11-12-13-501"},
		{"DA", "S-1-5-21-21-22-23-512"},
		{"DU", "S-1-5-21-21-22-23-513"},
		{"DG", "S-1-5-21-21-22-23-514"},
		{"DC", "S-1-5-21-21-22-23-515"},
		{"DD", "S-1-5-21-21-22-23-516"},
		{"CA", "S-1-5-21-21-22-23-517"},
		{"PA", "S-1-5-21-21-22-23-520"},
		{"RS", "S-1-5-21-21-22-23-553"},
		{"AP", "S-1-5-21-21-22-23-525"},
		{"CN", "S-1-5-21-21-22-23-522"},
		{"KA", "S-1-5-21-21-22-23-526"},
		{"EA", "S-1-5-21-31-32-33-519"},
		{"SA", "S-1-5-21-31-32-33-518"},
		{"RO", "S-1-5-21-31-32-33-498"},
		{"EK", "S-1-5-21-31-32-33-527"},
		{"SY", "S-1-5-18"},
		{account, account},
	}
	for _, tt := range tests {
		t.Run(tt.text, func(t *testing.T) {
			t.Parallel()
			for _, text := range []string{tt.text, strings.ToLower(tt.text)} {
				s, err := testDomains().Parse(text)
				require.NoError(t, err)
				require.Equal(t, tt.want, s.String())
			}
		})
	}
}

func TestDomainsParseRefused(t *testing.T) {
	t.Parallel()
	noDomain := testDomains()
	noDomain.Domain = sid.SID{}
	account500 := sid.Domains{Machine: sid.MustParse("S-1-5-21-11-12-13-500")}
	builtin := sid.Domains{RootDomain: sid.MustParse("S-1-5-32-1-2-3")}
	other := sid.Domains{RootDomain: sid.MustParse("S-1-6-21-1-2-3")}
	four := sid.Domains{RootDomain: sid.MustParse("S-1-5-20-1-2-3")}
	tests := []struct {
		name, text, want string
		domains          sid.Domains
	}{
		{"no machine", "LA", `sid: "LA": alias at byte 0: needs a domain; Domains.Parse with Machine set reads it`, sid.Domains{}},
		{"no domain", "da", `sid: "da": alias at byte 0: needs a domain; Domains.Parse with Domain set reads it`, noDomain},
		{"no root domain", "Ea", `sid: "Ea": alias at byte 0: needs a domain; Domains.Parse with RootDomain set reads it`, sid.Domains{}},
		{"account for a domain", "LG", `sid: "LG": alias at byte 0: Domains.Machine is S-1-5-21-11-12-13-500, not of the form S-1-5-21-x-y-z`, account500},
		{"too long", "RO", `sid: "RO": alias at byte 0: Domains.RootDomain is S-1-5-32-1-2-3, not of the form S-1-5-21-x-y-z`, builtin},
		{"other authority", "RO", `sid: "RO": alias at byte 0: Domains.RootDomain is S-1-6-21-1-2-3, not of the form S-1-5-21-x-y-z`, other},
		{"other kind", "RO", `sid: "RO": alias at byte 0: Domains.RootDomain is S-1-5-20-1-2-3, not of the form S-1-5-21-x-y-z`, four},
		{"text after it", "DA)", `sid: "DA)": prefix at byte 0: neither "S-1-" nor a two-letter alias alone`, testDomains()},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s, err := tt.domains.Parse(tt.text)
			require.EqualError(t, err, tt.want)
			require.True(t, s.IsZero())
		})
	}

	_, err := sid.Parse("DA")
	require.EqualError(t, err, `sid: "DA": alias at byte 0: needs a domain; Domains.Parse with Domain set reads it`)
}
