package transfer

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync/atomic"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
)

// tlsConfig is how to talk to https servers.
func (n *network) tlsConfig(key poolKey) *tls.Config {
	c := &tls.Config{
		RootCAs: n.roots,
		GetClientCertificate: func(info *tls.CertificateRequestInfo) (*tls.Certificate, error) {
			if shake, ok := info.Context().Value(handshakeKey{}).(*handshake); ok {
				shake.asked.Store(true)
			}
			if key.certificate == nil {
				return &tls.Certificate{}, nil
			}
			return key.certificate, nil
		},
	}
	if key.tolerance != 0 {
		// The checks that are left are those of verify.
		c.InsecureSkipVerify = true
		c.VerifyConnection = func(s tls.ConnectionState) error {
			return verify(s.PeerCertificates, n.roots, key.host, key.tolerance)
		}
	}
	return c
}

// verify checks a server's certificate but for what is tolerated.
func verify(chain []*x509.Certificate, roots *x509.CertPool, host string, tolerance bits.SecurityFlags) error {
	leaf := chain[0]
	opts := x509.VerifyOptions{Roots: roots, Intermediates: x509.NewCertPool()}
	for _, c := range chain[1:] {
		opts.Intermediates.AddCert(c)
	}
	if !tolerance.Has(bits.BG_SSL_IGNORE_CERT_CN_INVALID) {
		opts.DNSName = host
	}
	if tolerance.Has(bits.BG_SSL_IGNORE_CERT_DATE_INVALID) {
		opts.CurrentTime = leaf.NotBefore
	}
	if tolerance.Has(bits.BG_SSL_IGNORE_CERT_WRONG_USAGE) {
		opts.KeyUsages = []x509.ExtKeyUsage{x509.ExtKeyUsageAny}
	}
	if tolerance.Has(bits.BG_SSL_IGNORE_UNKNOWN_CA) {
		// It is its own issuer; the other checks stay.
		opts.Roots = x509.NewCertPool()
		opts.Roots.AddCert(leaf)
	}
	_, err := leaf.Verify(opts)
	return err
}

type handshakeKey struct{}

// handshake is what a request learns of the TLS handshake that it caused.
type handshake struct{ asked atomic.Bool }

// explain finds in err that the server wanted another client certificate, or one
// at all. The codes are for what is wanted and not set, and for one that is not
// trusted (D authentication.md,
// nf-bits2_5-ibackgroundcopyjobhttpoptions-setclientcertificatebyname).
func (h *handshake) explain(certificate *tls.Certificate, err error) error {
	var op *net.OpError
	if !errors.As(err, &op) || op.Op != "remote error" {
		return err
	}
	required := strings.Contains(op.Error(), "certificate required")
	switch {
	case certificate == nil && (required || h.asked.Load()):
		return fmt.Errorf("%w: %w", hresult.HRESULT_FROM_WIN32_ERROR_WINHTTP_CLIENT_AUTH_CERT_NEEDED, err)
	case certificate != nil && h.asked.Load():
		return fmt.Errorf("%w: %w", hresult.BG_E_HTTP_ERROR_403, err)
	}
	return err
}
