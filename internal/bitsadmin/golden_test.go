package bitsadmin_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/internal/bitsadmin"
	"github.com/bitsemu/bitsemu/jobstore"
	"github.com/bitsemu/bitsemu/token"
)

// transcript is a transcript of bitsadmin.exe, without the line that names its source,
// and with what its publisher put for names replaced as the test says.
func transcript(t *testing.T, name string, replace ...string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "transcripts", name+".txt"))
	require.NoError(t, err)
	source, rest, ok := strings.Cut(string(text), "\n")
	require.True(t, ok && strings.HasPrefix(source, "# source: "), "%s names its source", name)
	return strings.NewReplacer(replace...).Replace(shape(rest))
}

// shape is an output with the claims of its banner taken out: the lines are those of the
// original, and what they say is ours.
func shape(out string) string {
	for _, line := range []string{`BITSADMIN version 3\.0`, `\(C\) Copyright`, `BITSAdmin is deprecated`, `Administrative tools for the BITS service are`} {
		out = regexp.MustCompile(`(?m)^(`+line+`).*$`).ReplaceAllString(out, "$1")
	}
	return out
}

// is compares a whole output with a transcript.
func is(t *testing.T, want, out string) {
	t.Helper()
	require.Equal(t, want, shape(out))
}

const us = "1/2/2006 3:04:05 PM"

func at(t *testing.T, text string) time.Time {
	t.Helper()
	at, err := time.Parse(us, text)
	require.NoError(t, err)
	return at
}

// record is a job as it is when it has been made, and is all there.
func record(t *testing.T, id, name string, owner string) jobstore.Job {
	return jobstore.Job{
		ID: uuid.MustParse(id), Owner: caller(t, owner), DisplayName: name, State: bits.BG_JOB_STATE_TRANSFERRED,
		Priority: bits.BG_JOB_PRIORITY_NORMAL, CreationTime: time.Now(), ModificationTime: time.Now(), LastActivity: time.Now(),
		MinimumRetryDelay: 600, NoProgressTimeout: 1209600, MaximumDownloadTime: 7776000, NotifyFlags: 3,
	}
}

func whole(remote, local string, n uint64) []jobstore.File {
	return []jobstore.File{{RemoteName: remote, LocalName: local, Progress: jobstore.Progress{BytesTotal: n, BytesTransferred: n}, Completed: true}}
}

func none(remote, local string) []jobstore.File {
	return []jobstore.File{{RemoteName: remote, LocalName: local, Progress: jobstore.Progress{BytesTotal: bits.BG_SIZE_UNKNOWN}}}
}

func TestGolden08InfoVerboseWin81(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.env["BITSEMU_WINDOWS"] = "8.1"
	j := record(t, "{AD76901C-924F-49E3-82BF-878159C01295}", "testjob1", "alice elevated")
	j.CreationTime, j.ModificationTime = at(t, "2/18/2018 7:56:53 PM"), at(t, "2/18/2018 7:57:24 PM")
	j.TransferCompletionTime = j.ModificationTime
	j.LastActivity = time.Now()
	j.NotifyProgram, j.NotifyToken = `c:\Windows\VSS\file.exe`, j.Owner
	j.Files = whole("http://SERVER/file.exe", `c:\windows\VSS\file.exe`, 933888)
	r.seed(j)
	out, status := r.run("/info", "testjob1", "/verbose")
	require.Zero(t, status)
	is(t, transcript(t, "08-info-verbose-transferred-win81", `DOMAIN\user`, `BITSEMU\alice`, "18/02/2018", "2/18/2018"), out)
}

