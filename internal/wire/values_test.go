package wire_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/internal/wire"
	"github.com/bitsemu/bitsemu/sid"
)

// invoke calls a method of an object that has all of them, and returns what it got.
func invoke(t testing.TB, iface, method, args string) (got string, err error) {
	t.Helper()
	m, ok := wire.Find(iface, method)
	require.True(t, ok, "%s has no %s", iface, method)
	far := newDouble()
	_, _, err = wire.Invoke(t.Context(), m, wire.New(m.Interface, far), json.RawMessage(args), far)
	return far.args, err
}

// Forms that are read besides the one that is written.
func TestWhatIsRead(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ iface, method, args, want string }{
		{"Job", "Resume", ``, `{}`},
		{"Job", "Resume", ` null `, `{}`},
		{"Job", "Resume", `[ ]`, `{}`},
		{"Job", "Resume", ` { } `, `{}`},
		{"Job", "SetPriority", `{"priority":2}`, `{"priority":"BG_JOB_PRIORITY_NORMAL"}`},
		{"Job", "SetPriority", `{"priority":"high"}`, `{"priority":"BG_JOB_PRIORITY_HIGH"}`},
		{"Job", "SetPriority", `{"priority":99}`, `{"priority":"0x63"}`},
		{"Job", "SetPriority", "\n[\t\"\\u006cow\"\r ]", `{"priority":"BG_JOB_PRIORITY_LOW"}`},
		{"Job", "SetNotifyFlags", `{"flags":3}`, `{"flags":"BG_NOTIFY_JOB_TRANSFERRED|BG_NOTIFY_JOB_ERROR"}`},
		{"Job", "SetDisplayName", `{"displayName":"a\nb\u00e9\"\\\/"}`, `{"displayName":"a\u000ab` + "é" + `\"\\/"}`},
		{"Job", "SetProxySettings", `["OVERRIDE", null, ""]`, `{"usage":"BG_JOB_PROXY_USAGE_OVERRIDE","proxyList":null,"bypassList":""}`},
		{"Job", "SetNotifyInterface", `{"callback":null}`, `{"callback":null}`},
		{"Job", "AddFileSet", `[[]]`, `{"files":[]}`},
		{"Job3", "AddFileWithRanges", `["a", "b", [ {"Length":18446744073709551615, "InitialOffset":0} ]]`,
			`{"remoteURL":"a","localName":"b","ranges":[{"InitialOffset":0,"Length":18446744073709551615}]}`},
		{"Manager", "GetJob", `{"jobID":"659cdeae-489e-11d9-a9cd-000d56965251"}`, `{"jobID":"{659CDEAE-489E-11D9-A9CD-000D56965251}"}`},
		{"Manager", "GetErrorDescription", `{"result":"E_FAIL","languageID":1033}`, `{"result":"0x80004005","languageID":1033}`},
		{"Manager", "GetErrorDescription", `{"result":2147500037,"languageID":1033}`, `{"result":"0x80004005","languageID":1033}`},
		{"Job", "QueryInterface", `{"iid":"IBackgroundCopyJob"}`, `{"iid":"{37668D37-507E-4160-9316-26306D150B12}"}`},
		{"Job", "QueryInterface", `["Job"]`, `{"iid":"{37668D37-507E-4160-9316-26306D150B12}"}`},
		{"Job5", "SetProperty", `[1, {"type":"dword","value":7}]`, `{"propertyID":"BITS_JOB_PROPERTY_ID_COST_FLAGS","value":{"type":"dword","value":7}}`},
		{"Job5", "SetProperty", `[1, {"value":true,"type":"enable"}]`, `{"propertyID":"BITS_JOB_PROPERTY_ID_COST_FLAGS","value":{"type":"enable","value":true}}`},
		{"Job5", "SetProperty", `[1, {"type":"uint64","value":18446744073709551615}]`, `{"propertyID":"BITS_JOB_PROPERTY_ID_COST_FLAGS","value":{"type":"uint64","value":18446744073709551615}}`},
		{"Job5", "SetProperty", `[1, {"type":"target","value":"proxy"}]`, `{"propertyID":"BITS_JOB_PROPERTY_ID_COST_FLAGS","value":{"type":"target","value":"BG_AUTH_TARGET_PROXY"}}`},
		{"Job5", "SetProperty", `[1, null]`, `{"propertyID":"BITS_JOB_PROPERTY_ID_COST_FLAGS","value":null}`},
		{"File5", "SetProperty", `[1, null]`, `{"propertyID":"BITS_FILE_PROPERTY_ID_HTTP_RESPONSE_HEADERS","value":null}`},
		{"File3", "SetValidationState", `[false]`, `{"state":false}`},
		{"JobHttpOptions", "SetClientCertificateByID", `[0, "MY", "000102030405060708090A0B0C0D0E0F10111213"]`,
			`{"storeLocation":"BG_CERT_STORE_LOCATION_CURRENT_USER","storeName":"MY","certHash":"000102030405060708090a0b0c0d0e0f10111213"}`},
		{"Job2", "SetCredentials", `[{"Target":"SERVER","Scheme":"NTLM","Implicit":true}]`,
			`{"credentials":{"Target":"BG_AUTH_TARGET_SERVER","Scheme":"BG_AUTH_SCHEME_NTLM","Implicit":true,"UserName":"","Password":""}}`},
		{"Job2", "SetCredentials", `[{"Target":1,"Scheme":1,"UserName":"u","Password":"hunter2"}]`,
			`{"credentials":{"Target":"BG_AUTH_TARGET_SERVER","Scheme":"BG_AUTH_SCHEME_BASIC","Implicit":false,"UserName":"u","Password":"hunter2"}}`},
		{"ServerCertificateValidationCallback", "ValidateServerCertificate", `[null, null, "", 1, "AA=="]`,
			`{"job":null,"file":null,"certData":"","certEncodingType":1,"certStoreData":"AA=="}`},
	} {
		got, err := invoke(t, c.iface, c.method, c.args)
		require.NoError(t, err, "%s %s", c.method, c.args)
		require.Equal(t, c.want, got)
	}
}

