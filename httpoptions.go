package bitsemu

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/jobstore"
	"github.com/bitsemu/bitsemu/tokenopts"
)

const (
	iHTTP2 = "IBackgroundCopyJobHttpOptions2::"
	iHTTP3 = "IBackgroundCopyJobHttpOptions3::"
)

// setCertificate chooses a client certificate, which is looked for as the owner.
func (j *job) setCertificate(ctx context.Context, method string, location bits.CertStoreLocation, store, subject string, matches func(stored) bool) error {
	return j.ownModify(ctx, method, func(r *jobstore.Job) error {
		if !location.Valid() {
			return fmt.Errorf("store location %d: %w", location, hresult.E_NOTIMPL)
		}
		if err := tooLong("the store's name", store, maxCertName-1, hresult.BG_E_STRING_TOO_LONG); err != nil {
			return err
		}
		if err := tooLong("the subject", subject, maxCertName-1, hresult.BG_E_STRING_TOO_LONG); err != nil {
			return err
		}
		s, err := j.e.certs.choose(location, store, r.Owner, matches)
		if err != nil {
			return fmt.Errorf("store %q: %w", store, err)
		}
		r.ClientCertificate = jobstore.ClientCertificate{
			StoreLocation: location, StoreName: store, SubjectName: subject, Hash: s.hash, Set: true,
		}
		return nil
	})
}

// SetClientCertificateByID implements [bits.JobHttpOptions].
func (j *job) SetClientCertificateByID(ctx context.Context, location bits.CertStoreLocation, store string, hash [20]byte) error {
	return j.setCertificate(ctx, iHTTP+"SetClientCertificateByID", location, store, "", func(s stored) bool { return s.hash == hash })
}

// SetClientCertificateByName implements [bits.JobHttpOptions].
func (j *job) SetClientCertificateByName(ctx context.Context, location bits.CertStoreLocation, store, subject string) error {
	if subject == "" {
		const method = iHTTP + "SetClientCertificateByName"
		if _, err := j.enter(ctx, method, tokenopts.OwnJob); err != nil {
			return err
		}
		return j.fail(ctx, method, fmt.Errorf("an empty subject [D; I for the code]: %w", hresult.E_INVALIDARG))
	}
	return j.setCertificate(ctx, iHTTP+"SetClientCertificateByName", location, store, subject, func(s stored) bool {
		return strings.Contains(strings.ToLower(s.leaf.Subject.String()), strings.ToLower(subject)) ||
			strings.Contains(strings.ToLower(s.leaf.Subject.CommonName), strings.ToLower(subject))
	})
}

// RemoveClientCertificate implements [bits.JobHttpOptions].
func (j *job) RemoveClientCertificate(ctx context.Context) (hresult.HRESULT, error) {
	was := false
	err := j.ownModify(ctx, iHTTP+"RemoveClientCertificate", func(r *jobstore.Job) error {
		was = r.ClientCertificate.Set
		r.ClientCertificate = jobstore.ClientCertificate{}
		return nil
	})
	if err != nil {
		return hresult.S_OK, err
	}
	return short(!was), nil
}

// GetClientCertificate implements [bits.JobHttpOptions].
func (j *job) GetClientCertificate(ctx context.Context) (bits.ClientCertificate, error) {
	const method = iHTTP + "GetClientCertificate"
	r, err := j.read(ctx, method)
	if err != nil {
		return bits.ClientCertificate{}, err
	}
	c := r.ClientCertificate
	if c.Set {
		if _, err = j.e.certs.find(c, j.judged); err == nil {
			return bits.ClientCertificate{StoreLocation: c.StoreLocation, StoreName: c.StoreName, CertHash: c.Hash, SubjectName: c.SubjectName}, nil
		}
	}
	return bits.ClientCertificate{}, j.fail(ctx, method, hresult.HRESULT_FROM_WIN32_RPC_X_BAD_STUB_DATA)
}

// SetCustomHeaders implements [bits.JobHttpOptions].
func (j *job) SetCustomHeaders(ctx context.Context, requestHeaders *string) error {
	return j.ownModify(ctx, iHTTP+"SetCustomHeaders", func(r *jobstore.Job) error {
		s, err := j.e.secrets(r)
		if err != nil {
			return err
		}
		s.CustomHeaders, s.HasHeaders = "", requestHeaders != nil
		if requestHeaders != nil {
			s.CustomHeaders = *requestHeaders
			if err := tooLong("the headers", s.CustomHeaders, maxHeaders-1, hresult.BG_E_STRING_TOO_LONG); err != nil {
				return err
			}
		}
		return j.e.sealSecrets(r, s)
	})
}

// GetCustomHeaders implements [bits.JobHttpOptions].
func (j *job) GetCustomHeaders(ctx context.Context) (requestHeaders string, ok bool, err error) {
	const method = iHTTP + "GetCustomHeaders"
	if _, err := j.enter(ctx, method, tokenopts.OwnJob); err != nil {
		return "", false, err
	}
	r, err := j.read(ctx, method)
	if err != nil {
		return "", false, err
	}
	if r.CustomHeadersWriteOnly {
		return "", false, j.fail(ctx, method, fmt.Errorf("they are write-only: %w", hresult.E_ACCESSDENIED))
	}
	s, err := j.e.secrets(&r)
	return s.CustomHeaders, s.HasHeaders, j.fail(ctx, method, err)
}

