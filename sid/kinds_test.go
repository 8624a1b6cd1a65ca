package sid_test

import (
	"crypto/sha1"
	"encoding/hex"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/sid"
)

// services are the values of page service-sid; where it gives the hash, that is
// here as well.
var services = []struct{ name, hash, sid string }{
	{"TrustedInstaller", "b589fb381984c2cb5c6c236d5700776ec0026487", "S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464"},
	{"BITS", "d8928d33cb5e1008198c0cb8002a5666bd1f90fc", "S-1-5-80-864916184-135290571-3087830041-1716922880-4237303741"},
	{"WdiServiceHost", "6ebf1bbb45efd2b14a3b45db505b43270458d86b", "S-1-5-80-3139157870-2983391045-3678747466-658725712-1809340420"},
	{"MSSQLSERVER", "e20f4fe7b15874e48e19026478c2dc9ac307b83e", "S-1-5-80-3880718306-3832830129-1677859214-2598158968-1052248003"},
	{"SQLSERVERAGENT", "dca88f14b79fd47a992a3d8943f829a726066357", "S-1-5-80-344959196-2060754871-2302487193-2804545603-1466107430"},
	{"WinDefend", "bf5508723be028d089794bf891896e7c4025ecf4", "S-1-5-80-1913148863-3492339771-4165695881-2087618961-4109116736"},
	{"MpsSvc", "f14110b836fc4d57a8ae0b7025210442844f1131", "S-1-5-80-3088073201-1464728630-1879813800-1107566885-823218052"},
	{"BDESVC", "780099b02748f60ba15617870b8c78e5e64e6876", "S-1-5-80-2962817144-200689703-2266453665-3849882635-1986547430"},
	{"CertPropSvc", "a13f15c2f192e48c2fd29fd72c4701f700731d2d", "S-1-5-80-3256172449-2363790065-3617575471-4144056108-756904704"},
	{"EapHost", "faf047d5757f0111d6447436fac8eda89a48c927", "S-1-5-80-3578261754-285310837-913589462-2834155770-667502746"},
	{"wuauserv", "", "S-1-5-80-1014140700-3308905587-3330345912-272242898-93311788"},
	{"MSSQL$SQLEXPRESS", "", "S-1-5-80-3880006512-4290199581-1648723128-3569869737-3631323133"},
}

func TestForService(t *testing.T) {
	t.Parallel()
	for _, tt := range services {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := sid.ForService(tt.name)
			require.Equal(t, tt.sid, s.String())
			require.Equal(t, s, sid.ForService(strings.ToLower(tt.name)))
			require.Equal(t, s, sid.ForService(strings.ToUpper(tt.name)))
			b, err := s.MarshalBinary()
			require.NoError(t, err)
			require.Len(t, b, 32)
			if tt.hash != "" {
				require.Equal(t, "010600000000000550000000"+tt.hash, hex.EncodeToString(b))
			}
		})
	}
	require.Equal(t, sid.TrustedInstaller, sid.ForService("trustedinstaller"))
}

func TestForServiceUpperCase(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, service, utf16 string }{
		{"empty", "", ""},
		{"letter outside ASCII", "é", "\xc9\x00"},
		{"letter beyond the first plane stays", "𐐨", "\x01\xd8\x28\xdc"},
		{"broken UTF-8", "\xff", "\xfd\xff"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			hash := sha1.Sum([]byte(tt.utf16))
			b, err := sid.ForService(tt.service).MarshalBinary()
			require.NoError(t, err)
			require.Equal(t, hash[:], b[12:])
		})
	}
}

func TestForAppPool(t *testing.T) {
	t.Parallel()
	const want = "S-1-5-82-3006700770-424185619-1745488364-794895919-4004696415"
	require.Equal(t, want, sid.ForAppPool("DefaultAppPool").String())
	require.Equal(t, want, sid.ForAppPool("DEFAULTAPPPOOL").String())
}

// The templates of page wellknown-sids that stand for SIDs outside domains.
func TestTemplates(t *testing.T) {
	t.Parallel()
	h := [5]uint32{1, 2, 3, 4, 5}
	p := [7]uint32{1, 2, 3, 4, 5, 6, 7}
	tests := []struct {
		want string
		got  sid.SID
	}{
		{"S-1-5-5-0-999", sid.ForLogon(0, 999)},
		{"S-1-5-87-1-2-3-4-5", sid.ForTask(h)},
		{"S-1-5-99-1-2-3-4-5", sid.ForRestrictedService(h)},
		{"S-1-5-90-0-3", sid.ForWindowManager(3)},
		{"S-1-5-96-0-3", sid.ForFontDriver(3)},
		{"S-1-15-2-1-2-3-4-5-6-7", sid.ForPackage(p)},
		{"S-1-15-2-1-2-3-4-5-6-7-8-9-10-11", sid.ForChildPackage(p, [4]uint32{8, 9, 10, 11})},
	}
	for _, tt := range tests {
		t.Run(tt.want, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, tt.want, tt.got.String())
			require.Equal(t, sid.MustParse(tt.want), tt.got)
		})
	}
}
