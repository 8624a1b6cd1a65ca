package bitsemu_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha1" //nolint:gosec // certificates are named by their SHA-1
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"strings"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu"
	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/sid"
	"github.com/bitsemu/bitsemu/token"
	"github.com/bitsemu/bitsemu/transfer"
	"github.com/bitsemu/bitsemu/winver"
)

// certificate puts a client certificate, for "client.test", into the store MY.
func (r *rig) certificate(readers []sid.SID) [20]byte {
	r.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	r.ok(err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "client.test"}, NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	r.ok(err)
	r.ok(r.emu.AddCertificate(bitsemu.Certificate{
		Location: bits.BG_CERT_STORE_LOCATION_CURRENT_USER, Store: "MY", Readers: readers,
		Certificate: tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key},
	}))
	return sha1.Sum(der) //nolint:gosec // as above
}

// chooser is one of the two methods that choose a client certificate. The name of the
// subject and the hash are both right, or both wrong.
type chooser func(r *rig, j bits.Job, location bits.CertStoreLocation, store string, hash [20]byte, subject string) error

func choosing(choose chooser, more map[string]shown) map[string]shown {
	const user = bits.BG_CERT_STORE_LOCATION_CURRENT_USER
	return with(map[string]shown{
		"S_OK": does(func(r *rig) error { return choose(r, r.download(), user, "MY", r.certificate(nil), "client.test") }),
		"E_ACCESSDENIED": does(func(r *rig) error {
			return choose(r, r.download(), user, "MY", r.certificate([]sid.SID{rigBob}), "client.test")
		}),
		"E_NOTIMPL": does(func(r *rig) error { return choose(r, r.download(), 99, "MY", r.certificate(nil), "client.test") }),
		"HRESULT_FROM_WIN32_ERROR_FILE_NOT_FOUND": does(func(r *rig) error {
			return choose(r, r.download(), user, "nowhere", r.certificate(nil), "client.test")
		}),
		"CRYPT_E_NOT_FOUND": does(func(r *rig) error {
			r.certificate(nil)
			return choose(r, r.download(), user, "MY", [20]byte{1}, "another.test")
		}),
		"HRESULT_FROM_WIN32_RPC_X_NULL_REF_POINTER": impossible(noPointers),
		"BG_E_STRING_TOO_LONG": does(func(r *rig) error {
			return choose(r, r.download(), user, strings.Repeat("M", 257), r.certificate(nil), "client.test")
		}),
		"BG_E_INVALID_STATE": inFinal(func(r *rig, j bits.Job) error { return choose(r, j, user, "MY", r.certificate(nil), "client.test") }),
	}, more)
}

func byID(r *rig, j bits.Job, location bits.CertStoreLocation, store string, hash [20]byte, _ string) error {
	return ask[bits.JobHttpOptions](r, j).SetClientCertificateByID(r.ctx, location, store, hash)
}

func byName(r *rig, j bits.Job, location bits.CertStoreLocation, store string, _ [20]byte, subject string) error {
	return ask[bits.JobHttpOptions](r, j).SetClientCertificateByName(r.ctx, location, store, subject)
}

// certified is a job with a client certificate.
func (r *rig) certified() bits.JobHttpOptions {
	r.Helper()
	options := ask[bits.JobHttpOptions](r, r.download())
	r.ok(options.SetClientCertificateByID(r.ctx, bits.BG_CERT_STORE_LOCATION_CURRENT_USER, "MY", r.certificate(nil)))
	return options
}

func setHeaders(text string) func(*rig, bits.Job) error {
	return func(r *rig, j bits.Job) error { return ask[bits.JobHttpOptions](r, j).SetCustomHeaders(r.ctx, &text) }
}

func getHeaders(r *rig, j bits.Job) error {
	_, ok, err := ask[bits.JobHttpOptions](r, j).GetCustomHeaders(r.ctx)
	return found(ok, err)
}

