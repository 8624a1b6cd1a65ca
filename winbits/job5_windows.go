package winbits

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
)

// job5 is IBackgroundCopyJob5.
type job5 struct{ job4 }

func (j job5) SetProperty(ctx context.Context, propertyID bits.JobPropertyID, value bits.JobPropertyValue) error {
	if value == nil || propertyID.Valid() && !propertyID.Accepts(value) {
		return refused("IBackgroundCopyJob5::SetProperty", fmt.Errorf("%v takes no %T", propertyID, value)).err
	}
	u := unionFor(value)
	return set(ctx, j.proxy, func(p *iBackgroundCopyJob5) result { return p.SetProperty(uint32(propertyID), u) })
}

// unionFor puts a value into its member.
func unionFor(value bits.JobPropertyValue) propertyUnion {
	switch v := value.(type) {
	case bits.PropertyDword:
		return propertyUnion{uint64(v)}
	case bits.PropertyClsID:
		return unionOf(bits.GUIDToWindows(uuid.UUID(v)))
	case bits.PropertyEnable:
		return propertyUnion{uint64(boolOf(bool(v)))}
	case bits.PropertyUint64:
		return propertyUnion{uint64(v)}
	case bits.PropertyTarget:
		return propertyUnion{uint64(v)}
	}
	return propertyUnion{} // there are no other kinds
}

func (j job5) GetProperty(ctx context.Context, propertyID bits.JobPropertyID) (bits.JobPropertyValue, error) {
	u, err := get(ctx, j.proxy, func(p *iBackgroundCopyJob5, u *propertyUnion) result {
		return p.GetProperty(uint32(propertyID), u)
	})
	if err != nil {
		return nil, err
	}
	for _, value := range []bits.JobPropertyValue{
		bits.PropertyDword(u[0]), bits.PropertyClsID(bits.GUIDFromWindows(u.bytes())), bits.PropertyEnable(uint32(u[0]) != 0),
		bits.PropertyUint64(u[0]), bits.PropertyTarget(enum[bits.AuthTarget](uint32(u[0]))),
	} {
		if propertyID.Accepts(value) {
			return value, nil
		}
	}
	return nil, fmt.Errorf("winbits: IBackgroundCopyJob5::GetProperty: nobody knows what kind of value %v has: %w",
		propertyID, hresult.E_NOTIMPL)
}
