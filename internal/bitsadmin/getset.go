package bitsadmin

import (
	"errors"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
)

// get is a command that asks a job for something. args are those behind the job.
func get[J any](name, args, what string, value func(c *call, j J) (string, error)) command {
	n := 1 + fields(args)
	return command{
		name: name, args: join("<job>", args), help: "Retrieves the " + what, min: n, max: n, kind: looks,
		run: func(c *call) error {
			_, j, err := jobAs[J](c, "get "+what)
			if err != nil {
				return err
			}
			v, err := value(c, j)
			if err != nil {
				return wrong("get "+what, err)
			}
			c.print.value(v)
			return nil
		},
	}
}

// set is a command that changes something in a job. What value returns is what the
// confirmation says.
func set[J any](name, args, what string, value func(c *call, j J) (string, error)) command {
	n := 1 + fields(args)
	return command{
		name: name, args: join("<job>", args), help: "Sets the " + what, min: n, max: n,
		run: func(c *call) error {
			_, j, err := jobAs[J](c, "set "+what)
			if err != nil {
				return err
			}
			v, err := value(c, j)
			if err != nil {
				return wrong("set "+what, err)
			}
			c.print.line(capital(what) + " set to " + v + ".")
			return nil
		},
	}
}

// act is a command that does something with a job, and says that it has been done.
func act[J any](name, args, help, verb, done string, do func(c *call, j J) error) command {
	n := 1 + fields(args)
	return command{
		name: name, args: join("<job>", args), help: help, min: n, max: n,
		run: func(c *call) error {
			_, j, err := jobAs[J](c, verb)
			if err != nil {
				return err
			}
			if err := do(c, j); err != nil {
				return wrong(verb, err)
			}
			c.print.line(done)
			return nil
		},
	}
}

// jobAs is the job that the arguments name, and one of its interfaces.
func jobAs[J any](c *call, doing string) (job bits.Job, as J, err error) {
	if job, err = c.job(); err != nil {
		return nil, as, err
	}
	as, err = bits.Query[J](c.ctx, job)
	return job, as, unable(doing, err)
}

// wrong is an error of a command: what it has found itself, and what has its words
// already, stays as it is.
func wrong(doing string, err error) error {
	if _, ok := hresult.Of(err); ok && !errors.As(err, new(*failure)) {
		return unable(doing, err)
	}
	return err
}

// setNumber is a command that sets a number.
func setNumber[J any](name, arg, what string, to func(c *call, j J, n uint32) error) command {
	return set(name, arg, what, func(c *call, j J) (string, error) {
		n, err := number(c.args[0])
		if err != nil {
			return "", err
		}
		return decimal(n), to(c, j, n)
	})
}

// setText is a command that sets a text.
func setText[J any](name, arg, what string, to func(c *call, j J, text string) error) command {
	return set(name, arg, what, func(c *call, j J) (string, error) {
		return c.args[0], to(c, j, c.args[0])
	})
}

func numeral[T ~uint8 | ~uint32 | ~uint64](n T, err error) (string, error) { return decimal(n), err }
