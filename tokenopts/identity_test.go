package tokenopts_test

import (
	"fmt"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/jobstore"
	"github.com/bitsemu/bitsemu/sid"
	"github.com/bitsemu/bitsemu/token"
	"github.com/bitsemu/bitsemu/tokenopts"
	"github.com/bitsemu/bitsemu/winver"
)

// identityTable is the table of the specification: what a resource is opened as
// by default, with BG_TOKEN_LOCAL_FILE and with BG_TOKEN_NETWORK.
var identityTable = []struct {
	resource tokenopts.Resource
	none     string
	local    string
	network  string
}{
	{tokenopts.UploadSource, "owner", "helper", "owner"},
	{tokenopts.TemporaryFile, "owner", "helper", "owner"},
	{tokenopts.ReplyFile, "owner", "helper", "owner"},
	{tokenopts.RemoteFile, "owner", "owner", "helper"},
	{tokenopts.ServerChallenge, "owner", "owner", "helper"},
	{tokenopts.ProxyChallenge, "owner", "owner", "helper"},
	{tokenopts.ClientCertificate, "owner", "owner", "owner"},
	{tokenopts.ProxySettings, "owner", "owner", "owner before 17763, helper from it"},
	{tokenopts.ProxyDetection, "owner", "owner", "helper"},
	{tokenopts.HTTPRequest, "nobody", "nobody", "nobody"},
}

// Implicit credentials are allowed for both, so that challenges are answered.
var implicitForBoth = []jobstore.Credential{
	{Target: bits.BG_AUTH_TARGET_SERVER, Scheme: bits.BG_AUTH_SCHEME_NTLM, Implicit: true},
	{Target: bits.BG_AUTH_TARGET_PROXY, Scheme: bits.BG_AUTH_SCHEME_NEGOTIATE, Implicit: true},
}

func TestIdentityTable(t *testing.T) {
	t.Parallel()
	builds := []winver.Build{7600, 9600, 14393, 17134, 17762, 17763, 22631, 26100}
	for _, row := range identityTable {
		for _, build := range builds {
			for flags := range bothFlags + 1 {
				for _, owner := range []token.Token{alice, bobElevated, system, network, local} {
					for _, helper := range []token.Token{{}, bob, aliceElevated, system, network, local} {
						job := &jobstore.Job{Owner: owner, HelperToken: helper, HelperTokenFlags: flags, Credentials: implicitForBoth}
						grant, err := tokenopts.Identity(build, job, row.resource)
						at := fmt.Sprintf("%v on %v with %v, owner %v, helper %v", row.resource, build, flags, owner, helper)

						want := row.none
						if flags.Has(bits.BG_TOKEN_LOCAL_FILE) && row.local == "helper" ||
							flags.Has(bits.BG_TOKEN_NETWORK) && (row.network == "helper" ||
								row.network == "owner before 17763, helper from it" && build >= 17763) {
							want = "helper"
						}
						if want == "helper" && helper.IsZero() {
							require.ErrorIs(t, err, hresult.BG_E_TOKEN_REQUIRED, at)
							require.Zero(t, grant)
							continue
						}
						require.NoError(t, err, at)
						require.Equal(t, want, grant.As.String(), at)
						used := map[string]token.Token{"owner": owner, "helper": helper}[want]
						require.Equal(t, used, grant.Token, at)
						require.Equal(t, wantPrincipal(row.resource, used), grant.Principal.String(), at)
						require.NotEmpty(t, grant.Rule.ID, at)
					}
				}
			}
		}
	}
}

// wantPrincipal is who somebody is to another machine, for the resources where
// he comes before one.
func wantPrincipal(r tokenopts.Resource, used token.Token) string {
	switch r {
	case tokenopts.RemoteFile, tokenopts.ServerChallenge, tokenopts.ProxyChallenge, tokenopts.ProxyDetection:
	default:
		return "none"
	}
	switch used.User().String() {
	case "S-1-5-18", "S-1-5-20":
		return "the computer account"
	case "S-1-5-19":
		return "anonymous"
	}
	return used.User().String()
}

