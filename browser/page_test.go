package browser

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu"
	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/token"
)

// The key of the link is not in the address any more, and not in a cookie that a script
// can read.
func TestEnter(t *testing.T) {
	t.Parallel()
	r := open(t)
	require.Equal(t, "http://"+r.addr+"/inspect/", eval[string](r, `location.href`))
	require.Empty(t, eval[string](r, `document.cookie`))
	require.Equal(t, 12, eval[int](r, `document.querySelectorAll("#jobs tr").length`))
}

func TestByMouse(t *testing.T) {
	t.Parallel()
	r := open(t)
	r.do(chromedp.Evaluate[chromedp.Void](`window.same = true`)) // the document stays, whatever is clicked
	r.do(chromedp.Click(`#job-` + r.id("tiles") + ` a.job`))
	r.until(`document.querySelector("h1").textContent === "Map tiles, zoom 7"`)
	require.Equal(t, "/inspect/job/"+r.id("tiles"), eval[string](r, `location.pathname`))
	require.Equal(t, "Error", eval[string](r, `document.querySelector(".timeline li b").textContent`))
	require.Equal(t, "main", eval[string](r, `document.activeElement.id`), "a reader of screens goes on with the new page")
	for tab, want := range map[string]string{
		"files": "the error is about this file", "identity": "As whom BITS would do what", "access": "Ask the rules",
		"audit": "46.pbf", "events": "Map tiles", "properties": "No-progress timeout",
	} {
		r.do(chromedp.Click("#tab-" + tab))
		r.until(fmt.Sprintf(`document.querySelector("main").innerText.includes(%q) && document.querySelector(".tabs [aria-current]").id === "tab-%s"`, want, tab))
	}
	r.do(chromedp.Click("#tab-access"))
	r.until(`document.getElementById("caller") !== null`)
	r.do(chromedp.SetValue("#caller", "alice"), chromedp.Evaluate[chromedp.Void](`document.getElementById("caller").dispatchEvent(new Event("input", {bubbles: true}))`))
	r.until(`document.querySelectorAll(".decision.maynot").length === 3 && document.querySelector(".lead").innerText.includes("alice")`)
	require.Contains(t, eval[string](r, `document.querySelector(".decision").innerText`), "E_ACCESSDENIED 0x80070005")
	r.do(chromedp.Evaluate[chromedp.Void](`history.back()`))
	r.until(`document.querySelector(".tabs") !== null`)
	r.do(chromedp.Click(".back a"))
	r.until(`document.querySelectorAll("#jobs tr").length === 12`)
	r.do(chromedp.Click("#state-QUEUED"))
	r.until(`document.querySelectorAll("#jobs tr").length === 2`)
	r.do(chromedp.SendKeys("#q", "driver"))
	r.until(`document.querySelectorAll("#jobs tr").length === 1`)
	require.Equal(t, "?q=driver&state=QUEUED", canonical(eval[string](r, `location.search`)))
	require.True(t, eval[bool](r, `window.same`))
}

func canonical(search string) string {
	v, _ := url.ParseQuery(strings.TrimPrefix(search, "?"))
	return "?" + v.Encode()
}

