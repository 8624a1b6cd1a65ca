package bitsemu

import (
	"crypto/sha1" //nolint:gosec // certificates are named by their SHA-1 (D nf-bits2_5-ibackgroundcopyjobhttpoptions-setclientcertificatebyid.md)
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/jobstore"
	"github.com/bitsemu/bitsemu/sid"
	"github.com/bitsemu/bitsemu/token"
)

// Certificate is a client certificate in a certificate store of the emulated machine.
type Certificate struct {
	Location bits.CertStoreLocation
	Store    string // its name, such as "MY"
	tls.Certificate
	Readers []sid.SID // users and groups that may use it; everybody when nil
}

// AddCertificate puts a certificate into a store, which is there from then on. It
// fails when the certificate cannot be read.
func (e *Emulator) AddCertificate(c Certificate) error {
	if len(c.Certificate.Certificate) == 0 {
		return fmt.Errorf("bitsemu: AddCertificate: there is no certificate in it: %w", hresult.E_INVALIDARG)
	}
	leaf, err := x509.ParseCertificate(c.Certificate.Certificate[0])
	if err != nil {
		return fmt.Errorf("bitsemu: AddCertificate: %w", err)
	}
	e.certs.mu.Lock()
	defer e.certs.mu.Unlock()
	e.certs.all = append(e.certs.all, stored{c, leaf, sha1.Sum(leaf.Raw)})
	return nil
}

// certs are the certificate stores of the machine.
type certs struct {
	mu  sync.Mutex
	all []stored
}

type stored struct {
	Certificate
	leaf *x509.Certificate
	hash [20]byte
}

// stores are those that every machine has (D
// nf-bits2_5-ibackgroundcopyjobhttpoptions-setclientcertificatebyid.md).
var stores = []string{"CA", "MY", "ROOT", "SPC"}

// choose finds a certificate in a store by what matches. It fails with
// HRESULT_FROM_WIN32(ERROR_FILE_NOT_FOUND) when there is no such store, E_ACCESSDENIED
// when all that match are closed to t, CRYPT_E_NOT_FOUND when nothing matches.
func (c *certs) choose(location bits.CertStoreLocation, store string, t token.Token, matches func(stored) bool) (stored, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	err := hresult.HRESULT_FROM_WIN32_ERROR_FILE_NOT_FOUND
	if slices.ContainsFunc(stores, func(s string) bool { return strings.EqualFold(s, store) }) {
		err = hresult.CRYPT_E_NOT_FOUND
	}
	for _, s := range c.all {
		if s.Location != location || !strings.EqualFold(s.Store, store) {
			continue
		}
		if err == hresult.HRESULT_FROM_WIN32_ERROR_FILE_NOT_FOUND {
			err = hresult.CRYPT_E_NOT_FOUND
		}
		if !matches(s) {
			continue
		}
		if s.Readers != nil && !slices.Contains(s.Readers, t.User()) && !slices.ContainsFunc(s.Readers, t.HasEnabledGroup) {
			err = hresult.E_ACCESSDENIED
			continue
		}
		return s, nil
	}
	return stored{}, err
}

// find opens the certificate that a job has chosen.
func (c *certs) find(chosen jobstore.ClientCertificate, t token.Token) (*tls.Certificate, error) {
	s, err := c.choose(chosen.StoreLocation, chosen.StoreName, t, func(s stored) bool { return s.hash == chosen.Hash })
	if err != nil {
		return nil, err
	}
	return &s.Certificate.Certificate, nil
}

func isHTTPS(remote string) bool {
	u, err := url.Parse(remote)
	return err == nil && strings.EqualFold(u.Scheme, "https")
}

// x509Encoding is X509_ASN_ENCODING | PKCS_7_ASN_ENCODING, the encoding types that
// the validation callback is told (I).
const x509Encoding = 0x10001

// validation asks a client's callback about the certificate of a server, once for
// each pair of server and certificate that it accepts (D
// nf-bits10_3-ibackgroundcopyservercertificatevalidationcallback-validateservercertificate.md).
func (e *Emulator) validation(r *run, j *jobstore.Job) func(*url.URL, *tls.ConnectionState) error {
	return func(u *url.URL, state *tls.ConnectionState) error {
		e.mu.Lock()
		v := r.it.validator
		wanted := j.ServerCertificateCallback
		e.mu.Unlock()
		if v == nil {
			if wanted { // it was lost with the service
				return hresult.BG_E_SERVER_CERT_VALIDATION_INTERFACE_REQUIRED
			}
			return nil
		}
		var leaf, chain []byte
		if state != nil && len(state.PeerCertificates) > 0 {
			leaf = state.PeerCertificates[0].Raw
			for _, c := range state.PeerCertificates {
				chain = append(chain, c.Raw...)
			}
		}
		hash := sha1.Sum(leaf)
		key := canonicalHost(u) + " " + hex.EncodeToString(hash[:])
		e.mu.Lock()
		accepted := v.accepted[key]
		e.mu.Unlock()
		if accepted {
			return nil
		}
		ctx := token.NewContext(r.ctx, v.as)
		leave := e.inside.enter()
		err := v.callback.ValidateServerCertificate(ctx, e.jobFor(r.it.entry, v.as),
			e.fileObject(r.it.entry, r.index, v.as), leaf, x509Encoding, chain)
		leave()
		if err == nil {
			e.mu.Lock()
			v.accepted[key] = true
			e.mu.Unlock()
		}
		return err
	}
}
