package bitsadmin_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/internal/bitsadmin"
	"github.com/bitsemu/bitsemu/jobstore"
)

const notEmulated int32 = -2147467263 // E_NOTIMPL

// row is how a command is called, and what comes of it.
type row struct {
	args   string // "" and | between; SERVER is the server
	status int32
	out    string // in the output
}

// rows are all commands that there are, by what commands.tsv calls them. The jobs are
// those of [TestCommands].
var rows = map[string]row{
	"/RAWRETURN":                  {args: "/RAWRETURN|/GETSTATE|down", out: "SUSPENDED"},
	"/WRAP":                       {args: "/WRAP|/GETSTATE|down", out: "SUSPENDED\n"},
	"/NOWRAP":                     {args: "/NOWRAP|/GETSTATE|down", out: "SUSPENDED\n"},
	"/HELP":                       {args: "/HELP", out: "USAGE: BITSADMIN"},
	"/?":                          {args: "/?", out: "USAGE: BITSADMIN"},
	"/UTIL":                       {args: "/UTIL|/?", out: "USAGE: BITSADMIN /UTIL command"},
	"/PEERCACHING":                {args: "/PEERCACHING|/HELP", out: "/PEERCACHING /GETCONFIGURATIONFLAGS"},
	"/CACHE":                      {args: "/CACHE", out: "/CACHE /CLEAR"},
	"/PEERS":                      {args: "/PEERS|/?", out: "/PEERS /DISCOVER"},
	"/LIST":                       {args: "/LIST", out: "'down' SUSPENDED 0 / 1 0 / UNKNOWN\n"},
	"/MONITOR":                    {args: "/MONITOR|/REFRESH|1", out: "MONITORING BACKGROUND COPY MANAGER(1 second refresh)\n{"},
	"/RESET":                      {args: "/RESET", out: "jobs canceled.\n"}, // the last of all
	"/TRANSFER":                   {args: `/TRANSFER|t|/DOWNLOAD|/PRIORITY|foreground|/DYNAMIC|/ACLFLAGS|O|SERVER/1|C:\temp\t1|SERVER/2|C:\temp\t2`, out: "Transfer complete.\n"},
	"/CREATE":                     {args: "/CREATE|/UPLOAD-REPLY|new", out: "Created job {"},
	"/INFO":                       {args: "/INFO|down", out: "'down' SUSPENDED 0 / 1 0 / UNKNOWN\n"},
	"/ADDFILE":                    {args: `/ADDFILE|more|SERVER/1|C:\temp\1`, out: "Added "},
	"/ADDFILESET":                 {args: `/ADDFILESET|more|C:\set.txt`, out: "Added http://SERVER/2 -> C:\\temp\\2 to job.\nAdded http://SERVER/3 -> C:\\temp\\with blank to job.\n"},
	"/ADDFILEWITHRANGES":          {args: `/ADDFILEWITHRANGES|more|SERVER/1|C:\temp\4|0:100,5000:EOF`, out: "Added "},
	"/REPLACEREMOTEPREFIX":        {args: "/REPLACEREMOTEPREFIX|more|http://SERVER/|http://other/", out: "Replaced http://SERVER/ with http://other/.\n"},
	"/LISTFILES":                  {args: "/LISTFILES|more", out: "0 / UNKNOWN WORKING http://other/2 -> C:\\temp\\2\n"},
	"/SUSPEND":                    {args: "/SUSPEND|more", out: "Job suspended.\n"},
	"/RESUME":                     {args: "/RESUME|run", out: "Job resumed.\n"},
	"/CANCEL":                     {args: "/CANCEL|more", out: "Job canceled.\n"},
	"/COMPLETE":                   {args: "/COMPLETE|run", out: "Job completed.\n"},
	"/GETTYPE":                    {args: "/GETTYPE|reply", out: "UPLOAD-REPLY\n"},
	"/SETACLFLAGS":                {args: "/SETACLFLAGS|down|ogd", out: "ACL propagation flags set to OGD.\n"},
	"/GETACLFLAGS":                {args: "/GETACLFLAGS|down", out: "\n"},
	"/GETBYTESTOTAL":              {args: "/GETBYTESTOTAL|down", out: "18446744073709551615\n"},
	"/GETBYTESTRANSFERRED":        {args: "/GETBYTESTRANSFERRED|full", out: "10\n"},
	"/GETFILESTOTAL":              {args: "/GETFILESTOTAL|down", out: "1\n"},
	"/GETFILESTRANSFERRED":        {args: "/GETFILESTRANSFERRED|full", out: "1\n"},
	"/GETCREATIONTIME":            {args: "/GETCREATIONTIME|full", out: "12/20/2018 7:26:28 PM\n"},
	"/GETMODIFICATIONTIME":        {args: "/GETMODIFICATIONTIME|full", out: "/20"},
	"/GETCOMPLETIONTIME":          {args: "/GETCOMPLETIONTIME|down", out: "UNKNOWN\n"},
	"/GETSTATE":                   {args: "/GETSTATE|full", out: "TRANSFERRED\n"},
	"/GETERROR":                   {args: "/GETERROR|bad", out: "ERROR CODE:    0x80190194 - "},
	"/GETOWNER":                   {args: "/GETOWNER|down", out: "BITSEMU\\alice\n"},
	"/SETDISPLAYNAME":             {args: "/SETDISPLAYNAME|named|Other", out: "Display name set to Other.\n"},
	"/GETDISPLAYNAME":             {args: "/GETDISPLAYNAME|down", out: "down\n"},
	"/SETDESCRIPTION":             {args: "/SETDESCRIPTION|down|what it is", out: "Description set to what it is.\n"},
	"/GETDESCRIPTION":             {args: "/GETDESCRIPTION|full", out: "described\n"},
	"/SETPRIORITY":                {args: "/SETPRIORITY|down|low", out: "Priority set to LOW.\n"},
	"/GETPRIORITY":                {args: "/GETPRIORITY|full", out: "NORMAL\n"},
	"/SETNOTIFYFLAGS":             {args: "/SETNOTIFYFLAGS|down|1", out: "Notify flags set to 1.\n"},
	"/GETNOTIFYFLAGS":             {args: "/GETNOTIFYFLAGS|full", out: "3\n"},
	"/GETNOTIFYINTERFACE":         {args: "/GETNOTIFYINTERFACE|down", out: "UNREGISTERED\n"},
	"/SETMINRETRYDELAY":           {args: "/SETMINRETRYDELAY|down|30", out: "Minimum retry delay set to 30.\n"},
	"/GETMINRETRYDELAY":           {args: "/GETMINRETRYDELAY|full", out: "600\n"},
	"/SETNOPROGRESSTIMEOUT":       {args: "/SETNOPROGRESSTIMEOUT|down|600", out: "No progress timeout set to 600.\n"},
	"/GETNOPROGRESSTIMEOUT":       {args: "/GETNOPROGRESSTIMEOUT|full", out: "1209600\n"},
	"/SETMAXDOWNLOADTIME":         {args: "/SETMAXDOWNLOADTIME|down|0x10", out: "Maximum download time set to 16.\n"},
	"/GETMAXDOWNLOADTIME":         {args: "/GETMAXDOWNLOADTIME|full", out: "7776000\n"},
	"/GETERRORCOUNT":              {args: "/GETERRORCOUNT|full", out: "0\n"},
	"/SETPROXYSETTINGS":           {args: "/SETPROXYSETTINGS|down|override|proxy:8080|NULL", out: "Proxy usage set to OVERRIDE.\nProxy list set to proxy:8080.\nProxy bypass list set to NULL.\n"},
	"/GETPROXYUSAGE":              {args: "/GETPROXYUSAGE|full", out: "PRECONFIG\n"},
	"/GETPROXYLIST":               {args: "/GETPROXYLIST|full", out: "NULL\n"},
	"/GETPROXYBYPASSLIST":         {args: "/GETPROXYBYPASSLIST|full", out: "NULL\n"},
	"/TAKEOWNERSHIP":              {args: "/TAKEOWNERSHIP|down", status: -2147024891, out: "Unable to take ownership of job - 0x80070005\nAccess is denied.\n"},
	"/SETNOTIFYCMDLINE":           {args: `/SETNOTIFYCMDLINE|down|C:\x.exe|C:\x.exe /q`, out: `Notification command line set to 'C:\x.exe' 'C:\x.exe /q'.`},
	"/GETNOTIFYCMDLINE":           {args: "/GETNOTIFYCMDLINE|full", out: "the notification command line is none\n"},
	"/SETCREDENTIALS":             {args: "/SETCREDENTIALS|down|server|ntlm|NULL|NULL", out: "Credentials set.\n"},
	"/REMOVECREDENTIALS":          {args: "/REMOVECREDENTIALS|down|PROXY|BASIC", out: "Credentials removed.\n"},
	"/SETCUSTOMHEADERS":           {args: "/SETCUSTOMHEADERS|down|A:1|B:2", out: "Custom headers set.\n"},
	"/GETCUSTOMHEADERS":           {args: "/GETCUSTOMHEADERS|full", out: "NULL\n"},
	"/MAKECUSTOMHEADERSWRITEONLY": {args: "/MAKECUSTOMHEADERSWRITEONLY|down", out: "Custom headers made write-only.\n"},
	"/SETHTTPMETHOD":              {args: "/SETHTTPMETHOD|method|POST", out: "HTTP method set to POST.\n"},
	"/GETHTTPMETHOD":              {args: "/GETHTTPMETHOD|full", out: "GET\n"},
	"/GETCLIENTCERTIFICATE":       {args: "/GETCLIENTCERTIFICATE|down", status: -2147023113, out: "Unable to get client certificate - 0x"},
	"/SETCLIENTCERTIFICATEBYID":   {args: "/SETCLIENTCERTIFICATEBYID|down|1|MY|00112233445566778899aabbccddeeff00112233", status: -2146885628, out: "Unable to set client certificate - 0x"},
	"/SETCLIENTCERTIFICATEBYNAME": {args: "/SETCLIENTCERTIFICATEBYNAME|down|BG_CERT_STORE_LOCATION_CURRENT_USER|MY|CN=x", status: -2146885628, out: "Unable to set client certificate - 0x"},
	"/REMOVECLIENTCERTIFICATE":    {args: "/REMOVECLIENTCERTIFICATE|down", out: "Client certificate removed.\n"},
	"/SETSECURITYFLAGS":           {args: "/SETSECURITYFLAGS|down|0x0001", out: "Security flags set to 1.\n"},
	"/GETSECURITYFLAGS":           {args: "/GETSECURITYFLAGS|full", out: "0x0000\n"},
	"/SETVALIDATIONSTATE":         {args: "/SETVALIDATIONSTATE|full|0|true", out: "Validation state set to true.\n"},
	"/GETVALIDATIONSTATE":         {args: "/GETVALIDATIONSTATE|full|0", out: "true\n"},
	"/GETTEMPORARYNAME":           {args: "/GETTEMPORARYNAME|full|0", out: "C:\\temp\\BIT"},
	"/SETPEERCACHINGFLAGS":        {args: "/SETPEERCACHINGFLAGS|down|3", out: "Peer caching flags set to 3.\n"},
	"/GETPEERCACHINGFLAGS":        {args: "/GETPEERCACHINGFLAGS|full", out: "0x0000\n"},
	"/SETREPLYFILENAME":           {args: `/SETREPLYFILENAME|reply|C:\temp\reply`, out: "Reply file name set to C:\\temp\\reply.\n"},
	"/GETREPLYFILENAME":           {args: "/GETREPLYFILENAME|reply", out: "\n"},
	"/GETREPLYPROGRESS":           {args: "/GETREPLYPROGRESS|reply", out: "0 / UNKNOWN\n"},
	"/GETREPLYDATA":               {args: "/GETREPLYDATA|reply", status: -2145386494, out: "Unable to get reply data - 0x80200002\n"},
	"/SETHELPERTOKEN":             {args: "/SETHELPERTOKEN|down", out: "Helper token set.\n"},
	"/GETHELPERTOKENSID":          {args: "/GETHELPERTOKENSID|full", out: "NULL\n"},
	"/SETHELPERTOKENFLAGS":        {args: "/SETHELPERTOKENFLAGS|down|3", out: "Helper token flags set to 0x0003.\n"},
	"/GETHELPERTOKENFLAGS":        {args: "/GETHELPERTOKENFLAGS|full", out: "0x0000\n"},
	"/GETPEERSTATS":               {args: "/GETPEERSTATS|full|0", out: "10 bytes from origin, 0 bytes from peers\n"},

	"/UTIL /HELP":                         {args: "/UTIL|/HELP", out: "/UTIL /VERSION"},
	"/UTIL /GETIEPROXY":                   {args: "/UTIL|/GETIEPROXY|LOCALSYSTEM", out: "Internet proxy settings for account LOCALSYSTEM:\n(connection = default)\n\nProxy usage is           NO_PROXY\n"},
	"/UTIL /SETIEPROXY":                   {args: "/UTIL|/SETIEPROXY|LOCALSYSTEM|NO_PROXY", status: -2147024891, out: "Unable to set Internet proxy settings - 0x80070005\nAccess is denied.\n"},
	"/UTIL /REPAIRSERVICE":                {args: "/UTIL|/REPAIRSERVICE|/FORCE", status: -2147024891, out: "Unable to repair the service - 0x80070005\n"},
	"/UTIL /VERSION":                      {args: "/UTIL|/VERSION|/VERBOSE", out: "BITS version 10.3\nEmulated on Windows 11 24H2 (build 26100)\nThe service is running.\n"},
	"/UTIL /ENABLEANALYTICCHANNEL":        {args: "/UTIL|/ENABLEANALYTICCHANNEL|TRUE", status: notEmulated},
	"/CACHE /HELP":                        {args: "/CACHE|/HELP", out: "/CACHE /CLEAR"},
	"/CACHE /CLEAR":                       {args: "/CACHE|/CLEAR", status: notEmulated},
	"/CACHE /DELETE":                      {args: "/CACHE|/DELETE|{x}", status: notEmulated},
	"/CACHE /DELETEURL":                   {args: "/CACHE|/DELETEURL|http://x/", status: notEmulated},
	"/CACHE /LIST":                        {args: "/CACHE|/LIST|/VERBOSE", status: notEmulated},
	"/CACHE /INFO":                        {args: "/CACHE|/INFO|{x}", status: notEmulated},
	"/CACHE /GETLIMIT":                    {args: "/CACHE|/GETLIMIT", status: notEmulated},
	"/CACHE /SETLIMIT":                    {args: "/CACHE|/SETLIMIT|5", status: notEmulated},
	"/CACHE /GETEXPIRATIONTIME":           {args: "/CACHE|/GETEXPIRATIONTIME", status: notEmulated},
	"/CACHE /SETEXPIRATIONTIME":           {args: "/CACHE|/SETEXPIRATIONTIME|5", status: notEmulated},
	"/PEERS /HELP":                        {args: "/PEERS|/HELP", out: "/PEERS /LIST"},
	"/PEERS /DISCOVER":                    {args: "/PEERS|/DISCOVER", status: notEmulated},
	"/PEERS /CLEAR":                       {args: "/PEERS|/CLEAR", status: notEmulated},
	"/PEERS /LIST":                        {args: "/PEERS|/LIST", status: notEmulated},
	"/PEERCACHING /HELP":                  {args: "/PEERCACHING|/HELP", out: "/PEERCACHING /SETCONFIGURATIONFLAGS"},
	"/PEERCACHING /GETCONFIGURATIONFLAGS": {args: "/PEERCACHING|/GETCONFIGURATIONFLAGS", status: notEmulated},
	"/PEERCACHING /SETCONFIGURATIONFLAGS": {args: "/PEERCACHING|/SETCONFIGURATIONFLAGS|1", status: notEmulated},
}