var specHTTPOptions = specMethods{
	"SetClientCertificateByID": choosing(byID, map[string]shown{
		"HRESULT_FROM_WIN32_RPC_X_BAD_STUB_DATA": impossible("a hash is an array of 20 bytes"),
	}),
	"SetClientCertificateByName": choosing(byName, nil),
	"RemoveClientCertificate": {
		"S_OK": does(func(r *rig) error { return answer(r.certified().RemoveClientCertificate(r.ctx)) }),
		"S_FALSE": onNew(func(r *rig, j bits.Job) error {
			return answer(ask[bits.JobHttpOptions](r, j).RemoveClientCertificate(r.ctx))
		}),
		"BG_E_INVALID_STATE": inFinal(func(r *rig, j bits.Job) error {
			return answer(ask[bits.JobHttpOptions](r, j).RemoveClientCertificate(r.ctx))
		}),
	},
	"GetClientCertificate": {
		"S_OK": does(func(r *rig) error {
			c, err := r.certified().GetClientCertificate(r.ctx)
			require.Equal(r, "MY", c.StoreName)
			return err
		}),
		"HRESULT_FROM_WIN32_RPC_X_BAD_STUB_DATA": onNew(func(r *rig, j bits.Job) error {
			_, err := ask[bits.JobHttpOptions](r, j).GetClientCertificate(r.ctx)
			return err
		}),
		"HRESULT_FROM_WIN32_RPC_X_NULL_REF_POINTER": impossible(noPointers),
	},
	"SetCustomHeaders": {
		"S_OK":                 onNew(setHeaders("X: " + strings.Repeat("h", 16378) + "\r\n")),
		"BG_E_STRING_TOO_LONG": onNew(setHeaders("X: " + strings.Repeat("h", 16379) + "\r\n")),
		"BG_E_INVALID_STATE":   inFinal(setHeaders("X: y\r\n")),
	},
	"GetCustomHeaders": {
		"S_OK": onNew(func(r *rig, j bits.Job) error {
			r.ok(setHeaders("X: y\r\n")(r, j))
			return getHeaders(r, j)
		}),
		"S_FALSE": onNew(getHeaders),
		"E_ACCESSDENIED": onNew(func(r *rig, j bits.Job) error {
			options, err := bits.Query[bits.JobHttpOptions](r.carol(), j)
			r.ok(err)
			_, _, err = options.GetCustomHeaders(r.carol())
			r.fails(err, hresult.E_ACCESSDENIED)
			r.ok(setHeaders("X: y\r\n")(r, j))
			r.ok(ask[bits.JobHttpOptions3](r, j).MakeCustomHeadersWriteOnly(r.ctx))
			return getHeaders(r, j)
		}),
		"HRESULT_FROM_WIN32_RPC_X_NULL_REF_POINTER": impossible(noPointers),
	},
	"SetSecurityFlags": {
		"S_OK": onNew(func(r *rig, j bits.Job) error {
			return ask[bits.JobHttpOptions](r, j).SetSecurityFlags(r.ctx, bits.BG_SSL_ENABLE_CRL_CHECK)
		}),
		"E_NOTIMPL": onNew(func(r *rig, j bits.Job) error { return ask[bits.JobHttpOptions](r, j).SetSecurityFlags(r.ctx, 1<<20) }),
	},
	"GetSecurityFlags": {"S_OK": onNew(func(r *rig, j bits.Job) error {
		flags, err := ask[bits.JobHttpOptions](r, j).GetSecurityFlags(r.ctx)
		require.Zero(r, flags)
		return err
	})},
}

func setMethod(method string) func(*rig, bits.Job) error {
	return func(r *rig, j bits.Job) error { return ask[bits.JobHttpOptions2](r, j).SetHttpMethod(r.ctx, method) }
}

var specHTTPOptions2 = specMethods{
	"SetHttpMethod": {
		"S_OK": onNew(setMethod("POST")),
		"BG_E_NOT_SUPPORTED_WITH_CUSTOM_HTTP_METHOD": onNew(func(r *rig, j bits.Job) error {
			r.ok(setMethod("POST")(r, j))
			r.fails(addRanges(bits.FileRange{Length: 10})(r, j), hresult.BG_E_NOT_SUPPORTED_WITH_CUSTOM_HTTP_METHOD)
			r.ok(setMethod("GET")(r, j))
			r.ok(addRanges(bits.FileRange{Length: 10})(r, j))
			return setMethod("POST")(r, j)
		}),
		"BG_E_UNSUPPORTED_JOB_CONFIGURATION": onNew(func(r *rig, j bits.Job) error {
			r.ok(setProperty(bits.BITS_JOB_PROPERTY_ON_DEMAND_MODE, bits.PropertyEnable(true))(r, j))
			return setMethod("POST")(r, j)
		}),
	},
	"GetHttpMethod": {"S_OK": onNew(func(r *rig, j bits.Job) error {
		method, err := ask[bits.JobHttpOptions2](r, j).GetHttpMethod(r.ctx)
		require.Equal(r, "GET", method)
		return err
	})},
}

