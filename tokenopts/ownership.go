package tokenopts

import (
	"context"

	"github.com/google/uuid"

	"github.com/bitsemu/bitsemu/jobstore"
	"github.com/bitsemu/bitsemu/token"
)

// TakeOwnership is IBackgroundCopyJob::TakeOwnership: the caller in ctx becomes
// the job's owner, with the elevation and integrity that he has now. It fails with
//
//   - BG_E_NOT_FOUND when there is no such job.
//   - E_ACCESSDENIED unless the caller is an administrator, elevated, of an
//     integrity level not below that of the owner, and not restricted. That he owns
//     the job already makes no difference (D).
//   - BG_E_INVALID_STATE for a job that was acknowledged or cancelled.
//
// The state and the flags are kept. The helper token goes (C: it belongs to a
// session of the former owner), and so do credentials, custom headers, the
// client certificate and the command line for notifications (D). Whether the new
// owner has access to the temporary files is for who has the files to judge.
func (s *Service) TakeOwnership(ctx context.Context, id uuid.UUID) error {
	c := Call{Job: id, Build: s.build, Method: TakeOwnership, Query: s.callerIn(ctx)}
	return s.store.Update(id, func(j *jobstore.Job) error {
		c.Owner, c.State = j.Owner, j.State
		if err := c.Check(); err != nil {
			return err
		}
		j.Owner, j.HelperToken = c.Query, token.Token{}
		j.Credentials, j.Sealed = nil, nil
		j.ClientCertificate = jobstore.ClientCertificate{}
		j.NotifyProgram, j.NotifyParameters, j.NotifyToken = "", "", token.Token{}
		s.stamp(j)
		return nil
	})
}
