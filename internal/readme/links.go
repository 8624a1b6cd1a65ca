package main

import (
	"fmt"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// checkLinks follows the links of d that stay in the repository, and counts
// them.
func checkLinks(root string, d *document, docs map[string]*document) (n int, problems []problem) {
	for _, l := range d.links {
		u, err := url.Parse(l.text)
		if err == nil && (u.Scheme != "" || u.Host != "") {
			continue
		}
		n++
		if err == nil {
			err = follow(root, d, docs, u)
		}
		if err != nil {
			problems = append(problems, problem{d.name, l.line, fmt.Sprintf("link %s: %v", l.text, err)})
		}
	}
	return n, problems
}

func follow(root string, from *document, docs map[string]*document, u *url.URL) error {
	name := from.name
	switch {
	case strings.HasPrefix(u.Path, "/"):
		name = path.Clean(strings.TrimLeft(u.Path, "/"))
	case u.Path != "":
		name = path.Join(path.Dir(from.name), u.Path)
	}
	if !filepath.IsLocal(filepath.FromSlash(name)) {
		return fmt.Errorf("%s is outside the repository", name)
	}
	if _, err := os.Stat(filepath.Join(root, filepath.FromSlash(name))); err != nil {
		return fmt.Errorf("%s does not exist", name)
	}
	if to := docs[name]; to != nil && u.Fragment != "" && !to.headings[u.Fragment] {
		return fmt.Errorf("%s has no heading #%s", name, u.Fragment)
	}
	return nil
}
