package transfer

import (
	"crypto/rand"
	"encoding/base64"
	"strconv"
	"strings"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/internal/httphead"
)

// issue gives out a new nonce.
func (n *nonces) issue() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.used == nil {
		n.used = make(map[string]int64)
	}
	nonce := rand.Text()
	n.used[nonce] = 0
	return nonce
}

// use counts an answer; it must be a later one than those before, with a nonce
// that was given out.
func (n *nonces) use(nonce string, count int64) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	last, issued := n.used[nonce]
	if !issued || count <= last {
		return false
	}
	n.used[nonce] = count
	return true
}

func (g *guard) acceptsDigest(method, answer string) (ok, stale bool) {
	params := digestParams(answer)
	password, known := g.policy.Users[params["username"]]
	if !known {
		return false, false
	}
	d := digest{
		method: method, uri: params["uri"], realm: g.policy.Realm, nonce: params["nonce"],
		algorithm: params["algorithm"], qop: params["qop"], count: params["nc"], client: params["cnonce"],
	}
	want, err := d.response(params["username"], password)
	if err != nil || d.qop != "auth" || want != params["response"] {
		return false, false
	}
	count, err := strconv.ParseInt(d.count, 16, 64)
	ok = err == nil && g.nonces.use(d.nonce, count)
	return ok, !ok
}

// digestParams reads the answer to a Digest challenge, which has the form of a
// challenge.
func digestParams(answer string) map[string]string {
	for _, c := range httphead.Parse([]string{answer}) {
		if c.Scheme == bits.BG_AUTH_SCHEME_DIGEST {
			return c.Params
		}
	}
	return nil
}

// parseBasic reads what [Basic] writes.
func parseBasic(answer string) (user, password string, ok bool) {
	name, text, _ := strings.Cut(answer, " ")
	b, err := base64.StdEncoding.DecodeString(strings.TrimSpace(text))
	if !strings.EqualFold(name, "Basic") || err != nil {
		return "", "", false
	}
	return strings.Cut(string(b), ":")
}

// principalOf is who an Authorization header speaks of, "" if nobody.
func principalOf(answer string) string {
	if user, _, ok := parseBasic(answer); ok {
		return user
	}
	if principal, ok := SimulatedPrincipal(answer); ok {
		return principal
	}
	return digestParams(answer)["username"]
}
