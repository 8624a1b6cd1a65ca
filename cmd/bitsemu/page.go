package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/bitsemu/bitsemu/jobstore"
	"github.com/bitsemu/bitsemu/token"
	"github.com/bitsemu/bitsemu/tokenopts"
)

// page prints the story. It keeps the first error.
type page struct {
	out    io.Writer
	colour bool
	headed bool            // the columns have been named in this scene
	told   map[string]bool // rules that have been written out
	err    error
}

func (p *page) check(err error) {
	if p.err == nil {
		p.err = err
	}
}

func (p *page) printf(format string, args ...any) { fmt.Fprintf(p, format, args...) }

// Write implements [io.Writer].
func (p *page) Write(text []byte) (int, error) {
	n, err := p.out.Write(text)
	p.check(err)
	return n, err
}

const (
	bold  = "1"
	dim   = "2"
	red   = "31"
	green = "32"
)

// paint colours text that has been padded already.
func (p *page) paint(style, text string) string {
	if !p.colour {
		return text
	}
	return "\x1b[" + style + "m" + text + "\x1b[0m"
}

// The columns: who calls, what, and a result for each Windows.
const (
	whoWidth    = 16
	callWidth   = 38
	resultWidth = 33
)

func (p *page) opening(worlds []*world) {
	p.printf("%s\n\n", p.paint(bold, "Who may lend a BITS job a helper token, and who may read its flags"))
	for _, w := range worlds {
		p.printf("  %-12s %v, BITS %v, jobs in %s\n", w.name, w.build, w.build.BITS(), w.path)
	}
	p.printf("\nUnder each call stands the rule that decided. Where a rule comes up first, it is written out with its\n" +
		"evidence: D documented by Microsoft (page), O observed in the wild, I inferred, C chosen by this project.\n")
}

func (p *page) scene(title, what string) {
	p.headed = false
	p.printf("\n\n%s\n%s\n\n", p.paint(bold, title), what)
}

func (p *page) happens(what string) { p.printf("  %s\n", p.paint(bold, "* "+what)) }

// call prints a call and what came of it in each world.
func (p *page) call(caller, call string, worlds []*world, results []outcome) {
	if !p.headed {
		p.headed = true
		head := fmt.Sprintf("  %-*s %-*s", whoWidth, "caller", callWidth, "call")
		for _, w := range worlds {
			head += fmt.Sprintf(" %-*s", resultWidth, w.name)
		}
		p.printf("%s\n", p.paint(bold, strings.TrimRight(head, " ")))
	}
	line := fmt.Sprintf("  %-*s %-*s", whoWidth, caller, callWidth, call)
	rules := ""
	for i, r := range results {
		style := green
		if r.code.Failed() {
			style = red
		}
		text := r.String()
		pad := strings.Repeat(" ", max(0, resultWidth-len(text)))
		if i == len(results)-1 {
			pad = ""
		}
		line += " " + p.paint(style, text) + pad
		rules += fmt.Sprintf(" %-*s", resultWidth, r.rule.ID)
	}
	p.printf("%s\n", line)
	if strings.TrimSpace(rules) == "" {
		return
	}
	indent := strings.Repeat(" ", whoWidth+callWidth+3)
	p.printf("%s\n", p.paint(dim, strings.TrimRight(indent+rules, " ")))
	for _, r := range results {
		if r.rule.ID != "" && !p.told[r.rule.ID] {
			p.told[r.rule.ID] = true
			p.printf("%s\n", p.paint(dim, fmt.Sprintf("  %*s %s: it %s [%s]", whoWidth, "rule", r.rule.ID, r.rule.Says, r.rule.Evidence)))
		}
	}
}

// refusal prints a refusal with all that it knows.
func (p *page) refusal(where *world, err error) {
	var refused *tokenopts.AccessError
	if !errors.As(err, &refused) {
		p.check(fmt.Errorf("%s: not a refusal: %w", where.name, err))
		return
	}
	p.printf("  %s\n\n", p.paint(red, err.Error()))
	for line := range strings.Lines(refused.Decision.Detail()) {
		p.printf("  %s", line)
	}
	p.printf("\n")
}

// matrix prints who may read the flags of whose job.
func (p *page) matrix(worlds []*world) {
	p.scene("Who may read the flags", "yes: GetHelperTokenFlags answers. no: it refuses. -: QueryInterface refuses already.")
	owners := []actor{alice, networkService, bobElevated, system}
	callers := []actor{alice, bob, bobFiltered, bobElevated, networkService, system, {"alice, restricted", token.Restricted(alice.token)}, {"alice, identify", alice.token.With(token.WithLevel(token.LevelIdentify))}}
	head := fmt.Sprintf("  %-*s", whoWidth+2, "caller")
	for _, o := range owners {
		head += fmt.Sprintf(" | %-*s", matrixWidth, "job of "+o.name)
	}
	p.printf("%s\n  %-*s", p.paint(bold, head), whoWidth+2, "")
	for range owners {
		p.printf(" | %-*s %-*s", matrixWidth/2, "8.1", matrixWidth/2, "11")
	}
	p.printf("\n")
	for _, c := range callers {
		p.printf("  %-*s", whoWidth+2, c.name)
		for _, o := range owners {
			p.printf(" |")
			for _, w := range worlds {
				word, style := mayRead(w, o, c)
				p.printf(" %s", p.paint(style, fmt.Sprintf("%-*s", matrixWidth/2, word)))
			}
		}
		p.printf("\n")
	}
}

// matrixWidth is odd: two columns and a space.
const matrixWidth = 23

// mayRead tries it on a job of its own.
func mayRead(w *world, owner, caller actor) (word, style string) {
	store := jobstore.NewMemory()
	defer store.Close() //nolint:errcheck // it is in memory
	e, err := store.Create(jobstore.Job{Owner: owner.token})
	if err != nil {
		return err.Error(), red
	}
	o, err := tokenopts.New(store, w.build).Query(caller.ctx(), e.ID())
	if err != nil {
		return "-", red
	}
	if _, err := o.GetHelperTokenFlags(context.Background()); err != nil {
		return "no", red
	}
	return "yes", green
}

// contents prints the jobs of a store.
func (p *page) contents(w *world) {
	p.printf("  %s\n", p.paint(bold, w.name))
	for j, err := range w.store.Jobs() {
		if err != nil {
			p.check(err)
			return
		}
		helper := "none"
		if !j.HelperToken.IsZero() {
			helper = personOf(j.HelperToken.User())
		}
		p.printf("    %-16s owner %-16s flags %-40v helper token %-6s %s\n", j.DisplayName, personOf(j.Owner.User()), j.HelperTokenFlags, helper, stateText(j))
	}
	p.printf("\n")
}
