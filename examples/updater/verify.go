package updater

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"

	"github.com/bitsemu/bitsemu/bits"
)

// verify compares the files that have come with what they must be, and tells BITS. It
// reports whether all are good; if not, the job is in BG_JOB_STATE_ERROR.
func (t *task) verify(ctx context.Context, job bits.Job) (good bool, err error) {
	good = true
	err = eachFile(ctx, job, func(file bits.File) error {
		if !good {
			return nil
		}
		local, err := file.GetLocalName(ctx)
		if err != nil {
			return err
		}
		f, err := bits.Query[bits.File3](ctx, file)
		if err != nil {
			return err
		}
		temporary, err := f.GetTemporaryName(ctx)
		if err != nil {
			return err
		}
		sum, err := t.sum(ctx, temporary)
		if err != nil {
			return fmt.Errorf("updater: %s: %w", local, err)
		}
		want := t.file(local)
		if good = want != nil && sum == want.SHA256; !good {
			t.u.note("%s: %s has the SHA-256 %x, which is not what it must be", t.update.Name, local, sum[:4])
		}
		return f.SetValidationState(ctx, good)
	})
	return good && err == nil, err
}

// sum is the SHA-256 of a file, which is opened as the one whose it is.
func (t *task) sum(ctx context.Context, name string) (sum [32]byte, err error) {
	var file io.ReadCloser
	err = t.u.asUser(ctx, func(context.Context) error {
		file, err = t.u.o.Open(name)
		return err
	})
	if err != nil {
		return sum, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	h := sha256.New()
	if _, err = io.Copy(h, file); err == nil {
		h.Sum(sum[:0])
	}
	return sum, err
}
