package inspect

import (
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/internal/who"
	"github.com/bitsemu/bitsemu/jobstore"
	"github.com/bitsemu/bitsemu/token"
	"github.com/bitsemu/bitsemu/tokenopts"
	"github.com/bitsemu/bitsemu/winver"
)

// Explanation is who may do what with a job: what each call of one caller comes to, on
// several builds.
type Explanation struct {
	Error   string     `json:"error,omitzero"` // what in the question cannot be read
	Caller  string     `json:"caller"`
	Token   string     `json:"-"`
	Text    string     `json:"token"` // who that is
	Flags   string     `json:"flags"`
	Method  string     `json:"method"`
	Windows string     `json:"windows,omitzero"`
	Builds  []string   `json:"builds"`
	Calls   []Call     `json:"calls"`
	Chosen  []Decision `json:"decisions"` // of the method that was asked for
}

// Call is what one method comes to on the builds.
type Call struct {
	Method  string   `json:"method"`
	Key     string   `json:"key"`
	Answers []Answer `json:"answers"`
}

// Answer is a decision in short.
type Answer struct {
	Allowed bool   `json:"allowed"`
	Name    string `json:"hresult"`
}

// Decision is what the rules say, and why.
type Decision struct {
	Build    string `json:"build"`
	Note     string `json:"note,omitzero"`
	Allowed  bool   `json:"allowed"`
	HRESULT  string `json:"hresult"`
	Name     string `json:"name"`
	Rule     string `json:"rule"`
	Says     string `json:"says"`
	Letter   string `json:"letter"`
	Evidence string `json:"evidence"`
	Facts    []Fact `json:"facts"`
}

// Fact is something that was compared.
type Fact struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Option is one of a choice.
type Option struct {
	Key, Name string
	Chosen    bool
}

// methods are the calls that can be asked about, under the names of addresses.
var methods = []struct {
	key    string
	method tokenopts.Method
	says   string
}{
	{"QueryInterface", tokenopts.QueryInterface, "QueryInterface for IBitsTokenOptions"},
	{"SetHelperToken", tokenopts.SetHelperToken, "SetHelperToken"},
	{"SetHelperTokenFlags", tokenopts.SetHelperTokenFlags, "SetHelperTokenFlags"},
	{"GetHelperTokenFlags", tokenopts.GetHelperTokenFlags, "GetHelperTokenFlags"},
	{"GetHelperTokenSid", tokenopts.GetHelperTokenSid, "GetHelperTokenSid"},
	{"ClearHelperToken", tokenopts.ClearHelperToken, "ClearHelperToken"},
	{"TakeOwnership", tokenopts.TakeOwnership, "TakeOwnership"},
	{"RetrieveJob", tokenopts.RetrieveJob, "retrieve the job, and read it"},
	{"ModifyJob", tokenopts.ModifyJob, "modify the job: Resume, Cancel, AddFile, …"},
	{"OwnJob", tokenopts.OwnJob, "what is the owner's alone: credentials, certificates, custom headers"},
}

// callers are whom one can choose without writing a token.
var callers = []string{
	"owner", "helper", "alice", "alice elevated", "alice filtered", "bob", "bob elevated", "carol", "dave",
	"administrator", "system", "localservice", "networkservice",
}

// Callers is the choice of callers.
func (e Explanation) Callers() []Option {
	var all []Option
	for _, c := range callers {
		text := c
		switch c {
		case "owner":
			text = "the job's owner"
		case "helper":
			text = "the helper whose token it has"
		}
		all = append(all, Option{c, text, e.Caller == c})
	}
	return all
}

// Methods is the choice of methods.
func (e Explanation) Methods() []Option {
	var all []Option
	for _, m := range methods {
		all = append(all, Option{m.key, m.says, e.Method == m.key})
	}
	return all
}

// FlagChoices is the choice of the argument of SetHelperTokenFlags.
func (e Explanation) FlagChoices() []Option {
	var all []Option
	for _, f := range []bits.HelperTokenFlags{0, bits.BG_TOKEN_LOCAL_FILE, bits.BG_TOKEN_NETWORK, bits.BG_TOKEN_LOCAL_FILE | bits.BG_TOKEN_NETWORK, 4} {
		key := strconv.Itoa(int(f))
		text := f.String()
		if f == 0 {
			text = "0"
		}
		all = append(all, Option{key, text, e.Flags == key})
	}
	return all
}

// WindowsChoices is the choice of builds.
func (e Explanation) WindowsChoices() []Option {
	all := []Option{{"", "the emulated one", e.Windows == ""}}
	for _, b := range winver.All() {
		key := fmt.Sprint(b.Number())
		if b != b.WithBITS4Update() || b.HasTokenOptions() {
			all = append(all, Option{key, b.String(), e.Windows == key})
		}
	}
	return all
}

