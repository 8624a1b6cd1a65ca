package browser

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"testing"

	"github.com/chromedp/chromedp"
)

// browser is the one Chromium of all tests; each has a tab and cookies of its own.
var browser context.Context

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	path := find()
	if path == "" {
		fmt.Fprintln(os.Stderr, "browser: there is NO CHROMIUM here, and nothing of the page is tested: want chromium, chromium-browser or google-chrome in PATH, or CHROMIUM=path")
		return 0
	}
	opts := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path),
		chromedp.Flag("force-color-profile", "srgb"),
		chromedp.Flag("lang", "en-US"),
		chromedp.Flag("disable-lcd-text", true), // or pictures are of one screen alone
	)
	if os.Geteuid() == 0 {
		opts = append(opts, chromedp.NoSandbox) // it does not run as root with one
	}
	// Cancelling waits until the browser is gone; if this process is killed, the system
	// takes it along (chromedp has it so on Linux).
	allocator, gone := chromedp.NewExecAllocator(context.Background(), opts...)
	defer gone()
	ctx, end := chromedp.NewContext(allocator)
	defer end()
	if err := chromedp.Do(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "browser:", path, "does not start:", err)
		return 1
	}
	browser = ctx
	code := m.Run()
	if err := chromedp.Cancel(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "browser: it does not end:", err)
		return 1
	}
	return code
}

// find is where Chromium is, "" for nowhere.
func find() string {
	for _, name := range []string{os.Getenv("CHROMIUM"), "chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if name == "" {
			continue
		}
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}
