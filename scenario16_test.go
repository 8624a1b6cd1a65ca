package bitsemu_test

import (
	"testing"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/transfer"
)

// Credentials on demand: programs set them when a server or a proxy has asked.
func TestS16CredentialsOnDemand(t *testing.T) {
	t.Parallel()
	play(t, "S16", "main", s16)
	play(t, "S16", "wrong-password", s16WrongPassword)
	play(t, "S16", "proxy", s16Proxy)
	play(t, "S16", "remove", s16Remove)
	play(t, "S16", "bad-proxy", s16BadProxy)
}

// s16Server wants a logon for two files.
func s16Server(s *scene) (remote1, remote2 string) {
	policy := transfer.Policy{Schemes: []bits.AuthScheme{bits.BG_AUTH_SCHEME_BASIC}, Users: map[string]string{"u": "p"}}
	for _, name := range []string{"R1", "R2"} {
		script := transfer.NewScript(transfer.Size(1000))
		s.ok(s.emu.HandleTransport("http://secret.test/"+name, transfer.ProtectTransport(script, policy)))
	}
	return "http://secret.test/R1", "http://secret.test/R2"
}

func s16Credentials(password bits.Secret) bits.AuthCredentials {
	return bits.AuthCredentials{
		Target: bits.BG_AUTH_TARGET_SERVER, Scheme: bits.BG_AUTH_SCHEME_BASIC, UserName: "u", Password: password,
	}
}

func s16(s *scene) {
	ctx := s.t.Context()
	remote1, remote2 := s16Server(s)
	_, created := s.download(actors.alice, "pip", remote1, local1)
	job := query[bits.Job2](s, actors.alice, created)
	w := s.listen(job, flagT|flagE)

	s.step("1", "D")
	s.ok(job.Resume(ctx))
	s.settles(job, bits.BG_JOB_STATE_ERROR)
	s.failed(job, hresult.BG_E_HTTP_ERROR_401, bits.BG_ERROR_CONTEXT_REMOTE_FILE)

	s.step("2", "O")
	s.ok(job.SetCredentials(ctx, s16Credentials("p")))
	s.ok(job.Resume(ctx))
	s.settles(job, bits.BG_JOB_STATE_TRANSFERRED)
	s.heard(w, 1, 1)

	// That there is no way to read them back is so by the lack of a method.
	s.step("4", "D")
	s.ok(job.AddFile(ctx, remote2, local2))
	s.ok(job.Resume(ctx))
	s.settles(job, bits.BG_JOB_STATE_TRANSFERRED)
	s.is(uint32(2), got(job.GetProgress(ctx)).ok(s).FilesTransferred)
	got(job.Complete(ctx)).is(s, hresult.S_OK)
}

func s16WrongPassword(s *scene) {
	ctx := s.t.Context()
	remote, _ := s16Server(s)
	_, created := s.download(actors.alice, "pip", remote, local1)
	job := query[bits.Job2](s, actors.alice, created)

	s.step("3", "O")
	s.ok(job.SetCredentials(ctx, s16Credentials("q")))
	s.ok(job.Resume(ctx))
	s.settles(job, bits.BG_JOB_STATE_ERROR)
	s.failed(job, hresult.BG_E_HTTP_ERROR_401, bits.BG_ERROR_CONTEXT_REMOTE_FILE)
	got(job.Cancel(ctx)).is(s, hresult.S_OK)
}

func s16Proxy(s *scene) {
	ctx := s.t.Context()
	_, remote := s.remote("R1", transfer.Size(1000))
	s.ok(s.emu.ProxyServer("http://proxy.test:8080", &transfer.Policy{Schemes: []bits.AuthScheme{bits.BG_AUTH_SCHEME_NEGOTIATE}}))
	_, created := s.download(actors.alice, "omaha", remote, local1)
	job := query[bits.Job2](s, actors.alice, created)

	s.step("5", "O")
	s.ok(job.SetNoProgressTimeout(ctx, 0))
	s.ok(job.SetProxySettings(ctx, bits.BG_JOB_PROXY_USAGE_OVERRIDE, bits.String("proxy.test:8080"), nil))
	s.ok(job.Resume(ctx))
	s.settles(job, bits.BG_JOB_STATE_ERROR)
	s.failed(job, hresult.BG_E_HTTP_ERROR_407, anyContext)

	s.step("6", "O")
	s.ok(job.SetCredentials(ctx, bits.ImplicitCredentials(bits.BG_AUTH_TARGET_PROXY, bits.BG_AUTH_SCHEME_NEGOTIATE)))
	s.ok(job.Resume(ctx))
	s.holds(got(job.GetState(ctx)).ok(s) != bits.BG_JOB_STATE_ERROR, "the state is that of before")
	s.settles(job, bits.BG_JOB_STATE_TRANSFERRED)
}

func s16Remove(s *scene) {
	ctx := s.t.Context()
	_, created := s.create(actors.alice, "remove", bits.BG_JOB_TYPE_DOWNLOAD)
	job := query[bits.Job2](s, actors.alice, created)
	c := s16Credentials("p")
	s.ok(job.SetCredentials(ctx, c))

	s.step("7", "D")
	got(job.RemoveCredentials(ctx, c.Target, c.Scheme)).is(s, hresult.S_OK)
	got(job.RemoveCredentials(ctx, c.Target, c.Scheme)).is(s, hresult.S_FALSE)

	s.step("8", "D")
	bad := c
	bad.Target = 9
	s.fails(job.SetCredentials(ctx, bad), hresult.BG_E_INVALID_AUTH_TARGET)
	bad = c
	bad.Scheme = 99
	s.fails(job.SetCredentials(ctx, bad), hresult.BG_E_INVALID_AUTH_SCHEME)
}

func s16BadProxy(s *scene) {
	ctx := s.t.Context()
	_, job := s.create(actors.alice, "proxy", bits.BG_JOB_TYPE_DOWNLOAD)

	s.step("9", "D")
	s.fails(job.SetProxySettings(ctx, bits.BG_JOB_PROXY_USAGE_OVERRIDE, nil, nil), hresult.E_INVALIDARG)
	usage, proxies, bypass, err := job.GetProxySettings(ctx)
	s.ok(err)
	s.is(bits.BG_JOB_PROXY_USAGE_PRECONFIG, usage)
	s.holds(proxies == nil && bypass == nil, "there are lists")
}
