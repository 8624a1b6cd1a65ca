package bitstest

import (
	"context"
	"strings"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
)

const (
	byIDPage   = "D nf-bits2_5-ibackgroundcopyjobhttpoptions-setclientcertificatebyid.md"
	byNamePage = "D nf-bits2_5-ibackgroundcopyjobhttpoptions-setclientcertificatebyname.md"
)

// nowhere is the hash of no certificate.
var nowhere = [20]byte{0xb1, 0x75}

// certificateCases are about certificates of clients, and of servers.
func certificateCases() []Case {
	long := strings.Repeat("s", 256)
	options := func(e *env) bits.JobHttpOptions {
		return query[bits.JobHttpOptions](e, e.job(bits.BG_JOB_TYPE_DOWNLOAD))
	}
	return []Case{
		{"certificate/none", "D nf-bits2_5-ibackgroundcopyjobhttpoptions-getclientcertificate.md", func(e *env) {
			_, err := options(e).GetClientCertificate(e.ctx)
			require.Error(e, err)
		}},
		{"certificate/remove-none", "D nf-bits2_5-ibackgroundcopyjobhttpoptions-removeclientcertificate.md", func(e *env) {
			result, err := options(e).RemoveClientCertificate(e.ctx)
			e.answers(hresult.S_FALSE, result, err)
		}},
		{"certificate/location-without-name", byIDPage + "; " + byNamePage, func(e *env) {
			o := options(e)
			e.fails(o.SetClientCertificateByID(e.ctx, 99, "MY", nowhere), hresult.E_NOTIMPL)
			e.fails(o.SetClientCertificateByName(e.ctx, 99, "MY", "bitstest"), hresult.E_NOTIMPL)
		}},
		{"certificate/names-too-long", byIDPage + "; " + byNamePage, func(e *env) {
			o := options(e)
			e.fails(o.SetClientCertificateByID(e.ctx, bits.BG_CERT_STORE_LOCATION_CURRENT_USER, long, nowhere), hresult.BG_E_STRING_TOO_LONG)
			e.fails(o.SetClientCertificateByName(e.ctx, bits.BG_CERT_STORE_LOCATION_CURRENT_USER, long, "bitstest"), hresult.BG_E_STRING_TOO_LONG)
			e.fails(o.SetClientCertificateByName(e.ctx, bits.BG_CERT_STORE_LOCATION_CURRENT_USER, "MY", long), hresult.BG_E_STRING_TOO_LONG)
		}},
		{"certificate/not-found", byIDPage + "; " + byNamePage, func(e *env) {
			o := options(e)
			e.fails(o.SetClientCertificateByID(e.ctx, bits.BG_CERT_STORE_LOCATION_CURRENT_USER, "MY", nowhere), hresult.CRYPT_E_NOT_FOUND)
			e.fails(o.SetClientCertificateByName(e.ctx, bits.BG_CERT_STORE_LOCATION_CURRENT_USER, "MY", "bitstest "+e.id), hresult.CRYPT_E_NOT_FOUND)
		}},
		{"certificate/store-not-found", byIDPage, func(e *env) {
			err := options(e).SetClientCertificateByID(e.ctx, bits.BG_CERT_STORE_LOCATION_CURRENT_USER, "bitstest-"+e.id, nowhere)
			e.fails(err, hresult.HRESULT_FROM_WIN32_ERROR_FILE_NOT_FOUND)
		}},
		{"certificate/callback", "D nf-bits10_3-ibackgroundcopyjobhttpoptions3-setservercertificatevalidationinterface.md", func(e *env) {
			o := query[bits.JobHttpOptions3](e, e.job(bits.BG_JOB_TYPE_DOWNLOAD))
			e.ok(o.SetServerCertificateValidationInterface(e.ctx, anyServer{}))
			e.ok(o.SetServerCertificateValidationInterface(e.ctx, nil))
		}},
		{"certificate/callback-of-an-active-job", "D nf-bits10_3-ibackgroundcopyjobhttpoptions3-setservercertificatevalidationinterface.md", func(e *env) {
			job, _ := e.download("status/503")
			o := query[bits.JobHttpOptions3](e, job)
			e.resume(job, bits.BG_JOB_STATE_TRANSIENT_ERROR)
			e.fails(o.SetServerCertificateValidationInterface(e.ctx, anyServer{}), hresult.BG_E_READ_ONLY_WHEN_JOB_ACTIVE)
			e.ok(job.Suspend(e.ctx))
			e.ok(o.SetServerCertificateValidationInterface(e.ctx, anyServer{}))
		}},
	}
}

// anyServer accepts the certificates of all servers.
type anyServer struct{}

func (anyServer) ValidateServerCertificate(context.Context, bits.Job, bits.File, []byte, uint32, []byte) error {
	return nil
}