// What is not as it must be is named, and nothing is called.
func TestWhatIsRefused(t *testing.T) {
	t.Parallel()
	const addFile = "wire: IBackgroundCopyJob::AddFile: "
	const both = "remoteURL (string), localName (string)"
	deep := strings.Repeat("[", 65) + strings.Repeat("]", 65)
	for _, c := range []struct{ iface, method, args, want string }{
		{"Job", "AddFile", ``, addFile + "the argument remoteURL is missing, want " + both},
		{"Job", "AddFile", `{"remoteURL":""}`, addFile + "the argument localName is missing, want " + both},
		{"Job", "AddFile", `{"remoteURL":"","localname":""}`, addFile + `there is no argument "localname", want ` + both},
		{"Job", "AddFile", `{"remoteURL":"","remoteURL":""}`, addFile + "the argument remoteURL comes twice"},
		{"Job", "AddFile", `{"remoteURL":"","localName":7}`, addFile + "argument localName: a number, want a string"},
		{"Job", "AddFile", `{"remoteURL":null,"localName":""}`, addFile + "argument remoteURL: null, want a string"},
		{"Job", "AddFile", `["a"]`, addFile + "the argument localName is missing, want " + both},
		{"Job", "AddFile", `["a","b",{}]`, addFile + "there are 3 arguments, want " + both},
		{"Job", "AddFile", `"a"`, addFile + "a string, want an object with " + both},
		{"Job", "AddFile", `tru`, addFile + "no JSON: "},
		{"Job", "AddFile", `{} {}`, addFile + "no JSON: "},
		{"Job", "AddFile", "\"\xff\"", addFile + "the text is not UTF-8"},
		{"Job", "AddFile", deep, addFile + "it is nested deeper than 64"},
		{"Job", "Resume", `{"":0}`, `IBackgroundCopyJob::Resume: there is no argument "", want none`},
		{"Job", "AddFileSet", `{"files":[{"RemoteName":"a","LocalName":"b"},{"RemoteName":"a"}]}`,
			"IBackgroundCopyJob::AddFileSet: argument files.[1]: the field LocalName is missing, want RemoteName (string), LocalName (string)"},
		{"Job", "AddFileSet", `{"files":{}}`, "argument files: an object, want an array"},
		{"Job", "AddFileSet", `{"files":[[]]}`, "argument files.[0]: an array, want an object"},
		{"Job", "AddFileSet", `{"files":[{"RemoteName":true,"LocalName":"b"}]}`, "argument files.[0].RemoteName: a boolean, want a string"},
		{"Job", "SetPriority", `["soon"]`, `"soon" is no JobPriority: want BG_JOB_PRIORITY_FOREGROUND`},
		{"Job", "SetPriority", `[-1]`, "want a whole number from 0 to 255"},
		{"Job", "SetPriority", `[1.5]`, "want a whole number from 0 to 255"},
		{"Job", "SetPriority", `[256]`, "want a whole number from 0 to 255"},
		{"Job", "SetPriority", `[{}]`, "an object, want a name or a number"},
		{"Job", "SetMinimumRetryDelay", `[4294967296]`, "want a whole number from 0 to 4294967295"},
		{"Job", "SetMinimumRetryDelay", `["1"]`, "a string, want a whole number from 0 to 4294967295"},
		{"Job", "SetProxySettings", `[0, 1, null]`, "a number, want a string or null"},
		{"Job", "SetNotifyInterface", `{"callback":{"object":"9"}}`, "argument callback: nobody has it"},
		{"Manager", "GetJob", `["x"]`, "argument jobID: invalid UUID length: 1"},
		{"Manager", "GetJob", `[1]`, "a number, want a GUID"},
		{"Manager", "GetErrorDescription", `["no such", 1]`, "no such"},
		{"Manager", "GetErrorDescription", `[null, 1]`, "null, want an HRESULT"},
		{"Job", "QueryInterface", `["IUnheardOf"]`, "argument iid: "},
		{"File3", "SetValidationState", `[1]`, "a number, want true or false"},
		{"Job5", "SetProperty", `[1, {"type":"float","value":1}]`, `argument value.type: "float", want dword, clsid, enable, uint64 or target`},
		{"Job5", "SetProperty", `[1, {"type":"dword","value":4294967296}]`, "argument value.value: want a whole number from 0 to 4294967295"},
		{"Job5", "SetProperty", `[1, {"type":7,"value":4294967296}]`, "argument value.type: a number, want a string"},
		{"Job5", "SetProperty", `[1, 7]`, "argument value: a number, want an object with type (string), value (any)"},
		{"File5", "SetProperty", `[1, {"type":"dword","value":1}]`, `argument value.type: "dword", want string`},
		{"File5", "SetProperty", `[1, {"type":"string","value":1}]`, "argument value.value: a number, want a string"},
		{"JobHttpOptions", "SetClientCertificateByID", `[0, "MY", "00"]`, "want 40 hexadecimal digits"},
		{"JobHttpOptions", "SetClientCertificateByID", `[0, "MY", "` + strings.Repeat("x", 40) + `"]`, "want 40 hexadecimal digits"},
		{"JobHttpOptions", "SetClientCertificateByID", `[0, "MY", 7]`, "want 40 hexadecimal digits"},
		{"ServerCertificateValidationCallback", "ValidateServerCertificate", `[null, null, 7, 1, ""]`, "a number, want bytes in base64"},
		{"ServerCertificateValidationCallback", "ValidateServerCertificate", `[null, null, "A", 1, ""]`, "want bytes in base64"},
		{"ServerCertificateValidationCallback", "ValidateServerCertificate", `[7, null, "A", 1, ""]`, "argument job: "},
	} {
		got, err := invoke(t, c.iface, c.method, c.args)
		var bad *wire.BadRequest
		require.ErrorAs(t, err, &bad, c.args)
		require.ErrorContains(t, err, c.want)
		require.ErrorIs(t, err, hresult.E_INVALIDARG)
		require.Empty(t, got, "called all the same")
	}
	m, _ := wire.Find("Job", "Resume")
	_, hr, err := wire.Invoke(t.Context(), m, "no job", nil, newDouble())
	require.ErrorIs(t, err, hresult.E_NOINTERFACE)
	require.Equal(t, hresult.E_NOINTERFACE, hr)
	require.EqualError(t, &wire.BadRequest{What: "so"}, "wire: so")
}

