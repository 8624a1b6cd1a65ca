package inspect

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/jobstore"
	"github.com/bitsemu/bitsemu/tokenopts"
)

// Job is all that is shown of one job.
type Job struct {
	Row
	HasHistory bool       `json:"historyKnown"` // and audit and events
	History    []Change   `json:"history"`
	Bar        []Stretch  `json:"-"`
	FileList   []File     `json:"fileList"`
	MoreFiles  int        `json:"moreFiles,omitzero"` // that are not in the list
	Reply      *File      `json:"reply,omitzero"`
	Identity   []Use      `json:"identity"`
	Properties []Property `json:"properties"`
	Audit      []Access   `json:"audit"`
	Events     []Event    `json:"events"`
	MoreAudit  int        `json:"moreAudit,omitzero"`
	MoreEvents int        `json:"moreEvents,omitzero"`
}

// Change is a change of a job's state.
type Change struct {
	Time      string `json:"time"`
	After     string `json:"after,omitzero"` // since the change before
	From      string `json:"from,omitzero"`  // "" for a job that is new
	To        string `json:"to"`
	ToName    string `json:"-"`
	Tone      string `json:"-"`
	Why       string `json:"why"`
	By        string `json:"by,omitzero"`
	Error     string `json:"error,omitzero"`
	HRESULT   string `json:"hresult,omitzero"`
	ErrorText string `json:"errorText,omitzero"`
}

// Stretch is a time that a job was in a state, as part of a bar of 1000.
type Stretch struct {
	Tone, Title string
	At, Width   int
}

// File is a file of a job.
type File struct {
	Number    int    `json:"number"`
	Remote    string `json:"remoteName"`
	Local     string `json:"localName"`
	Temporary string `json:"temporaryName,omitzero"`
	Ranges    string `json:"ranges,omitzero"`
	Headers   string `json:"responseHeaders,omitzero"`
	Failed    bool   `json:"failed,omitzero"` // the job's error is about it
	Progress
}

// Use is as whom a job does something.
type Use struct {
	Resource string `json:"resource"`
	As       string `json:"as,omitzero"` // "owner", "helper" or "nobody"
	Who      string `json:"who,omitzero"`
	Remote   string `json:"remoteAs,omitzero"` // who that is to another machine
	Refused  string `json:"refused,omitzero"`
	Rule     string `json:"rule"`
	Evidence string `json:"evidence"`
}

// Property is something else about a job.
type Property struct{ Name, Value string }

// maxShown is how many files, audit entries and events of a job are shown.
const maxShown = 500

func jobOf(s Source, q *Queue, j *jobstore.Job) Job {
	v := Job{Row: rowOf(j, q), Identity: uses(j, q), Properties: properties(j)}
	for i := range j.Files[:min(maxShown, len(j.Files))] {
		v.FileList = append(v.FileList, fileOf(j, i))
	}
	v.MoreFiles = len(j.Files) - len(v.FileList)
	if j.Type == bits.BG_JOB_TYPE_UPLOAD_REPLY {
		v.Reply = &File{
			Local: j.ReplyFileName, Temporary: j.ReplyTemporaryName,
			Progress: Progress{Bytes: j.ReplyProgress.BytesTransferred, Total: known(j.ReplyProgress.BytesTotal), Files: 1},
		}
	}
	m := s.Memory()
	if m == nil {
		return v
	}
	v.HasHistory = true
	v.History, v.Bar = story(m, j, q.Time)
	audit := m.AuditOf(j.ID)
	v.MoreAudit = max(0, len(audit)-maxShown)
	for _, a := range audit[v.MoreAudit:] {
		v.Audit = append(v.Audit, accessOf(a))
	}
	for _, e := range m.Events() {
		if e.Job() == j.ID {
			v.Events = append(v.Events, eventOf(e))
		}
	}
	v.MoreEvents = max(0, len(v.Events)-maxShown)
	v.Events = v.Events[v.MoreEvents:]
	return v
}

