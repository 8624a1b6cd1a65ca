package bitsadmin

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
)

// english is the language that texts are asked for in.
const english = 0x409

// failure is a call of BITS that has failed, with the words that bitsadmin.exe says it
// in: "Unable to complete job".
type failure struct {
	what string
	err  error
}

func (f *failure) Error() string { return f.what + ": " + f.err.Error() }

func (f *failure) Unwrap() error { return f.err }

// unable is the failure to do something, nil when it did not fail.
func unable(what string, err error) error {
	if err == nil {
		return nil
	}
	return &failure{"Unable to " + what, err}
}

// refusal is what the command itself has to say against its arguments.
type refusal string

func (r refusal) Error() string { return string(r) }

const badCount refusal = "Invalid number of arguments."

// badValue refuses an argument.
func badValue(arg, want string) error {
	return refusal(fmt.Sprintf("Invalid value %q: %s is expected.", arg, want))
}

// told is a failure that has been shown already.
type told struct{ err error }

func (t told) Error() string { return t.err.Error() }

func (t told) Unwrap() error { return t.err }

// missing is a command that is not emulated.
type missing struct{ command, why string }

func (m *missing) Error() string {
	return fmt.Sprintf("%s is not emulated by bitsemu: %s.", m.command, m.why)
}

// Unwrap gives what BITS answers for what it does not implement.
func (m *missing) Unwrap() error { return hresult.E_NOTIMPL }

// show writes what a command has failed with.
func (c *call) show(err error) {
	var f *failure
	code, known := hresult.Of(err)
	switch {
	case errors.As(err, new(told)):
	case errors.As(err, &f) && known:
		c.print.line(fmt.Sprintf("%s - 0x%08x", f.what, uint32(code)))
		if text := c.text(code); text != "" {
			c.print.line(text)
		}
	default:
		c.print.line(err.Error())
	}
}

// Status is the exit code of a command that has failed with err: the HRESULT of a call
// of BITS as a signed number, and 1 for what the command has found itself.
func Status(err error) int32 {
	if err == nil {
		return 0
	}
	if code, ok := hresult.Of(err); ok && code.Failed() {
		return int32(code)
	}
	return 1
}

// attested are the texts of Windows that have been seen in the output of bitsadmin.exe.
// For all others there are those of the emulator.
var attested = map[hresult.HRESULT]string{
	hresult.E_ACCESSDENIED:          "Access is denied.",
	hresult.E_INVALIDARG:            "The parameter is incorrect.",
	hresult.FromWin32(267):          "The directory name is invalid.",
	hresult.BG_E_INVALID_STATE:      "The requested action is not allowed in the current job state. The job is read-only. The job may have been canceled or completed transferring.",
	hresult.BG_E_OVERLAPPING_RANGES: "The list of byte ranges contains some overlapping ranges, which are not supported.",
	hresult.FromWin32(12007):        "The server name or address could not be resolved",

	hresult.BG_E_ERROR_CONTEXT_REMOTE_FILE: "The error occurred while the remote file was being processed.",
}

// text is the text of a code.
func (c *call) text(code hresult.HRESULT) string {
	if text, ok := attested[code]; ok {
		return text
	}
	if c.session != nil {
		if text, err := c.session.Manager().GetErrorDescription(c.ctx, code, english); err == nil {
			return strings.TrimRight(text, "\r\n")
		}
	}
	return code.Text()
}

// jobError is what a job has run into.
type jobError struct {
	code    hresult.HRESULT
	context bits.ErrorContext
	about   string // "remote -> local", "" when it is about no file
	texts   [2]string
}

// errorOf asks a job for its error.
func (c *call) errorOf(j bits.Job) (*jobError, error) {
	e, err := j.GetError(c.ctx)
	if err != nil {
		return nil, err
	}
	x := &jobError{}
	if x.context, x.code, err = e.GetError(c.ctx); err != nil {
		return nil, err
	}
	x.texts[0] = c.text(x.code)
	if x.texts[1], err = e.GetErrorContextDescription(c.ctx, english); err != nil {
		x.texts[1] = ""
	}
	x.texts[1] = strings.TrimRight(x.texts[1], "\r\n")
	if x.context == bits.BG_ERROR_CONTEXT_REMOTE_FILE {
		x.texts[1] = attested[hresult.BG_E_ERROR_CONTEXT_REMOTE_FILE]
	}
	f, err := e.GetFile(c.ctx)
	if err != nil {
		return x, ignore(err, hresult.BG_E_FILE_NOT_AVAILABLE)
	}
	remote, local, err := names(c.ctx, f)
	x.about = remote + " -> " + local
	return x, err
}

func names(ctx context.Context, f bits.File) (remote, local string, err error) {
	if remote, err = f.GetRemoteName(ctx); err != nil {
		return "", "", err
	}
	local, err = f.GetLocalName(ctx)
	return remote, local, err
}

// ignore makes an error with a code be none.
func ignore(err error, code hresult.HRESULT) error {
	if errors.Is(err, code) {
		return nil
	}
	return err
}

// lines writes the error in the form that all commands have for it. between is written
// behind the line with the code.
func (x *jobError) lines(p *printer, between func()) {
	if x.about != "" {
		p.pairs("ERROR FILE:   ", x.about)
	}
	p.pairs("ERROR CODE:   ", fmt.Sprintf("0x%08x - %s", uint32(x.code), x.texts[0]))
	between()
	p.pairs("ERROR CONTEXT:", fmt.Sprintf("0x%08x - %s", uint32(x.context), x.texts[1]))
}
