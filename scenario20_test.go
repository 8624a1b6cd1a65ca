package bitsemu_test

import (
	"testing"

	"github.com/google/uuid"

	"github.com/bitsemu/bitsemu"
	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/token"
	"github.com/bitsemu/bitsemu/tokenopts"
	"github.com/bitsemu/bitsemu/transfer"
	"github.com/bitsemu/bitsemu/winver"
)

// A service behind a proxy that asks who is there, with its user's token.
func TestS20AuthenticatingProxy(t *testing.T) {
	t.Parallel()
	play(t, "S20", "17763", s20)
	play(t, "S20", "17134", s20Before, bitsemu.Windows(winver.Windows10_1803))
	play(t, "S20", "17134-work-around", s20WorkAround, bitsemu.Windows(winver.Windows10_1803))
	for name, build := range map[string]winver.Build{"17134": winver.Windows10_1803, "17763": winver.Windows10_1809} {
		on := bitsemu.Windows(build)
		play(t, "S20", name+"/no-credentials", s20NoCredentials, on)
		play(t, "S20", name+"/no-flag", s20NoFlag, on)
		play(t, "S20", name+"/server-asks-too", s20ServerAsksToo, on)
	}
}

const s20Local = `C:\Service\L2`

// s20Machine is a proxy that asks who is there, which alice has in her settings, and a
// directory that only the service may write to.
func s20Machine(s *scene) (script *transfer.Script, remote string) {
	script, remote = s.remote("R1", transfer.Size(1000))
	s.ok(s.emu.ProxyServer("http://proxy.test:8080", &transfer.Policy{Schemes: []bits.AuthScheme{bits.BG_AUTH_SCHEME_NEGOTIATE}}))
	s.emu.SetProxy(actors.alice.User(), "proxy.test:8080", "*.local")
	s.directory(`C:\Service`, actors.localService)
	return script, remote
}

// s20Job is steps 1 to 3.
func s20Job(s *scene, remote string, credentials bool, flags bits.HelperTokenFlags) (uuid.UUID, bits.Job2) {
	ctx := s.t.Context()
	s.step("1", "")
	id, created := s.create(actors.localService, "service", bits.BG_JOB_TYPE_DOWNLOAD)
	s.ok(created.AddFile(ctx, remote, s20Local))
	job := query[bits.Job2](s, actors.localService, created)
	if credentials {
		s.ok(job.SetCredentials(ctx, bits.ImplicitCredentials(bits.BG_AUTH_TARGET_PROXY, bits.BG_AUTH_SCHEME_NEGOTIATE)))
	}

	s.step("2", "")
	s.ok(job.SetProxySettings(ctx, bits.BG_JOB_PROXY_USAGE_PRECONFIG, nil, nil))

	s.step("3", "")
	options := query[bits.TokenOptions](s, actors.localService, job)
	asAlice := s.as(actors.alice)
	s.ok(options.SetHelperToken(asAlice))
	s.ok(options.SetHelperTokenFlags(asAlice, flags))
	return id, job
}

// answeredAs are those who have answered a challenge for a job.
func (s *scene) answeredAs(id uuid.UUID) []token.Token {
	all := []token.Token{}
	for _, a := range s.emu.AuditOf(id) {
		if a.Action == "answer" {
			all = append(all, a.Token)
		}
	}
	return all
}

// settingsOf are those whose proxy settings were read for a job.
func (s *scene) settingsOf(id uuid.UUID) []token.Token {
	all := []token.Token{}
	for _, a := range s.emu.AuditOf(id) {
		if a.Action == "read" && a.Name == "proxy settings" {
			all = append(all, a.Token)
		}
	}
	return all
}

func s20(s *scene) {
	ctx := s.t.Context()
	script, remote := s20Machine(s)
	id, job := s20Job(s, remote, true, bits.BG_TOKEN_NETWORK)

	s.step("4", "D")
	s.ok(job.Resume(ctx))
	s.settles(job, bits.BG_JOB_STATE_TRANSFERRED)
	s.is([]token.Token{actors.alice}, s.settingsOf(id))
	s.is([]token.Token{actors.alice}, s.answeredAs(id))
	s.is([]string{"create " + actors.localService.User().String()}, only(s.did(id), "create"))
	got(job.Complete(ctx)).is(s, hresult.S_OK)
	s.emu.CheckFile(s.t, s20Local, script.Bytes())
}

