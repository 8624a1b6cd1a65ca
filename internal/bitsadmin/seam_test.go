package bitsadmin_test

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu"
	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/internal/bitsadmin"
	"github.com/bitsemu/bitsemu/sid"
	"github.com/bitsemu/bitsemu/token"
	"github.com/bitsemu/bitsemu/winver"
)

// nowhere lets nobody in.
type nowhere struct{}

func (nowhere) Build(context.Context) winver.Build { return winver.Windows11_24H2 }

func (nowhere) Begin(context.Context, token.Token) (bitsadmin.Session, error) {
	return nil, errors.New("nobody is let in")
}

func runNowhere(t *testing.T, args []string) (out, stderr string, status int32) {
	t.Helper()
	var stdout, errs bytes.Buffer
	status = bitsadmin.Run(t.Context(), args, bitsadmin.Env{
		Getenv: func(string) string { return "" }, Stdout: &stdout, Stderr: &errs,
		Open: func(bitsadmin.Config) bitsadmin.Place { return nowhere{} },
	})
	return stdout.String(), errs.String(), status
}

// service is a place whose jobs are at work all the time, as those of a service of its
// own will be.
type service struct{ emu *bitsemu.Emulator }

func (s service) Build(context.Context) winver.Build { return winver.Windows11_24H2 }

func (s service) Begin(_ context.Context, caller token.Token) (bitsadmin.Session, error) {
	if caller.IsZero() {
		return visit{s.emu, token.User(sid.MustParse("S-1-5-21-1-2-3-1001"))}, nil
	}
	return visit{s.emu, caller}, nil
}

type visit struct {
	emu    *bitsemu.Emulator
	caller token.Token
}

func (v visit) Manager() bits.Manager                         { return v.emu.As(v.caller) }
func (v visit) Settle(context.Context) error                  { return nil }
func (v visit) Path(_ context.Context, windows string) string { return v.emu.Path(windows) }
func (v visit) Close() error                                  { return nil }
func (v visit) Pause(ctx context.Context, d time.Duration) error {
	time.Sleep(d)
	return context.Cause(ctx)
}

func TestOtherPlace(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	emu, err := bitsemu.New(bitsemu.Drive("C:", r.drive))
	require.NoError(t, err)
	defer func() { require.NoError(t, emu.Close()) }()
	r.open = func(bitsadmin.Config) bitsadmin.Place { return service{emu} }
	require.Equal(t, "Transfer complete.\n", r.must("/transfer", "j", r.server+"/10", `C:\temp\x`))
	r.must("/create", "j")
	require.Equal(t, 1, emu.Len())
}
