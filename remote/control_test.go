package remote_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu"
	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/remote"
	"github.com/bitsemu/bitsemu/sid"
	"github.com/bitsemu/bitsemu/transfer"
	"github.com/bitsemu/bitsemu/winver"
)

// state is that of a job.
func state(t *testing.T, job bits.Job) bits.JobState {
	t.Helper()
	s, err := job.GetState(t.Context())
	require.NoError(t, err)
	return s
}

func TestTime(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 1, 2, 3, 4, 5, 6000, time.UTC)
	emu := bitsemu.RunT(t, bitsemu.Start(start), bitsemu.Windows(winver.Windows10_1607))
	_, at := listening(t, emu, socket(t))
	c := dial(t, at)
	ctx := t.Context()
	require.NoError(t, c.Advance(ctx, 90*time.Minute+time.Nanosecond))
	now, err := c.Now(ctx)
	require.NoError(t, err)
	require.Equal(t, start.Add(90*time.Minute+time.Nanosecond), now)
	require.NoError(t, c.SetClock(ctx, start))
	info, err := c.Info(ctx)
	require.NoError(t, err)
	require.Equal(t, start, info.Time)
	require.Equal(t, "bitsemu", info.Name)
	require.Equal(t, winver.Windows10_1607, info.Windows)
	require.Equal(t, winver.Windows10_1607.BITS().String(), info.BITS)
	require.Equal(t, "manual", info.Clock)
	require.Nil(t, info.Caller)
	require.NotEmpty(t, info.Version)
	require.Error(t, c.Advance(ctx, -time.Second))
}

// What is done to the machine by way of the server is what the emulator shows.
func TestMachine(t *testing.T) {
	t.Parallel()
	emu, c, job := started(t)
	ctx := t.Context()
	for _, act := range []struct {
		on, off func() error
		want    bits.JobState
	}{
		{func() error { return c.NetworkDown(ctx) }, func() error { return c.NetworkUp(ctx) }, bits.BG_JOB_STATE_TRANSIENT_ERROR},
		{func() error { return c.BlockBandwidth(ctx, true) }, func() error { return c.BlockBandwidth(ctx, false) }, bits.BG_JOB_STATE_QUEUED},
		{func() error { return c.LogOff(ctx, alice.User()) }, func() error { _, err := c.LogOn(ctx, alice.User()); return err }, bits.BG_JOB_STATE_QUEUED},
	} {
		require.NoError(t, act.on())
		require.NoError(t, job.Resume(ctx))
		require.NoError(t, c.Settle(ctx))
		require.NotEqual(t, bits.BG_JOB_STATE_TRANSFERRED, state(t, job))
		require.NoError(t, job.Suspend(ctx))
		require.NoError(t, act.off())
	}
	require.NoError(t, c.SetBatterySaver(ctx, true))
	require.NoError(t, c.SetBatterySaver(ctx, false))
	require.NoError(t, c.SetGameMode(ctx, true))
	require.NoError(t, c.SetGameMode(ctx, false))
	require.NoError(t, c.SetCost(ctx, bits.BITS_COST_STATE_ROAMING))
	require.NoError(t, c.SetCost(ctx, bits.BITS_COST_STATE_UNRESTRICTED))
	require.NoError(t, c.LockVolume(ctx, "C:", true))
	require.NoError(t, c.LockVolume(ctx, "C:", false))
	require.NoError(t, c.MapDrive(ctx, bob.User(), "Z:"))
	require.NoError(t, c.SetProxy(ctx, alice.User(), "proxy:8080", ""))
	require.NoError(t, c.SetProxy(ctx, alice.User(), "", ""))
	require.NoError(t, c.SetServiceProxy(ctx, sid.NetworkService, bits.BG_JOB_PROXY_USAGE_OVERRIDE, "proxy:8080", "local"))
	usage, list, bypass, err := c.ServiceProxy(ctx, sid.NetworkService)
	require.NoError(t, err)
	require.Equal(t, []any{bits.BG_JOB_PROXY_USAGE_OVERRIDE, "proxy:8080", "local"}, []any{usage, list, bypass})
	require.NoError(t, c.SetAutoProxy(ctx, "proxy:8080"))
	require.NoError(t, c.SetAutoProxy(ctx, ""))

	session, err := c.LogOn(ctx, bob.User())
	require.NoError(t, err)
	require.NotZero(t, session)
	require.NoError(t, c.EndSession(ctx, session))
	require.NoError(t, c.LogOnSession(ctx, bob.User(), session+7))
	require.NoError(t, c.EndSession(ctx, session+7))

	require.NoError(t, c.Restrict(ctx, `C:\Secret`, []sid.SID{}, nil))
	require.NoError(t, c.Restrict(ctx, `C:\Closed`, nil, []sid.SID{bob.User()}))
	path, err := c.Path(ctx, `C:\Downloads\a`)
	require.NoError(t, err)
	require.Equal(t, emu.Path(`C:\Downloads\a`), path)
	require.Equal(t, "a", filepath.Base(path))
	path, err = c.Path(ctx, `Q:\a`)
	require.NoError(t, err)
	require.Empty(t, path)
	require.NoError(t, job.Resume(ctx))
	require.NoError(t, c.Settle(ctx))
	require.Equal(t, bits.BG_JOB_STATE_TRANSFERRED, state(t, job))
	require.NoError(t, c.Check(ctx))
	require.ErrorIs(t, c.Control(ctx, "nothing", struct{}{}, nil), unavailable)
	require.ErrorIs(t, c.Control(ctx, "settle", func() {}, nil), hresult.E_INVALIDARG)
}