var specHTTPOptions3 = specMethods{
	"SetServerCertificateValidationInterface": {
		"S_OK": does(func(r *rig) error {
			for _, s := range []bits.JobState{bits.BG_JOB_STATE_SUSPENDED, bits.BG_JOB_STATE_ERROR, bits.BG_JOB_STATE_TRANSFERRED} {
				r.ok(ask[bits.JobHttpOptions3](r, r.again().in(s)).SetServerCertificateValidationInterface(r.ctx, &judge{}))
			}
			return nil
		}),
		"E_NOINTERFACE": impossible(typedArg),
		"BG_E_READ_ONLY_WHEN_JOB_ACTIVE": does(func(r *rig) error {
			return ask[bits.JobHttpOptions3](r, r.held()).SetServerCertificateValidationInterface(r.ctx, &judge{})
		}),
	},
	"MakeCustomHeadersWriteOnly": {"S_OK": onNew(func(r *rig, j bits.Job) error {
		return ask[bits.JobHttpOptions3](r, j).MakeCustomHeadersWriteOnly(r.ctx)
	})},
}

// secured is a job with a file of an https server and a client's check of its
// certificate.
func (r *rig) secured(j *judge) bits.Job {
	r.Helper()
	s := transfer.NewScript(transfer.Size(10))
	r.ok(r.emu.Script("https://files.test/s", s))
	job := r.job(down)
	r.ok(job.AddFile(r.ctx, "https://files.test/s", rigLocal("s")))
	r.ok(ask[bits.JobHttpOptions3](r, job).SetServerCertificateValidationInterface(r.ctx, j))
	return job
}

// These are what a client returns, and what becomes of the job then.
var specValidation = specMethods{
	"ValidateServerCertificate": {
		"S_OK": does(func(r *rig) error {
			j := &judge{}
			r.resume(r.secured(j), bits.BG_JOB_STATE_TRANSFERRED)
			require.Equal(r, 1, j.asked)
			return j.verdict
		}),
		"any": does(func(r *rig) error {
			j := &judge{verdict: hresult.CRYPT_E_NOT_FOUND}
			job := r.resume(r.secured(j), bits.BG_JOB_STATE_TRANSIENT_ERROR)
			r.code(job, hresult.CRYPT_E_NOT_FOUND, bits.BG_ERROR_CONTEXT_SERVER_CERTIFICATE_CALLBACK)
			require.Equal(r, 1, j.asked)
			r.seconds(600)
			require.Equal(r, 2, j.asked, "what is rejected is not kept in mind")
			return j.verdict
		}),
	},
}

// options is IBitsTokenOptions of a new job.
func (r *rig) options() bits.TokenOptions {
	r.Helper()
	return ask[bits.TokenOptions](r, r.download())
}

var specTokenOptions = specMethods{
	"SetHelperTokenFlags": {"S_OK": does(func(r *rig) error { return r.options().SetHelperTokenFlags(r.ctx, bits.BG_TOKEN_NETWORK) })},
	"GetHelperTokenFlags": {"S_OK": does(func(r *rig) error {
		o := r.options()
		r.ok(o.SetHelperTokenFlags(r.ctx, bits.BG_TOKEN_LOCAL_FILE))
		flags, err := o.GetHelperTokenFlags(r.ctx)
		require.Equal(r, bits.BG_TOKEN_LOCAL_FILE, flags)
		return err
	})},
	"SetHelperToken": {
		"S_OK": does(func(r *rig) error { return r.options().SetHelperToken(r.bob()) }),
		"CO_E_FAILEDTOIMPERSONATE": does(func(r *rig) error {
			return r.options().SetHelperToken(r.as(token.User(rigBob, token.WithLevel(token.LevelIdentify))))
		}),
		"E_ACCESSDENIED": does(func(r *rig) error {
			r.fails(r.options().SetHelperToken(r.carol()), hresult.E_ACCESSDENIED) // an administrator's token from who is none
			old := r.again(bitsemu.Windows(winver.Windows8_1))
			found, err := old.emu.Manager().GetJob(r.carol(), old.info(old.download()).ID)
			r.ok(err)
			options, err := bits.Query[bits.TokenOptions](r.carol(), found)
			r.ok(err)
			return options.SetHelperToken(r.bob()) // before 1607, on a job of who is no administrator
		}),
	},
	"ClearHelperToken": {"S_OK": does(func(r *rig) error {
		o := r.options()
		r.ok(o.SetHelperToken(r.bob()))
		return o.ClearHelperToken(r.ctx)
	})},
	"GetHelperTokenSid": {"S_OK": does(func(r *rig) error {
		o := r.options()
		r.ok(o.SetHelperToken(r.bob()))
		who, err := o.GetHelperTokenSid(r.ctx)
		require.Equal(r, rigBob, who)
		return err
	})},
}