func fileOf(j *jobstore.Job, i int) File {
	f := &j.Files[i]
	v := File{
		Number: i, Remote: withoutPassword(f.RemoteName), Local: f.LocalName, Temporary: f.TemporaryName,
		Headers: strings.TrimSpace(withoutCookies(strings.ReplaceAll(f.ResponseHeaders, "\r", ""))),
		Failed:  int(j.Error.File) == i+1 && j.Error.Code != 0,
	}
	one := jobstore.Job{Files: j.Files[i : i+1]}
	v.Progress = progressOf(&one)
	var ranges []string
	for _, r := range f.Ranges {
		length := fmt.Sprint(r.Length)
		if r.Length == bits.BG_LENGTH_TO_EOF {
			length = "to the end"
		}
		ranges = append(ranges, fmt.Sprintf("%d+%s", r.InitialOffset, length))
	}
	v.Ranges = strings.Join(ranges, ", ")
	return v
}

// story is how a job came to where it is, and how long it was in each state.
func story(m Memory, j *jobstore.Job, now time.Time) (changes []Change, bar []Stretch) {
	all := m.HistoryOf(j.ID)
	all = all[max(0, len(all)-maxShown):]
	var spans []time.Duration
	for i, c := range all {
		v := Change{
			Time: clock(c.Time) + c.Time.UTC().Format(".000"), To: c.To.Short(), ToName: stateName(c.To), Tone: toneOf(c.To), Why: c.Why, By: nameOf(c.By),
		}
		if !c.New {
			v.From = c.From.Short()
		}
		if i > 0 {
			v.After = span(c.Time.Sub(all[i-1].Time))
		}
		if c.Error.Code != 0 {
			v.Error = fmt.Sprintf("%s in %s", c.Error.Code.String(), c.Error.Context.Short())
			v.HRESULT, v.ErrorText = c.Error.Code.Hex(), c.Error.Code.Text()
		}
		changes = append(changes, v)
		until := now
		if i+1 < len(all) {
			until = all[i+1].Time
		} else if c.To.Final() {
			until = c.Time
		}
		spans = append(spans, max(0, until.Sub(c.Time)))
	}
	var sum time.Duration
	for _, d := range spans {
		sum += d
	}
	// Every state is seen, however short: half of the bar is shared alike, half by time.
	at := 0.0
	for i, d := range spans {
		width := 1000 / float64(len(spans))
		if sum > 0 {
			width = width/2 + 500*float64(d)/float64(sum)
		}
		from := int(at)
		at += width
		bar = append(bar, Stretch{changes[i].Tone, changes[i].ToName + ", " + cmp.Or(span(d), "no time"), from, int(at) - from})
	}
	slices.Reverse(changes) // the latest first
	return changes, bar
}