// answering is a caller that answers with a text.
type answering struct {
	*double
	text string
}

func (a *answering) Call(context.Context, *wire.Method, json.RawMessage) (json.RawMessage, hresult.HRESULT, error) {
	return json.RawMessage(a.text), hresult.S_FALSE, nil
}

// What cannot be read of an answer is an error, beside zero results.
func TestAnswersThatCannotBeRead(t *testing.T) {
	t.Parallel()
	c := &answering{double: newDouble()}
	ctx := t.Context()
	const unreadable = hresult.RPC_E_CLIENT_CANTUNMARSHAL_DATA
	try := map[string]func() error{
		"GetId":    func() error { _, err := wire.New("Job", c).(bits.Job).GetId(ctx); return err },
		"GetOwner": func() error { _, err := wire.New("Job", c).(bits.Job).GetOwner(ctx); return err },
		"GetTimes": func() error { _, err := wire.New("Job", c).(bits.Job).GetTimes(ctx); return err },
		"GetReplyData": func() error {
			_, _, err := wire.New("Job2", c).(bits.Job2).GetReplyData(ctx)
			return err
		},
		"Next": func() error {
			_, hr, err := wire.New("EnumJobs", c).(bits.EnumJobs).Next(ctx, 1)
			require.Equal(t, unreadable, hr)
			return err
		},
		"QueryInterface": func() error {
			_, err := wire.New("Job", c).(bits.Job).QueryInterface(ctx, bits.IID_IBackgroundCopyJob)
			return err
		},
		"GetFileRanges": func() error {
			_, ok, err := wire.New("File2", c).(bits.File2).GetFileRanges(ctx)
			require.False(t, ok)
			return err
		},
	}
	for _, text := range []string{
		"", "null", "7", "[]", "{}", `{"value":7}`, `{"value":{"object":7}}`, `{"value":"2026"}`, `{"object":null}`, `{"elements":[{"object":"x"}]}`,
		`{"value":{"CreationTime":"x","ModificationTime":null,"TransferCompletionTime":null}}`,
		`{"value":{"CreationTime":7,"ModificationTime":null,"TransferCompletionTime":null}}`,
	} {
		c.text = text
		for name, act := range try {
			err := act()
			hr, ok := hresult.Of(err)
			require.True(t, ok, "%s: %s", name, text)
			require.Equal(t, unreadable, hr)
			require.ErrorContains(t, err, "::"+name)
		}
	}
	for _, text := range []string{`{"value":7}`, `{"value":"S-2"}`, `{"value":{"object":"sample"}}`} {
		c.text = text
		_, err := wire.New("Job", c).(bits.Job).GetOwner(ctx)
		require.ErrorIs(t, err, unreadable, text)
	}
	c.text = `{"value":null}`
	owner, err := wire.New("Job", c).(bits.Job).GetOwner(ctx)
	require.NoError(t, err)
	require.True(t, owner.IsZero())
	when, err := wire.New("PeerCacheRecord", c).(bits.PeerCacheRecord).GetLastAccessTime(ctx)
	require.NoError(t, err)
	require.True(t, when.IsZero())
	c.named["odd"] = "no job"
	c.text = `{"value":{"object":"odd"}}`
	_, err = wire.New("Manager", c).(bits.Manager).GetJob(ctx, bits.IID_IUnknown)
	require.ErrorContains(t, err, "a string, want a Job")
	c.text = `{"object":{"object":"sample"}}`
	_, err = wire.New("Job", c).(bits.Job).QueryInterface(ctx, bits.CLSID_BackgroundCopyManager)
	require.ErrorIs(t, err, unreadable)
}

