package token

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/bitsemu/bitsemu/sid"
)

// The binary form, version 1, numbers little-endian:
//
//	byte    version, 1
//	byte    1 if elevated, else 0
//	byte    level
//	uint32  integrity
//	uint64  session
//	SID     user, in the binary form of Windows
//	uvarint number of groups, then for each
//	        byte 1 if enabled, 0 if deny-only
//	        SID
//	uvarint number of restricting SIDs, then each
//
// SIDs ascend in both lists and uvarints are as short as they can be, so there
// is one form for a token and one token for a form.
const binaryVersion = 1

// binaryHeader is the length of what comes before the user.
const binaryHeader = 15

// The shortest SID and group, by which a list is not longer than its bytes allow.
const (
	minSID   = 8
	minGroup = 1 + minSID
)

// AppendBinary appends the binary form: compact, with a version, the same bytes
// for equal tokens. It never fails. Of the zero Token it is empty. The form does
// not tell its own length.
func (t Token) AppendBinary(b []byte) ([]byte, error) { return append(b, t.Key()...), nil }

// MarshalBinary is AppendBinary to nothing.
func (t Token) MarshalBinary() ([]byte, error) { return []byte(t.Key()), nil }

// UnmarshalBinary reads what [Token.AppendBinary] has written, and refuses
// everything else: other versions, values out of range, lists out of order,
// bytes left over. On error t stays as it was.
func (t *Token) UnmarshalBinary(b []byte) error {
	if len(b) == 0 {
		*t = Token{}
		return nil
	}
	d, err := decodeBinary(b)
	if err != nil {
		return fmt.Errorf("token: binary form of %d bytes: %w", len(b), err)
	}
	*t = d.seal(string(b))
	return nil
}

func (d *data) appendBinary(b []byte) []byte {
	b = append(b, binaryVersion, bit(d.elevated), byte(d.level))
	b = binary.LittleEndian.AppendUint32(b, uint32(d.integrity))
	b = binary.LittleEndian.AppendUint64(b, uint64(d.session))
	b, _ = d.user.AppendBinary(b) // never fails
	b = binary.AppendUvarint(b, uint64(len(d.groups)))
	for _, g := range d.groups {
		b = append(b, bit(g.Enabled))
		b, _ = g.SID.AppendBinary(b) // never fails
	}
	b = binary.AppendUvarint(b, uint64(len(d.restricting)))
	for _, s := range d.restricting {
		b, _ = s.AppendBinary(b) // never fails
	}
	return b
}

func bit(b bool) byte {
	if b {
		return 1
	}
	return 0
}

func decodeBinary(b []byte) (*data, error) {
	switch {
	case b[0] != binaryVersion:
		return nil, fmt.Errorf("version %d is not known, only %d", b[0], binaryVersion)
	case len(b) < binaryHeader:
		return nil, errShort
	case b[1] > 1:
		return nil, fmt.Errorf("elevation is 0 or 1, not %d", b[1])
	case !Level(b[2]).valid():
		return nil, fmt.Errorf("%d is no impersonation level", b[2])
	}
	d := &data{
		elevated:  b[1] == 1,
		level:     Level(b[2]),
		integrity: Integrity(binary.LittleEndian.Uint32(b[3:])),
		session:   Session(binary.LittleEndian.Uint64(b[7:])),
	}
	var err error
	if d.user, b, err = sid.DecodePrefix(b[binaryHeader:]); err != nil {
		return nil, fmt.Errorf("user: %w", err)
	}
	if d.groups, b, err = decodeGroups(b); err != nil {
		return nil, fmt.Errorf("groups: %w", err)
	}
	if d.restricting, b, err = decodeSIDs(b); err != nil {
		return nil, fmt.Errorf("restricting SIDs: %w", err)
	}
	if len(b) > 0 {
		return nil, fmt.Errorf("%d bytes left over", len(b))
	}
	return d, nil
}

var errShort = errors.New("it ends too early")

func decodeGroups(b []byte) (groups []Group, rest []byte, err error) {
	n, b, err := decodeCount(b)
	groups = make([]Group, 0, min(n, uint64(len(b))/minGroup))
	for range n {
		var g Group
		switch {
		case len(b) == 0:
			return nil, nil, errShort
		case b[0] > 1:
			return nil, nil, fmt.Errorf("an attribute is 0 or 1, not %d", b[0])
		}
		g.Enabled = b[0] == 1
		if g.SID, b, err = sid.DecodePrefix(b[1:]); err != nil {
			return nil, nil, err
		}
		if len(groups) > 0 && groups[len(groups)-1].SID.Compare(g.SID) >= 0 {
			return nil, nil, fmt.Errorf("%v is twice there or out of order", g.SID)
		}
		groups = append(groups, g)
	}
	return groups, b, err
}

func decodeSIDs(b []byte) (sids []sid.SID, rest []byte, err error) {
	n, b, err := decodeCount(b)
	sids = make([]sid.SID, 0, min(n, uint64(len(b))/minSID))
	for range n {
		var s sid.SID
		if s, b, err = sid.DecodePrefix(b); err != nil {
			return nil, nil, err
		}
		if len(sids) > 0 && sids[len(sids)-1].Compare(s) >= 0 {
			return nil, nil, fmt.Errorf("%v is twice there or out of order", s)
		}
		sids = append(sids, s)
	}
	return sids, b, err
}

// decodeCount reads a uvarint. The loops over what it counts end with the bytes.
func decodeCount(b []byte) (n uint64, rest []byte, err error) {
	n, size := binary.Uvarint(b)
	switch {
	case size <= 0:
		return 0, nil, errShort
	case size > 1 && b[size-1] == 0:
		return 0, nil, errors.New("the number is longer than it need be")
	}
	return n, b[size:], nil
}
