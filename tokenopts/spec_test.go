package tokenopts_test

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/jobstore"
	"github.com/bitsemu/bitsemu/sid"
	"github.com/bitsemu/bitsemu/token"
	"github.com/bitsemu/bitsemu/tokenopts"
	"github.com/bitsemu/bitsemu/winver"
)

// decided is a row of testdata/token-options.tsv: what is known of a call by one
// caller to a job of one owner.
type decided struct {
	line                  int
	build                 winver.Build
	method                tokenopts.Method
	owner, caller, thread token.Token
	helper                token.Token
	flags                 bits.HelperTokenFlags
	query, call           string // the answers; "-" when it does not come to the call
}

func (d decided) asCall() tokenopts.Call {
	return tokenopts.Call{
		Build: d.build, Method: d.method, Owner: d.owner, Query: d.caller, Thread: d.thread,
		Helper: d.helper, Flags: d.flags, State: bits.BG_JOB_STATE_SUSPENDED,
	}
}

var methods = map[string]tokenopts.Method{
	"GetHelperTokenFlags": tokenopts.GetHelperTokenFlags,
	"GetHelperTokenSid":   tokenopts.GetHelperTokenSid,
	"ClearHelperToken":    tokenopts.ClearHelperToken,
	"SetHelperTokenFlags": tokenopts.SetHelperTokenFlags,
	"SetHelperToken":      tokenopts.SetHelperToken,
}

// readDecided reads the table, by build.
func readDecided(t *testing.T) map[winver.Build][]decided {
	t.Helper()
	text, err := os.ReadFile("../testdata/token-options-tokens.json")
	require.NoError(t, err)
	var people map[string]token.Token
	require.NoError(t, json.Unmarshal(text, &people))
	person := func(name string) token.Token {
		if name == "-" {
			return token.Token{}
		}
		require.Contains(t, people, name)
		return people[name]
	}

	file, err := os.Open("../testdata/token-options.tsv.gz")
	require.NoError(t, err)
	defer file.Close()
	unzipped, err := gzip.NewReader(file)
	require.NoError(t, err)
	rows := map[winver.Build][]decided{}
	lines := bufio.NewScanner(unzipped)
	require.True(t, lines.Scan())
	require.Equal(t, "build\towner\tquery_caller\tmethod\thelper_now\tcall_caller\tflags\tquery_hresult\tcall_hresult", lines.Text())
	n := 1
	for lines.Scan() {
		n++
		f := strings.Split(lines.Text(), "\t")
		build, err := winver.Parse(f[0])
		require.NoError(t, err)
		flags := uint64(0)
		if f[6] != "-" {
			flags, err = strconv.ParseUint(f[6], 0, 32)
			require.NoError(t, err)
		}
		require.Contains(t, methods, f[3])
		rows[build] = append(rows[build], decided{
			line: n, build: build, method: methods[f[3]],
			owner: person(f[1]), caller: person(f[2]), helper: person(f[4]), thread: person(f[5]),
			flags: bits.HelperTokenFlags(flags), query: f[7], call: f[8],
		})
	}
	require.NoError(t, lines.Err())
	require.Equal(t, 9372, n)
	return rows
}

// answer is an error as the table writes it.
func answer(t *testing.T, err error) string {
	t.Helper()
	h, ok := hresult.Of(err)
	require.True(t, ok, "%v", err)
	return h.String()
}

func TestDecidedCases(t *testing.T) {
	t.Parallel()
	for build, rows := range readDecided(t) {
		t.Run(build.String(), func(t *testing.T) {
			t.Parallel()
			store := newStore(t)
			service := tokenopts.New(store, build)
			for _, row := range rows {
				entry := newJob(t, store, row.owner, withHelper(row.helper, bits.BG_TOKEN_NETWORK))
				before := get(t, entry)
				options, err := service.Query(as(t, row.caller), entry.ID())
				require.Equal(t, row.query, answer(t, err), "line %d: %v", row.line, err)
				if err == nil {
					err = perform(t, options, row)
					require.Equal(t, row.call, answer(t, err), "line %d: %v", row.line, err)
				} else {
					require.Equal(t, "-", row.call, "line %d", row.line)
				}
				require.Equal(t, after(before, row, err), get(t, entry), "line %d", row.line)
				require.NoError(t, store.Delete(entry.ID()))
			}
		})
	}
}

// perform makes the call of a row and looks at what it returns.
func perform(t *testing.T, o *tokenopts.Options, row decided) error {
	t.Helper()
	thread := as(t, row.thread)
	switch row.method {
	case tokenopts.GetHelperTokenFlags:
		flags, err := o.GetHelperTokenFlags(thread)
		if err == nil {
			require.Equal(t, bits.BG_TOKEN_NETWORK, flags)
		} else {
			require.Zero(t, flags)
		}
		return err
	case tokenopts.GetHelperTokenSid:
		user, err := o.GetHelperTokenSid(thread)
		if err == nil {
			require.Equal(t, row.helper.User(), user)
		} else {
			require.Equal(t, sid.SID{}, user)
		}
		return err
	case tokenopts.ClearHelperToken:
		return o.ClearHelperToken(thread)
	case tokenopts.SetHelperTokenFlags:
		return o.SetHelperTokenFlags(thread, row.flags)
	default:
		return o.SetHelperToken(thread)
	}
}

// after is the record as the call of a row leaves it.
func after(j jobstore.Job, row decided, err error) jobstore.Job {
	if err != nil {
		return j
	}
	switch row.method {
	case tokenopts.ClearHelperToken:
		j.HelperToken = token.Token{}
	case tokenopts.SetHelperTokenFlags:
		j.HelperTokenFlags = row.flags
	case tokenopts.SetHelperToken:
		j.HelperToken = row.thread
	}
	return j
}

func TestDecidedCasesAsValues(t *testing.T) {
	t.Parallel()
	for build, rows := range readDecided(t) {
		t.Run(build.String(), func(t *testing.T) {
			t.Parallel()
			for _, row := range rows {
				queried := tokenopts.JudgeQuery(build, row.owner, row.caller)
				require.Equal(t, row.query, queried.HRESULT.String(), "line %d: %v", row.line, queried)
				called := tokenopts.Judge(row.asCall())
				want := row.call
				if want == "-" {
					want = row.query
				}
				require.Equal(t, want, called.HRESULT.String(), "line %d: %v", row.line, called)
				require.Equal(t, want == "S_OK", called.Allowed, "line %d: %v", row.line, called)
			}
		})
	}
}
