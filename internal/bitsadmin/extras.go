package bitsadmin

import (
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/internal/who"
)

// commandsOfExtras get and set what later interfaces of a job have.
var commandsOfExtras = []command{
	{name: "SETNOTIFYCMDLINE", args: "<job> <program_name> [program_parameters]", help: "Sets the command line that is told of the job", min: 2, max: 3, run: setCommandLine},
	get("GETNOTIFYCMDLINE", "", "notification command line", func(c *call, j bits.Job2) (string, error) {
		program, _, err := j.GetNotifyCmdLine(c.ctx)
		if program == "" {
			return "the notification command line is none", err
		}
		return fmt.Sprintf("the notification command line is '%s' '%s'", program, program), err // as it was seen
	}),
	act("SETCREDENTIALS", "<target> <scheme> <username> <password>", "Adds credentials to the job", "set credentials", "Credentials set.", setCredentials),
	act("REMOVECREDENTIALS", "<target> <scheme>", "Removes credentials from the job", "remove credentials", "Credentials removed.", removeCredentials),

	get("GETCUSTOMHEADERS", "", "custom headers", func(c *call, j bits.JobHttpOptions) (string, error) {
		headers, ok, err := j.GetCustomHeaders(c.ctx)
		if !ok {
			return "NULL", err
		}
		return headers, err
	}),
	{name: "SETCUSTOMHEADERS", args: "<job> <header1> <header2> <...>", help: "Sets the custom headers", min: 2, max: -1, run: setHeaders},
	act("MAKECUSTOMHEADERSWRITEONLY", "", "Makes the custom headers write-only, for ever", "make custom headers write-only", "Custom headers made write-only.",
		func(c *call, j bits.JobHttpOptions3) error { return j.MakeCustomHeadersWriteOnly(c.ctx) }),
	get("GETHTTPMETHOD", "", "HTTP method", func(c *call, j bits.JobHttpOptions2) (string, error) { return j.GetHttpMethod(c.ctx) }),
	setText("SETHTTPMETHOD", "<HTTPMethod>", "HTTP method", func(c *call, j bits.JobHttpOptions2, s string) error { return j.SetHttpMethod(c.ctx, s) }),

	get("GETCLIENTCERTIFICATE", "", "client certificate", clientCertificate),
	act("SETCLIENTCERTIFICATEBYID", "<store_location> <store_name> <hexa-decimal_cert_id>", "Sets the client certificate by its hash", "set client certificate", "Client certificate set.", certificateByID),
	act("SETCLIENTCERTIFICATEBYNAME", "<store_location> <store_name> <subject_name>", "Sets the client certificate by its subject", "set client certificate", "Client certificate set.",
		func(c *call, j bits.JobHttpOptions) error {
			store, err := choose(c.args[0], stores)
			if err != nil {
				return err
			}
			return j.SetClientCertificateByName(c.ctx, store, c.args[1], c.args[2])
		}),
	act("REMOVECLIENTCERTIFICATE", "", "Removes the client certificate", "remove client certificate", "Client certificate removed.", func(c *call, j bits.JobHttpOptions) error {
		_, err := j.RemoveClientCertificate(c.ctx)
		return err
	}),
	setNumber("SETSECURITYFLAGS", "<value>", "security flags", func(c *call, j bits.JobHttpOptions, n uint32) error {
		return j.SetSecurityFlags(c.ctx, bits.SecurityFlags(n))
	}),
	get("GETSECURITYFLAGS", "", "security flags", func(c *call, j bits.JobHttpOptions) (string, error) { return flagsWord(j.GetSecurityFlags(c.ctx)) }),

	set("SETVALIDATIONSTATE", "<file-index> <true|false>", "validation state", func(c *call, j bits.Job) (string, error) {
		valid, err := choose(c.args[1], truths)
		if err != nil {
			return "", err
		}
		f, err := fileAs[bits.File3](c, j)
		if err != nil {
			return "", err
		}
		return boolWord(valid), f.SetValidationState(c.ctx, valid)
	}),
	get("GETVALIDATIONSTATE", "<file-index>", "validation state", func(c *call, j bits.Job) (string, error) {
		f, err := fileAs[bits.File3](c, j)
		if err != nil {
			return "", err
		}
		valid, err := f.GetValidationState(c.ctx)
		return boolWord(valid), err
	}),
	get("GETTEMPORARYNAME", "<file-index>", "temporary name", func(c *call, j bits.Job) (string, error) {
		f, err := fileAs[bits.File3](c, j)
		if err != nil {
			return "", err
		}
		return f.GetTemporaryName(c.ctx)
	}),
	setNumber("SETPEERCACHINGFLAGS", "<value>", "peer caching flags", func(c *call, j bits.Job4, n uint32) error {
		return j.SetPeerCachingFlags(c.ctx, bits.PeerCachingFlags(n))
	}),
	get("GETPEERCACHINGFLAGS", "", "peer caching flags", func(c *call, j bits.Job4) (string, error) { return flagsWord(j.GetPeerCachingFlags(c.ctx)) }),

	get("GETREPLYFILENAME", "", "reply file name", func(c *call, j bits.Job2) (string, error) { return j.GetReplyFileName(c.ctx) }),
	setText("SETREPLYFILENAME", "<path>", "reply file name", func(c *call, j bits.Job2, s string) error { return j.SetReplyFileName(c.ctx, nullable(s)) }),
	get("GETREPLYPROGRESS", "", "reply progress", func(c *call, j bits.Job2) (string, error) {
		p, err := j.GetReplyProgress(c.ctx)
		return of(size(p.BytesTransferred), size(p.BytesTotal)), err
	}),
	get("GETREPLYDATA", "", "reply data", func(c *call, j bits.Job2) (string, error) {
		data, _, err := j.GetReplyData(c.ctx)
		return strings.TrimSuffix(hex.Dump(data), "\n"), err
	}),
	get("GETPEERSTATS", "<file-index>", "peer download statistics", func(c *call, j bits.Job) (string, error) {
		f, err := fileAs[bits.File4](c, j)
		if err != nil {
			return "", err
		}
		origin, peers, err := f.GetPeerDownloadStats(c.ctx)
		return fmt.Sprintf("%d bytes from origin, %d bytes from peers", origin, peers), err
	}),
}