func TestFail(t *testing.T) {
	t.Parallel()
	_, c, job := started(t)
	ctx := t.Context()
	id, err := job.GetId(ctx)
	require.NoError(t, err)
	require.NoError(t, c.Fail(ctx, remote.Fault{Op: "GetType", Code: hresult.E_OUTOFMEMORY, Job: id, User: alice.User(), After: 1, Times: 1}))
	for _, want := range []error{nil, hresult.E_OUTOFMEMORY, nil} {
		_, err := job.GetType(ctx)
		require.ErrorIs(t, err, want)
	}
	require.NoError(t, c.Fail(ctx, remote.Fault{
		Op: "connect", Code: hresult.E_FAIL, Context: bits.BG_ERROR_CONTEXT_GENERAL_TRANSPORT, Transient: true, Name: "job",
	}))
	require.NoError(t, c.Fail(ctx, remote.Fault{Op: "data", Delay: time.Hour}))
	require.NoError(t, job.Resume(ctx))
	require.NoError(t, c.Settle(ctx))
	require.Equal(t, bits.BG_JOB_STATE_TRANSIENT_ERROR, state(t, job))
	e, err := job.GetError(ctx)
	require.NoError(t, err)
	where, code, err := e.GetError(ctx)
	require.NoError(t, err)
	require.Equal(t, bits.BG_ERROR_CONTEXT_GENERAL_TRANSPORT, where)
	require.Equal(t, hresult.E_FAIL, code)
	require.NoError(t, job.Resume(ctx))
	require.NoError(t, c.Settle(ctx))
	require.Equal(t, bits.BG_JOB_STATE_TRANSFERRING, state(t, job))
	require.NoError(t, c.Advance(ctx, time.Hour))
	require.Equal(t, bits.BG_JOB_STATE_TRANSFERRED, state(t, job))
	require.ErrorIs(t, c.Fail(ctx, remote.Fault{Op: "NoSuchThing", Code: hresult.E_FAIL}), hresult.E_INVALIDARG)
}

