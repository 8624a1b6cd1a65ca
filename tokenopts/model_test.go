package tokenopts_test

import (
	"slices"

	"github.com/bitsemu/bitsemu/sid"
	"github.com/bitsemu/bitsemu/token"
)

// The rules once more, as plainly as the specification puts them, to hold the
// package against. Nothing here uses it.

// A person is a caller: what an access token says of him, and no more.
type person struct {
	name       string
	user       string // SID
	admins     string // BUILTIN\Administrators: "enabled", "deny-only" or ""
	elevated   bool
	integrity  uint32
	restricted bool
	level      string
	session    uint64
}

// nobody is no token.
var nobody = person{name: "nobody"}

func (p person) administrator() bool { return p.admins == "enabled" || p.user == "S-1-5-18" }

func (p person) canBeImpersonated() bool { return p.level == "impersonate" || p.level == "delegate" }

// token is the person as the package under test knows him.
func (p person) token() token.Token {
	if p == nobody {
		return token.Token{}
	}
	levels := map[string]token.Level{
		"anonymous": token.LevelAnonymous, "identify": token.LevelIdentify,
		"impersonate": token.LevelImpersonate, "delegate": token.LevelDelegate,
	}
	t := token.New(sid.MustParse(p.user), token.WithElevation(p.elevated), token.WithIntegrity(token.Integrity(p.integrity)),
		token.WithLevel(levels[p.level]), token.WithSession(token.Session(p.session)))
	switch p.admins {
	case "enabled":
		t = t.With(token.WithGroups(sid.BuiltinAdministrators))
	case "deny-only":
		t = t.With(token.WithDenyOnlyGroups(sid.BuiltinAdministrators))
	}
	if p.restricted {
		t = token.Restricted(t)
	}
	return t
}

// A modelJob is what the rules know of a job.
type modelJob struct {
	owner      person
	helper     person // nobody when there is none
	flags      uint32
	state      string
	error      string
	errorCount uint32
	inStore    bool
}

func (j *modelJob) final() bool { return j.state == "ACKNOWLEDGED" || j.state == "CANCELLED" }

// A modelCapability is what QueryInterface gave.
type modelCapability struct {
	build uint32
	bits4 bool // on Vista: has the update
	q     person
	owner person // as QueryInterface saw him
	job   *modelJob
}

// modelQuery is section 2 of the rules, after section 1.
func modelQuery(build uint32, bits4 bool, q person, job *modelJob) (*modelCapability, string) {
	if build < 7600 && !bits4 {
		return nil, "E_NOINTERFACE"
	}
	if !q.canBeImpersonated() {
		return nil, "E_ACCESSDENIED"
	}
	if q.user != job.owner.user && !q.administrator() {
		return nil, "E_ACCESSDENIED"
	}
	return &modelCapability{build: build, bits4: bits4, q: q, owner: job.owner, job: job}, "S_OK"
}

// mayModify is section 3.
func (c *modelCapability) mayModify() bool {
	if c.q.integrity < c.owner.integrity {
		return false
	}
	if c.owner.elevated && !c.q.elevated {
		return false
	}
	return !c.q.restricted
}

// call is section 4: what a method answers when a thread of somebody calls it,
// and if that is S_OK, what it does.
func (c *modelCapability) call(method string, thread person, flags uint32) string {
	before1607 := c.build < 14393
	qAdmin := c.q.administrator()
	qOwner := c.q.user == c.owner.user
	modifies := true
	allowed := false
	switch method {
	case "GetHelperTokenFlags", "GetHelperTokenSid":
		modifies = false
		allowed = qAdmin || !before1607 && qOwner
	case "ClearHelperToken":
		allowed = qAdmin || !before1607 && qOwner
	case "SetHelperTokenFlags":
		allowed = qAdmin || !before1607 && qOwner && c.helperNow().admins != "enabled"
	case "SetHelperToken":
		if !thread.canBeImpersonated() {
			return "CO_E_FAILEDTOIMPERSONATE"
		}
		if before1607 {
			allowed = qAdmin && c.owner.administrator()
		} else {
			allowed = qAdmin || qOwner && thread.admins != "enabled"
		}
	}
	if !allowed {
		return "E_ACCESSDENIED"
	}
	if !modifies {
		return "S_OK"
	}
	if !c.mayModify() {
		return "E_ACCESSDENIED"
	}
	if method == "SetHelperTokenFlags" && flags > 3 {
		return "E_INVALIDARG"
	}
	if c.job.final() {
		return "BG_E_INVALID_STATE"
	}
	if !c.job.inStore {
		return "BG_E_NOT_FOUND"
	}
	switch method {
	case "ClearHelperToken":
		c.job.helper = nobody
	case "SetHelperTokenFlags":
		c.job.flags = flags
	case "SetHelperToken":
		c.job.helper = thread
	}
	return "S_OK"
}