func TestGolden09ListVerboseWin10(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	j := record(t, "{11111111-2222-3333-4444-555555555555}", "placeholder job name", "alice")
	j.Priority, j.Description = bits.BG_JOB_PRIORITY_HIGH, "placeholder description"
	j.MinimumRetryDelay, j.NoProgressTimeout, j.ErrorCount = 300, 3600, 1
	j.Files = whole("https://SERVER/file.xml", `C:\Users\user\file.xml`, 18162)
	r.seed(j)
	r.must("/setcustomheaders", "placeholder job name", "X-Header-Name: placeholder value")
	s, err := jobstore.Open(r.store)
	require.NoError(t, err)
	entry, err := s.Lookup(j.ID)
	require.NoError(t, err)
	require.NoError(t, entry.Update(func(j *jobstore.Job) error {
		j.CreationTime, j.ModificationTime = at(t, "12/20/2018 7:26:28 PM"), at(t, "12/20/2018 7:26:30 PM")
		j.TransferCompletionTime = j.ModificationTime
		return nil
	}))
	require.NoError(t, s.Close())
	out, status := r.run("/LIST", "/VERBOSE")
	require.Zero(t, status)
	want := transcript(t, "09-list-verbose-transferred-win10", `DOMAIN\user`, `BITSEMU\alice`)
	is(t, want+"\nListed 1 job(s).\n", out)
}

func TestGolden10ListVerboseFragment(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	j := record(t, "{80047BA9-5B99-44F9-A64E-D320508F4F71}", "Edge Component Updater", "alice")
	j.CreationTime, j.ModificationTime = at(t, "6/17/2026 7:18:02 PM"), at(t, "6/17/2026 7:18:24 PM")
	j.Files = whole("http://SERVER/files/x", `C:\Users\user\AppData\Local\Temp\x`, 186331)
	r.seed(j)
	out := r.must("/list", "/verbose")
	want := transcript(t, "10-list-verbose-job-fragment-fixture", `DOMAIN\user`, `BITSEMU\alice`,
		"2026/06/17 19:18:02", "6/17/2026 7:18:02 PM", "2026/06/17 19:18:24", "6/17/2026 7:18:24 PM")
	for line := range strings.Lines(want) { // its author has left lines out
		require.Contains(t, out, line)
	}
}

func TestGolden11ListSummary(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	line := regexp.MustCompile(`^(\{.*\}) '(.*)' (\w+) (\d+) / (\d+) (\d+) / (\w+)$`)
	var want strings.Builder
	for text := range strings.Lines(transcript(t, "11-list-summary-server2019")) {
		m := line.FindStringSubmatch(strings.TrimSuffix(text, "\n"))
		require.NotNil(t, m, text)
		if m[3] == "CONNECTING" {
			continue // no service has been at work on it for as long as this test lasts
		}
		want.WriteString(text)
		j := record(t, m[1], m[2], "alice")
		j.State = bits.BG_JOB_STATE_TRANSFERRED
		done, total := number(t, m[6]), bits.BG_SIZE_UNKNOWN
		if m[7] != "UNKNOWN" {
			total = number(t, m[7])
		}
		files, completed := number(t, m[5]), number(t, m[4])
		for i := range files {
			f := jobstore.File{RemoteName: "http://SERVER/f", LocalName: `C:\f`, Completed: i < completed}
			if i == 0 {
				f.BytesTransferred, f.BytesTotal = done, total
			}
			j.Files = append(j.Files, f)
		}
		if m[3] == "ERROR" {
			j.State, j.Error = bits.BG_JOB_STATE_ERROR, jobstore.JobError{Code: hresult.BG_E_HTTP_ERROR_404, Context: bits.BG_ERROR_CONTEXT_REMOTE_FILE, File: 1}
		}
		r.seed(j)
	}
	require.Equal(t, want.String()+"\nListed 7 job(s).\n", r.must("/list"))
	require.Equal(t, want.String(), r.must("/rawreturn", "/list"))
}

