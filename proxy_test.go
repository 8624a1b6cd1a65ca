package bitsemu

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/hresult"
)

func TestParseProxies(t *testing.T) {
	t.Parallel()
	for list, want := range map[string]map[string]string{
		"proxy":                      {"": "http://proxy"},
		"proxy:8080":                 {"": "http://proxy:8080"},
		"http://proxy:8080/":         {"": "http://proxy:8080"},
		"http=a:1 https=b:2":         {"http": "http://a:1", "https": "http://b:2"},
		"http=a:1;https=https://b:2": {"http": "http://a:1", "https": "https://b:2"},
		"first:1 second:2":           {"": "http://first:1"},
		"":                           {},
		"http=a:1 other:3":           {"http": "http://a:1", "": "http://other:3"},
		"[::1]:8080":                 {"": "http://[::1]:8080"},
	} {
		proxies, err := parseProxies(list)
		require.NoError(t, err, list)
		got := map[string]string{}
		for scheme, u := range proxies {
			got[scheme] = u.String()
		}
		require.Equal(t, want, got, list)
	}
	for _, list := range []string{"ftp=a:1", "http://proxy/path", "proxy:port", "http://", "a:1?x", ":8080", "http=", "=a"} {
		_, err := parseProxies(list)
		require.ErrorIs(t, err, hresult.BG_E_INVALID_PROXY_INFO, list)
	}
}

func TestBypassed(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		list, host string
		want       bool
	}{
		{"", "a.example", false},
		{"a.example", "A.Example", true},
		{"*.example", "a.example", true},
		{"*.example", "example", false},
		{"*", "whatever", true},
		{"<local>", "intranet", true},
		{"<local>", "a.example", false},
		{"x y;b.example", "b.example", true},
		{"b*.example", "b1.example", false}, // a wildcard stands first or nowhere
	} {
		require.Equal(t, row.want, bypassed(row.list, row.host), row)
	}
}

func FuzzParseProxies(f *testing.F) {
	for _, s := range []string{"proxy:8080", "http=a:1 https=b:2", "=;=", "http://[", "a b;c"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, list string) {
		proxies, err := parseProxies(list)
		if err != nil {
			require.ErrorIs(t, err, hresult.BG_E_INVALID_PROXY_INFO)
			return
		}
		for _, u := range proxies {
			require.NotEmpty(t, u.Hostname())
		}
	})
}
