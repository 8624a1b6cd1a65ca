package serve

import (
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/internal/who"
	"github.com/bitsemu/bitsemu/sid"
)

// span is a duration, as "1h30m" in JSON.
type span time.Duration

// MarshalText implements [encoding.TextMarshaler].
func (d span) MarshalText() ([]byte, error) { return []byte(time.Duration(d).String()), nil }

// UnmarshalText implements [encoding.TextUnmarshaler].
func (d *span) UnmarshalText(text []byte) error {
	v, err := time.ParseDuration(string(text))
	if err != nil {
		return fmt.Errorf("%q is no duration such as 1h30m", text)
	}
	*d = span(v)
	return nil
}

// account is a user or a group: a SID in JSON, or the name of somebody whom
// internal/who knows.
type account struct{ sid.SID }

// UnmarshalText implements [encoding.TextUnmarshaler].
func (a *account) UnmarshalText(text []byte) error {
	if s, err := sid.Parse(string(text)); err == nil {
		a.SID = s
		return nil
	}
	t, err := who.Parse(string(text))
	if err != nil {
		return err
	}
	a.SID = t.User()
	return nil
}

func sids(accounts []account) []sid.SID {
	if accounts == nil {
		return nil
	}
	all := make([]sid.SID, len(accounts))
	for i, a := range accounts {
		all[i] = a.SID
	}
	return all
}

// guid is a GUID, in braces in JSON.
type guid struct{ uuid.UUID }

// MarshalText implements [encoding.TextMarshaler].
func (g guid) MarshalText() ([]byte, error) { return []byte(bits.GUIDString(g.UUID)), nil }

// UnmarshalText implements [encoding.TextUnmarshaler].
func (g *guid) UnmarshalText(text []byte) (err error) {
	if g.UUID, err = uuid.ParseBytes(text); err != nil {
		return fmt.Errorf("%.80q is no GUID: %w", text, err)
	}
	return nil
}

// code is an HRESULT, as "0x80070005" in JSON; names are read too.
type code hresult.HRESULT

// MarshalText implements [encoding.TextMarshaler].
func (c code) MarshalText() ([]byte, error) { return []byte(hresult.HRESULT(c).Hex()), nil }

// UnmarshalText implements [encoding.TextUnmarshaler].
func (c *code) UnmarshalText(text []byte) error { return (*hresult.HRESULT)(c).UnmarshalText(text) }