func TestGolden12And16ListAndMonitor(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	one := record(t, "{6AF46E48-41D3-453F-B7AF-A694BBC823F7}", "job1", "alice")
	one.State = bits.BG_JOB_STATE_SUSPENDED
	two := transient(t)
	quotes := []string{" job1 ", " 'job1' ", " job2 ", " 'job2' ", " job3 ", " 'job3' "} // the sample is of a time without
	r.seed(one, two)
	require.Equal(t, transcript(t, "12-list-summary-documentation-sample", quotes...), r.must("/list"))

	three := record(t, "{0B138008-304B-4264-B021-FD04455588FF}", "job3", "alice")
	three.Files = whole("http://SERVER/3", `C:\3`, 100379370)
	r.seed(three)
	out, status := r.watch("job3", "/monitor")
	require.Zero(t, status)
	require.Equal(t, transcript(t, "16-monitor-documentation-sample", quotes...), body(out))
}

// transient is job2 of the documentation's samples.
func transient(t *testing.T) jobstore.Job {
	j := record(t, "{482FCAF0-74BF-469B-8929-5CCD028C9499}", "job2", "alice")
	j.State = bits.BG_JOB_STATE_TRANSIENT_ERROR
	j.Error = jobstore.JobError{Code: hresult.FromWin32(12007), Context: bits.BG_ERROR_CONTEXT_REMOTE_FILE, File: 1}
	j.Files = none("http://SERVER/10mb.zip", `c:\10mb.zip`)
	return j
}

func TestGolden13NoJobs(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	require.Equal(t, transcript(t, "13-list-verbose-no-jobs"), r.must("/list", "/verbose"))
}

func TestGolden15TransientError(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.seed(transient(t))
	r.terminal = &bitsadmin.Terminal{Width: 80}
	out := r.must("/info", "job2", "/verbose")
	// Its other lines are those of BITS 1.5: no quotes, ACL flags, levels and headers.
	var errs []string
	for line := range strings.Lines(transcript(t, "15-info-verbose-transient-error-documentation-sample")) {
		if strings.HasPrefix(line, "ERROR") || line == "processed.\n" {
			errs = append(errs, line)
		}
	}
	require.Len(t, errs, 4)
	require.Contains(t, out, strings.Join(errs, "")+"DESCRIPTION:")

	r.terminal = nil
	out = r.must("/geterror", "job2")
	require.Equal(t, errs[0]+errs[1]+"\n"+strings.TrimSuffix(errs[2], "\n")+errs[3], out)
}

func TestGolden17And18Reset(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.seed(record(t, "{E2B18487-A30D-4458-AAC4-DC6364C99B14}", "a", "alice"))
	out, status := r.run("/RESET")
	require.Zero(t, status)
	is(t, transcript(t, "17-reset-win11"), out)
	r.seed(record(t, "{DC61A20C-44AB-4768-B175-8000D02545B9}", "a", "alice"), record(t, "{BB6E91F3-6EDA-4BB4-9E01-5C5CBB5411F8}", "b", "alice"))
	require.Equal(t, transcript(t, "18-reset-documentation-sample"), r.must("/reset"))
}

func TestGolden19To23Jobs(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	id := regexp.MustCompile(`\{[0-9A-F-]{36}\}`)
	out := r.must("/create", "j")
	require.Equal(t, id.ReplaceAllString(transcript(t, "19-create-documentation-sample"), "{}"), id.ReplaceAllString(out, "{}"))

	want := transcript(t, "20-addfile-confirmation", "https://SERVER/T1197.md", r.server+"/1", `C:\Users\user\AppData\Local\Temp\flag.ps1`, `C:\temp\flag.ps1`)
	require.Equal(t, want, r.must("/addfile", "j", r.server+"/1", `C:\temp\flag.ps1`))

	out, status := r.run("/addfile", "j", r.server+"/1", `flag.ps1`)
	require.EqualValues(t, -2147024809, status)
	require.Equal(t, transcript(t, "21-addfile-error-invalid-parameter"), body(out))

	out, status = r.run("/addfilewithranges", "j", r.server+"/1", `C:\temp\2`, "0:100,50:100")
	require.EqualValues(t, -2145386452, status)
	require.Equal(t, transcript(t, "22-addfilewithranges-error-overlap"), body(out))

	out, status = r.run("/setnotifycmdline", "j", `C:\x.exe`, "")
	require.EqualValues(t, 1, status)
	require.Equal(t, transcript(t, "23-setnotifycmdline-error-argument-count"), body(out))
}

