package browser

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	cdplog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu"
	"github.com/bitsemu/bitsemu/internal/inspect"
	"github.com/bitsemu/bitsemu/internal/inspect/inspecttest"
)

// rig is a tab that looks at an emulator, through the door.
type rig struct {
	*testing.T
	*inspecttest.Scene
	tab  context.Context
	addr string
	door *inspect.Door
	shut func() // ends the server

	mu        sync.Mutex
	complaint []string // what the browser has said that is wrong
}

// open makes a scene and looks at it. The test fails when the browser complains of
// anything: an error of a script, a message of one, a violation of the policy.
func open(t *testing.T) *rig {
	r := openOn(t, bitsemu.RunT(t), true)
	return r
}

func openOn(t *testing.T, emu *bitsemu.Emulator, scene bool) *rig {
	t.Helper()
	r := &rig{T: t, Scene: &inspecttest.Scene{Emu: emu}}
	if scene {
		r.Scene = inspecttest.Play(t, emu)
	}
	r.door = inspect.NewDoor(inspect.New(inspect.Live(emu)))
	l, err := inspect.Listen("127.0.0.1:0")
	require.NoError(t, err)
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- r.door.Serve(ctx, l) }()
	r.shut = sync.OnceFunc(func() {
		stop()
		require.NoError(t, <-ended)
	})
	t.Cleanup(r.shut)
	r.addr = l.Addr().String()

	tab, closeTab := chromedp.NewContext(browser, chromedp.WithNewBrowserContext())
	t.Cleanup(closeTab)
	require.NoError(t, chromedp.Do(tab)) // opens it: what does that has no time limit
	r.tab = tab
	require.NoError(t, chromedp.Listen(tab, func(event any) {
		switch e := event.(type) {
		case *runtime.EventExceptionThrown:
			r.complain(fmt.Sprintf("%+v", e.ExceptionDetails))
		case *runtime.EventConsoleAPICalled:
			r.complain(fmt.Sprintf("console %s: %v", e.Type, e.Args))
		case *cdplog.EventEntryAdded:
			r.complain(fmt.Sprintf("%s: %s %s", e.Entry.Level, e.Entry.Text, e.Entry.URL))
		}
	}))
	t.Cleanup(func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		require.Empty(t, r.complaint, "what the browser complains of")
	})
	r.size(1280, 900)
	command(r, cdplog.Enable, cdp.Empty{})
	r.do(chromedp.Navigate(r.door.Link(r.addr)))
	r.until(`document.getElementById("found") !== null && location.pathname === "/inspect/"`)
	return r
}

func (r *rig) complain(text string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.complaint = append(r.complaint, text)
}

// within limits how long the browser may take for something.
func (r *rig) within() (context.Context, context.CancelFunc) {
	return context.WithTimeout(r.tab, 2*time.Minute)
}

// do does one thing after the other.
func (r *rig) do(steps ...chromedp.Action[chromedp.Void]) {
	r.Helper()
	ctx, cancel := r.within()
	defer cancel()
	require.NoError(r, chromedp.Do(ctx, steps...))
}

// command sends the browser a command.
func command[P, R any](r *rig, c cdp.Command[P, R], params P) R {
	r.Helper()
	ctx, cancel := r.within()
	defer cancel()
	result, err := chromedp.Call(ctx, c, params)
	require.NoError(r, err)
	return result
}

// size is that of the window.
func (r *rig) size(width, height int64) {
	r.Helper()
	command(r, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{
		Width: width, Height: height, DeviceScaleFactor: 1, Mobile: width < 600,
	})
}

// prefer is what the user has the system say of his taste.
func (r *rig) prefer(name, value string) {
	r.Helper()
	command(r, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: name, Value: value}}})
}

// eval evaluates a script.
func eval[T any](r *rig, script string) T {
	r.Helper()
	ctx, cancel := r.within()
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](script, chromedp.EvalAwaitPromise))
	require.NoError(r, err, script)
	return v
}

// until waits until a script says true, on whatever page the tab is then.
func (r *rig) until(script string) {
	r.Helper()
	var err error
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(30 * time.Millisecond) {
		var is bool
		ctx, cancel := r.within()
		is, err = chromedp.Run(ctx, chromedp.Evaluate[bool](script))
		cancel()
		if is && err == nil {
			return
		}
	}
	text, _ := chromedp.Run(r.tab, chromedp.Evaluate[string](`location.href + "\n" + document.body.innerText`))
	require.FailNow(r, "this has not come to be", "%s\n%v\n%s", script, err, text)
}

// visit goes to a page below the inspector's.
func (r *rig) visit(path string) {
	r.Helper()
	r.do(chromedp.Navigate("http://" + r.addr + inspect.Path + path))
	r.until(`document.readyState === "complete"`)
}

// id is a job's, as a path has it.
func (r *rig) id(key string) string {
	r.Helper()
	id, err := r.Jobs[key].GetId(r.Context())
	require.NoError(r, err)
	return id.String()
}

// pages are one of each kind.
func (r *rig) pages() []string {
	all := []string{"", "?state=over", "?q=nothing-is-like-this", "?state=ERROR&sort=name", "audit", "events", "job/" + r.id("markup") + "?tab=properties", "job/" + r.id("moving"), "job/" + r.id("empty")}
	for _, tab := range []string{"timeline", "files", "identity", "access", "audit", "events", "properties"} {
		all = append(all, "job/"+r.id("tiles")+"?tab="+tab, "job/"+r.id("lent")+"?tab="+tab)
	}
	return append(all, "job/"+r.id("lent")+"?tab=access&caller=alice&method=GetHelperTokenFlags", "job/"+r.id("lent")+"?tab=access&token=%7B")
}

// press presses keys: "\t", "\r", kb.ArrowDown.
func (r *rig) press(keys ...string) {
	r.Helper()
	r.do(chromedp.KeyEvent(strings.Join(keys, "")))
}
