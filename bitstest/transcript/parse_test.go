package transcript_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/bitstest/transcript"
)

// small is a transcript with one of everything.
const small = `bitsemu transcript 1
system: Wine 8.0
build:
architecture: amd64
bits: 3.0
caller: user
date: 2026-11-22
bitstest: 2 cases, 98b5af79
options: Dir, Server
jobs before: 1

case job/one
1 manager.CreateJob("a \" = (b", BG_JOB_TYPE_DOWNLOAD) = id1, job1
2 wait
	job1.GetState() = BG_JOB_STATE_TRANSFERRED
	~ job1.GetState() = BG_JOB_STATE_QUEUED
3 wait in vain
4 User: job1.Suspend() ! E_NOTIMPL
after
5 job1.Cancel() = S_OK
callback1 of job1
	JobTransferred(job) = S_OK
		job.GetId() = id1
		~ after 2
	JobModification(job) ! E_FAIL
		~ after 3
callback2 of job1
fail
~ Not equal

case job/two
pass
`

func TestParse(t *testing.T) {
	t.Parallel()
	parsed, err := transcript.Parse(small)
	require.NoError(t, err)
	require.Equal(t, small, parsed.String())
	require.Equal(t, transcript.Header{
		System: "Wine 8.0", Architecture: "amd64", BITS: "3.0", Caller: transcript.CallerUser, Date: "2026-11-22",
		Suite: "2 cases, 98b5af79", Options: []string{"Dir", "Server"}, JobsBefore: 1,
	}, parsed.Header)
	one := parsed.Cases[0]
	require.Equal(t, transcript.Case{
		Name: "job/one",
		Steps: []transcript.Step{
			{Call: transcript.Call{Text: `manager.CreateJob("a \" = (b", BG_JOB_TYPE_DOWNLOAD)`, Answer: "id1, job1"}},
			{Wait: &transcript.Wait{
				Calls: []transcript.Call{{Text: "job1.GetState()", Answer: "BG_JOB_STATE_TRANSFERRED"}},
				Seen:  []transcript.Call{{Text: "job1.GetState()", Answer: "BG_JOB_STATE_QUEUED"}},
			}},
			{Wait: &transcript.Wait{Vain: true}},
			{Call: transcript.Call{Text: "User: job1.Suspend()", Failed: true, Answer: "E_NOTIMPL"}},
		},
		After: []transcript.Step{{Call: transcript.Call{Text: "job1.Cancel()", Answer: "S_OK"}}},
		Callbacks: []transcript.Callback{
			{Name: "callback1", Of: "job1", Events: []transcript.Event{
				{
					Call:  transcript.Call{Text: "JobTransferred(job)", Answer: "S_OK"},
					Calls: []transcript.Call{{Text: "job.GetId()", Answer: "id1"}}, After: 2,
				},
				{Call: transcript.Call{Text: "JobModification(job)", Failed: true, Answer: "E_FAIL"}, After: 3},
			}},
			{Name: "callback2", Of: "job1"},
		},
		Outcome: transcript.Fail, Why: "Not equal",
	}, one)
	again, err := transcript.ParseCase(one.String())
	require.NoError(t, err)
	require.Equal(t, one, again)
	_, err = transcript.ParseCase(one.String() + "more\n")
	require.ErrorContains(t, err, "nothing but one case")
	_, err = transcript.ParseCase("pass\n")
	require.ErrorContains(t, err, "line 1")
}

func TestParseWithoutCases(t *testing.T) {
	t.Parallel()
	text := transcript.Transcript{}.String()
	parsed, err := transcript.Parse(text)
	require.NoError(t, err)
	require.Equal(t, transcript.Transcript{}, parsed)
	require.Equal(t, text, parsed.String())
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]struct{ old, by, err string }{
		"another magic":               {"transcript 1", "transcript 2", "line 1: want \"bitsemu transcript 1\""},
		"no field":                    {"system: Wine 8.0\n", "", `line 2: want the field "system"`},
		"a value without a space":     {"system: ", "system:", "line 2: want one space"},
		"a value with a control":      {"Wine 8.0", "Wine\x018", "line 2: want one space"},
		"no options":                  {"options: Dir, Server\n", "", `line 9: want the field "options"`},
		"options without a space":     {"options: ", "options:", "line 9: want one space"},
		"an option without a name":    {"Dir, Server", "Dir, , Server", "line 9: an option"},
		"no number of jobs":           {"before: 1", "before: 01", "line 10:"},
		"no field of jobs":            {"jobs before: 1\n", "", `line 10: want the field "jobs before"`},
		"no empty line":               {"1\n\ncase", "1\ncase", "line 11: want an empty line"},
		"no case":                     {"case job/one", "job/one", `line 12: want "case"`},
		"a bad name":                  {"job/one", "Job one", "line 12: "},
		"a case twice":                {"job/two", "job/one", "twice"},
		"a number left out":           {"4 User", "5 User", "line 18: want call 4"},
		"a call of nothing":           {"job1.Suspend", "suspend", "line 18: want a call"},
		"a call without an end":       {`"a \" = (b"`, `"a = (b`, "line 13: the arguments"},
		"a call without an answer":    {"! E_NOTIMPL", "!", "line 18: want = or !"},
		"an answer of spaces":         {"! E_NOTIMPL", "!  ", "line 18: want an answer"},
		"a seen call first":           {"\tjob1.GetState() = BG_JOB_STATE_TRANSFERRED\n\t~ ", "\t~ job1.GetId() = id1\n\t", "before what was seen"},
		"a bad call in a wait":        {"\tjob1.GetState() = BG_JOB_STATE_TRANSFERRED", "\tx", "line 15: want a call"},
		"after nothing":               {"5 job1.Cancel() = S_OK\n", "", "line 20: want a call"},
		"something beside after":      {"after\n", "after all\n", "line 19: want nothing"},
		"a bad call after":            {"job1.Cancel()", "Cancel", "line 20: want a call"},
		"a bad event":                 {"JobTransferred(job)", "told", "line 22: want a call"},
		"a bad call in an event":      {"\t\tjob.GetId()", "\t\tjob", "line 23: want a call"},
		"an event without its number": {"\t\t~ after 3\n", "", "line 26: want what the callback calls"},
		"an event after no number":    {"~ after 3", "~ after -3", "line 26:"},
		"an outcome without a name":   {"fail", "failed", `line 28: want call 6, after, a callback, or pass, skip or fail, and not "failed"`},
		"a reason of spaces":          {"~ Not equal", "~  ", "line 29: want a reason"},
		"more":                        {"pass\n", "pass\nmore\n", "want an empty line"},
		"no last line":                {"pass\n", "pass", "does not end"},
		"no UTF-8":                    {"Not equal", "Not \xff", "UTF-8"},
		"nothing":                     {small, "", "does not end"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := strings.Replace(small, change.old, change.by, 1)
			require.NotEqual(t, small, text)
			_, err := transcript.Parse(text)
			require.ErrorContains(t, err, change.err)
		})
	}
}

// What is read is written again as it was.
func FuzzParse(f *testing.F) {
	f.Add(small)
	f.Add(transcript.Transcript{}.String())
	f.Add("bitsemu transcript 1\n")
	f.Fuzz(func(t *testing.T, text string) {
		parsed, err := transcript.Parse(text)
		if err != nil {
			return
		}
		require.Equal(t, text, parsed.String())
	})
}
