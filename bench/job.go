package bench

import (
	"encoding/binary"
	"fmt"
)

// GUID is the identifier of a job.
type GUID [16]byte

// File is one remote and local pair of a job.
type File struct {
	Remote string `json:"remote"`
	Local  string `json:"local"`
}

// Job is what all stores hold.
type Job struct {
	ID          GUID
	Owner       SID
	Name        string
	Type        uint8
	Priority    uint8
	State       uint8
	HelperFlags uint32
	HelperSID   SID
	Created     int64
	Modified    int64
	Completed   int64
	Expires     int64
	Files       []File

	// Pool is the job's number in the pool that section B takes its jobs from,
	// for an implementation that has them ready in a form of its own.
	Pool int
}

// What a point read wants comes first in a record, at fixed offsets.
const (
	offState = 3
	offFlags = 4
	offOwner = 40 // a length byte, then the packet form of the owner SID
)

// Encode appends the binary record, about 270 bytes for a generated job.
func (j *Job) Encode(dst []byte) []byte {
	dst = append(dst, 1, j.Type, j.Priority, j.State)
	dst = binary.LittleEndian.AppendUint32(dst, j.HelperFlags)
	for _, t := range [...]int64{j.Created, j.Modified, j.Completed, j.Expires} {
		dst = binary.LittleEndian.AppendUint64(dst, uint64(t))
	}
	dst = append(dst, 8+4*j.Owner.n)
	dst = j.Owner.AppendBinary(dst)
	dst = append(dst, 8+4*j.HelperSID.n)
	dst = j.HelperSID.AppendBinary(dst)
	dst = appendStr(dst, j.Name)
	dst = binary.LittleEndian.AppendUint16(dst, uint16(len(j.Files)))
	for _, f := range j.Files {
		dst = appendStr(dst, f.Remote)
		dst = appendStr(dst, f.Local)
	}
	return dst
}

func appendStr(dst []byte, s string) []byte {
	dst = binary.LittleEndian.AppendUint16(dst, uint16(len(s)))
	return append(dst, s...)
}

// RecFlags reads the helper flags of a record without decoding it.
func RecFlags(rec []byte) uint32 { return binary.LittleEndian.Uint32(rec[offFlags:]) }

// RecOwner gives the packet form of a record's owner, as part of rec.
func RecOwner(rec []byte) []byte { n := int(rec[offOwner]); return rec[offOwner+1 : offOwner+1+n] }

// RecState reads the state of a record.
func RecState(rec []byte) uint8 { return rec[offState] }

// jsonJob is the record as a hand-made fake would marshal it.
type jsonJob struct {
	ID          string `json:"id"`
	Owner       string `json:"owner"`
	Name        string `json:"name"`
	Type        uint8  `json:"type"`
	Priority    uint8  `json:"priority"`
	State       uint8  `json:"state"`
	HelperFlags uint32 `json:"helperFlags"`
	HelperSID   string `json:"helperSid"`
	Created     int64  `json:"created"`
	Modified    int64  `json:"modified"`
	Completed   int64  `json:"completed"`
	Expires     int64  `json:"expires"`
	Files       []File `json:"files"`
}

func (j *Job) json() jsonJob {
	return jsonJob{
		ID: fmt.Sprintf("%x", j.ID[:]), Owner: j.Owner.String(), Name: j.Name,
		Type: j.Type, Priority: j.Priority, State: j.State, HelperFlags: j.HelperFlags,
		HelperSID: j.HelperSID.String(), Created: j.Created, Modified: j.Modified,
		Completed: j.Completed, Expires: j.Expires, Files: j.Files,
	}
}