func TestGolden24CompleteInvalidState(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.must("/create", "/upload", "j")
	out, status := r.run("/complete", "j")
	require.EqualValues(t, -2145386494, status)
	require.Equal(t, transcript(t, "24-complete-error-invalid-state"), body(out))
}

// onScreen is what is on the screen in the end.
func onScreen(out string) string {
	const home = "\x1b[H\x1b[2J"
	return out[strings.LastIndex(out, home)+len(home):]
}

func TestGolden25To29TransferOnConsole(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		transcript string
		args       []string // before the names
		size       string
		replace    []string
	}{
		{"25-transfer-complete-console-high", []string{"qcxjb7", "/priority", "HIGH"}, "1078", nil},
		{"26-transfer-complete-console-normal", []string{"cs-cli", "/download"}, "58251", []string{"58251264", "58251"}}, // 58 MB tell no more
		{"28-transfer-name-looks-like-switch", []string{"/Download", "/priority", "Foreground"}, "6", nil},
		{"29-transfer-empty-file", []string{"/Download", "/priority", "Foreground"}, "0", nil},
	} {
		t.Run(row.transcript, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			r.terminal = &bitsadmin.Terminal{Width: 120}
			out, status := r.run(append(append([]string{"/transfer"}, row.args...), r.server+"/"+row.size, `C:\temp\x`)...)
			require.Zero(t, status, out)
			require.Equal(t, transcript(t, row.transcript, row.replace...), onScreen(out))
		})
	}
}

func TestGolden27Colors(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.terminal = &bitsadmin.Terminal{Width: 120, Labels: true}
	out, status := r.run("/transfer", "myjob", "/priority", "high", r.server+"/43696", `C:\temp\x`)
	require.Zero(t, status, out)
	labels := regexp.MustCompile(`[A-Z]+:`)
	var want strings.Builder
	for line := range strings.Lines(transcript(t, "27-transfer-complete-console-colors")) {
		want.WriteString(labels.ReplaceAllString(line, "\x1b[1m$0\x1b[0m"))
	}
	require.Equal(t, want.String(), onScreen(out))
}

func TestGolden30And31TransferRedirected(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	out, status := r.run("/transfer", "j", r.server+"/10", `C:\temp\x`)
	require.Zero(t, status)
	is(t, transcript(t, "30-transfer-complete-redirected-win10"), out)
	r.env["BITSEMU_WINDOWS"] = "7601"
	out, status = r.run("/transfer", "j", r.server+"/10", `C:\temp\y`)
	require.Zero(t, status)
	is(t, transcript(t, "31-transfer-complete-redirected-win7"), strings.TrimPrefix(strings.ReplaceAll(out, "\n\n", "\n"), "\n")) // the page has lost them
}

func TestGolden33To35TransferErrors(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	out, status := r.run("/transfer", "j", r.server+"/10", `x`)
	require.EqualValues(t, -2147024809, status)
	is(t, transcript(t, "33-transfer-error-relative-path"), out)

	require.NoError(t, os.WriteFile(filepath.Join(r.drive, "file"), nil, 0o600))
	r.env["BITSEMU_WINDOWS"] = "1607"
	out, status = r.run("/transfer", "j", r.server+"/10", `C:\file\x`)
	require.EqualValues(t, -2147024629, status)
	is(t, transcript(t, "34-transfer-error-directory-invalid"), out)
	delete(r.env, "BITSEMU_WINDOWS")
	require.Equal(t, "Listed 0 job(s).\n", r.must("/list"), "no job is left")

	r.env["BITSEMU_AS"], r.env["BITSEMU_WINDOWS"] = notLoggedOn(t), "7601"
	out, status = r.run("/transfer", "j", r.server+"/10", `C:\temp\x`)
	require.EqualValues(t, -2147023651, status)
	want := transcript(t, "35-transfer-error-not-logged-on")
	require.True(t, strings.HasPrefix(shape(out), want), "its author kept the first line only: %s", out)
}

