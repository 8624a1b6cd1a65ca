package bitstest

import (
	"cmp"
	"errors"
	"fmt"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
)

// version is a version of BITS; the zero version is one that is not known.
type version struct{ major, minor uint8 }

func (v version) String() string { return fmt.Sprintf("%d.%d", v.major, v.minor) }

func (v version) known() bool { return v != version{} }

func (v version) atLeast(major, minor uint8) bool {
	return cmp.Or(cmp.Compare(v.major, major), cmp.Compare(v.minor, minor)) >= 0
}

// bitsVersion is the version of BITS: that of the option, or else the one that
// brought the latest interface of a job that is there.
func (e *env) bitsVersion() version {
	e.Helper()
	if e.version.known() {
		return e.version
	}
	job := e.job(bits.BG_JOB_TYPE_DOWNLOAD)
	var file bits.File
	if e.dir != "" {
		file = e.addTo(job)
	}
	for _, probe := range []struct {
		version
		there func() bool
	}{
		{version{10, 3}, func() bool { return has[bits.JobHttpOptions3](e, job) }},
		{version{10, 2}, func() bool { return has[bits.JobHttpOptions2](e, job) }},
		{version{10, 1}, func() bool { return file != nil && has[bits.File6](e, file) }},
		{version{5, 0}, func() bool { return has[bits.Job5](e, job) }},
		{version{4, 0}, func() bool { return has[bits.TokenOptions](e, job) }},
		{version{3, 0}, func() bool { return has[bits.Job4](e, job) }},
		{version{2, 5}, func() bool { return has[bits.JobHttpOptions](e, job) }},
		{version{2, 0}, func() bool { return has[bits.Job3](e, job) }},
		{version{1, 5}, func() bool { return has[bits.Job2](e, job) }},
	} {
		if probe.there() {
			e.version = probe.version
			return e.version
		}
	}
	e.version = version{1, 0}
	return e.version
}

// needs skips the case before this version of BITS.
func (e *env) needs(major, minor uint8) {
	e.Helper()
	if v := e.bitsVersion(); !v.atLeast(major, minor) {
		e.Skipf("this needs BITS %v, and here is BITS %v", version{major, minor}, v)
	}
}

// has tells whether an object has the interface T.
func has[T any](e *env, from bits.Unknown) bool {
	e.Helper()
	_, err := bits.Query[T](e.ctx, from)
	if errors.Is(err, hresult.E_NOINTERFACE) {
		return false
	}
	e.ok(err)
	return true
}

// query returns another interface of an object, and skips the case if that came
// with a later version of BITS.
func query[T any](e *env, from bits.Unknown) T {
	e.Helper()
	t, err := bits.Query[T](e.ctx, from)
	if errors.Is(err, hresult.E_NOINTERFACE) {
		iid, _ := bits.IIDOf[T]()
		major, minor, _ := bits.IIDVersion(iid)
		if !e.version.known() || !e.version.atLeast(major, minor) {
			e.Skipf("this needs %s, which came with BITS %v", bits.IIDName(iid), version{major, minor})
		}
	}
	e.ok(err)
	return t
}
