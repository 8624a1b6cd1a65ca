package serve

import (
	"crypto/tls"
	"fmt"
	"time"

	"github.com/bitsemu/bitsemu"
	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/transfer"
)

// argsFault is a [bitsemu.Fault].
type argsFault struct {
	Op        string            `json:"op"`
	Code      code              `json:"code,omitempty"`
	Delay     span              `json:"delay,omitempty"`
	Context   bits.ErrorContext `json:"context,omitempty"`
	Transient bool              `json:"transient,omitempty"`
	Job       guid              `json:"job,omitempty"`
	Name      string            `json:"name,omitempty"`
	User      account           `json:"user,omitempty"`
	After     int               `json:"after,omitempty"`
	Times     int               `json:"times,omitempty"`
}

func fail(e *bitsemu.Emulator, a argsFault) error {
	return e.Fail(bitsemu.Fault{
		Op: a.Op, Code: hresult.HRESULT(a.Code), Delay: time.Duration(a.Delay), Context: a.Context, Transient: a.Transient,
		Job: a.Job.UUID, Name: a.Name, User: a.User.SID, After: a.After, Times: a.Times,
	})
}

// argsPolicy is a [transfer.Policy] of a host or a proxy.
type argsPolicy struct {
	Base       string            `json:"base"`
	Remove     bool              `json:"remove,omitempty"`
	Realm      string            `json:"realm,omitempty"`
	Schemes    []bits.AuthScheme `json:"schemes,omitempty"`
	Users      map[string]string `json:"users,omitempty"`
	Principals []string          `json:"principals,omitempty"`
}

func (a argsPolicy) policy(proxy bool) *transfer.Policy {
	if a.Remove {
		return nil
	}
	return &transfer.Policy{Proxy: proxy, Realm: a.Realm, Schemes: a.Schemes, Users: a.Users, Principals: a.Principals}
}

func proxyServer(e *bitsemu.Emulator, a argsPolicy) error {
	if a.Remove {
		return e.HandleTransport(a.Base, nil)
	}
	if len(a.Schemes) == 0 {
		return e.ProxyServer(a.Base, nil)
	}
	return e.ProxyServer(a.Base, a.policy(true))
}

// argsCertificate is a client certificate with its key, both as PEM.
type argsCertificate struct {
	Location    bits.CertStoreLocation `json:"location"`
	Store       string                 `json:"store"`
	Certificate string                 `json:"certificate"`
	Key         string                 `json:"key"`
	Readers     []account              `json:"readers,omitempty"`
}

func certificate(e *bitsemu.Emulator, a argsCertificate) error {
	pair, err := tls.X509KeyPair([]byte(a.Certificate), []byte(a.Key))
	if err != nil {
		return fmt.Errorf("serve: certificate: %w: %w", err, hresult.E_INVALIDARG)
	}
	return e.AddCertificate(bitsemu.Certificate{Location: a.Location, Store: a.Store, Certificate: pair, Readers: sids(a.Readers)})
}
