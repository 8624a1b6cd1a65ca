package sid_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/sid"
)

func TestName(t *testing.T) {
	t.Parallel()
	tests := []struct{ sid, want string }{
		{"S-1-5-18", `NT AUTHORITY\SYSTEM`},
		{"S-1-5-32-544", `BUILTIN\Administrators`},
		{"S-1-1-0", "Everyone"},
		{"S-1-16-12288", `Mandatory Label\High Mandatory Level`},
		{"S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464", `NT SERVICE\TrustedInstaller`},
		{"S-1-5-21-1-2-3-500", "Administrator"},
		{"S-1-5-21-1-2-3-512", "Domain Admins"},
		{"S-1-5-21-1-2-3-572", "Denied RODC Password Replication Group"},
		{"S-1-5-21-0-0-0-496", "Compounded Authentication"},
		{"S-1-5-5-0-999", `NT AUTHORITY\LogonSessionId_0_999`},
		{"S-1-5-90-0-1", `Window Manager\DWM-1`},
		{"S-1-5-96-0-4294967295", `Font Driver Host\UMFD-4294967295`},

		{account, ""},
		{"S-1-5-21-1-2-3-524", ""}, // reserved
		{"S-1-5-21-1-2-512", ""},   // no account of a domain
		{"S-1-5-21-1-2-3-4-512", ""},
		{"S-1-6-21-1-2-3-512", ""},
		{"S-1-0x000100000005-21-1-2-3-512", ""},
		{"S-1-5-5-999", ""},
		{"S-1-5-90-1-1", ""},
		{"S-1-5-90-0-1-1", ""},
		{"S-1-5-96-0", ""},
		{"S-1-5-96-1-1", ""},
		{"S-1-5-32-9999", ""},
		{"S-1-5-80-1-2-3-4-5", ""},
		{"S-1-16-1", ""},
	}
	for _, tt := range tests {
		t.Run(tt.sid, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, tt.want, sid.MustParse(tt.sid).Name())
		})
	}
	require.Equal(t, "NT AUTHORITY", sid.NTAuthority.Name())
}
