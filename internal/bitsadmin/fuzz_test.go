package bitsadmin_test

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu"
	"github.com/bitsemu/bitsemu/internal/bitsadmin"
	"github.com/bitsemu/bitsemu/token"
	"github.com/bitsemu/bitsemu/transfer"
)

// FuzzCommandLines runs command lines on a store: one a line, with tabs between the
// arguments. Whatever they are, the command says something or succeeds, what is no
// failure of its own is not on its standard error, and the store holds together.
func FuzzCommandLines(f *testing.F) {
	for _, seed := range []string{
		"/create\tj\n/addfile\tj\thttp://server/1\tC:\\1\n/resume\tj\n/complete\tj",
		"/create\tj\n/addfileset\tj\tC:\\set.txt\n/listfiles\tj\n/info\tj\t/verbose\n/cancel\tj",
		"/rawreturn\t/create\t/upload-reply\tu\n/setreplyfilename\tu\tC:\\r\n/getreplydata\tu\n/list\t/allusers\t/verbose",
		"/transfer\tj\t/priority\thigh\t/aclflags\tog\thttp://server/1\tC:\\1\thttp://server/no\tC:\\2",
		"/create\tj\n/create\tj\n/getstate\tj\n/reset\n--as=system\t/reset\t/allusers",
		"--as=networkservice\t/create\tj\n--as=networkservice\t/sethelpertoken\tj\talice\tx\n--as=networkservice\t/sethelpertokenflags\tj\t0x3",
		"/create\tj\n/setnotifycmdline\tj\tx\t\n/setcustomheaders\tj\tA: b\t\r\n/setproxysettings\tj\toverride\tp\tNULL\n/setcredentials\tj\tproxy\tbasic\tu\tp",
		"/addfilewithranges\tj\thttp://server/1\tC:\\1\t0:1,5:eof\n/replaceremoteprefix\tj\t\t\n/setvalidationstate\tj\t0\ttrue",
		"--as=administrator\t/util\t/setieproxy\tlocalsystem\tmanual_proxy\tp\tNULL\n/util\t/getieproxy\tlocalsystem\n/util\t/version\t/verbose\n--as=administrator\t/util\t/repairservice\t/force",
		"/cache\t/list\n/peers\n/monitor\t/refresh\t0\n/?",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 1<<12 || strings.Count(text, "\n") > 12 || strings.ContainsRune(text, 0) {
			return // bounded
		}
		drive := t.TempDir()
		require.NoError(t, os.WriteFile(filepath.Join(drive, "set.txt"), []byte("http://server/2 C:\\2\n"), 0o600))
		emu, err := bitsemu.New(bitsemu.Drive("C:", drive), bitsemu.Transport(transfer.Handler(http.HandlerFunc(answer))), bitsemu.StepOnPoll())
		require.NoError(t, err)
		defer func() { require.NoError(t, emu.Close()) }()
		for line := range strings.SplitSeq(text, "\n") {
			args := strings.Split(line, "\t")
			if strings.Contains(strings.ToLower(line), "addfileset") && !strings.HasSuffix(line, `\set.txt`) {
				continue // it may name any file of this machine
			}
			runOn(t, emu, args)
			require.NoError(t, emu.Check(), "%q", args)
		}
	})
}

func runOn(t *testing.T, emu *bitsemu.Emulator, args []string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	w := &watcher{until: "MONITORING", seen: cancel} // which would not end
	var stderr strings.Builder
	status := bitsadmin.Run(ctx, args, bitsadmin.Env{
		Getenv: func(string) string { return "" }, Stdout: w, Stderr: &stderr, Location: time.UTC,
		Open: func(bitsadmin.Config) bitsadmin.Place { return hasty{service{emu}} },
	})
	require.NotErrorIs(t, ctx.Err(), context.DeadlineExceeded, "%q", args)
	if stderr.Len() > 0 {
		require.NotZero(t, status, "%q", args)
	}
	if status != 0 {
		require.NotEmpty(t, w.out.String()+stderr.String(), "%q", args)
	}
}

// hasty is a service whose time goes on as often as somebody looks at a job, so that
// nobody has to wait.
type hasty struct{ service }

type hastyVisit struct{ bitsadmin.Session }

func (h hasty) Begin(ctx context.Context, caller token.Token) (bitsadmin.Session, error) {
	s, err := h.service.Begin(ctx, caller)
	return hastyVisit{s}, err
}

func (hastyVisit) Pause(ctx context.Context, _ time.Duration) error { return context.Cause(ctx) }
