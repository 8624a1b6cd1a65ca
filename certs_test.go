package bitsemu_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha1" //nolint:gosec // BITS names certificates by it
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"io"
	"log"
	"math/big"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu"
	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/sid"
	"github.com/bitsemu/bitsemu/token"
)

// certificate makes a self-signed one.
func certificate(t *testing.T, name string) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name, Organization: []string{"bitsemu"}},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	require.NoError(t, err)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// secure starts a server that shows a certificate which nobody vouches for, and wants one
// of its clients.
func secure(t *testing.T, clients tls.ClientAuthType) *httptest.Server {
	t.Helper()
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := "nobody"
		if len(r.TLS.PeerCertificates) > 0 {
			name = r.TLS.PeerCertificates[0].Subject.CommonName
		}
		who(name).ServeHTTP(w, r)
	}))
	server.TLS = &tls.Config{ClientAuth: clients}
	server.Config.ErrorLog = quiet
	server.StartTLS()
	t.Cleanup(server.Close)
	return server
}

// overTLS makes a foreground job with one file from a server that nobody vouches for.
func overTLS(t *testing.T, m bits.Manager, remote, local string) (bits.Job, bits.JobHttpOptions3) {
	t.Helper()
	ctx := t.Context()
	_, job, err := m.CreateJob(ctx, "secure", bits.BG_JOB_TYPE_DOWNLOAD)
	require.NoError(t, err)
	require.NoError(t, job.SetPriority(ctx, bits.BG_JOB_PRIORITY_FOREGROUND))
	require.NoError(t, job.AddFile(ctx, remote, local))
	options, err := bits.Query[bits.JobHttpOptions3](ctx, job)
	require.NoError(t, err)
	require.NoError(t, options.SetSecurityFlags(ctx, bits.BG_SSL_IGNORE_UNKNOWN_CA))
	return job, options
}

func TestClientCertificates(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	emu := bitsemu.RunT(t)
	server := secure(t, tls.RequireAnyClientCert)
	mine, yours := certificate(t, "mine"), certificate(t, "yours")
	const user = bits.BG_CERT_STORE_LOCATION_CURRENT_USER
	require.NoError(t, emu.AddCertificate(bitsemu.Certificate{Location: user, Store: "MY", Certificate: mine}))
	require.NoError(t, emu.AddCertificate(bitsemu.Certificate{Location: user, Store: "own", Certificate: yours, Readers: []sid.SID{accessBob}}))
	require.ErrorIs(t, emu.AddCertificate(bitsemu.Certificate{Store: "MY"}), hresult.E_INVALIDARG)
	require.Error(t, emu.AddCertificate(bitsemu.Certificate{Store: "MY", Certificate: tls.Certificate{Certificate: [][]byte{{1}}}}))

	job, options := overTLS(t, emu.Manager(), server.URL+"/a", `C:\Downloads\a`)
	id, err := job.GetId(ctx)
	require.NoError(t, err)
	require.NoError(t, job.Resume(ctx))
	emu.Settle()
	emu.CheckState(t, id, bits.BG_JOB_STATE_ERROR)
	emu.CheckError(t, id, hresult.HRESULT_FROM_WIN32_ERROR_WINHTTP_CLIENT_AUTH_CERT_NEEDED, bits.BG_ERROR_CONTEXT_REMOTE_FILE)

	require.ErrorIs(t, options.SetClientCertificateByName(ctx, user, "none", "mine"), hresult.HRESULT_FROM_WIN32_ERROR_FILE_NOT_FOUND)
	require.ErrorIs(t, options.SetClientCertificateByName(ctx, user, "MY", "yours"), hresult.CRYPT_E_NOT_FOUND)
	require.ErrorIs(t, options.SetClientCertificateByName(ctx, user, "own", "yours"), hresult.E_ACCESSDENIED)
	require.NoError(t, options.SetClientCertificateByName(ctx, user, "my", "MINE"))
	got, err := options.GetClientCertificate(ctx)
	require.NoError(t, err)
	require.Equal(t, sha1.Sum(mine.Certificate[0]), got.CertHash)
	require.NoError(t, options.SetClientCertificateByID(ctx, user, "MY", got.CertHash))
	require.NoError(t, job.Resume(ctx))
	emu.Settle()
	emu.CheckState(t, id, bits.BG_JOB_STATE_TRANSFERRED)
	emu.CheckAudit(t, id, "the certificate read as the owner", func(a bitsemu.AuditEntry) bool {
		return a.Resource.String() == "ClientCertificate" && a.Token.User() == accessAlice
	})
	_, err = job.Complete(ctx)
	require.NoError(t, err)
	emu.CheckFile(t, `C:\Downloads\a`, []byte("mine"))
}