// span is a duration for people, "" for none.
func span(d time.Duration) string {
	if d <= 0 {
		return ""
	}
	if d < time.Second {
		return d.Round(time.Millisecond).String()
	}
	if days := d / (24 * time.Hour); days > 1 {
		return strings.TrimSpace(fmt.Sprintf("%d days %s", days, span(d%(24*time.Hour))))
	}
	text := d.Round(time.Second).String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

// resources are what as whom is told of.
var resources = []tokenopts.Resource{
	tokenopts.UploadSource, tokenopts.TemporaryFile, tokenopts.ReplyFile, tokenopts.RemoteFile, tokenopts.ServerChallenge,
	tokenopts.ProxyChallenge, tokenopts.ClientCertificate, tokenopts.ProxySettings, tokenopts.ProxyDetection, tokenopts.HTTPRequest,
}

// concerns reports whether a job has anything to do with a resource.
func concerns(j *jobstore.Job, r tokenopts.Resource) bool {
	switch r {
	case tokenopts.UploadSource:
		return j.Type != bits.BG_JOB_TYPE_DOWNLOAD
	case tokenopts.TemporaryFile:
		return j.Type == bits.BG_JOB_TYPE_DOWNLOAD
	case tokenopts.ReplyFile:
		return j.Type == bits.BG_JOB_TYPE_UPLOAD_REPLY
	case tokenopts.ClientCertificate:
		return j.ClientCertificate.Set
	}
	return true
}

// uses tells as whom a job does what.
func uses(j *jobstore.Job, q *Queue) []Use {
	var all []Use
	for _, r := range resources {
		if !concerns(j, r) {
			continue
		}
		u := Use{Resource: r.String()}
		grant, err := tokenopts.Identity(q.Build, j, r)
		rule := grant.Rule
		var refused *tokenopts.AccessError
		if errors.As(err, &refused) {
			rule = refused.Decision.Rule
			u.Refused = refused.Decision.HRESULT.String()
		} else {
			u.As, u.Who = grant.As.String(), nameOf(grant.Token)
			if grant.Principal != (tokenopts.Principal{}) {
				u.Remote = grant.Principal.String()
			}
		}
		u.Rule, u.Evidence = rule.ID+": "+rule.Says, rule.Evidence.String()
		all = append(all, u)
	}
	return all
}

// properties are those of a job that are not what they are by default, in words.
func properties(j *jobstore.Job) []Property {
	var all []Property
	add := func(name, value string) {
		if value != "" {
			all = append(all, Property{name, value})
		}
	}
	seconds := func(n uint32) string { return span(time.Duration(n) * time.Second) }
	add("Description", j.Description)
	add("Owner", j.Owner.String())
	if !j.HelperToken.IsZero() {
		add("Helper token", j.HelperToken.String())
	}
	if j.HelperTokenFlags != 0 {
		add("Helper token flags", j.HelperTokenFlags.String())
	}
	add("Created", clock(j.CreationTime))
	add("Modified", clock(j.ModificationTime))
	add("Transferred", clock(j.TransferCompletionTime))
	add("Priority", j.Priority.String())
	add("Minimum retry delay", seconds(j.MinimumRetryDelay))
	add("No-progress timeout", seconds(j.NoProgressTimeout))
	add("Maximum download time", seconds(j.MaximumDownloadTime))
	add("Next try", clock(j.RetryTime))
	add("No progress since", clock(j.NoProgressSince))
	if j.ErrorCount > 0 {
		add("Errors so far", fmt.Sprint(j.ErrorCount))
	}
	if j.Error.Code != hresult.S_OK {
		add("Error", fmt.Sprintf("%s (%s): %s", j.Error.Code.String(), j.Error.Code.Hex(), j.Error.Code.Text()))
	}
	add("Notify flags", j.NotifyFlags.String())
	if j.NotifyPending != 0 {
		add("Still to be told", j.NotifyPending.String())
	}
	if j.NotifyProgram != "" {
		add("Command line", j.NotifyProgram+" (its parameters are not shown) as "+j.NotifyToken.String())
	}
	add("Proxy", j.ProxyUsage.String()+" "+withoutPassword(j.ProxyList)+" "+withoutPassword(j.ProxyBypassList))
	for _, c := range j.Credentials {
		how := "explicit, and not shown"
		if c.Implicit {
			how = "implicit"
		}
		add("Credentials", fmt.Sprintf("%s, %s: %s", c.Target, c.Scheme, how))
	}
	if j.CustomHeadersWriteOnly {
		add("Custom headers", "write-only")
	}
	if c := j.ClientCertificate; c.Set {
		add("Client certificate", fmt.Sprintf("%s in %s of %s", cmp.Or(c.SubjectName, fmt.Sprintf("%x", c.Hash)), c.StoreName, c.StoreLocation))
	}
	add("HTTP method", j.HTTPMethod)
	if j.SecurityFlags != 0 {
		add("HTTP security flags", j.SecurityFlags.String())
	}
	if j.FileACLFlags != 0 {
		add("File ACL flags", j.FileACLFlags.String())
	}
	if j.PeerCachingFlags != 0 {
		add("Peer caching flags", j.PeerCachingFlags.String())
	}
	if j.CostFlags != 0 {
		add("Cost flags", j.CostFlags.String())
	}
	for _, p := range []struct {
		name string
		set  bool
	}{{"Dynamic content", j.DynamicContent}, {"High performance", j.HighPerformance}, {"On demand", j.OnDemandMode}} {
		if p.set {
			add(p.name, "yes")
		}
	}
	if j.MaxDownloadSize > 0 {
		add("Maximum download size", size(j.MaxDownloadSize))
	}
	add("Upload session", j.UploadSession)
	return all
}
