package transfer_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/transfer"
)

const redirectFailed = hresult.HRESULT_FROM_WIN32_ERROR_WINHTTP_REDIRECT_FAILED

func TestRedirectPolicies(t *testing.T) {
	t.Parallel()
	codes := map[int]hresult.HRESULT{
		300: 0x8007012C, 301: 0x8007012D, 302: 0x8007012E, 303: 0x8007012F, 307: 0x80070133, 308: 0x80070134,
	}
	for status, code := range codes {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			t.Parallel()
			target := transfer.NewScript(transfer.Size(1000))
			there := behind(target)
			mux := http.NewServeMux()
			mux.HandleFunc("/file", func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Location", "/dir/../there?x=1")
				w.WriteHeader(status)
			})
			mux.Handle("/there", there)
			server := httptest.NewServer(mux)
			t.Cleanup(server.Close)
			for _, w := range []way{{transfer.Handler(mux), "http://www.example.com"}, {network(t), server.URL}} {
				request := transfer.Request{URL: w.url + "/file"}
				l, o := fetch(t, w.rt, request)
				require.NoError(t, o.err)
				require.Empty(t, o.RemoteName)
				require.True(t, bytes.Equal(target.Bytes(), l.data))

				request.Security = bits.BG_HTTP_REDIRECT_POLICY_ALLOW_REPORT
				l, o = fetch(t, w.rt, request)
				require.NoError(t, o.err)
				require.Equal(t, w.url+"/there?x=1", o.RemoteName)
				require.True(t, bytes.Equal(target.Bytes(), l.data))

				request.Security = bits.BG_HTTP_REDIRECT_POLICY_DISALLOW
				_, o = fetch(t, w.rt, request)
				e := errorOf(t, o.err, code, false)
				require.Equal(t, w.url+"/there?x=1", e.RemoteName)
				require.Equal(t, status, e.Status)
				require.Equal(t, w.url+"/file", e.URL)
			}
			require.Len(t, target.Requests(), 8)
		})
	}
}

func TestRedirectThatCannotBeFollowed(t *testing.T) {
	t.Parallel()
	for name, location := range map[string]string{
		"none":       "",
		"a loop":     site,
		"no URL":     "http://[::1",
		"a share":    `file://server/share/file`,
		"a UNC path": `\\server\share\file`,
		"SMB":        "smb://server/share",
		"ftp":        "ftp://server/file",
		"no host":    "http:///file",
		"a script":   "javascript:alert(1)",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := transfer.NewScript(transfer.Redirect(302, location), transfer.Size(10))
			if name == "none" {
				s.Set(transfer.Redirect(0, ""), transfer.Status(302, transfer.Always))
			}
			_, o := fetch(t, s, transfer.Request{})
			if name == "a UNC path" {
				// It is a path on the same server, which redirects again and again.
				require.Contains(t, s.Requests()[1].URL, "http://www.example.com/")
			}
			requireError(t, o.err, redirectFailed, false)
			hops := len(s.Requests())
			require.Contains(t, []int{1, 11}, hops)

			_, o = fetch(t, s, transfer.Request{Security: bits.BG_HTTP_REDIRECT_POLICY_DISALLOW})
			e := errorOf(t, o.err, 0x8007012E, false)
			if name == "none" {
				require.Empty(t, e.RemoteName)
			}
			require.Len(t, s.Requests(), hops+1)
		})
	}
}

// hop is a chain of redirects, /0 to /1 and so on up to the last, which is a file.
func hop(last int, file http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var n int
		_, err := fmt.Sscanf(r.URL.Path, "/%d", &n)
		if err != nil || n == last {
			file.ServeHTTP(w, r)
			return
		}
		http.Redirect(w, r, fmt.Sprintf("/%d", n+1), http.StatusFound)
	})
}

func TestTenRedirects(t *testing.T) {
	t.Parallel()
	s := transfer.NewScript(transfer.Size(1000))
	for last, good := range map[int]bool{1: true, 9: true, 10: true, 11: false} {
		l, o := fetch(t, transfer.Handler(hop(last, behind(s))), transfer.Request{URL: "http://www.example.com/0"})
		if good {
			require.NoError(t, o.err)
			require.True(t, bytes.Equal(s.Bytes(), l.data))
			continue
		}
		requireError(t, o.err, redirectFailed, false)
	}
}

