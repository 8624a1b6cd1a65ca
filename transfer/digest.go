package transfer

import (
	"crypto/md5"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"net/url"
	"strings"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
)

// Digest is the answer to a Digest challenge (RFC 7616): MD5 and SHA-256, with
// and without -sess, and with the quality of protection auth or none.
//
// Errors: BG_E_INVALID_SERVER_RESPONSE for a challenge that asks for something
// else, or has no realm or nonce.
func Digest(c Challenge, user, password string) (string, error) {
	u, err := url.Parse(c.URL)
	if err != nil || c.Scheme != bits.BG_AUTH_SCHEME_DIGEST {
		return "", fatal(hresult.E_INVALIDARG, "no Digest challenge to a URL: %v to %q", c.Scheme, c.URL)
	}
	target := u.RequestURI()
	if c.Target == bits.BG_AUTH_TARGET_PROXY {
		target = proxyTarget(u)
	}
	d := digest{
		method: c.Method, uri: target, realm: c.Params["realm"], nonce: c.Params["nonce"],
		algorithm: c.Params["algorithm"], count: fmt.Sprintf("%08x", c.Count+1), client: rand.Text(),
	}
	if d.nonce == "" {
		return "", invalid("a Digest challenge without a nonce")
	}
	if offered, has := c.Params["qop"]; has {
		if d.qop = "auth"; !listHas(offered, d.qop) {
			return "", invalid("a Digest challenge for the quality of protection %q", offered)
		}
	}
	response, err := d.response(user, password)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "Digest username=%s, realm=%s, nonce=%s, uri=%s, response=%s",
		quote(user), quote(d.realm), quote(d.nonce), quote(d.uri), quote(response))
	if d.algorithm != "" {
		fmt.Fprintf(&b, ", algorithm=%s", d.algorithm)
	}
	if opaque, has := c.Params["opaque"]; has {
		fmt.Fprintf(&b, ", opaque=%s", quote(opaque))
	}
	if d.qop != "" {
		fmt.Fprintf(&b, ", qop=%s, nc=%s, cnonce=%s", d.qop, d.count, quote(d.client))
	}
	return b.String(), nil
}

// proxyTarget is what the request line of a request to a proxy names.
func proxyTarget(u *url.URL) string {
	if u.Scheme == "https" {
		return strings.TrimPrefix(origin(u), "https://") // of CONNECT
	}
	c := *u
	c.User, c.Fragment = nil, ""
	if c.Path == "" {
		c.Path = "/"
	}
	return c.String()
}

// digest is all that a response is made of.
type digest struct{ method, uri, realm, nonce, algorithm, qop, count, client string }

func (d digest) response(user, password string) (string, error) {
	name, session := strings.CutSuffix(strings.ToLower(d.algorithm), "-sess")
	var newHash func() hash.Hash
	switch name {
	case "", "md5":
		newHash = md5.New
	case "sha-256":
		newHash = sha256.New
	default:
		return "", invalid("a Digest challenge for the algorithm %q", d.algorithm)
	}
	sum := func(parts ...string) string {
		h := newHash()
		h.Write([]byte(strings.Join(parts, ":")))
		return hex.EncodeToString(h.Sum(nil))
	}
	secret := sum(user, d.realm, password)
	if session {
		secret = sum(secret, d.nonce, d.client)
	}
	request := sum(d.method, d.uri)
	if d.qop == "" {
		return sum(secret, d.nonce, request), nil
	}
	return sum(secret, d.nonce, d.count, d.client, d.qop, request), nil
}

func listHas(list, want string) bool {
	for item := range strings.SplitSeq(list, ",") {
		if strings.EqualFold(strings.TrimSpace(item), want) {
			return true
		}
	}
	return false
}

func quote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}