func TestIdentityOfEveryResource(t *testing.T) {
	t.Parallel()
	var all []tokenopts.Resource
	for _, row := range identityTable {
		all = append(all, row.resource)
	}
	for r := range tokenopts.Resource(255) {
		_, err := tokenopts.Identity(winver.Windows10_1809, &jobstore.Job{Owner: alice, Credentials: implicitForBoth}, r)
		if r.Valid() {
			require.NoError(t, err)
			require.Contains(t, all, r)
		} else {
			requireRefused(t, err, hresult.E_INVALIDARG, "resource-exists")
		}
	}
}

func TestImplicitCredentials(t *testing.T) {
	t.Parallel()
	credential := func(target bits.AuthTarget, scheme bits.AuthScheme, implicit bool) jobstore.Credential {
		return jobstore.Credential{Target: target, Scheme: scheme, Implicit: implicit}
	}
	const server, proxy = bits.BG_AUTH_TARGET_SERVER, bits.BG_AUTH_TARGET_PROXY
	const basic, digest, ntlm, negotiate, passport = bits.BG_AUTH_SCHEME_BASIC, bits.BG_AUTH_SCHEME_DIGEST,
		bits.BG_AUTH_SCHEME_NTLM, bits.BG_AUTH_SCHEME_NEGOTIATE, bits.BG_AUTH_SCHEME_PASSPORT
	for name, row := range map[string]struct {
		credentials   []jobstore.Credential
		server, proxy bool
	}{
		"none":                      {nil, false, false},
		"server NTLM":               {[]jobstore.Credential{credential(server, ntlm, true)}, true, false},
		"server NEGOTIATE":          {[]jobstore.Credential{credential(server, negotiate, true)}, true, false},
		"proxy NTLM":                {[]jobstore.Credential{credential(proxy, ntlm, true)}, true, true},
		"proxy NEGOTIATE":           {[]jobstore.Credential{credential(proxy, negotiate, true)}, true, true},
		"proxy, explicit server":    {[]jobstore.Credential{credential(proxy, ntlm, true), credential(server, basic, false)}, false, true},
		"proxy, both of the server": {[]jobstore.Credential{credential(proxy, ntlm, true), credential(server, basic, false), credential(server, ntlm, true)}, true, true},
		"explicit server":           {[]jobstore.Credential{credential(server, ntlm, false)}, false, false},
		"explicit proxy":            {[]jobstore.Credential{credential(proxy, negotiate, false)}, false, false},
		"server, explicit proxy":    {[]jobstore.Credential{credential(server, negotiate, true), credential(proxy, ntlm, false)}, true, false},
		"schemes without them": {[]jobstore.Credential{
			credential(server, basic, true), credential(proxy, digest, true), credential(server, passport, true),
		}, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, flags := range []bits.HelperTokenFlags{0, bits.BG_TOKEN_NETWORK} {
				job := &jobstore.Job{Owner: network, HelperToken: alice, HelperTokenFlags: flags, Credentials: row.credentials}
				for resource, allowed := range map[tokenopts.Resource]bool{
					tokenopts.ServerChallenge: row.server, tokenopts.ProxyChallenge: row.proxy,
				} {
					_, err := tokenopts.Identity(winver.Windows10_1809, job, resource)
					switch {
					case allowed:
						require.NoError(t, err)
					case resource == tokenopts.ServerChallenge:
						requireRefused(t, err, hresult.BG_E_HTTP_ERROR_401, "implicit-for-server")
					default:
						requireRefused(t, err, hresult.BG_E_HTTP_ERROR_407, "implicit-for-proxy")
					}
				}
			}
		})
	}

	job := &jobstore.Job{Owner: network, HelperTokenFlags: bits.BG_TOKEN_NETWORK}
	_, err := tokenopts.Identity(winver.Windows10_1809, job, tokenopts.ServerChallenge)
	requireRefused(t, err, hresult.BG_E_HTTP_ERROR_401, "implicit-for-server")
	job.Credentials = implicitForBoth
	_, err = tokenopts.Identity(winver.Windows10_1809, job, tokenopts.ServerChallenge)
	requireRefused(t, err, hresult.BG_E_TOKEN_REQUIRED, "challenge")
}