func TestRedirectBetweenSchemes(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		from, to string
		flags    bits.SecurityFlags
		code     hresult.HRESULT
	}{
		"up":                {"http", "https", 0, 0},
		"down":              {"https", "http", 0, redirectFailed},
		"down, allowed":     {"https", "http", bits.BG_HTTP_REDIRECT_POLICY_ALLOW_HTTPS_TO_HTTP, 0},
		"down, reported":    {"https", "http", bits.BG_HTTP_REDIRECT_POLICY_ALLOW_REPORT, redirectFailed},
		"down, both":        {"https", "http", bits.BG_HTTP_REDIRECT_POLICY_ALLOW_REPORT | bits.BG_HTTP_REDIRECT_POLICY_ALLOW_HTTPS_TO_HTTP, 0},
		"down, disallowed":  {"https", "http", bits.BG_HTTP_REDIRECT_POLICY_DISALLOW | bits.BG_HTTP_REDIRECT_POLICY_ALLOW_HTTPS_TO_HTTP, 0x8007012D},
		"https, disallowed": {"https", "https", bits.BG_HTTP_REDIRECT_POLICY_DISALLOW, 0x8007012D},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := transfer.NewScript(transfer.Size(10))
			from, to := row.from+"://a.example", row.to+"://b.example"
			rt := hosts(map[string]http.RoundTripper{
				from: transfer.NewScript(transfer.Redirect(301, to+"/file")), to: file,
			})
			l, o := fetch(t, rt, transfer.Request{URL: from + "/file", Security: row.flags})
			if row.code != 0 {
				requireError(t, o.err, row.code, false)
				require.Empty(t, file.Requests())
				return
			}
			require.NoError(t, o.err)
			require.True(t, bytes.Equal(file.Bytes(), l.data))
		})
	}
}

// Under ALLOW_REPORT the file has the new name from then on; under ALLOW_SILENT
// each attempt starts from the old one.
func TestRedirectAcrossAttempts(t *testing.T) {
	t.Parallel()
	for policy, want := range map[bits.SecurityFlags]int{
		bits.BG_HTTP_REDIRECT_POLICY_ALLOW_SILENT: 2,
		bits.BG_HTTP_REDIRECT_POLICY_ALLOW_REPORT: 1,
	} {
		here := transfer.NewScript(transfer.Redirect(302, "http://b.example/file"))
		there := transfer.NewScript(transfer.Size(100), transfer.CutAfter(50, 1))
		rt := hosts(map[string]http.RoundTripper{"http://a.example": here, "http://b.example": there})
		d, err := transfer.New(&transfer.Client{Transport: rt},
			transfer.Request{URL: "http://a.example/file", Security: policy}, transfer.State{})
		require.NoError(t, err)
		l := &local{}
		require.Error(t, attempt(t.Context(), t, d, l, 1<<20, nil).err)
		o := attempt(t.Context(), t, d, l, 1<<20, nil)
		require.NoError(t, o.err)
		require.NoError(t, d.Close())
		require.Len(t, here.Requests(), want)
		require.Equal(t, []string{"HEAD", "GET bytes=0-99", "HEAD", "GET bytes=50-99"}, methods(there))
		require.True(t, bytes.Equal(there.Bytes(), l.data))
	}
}

// Custom headers go to every host, but for those that are meant for one.
func TestRedirectHeaders(t *testing.T) {
	t.Parallel()
	const custom = "X-Token: 1\r\nAuthorization: Bearer secret\r\nCookie: a=b\r\nHost: virtual.example\r\n"
	here := transfer.NewScript(transfer.Redirect(302, "http://b.example/file"))
	there := transfer.NewScript(transfer.Size(100))
	virtual := ""
	rt := hosts(map[string]http.RoundTripper{
		"http://a.example": roundTripper(func(r *http.Request) (*http.Response, error) {
			virtual = r.Host
			return here.RoundTrip(r)
		}),
		"http://b.example": there,
	})
	_, o := fetch(t, rt, transfer.Request{URL: "http://a.example/file", Header: custom})
	require.NoError(t, o.err)
	require.Equal(t, "virtual.example", virtual)
	h := here.Requests()[0].Header
	require.Equal(t, "Bearer secret", h.Get("Authorization"))
	require.Equal(t, "a=b", h.Get("Cookie"))
	require.Len(t, there.Requests(), 2)
	for _, r := range there.Requests() {
		require.Equal(t, "1", r.Header.Get("X-Token"))
		require.Empty(t, r.Header.Get("Authorization"))
		require.Empty(t, r.Header.Get("Cookie"))
		require.Equal(t, transfer.DefaultUserAgent, r.Header.Get("User-Agent"))
	}
}

// What a method becomes on the way is HTTP's rule.
func TestRedirectMethods(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		method string
		status int
		want   string
	}{
		{"POST", 301, "GET"}, {"POST", 302, "GET"}, {"POST", 303, "GET"}, {"POST", 307, "POST"}, {"POST", 308, "POST"},
		{"PUT", 301, "PUT"}, {"PUT", 303, "GET"}, {"HEAD", 303, "HEAD"},
	} {
		file := transfer.NewScript(transfer.Size(100), transfer.NoRanges())
		rt := hosts(map[string]http.RoundTripper{
			"http://a.example": transfer.NewScript(transfer.Redirect(row.status, "http://b.example/file")),
			"http://b.example": file,
		})
		_, o := fetch(t, rt, transfer.Request{URL: "http://a.example/file", Method: row.method})
		require.NoError(t, o.err)
		require.Equal(t, []string{row.want}, methods(file), "%s, %d", row.method, row.status)
	}
}
