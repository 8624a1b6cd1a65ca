package transcript_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/bitstest/transcript"
)

const (
	listed = "case\tcall\ttheirs\tours\ttimes\tevidence\treason\n" +
		"job/one\tjob.GetId\tid1\tid2\t1\tI\tone\n" +
		"*\tjob.GetId\tid1\tid2\t2\tD a.md, b.md; O\tall others\n"
)

func difference(name, theirs, ours string) transcript.Difference {
	return transcript.Difference{Case: name, Number: 1, Call: "job1.GetId()", What: "job.GetId", Theirs: theirs, Ours: ours}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	list, err := transcript.ParseList(listed)
	require.NoError(t, err)
	require.Equal(t, listed, transcript.FormatList(list))
	one, two, three := difference("job/one", "id1", "id2"), difference("job/two", "id1", "id2"), difference("job/three", "id1", "id2")
	require.Empty(t, transcript.Check(list, []transcript.Difference{one, two, three}))

	gone := transcript.Check(list, []transcript.Difference{two, three})
	require.Equal(t, []string{"listed 1 times and there 0 times: job/one, job.GetId\n\ttheirs: id1\n\tours:   id2"}, gone)
	require.Len(t, transcript.Check(list, []transcript.Difference{one, two}), 1, "one of two is no more")
	added := transcript.Check(list, []transcript.Difference{one, two, three, difference("job/two", "id1", "id3")})
	require.Equal(t, []string{"not listed: job/two, call 1: job1.GetId()\n\ttheirs: id1\n\tours:   id3"}, added)
}

func TestUpdate(t *testing.T) {
	t.Parallel()
	fresh, err := transcript.Update("", []transcript.Difference{
		difference("job/one", "id1", "id2"), difference("job/two", "id1", "id2"),
		difference("job/one", "id1", "id0"), difference("job/one", "id1", "id0"),
	})
	require.NoError(t, err)
	require.Equal(t, "case\tcall\ttheirs\tours\ttimes\tevidence\treason\n"+
		"job/one\tjob.GetId\tid1\tid0\t2\t?\t?\n*\tjob.GetId\tid1\tid2\t2\t?\t?\n", fresh)
	_, err = transcript.ParseList(fresh)
	require.ErrorContains(t, err, "line 2 of the list: evidence and reason are missing")

	again, err := transcript.Update(listed, []transcript.Difference{
		difference("job/two", "id1", "id2"), difference("job/two", "id9", "id2"),
	})
	require.NoError(t, err)
	require.Equal(t, "case\tcall\ttheirs\tours\ttimes\tevidence\treason\n"+
		"*\tjob.GetId\tid1\tid2\t1\tD a.md, b.md; O\tall others\njob/two\tjob.GetId\tid9\tid2\t1\t?\t?\n", again)

	_, err = transcript.Update("nothing\n", nil)
	require.ErrorContains(t, err, "the first line of a list")
}

func TestParseListRefuses(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]struct{ old, by, err string }{
		"another head":           {"case\tcall", "call\tcase", "the first line"},
		"a column less":          {"\tone\n", "\n", "line 2 of the list: want 7 columns"},
		"an empty column":        {"\tone\n", "\t\n", "line 2 of the list: want 7 columns"},
		"no number":              {"\t1\tI", "\tonce\tI", `line 2 of the list: "once"`},
		"a number of two digits": {"\t1\tI", "\t01\tI", `line 2 of the list: "01"`},
		"no last line":           {"all others\n", "all others", "does not end"},
		"never":                  {"\t1\tI", "\t0\tI", `line 2 of the list: "0"`},
		"the same twice":         {"*\t", "job/one\t", "line 3 of the list: that was there before"},
		"no evidence":            {"\tI\tone", "\tX\tone", `line 2 of the list: "X"`},
		"evidence for all":       {"D a.md", "?", `line 3 of the list: "?, b.md; O"`},
		"a missing reason":       {"\tone\n", "\t?\n", "line 2 of the list: evidence and reason are missing"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := transcript.ParseList(strings.Replace(listed, change.old, change.by, 1))
			require.ErrorContains(t, err, change.err)
		})
	}
}

// What is read is written again as it was.
func FuzzParseList(f *testing.F) {
	f.Add(listed)
	f.Add("case\tcall\ttheirs\tours\ttimes\tevidence\treason\n")
	f.Fuzz(func(t *testing.T, text string) {
		list, err := transcript.ParseList(text)
		if err != nil {
			return
		}
		require.Equal(t, text, transcript.FormatList(list))
	})
}