// specified are the switches of commands.tsv, in its order.
func specified(t *testing.T) (names []string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "commands.tsv"))
	require.NoError(t, err)
	for line := range strings.Lines(string(text)) {
		name, _, _ := strings.Cut(line, "\t")
		if name != "switch" {
			names = append(names, name)
		}
	}
	return names
}

// Each command works, or says that it is not emulated.
func TestCommands(t *testing.T) {
	t.Parallel()
	for name, start := range places {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			testCommands(t, start)
		})
	}
}

func testCommands(t *testing.T, start func(*rig)) {
	names := specified(t)
	require.Len(t, names, 110)
	require.Len(t, rows, len(names))
	r := newRig(t)
	full := record(t, uuid.NewString(), "full", "alice")
	full.CreationTime, full.Description = at(t, "12/20/2018 7:26:28 PM"), "described"
	full.Files = whole("http://x/10", `C:\temp\full`, 10)
	full.Files[0].TemporaryName, full.Files[0].OriginBytes = `C:\temp\BIT1.tmp`, 10
	require.NoError(t, os.WriteFile(filepath.Join(r.drive, "temp", "BIT1.tmp"), make([]byte, 10), 0o600))
	bad := record(t, uuid.NewString(), "bad", "alice")
	bad.State, bad.Files = bits.BG_JOB_STATE_ERROR, none("http://x/y", `C:\temp\y`)
	bad.Error = jobstore.JobError{Code: hresult.BG_E_HTTP_ERROR_404, Context: bits.BG_ERROR_CONTEXT_REMOTE_FILE, File: 1}
	r.seed(full, bad)
	start(r)
	require.NoError(t, os.WriteFile(filepath.Join(r.drive, "set.txt"), []byte("# two files\nhttp://SERVER/2 C:\\temp\\2\r\n\nhttp://SERVER/3\tC:\\temp\\with blank\n"), 0o600))
	r.must("/create", "/upload-reply", "reply")
	for _, name := range []string{"down", "more", "run", "named", "method"} {
		r.must("/create", name)
	}
	r.must("/addfile", "down", r.server+"/1", `C:\temp\down`)
	r.must("/addfile", "run", r.server+"/1", `C:\temp\run`)

	check := func(name string) {
		want, ok := rows[name]
		require.True(t, ok, "%s is in the table of this test", name)
		args := strings.Split(strings.ReplaceAll(want.args, "|SERVER/", "|"+r.server+"/"), "|")
		run := r.run
		if name == "/MONITOR" {
			run = func(args ...string) (string, int32) { return r.watch(want.out, args...) }
		}
		out, status := run(args...)
		require.Empty(t, r.stderr, name)
		require.Equal(t, want.status, status, "%s: %s", name, out)
		if status == notEmulated {
			want.out = name + " is not emulated by bitsemu: "
		}
		require.Contains(t, out, want.out, name)
	}
	for _, name := range names {
		if name != "/RESET" {
			check(name)
		}
	}
	check("/RESET")
}

// What is in the help is what there is.
func TestNamesAreSpecified(t *testing.T) {
	t.Parallel()
	var names []string
	for _, name := range bitsadmin.Names() {
		names = append(names, "/"+name)
	}
	var want []string
	for _, name := range specified(t) {
		switch name {
		case "/RAWRETURN", "/WRAP", "/NOWRAP", "/HELP", "/?", "/UTIL", "/CACHE", "/PEERS", "/PEERCACHING":
		default:
			if !strings.HasSuffix(name, " /HELP") {
				want = append(want, name)
			}
		}
	}
	require.ElementsMatch(t, want, names)
}
