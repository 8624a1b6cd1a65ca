package bits_test

import (
	"fmt"
	"go/ast"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
)

var (
	hresultName  = regexp.MustCompile(`\b(?:[ES]|BG_S|[A-Z]+_[EX]|ERROR)_[A-Z0-9_]+\b`)
	constantName = regexp.MustCompile(`\b(?:BG|BITS)_[A-Z0-9_]+\b`)
	page         = regexp.MustCompile(`\b[a-z0-9_-]+\.md\b`)
)

// documented is a row of methods.tsv: what Microsoft documents of a method.
type documented struct {
	com, version, method string
	answers              []string // HRESULTs by name, without S_OK
	pages                []string
}

// documentation returns the rows of methods.tsv that are about a method of an
// interface of BITS.
func documentation(t *testing.T) []documented {
	t.Helper()
	var rows []documented
	rest := map[string]bool{}
	for _, row := range readTable(t, "methods.tsv") {
		known := slices.ContainsFunc(contracts, func(c contract) bool { return c.com == row[0] })
		if !known {
			rest[row[0]] = true
			continue
		}
		version, _, _ := strings.Cut(row[1], " ")
		d := documented{com: row[0], version: version, method: row[2], pages: strings.Fields(row[4])}
		for _, name := range hresultName.FindAllString(row[3], -1) {
			if name != "S_OK" { // which every method answers, and no doc needs to say
				d.answers = append(d.answers, name)
			}
		}
		rows = append(rows, d)
	}
	// Neither how COM makes the first object nor what is outside of BITS.
	require.True(t, rest["(activation) BackgroundCopyManager class"])
	require.True(t, rest["IBITSExtensionSetup / IBITSExtensionSetupFactory"])
	for com := range rest {
		require.True(t, strings.Contains(com, " ") || outside[com] != "", com)
	}
	return rows
}

// TestDocsSayWhatIsDocumented holds the doc of every method to the table of what
// Microsoft documents, and the table to the methods.
func TestDocsSayWhatIsDocumented(t *testing.T) {
	t.Parallel()
	source := parseInterfaces(t)
	seen := map[string]bool{}
	for _, d := range documentation(t) {
		iface := source[goName(d.com)]
		if d.method == "QueryInterface" {
			iface = source["Unknown"]
		}
		i := slices.IndexFunc(iface.methods, func(m method) bool { return m.name == d.method })
		require.GreaterOrEqual(t, i, 0, "%s has no %s", goName(d.com), d.method)
		seen[d.com+"."+d.method] = true
		doc := iface.methods[i].doc
		where := goName(d.com) + "." + d.method

		require.True(t, strings.HasPrefix(doc, d.method+" "), where)
		named := hresultName.FindAllString(doc, -1)
		for _, name := range d.answers {
			require.Contains(t, named, name, where)
		}
		require.NotEmpty(t, d.pages, where)
		require.Contains(t, page.FindAllString(doc, -1), d.pages[0], where)
		switch {
		case goName(d.com) == "TokenOptions": // has it all in the doc of the interface
			require.Contains(t, iface.doc, "BITS "+d.version, where)
		case iface.embeds == nil && d.method == "QueryInterface", strings.HasPrefix(d.com, "IEnum"):
			require.Contains(t, doc, "BITS "+d.version+" (D", where)
		default:
			require.Regexp(t, `\b(?:By|Called) .*\. BITS `+regexp.QuoteMeta(d.version)+` \(D nf-`, doc, "%s: who calls it, and since when", where)
		}
	}
	require.Len(t, seen, methodCount+1, "no method without documentation; QueryInterface comes on top")
}

// TestDocsNameWhatExists finds names in comments that nothing has.
func TestDocsNameWhatExists(t *testing.T) {
	t.Parallel()
	files := parseSource(t)
	constants := map[string]bool{}
	for _, file := range files {
		ast.Inspect(file, func(n ast.Node) bool {
			if spec, ok := n.(*ast.ValueSpec); ok {
				for _, name := range spec.Names {
					constants[name.Name] = true
				}
			}
			return true
		})
	}
	for _, path := range slices.Sorted(maps.Keys(files)) {
		for _, comment := range files[path].Comments {
			for _, name := range hresultName.FindAllString(comment.Text(), -1) {
				_, err := hresult.Parse(name)
				require.NoError(t, err, path)
			}
			for _, name := range constantName.FindAllString(comment.Text(), -1) {
				_, err := hresult.Parse(name)
				require.True(t, err == nil || constants[name] || known(name, constants), "%s: %s is nothing", path, name)
			}
		}
	}
}

// known are names of Windows that are no constants here, and prefixes of such.
func known(name string, constants map[string]bool) bool {
	windows := []string{
		"BG_JOB_PROGRESS", "BG_JOB_TIMES", "BG_JOB_REPLY_PROGRESS", "BG_FILE_PROGRESS", "BG_FILE_INFO", "BG_FILE_RANGE",
		"BG_AUTH_CREDENTIALS", "BITS_JOB_PROPERTY_VALUE", "BITS_FILE_PROPERTY_VALUE", "BITS_POST",
	}
	if slices.Contains(windows, name) {
		return true
	}
	for constant := range constants {
		if strings.HasPrefix(constant, strings.TrimSuffix(name, "_")+"_") {
			return true
		}
	}
	return false
}

// TestOneInterfaceAFile keeps an interface where it is looked for, and its doc to
// where it comes from.
func TestOneInterfaceAFile(t *testing.T) {
	t.Parallel()
	source := parseInterfaces(t)
	for _, c := range contracts {
		name := c.typ.Name()
		require.Equal(t, strings.ToLower(name)+".go", source[name].file)
		require.Contains(t, source[name].doc, " is "+c.com, name)
		major, minor, ok := bits.IIDVersion(c.iid)
		require.True(t, ok)
		require.Contains(t, source[name].doc, fmt.Sprintf("BITS %d.%d", major, minor), name)
	}
}
