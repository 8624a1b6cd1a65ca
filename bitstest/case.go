package bitstest

import (
	"context"
	"slices"
	"testing"

	"github.com/bitsemu/bitsemu/bits"
)

// TB is the part of testing.TB that a case needs, so that a case can be run
// outside of go test too. FailNow and Skipf end the goroutine, as those of
// package testing do.
type TB interface {
	Cleanup(f func())
	Context() context.Context
	Errorf(format string, args ...any)
	FailNow()
	Helper()
	Logf(format string, args ...any)
	Skipf(format string, args ...any)
}

// Case is one behaviour of BITS.
type Case struct {
	Name     string // unique, such as "job/resume-without-files"
	Evidence string // what it rests on: "W; D nf-bits-ibackgroundcopyjob-resume.md"

	run func(*env)
}

// Check runs the case on manager, in the surroundings that opts describe.
func (c Case) Check(t TB, manager bits.Manager, opts ...Option) {
	t.Helper()
	c.run(newEnv(t, manager, opts))
}

// Cases are all cases, for who wants to choose among them or to run them in
// another way than [Run].
func Cases() []Case {
	return slices.Concat(
		managerCases(), interfaceCases(), enumCases(),
		jobCases(), limitCases(), argumentCases(), finalCases(),
		fileCases(), rangeCases(), remoteNameCases(),
		httpOptionCases(), certificateCases(), propertyCases(), credentialCases(), uploadCases(),
		lifeCases(), queueCases(), localCases(), serverCases(), errorCases(), retryCases(), validationCases(), demandCases(),
		callbackCases(), callbackErrorCases(), tokenCases(), helperCases(), callerCases(),
	)
}

// Run runs all cases, one after the other and each as a subtest, on the manager
// that open returns for it. Since open is called before each case and nothing runs
// beside it, open may set variables that the functions in opts use.
func Run(t *testing.T, open func(t *testing.T) bits.Manager, opts ...Option) {
	t.Helper()
	for _, c := range Cases() {
		t.Run(c.Name, func(t *testing.T) { c.Check(t, open(t), opts...) })
	}
}