func TestScripts(t *testing.T) {
	t.Parallel()
	emu, c, _ := started(t)
	ctx := t.Context()
	const url = "http://scripts.test/a"
	content := []byte{0, 1, 2, 255}
	fetch := func(local string) error {
		_, job, err := c.Manager().CreateJob(ctx, "job", bits.BG_JOB_TYPE_DOWNLOAD)
		require.NoError(t, err)
		require.NoError(t, job.AddFile(ctx, url, local))
		require.NoError(t, job.Resume(ctx))
		require.NoError(t, c.Settle(ctx))
		if state(t, job) != bits.BG_JOB_STATE_TRANSFERRED {
			e, err := job.GetError(ctx)
			if err != nil {
				return err
			}
			_, code, err := e.GetError(ctx)
			require.NoError(t, err)
			return code
		}
		_, err = job.Complete(ctx)
		return err
	}
	modified := time.Date(2020, 1, 2, 3, 4, 5, 0, time.UTC)
	require.NoError(t, c.Script(ctx, url, remote.Script{Content: content, Modified: modified, ETag: `"x"`, Header: map[string]string{"X-Test": "y"}}))
	require.NoError(t, fetch(`C:\Downloads\1`))
	emu.CheckFile(t, `C:\Downloads\1`, content)
	require.NoError(t, c.ChangeScript(ctx, url, remote.Script{Status: remote.ScriptStatus{Code: 403, Times: -1}}))
	require.ErrorIs(t, fetch(`C:\Downloads\2`), hresult.BG_E_HTTP_ERROR_403)
	require.NoError(t, c.Script(ctx, url, remote.Script{Text: "text", Unreachable: remote.ScriptUnreachable{Code: hresult.HRESULT_FROM_WIN32_ERROR_WINHTTP_NAME_NOT_RESOLVED, Times: 1}}))
	require.ErrorIs(t, fetch(`C:\Downloads\3`), hresult.HRESULT_FROM_WIN32_ERROR_WINHTTP_NAME_NOT_RESOLVED)
	require.NoError(t, fetch(`C:\Downloads\4`))
	emu.CheckFile(t, `C:\Downloads\4`, []byte("text"))
	require.NoError(t, c.Script(ctx, url, remote.Script{Size: 1 << 20, Seed: 7, Hold: true}))
	require.ErrorIs(t, fetch(`C:\Downloads\5`), hresult.BG_E_ERROR_INFORMATION_UNAVAILABLE)
	require.NoError(t, c.ReleaseScript(ctx, url))
	require.NoError(t, fetch(`C:\Downloads\6`))
	emu.CheckFile(t, `C:\Downloads\6`, transfer.NewScript(transfer.Seeded(1<<20, 7)).Bytes())
	for _, s := range []remote.Script{
		{Text: "x", Cut: remote.ScriptCut{After: 1, Times: 1}, NoRanges: true, NoLength: true, HTTP10: true},
		{Text: "x", HoldAt: 1, Delay: remote.Duration(time.Second), Rate: 100},
		{Redirect: remote.ScriptRedirect{Code: 301, URL: "http://elsewhere.test/"}},
	} {
		require.NoError(t, c.Script(ctx, url, s))
	}
	asked, err := c.Scripts(ctx)
	require.NoError(t, err)
	require.Contains(t, string(asked), url)
	require.NoError(t, c.RemoveScript(ctx, url))
	require.ErrorIs(t, c.ReleaseScript(ctx, url), hresult.E_INVALIDARG)
}

func TestProtect(t *testing.T) {
	t.Parallel()
	_, c, job := started(t)
	ctx := t.Context()
	p := &remote.Policy{Realm: "r", Schemes: []bits.AuthScheme{bits.BG_AUTH_SCHEME_BASIC}, Users: map[string]string{"u": "p"}, Principals: []string{"x"}}
	require.NoError(t, c.Protect(ctx, "http://files.test", p))
	require.NoError(t, job.Resume(ctx))
	require.NoError(t, c.Settle(ctx))
	require.Equal(t, bits.BG_JOB_STATE_ERROR, state(t, job))
	job2, err := bits.Query[bits.Job2](ctx, job)
	require.NoError(t, err)
	require.NoError(t, job2.SetCredentials(ctx, bits.AuthCredentials{
		Target: bits.BG_AUTH_TARGET_SERVER, Scheme: bits.BG_AUTH_SCHEME_BASIC, UserName: "u", Password: "p",
	}))
	require.NoError(t, job.Resume(ctx))
	require.NoError(t, c.Settle(ctx))
	require.Equal(t, bits.BG_JOB_STATE_TRANSFERRED, state(t, job))
	require.NoError(t, c.Protect(ctx, "http://files.test", nil))
	require.NoError(t, c.ProxyServer(ctx, "http://proxy:8080", p))
	require.NoError(t, c.ProxyServer(ctx, "http://proxy:8080", &remote.Policy{}))
	require.NoError(t, c.ProxyServer(ctx, "http://proxy:8080", nil))
}

