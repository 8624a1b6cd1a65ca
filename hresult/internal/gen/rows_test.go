package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestParseRows(t *testing.T) {
	t.Parallel()
	rows, err := parseRows(header + "\n" +
		"E_ONE\t0x80000001\tcom\tThis is one.\t-\n" +
		"HRESULT_FROM_WIN32(ERROR_TWO)\t0x80070002\twin32\tThis is two.\tTake care.\n")
	require.NoError(t, err)
	require.Equal(t, []row{
		{name: "E_ONE", value: 0x80000001, section: "com", text: "This is one.", note: "-"},
		{name: "HRESULT_FROM_WIN32(ERROR_TWO)", win32: "ERROR_TWO", value: 0x80070002, section: "win32", text: "This is two.", note: "Take care."},
	}, rows)
}

func TestParseRowsRejects(t *testing.T) {
	t.Parallel()
	const good = header + "\nE_ONE\t0x80000001\tcom\tThis is one.\t-\n"
	for _, test := range []struct{ name, tsv, err string }{
		{"other header", "name\tvalue\n", `line 1: the header is "name\tvalue"`},
		{"empty file", "", "line 1"},
		{"too few columns", good + "E_TWO\t0x80000002\n", "line 3: 2 columns, want 5"},
		{"empty line", good + "\n", "line 3: 1 columns, want 5"},
		{"lower-case name", good + "e_two\t0x80000002\tcom\tText.\t-\n", `line 3: bad name "e_two"`},
		{"open parenthesis", good + "HRESULT_FROM_WIN32(E_TWO\t0x80000002\tcom\tText.\t-\n", "line 3: bad name"},
		{"short value", good + "E_TWO\t0x8000002\tcom\tText.\t-\n", `line 3: bad value "0x8000002"`},
		{"lower-case value", good + "E_TWO\t0x8000000a\tcom\tText.\t-\n", "line 3: bad value"},
		{"unknown section", good + "E_TWO\t0x80000002\tcome\tText.\t-\n", `line 3: no section "come"`},
		{"no sentence", good + "E_TWO\t0x80000002\tcom\ttext\t-\n", `line 3: the text "text" is not a sentence`},
		{"same name", good + "E_ONE\t0x80000002\tcom\tText.\t-\n", "line 3: a second E_ONE"},
		{"same name as Win32", good + "HRESULT_FROM_WIN32(E_ONE)\t0x80000002\twin32\tText.\t-\n", "line 3: a second E_ONE"},
		{"two texts", good + "E_TWO\t0x80000001\tcom\tText.\t-\n", "E_ONE: 2 texts for 0x80000001, want 1"},
		{"no text", good + "E_TWO\t0x80000002\tcom\t-\t-\n", "E_TWO: 0 texts for 0x80000002, want 1"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, err := generate(test.tsv)
			require.ErrorContains(t, err, test.err)
		})
	}
}
