package updater

import (
	"context"
	"errors"
	"fmt"

	"github.com/bitsemu/bitsemu/bits"
)

// ErrLoggedOff is what [Options.Impersonate] fails with while the user is away.
var ErrLoggedOff = errors.New("updater: the user is not logged on")

// lend gives the job the user's token for its files. The interface is asked for as the
// owner of the job, for it is there that BITS judges who may; the token is the one of
// the thread that calls SetHelperToken.
func (t *task) lend(ctx context.Context, job bits.Job) error {
	options, err := bits.Query[bits.TokenOptions](ctx, job)
	if err != nil {
		return fmt.Errorf("helper tokens are not to be had: %w", err)
	}
	return t.u.asUser(ctx, func(user context.Context) error {
		if err := options.SetHelperToken(user); err != nil {
			return fmt.Errorf("the job does not take the user's token: %w", err)
		}
		return options.SetHelperTokenFlags(user, bits.BG_TOKEN_LOCAL_FILE)
	})
}

// relend is lend for a job that has lost its token.
func (t *task) relend(ctx context.Context, job bits.Job) error {
	options, err := bits.Query[bits.TokenOptions](ctx, job)
	if err != nil {
		return err
	}
	helper, err := options.GetHelperTokenSid(ctx)
	if err != nil || !helper.IsZero() {
		return err
	}
	t.u.note("%s: the job has no helper token any more: lending it one again", t.update.Name)
	return t.lend(ctx, job)
}

// asUser calls do as the user, or as the program itself if the files are its own.
func (u *Updater) asUser(ctx context.Context, do func(context.Context) error) error {
	if u.o.Impersonate == nil {
		return do(ctx)
	}
	user, revert, err := u.o.Impersonate(ctx)
	if err != nil {
		return err
	}
	defer revert()
	return do(user)
}