// flagsWord is a number of flags as the help writes them.
func flagsWord[T ~uint32](flags T, err error) (string, error) {
	return fmt.Sprintf("0x%04x", uint32(flags)), err
}

// fileAs is the file with the index that the next argument gives, and one of its
// interfaces.
func fileAs[F any](c *call, j bits.Job) (F, error) {
	f, err := c.file(j, c.args[0])
	if err != nil {
		var none F
		return none, err
	}
	return bits.Query[F](c.ctx, f)
}

func setCommandLine(c *call) error {
	_, j, err := jobAs[bits.Job2](c, "set notification command line")
	if err != nil {
		return err
	}
	program, parameters := nullable(c.args[0]), (*string)(nil)
	if len(c.args) == 2 {
		if c.args[1] == "" {
			return badCount // seen to be so
		}
		parameters = nullable(c.args[1])
	}
	if err := j.SetNotifyCmdLine(c.ctx, program, parameters); err != nil {
		return unable("set notification command line", err)
	}
	c.print.line(fmt.Sprintf("Notification command line set to '%s' '%s'.", orNull(program), orNull(parameters)))
	return nil
}

func setCredentials(c *call, j bits.Job2) error {
	target, err := choose(c.args[0], targets)
	if err != nil {
		return err
	}
	scheme, err := choose(c.args[1], schemes)
	if err != nil {
		return err
	}
	user, password := nullable(c.args[2]), nullable(c.args[3])
	if user == nil && password == nil {
		return j.SetCredentials(c.ctx, bits.ImplicitCredentials(target, scheme))
	}
	return j.SetCredentials(c.ctx, bits.AuthCredentials{Target: target, Scheme: scheme, UserName: c.args[2], Password: bits.Secret(c.args[3])})
}