// All of it can be done without a mouse: one sees where one is, in the order of the page,
// and comes out again.
func TestByKeyboard(t *testing.T) {
	t.Parallel()
	r := open(t)
	// A click on nothing, so that the first Tab is the first of the page.
	r.visit("")
	stops := 0
	for at := -1; ; stops++ {
		r.press(kb.Tab)
		now := eval[int](r, `document.activeElement === document.body ? -1 : [...document.querySelectorAll("*")].indexOf(document.activeElement)`)
		if now < 0 || stops > 0 && now < at {
			break // the end of the page
		}
		require.Greater(t, now, at, "the order is that of the page")
		require.True(t, eval[bool](r, `(() => {
			const e = document.activeElement, s = getComputedStyle(e), b = e.getBoundingClientRect();
			return s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2 && b.width > 0 && b.height > 0 && b.top >= -1 && b.bottom <= innerHeight + 1;
		})()`), "it is seen where one is: %s", eval[string](r, `document.activeElement.outerHTML`))
		at = now
		require.Less(t, stops, 100, "there is no way out")
	}
	require.Greater(t, stops, 12+8+3, "jobs, states, views")

	r.visit("")
	r.press(kb.Tab)
	require.Equal(t, "skip", eval[string](r, `document.activeElement.className`))
	r.press(kb.Enter)
	r.until(`document.activeElement.id === "main"`)
	for i := 0; !eval[bool](r, `document.activeElement.classList.contains("job")`); i++ {
		r.press(kb.Tab)
		require.Less(t, i, 40)
	}
	r.press(kb.ArrowDown, kb.ArrowDown, kb.ArrowUp)
	require.Equal(t, "Map tiles, zoom 7", eval[string](r, `document.activeElement.textContent`))
	r.press(kb.Enter)
	r.until(`document.querySelector("h1").textContent === "Map tiles, zoom 7"`)
	for i := 0; eval[string](r, `document.activeElement.id`) != "tab-access"; i++ {
		r.press(kb.Tab)
		require.Less(t, i, 20)
	}
	r.press(kb.Enter)
	r.until(`document.getElementById("caller") !== null`)
	require.Equal(t, "tab-access", eval[string](r, `document.activeElement.id`), "the focus stays on the tab")
	for i := 0; eval[string](r, `document.activeElement.id`) != "caller"; i++ {
		r.press(kb.Tab)
		require.Less(t, i, 20)
	}
	r.press("system") // a select takes what is typed
	r.until(`document.querySelector(".lead").innerText.includes("NT AUTHORITY\\SYSTEM")`)
	require.Equal(t, "caller", eval[string](r, `document.activeElement.id`))
	r.press(kb.Tab, kb.Tab, kb.Tab, kb.Tab)
	r.press(kb.Enter) // opens "A token of your own"
	r.press(kb.Tab)
	require.Equal(t, "token", eval[string](r, `document.activeElement.id`))
	r.press(`{"user":"S-1-5-21-7-7-7-7"}`)
	r.press(kb.Tab, kb.Enter)
	r.until(`(document.querySelector(".lead") || {innerText: ""}).innerText.includes("S-1-5-21-7-7-7-7 ")`)
}

// A page that changes does so where one is, and leaves what one is doing alone.
func TestLive(t *testing.T) {
	t.Parallel()
	r := open(t)
	r.do(chromedp.Evaluate[chromedp.Void](`window.same = true; document.querySelector("#job-` + r.id("next") + ` a.job").focus()`))
	require.NoError(t, r.Jobs["next"].Suspend(t.Context()))
	r.until(`document.querySelector("#job-` + r.id("next") + ` .badge").textContent === "Suspended"`)
	require.Equal(t, "Driver update", eval[string](r, `document.activeElement.textContent`), "the focus stays on the job")
	_, err := r.Jobs["game"].Cancel(t.Context())
	require.NoError(t, err)
	r.until(`document.getElementById("job-` + r.id("game") + `") === null`)
	r.until(`document.querySelector("#state-over b").textContent === "3"`)
	r.Emu.Advance(5 * time.Second)
	r.until(`document.getElementById("clock").textContent === "2024-01-02 03:04:37"`)
	r.Emu.NetworkDown()
	r.until(`document.body.innerText.includes("The network is away.")`)
	require.True(t, eval[bool](r, `window.same`), "it is the same document")

	// A job's own page follows too, and its form keeps what is chosen.
	r.visit("job/" + r.id("moving"))
	r.until(`document.querySelector(".timeline li b").textContent === "Transient error"`)
	r.Emu.NetworkUp()
	r.Emu.Settle()
	r.until(`document.querySelector(".timeline li b").textContent === "Transferring"`)
	r.visit("job/" + r.id("moving") + "?tab=access")
	r.do(chromedp.Evaluate[chromedp.Void](`document.querySelector("details").open = true; document.getElementById("token").value = "half a tok"; document.getElementById("token").focus()`))
	require.NoError(t, r.Jobs["moving"].Suspend(t.Context()))
	r.until(`document.querySelector(".head .badge").textContent === "Suspended"`)
	require.Equal(t, "half a tok", eval[string](r, `document.activeElement.value`))
	require.True(t, eval[bool](r, `document.querySelector("details").open`))

	// The button stops it.
	r.visit("")
	r.do(chromedp.Click("#live"))
	r.until(`document.getElementById("live").getAttribute("aria-pressed") === "false"`)
	require.NoError(t, r.Jobs["next"].Resume(t.Context()))
	require.Equal(t, "Suspended", eval[string](r, `new Promise((done) => setTimeout(() => done(document.querySelector("#job-`+r.id("next")+` .badge").textContent), 1500))`))
	r.do(chromedp.Click("#live"))
	r.until(`document.querySelector("#job-` + r.id("next") + ` .badge").textContent !== "Suspended"`)
}