// notLoggedOn is alice in a program that another user has started with her password.
func notLoggedOn(t *testing.T) string {
	alice := caller(t, "alice")
	text, err := token.RunAs(alice.User(), token.WithSession(alice.Session())).MarshalJSON()
	require.NoError(t, err)
	return string(text)
}

func TestGolden32TransferTransientError(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.terminal = &bitsadmin.Terminal{Width: 120}
	local := `C:\temp\` + strings.Repeat("x", 100)
	out, status := r.watch("ERROR CONTEXT: ", "/transfer", "MinicondaDownload", "http://127.0.0.1:1/Miniconda3-latest-Windows-x86_64.exe", local)
	require.EqualValues(t, 1, status)
	require.Regexp(t, `^bitsadmin: interrupted; job \{[0-9A-F-]{36}\} stays in the queue: `, r.stderr)
	lines := strings.Split(onScreen(out), "\n")
	want := strings.Split(transcript(t, "32-transfer-transient-error-console"), "\n")
	require.Equal(t, want[:2], lines[:2])
	require.Len(t, []rune(want[2]), 119)
	require.Equal(t, ("ERROR FILE:    http://127.0.0.1:1/Miniconda3-latest-Windows-x86_64.exe -> " + local)[:119], lines[2])
	require.Regexp(t, `^ERROR CODE:    0x[0-9a-f]{8} - `, lines[3], "another error than there")
	require.Regexp(t, `^ERROR CONTEXT: 0x[0-9a-f]{8} - `, lines[4])
	require.Less(t, strings.Count(out, "STATE: TRANSIENT_ERROR"), 3, "what is there already is not drawn again")
	r.terminal = nil
	require.Contains(t, r.must("/list"), "'MinicondaDownload' TRANSIENT_ERROR 0 / 1 0 / UNKNOWN", "it stays in the queue")
}

func TestGolden39To42(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.must("/create", "j")
	require.Equal(t, transcript(t, "40-rawreturn-getstate"), r.must("/rawreturn", "/getstate", "j"))
	require.Equal(t, transcript(t, "40-rawreturn-getstate")+"\n", r.must("/getstate", "j"))
	r.must("/setnotifycmdline", "j", "net", "net send")
	require.Equal(t, transcript(t, "41-rawreturn-getnotifycmdline"), r.must("/rawreturn", "/nowrap", "/getnotifycmdline", "j"))
	r.must("/addfile", "j", r.server+"/7", `c:\temp\local.file`)
	require.Equal(t, transcript(t, "39-rawreturn-listfiles", "http://SERVER/remote", r.server+"/7"), r.must("/rawreturn", "/nowrap", "/listfiles", "j"))

	r.must("/create", "j")
	out, status := r.run("/getstate", "j")
	require.EqualValues(t, 1, status)
	require.True(t, strings.HasSuffix(out, "\n"+transcript(t, "42-ambiguous-name-last-line")), out)
}

func TestGolden14ListAllUsersAccessDenied(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	out, status := r.run("/list", "/allusers", "/verbose")
	require.EqualValues(t, -2147024891, status)
	is(t, transcript(t, "14-list-allusers-access-denied"), out)
}

func TestGolden06Usage(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	out, status := r.run("/setpolicy", "x")
	require.EqualValues(t, 1, status)
	want := transcript(t, "06-usage-head-invalid-command")
	require.True(t, strings.HasPrefix(shape(out), want), out)
	help := strings.Replace(want, "Invalid command\n", "", 1)
	for _, arg := range []string{"/?", "/help"} {
		out, status = r.run(arg)
		require.Zero(t, status)
		require.True(t, strings.HasPrefix(shape(out), help), out)
	}
}

func TestGolden01To04Banners(t *testing.T) {
	t.Parallel()
	for build, name := range map[string]string{
		"1809": "01-banner-win10-1809-and-later", "24H2": "01-banner-win10-1809-and-later", "1607": "02-banner-win10-1607",
		"8.1": "03-banner-win81", "7601": "04-banner-win7sp1",
	} {
		t.Run(build, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			r.env["BITSEMU_WINDOWS"] = build
			out, _ := r.run("/list")
			is(t, transcript(t, name)+"Listed 0 job(s).\n", out)
			require.Contains(t, out, "bitsemu")
			require.NotContains(t, out, "Copyright Microsoft")
		})
	}
}

// The lines of BITSADMIN 2.0 are those of later ones, but for its version and the blanks:
// the Windows that has it, XP, is not emulated, and no other transcript of it is compared.
func TestGolden05And07WindowsXP(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	_, status := r.run("--windows=XP", "/?")
	require.EqualValues(t, 1, status)
	require.Contains(t, r.stderr, "XP", "it is not emulated")

	out, status := r.run("/?")
	require.Zero(t, status)
	lines := strings.Split(shape(out), "\n")
	blanks := regexp.MustCompile(` +`)
	for _, name := range []string{"05-banner-xpsp2", "07-usage-head-help-switch"} {
		text := strings.Replace(transcript(t, name), "BITSADMIN version 2.0 [ 6.6.2600.2180 ]", "BITSADMIN version 3.0", 1)
		for i, want := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
			require.Equal(t, want == "", lines[i] == "", name)
			require.Equal(t, blanks.ReplaceAllString(want, " "), strings.TrimRight(blanks.ReplaceAllString(lines[i], " "), " "), name)
		}
	}
}

func TestGolden36To38Proxies(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.env["BITSEMU_AS"] = "alice elevated"
	out, status := r.run("/util", "/setieproxy", "LocalSystem", "Manual_proxy", "http://SERVER:8080", "")
	require.Zero(t, status, out)
	is(t, transcript(t, "36-setieproxy-manual-win10"), out)

	out, status = r.run("/util", "/setieproxy", "LocalSystem", "MANUAL_PROXY", "http://SERVER:8080")
	require.EqualValues(t, 1, status)
	require.Equal(t, transcript(t, "38-setieproxy-error-missing-bypass"), body(out))

	r.env["BITSEMU_WINDOWS"] = "7601"
	out, status = r.run("/rawreturn", "/util", "/setieproxy", "NetworkService", "NO_PROXY") // its author has shortened the banner
	require.Zero(t, status)
	require.Equal(t, transcript(t, "37-setieproxy-noproxy-win7"), out)
}

func TestGolden43CompleteNotLoggedOn(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	j := record(t, uuid.NewString(), "j", "alice")
	j.Files = whole("http://SERVER/1", `C:\temp\1`, 1)
	j.Files[0].TemporaryName = `C:\temp\BIT1.tmp`
	require.NoError(t, os.WriteFile(filepath.Join(r.drive, "temp", "BIT1.tmp"), []byte("1"), 0o600))
	r.env["BITSEMU_AS"] = notLoggedOn(t)
	j.Owner = caller(t, r.env["BITSEMU_AS"]) // nobody has logged on to whom it belongs
	r.seed(j)
	out, status := r.run("/complete", "j")
	require.EqualValues(t, -2147023651, status)
	require.True(t, strings.HasPrefix(body(out), transcript(t, "43-complete-error-not-logged-on")), "its author kept the first line only: %s", out)
}

// Each transcript that there is has a test that names its number.
func TestGoldenAll(t *testing.T) {
	t.Parallel()
	tests, err := os.ReadFile("golden_test.go")
	require.NoError(t, err)
	entries, err := os.ReadDir(filepath.Join("testdata", "transcripts"))
	require.NoError(t, err)
	require.Len(t, entries, 43)
	for _, e := range entries {
		name, ok := strings.CutSuffix(e.Name(), ".txt")
		require.True(t, ok, e.Name())
		require.Contains(t, string(tests), `"`+name+`"`)
	}
}
