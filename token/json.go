package token

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/bitsemu/bitsemu/sid"
)

// form is the JSON form of a token.
type form struct {
	User        sid.SID   `json:"user"`
	Groups      []Group   `json:"groups"`
	Elevated    bool      `json:"elevated"`
	Integrity   Integrity `json:"integrity"`
	Restricting []sid.SID `json:"restricting"`
	Level       Level     `json:"level"`
	Session     Session   `json:"session,omitzero"`
}

// MarshalJSON prints the token as an object, the zero Token as null:
//
//	{
//	  "user": "S-1-5-21-3623811015-3361044348-30300820-1002",
//	  "groups": [{"sid": "S-1-5-32-544", "enabled": false}],
//	  "elevated": false,
//	  "integrity": "S-1-16-8192",
//	  "restricting": [],
//	  "level": "impersonate",
//	  "session": "0x1f4"
//	}
//
// The session is left out when it is not known.
func (t Token) MarshalJSON() ([]byte, error) {
	if t.IsZero() {
		return []byte("null"), nil
	}
	d := t.d
	return json.Marshal(form{
		d.user, append([]Group{}, d.groups...), d.elevated, d.integrity,
		append([]sid.SID{}, d.restricting...), d.level, d.session,
	})
}

// UnmarshalJSON reads what [Token.MarshalJSON] prints. Everything but the user
// may be left out and is then what [New] makes it. Lists may be in any order; a
// SID twice in one of them, a field that is not known, and values out of range
// are refused. On error t stays as it was.
func (t *Token) UnmarshalJSON(text []byte) error {
	if string(text) == "null" {
		*t = Token{}
		return nil
	}
	f := form{Integrity: IntegrityMedium, Level: LevelImpersonate}
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	err := dec.Decode(&f)
	if _, end := dec.Token(); err == nil && end != io.EOF {
		err = errors.New("there is something behind the object")
	}
	if err == nil {
		err = f.check()
	}
	if err != nil {
		return fmt.Errorf("token: JSON form: %w", err)
	}
	*t = f.token()
	return nil
}

// check refuses what options would pass over.
func (f *form) check() error {
	if f.User.IsZero() {
		return errors.New("there is no user")
	}
	groups := make([]sid.SID, len(f.Groups))
	for i, g := range f.Groups {
		groups[i] = g.SID
	}
	if err := checkSIDs("group", groups); err != nil {
		return err
	}
	return checkSIDs("restricting SID", f.Restricting)
}

func checkSIDs(what string, sids []sid.SID) error {
	seen := map[sid.SID]bool{}
	for _, s := range sids {
		switch {
		case s.IsZero():
			return fmt.Errorf("a %s is empty", what)
		case seen[s]:
			return fmt.Errorf("%s %v is there twice", what, s)
		}
		seen[s] = true
	}
	return nil
}

func (f *form) token() Token {
	opts := []Option{
		WithElevation(f.Elevated), WithIntegrity(f.Integrity), WithRestricting(f.Restricting...),
		WithLevel(f.Level), WithSession(f.Session),
	}
	for _, g := range f.Groups {
		if g.Enabled {
			opts = append(opts, WithGroups(g.SID))
		} else {
			opts = append(opts, WithDenyOnlyGroups(g.SID))
		}
	}
	return New(f.User, opts...)
}