// SetSecurityFlags implements [bits.JobHttpOptions].
func (j *job) SetSecurityFlags(ctx context.Context, flags bits.SecurityFlags) error {
	restart := false
	err := j.modify(ctx, iHTTP+"SetSecurityFlags", func(r *jobstore.Job) error {
		if !flags.Valid() {
			return fmt.Errorf("flags %#x: %w", uint32(flags), hresult.E_NOTIMPL)
		}
		// To begin checking for revocation starts the file anew (D
		// nf-bits2_5-ibackgroundcopyjobhttpoptions-setsecurityflags.md).
		restart = flags.Has(bits.BG_SSL_ENABLE_CRL_CHECK) && !r.SecurityFlags.Has(bits.BG_SSL_ENABLE_CRL_CHECK)
		r.SecurityFlags = flags
		return nil
	})
	if err == nil && restart {
		j.e.mu.Lock()
		defer j.e.mu.Unlock()
		if run := j.e.runOf(j.entry); run != nil && run.index >= 0 {
			run.held.Store(0)
		}
		j.e.refresh(j.entry)
	}
	return err
}

// GetSecurityFlags implements [bits.JobHttpOptions].
func (j *job) GetSecurityFlags(ctx context.Context) (bits.SecurityFlags, error) {
	r, err := j.read(ctx, iHTTP+"GetSecurityFlags")
	return r.SecurityFlags, err
}

const methodUpload = "BITS_POST"

func defaultMethod(t bits.JobType) string {
	if t == bits.BG_JOB_TYPE_DOWNLOAD {
		return http.MethodGet
	}
	return methodUpload
}

// SetHttpMethod implements [bits.JobHttpOptions2]. After the first Resume it is
// BG_E_READ_ONLY_PROPERTY_AFTER_RESUME (I); a method that is no token of HTTP is
// E_INVALIDARG (I). Upload jobs have the one method that there is a protocol for (C).
func (j *job) SetHttpMethod(ctx context.Context, method string) error {
	return j.modify(ctx, iHTTP2+"SetHttpMethod", func(r *jobstore.Job) error {
		switch {
		case r.Resumed:
			return hresult.BG_E_READ_ONLY_PROPERTY_AFTER_RESUME
		case !isToken(method):
			return fmt.Errorf("method %q: %w", shorten(method), hresult.E_INVALIDARG)
		case method == defaultMethod(r.Type):
			r.HTTPMethod = ""
			return nil
		case r.DynamicContent || r.OnDemandMode, r.Type != bits.BG_JOB_TYPE_DOWNLOAD:
			return fmt.Errorf("the method %s: %w", method, hresult.BG_E_UNSUPPORTED_JOB_CONFIGURATION)
		case hasRanges(r):
			return fmt.Errorf("ranges and the method %s [I]: %w", method, hresult.BG_E_NOT_SUPPORTED_WITH_CUSTOM_HTTP_METHOD)
		}
		r.HTTPMethod, r.Priority = method, bits.BG_JOB_PRIORITY_FOREGROUND
		return nil
	})
}

// isToken reports whether a method could stand in a request.
func isToken(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		return r <= ' ' || r >= 0x7f || strings.ContainsRune("\"(),/:;<=>?@[\\]{}", r)
	})
}

// GetHttpMethod implements [bits.JobHttpOptions2].
func (j *job) GetHttpMethod(ctx context.Context) (string, error) {
	r, err := j.read(ctx, iHTTP2+"GetHttpMethod")
	if err != nil || r.HTTPMethod != "" {
		return r.HTTPMethod, err
	}
	return defaultMethod(r.Type), nil
}

// SetServerCertificateValidationInterface implements [bits.JobHttpOptions3].
func (j *job) SetServerCertificateValidationInterface(ctx context.Context, callback bits.ServerCertificateValidationCallback) error {
	caller := j.caller(ctx)
	err := j.modify(ctx, iHTTP3+"SetServerCertificateValidationInterface", func(r *jobstore.Job) error {
		switch r.State {
		case bits.BG_JOB_STATE_SUSPENDED, bits.BG_JOB_STATE_ERROR, bits.BG_JOB_STATE_TRANSFERRED:
		default:
			return fmt.Errorf("in %s: %w", r.State, hresult.BG_E_READ_ONLY_WHEN_JOB_ACTIVE)
		}
		r.ServerCertificateCallback = callback != nil
		return nil
	})
	if err != nil {
		return err
	}
	j.e.mu.Lock()
	defer j.e.mu.Unlock()
	it := j.e.item(j.entry)
	it.validator = nil
	if callback != nil {
		it.validator = &validator{callback: callback, as: caller, accepted: map[string]bool{}}
	}
	j.e.release(it)
	return nil
}

// MakeCustomHeadersWriteOnly implements [bits.JobHttpOptions3].
func (j *job) MakeCustomHeadersWriteOnly(ctx context.Context) error {
	return j.modify(ctx, iHTTP3+"MakeCustomHeadersWriteOnly", func(r *jobstore.Job) error {
		r.CustomHeadersWriteOnly = true
		return nil
	})
}