func TestAddCertificate(t *testing.T) {
	t.Parallel()
	_, c, job := started(t)
	ctx := t.Context()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "client"}, NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	require.NoError(t, err)
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(t, err)
	require.NoError(t, c.AddCertificate(ctx, remote.Certificate{
		Location: bits.BG_CERT_STORE_LOCATION_CURRENT_USER, Store: "MY",
		Certificate: string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})),
		Key:         string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret})),
		Readers:     []sid.SID{alice.User()},
	}))
	options, err := bits.Query[bits.JobHttpOptions](ctx, job)
	require.NoError(t, err)
	require.NoError(t, options.SetClientCertificateByName(ctx, bits.BG_CERT_STORE_LOCATION_CURRENT_USER, "MY", "client"))
	found, err := options.GetClientCertificate(ctx)
	require.NoError(t, err)
	require.Equal(t, "MY", found.StoreName)
	require.ErrorIs(t, c.AddCertificate(ctx, remote.Certificate{Store: "MY"}), hresult.E_INVALIDARG)
}

func TestLook(t *testing.T) {
	t.Parallel()
	emu, c, job := started(t)
	ctx := t.Context()
	id, err := job.GetId(ctx)
	require.NoError(t, err)
	require.NoError(t, job.Resume(ctx))
	require.NoError(t, c.Settle(ctx))
	for name, look := range map[string]func() (json.RawMessage, error){
		"jobs":    func() (json.RawMessage, error) { return c.Jobs(ctx) },
		"events":  func() (json.RawMessage, error) { return c.Events(ctx) },
		"audit":   func() (json.RawMessage, error) { return c.Audit(ctx, id) },
		"history": func() (json.RawMessage, error) { return c.History(ctx) },
		"of one":  func() (json.RawMessage, error) { return c.HistoryOf(ctx, id) },
		"scripts": func() (json.RawMessage, error) { return c.Scripts(ctx) },
	} {
		text, err := look()
		require.NoError(t, err, name)
		var list []json.RawMessage
		require.NoError(t, json.Unmarshal(text, &list), name)
		if name != "scripts" {
			require.NotEmpty(t, list, name)
		}
	}
	all, err := c.Audit(ctx, bits.IID_IUnknown)
	require.NoError(t, err)
	require.JSONEq(t, `[]`, string(all))
	one, err := c.Job(ctx, id)
	require.NoError(t, err)
	require.Contains(t, string(one), "BG_JOB_STATE_TRANSFERRED")
	_, err = c.Job(ctx, bits.IID_IUnknown)
	var refused *remote.Refusal
	require.ErrorAs(t, err, &refused)
	require.Equal(t, 404, refused.Status)

	snapshot, err := c.Snapshot(ctx)
	require.NoError(t, err)
	_, err = job.Cancel(ctx)
	require.NoError(t, err)
	require.Zero(t, emu.Len())
	require.NoError(t, c.Restore(ctx, snapshot))
	require.Equal(t, 1, emu.Len())

	decision, err := c.Explain(ctx, remote.Question{Method: "SetHelperTokenFlags", Job: id, Caller: "bob", Flags: bits.BG_TOKEN_NETWORK})
	require.NoError(t, err)
	require.Contains(t, string(decision), `"allowed":false`)
	decision, err = c.Explain(ctx, remote.Question{Method: "SetHelperToken", Owner: "alice", Caller: "alice", Windows: winver.Windows10_1607})
	require.NoError(t, err)
	require.Contains(t, string(decision), `"allowed":true`)
}

func TestCheckThatFails(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	c := dial(t, f.URL)
	f.say("/v1/check", `{"ok":false,"error":"page 7 is damaged"}`)
	require.ErrorContains(t, c.Check(t.Context()), "page 7 is damaged")
	f.say("/v1/history", `{"history":[1]}`)
	text, err := c.History(t.Context())
	require.NoError(t, err)
	require.JSONEq(t, `[1]`, string(text))
}
