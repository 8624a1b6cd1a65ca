package jobstore

import (
	"github.com/google/uuid"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/sid"
	"github.com/bitsemu/bitsemu/token"
)

// Entry is a live view of one job: what is asked most, read from memory, never
// waiting for a writer. It shows what has been committed, and goes on showing
// the last of it after the job was deleted, as an interface pointer to a
// finished BITS job does. Two entries are equal when they are views of the
// same job.
//
// Each method looks anew; Summary gives several fields of one commit.
type Entry struct {
	s *Store
	e *entry
}

// Summary is the part of a job that the store holds in memory.
type Summary struct {
	Owner            token.Token
	HelperTokenFlags bits.HelperTokenFlags
	State            bits.JobState
	Type             bits.JobType
	Priority         bits.JobPriority
	Deleted          bool
}

// ID is the job's GUID.
func (v Entry) ID() uuid.UUID { return v.e.id }

// Seq is the job's place in creation order within its store.
func (v Entry) Seq() uint64 { return v.e.seq }

// HelperTokenFlags say what the helper token is used for.
func (v Entry) HelperTokenFlags() bits.HelperTokenFlags {
	return bits.HelperTokenFlags(v.e.load().flags())
}

// State is the job's state.
func (v Entry) State() bits.JobState { return bits.JobState(v.e.load().state()) }

// Type says whether the job downloads or uploads.
func (v Entry) Type() bits.JobType { return bits.JobType(v.e.load().typ()) }

// Priority is the job's priority.
func (v Entry) Priority() bits.JobPriority { return bits.JobPriority(v.e.load().priority()) }

// Owner is the owner's token as it was when the job was created or taken over.
func (v Entry) Owner() token.Token { return v.identity().token }

// OwnerSID is the owner's user SID.
func (v Entry) OwnerSID() sid.SID { return v.identity().sid }

// OwnedBy reports whether user is the owner's SID, without copying one.
func (v Entry) OwnedBy(user *sid.SID) bool { return v.identity().sid == *user }

func (v Entry) identity() *identity { return v.s.index.identities.get(v.e.load().owner()) }

// Deleted reports whether the job is no longer in the store.
func (v Entry) Deleted() bool { return v.e.load().dead() }

// Summary reads all fields as of one commit.
func (v Entry) Summary() Summary {
	s := v.e.load()
	return Summary{
		Owner:            v.s.index.identities.get(s.owner()).token,
		HelperTokenFlags: bits.HelperTokenFlags(s.flags()),
		State:            bits.JobState(s.state()),
		Type:             bits.JobType(s.typ()),
		Priority:         bits.JobPriority(s.priority()),
		Deleted:          s.dead(),
	}
}

// Job reads the whole record.
func (v Entry) Job() (Job, error) { return v.s.read("get", v.e) }