// helperNow is the helper token; it goes with the job.
func (c *modelCapability) helperNow() person {
	if !c.job.inStore {
		return nobody
	}
	return c.job.helper
}

// modelTake is TakeOwnership.
func modelTake(job *modelJob, q person) string {
	if !job.inStore {
		return "BG_E_NOT_FOUND"
	}
	if !q.canBeImpersonated() || !q.administrator() || !q.elevated || q.restricted || q.integrity < job.owner.integrity {
		return "E_ACCESSDENIED"
	}
	if job.final() {
		return "BG_E_INVALID_STATE"
	}
	job.owner = q
	job.helper = nobody
	return "S_OK"
}

// lose is section 5: an event takes the helper token away. It reports whether
// there was one to lose, and whether the job failed for it.
func (j *modelJob) lose(failing bool) (lost, failed bool) {
	if !j.inStore || j.helper == nobody {
		return false, false
	}
	j.helper = nobody
	if !failing || j.flags == 0 || j.final() || j.state == "TRANSFERRED" {
		return true, false
	}
	if j.state == "TRANSFERRING" {
		j.errorCount++
	}
	j.state = "ERROR"
	j.error = "BG_E_TOKEN_REQUIRED"
	return true, true
}

func modelEndSession(session uint64, j *modelJob) (lost, failed bool) {
	if j.owner.session == session || j.helper.session == session {
		return j.lose(true)
	}
	return false, false
}

func modelLogOff(user string, j *modelJob) (lost, failed bool) {
	if j.owner.user == user || j.helper.user == user {
		return j.lose(true)
	}
	return false, false
}

const (
	alicesUser = "S-1-5-21-3623811015-3361044348-30300820-1001"
	bobsUser   = "S-1-5-21-3623811015-3361044348-30300820-1002"
	low        = 0x1000
	medium     = 0x2000
	high       = 0x3000
	highest    = 0x4000
)

// crowd is everybody: each kind of token that could be judged by a rule of its
// own, and some that only a hand-made token can be.
var crowd = []person{
	{"alice", alicesUser, "", false, medium, false, "impersonate", 0x1a},
	{"alice, her second session", alicesUser, "", false, medium, false, "delegate", 0x2a},
	{"alice filtered", alicesUser, "deny-only", false, medium, false, "impersonate", 0x1a},
	{"alice elevated", alicesUser, "enabled", true, high, false, "impersonate", 0x1a},
	{"alice in a protected browser", alicesUser, "", false, low, false, "impersonate", 0x1a},
	{"alice restricted", alicesUser, "", false, medium, true, "impersonate", 0x1a},
	{"alice at level identify", alicesUser, "", false, medium, false, "identify", 0x1a},
	{"alice, administrator without elevation", alicesUser, "enabled", false, medium, false, "impersonate", 0x1a},
	{"alice elevated, restricted", alicesUser, "enabled", true, high, true, "impersonate", 0},
	{"bob", bobsUser, "", false, medium, false, "impersonate", 0x1b},
	{"bob filtered", bobsUser, "deny-only", false, medium, false, "impersonate", 0x1b},
	{"bob elevated", bobsUser, "enabled", true, high, false, "impersonate", 0x1b},
	{"bob elevated at level delegate", bobsUser, "enabled", true, high, false, "delegate", 0},
	{"bob elevated at level anonymous", bobsUser, "enabled", true, high, false, "anonymous", 0x1b},
	{"bob at level identify", bobsUser, "", false, medium, false, "identify", 0x1b},
	{"bob elevated, with the label of a service", bobsUser, "enabled", true, highest, false, "impersonate", 0x1b},
	{"system", "S-1-5-18", "enabled", true, highest, false, "impersonate", 0x3e7},
	{"system without the group", "S-1-5-18", "", true, highest, false, "impersonate", 0x3e7},
	{"system with the group deny-only", "S-1-5-18", "deny-only", false, highest, false, "impersonate", 0x3e7},
	{"network service", "S-1-5-20", "", false, highest, false, "impersonate", 0x3e4},
	{"network service in the group", "S-1-5-20", "enabled", false, highest, false, "impersonate", 0x3e4},
	{"local service", "S-1-5-19", "", false, highest, false, "impersonate", 0x3e5},
	nobody,
}

// who finds somebody in the crowd.
func who(name string) person {
	return crowd[slices.IndexFunc(crowd, func(p person) bool { return p.name == name })]
}
