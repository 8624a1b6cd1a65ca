package tokenopts

import (
	"errors"
	"fmt"

	"github.com/google/uuid"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/jobstore"
	"github.com/bitsemu/bitsemu/sid"
	"github.com/bitsemu/bitsemu/token"
)

// Lost is a helper token that an event has taken from a job.
type Lost struct {
	Job    uuid.UUID
	Token  token.Token   // what was lost
	Was    bits.JobState // before the event
	Failed bool          // the job is in BG_JOB_STATE_ERROR now, with BG_E_TOKEN_REQUIRED
	Why    Rule
}

// EndSession ends a logon session: helper tokens that it supplied are dropped,
// and those of jobs whose owner's recorded session it is. It fails with
// E_INVALIDARG for session 0, which is none, and for the sessions of the service
// accounts, which never end. A token of no known session is dropped by LogOff
// alone.
func (s *Service) EndSession(session token.Session) ([]Lost, error) {
	switch session {
	case 0, token.SessionSystem, token.SessionLocalService, token.SessionNetworkService:
		return nil, fmt.Errorf("tokenopts: session %s cannot end: it is none that a user logs on to: %w",
			session, hresult.E_INVALIDARG)
	}
	return s.discard(ownerGone, helperGone, func(t token.Token) bool { return t.Session() == session })
}

// LogOff ends the last session of a user: helper tokens that he supplied are
// dropped, and those of jobs that he owns. It fails with E_INVALIDARG for the zero
// SID and for LocalSystem, LocalService and NetworkService, which are always
// logged on (D service-accounts-and-bits.md).
func (s *Service) LogOff(user sid.SID) ([]Lost, error) {
	switch user {
	case sid.SID{}, sid.LocalSystem, sid.LocalService, sid.NetworkService:
		return nil, fmt.Errorf("tokenopts: user %q (%s) cannot log off: it is no user who logs on: %w",
			user, user.Name(), hresult.E_INVALIDARG)
	}
	return s.discard(ownerGone, helperGone, func(t token.Token) bool { return t.User() == user })
}

// Restart restarts the service: all helper tokens are dropped, flags and states
// are kept. A job that needs its token fails when it first opens what the token is
// for, with the BG_E_TOKEN_REQUIRED that [Identity] tells (I). To open a store is
// no restart (C).
func (s *Service) Restart() ([]Lost, error) {
	return s.discard(restarted, restarted, func(token.Token) bool { return true })
}

// discard drops the helper tokens of jobs whose owner is gone, and those that
// are gone themselves.
func (s *Service) discard(owner, helper Rule, gone func(token.Token) bool) ([]Lost, error) {
	var all []Lost
	for entry := range s.store.All().All() {
		var lost Lost
		err := entry.Update(func(j *jobstore.Job) error {
			lost = Lost{}
			switch {
			case j.HelperToken.IsZero():
				return nil
			case gone(j.Owner):
				lost.Why = owner
			case gone(j.HelperToken):
				lost.Why = helper
			default:
				return nil
			}
			lost.Job, lost.Token, lost.Was = j.ID, j.HelperToken, j.State
			lost.Failed = lost.Why.Answer.Failed() && needsToken(j)
			j.HelperToken = token.Token{}
			if lost.Failed {
				fail(j, lost.Why.Answer)
				s.stamp(j)
			}
			return nil
		})
		switch {
		case errors.Is(err, jobstore.ErrNotFound):
		case err != nil:
			return all, err
		case !lost.Token.IsZero():
			all = append(all, lost)
		}
	}
	return all, nil
}

// needsToken reports whether the job cannot go on without its helper token.
func needsToken(j *jobstore.Job) bool {
	return j.HelperTokenFlags != 0 && !j.State.Final() && j.State != bits.BG_JOB_STATE_TRANSFERRED
}

func fail(j *jobstore.Job, code hresult.HRESULT) {
	if j.State == bits.BG_JOB_STATE_TRANSFERRING {
		j.ErrorCount++
	}
	j.State = bits.BG_JOB_STATE_ERROR
	j.Error = jobstore.JobError{Code: code, Context: bits.BG_ERROR_CONTEXT_GENERAL_QUEUE_MANAGER}
}
