package remote

import (
	"context"
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/sid"
)

// Fault makes a call, or a step of a transfer, fail or be late. It is the Fault of
// package bitsemu, which says what each field means.
type Fault struct {
	Op        string
	Code      hresult.HRESULT
	Delay     time.Duration
	Context   bits.ErrorContext
	Transient bool
	Job       uuid.UUID
	Name      string
	User      sid.SID
	After     int
	Times     int
}

// Fail arms a fault.
func (c *Client) Fail(ctx context.Context, f Fault) error {
	args := fields{"op": f.Op}
	set(args, "code", f.Code, f.Code.Hex())
	set(args, "delay", f.Delay, f.Delay.String())
	set(args, "context", f.Context, f.Context)
	set(args, "transient", f.Transient, f.Transient)
	set(args, "job", f.Job, f.Job)
	set(args, "name", f.Name, f.Name)
	set(args, "user", f.User, f.User)
	set(args, "after", f.After, f.After)
	set(args, "times", f.Times, f.Times)
	return c.control(ctx, "fault", args)
}

// set sets a field that is not zero.
func set[T comparable](f fields, name string, v T, as any) {
	var none T
	if v != none {
		f[name] = as
	}
}

// Script is a remote file that is made up, as the Script of package transfer is: its
// content is one of Text, Content, and Size bytes made from Seed.
type Script struct {
	Text    string `json:"text,omitempty"`
	Content []byte `json:"content,omitempty"`
	Size    int64  `json:"size,omitempty"`
	Seed    uint64 `json:"seed,omitempty"`

	Modified time.Time         `json:"modified,omitzero"`
	ETag     string            `json:"etag,omitempty"`
	Header   map[string]string `json:"header,omitempty"`
	NoRanges bool              `json:"noRanges,omitempty"`
	NoLength bool              `json:"noLength,omitempty"`
	HTTP10   bool              `json:"http10,omitempty"`

	Status      ScriptStatus      `json:"status,omitzero"`
	Cut         ScriptCut         `json:"cut,omitzero"`
	Hold        bool              `json:"hold,omitempty"`   // before any answer
	HoldAt      int64             `json:"holdAt,omitempty"` // behind so many bytes
	Delay       Duration          `json:"delay,omitzero"`
	Rate        int64             `json:"rate,omitempty"` // bytes a second
	Redirect    ScriptRedirect    `json:"redirect,omitzero"`
	Unreachable ScriptUnreachable `json:"unreachable,omitzero"`
}

type (
	// ScriptStatus answers with a status a number of times, -1 for always.
	ScriptStatus struct {
		Code  int `json:"code"`
		Times int `json:"times"`
	}

	// ScriptCut cuts the connection behind so many bytes, a number of times.
	ScriptCut struct {
		After int64 `json:"after"`
		Times int   `json:"times"`
	}

	// ScriptRedirect redirects to a URL.
	ScriptRedirect struct {
		Code int    `json:"code"`
		URL  string `json:"url"`
	}

	// ScriptUnreachable fails before any answer, a number of times.
	ScriptUnreachable struct {
		Code  hresult.HRESULT `json:"code"`
		Times int             `json:"times"`
	}

	// Duration is a time.Duration that is text in JSON.
	Duration time.Duration
)

// MarshalText implements [encoding.TextMarshaler].
func (d Duration) MarshalText() ([]byte, error) { return []byte(time.Duration(d).String()), nil }

// Script puts a scripted file at a URL, in place of what is there.
func (c *Client) Script(ctx context.Context, url string, s Script) error {
	return c.script(ctx, "set", url, s)
}

// ChangeScript changes what s says about a scripted file, and leaves the rest.
func (c *Client) ChangeScript(ctx context.Context, url string, s Script) error {
	return c.script(ctx, "change", url, s)
}

// ReleaseScript lets go on what a scripted file holds.
func (c *Client) ReleaseScript(ctx context.Context, url string) error {
	return c.script(ctx, "release", url, Script{})
}

// RemoveScript removes a scripted file.
func (c *Client) RemoveScript(ctx context.Context, url string) error {
	return c.script(ctx, "remove", url, Script{})
}

func (c *Client) script(ctx context.Context, do, url string, s Script) error {
	return c.Control(ctx, "script", struct {
		URL string `json:"url"`
		Do  string `json:"do"`
		Script
	}{url, do, s}, nil)
}