// record and job have results at the borders of what can be written.
type record struct {
	bits.PeerCacheRecord
	time time.Time
}

func (r record) GetLastAccessTime(context.Context) (time.Time, error) { return r.time, nil }

type job struct {
	bits.Job
	name string
}

func (j job) QueryInterface(context.Context, uuid.UUID) (any, error) { return j, nil }

func (j job) GetDisplayName(context.Context) (string, error) { return j.name, nil }

func (j job) GetOwner(context.Context) (sid.SID, error) { return sid.SID{}, nil }

// stubborn gives nothing away.
type stubborn struct{ *double }

func (stubborn) Export(string, any) (json.RawMessage, error) { return nil, errors.New("no more room") }

func TestResults(t *testing.T) {
	t.Parallel()
	ask := func(iface, method, args string, o any, objects wire.Objects) (string, error) {
		m, _ := wire.Find(iface, method)
		results, _, err := wire.Invoke(t.Context(), m, o, json.RawMessage(args), objects)
		return string(results), err
	}
	cet := time.FixedZone("CET", 3600)
	for _, c := range []struct {
		time time.Time
		want string
	}{
		{time.Time{}, `{"value":null}`},
		{time.Date(2026, 1, 2, 3, 4, 5, 600, cet), `{"value":"2026-01-02T02:04:05.0000006Z"}`},
		{time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC), `{"value":"9999-12-31T23:59:59Z"}`},
	} {
		got, err := ask("PeerCacheRecord", "GetLastAccessTime", "", record{time: c.time}, newDouble())
		require.NoError(t, err)
		require.Equal(t, c.want, got)
	}
	_, err := ask("PeerCacheRecord", "GetLastAccessTime", "", record{time: bits.TimeFromWindows(1 << 63)}, newDouble())
	require.ErrorContains(t, err, "a time in the year 30828")
	got, err := ask("Job", "GetDisplayName", "", job{name: "\xff\x1f\u2028ü"}, newDouble())
	require.NoError(t, err)
	require.Equal(t, "{\"value\":\"\ufffd\\u001f\u2028ü\"}", got)
	got, err = ask("Job", "GetOwner", "", job{}, newDouble())
	require.NoError(t, err)
	require.Equal(t, `{"value":null}`, got)

	_, err = ask("Job", "QueryInterface", `["Job"]`, job{}, stubborn{})
	require.ErrorContains(t, err, "no more room")
	_, err = ask("Job", "QueryInterface", `["{4991D34B-80A1-4291-83B6-3328366B9097}"]`, job{}, newDouble())
	require.ErrorIs(t, err, hresult.E_NOINTERFACE)
	err = wire.New("Job", stubbornCaller{}).(bits.Job).SetNotifyInterface(t.Context(), wire.New("Callback", newDouble()).(bits.Callback))
	require.ErrorContains(t, err, "no more room")
}

type stubbornCaller struct{ stubborn }

func (stubbornCaller) Call(context.Context, *wire.Method, json.RawMessage) (json.RawMessage, hresult.HRESULT, error) {
	panic("called all the same")
}
