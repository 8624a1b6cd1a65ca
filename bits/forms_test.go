package bits_test

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// goTypes are the Go forms of the types of COM, the pointer to a result not
// counted.
var goTypes = map[string]string{
	"LPCWSTR": "string", "LPWSTR": "string", "WCHAR*": "string",
	"ULONG": "uint32", "DWORD": "uint32", "UINT64": "uint64", "BOOL": "bool", "BYTE": "uint8",
	"GUID": "uuid.UUID", "REFGUID": "uuid.UUID", "FILETIME": "time.Time", "HRESULT": "hresult.HRESULT",
	"BG_JOB_TYPE": "bits.JobType", "BG_JOB_PRIORITY": "bits.JobPriority", "BG_JOB_STATE": "bits.JobState",
	"BG_ERROR_CONTEXT": "bits.ErrorContext", "BG_JOB_PROXY_USAGE": "bits.ProxyUsage",
	"BG_AUTH_TARGET": "bits.AuthTarget", "BG_AUTH_SCHEME": "bits.AuthScheme", "BG_AUTH_CREDENTIALS*": "bits.AuthCredentials",
	"BG_CERT_STORE_LOCATION": "bits.CertStoreLocation",
	"BG_JOB_PROGRESS":        "bits.JobProgress", "BG_JOB_REPLY_PROGRESS": "bits.JobReplyProgress", "BG_JOB_TIMES": "bits.JobTimes",
	"BG_FILE_INFO": "bits.FileInfo", "BG_FILE_PROGRESS": "bits.FileProgress", "BG_FILE_RANGE": "bits.FileRange",
	"BITS_JOB_PROPERTY_ID": "bits.JobPropertyID", "BITS_JOB_PROPERTY_VALUE": "bits.JobPropertyValue",
	"BITS_FILE_PROPERTY_ID": "bits.FilePropertyID", "BITS_FILE_PROPERTY_VALUE": "bits.FilePropertyValue",
}

// flagTypes are the types of the numbers that are flags, by method.
var flagTypes = map[string]string{
	"EnumJobs":              "bits.EnumFlags",
	"SetNotifyFlags":        "bits.NotifyFlags",
	"GetNotifyFlags":        "bits.NotifyFlags",
	"SetFileACLFlags":       "bits.FileACLFlags",
	"GetFileACLFlags":       "bits.FileACLFlags",
	"SetPeerCachingFlags":   "bits.PeerCachingFlags",
	"GetPeerCachingFlags":   "bits.PeerCachingFlags",
	"SetSecurityFlags":      "bits.SecurityFlags",
	"GetSecurityFlags":      "bits.SecurityFlags",
	"SetHelperTokenFlags":   "bits.HelperTokenFlags",
	"GetHelperTokenFlags":   "bits.HelperTokenFlags",
	"SetConfigurationFlags": "bits.PeerCacheConfigurationFlags",
	"GetConfigurationFlags": "bits.PeerCacheConfigurationFlags",
}

// forms are the methods whose Go form does not follow from COM's by the rules
// alone, with the reason.
var forms = map[string]struct{ form, why string }{
	"EnumJobs.Next":  {"(uint32) ([]bits.Job, hresult.HRESULT, error)", "the slice has as many as were fetched; with S_FALSE it is not empty"},
	"EnumFiles.Next": {"(uint32) ([]bits.File, hresult.HRESULT, error)", "as EnumJobs.Next"},
	"EnumPeers.Next": {"(uint32) ([]bits.Peer, hresult.HRESULT, error)", "as EnumJobs.Next"},
	"EnumPeerCacheRecords.Next": {"(uint32) ([]bits.PeerCacheRecord, hresult.HRESULT, error)",
		"as EnumJobs.Next"},
	"Job.GetOwner":                   {"() (sid.SID, error)", "the text of a SID is a SID"},
	"TokenOptions.GetHelperTokenSid": {"() (sid.SID, error)", "the text of a SID is a SID"},
	"Job.SetNotifyInterface":         {"(bits.Callback) error", "IUnknown stands for the callback that it must have"},
	"Job.GetNotifyInterface":         {"() (bits.Callback, error)", "IUnknown stands for the callback that it must have"},
	"JobHttpOptions3.SetServerCertificateValidationInterface": {"(bits.ServerCertificateValidationCallback) error",
		"IUnknown stands for the callback that it must have"},
	"Job.GetProxySettings": {"() (bits.ProxyUsage, *string, *string, error)", "a list that is NULL must be set as NULL again"},
	"Job2.GetReplyData":    {"() ([]uint8, uint64, error)", "the length counts even when there is no buffer"},
	"JobHttpOptions.SetClientCertificateByID": {"(bits.CertStoreLocation, string, [20]uint8) error",
		"a SHA-1 has 20 bytes"},
	"JobHttpOptions.GetClientCertificate": {"() (bits.ClientCertificate, error)", "four results are one certificate"},
	"Callback.JobModification":            {"(bits.Job) error", "the reserved number says nothing"},
	"PeerCacheRecord.IsFileValidated":     {"() (bool, error)", "S_OK and S_FALSE are yes and no"},
}

