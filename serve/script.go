package serve

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/transfer"
)

// scripts are the scripted files by URL.
type scripts struct {
	mu    sync.Mutex
	byURL map[string]*transfer.Script
}

// argsScript is a [transfer.Script]: the content is in it, and is never read from a file
// of this machine.
type argsScript struct {
	URL string `json:"url"`
	Do  string `json:"do,omitempty"` // set, change, release or remove

	Text    *string `json:"text,omitempty"`
	Content []byte  `json:"content,omitempty"`
	Size    *int64  `json:"size,omitempty"`
	Seed    uint64  `json:"seed,omitempty"`

	Modified *time.Time        `json:"modified,omitempty"`
	ETag     *string           `json:"etag,omitempty"`
	Header   map[string]string `json:"header,omitempty"`
	NoRanges *bool             `json:"noRanges,omitempty"`
	NoLength bool              `json:"noLength,omitempty"`
	HTTP10   bool              `json:"http10,omitempty"`

	Status      *argsStatus   `json:"status,omitempty"`
	Cut         *argsCut      `json:"cut,omitempty"`
	Hold        bool          `json:"hold,omitempty"`
	HoldAt      *int64        `json:"holdAt,omitempty"`
	Delay       *span         `json:"delay,omitempty"`
	Rate        *int64        `json:"rate,omitempty"`
	Redirect    *argsRedirect `json:"redirect,omitempty"`
	Unreachable *argsFailure  `json:"unreachable,omitempty"`
}

type (
	argsStatus struct {
		Code  int `json:"code"`
		Times int `json:"times"`
	}
	argsCut struct {
		After int64 `json:"after"`
		Times int   `json:"times"`
	}
	argsRedirect struct {
		Code int    `json:"code"`
		URL  string `json:"url"`
	}
	argsFailure struct {
		Code  code `json:"code"`
		Times int  `json:"times"`
	}
)

// maxSize bounds the content that is made up: more than that is no test, and its bytes
// would be asked for one day.
const maxSize = 1 << 40

// options are those of the script.
func (a *argsScript) options() ([]transfer.ScriptOption, error) {
	var opts []transfer.ScriptOption
	add := func(o transfer.ScriptOption) { opts = append(opts, o) }
	given := 0
	for _, is := range []bool{a.Text != nil, a.Content != nil, a.Size != nil} {
		if is {
			given++
		}
	}
	switch {
	case given > 1:
		return nil, malformed("the content is given more than once: want one of text, content and size")
	case a.Text != nil:
		add(transfer.Content([]byte(*a.Text)))
	case a.Content != nil:
		add(transfer.Content(a.Content))
	case a.Size != nil && (*a.Size < 0 || *a.Size > maxSize):
		return nil, malformed("size: %d: want 0 to %d", *a.Size, int64(maxSize))
	case a.Size != nil:
		add(transfer.Seeded(*a.Size, a.Seed))
	}
	if a.Modified != nil {
		add(transfer.Modified(*a.Modified))
	}
	if a.ETag != nil {
		add(transfer.ETag(*a.ETag))
	}
	for name, value := range a.Header {
		add(transfer.Header(name, value))
	}
	switch {
	case a.NoRanges == nil:
	case *a.NoRanges:
		add(transfer.NoRanges())
	default:
		add(transfer.Ranges())
	}
	if a.NoLength {
		add(transfer.NoLength())
	}
	if a.HTTP10 {
		add(transfer.HTTP10())
	}
	if v := a.Status; v != nil {
		if v.Code < 100 || v.Code > 999 {
			return nil, malformed("status.code: %d: want 100 to 999", v.Code)
		}
		add(transfer.Status(v.Code, v.Times))
	}
	if v := a.Cut; v != nil {
		add(transfer.CutAfter(v.After, v.Times))
	}
	if a.Hold {
		add(transfer.Hold())
	}
	if a.HoldAt != nil {
		add(transfer.HoldAt(*a.HoldAt))
	}
	if a.Delay != nil {
		add(transfer.Delay(time.Duration(*a.Delay)))
	}
	if a.Rate != nil {
		add(transfer.Rate(*a.Rate))
	}
	if v := a.Redirect; v != nil {
		if v.Code != 0 && (v.Code < 300 || v.Code > 399) {
			return nil, malformed("redirect.code: %d: want 300 to 399, or 0 to end it", v.Code)
		}
		add(transfer.Redirect(v.Code, v.URL))
	}
	if v := a.Unreachable; v != nil {
		add(transfer.Unreachable(hresult.HRESULT(v.Code), v.Times))
	}
	return opts, nil
}

// script puts, changes, releases or removes a scripted file.
func (s *Server) script(_ context.Context, a argsScript) (none, error) {
	opts, err := a.options()
	if err != nil {
		return none{}, err
	}
	x := &s.scripts
	x.mu.Lock()
	defer x.mu.Unlock()
	there := x.byURL[a.URL]
	if there == nil && a.Do != "set" && a.Do != "" {
		return none{}, fmt.Errorf("serve: script: there is none at %q: %w", a.URL, hresult.E_INVALIDARG)
	}
	switch a.Do {
	case "set", "":
		made := transfer.NewScript(opts...)
		if err := s.emu.Script(a.URL, made); err != nil {
			return none{}, err
		}
		if x.byURL == nil {
			x.byURL = map[string]*transfer.Script{}
		}
		x.byURL[a.URL] = made
		if there != nil {
			there.Release() // what it holds would wait for ever
		}
	case "change":
		there.Set(opts...)
	case "release":
		there.Release()
	case "remove":
		if err := s.emu.Script(a.URL, nil); err != nil {
			return none{}, err
		}
		delete(x.byURL, a.URL)
		there.Release()
	default:
		return none{}, malformed("do: %q: want set, change, release or remove", a.Do)
	}
	return none{}, nil
}

// scriptView is what was asked of a script.
type scriptView struct {
	URL      string        `json:"url"`
	Requests []scriptAsked `json:"requests"`
}

type scriptAsked struct {
	Method    string `json:"method"`
	URL       string `json:"url"`
	Range     string `json:"range,omitempty"`
	Principal string `json:"principal,omitempty"`
	Status    int    `json:"status"`
	Sent      int64  `json:"sent"`
}

type resultScripts struct {
	Scripts []scriptView `json:"scripts"`
}

func (s *Server) listScripts(*request) (any, error) {
	s.scripts.mu.Lock()
	defer s.scripts.mu.Unlock()
	all := make([]scriptView, 0, len(s.scripts.byURL))
	for url, script := range s.scripts.byURL {
		view := scriptView{URL: url, Requests: []scriptAsked{}}
		for _, r := range script.Requests() {
			view.Requests = append(view.Requests, scriptAsked{r.Method, r.URL, r.Range, r.Principal, r.Status, r.Sent})
		}
		all = append(all, view)
	}
	slices.SortFunc(all, func(a, b scriptView) int { return cmp.Compare(a.URL, b.URL) })
	return resultScripts{all}, nil
}