// A client certificate and BG_TOKEN_NETWORK do not go together, but for LocalSystem (D
// nf-bits4_0-ibitstokenoptions-sethelpertokenflags.md).
func TestClientCertificateAndHelper(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	emu := bitsemu.RunT(t)
	server := secure(t, tls.RequestClientCert)
	mine := certificate(t, "mine")
	const machine = bits.BG_CERT_STORE_LOCATION_LOCAL_MACHINE
	require.NoError(t, emu.AddCertificate(bitsemu.Certificate{Location: machine, Store: "MY", Certificate: mine}))
	for owner, want := range map[token.Token]hresult.HRESULT{
		token.NetworkService(): hresult.HRESULT_FROM_WIN32_ERROR_WINHTTP_CLIENT_CERT_NO_ACCESS_PRIVATE_KEY,
		token.LocalSystem():    hresult.S_OK,
	} {
		job, options := overTLS(t, emu.As(owner), server.URL+"/a", `C:\Downloads\`+owner.User().String())
		id, err := job.GetId(ctx)
		require.NoError(t, err)
		require.NoError(t, options.SetClientCertificateByName(ctx, machine, "MY", "mine"))
		helper, err := bits.Query[bits.TokenOptions](ctx, job)
		require.NoError(t, err)
		require.NoError(t, helper.SetHelperToken(token.NewContext(ctx, token.User(accessAlice))))
		require.NoError(t, helper.SetHelperTokenFlags(ctx, bits.BG_TOKEN_NETWORK))
		require.NoError(t, job.Resume(ctx))
		emu.Settle()
		if want == hresult.S_OK {
			emu.CheckState(t, id, bits.BG_JOB_STATE_TRANSFERRED)
			continue
		}
		emu.CheckState(t, id, bits.BG_JOB_STATE_ERROR)
		emu.CheckError(t, id, want, bits.BG_ERROR_CONTEXT_REMOTE_FILE)
	}
}

// inspector judges server certificates.
type inspector struct {
	answer error
	asked  int
	leaf   []byte
}

func (i *inspector) ValidateServerCertificate(_ context.Context, _ bits.Job, _ bits.File, leaf []byte, _ uint32, _ []byte) error {
	i.asked++
	i.leaf = leaf
	return i.answer
}

func TestServerCertificateCallback(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	emu := bitsemu.RunT(t)
	server := secure(t, tls.NoClientCert)
	job, options := overTLS(t, emu.Manager(), server.URL+"/a", `C:\Downloads\a`)
	id, err := job.GetId(ctx)
	require.NoError(t, err)
	refusal := hresult.CRYPT_E_REVOKED
	i := &inspector{answer: refusal}
	require.NoError(t, options.SetServerCertificateValidationInterface(ctx, i))
	require.NoError(t, job.Resume(ctx))
	emu.Settle()
	emu.CheckState(t, id, bits.BG_JOB_STATE_TRANSIENT_ERROR)
	emu.CheckError(t, id, refusal, bits.BG_ERROR_CONTEXT_SERVER_CERTIFICATE_CALLBACK)
	require.Equal(t, server.Certificate().Raw, i.leaf)
	require.ErrorIs(t, options.SetServerCertificateValidationInterface(ctx, i), hresult.BG_E_READ_ONLY_WHEN_JOB_ACTIVE)

	// The callback does not outlive the service, and the job asks for it.
	require.NoError(t, emu.Restart())
	again, err := emu.Manager().GetJob(ctx, id)
	require.NoError(t, err)
	require.NoError(t, again.Resume(ctx))
	emu.Settle()
	emu.CheckState(t, id, bits.BG_JOB_STATE_ERROR)
	emu.CheckError(t, id, hresult.BG_E_SERVER_CERT_VALIDATION_INTERFACE_REQUIRED, bits.BG_ERROR_CONTEXT_SERVER_CERTIFICATE_CALLBACK)
	options, err = bits.Query[bits.JobHttpOptions3](ctx, again)
	require.NoError(t, err)
	accepting := &inspector{}
	require.NoError(t, options.SetServerCertificateValidationInterface(ctx, accepting))
	require.NoError(t, again.AddFile(ctx, server.URL+"/b", `C:\Downloads\b`))
	require.NoError(t, again.Resume(ctx))
	emu.Settle()
	emu.CheckState(t, id, bits.BG_JOB_STATE_TRANSFERRED)
	require.Equal(t, 1, accepting.asked, "what was accepted is not asked again")
}

// quiet is the log of servers whose handshakes are meant to fail.
var quiet = log.New(io.Discard, "", 0)