func TestClientCertificate(t *testing.T) {
	t.Parallel()
	for _, set := range []bool{false, true} {
		for flags := range bothFlags + 1 {
			for _, owner := range []token.Token{alice, bobElevated, system, network, local} {
				for _, helper := range []token.Token{{}, bob, system} {
					job := &jobstore.Job{Owner: owner, HelperToken: helper, HelperTokenFlags: flags}
					job.ClientCertificate.Set = set
					grant, err := tokenopts.Identity(winver.Windows10_1809, job, tokenopts.ClientCertificate)
					if set && flags&bits.BG_TOKEN_NETWORK != 0 && owner.User() != sid.LocalSystem {
						requireRefused(t, err, hresult.HRESULT(0x80072F9A), "certificate-and-network")
						continue
					}
					require.NoError(t, err)
					require.Equal(t, tokenopts.Owner, grant.As)
					require.Equal(t, owner, grant.Token)
				}
			}
		}
	}
}

func TestIdentityErrorTellsTheFacts(t *testing.T) {
	t.Parallel()
	job := &jobstore.Job{
		ID: uuid.MustParse("0011aabb-0000-0000-0000-000000000000"), Owner: local, HelperTokenFlags: bits.BG_TOKEN_NETWORK,
		Credentials: []jobstore.Credential{
			{Target: bits.BG_AUTH_TARGET_SERVER, Scheme: bits.BG_AUTH_SCHEME_BASIC},
			{Target: bits.BG_AUTH_TARGET_PROXY, Scheme: bits.BG_AUTH_SCHEME_BASIC, Implicit: true},
		},
	}
	_, err := tokenopts.Identity(winver.Windows10_1809, job, tokenopts.ProxyChallenge)
	require.EqualError(t, err, "tokenopts: job {0011AABB-0000-0000-0000-000000000000}: refused: BG_E_HTTP_ERROR_407 (0x80190197): "+
		"answering the proxy's challenge needs implicit credentials, which SetCredentials allows without user and password and "+
		"for NTLM or NEGOTIATE: for the proxy [D authentication.md]: owner S-1-5-19 NT AUTHORITY\\LOCAL SERVICE (user, System), "+
		"helper token none, flags BG_TOKEN_NETWORK, credentials explicit BASIC for SERVER and implicit BASIC for PROXY, "+
		"on Windows 10 1809 (build 17763)")
	job.Credentials = nil
	_, err = tokenopts.Identity(winver.Windows10_1809, job, tokenopts.ProxyChallenge)
	require.ErrorContains(t, err, "credentials none, ")
	_, err = tokenopts.Identity(winver.Windows10_1809, job, 99)
	require.ErrorContains(t, err, "E_INVALIDARG (0x80070057): opening resource 99 must be about a resource that exists")
}

func TestGrantString(t *testing.T) {
	t.Parallel()
	job := &jobstore.Job{Owner: local, HelperToken: alice, HelperTokenFlags: bits.BG_TOKEN_LOCAL_FILE}
	for resource, want := range map[tokenopts.Resource]string{
		tokenopts.HTTPRequest:  "nobody",
		tokenopts.RemoteFile:   "owner S-1-5-19 NT AUTHORITY\\LOCAL SERVICE (user, System)",
		tokenopts.UploadSource: "helper " + alice.String(),
	} {
		grant, err := tokenopts.Identity(winver.Windows10_1809, job, resource)
		require.NoError(t, err)
		require.Equal(t, want, grant.String())
	}
}