// parameter is a parameter of COM.
type parameter struct{ typ, name, direction string }

var signature = regexp.MustCompile(`^HRESULT \((.*)\)$`)

func parameters(t *testing.T, s slot) []parameter {
	t.Helper()
	match := signature.FindStringSubmatch(s.signature)
	require.NotNil(t, match, s.signature)
	if match[1] == "void" {
		return nil
	}
	directions := strings.Split(s.directions, ",")
	var params []parameter
	for i, text := range strings.Split(match[1], ", ") {
		typ, name, ok := strings.Cut(strings.TrimPrefix(text, "const "), " ")
		require.True(t, ok, text)
		if typ == "PUINT64" {
			typ = "UINT64*"
		}
		if array, ok := strings.CutSuffix(name, "[]"); ok {
			typ, name = typ+"*", array
		}
		params = append(params, parameter{typ, name, directions[i]})
	}
	return params
}

// isLength reports whether p is the length of the array next.
func isLength(p, next parameter) bool {
	counts := strings.HasSuffix(p.name, "Count") || strings.HasSuffix(p.name, "Length")
	return counts && strings.HasSuffix(next.typ, "*")
}

// goType is the Go form of a type of COM.
func goType(method, typ string) (string, error) {
	if object, ok := strings.CutSuffix(typ, "*"); ok && strings.HasPrefix(object, "I") {
		return "bits." + goName(object), nil
	}
	if flags := flagTypes[method]; flags != "" && (typ == "DWORD" || typ == "ULONG") {
		return flags, nil
	}
	form, ok := goTypes[typ]
	if !ok {
		return "", fmt.Errorf("no rule for %s", typ)
	}
	return form, nil
}

// byRule is the Go form of a method as the rules in the doc of the package have
// it. They ask whether it can answer other successes than S_OK.
func byRule(t *testing.T, s slot, succeedsOtherwise bool) (string, error) {
	t.Helper()
	var in, out []string
	params := parameters(t, s)
	for i, p := range params {
		if i+1 < len(params) && isLength(p, params[i+1]) {
			continue
		}
		typ, slice := p.typ, ""
		output := !strings.HasPrefix(p.direction, "in") || strings.HasPrefix(p.direction, "inout")
		if output {
			typ = strings.TrimSuffix(typ, "*")
		}
		if i > 0 && isLength(params[i-1], p) {
			typ, slice = strings.TrimSuffix(typ, "*"), "[]"
		}
		form, err := goType(s.method, typ)
		if err != nil {
			return "", err
		}
		switch {
		case output:
			out = append(out, slice+form)
		case strings.HasSuffix(p.direction, "+unique"):
			in = append(in, "*"+form)
		default:
			in = append(in, slice+form)
		}
	}
	switch {
	case succeedsOtherwise && len(out) == 0:
		out = append(out, "hresult.HRESULT")
	case succeedsOtherwise:
		out = append(out, "bool")
	}
	results := "error"
	if len(out) > 0 {
		results = "(" + strings.Join(append(out, "error"), ", ") + ")"
	}
	return "(" + strings.Join(in, ", ") + ") " + results, nil
}

// TestFormsFollowFromCOM derives the form of every method from that in COM.
func TestFormsFollowFromCOM(t *testing.T) {
	t.Parallel()
	tables := vtables(t)
	docs := documentation(t)
	used := 0
	for _, c := range contracts {
		for _, s := range tables[c.com] {
			if s.declaredIn != c.com {
				continue
			}
			i := slices.IndexFunc(docs, func(d documented) bool { return d.com == c.com && d.method == s.method })
			succeedsOtherwise := slices.ContainsFunc(docs[i].answers, func(name string) bool {
				return name == "S_FALSE" || strings.HasPrefix(name, "BG_S_")
			}) || c.com == "IBitsPeerCacheAdministration" // from BITS 4.0 on all answer S_FALSE

			m, ok := c.typ.MethodByName(s.method)
			require.True(t, ok)
			require.Equal(t, "context.Context", m.Type.In(0).String())
			where := c.typ.Name() + "." + s.method
			want, err := byRule(t, s, succeedsOtherwise)
			if special, ok := forms[where]; ok {
				require.NotEqual(t, want, special.form, "%s follows the rules, and is no exception", where)
				require.NotEmpty(t, special.why)
				want, err = special.form, nil
				used++
			}
			require.NoError(t, err, where)
			require.Equal(t, want, form(m.Type), where)
		}
	}
	require.Equal(t, len(forms), used, "every exception is a method")
}

// form is the text of a method's type without the context.
func form(typ reflect.Type) string {
	text := strings.TrimPrefix(typ.String(), "func(context.Context")
	return "(" + strings.TrimPrefix(text, ", ")
}
