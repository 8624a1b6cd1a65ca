package bitsadmin

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/remote"
	"github.com/bitsemu/bitsemu/sid"
	"github.com/bitsemu/bitsemu/token"
	"github.com/bitsemu/bitsemu/winver"
)

// servicePlace is a service that is running: bitsemu serve. What it emulates, and with
// which drives, is its own affair.
type servicePlace struct {
	conf Config
	info *remote.Info // once it is known
}

func (p *servicePlace) dial(ctx context.Context, opts ...remote.Option) (*remote.Client, error) {
	if p.conf.Token != "" {
		opts = append(opts, remote.Token(p.conf.Token))
	}
	c, err := remote.Dial(ctx, p.conf.Service, opts...)
	if err != nil {
		return nil, fmt.Errorf("the service of %s or --service: %w", serviceVariable, err)
	}
	return c, nil
}

// Build is that of the service. As long as nobody answers there it is the one that would
// be emulated without a service: why, Begin tells.
func (p *servicePlace) Build(ctx context.Context) winver.Build {
	if p.info == nil {
		c, err := p.dial(ctx)
		if err != nil {
			return p.conf.Build
		}
		info, err := c.Info(ctx)
		if err = errors.Join(err, c.Close()); err != nil {
			return p.conf.Build
		}
		p.info = &info
	}
	return p.info.Windows
}

func (p *servicePlace) Begin(ctx context.Context, caller token.Token) (Session, error) {
	var opts []remote.Option
	if !caller.IsZero() {
		opts = append(opts, remote.As(caller))
	}
	c, err := p.dial(ctx, opts...)
	if err != nil {
		return nil, err
	}
	return &serviceSession{c}, nil
}

// serviceSession is a client of the service. Jobs are at work there whether it looks or
// not.
type serviceSession struct{ c *remote.Client }

func (s *serviceSession) Manager() bits.Manager { return s.c.Manager() }

func (s *serviceSession) Settle(context.Context) error { return nil }

func (s *serviceSession) Pause(ctx context.Context, d time.Duration) error { return sleep(ctx, d) }

func (s *serviceSession) Path(ctx context.Context, windows string) string {
	host, err := s.c.Path(ctx, windows)
	if err != nil {
		return ""
	}
	return host
}

func (s *serviceSession) Close() error { return s.c.Close() }

func (s *serviceSession) ServiceProxy(ctx context.Context, account sid.SID) (p ServiceProxy, err error) {
	p.Usage, p.List, p.Bypass, err = s.c.ServiceProxy(ctx, account)
	return p, older("/UTIL /GETIEPROXY", err)
}

func (s *serviceSession) SetServiceProxy(ctx context.Context, account sid.SID, p ServiceProxy) error {
	return older("/UTIL /SETIEPROXY", s.c.SetServiceProxy(ctx, account, p.Usage, p.List, p.Bypass))
}

// older is the answer of a service that does not know an operation yet.
func older(command string, err error) error {
	if r := new(remote.Refusal); errors.As(err, &r) && r.Status == http.StatusNotFound {
		return &missing{command, "the service that is running is of an older version"}
	}
	return err
}

// Repair enables a service that is disabled. One that is stopped is started by whoever
// asks for it, as here.
func (s *serviceSession) Repair(ctx context.Context, force bool) (mended bool, err error) {
	_, err = s.c.Activate(ctx)
	if errors.Is(err, hresult.HRESULT_FROM_WIN32_ERROR_SERVICE_DISABLED) {
		mended = true
		if err = s.c.Enable(ctx); err == nil {
			err = s.c.Start(ctx)
		}
	}
	if err == nil && force {
		return true, s.c.Restart(ctx)
	}
	return mended, err
}
