package browser

import (
	"bytes"
	"encoding/json"
	"flag"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", os.Getenv("UPDATE") == "1", "write the pictures of docs/inspector.md anew")

// On a phone nothing is wider than the screen.
func TestPhone(t *testing.T) {
	t.Parallel()
	r := open(t)
	r.size(360, 740)
	for _, path := range r.pages() {
		r.visit(path)
		wide := eval[[]string](r, `document.documentElement.scrollWidth <= 360 ? [] :
			[...document.querySelectorAll("body *")].filter((e) => e.getBoundingClientRect().right > 361).map((e) => e.outerHTML.slice(0, 200))`)
		require.Empty(t, wide, path)
		small := eval[[]string](r, `[...document.querySelectorAll("button, select, input:not([type=hidden])")]
			.filter((e) => e.checkVisibility() && e.getBoundingClientRect().height < 24).map((e) => e.outerHTML)`)
		require.Empty(t, small, "what a finger cannot hit on %s", path)
	}
}

// contrast finds text of which the contrast with what is behind it is too low.
const contrast = `(() => {
	const parse = (c) => { const m = c.match(/[\d.]+/g).map(Number); return {r: m[0], g: m[1], b: m[2], a: m.length > 3 ? m[3] : 1}; };
	const luminance = ({r, g, b}) => { const f = (v) => { v /= 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; }; return 0.2126 * f(r) + 0.7152 * f(g) + 0.0722 * f(b); };
	const behind = (e) => { for (; e; e = e.parentElement) { const c = parse(getComputedStyle(e).backgroundColor); if (c.a === 1) return c; } return {r: 255, g: 255, b: 255}; };
	const bad = new Set();
	let seen = 0;
	const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
	for (let n = walk.nextNode(); n; n = walk.nextNode()) {
		const e = n.parentElement;
		if (!n.nodeValue.trim() || !e.checkVisibility() || e.closest("title, option, script")) continue;
		seen++;
		const a = luminance(parse(getComputedStyle(e).color)), b = luminance(behind(e));
		const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
		if (ratio < 4.5) bad.add(ratio.toFixed(2) + " " + e.localName + "." + e.className + ": " + n.nodeValue.trim().slice(0, 40));
	}
	if (seen < 10) bad.add("only " + seen + " texts were seen");
	return [...bad];
})()`

// Text can be read, in light and in dark (WCAG 2.2, 1.4.3, level AA).
func TestContrast(t *testing.T) {
	t.Parallel()
	r := open(t)
	for _, scheme := range []string{"light", "dark"} {
		r.prefer("prefers-color-scheme", scheme)
		grounds := map[string]bool{}
		for _, path := range r.pages() {
			r.visit(path)
			require.Empty(t, eval[[]string](r, contrast), "%s, %s", scheme, path)
			grounds[eval[string](r, `getComputedStyle(document.body).backgroundColor`)] = true
		}
		require.Len(t, grounds, 1)
		require.Equal(t, scheme == "dark", grounds["rgb(21, 23, 26)"], "%v", grounds)
	}
}

// Who does not want things to move has nothing move.
func TestReducedMotion(t *testing.T) {
	t.Parallel()
	r := open(t)
	r.prefer("prefers-reduced-motion", "reduce")
	r.visit("")
	require.NoError(t, r.Jobs["next"].Suspend(t.Context()))
	r.until(`document.querySelector("#job-` + r.id("next") + ` .badge").textContent === "Suspended"`)
	require.Equal(t, 0, eval[int](r, `document.getAnimations().length`))
}

// A reader of screens finds its way: landmarks, one heading of the page, a name for
// whatever can be used.
func TestAccessibleTree(t *testing.T) {
	t.Parallel()
	r := open(t)
	for _, path := range r.pages() {
		r.visit(path)
		nodes := command(r, accessibility.GetFullAXTree, accessibility.GetFullAXTreeParams{}).Nodes
		roles := map[string]int{}
		for _, n := range nodes {
			if n.Ignored {
				continue
			}
			role, name := text(n.Role), text(n.Name)
			roles[role]++
			switch role {
			case "link", "button", "textbox", "searchbox", "combobox", "navigation", "search", "form", "table", "region":
				require.NotEmpty(t, name, "a %s without a name on %s", role, path)
			}
		}
		for _, role := range []string{"banner", "main", "contentinfo"} {
			require.Equal(t, 1, roles[role], "%s on %s: %v", role, path, roles)
		}
		require.GreaterOrEqual(t, roles["navigation"], 1)
		require.Equal(t, 1, eval[int](r, `document.querySelectorAll("h1").length`), path)
	}
}

// text is the text of a value of the tree.
func text(v *accessibility.Value) string {
	var s string
	if v != nil {
		_ = json.Unmarshal(v.Value, &s) // what is no text has none
	}
	return s
}

// pictures are those of docs/inspector.md.
func TestPictures(t *testing.T) {
	t.Parallel()
	r := open(t)
	for _, p := range []struct {
		name, path, scheme string
		width, height      int64
	}{
		{"inspector", "", "light", 1200, 800},
		{"inspector-dark", "", "dark", 1200, 800},
		{"inspector-job", "job/" + r.id("tiles"), "light", 1200, 640},
		{"inspector-access", "job/" + r.id("editor") + "?tab=access&caller=alice&method=GetHelperTokenFlags", "light", 1200, 1130},
		{"inspector-phone", "", "dark", 360, 740},
	} {
		r.size(p.width, p.height)
		r.prefer("prefers-color-scheme", p.scheme)
		r.visit(p.path)
		shot, err := chromedp.Run(r.tab, chromedp.CaptureScreenshot())
		require.NoError(t, err)
		require.Less(t, len(shot), 300_000, p.name)
		image, err := png.Decode(bytes.NewReader(shot))
		require.NoError(t, err)
		require.EqualValues(t, p.width, image.Bounds().Dx())
		file := filepath.Join("..", "docs", p.name+".png")
		if *update {
			require.NoError(t, os.WriteFile(file, shot, 0o600))
		}
		_, err = os.Stat(file)
		require.NoError(t, err, "make browser UPDATE=1 writes it")
	}
}
