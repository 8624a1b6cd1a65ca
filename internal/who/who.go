// Package who has the people of the emulated machine as the commands know them: what
// "alice", "bob elevated" and "networkservice" stand for.
//
//	caller, err := who.Parse("alice elevated")
//	fmt.Println(who.Name(caller.User())) // BITSEMU\alice
package who

import (
	"fmt"
	"hash/fnv"
	"regexp"
	"strings"

	"github.com/bitsemu/bitsemu/sid"
	"github.com/bitsemu/bitsemu/token"
)

// machine is the name and the SID of the emulated machine, as far as accounts go.
const machineName = "BITSEMU"

var machine = sid.MustParse("S-1-5-21-3623811015-3361044348-30300820")

// account is a user of the machine.
type account struct {
	name string
	user sid.SID
}

// Default is who calls when nothing else is said.
const Default = "alice"

// people are the users with a name. The first is whom the emulator takes for the
// caller too.
var people = []account{newPerson("alice", 1001), newPerson("bob", 1002), newPerson("carol", 1003), newPerson("dave", 1004)}

func newPerson(name string, rid uint32) account {
	user, err := machine.WithRID(rid)
	if err != nil {
		panic(err) // the machine's SID is a constant
	}
	return account{name, user}
}

// person finds a user by name, nil for nobody.
func person(name string) *account {
	for i := range people {
		if strings.EqualFold(people[i].name, name) {
			return &people[i]
		}
	}
	return nil
}

// session is the one logon session that a user has, the same in every command.
func (a account) session() token.Session {
	h := fnv.New32a()
	_, _ = h.Write([]byte(a.user.String())) // it never fails
	return token.Session(0x100000 | uint64(h.Sum32())<<24)
}

// token is what a user's program runs with: "" for an ordinary user, "elevated" and
// "filtered" for an administrator.
func (a account) token(kind string) token.Token {
	session := token.WithSession(a.session())
	switch kind {
	case "elevated":
		return token.ElevatedAdmin(a.user, session)
	case "filtered":
		return token.FilteredAdmin(a.user, session)
	}
	return token.User(a.user, session)
}

// Forms tells what [Parse] reads.
const Forms = "want alice, bob, carol, dave or a user's SID, alone or followed by elevated or filtered, or administrator, system, localservice, networkservice"

// User is the token of an ordinary program of a user who has a name; it panics for
// nobody.
func User(name string) token.Token { return person(name).token("") }

// Parse reads who runs a command: a name or a SID, with what kind of program he
// runs it from, or a token as JSON.
func Parse(s string) (token.Token, error) {
	if strings.HasPrefix(s, "{") {
		var t token.Token
		err := t.UnmarshalJSON([]byte(s))
		return t, err
	}
	words := strings.Fields(strings.ToLower(s))
	if len(words) == 1 {
		if t, ok := serviceAccount(words[0]); ok {
			return t, nil
		}
	}
	if len(words) == 0 || len(words) > 2 || len(words) == 2 && words[1] != "elevated" && words[1] != "filtered" {
		return token.Token{}, fmt.Errorf("%q is nobody: %s", s, Forms)
	}
	who := person(words[0])
	if who == nil {
		user, err := sid.Parse(strings.Fields(s)[0])
		if err != nil {
			return token.Token{}, fmt.Errorf("%q is nobody: %s", s, Forms)
		}
		if t, ok := serviceAccountOf(user); ok && len(words) == 1 {
			return t, nil
		}
		who = &account{user: user}
	}
	return who.token(strings.Join(words[1:], "")), nil
}

// serviceAccount is the token of an account that every Windows has.
func serviceAccount(name string) (token.Token, bool) {
	switch name {
	case "system", "localsystem":
		return token.LocalSystem(), true
	case "localservice":
		return token.LocalService(), true
	case "networkservice":
		return token.NetworkService(), true
	case "administrator":
		t := token.BuiltinAdministrator(machine)
		return t.With(token.WithSession(account{user: t.User()}.session())), true
	}
	return token.Token{}, false
}

func serviceAccountOf(user sid.SID) (token.Token, bool) {
	for _, name := range []string{"system", "localservice", "networkservice", "administrator"} {
		if t, _ := serviceAccount(name); t.User() == user {
			return t, true
		}
	}
	return token.Token{}, false
}

// Name is how an owner is shown: DOMAIN\user, or the SID of who has no name.
func Name(user sid.SID) string {
	for _, p := range people {
		if p.user == user {
			return machineName + `\` + p.name
		}
	}
	if t, _ := serviceAccount("administrator"); t.User() == user {
		return machineName + `\Administrator`
	}
	if name := user.Name(); strings.Contains(name, `\`) {
		return name
	}
	return user.String()
}

// LogOn is who logs on with a name such as alice, alice@domain or DOMAIN\alice. The
// machine has no passwords, and takes any.
func LogOn(name string) (token.Token, bool) {
	if _, user, ok := strings.Cut(name, `\`); ok {
		name = user
	}
	name, _, _ = strings.Cut(name, "@")
	if who := person(name); who != nil {
		return who.token(""), true
	}
	return token.Token{}, false
}

var inText = regexp.MustCompile(`\b` + machine.String() + `(-\d+)+`)

// Named puts names in place of the SIDs of people into a text for people:
// `BITSEMU\alice (user, Medium)`. Those who have no name keep their SID.
func Named(text string) string {
	return inText.ReplaceAllStringFunc(text, func(s string) string {
		user, err := sid.Parse(s)
		if err != nil {
			return s // with a number that is none of a SID
		}
		return Name(user)
	})
}
