package wire_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/internal/wire"
)

// double is the other end of a connection, written down: what it is asked it keeps,
// and what it answers is made up from the types.
type double struct {
	mu     sync.Mutex
	next   int
	named  map[string]any
	method *wire.Method
	args   string
	hr     hresult.HRESULT
	fail   error
}

func newDouble() *double { return &double{named: map[string]any{}} }

type name struct {
	Object string `json:"object"`
}

// Export gives each object a number; an object that came from here keeps its own.
func (d *double) Export(iface string, object any) (json.RawMessage, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for n, known := range d.named {
		if known == object {
			n, _, _ = strings.Cut(n, " ")
			return json.Marshal(name{n})
		}
	}
	d.next++
	n := fmt.Sprintf("%s-%d", iface, d.next)
	d.named[n] = object
	return json.Marshal(name{n})
}

func (d *double) Import(iface string, ref json.RawMessage) (any, error) {
	var n name
	if err := json.Unmarshal(ref, &n); err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.named[n.Object] == nil {
		if n.Object != "sample" {
			return nil, errors.New("nobody has it")
		}
		n.Object += " " + iface
		if d.named[n.Object] == nil {
			d.named[n.Object] = wire.New(iface, d)
		}
	}
	return d.named[n.Object], nil
}

// Call answers with samples.
func (d *double) Call(_ context.Context, m *wire.Method, args json.RawMessage) (json.RawMessage, hresult.HRESULT, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.method, d.args = m, string(args)
	if d.fail != nil {
		return nil, 0, d.fail
	}
	return json.RawMessage(object(m.Results)), d.hr, nil
}

// tunnel is the near end: its calls go to an object at the far end.
type tunnel struct {
	*double
	object any
	far    *double
}

func (t *tunnel) Call(ctx context.Context, m *wire.Method, args json.RawMessage) (json.RawMessage, hresult.HRESULT, error) {
	t.mu.Lock()
	t.args = string(args)
	t.mu.Unlock()
	return wire.Invoke(ctx, m, t.object, args, t.far)
}

// samples are JSON forms in the way in which package wire writes them.
var samples = map[string]string{
	"string": `"a \"b\" \\ \u0001 ü"`, "string?": `"C:\\x"`, "bool": `true`, "uint32": `4294967295`, "uint64": `18446744073709551615`,
	"guid": `"{659CDEAE-489E-11D9-A9CD-000D56965251}"`, "sid": `"S-1-5-18"`, "hresult": `"0x80070005"`,
	"iid": `"{37668D37-507E-4160-9316-26306D150B12}"`, "time": `"2026-01-02T03:04:05.0000001Z"`, "bytes": `"AAEC/w=="`, "sha1": `"000102030405060708090a0b0c0d0e0f10111213"`,
	"JobPropertyValue": `{"type":"clsid","value":"{659CDEAE-489E-11D9-A9CD-000D56965251}"}`, "FilePropertyValue": `{"type":"string","value":"x"}`,
	"JobType": `"BG_JOB_TYPE_UPLOAD"`, "JobState": `"BG_JOB_STATE_SUSPENDED"`, "JobPriority": `"BG_JOB_PRIORITY_LOW"`,
	"NotifyFlags": `"BG_NOTIFY_JOB_TRANSFERRED|BG_NOTIFY_DISABLE"`, "ProxyUsage": `"BG_JOB_PROXY_USAGE_OVERRIDE"`,
	"EnumFlags": `"BG_JOB_ENUM_ALL_USERS"`, "AuthTarget": `"BG_AUTH_TARGET_PROXY"`, "AuthScheme": `"BG_AUTH_SCHEME_DIGEST"`,
	"FileACLFlags": `"BG_COPY_FILE_OWNER"`, "PeerCachingFlags": `"0"`, "JobPropertyID": `"BITS_JOB_PROPERTY_DYNAMIC_CONTENT"`,
	"FilePropertyID": `"BITS_FILE_PROPERTY_ID_HTTP_RESPONSE_HEADERS"`, "CertStoreLocation": `"BG_CERT_STORE_LOCATION_SERVICES"`,
	"SecurityFlags": `"BG_SSL_IGNORE_UNKNOWN_CA"`, "ErrorContext": `"BG_ERROR_CONTEXT_LOCAL_FILE"`, "HelperTokenFlags": `"BG_TOKEN_NETWORK"`,
	"PeerCacheConfigurationFlags": `"0"`,
}

// sample is the JSON form of a value of a type.
func sample(of string) string {
	if elem, ok := strings.CutSuffix(of, "[]"); ok {
		return "[" + sample(elem) + "," + sample(elem) + "]"
	}
	if s, ok := samples[of]; ok {
		return s
	}
	if fields := wire.Fields(of); fields != nil {
		return object(fields)
	}
	if strings.HasPrefix(of, "object") || strings.HasPrefix(of, "callback:") {
		return `{"object":"sample"}`
	}
	panic("no sample of " + of)
}

func object(params []wire.Param) string {
	var members []string
	for _, p := range params {
		members = append(members, fmt.Sprintf("%q:%s", p.Name, sample(p.Type)))
	}
	return "{" + strings.Join(members, ",") + "}"
}
