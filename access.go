package bitsemu

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/google/uuid"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/internal/winpath"
	"github.com/bitsemu/bitsemu/sid"
	"github.com/bitsemu/bitsemu/token"
)

// AccessRule says who may do what with the files below a directory or on a share, as
// an access control list does. Of several rules for a file the deepest counts alone.
type AccessRule struct {
	// Path is a drive, a directory, a file, a share or a directory of it.
	Path string
	// Read and Write are the users and groups that may read, and that may create,
	// write, rename and delete. Everybody may when nil; nobody when empty but not nil.
	Read, Write []sid.SID
}

// Restrict puts a rule in force, in place of the one for the same path, if any. Where
// no rule is in force everybody may do everything.
//
// A job's file is opened as the job's owner or as its helper, see
// [tokenopts.Identity]; whether that one may, is asked when a file is added to the job,
// and whenever it is opened, renamed or deleted.
func (e *Emulator) Restrict(rule AccessRule) error {
	path, err := winpath.Parse(drive(rule.Path))
	if err != nil {
		return err
	}
	e.rules.mu.Lock()
	defer e.rules.mu.Unlock()
	e.rules.byKey = cloneWith(e.rules.byKey, path.Key(), rule)
	return nil
}

// RestrictTo is Restrict for users that may read and write.
func (e *Emulator) RestrictTo(path string, users ...sid.SID) error {
	if users == nil {
		users = []sid.SID{}
	}
	return e.Restrict(AccessRule{Path: path, Read: users, Write: users})
}

func cloneWith(m map[string]AccessRule, key string, rule AccessRule) map[string]AccessRule {
	c := make(map[string]AccessRule, len(m)+1)
	for k, v := range m {
		c[k] = v
	}
	c[key] = rule
	return c
}

// access is the rules in force.
type access struct {
	mu    sync.Mutex
	byKey map[string]AccessRule // replaced, never changed
}

// AccessError is a file that somebody may not open, by the rules of
// [Emulator.Restrict]. It wraps E_ACCESSDENIED.
type AccessError struct {
	Job    uuid.UUID
	Action string
	Name   string
	Token  token.Token
	Rule   AccessRule
}

func (a *AccessError) Error() string {
	users := a.Rule.Write
	if reads(a.Action) {
		users = a.Rule.Read
	}
	names := make([]string, len(users))
	for i, s := range users {
		names[i] = s.String()
	}
	return fmt.Sprintf("bitsemu: job %s: %s %s as %s: E_ACCESSDENIED (0x80070005): the rule for %s lets only [%s]",
		bits.GUIDString(a.Job), a.Action, a.Name, as(a.Token), a.Rule.Path, strings.Join(names, " "))
}

// Unwrap gives the HRESULT.
func (a *AccessError) Unwrap() error { return hresult.E_ACCESSDENIED }

// reads reports whether an action changes nothing.
func reads(action string) bool { return action == actionRead }

// judge asks whether a token may do something with a file.
func (a *access) judge(job uuid.UUID, t token.Token, action, name string) error {
	a.mu.Lock()
	rules := a.byKey
	a.mu.Unlock()
	if len(rules) == 0 {
		return nil
	}
	path, err := winpath.Parse(name)
	if err != nil {
		return nil // no file: whoever opens it says so
	}
	for at := path; ; at = at.Dir() {
		if rule, ok := rules[at.Key()]; ok {
			users := rule.Write
			if reads(action) {
				users = rule.Read
			}
			if users == nil || slices.Contains(users, t.User()) || slices.ContainsFunc(users, t.HasEnabledGroup) {
				return nil
			}
			return &AccessError{Job: job, Action: action, Name: name, Token: t, Rule: rule}
		}
		if at.IsRoot() {
			return nil
		}
	}
}
