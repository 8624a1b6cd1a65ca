package transfer

import (
	"context"
	"crypto/tls"
	"net/url"
	"time"

	"github.com/bitsemu/bitsemu/bits"
)

type (
	nowKey      struct{}
	wakeKey     struct{}
	proxyKey    struct{}
	securityKey struct{}
	identityKey struct{}
)

// WithNow makes [Now] ask now for the time.
func WithNow(ctx context.Context, now func() time.Time) context.Context {
	return context.WithValue(ctx, nowKey{}, now)
}

// Now is the time by the clock of ctx, or time.Now if it has none.
func Now(ctx context.Context) time.Time {
	if now, ok := ctx.Value(nowKey{}).(func() time.Time); ok {
		return now()
	}
	return time.Now()
}

// WithWake makes wake what [Wake] returns. It may be called from any goroutine,
// and must not call the download.
func WithWake(ctx context.Context, wake func()) context.Context {
	return context.WithValue(ctx, wakeKey{}, wake)
}

// Wake is what a held source calls when it can go on; it is never nil.
func Wake(ctx context.Context) func() {
	if wake, ok := ctx.Value(wakeKey{}).(func()); ok {
		return wake
	}
	return func() {}
}

// WithProxy tells a transport to send a request through proxy.
func WithProxy(ctx context.Context, proxy *url.URL) context.Context {
	return context.WithValue(ctx, proxyKey{}, proxy)
}

// ProxyOf is the proxy of a request, nil for none.
func ProxyOf(ctx context.Context) *url.URL {
	proxy, _ := ctx.Value(proxyKey{}).(*url.URL)
	return proxy
}

// WithSecurity tells a transport what to tolerate of certificates.
func WithSecurity(ctx context.Context, flags bits.SecurityFlags) context.Context {
	return context.WithValue(ctx, securityKey{}, flags)
}

// SecurityOf is what WithSecurity set.
func SecurityOf(ctx context.Context) bits.SecurityFlags {
	flags, _ := ctx.Value(securityKey{}).(bits.SecurityFlags)
	return flags
}

// WithClientCertificate tells a transport who the client is to a server that
// asks.
func WithClientCertificate(ctx context.Context, certificate *tls.Certificate) context.Context {
	return context.WithValue(ctx, identityKey{}, certificate)
}

// ClientCertificateOf is what WithClientCertificate set, nil for none.
func ClientCertificateOf(ctx context.Context) *tls.Certificate {
	certificate, _ := ctx.Value(identityKey{}).(*tls.Certificate)
	return certificate
}