func removeCredentials(c *call, j bits.Job2) error {
	target, err := choose(c.args[0], targets)
	if err != nil {
		return err
	}
	scheme, err := choose(c.args[1], schemes)
	if err != nil {
		return err
	}
	_, err = j.RemoveCredentials(c.ctx, target, scheme)
	return err
}

func setHeaders(c *call) error {
	_, j, err := jobAs[bits.JobHttpOptions](c, "set custom headers")
	if err != nil {
		return err
	}
	var headers *string
	if len(c.args) != 1 || nullable(c.args[0]) != nil {
		headers = bits.String(strings.Join(c.args, "\r\n"))
	}
	if err := j.SetCustomHeaders(c.ctx, headers); err != nil {
		return unable("set custom headers", err)
	}
	c.print.line("Custom headers set.")
	return nil
}

func clientCertificate(c *call, j bits.JobHttpOptions) (string, error) {
	cert, err := j.GetClientCertificate(c.ctx)
	return fmt.Sprintf("STORE LOCATION: %s STORE NAME: %s HASH: %X SUBJECT: %s",
		cert.StoreLocation.Short(), cert.StoreName, cert.CertHash, orNull(&cert.SubjectName)), err
}

func certificateByID(c *call, j bits.JobHttpOptions) error {
	store, err := choose(c.args[0], stores)
	if err != nil {
		return err
	}
	digits := strings.NewReplacer(" ", "", ":", "").Replace(c.args[2])
	hash, bad := hex.DecodeString(digits)
	if bad != nil || len(hash) != 20 {
		return badValue(c.args[2], "a hash of 40 hexadecimal digits")
	}
	return j.SetClientCertificateByID(c.ctx, store, c.args[1], [20]byte(hash))
}

// commandsOfTokens are those of the helper token.
var commandsOfTokens = []command{
	{name: "SETHELPERTOKEN", args: "<job> [<user_name@domain> <password>]", help: "Makes the token of this command, or of a user, the helper token", min: 1, max: 3, run: setHelperToken},
	get("GETHELPERTOKENSID", "", "helper token's SID", func(c *call, j bits.TokenOptions) (string, error) {
		user, err := j.GetHelperTokenSid(c.ctx)
		if user.IsZero() {
			return "NULL", err
		}
		return user.String(), err
	}),
	set("SETHELPERTOKENFLAGS", "<flags>", "helper token flags", func(c *call, j bits.TokenOptions) (string, error) {
		n, err := number(c.args[0])
		if err != nil {
			return "", err
		}
		word, _ := flagsWord(n, nil)
		return word, j.SetHelperTokenFlags(c.ctx, bits.HelperTokenFlags(n))
	}),
	get("GETHELPERTOKENFLAGS", "", "helper token flags", func(c *call, j bits.TokenOptions) (string, error) { return flagsWord(j.GetHelperTokenFlags(c.ctx)) }),
}

// setHelperToken lends a job the token of the command, or that of a user who logs on
// for it: the call is then made as him.
func setHelperToken(c *call) error {
	if len(c.args) == 2 {
		return badCount
	}
	_, j, err := jobAs[bits.TokenOptions](c, "set helper token")
	if err != nil {
		return err
	}
	ctx := c.ctx
	if len(c.args) > 0 {
		t, ok := who.LogOn(c.args[0])
		if !ok {
			return unable("log on", hresult.HRESULT_FROM_WIN32_ERROR_LOGON_FAILURE)
		}
		ctx = impersonate(ctx, t)
	}
	if err := j.SetHelperToken(ctx); err != nil {
		return unable("set helper token", err)
	}
	c.print.line("Helper token set.")
	return nil
}
