package serve

import (
	"os"
	"strings"

	"github.com/google/uuid"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/internal/who"
	"github.com/bitsemu/bitsemu/token"
	"github.com/bitsemu/bitsemu/tokenopts"
	"github.com/bitsemu/bitsemu/winver"
)

func guidText(id uuid.UUID) string { return bits.GUIDString(id) }

var noPrincipal tokenopts.Principal

func isLink(path string) bool {
	fi, err := os.Lstat(path)
	return err == nil && fi.Mode()&os.ModeSymlink != 0
}

// decision is a [tokenopts.Decision].
type decision struct {
	Allowed  bool           `json:"allowed"`
	HRESULT  code           `json:"hresult"`
	Name     string         `json:"name"`
	Method   string         `json:"method,omitempty"`
	Resource string         `json:"resource,omitempty"`
	Rule     decisionRule   `json:"rule"`
	Evidence decisionSource `json:"evidence"`
	Facts    []decisionFact `json:"facts"`
	Windows  uint32         `json:"windows"`
	Job      *guid          `json:"job,omitempty"`
	Text     string         `json:"text"`
}

type decisionRule struct {
	ID     string `json:"id"`
	Says   string `json:"says"`
	Builds string `json:"builds"`
}

type decisionSource struct {
	Letter string `json:"letter"`
	Source string `json:"source"`
}

type decisionFact struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

func decisionOf(d tokenopts.Decision) decision {
	v := decision{
		Allowed: d.Allowed, HRESULT: code(d.HRESULT), Name: d.HRESULT.String(),
		Rule:     decisionRule{d.Rule.ID, d.Rule.Says, d.Rule.Builds.String()},
		Evidence: decisionSource{d.Rule.Evidence.Letter.String(), d.Rule.Evidence.Source},
		Facts:    []decisionFact{}, Windows: d.Build.Number(), Text: d.String(),
	}
	if d.Method != 0 {
		v.Method = d.Method.String()
	}
	if d.Resource != 0 {
		v.Resource = d.Resource.String()
	}
	if d.Job != uuid.Nil {
		v.Job = &guid{d.Job}
	}
	for _, f := range d.Facts {
		v.Facts = append(v.Facts, decisionFact(f))
	}
	return v
}

type resultExplain struct {
	Decision decision `json:"decision"`
}

// explain applies the rules to a call that is not made: on a job as it is, or as an owner
// would have it, and on any build.
func (s *Server) explain(r *request) (any, error) {
	q := r.query
	method, err := methodNamed(q.Get("method"))
	if err != nil {
		return nil, err
	}
	caller, err := s.explained(q.Get("caller"))
	if err != nil {
		return nil, err
	}
	var flags bits.HelperTokenFlags
	if text := q.Get("flags"); text != "" {
		if err := flags.UnmarshalText([]byte(text)); err != nil {
			return nil, malformed("flags: %v", err)
		}
	}
	c := tokenopts.Call{Build: s.emu.Build(), Method: method, Query: caller, Thread: caller, Flags: flags, State: bits.BG_JOB_STATE_SUSPENDED}
	if text := q.Get("windows"); text != "" {
		if c.Build, err = winver.Parse(text); err != nil {
			return nil, malformed("windows: %v", err)
		}
	}
	switch job, owner := q.Get("job"), q.Get("owner"); {
	case job != "" && owner != "":
		return nil, malformed("the owner is that of the job: want job or owner")
	case job != "":
		id, err := uuid.Parse(job)
		if err != nil {
			return nil, malformed("job: %.80q is no GUID of a job", job)
		}
		j, err := s.emu.Job(id)
		if err != nil {
			return nil, notFound("nobody has heard of job %s, or not lately", guidText(id))
		}
		c.Job, c.Owner, c.Helper, c.State = id, j.Owner, j.HelperToken, j.State
	case owner != "":
		if c.Owner, err = who.Parse(owner); err != nil {
			return nil, malformed("owner: %v", err)
		}
	default:
		return nil, malformed("on which job? Want job, or owner for one that there might be")
	}
	return resultExplain{decisionOf(tokenopts.Judge(c))}, nil
}

// explained is whose call is explained: anybody's, for nothing is called.
func (s *Server) explained(text string) (token.Token, error) {
	if text == "" {
		if s.conf.caller.IsZero() {
			return who.User(who.Default), nil
		}
		return s.conf.caller, nil
	}
	t, err := who.Parse(text)
	if err != nil {
		return t, malformed("caller: %v", err)
	}
	return t, nil
}

// rights are what several methods have in common, under names that are short enough.
var rights = map[tokenopts.Method]string{
	tokenopts.RetrieveJob: "RetrieveJob", tokenopts.ModifyJob: "ModifyJob", tokenopts.OwnJob: "OwnJob",
}

func methodNamed(name string) (tokenopts.Method, error) {
	var names []string
	for m := tokenopts.QueryInterface; m.Valid(); m++ {
		known, ok := rights[m]
		if !ok {
			known = m.String()
		}
		if strings.EqualFold(known, name) {
			return m, nil
		}
		names = append(names, known)
	}
	return 0, malformed("method: %.80q: want %s", name, strings.Join(names, ", "))
}
