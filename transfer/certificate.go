package transfer

import (
	"net/http"

	"github.com/bitsemu/bitsemu/hresult"
)

// RequireClientCertificate makes rt one whose https servers want a client
// certificate: a request without one fails with
// ERROR_WINHTTP_CLIENT_AUTH_CERT_NEEDED, as it does with a real server (D
// authentication.md).
func RequireClientCertificate(rt http.RoundTripper) http.RoundTripper {
	return certificateTransport{rt}
}

type certificateTransport struct{ next http.RoundTripper }

func (t certificateTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.URL.Scheme == "https" && ClientCertificateOf(req.Context()) == nil {
		if req.Body != nil {
			_ = req.Body.Close() // it was not read
		}
		return nil, hresult.HRESULT_FROM_WIN32_ERROR_WINHTTP_CLIENT_AUTH_CERT_NEEDED
	}
	return t.next.RoundTrip(req)
}