// A page whose server has gone says so, and keeps what it has shown.
func TestLost(t *testing.T) {
	t.Parallel()
	r := open(t)
	r.shut()
	r.until(`document.getElementById("lost").textContent === "Not live: nothing answers."`)
	require.Equal(t, 12, eval[int](r, `document.querySelectorAll("#jobs tr").length`))
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range r.complaint {
		require.Contains(t, c, "ERR_CONNECTION_REFUSED")
	}
	r.complaint = nil
}

// Names are text, whatever is in them.
func TestMarkupIsText(t *testing.T) {
	t.Parallel()
	r := open(t)
	for _, path := range r.pages() {
		r.visit(path)
		require.Equal(t, "undefined", eval[string](r, `typeof window.hacked`), path)
		require.Equal(t, 0, eval[int](r, `document.querySelectorAll("main img, main script, [onerror]").length`), path)
	}
	r.visit("")
	require.Contains(t, eval[string](r, `document.getElementById("job-`+r.id("markup")+`").innerText`), `<img src=x onerror="window.hacked=1"><script>`)
	// What comes later, by the script that follows the queue, is text as well.
	_, job, err := r.Emu.Manager().CreateJob(t.Context(), `</a><img src=x onerror="window.hacked=3">`, bits.BG_JOB_TYPE_DOWNLOAD)
	require.NoError(t, err)
	id, err := job.GetId(t.Context())
	require.NoError(t, err)
	r.until(`document.getElementById("job-` + id.String() + `") !== null`)
	require.Equal(t, "undefined", eval[string](r, `typeof window.hacked`))
}

// A queue of thousands is paged through, and found in.
func TestManyJobs(t *testing.T) {
	t.Parallel()
	emu := bitsemu.RunT(t)
	manager := emu.As(token.LocalSystem())
	for i := range 5000 {
		_, _, err := manager.CreateJob(t.Context(), fmt.Sprintf("job %04d", i), bits.BG_JOB_TYPE_DOWNLOAD)
		require.NoError(t, err)
	}
	r := openOn(t, emu, false)
	require.Equal(t, 100, eval[int](r, `document.querySelectorAll("#jobs tr").length`))
	require.Equal(t, "1–100 of 5000", eval[string](r, `document.getElementById("found").textContent`))
	start := time.Now()
	r.do(chromedp.Click("#next"))
	r.until(`document.getElementById("found").textContent === "101–200 of 5000"`)
	r.do(chromedp.SendKeys("#q", "job 4321"))
	r.until(`document.querySelectorAll("#jobs tr").length === 1`)
	require.Equal(t, "job 4321", eval[string](r, `document.querySelector("a.job").textContent`))
	require.Less(t, time.Since(start), 20*time.Second)
	t.Logf("the next page and a search took %s", time.Since(start))
}

// Without a script the page is there all the same.
func TestWithoutScript(t *testing.T) {
	t.Parallel()
	r := open(t)
	command(r, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	r.do(chromedp.Navigate("http://" + r.addr + "/inspect/?state=ERROR"))
	text, err := chromedp.Run(r.tab, chromedp.Text("main"))
	require.NoError(t, err)
	require.Contains(t, text, "Map tiles, zoom 7")
	require.NotContains(t, text, "Driver update")
	r.do(chromedp.SendKeys("#q", "tiles"), chromedp.Click(".filter button"), chromedp.WaitVisible("#job-"+r.id("tiles")))
	r.do(chromedp.WaitNotPresent("#job-" + r.id("helper")))
	r.do(chromedp.Click("a.job"), chromedp.WaitVisible(".timeline"), chromedp.Click("#tab-access"), chromedp.WaitVisible("#caller"))
	r.do(chromedp.Click(".ask button"), chromedp.WaitVisible(".decision"))
	require.Empty(t, eval[[]string](r, `[...document.querySelectorAll("#live:not([hidden])")].map((e) => e.id)`), "what needs a script is not offered")
}
