package bench

import (
	"encoding/binary"
	"fmt"
)

// nOwners is how many accounts own the generated jobs.
const nOwners = 100

// splitmix64 is a generator without state: the same x gives the same number.
func splitmix64(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// GUIDOf gives job i a version 4 GUID that looks random.
func GUIDOf(i int) GUID {
	var g GUID
	binary.LittleEndian.PutUint64(g[:], splitmix64(uint64(i)*2+1))
	binary.LittleEndian.PutUint64(g[8:], splitmix64(uint64(i)*2+2))
	g[7] = g[7]&0x0f | 0x40
	g[8] = g[8]&0x3f | 0x80
	return g
}

// OwnerOf gives job i one of the accounts of one domain.
func OwnerOf(i int) SID {
	var s SID
	s.rev, s.n = 1, 5
	s.auth[5] = 5
	copy(s.sub[:], []uint32{21, 3623811015, 3361044348, 30300820, 1000 + uint32(i%nOwners)})
	return s
}

// FlagsOf gives job i its helper flags.
func FlagsOf(i int) uint32 { return uint32(i) & 0xf }

// StateOf gives job i its state.
func StateOf(i int) uint8 { return uint8(i % 9) }

// MakeJob generates job i.
func MakeJob(i int) Job {
	t := int64(133_500_000_000_000_000) + int64(i)*10_000_000
	return Job{
		ID: GUIDOf(i), Owner: OwnerOf(i), Name: fmt.Sprintf("Contoso update transfer %07d", i),
		Type: uint8(i % 3), Priority: uint8(i % 4), State: StateOf(i),
		HelperFlags: FlagsOf(i), HelperSID: OwnerOf(i + 1),
		Created: t, Modified: t + 1, Completed: t + 2, Expires: t + 3,
		Files: []File{{
			Remote: fmt.Sprintf("http://updates.invalid/content/packages/%07d/payload-amd64.cab", i),
			Local:  fmt.Sprintf(`C:\ProgramData\Contoso\Downloads\queue\%07d\payload-amd64.cab.tmp`, i),
		}},
	}
}