// explain answers a question about a job.
func explain(j *jobstore.Job, q *Queue, v url.Values) Explanation {
	e := Explanation{
		Caller: v.Get("caller"), Token: strings.TrimSpace(v.Get("token")), Flags: v.Get("flags"), Method: v.Get("method"), Windows: v.Get("windows"),
	}
	caller, err := callerOf(j, &e)
	builds, err2 := buildsOf(q, &e)
	flags, err3 := flagsOf(&e)
	method, err4 := methodOf(&e)
	if err := errors.Join(err, err2, err3, err4); err != nil {
		e.Error = err.Error()
		return e
	}
	e.Text = caller.String()
	if n := nameOf(caller); n != caller.User().String() && !serviceAccount(caller.User()) {
		e.Text = n + ", " + e.Text
	}
	for _, b := range builds {
		e.Builds = append(e.Builds, b.String())
	}
	ask := func(m tokenopts.Method, b winver.Build) tokenopts.Decision {
		return tokenopts.Judge(tokenopts.Call{
			Job: j.ID, Build: b, Method: m, Owner: j.Owner, Query: caller, Thread: caller, Helper: j.HelperToken, Flags: flags, State: j.State,
		})
	}
	for _, m := range methods {
		c := Call{Method: m.says, Key: m.key}
		for _, b := range builds {
			d := ask(m.method, b)
			c.Answers = append(c.Answers, Answer{d.Allowed, d.HRESULT.String()})
		}
		e.Calls = append(e.Calls, c)
	}
	notes := []string{"the emulated build", "before Windows 10 1607", "from Windows 10 1607 on"}
	switch {
	case e.Windows != "":
		notes[0] = "asked for"
	case q.Assumed:
		notes[0] = "assumed: a store does not tell"
	}
	for i, b := range builds {
		d := ask(method, b)
		v := Decision{
			Build: b.String(), Note: notes[i], Allowed: d.Allowed,
			HRESULT: d.HRESULT.Hex(), Name: d.HRESULT.String(), Rule: d.Rule.ID, Says: method.String() + " " + d.Rule.Says,
			Letter: d.Rule.Evidence.Letter.String(), Evidence: d.Rule.Evidence.Source,
		}
		for _, f := range d.Facts {
			v.Facts = append(v.Facts, Fact(f))
		}
		e.Chosen = append(e.Chosen, v)
	}
	return e
}

// callerOf is who calls: a token when one is written, else who is chosen.
func callerOf(j *jobstore.Job, e *Explanation) (token.Token, error) {
	if e.Token != "" {
		e.Caller = ""
		var t token.Token
		err := t.UnmarshalJSON([]byte(e.Token))
		if err == nil && t.IsZero() {
			err = errors.New("null is nobody")
		}
		if err != nil {
			err = fmt.Errorf("the token: %w", err)
		}
		return t, err
	}
	switch e.Caller {
	case "", "owner":
		e.Caller = "owner"
		return j.Owner, nil
	case "helper":
		if j.HelperToken.IsZero() {
			return token.Token{}, errors.New("the job has no helper token: choose another caller")
		}
		return j.HelperToken, nil
	}
	return who.Parse(e.Caller)
}

// buildsOf are the build asked for, one of before 1607 and one of after.
func buildsOf(q *Queue, e *Explanation) ([]winver.Build, error) {
	build := q.Build
	if e.Windows != "" {
		var err error
		if build, err = winver.Parse(e.Windows); err != nil {
			return nil, err
		}
	}
	return []winver.Build{build, winver.Windows10_1511, winver.Windows10_1607}, nil
}

func flagsOf(e *Explanation) (bits.HelperTokenFlags, error) {
	if e.Flags == "" {
		e.Flags = strconv.Itoa(int(bits.BG_TOKEN_LOCAL_FILE))
	}
	n, err := strconv.ParseUint(e.Flags, 0, 32)
	if err != nil {
		return 0, fmt.Errorf("flags: %q is no number", e.Flags)
	}
	return bits.HelperTokenFlags(n), nil
}

func methodOf(e *Explanation) (tokenopts.Method, error) {
	if e.Method == "" {
		e.Method = "SetHelperToken"
	}
	for _, m := range methods {
		if strings.EqualFold(m.key, e.Method) {
			e.Method = m.key
			return m.method, nil
		}
	}
	return 0, fmt.Errorf("there is no method %q to ask about", e.Method)
}