// Policy says how a host or a proxy asks who is there: with which schemes, and whom it
// lets in: users with passwords for Basic and Digest, principals for NTLM and Negotiate.
type Policy struct {
	Realm      string            `json:"realm,omitempty"`
	Schemes    []bits.AuthScheme `json:"schemes,omitempty"`
	Users      map[string]string `json:"users,omitempty"`
	Principals []string          `json:"principals,omitempty"`
}

// Protect has a host, such as http://files.test, ask who is there; nil ends that.
func (c *Client) Protect(ctx context.Context, base string, p *Policy) error {
	return c.protect(ctx, "protect", base, p)
}

// ProxyServer sets up a proxy, such as http://proxy:8080, that asks by the policy if that
// has schemes; nil takes it away.
func (c *Client) ProxyServer(ctx context.Context, base string, p *Policy) error {
	return c.protect(ctx, "proxyserver", base, p)
}

func (c *Client) protect(ctx context.Context, operation, base string, p *Policy) error {
	args := struct {
		Base   string `json:"base"`
		Remove bool   `json:"remove,omitempty"`
		Policy
	}{Base: base, Remove: p == nil}
	if p != nil {
		args.Policy = *p
	}
	return c.Control(ctx, operation, args, nil)
}

// SetProxy sets the proxy in the settings of a user.
func (c *Client) SetProxy(ctx context.Context, user sid.SID, list, bypass string) error {
	return c.control(ctx, "proxy", fields{"user": user, "list": list, "bypass": bypass})
}

// SetServiceProxy sets the proxy of LocalSystem, LocalService or NetworkService: a list
// with BG_JOB_PROXY_USAGE_OVERRIDE, or BG_JOB_PROXY_USAGE_AUTODETECT or
// BG_JOB_PROXY_USAGE_NO_PROXY without one.
func (c *Client) SetServiceProxy(ctx context.Context, account sid.SID, usage bits.ProxyUsage, list, bypass string) error {
	return c.control(ctx, "serviceproxy", fields{"account": account, "usage": usage, "list": list, "bypass": bypass})
}

// ServiceProxy is the proxy of a service account.
func (c *Client) ServiceProxy(ctx context.Context, account sid.SID) (usage bits.ProxyUsage, list, bypass string, err error) {
	var r struct {
		Usage  bits.ProxyUsage `json:"usage"`
		List   string          `json:"list"`
		Bypass string          `json:"bypass"`
	}
	err = c.Control(ctx, "serviceproxy", fields{"account": account}, &r)
	return r.Usage, r.List, r.Bypass, err
}

// SetAutoProxy sets what automatic detection of proxies finds.
func (c *Client) SetAutoProxy(ctx context.Context, list string) error {
	return c.control(ctx, "autoproxy", fields{"list": list})
}

// Restrict says who may read, and who may write, below a path: everybody for nil, nobody
// for an empty list.
func (c *Client) Restrict(ctx context.Context, path string, read, write []sid.SID) error {
	return c.control(ctx, "restrict", fields{"path": path, "read": read, "write": write})
}

// MapDrive says that a drive letter means something else for a user than for the others.
func (c *Client) MapDrive(ctx context.Context, user sid.SID, letter string) error {
	return c.control(ctx, "mapdrive", fields{"user": user, "letter": letter})
}

// LockVolume locks a drive as for a check of the disk, or ends that.
func (c *Client) LockVolume(ctx context.Context, letter string, locked bool) error {
	return c.control(ctx, "lockvolume", fields{"letter": letter, "locked": locked})
}

// Certificate is a client certificate in a store, with its key, both in PEM. Readers, if
// there are any, may use it alone.
type Certificate struct {
	Location    bits.CertStoreLocation `json:"location"`
	Store       string                 `json:"store"`
	Certificate string                 `json:"certificate"`
	Key         string                 `json:"key"`
	Readers     []sid.SID              `json:"readers,omitempty"`
}

// AddCertificate puts a client certificate into a store.
func (c *Client) AddCertificate(ctx context.Context, cert Certificate) error {
	return c.Control(ctx, "certificate", cert, nil)
}

// Restore makes the jobs and the machine be as what [Client.Snapshot] gave tells.
func (c *Client) Restore(ctx context.Context, snapshot json.RawMessage) error {
	return c.Control(ctx, "restore", snapshot, nil)
}
