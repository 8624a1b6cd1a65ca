package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestVerdicts(t *testing.T) {
	t.Parallel()
	rows, passed, ended := verdicts("p", `=== RUN   TestA
=== PAUSE TestA
=== RUN   TestB
    b_test.go:7: no such thing here
--- SKIP: TestB (0.00s)
=== CONT  TestA
=== RUN   TestA/one
=== NAME  TestA/one
    a_test.go:3: 
        	Error Trace:	a_test.go:3
        	Error:      	Should be true
        	Test:       	TestA/one
    a_test.go:4: and more
=== RUN   TestA/two
--- FAIL: TestA (0.01s)
    --- FAIL: TestA/one (0.00s)
    --- PASS: TestA/two (0.00s)
=== RUN   TestC
    testing.go:1: TempDir RemoveAll cleanup: x
--- FAIL: TestC (0.00s)
=== RUN   TestD
--- FAIL: TestD (0.00s)
=== RUN   TestE
--- PASS: TestE (0.00s)
=== RUN   TestF/unix/a
    f_test.go:9: no sockets
--- FAIL: TestF (0.00s)
    --- PASS: TestF/tcp (0.00s)
    --- FAIL: TestF/unix (0.00s)
        --- FAIL: TestF/unix/a (0.00s)
        --- FAIL: TestF/unix/b (0.00s)
FAIL
`)
	require.True(t, ended)
	require.Equal(t, 3, passed)
	require.Equal(t, map[string]row{
		"p\tTestB":     {"p", "TestB", "skip", "no such thing here"},
		"p\tTestA/one": {"p", "TestA/one", "fail", "Should be true"},
		"p\tTestC":     {"p", "TestC", "fail", "TempDir RemoveAll cleanup: x"},
		"p\tTestD":     {"p", "TestD", "fail", "it does not say why"},

		"p\tTestF/unix": {"p", "TestF/unix", "fail", "no sockets"},
	}, rows)
	_, _, ended = verdicts("p", "=== RUN   TestA\npanic: test timed out\n")
	require.False(t, ended)
}

func TestExactly(t *testing.T) {
	t.Parallel()
	require.Equal(t, `^TestA$/^one \(more\)$`, exactly("TestA/one (more)"))
}

func TestMismatches(t *testing.T) {
	t.Parallel()
	rows := func(rows ...row) map[string]row {
		m := map[string]row{}
		for _, r := range rows {
			m[r.key()] = r
		}
		return m
	}
	listed := rows(
		row{"p", "TestFails", "fail", "by hand"}, row{"p", "TestVaries", "varies", "by hand"},
		row{"p", "TestNotRun", "not run", "by hand"}, row{"p", "TestSkips", "skip", "told"}, row{"q", "TestOfAnother", "fail", "by hand"},
	)
	require.Empty(t, mismatches("p", listed, rows(row{"p", "TestFails", "fail", "told"}, row{"p", "TestSkips", "skip", "told"})))
	require.Empty(t, mismatches("p", listed, rows(
		row{"p", "TestFails", "fail", "told"}, row{"p", "TestSkips", "skip", "told"}, row{"p", "TestVaries", "fail", "told"})))
	require.Equal(t, []string{
		"happened: p\tTestNew\tfail\ttold", "happened: p\tTestSkips\tfail\ttold", "listed:   p\tTestFails\tfail\tby hand",
	}, mismatches("p", listed, rows(row{"p", "TestNew", "fail", "told"}, row{"p", "TestSkips", "fail", "told"})))
}
