package winver

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// Parse reads a build in any form that people write it in, in any case:
//
//	14393, 10.0.14393, 10.0.14393.2580, build 14393
//	Windows 10 1607, Windows 10 version 1607, 1607
//	Server 2016, Windows Server 2016
//	Windows 10 1607 (build 14393)
//	Windows Vista SP2 with BITS 4.0, 6001 with BITS 4.0
//
// A name may be shortened as long as one release alone answers to it: "22H2" and
// "Windows 11" do not tell which, and are refused. A number below 6000 is
// taken as a build only with the word build before it or in the dotted form,
// so that a mistyped release is not taken for an ancient Windows.
func Parse(s string) (Build, error) {
	words := strings.FieldsFunc(strings.ToLower(s), func(r rune) bool {
		return unicode.IsSpace(r) || strings.ContainsRune(",()", r)
	})
	b, err := parseWords(dropNoise(words))
	if err != nil {
		return 0, fmt.Errorf("winver: parse %q: %w", s, err)
	}
	return b, nil
}

// dropNoise removes the words that tell no release from another.
func dropNoise(words []string) []string {
	return slices.DeleteFunc(words, func(w string) bool {
		return w == "microsoft" || w == "windows" || w == "version"
	})
}

func parseWords(words []string) (Build, error) {
	if len(words) == 0 {
		return 0, errors.New("no release and no build in it")
	}
	if base, ok := cutWords(words, strings.Fields(strings.ToLower(updateSuffix))); ok {
		b, err := parseWords(base)
		if err == nil && !b.isVista() {
			err = fmt.Errorf("only Windows Vista and Server 2008 have the BITS 4.0 update, %v has not", b)
		}
		return b.WithBITS4Update(), err
	}
	if name, number, ok := cutBuild(words); ok {
		b, err := parseNumber(number)
		if err != nil || len(name) == 0 {
			return b, err
		}
		named, err := parseWords(name)
		if err == nil && named.Number() != b.Number() {
			err = fmt.Errorf("%v is not build %s", named, number)
		}
		return named, err
	}
	if b, ok, err := byName(words); ok || err != nil {
		return b, err
	}
	word := words[0]
	switch {
	case len(words) > 1:
		return 0, errors.New("no such Windows release")
	case strings.Contains(word, "."):
		return parseDotted(word)
	}
	b, err := parseNumber(word)
	if err == nil && !b.AtLeast(WindowsVista) {
		err = fmt.Errorf("no such Windows release; write build %s for a build older than Windows Vista", word)
	}
	return b, err
}

// cutWords returns words without the words of suffix at their end.
func cutWords(words, suffix []string) ([]string, bool) {
	n := len(words) - len(suffix)
	if n < 0 || !slices.Equal(words[n:], suffix) {
		return words, false
	}
	return words[:n], true
}

// cutBuild splits what stands before "build N" from N.
func cutBuild(words []string) (name []string, number string, ok bool) {
	n := len(words) - 2
	if n < 0 || words[n] != "build" {
		return nil, "", false
	}
	return words[:n], words[n+1], true
}

// byName finds the one release that answers to words: its whole name, else the
// beginning or the end of it. That several do is an error.
func byName(words []string) (b Build, ok bool, err error) {
	var candidates []release
	for _, r := range releases {
		if r.build.hasUpdate() { // parseWords has cut the update off
			continue
		}
		for _, name := range append([]string{r.name}, r.aliases...) {
			key := dropNoise(strings.Fields(strings.ToLower(name)))
			if slices.Equal(key, words) {
				return r.build, true, nil
			}
			n := min(len(words), len(key))
			if slices.Equal(key[:n], words) || slices.Equal(key[len(key)-n:], words) {
				candidates = append(candidates, r)
				break
			}
		}
	}
	switch len(candidates) {
	case 0:
		return 0, false, nil
	case 1:
		return candidates[0].build, true, nil
	}
	names := make([]string, len(candidates))
	for i, r := range candidates {
		names[i] = r.name
	}
	return 0, false, fmt.Errorf("it may be any of %s: say which", strings.Join(names, ", "))
}

// parseDotted reads major.minor.build and major.minor.build.revision, and
// checks that the build belongs to that version of Windows NT.
func parseDotted(word string) (Build, error) {
	parts := strings.Split(word, ".")
	if len(parts) != 3 && len(parts) != 4 {
		return 0, errors.New("want major.minor.build or major.minor.build.revision")
	}
	for _, part := range parts {
		if _, err := parseNumber(part); err != nil {
			return 0, err
		}
	}
	b, err := parseNumber(parts[2])
	if nt := ntVersion(b); nt != "" && nt != parts[0]+"."+parts[1] {
		err = fmt.Errorf("build %s is Windows NT %s, not %s.%s", parts[2], nt, parts[0], parts[1])
	}
	return b, err
}

// ntVersion is the version of Windows NT that a build belongs to, "" before
// Vista.
func ntVersion(b Build) string {
	switch {
	case b.AtLeast(Windows10_1507):
		return "10.0"
	case b.AtLeast(Windows8_1):
		return "6.3"
	case b.AtLeast(Windows8):
		return "6.2"
	case b.AtLeast(Windows7):
		return "6.1"
	case b.AtLeast(WindowsVista):
		return "6.0"
	}
	return ""
}

// parseNumber reads a build number, which leaves the bit of the update free.
func parseNumber(word string) (Build, error) {
	n, err := strconv.ParseUint(word, 10, 31)
	switch {
	case errors.Is(err, strconv.ErrRange):
		return 0, fmt.Errorf("build %s is beyond every Windows build", word)
	case err != nil:
		return 0, fmt.Errorf("no such Windows release, and %q is no build number", word)
	}
	return Build(n), nil
}
