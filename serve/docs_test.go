package serve_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Every operation and every path to look at is in docs/service.md, and the arguments
// there are some that it takes.
func TestServiceDocument(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join("..", "docs", "service.md"))
	require.NoError(t, err)
	a := document()
	told := map[string]bool{}
	for _, row := range regexp.MustCompile("(?m)^\\| `([a-z]+)` \\| (?:`([^`]*)`|[^|]*) \\|").FindAllStringSubmatch(string(text), -1) {
		o, ok := a.Paths["/v1/control/"+row[1]]["post"]
		require.True(t, ok, "there is no operation %s", row[1])
		told[row[1]] = true
		if row[2] != "" {
			require.NoError(t, a.check(o.RequestBody.Content["application/json"].Schema, parse(t, row[2]), row[1]), row[2])
		}
	}
	for path, methods := range a.Paths {
		if name, ok := strings.CutPrefix(path, "/v1/control/"); ok {
			require.True(t, told[name], "docs/service.md lacks the operation %s", name)
		} else if _, ok := methods["get"]; ok && !strings.Contains(path, "sessions") {
			require.Contains(t, string(text), "`GET "+path, "docs/service.md lacks a path")
		}
	}
}