func s20Before(s *scene) {
	ctx := s.t.Context()
	_, remote := s20Machine(s)
	id, job := s20Job(s, remote, true, bits.BG_TOKEN_NETWORK)

	s.step("5", "D")
	s.ok(job.Resume(ctx))
	s.settles(job, bits.BG_JOB_STATE_TRANSFERRED) // the server can be reached without the proxy
	s.is([]token.Token{actors.localService}, s.settingsOf(id))
	s.is([]token.Token{}, s.answeredAs(id))
	// Discovery uses alice.
	id, job = s20Job(s, remote, true, bits.BG_TOKEN_NETWORK)
	s.step("5", "D")
	s.ok(job.SetProxySettings(ctx, bits.BG_JOB_PROXY_USAGE_AUTODETECT, nil, nil))
	s.emu.SetAutoProxy("proxy.test:8080")
	s.ok(job.Resume(ctx))
	s.settles(job, bits.BG_JOB_STATE_TRANSFERRED)
	s.is([]string{"detect " + actors.alice.User().String()}, only(s.did(id), "detect"))
	s.is([]token.Token{actors.alice}, s.answeredAs(id))
}

func s20WorkAround(s *scene) {
	ctx := s.t.Context()
	script, remote := s20Machine(s)
	id, job := s20Job(s, remote, true, bits.BG_TOKEN_NETWORK)

	s.step("6", "D")
	s.ok(job.SetProxySettings(ctx, bits.BG_JOB_PROXY_USAGE_OVERRIDE, bits.String("proxy.test:8080"), bits.String("*.local")))
	s.ok(job.Resume(ctx))
	s.settles(job, bits.BG_JOB_STATE_TRANSFERRED)
	s.is([]token.Token{actors.alice}, s.answeredAs(id))
	s.is([]string{"create " + actors.localService.User().String()}, only(s.did(id), "create"))
	got(job.Complete(ctx)).is(s, hresult.S_OK)
	s.emu.CheckFile(s.t, s20Local, script.Bytes())
}

// s20Override has the job go through the proxy on all builds.
func s20Override(s *scene, job bits.Job2) {
	s.ok(job.SetProxySettings(s.t.Context(), bits.BG_JOB_PROXY_USAGE_OVERRIDE, bits.String("proxy.test:8080"), nil))
}

func s20NoCredentials(s *scene) {
	ctx := s.t.Context()
	_, remote := s20Machine(s)
	id, job := s20Job(s, remote, false, bits.BG_TOKEN_NETWORK)
	s20Override(s, job)

	s.step("7", "D")
	s.ok(job.Resume(ctx))
	s.settles(job, bits.BG_JOB_STATE_ERROR)
	s.failed(job, hresult.BG_E_HTTP_ERROR_407, anyContext)
	s.is([]token.Token{}, s.answeredAs(id))
}

func s20NoFlag(s *scene) {
	ctx := s.t.Context()
	_, remote := s20Machine(s)
	id, job := s20Job(s, remote, true, 0)
	s20Override(s, job)

	s.step("8", "D")
	s.ok(job.Resume(ctx))
	s.settles(job, bits.BG_JOB_STATE_ERROR)
	s.failed(job, hresult.BG_E_HTTP_ERROR_407, anyContext)
	s.is([]token.Token{actors.localService}, s.answeredAs(id))
	for _, a := range s.emu.AuditOf(id) {
		if a.Action == "answer" {
			s.is(tokenopts.PrincipalAnonymous, a.Principal.Kind)
		}
	}
}

// s20ServerAsksToo has a server that wants NTLM, behind the proxy.
func s20ServerAsksToo(s *scene) {
	ctx := s.t.Context()
	s20Machine(s)
	script := transfer.NewScript(transfer.Size(1000))
	s.ok(s.emu.HandleTransport("http://ntlm.test/R1", transfer.ProtectTransport(script, transfer.Policy{
		Schemes: []bits.AuthScheme{bits.BG_AUTH_SCHEME_NTLM},
	})))

	_, job := s20Job(s, "http://ntlm.test/R1", true, bits.BG_TOKEN_NETWORK)
	s20Override(s, job)
	s.step("9", "D")
	s.ok(job.Resume(ctx))
	s.settles(job, bits.BG_JOB_STATE_TRANSFERRED)

	_, job = s20Job(s, "http://ntlm.test/R1", true, bits.BG_TOKEN_NETWORK)
	s20Override(s, job)
	s.step("9", "D")
	s.ok(job.SetCredentials(ctx, bits.AuthCredentials{
		Target: bits.BG_AUTH_TARGET_SERVER, Scheme: bits.BG_AUTH_SCHEME_BASIC, UserName: "u", Password: "p",
	}))
	s.ok(job.Resume(ctx))
	s.settles(job, bits.BG_JOB_STATE_ERROR)
	s.failed(job, hresult.BG_E_HTTP_ERROR_401, bits.BG_ERROR_CONTEXT_REMOTE_FILE)
}
