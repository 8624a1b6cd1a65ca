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
func (t *task) verify(ctx context.Context, items []item) (good bool, err error) {
	for _, i := range items {
		f, err := bits.Query[bits.File3](ctx, i.File)
		if err != nil {
			return false, err
		}
		temporary, err := f.GetTemporaryName(ctx)
		if err != nil {
			return false, err
		}
		good, err := t.isGood(ctx, i, temporary)
		if err != nil {
			return false, err
		}
		if err := f.SetValidationState(ctx, good); err != nil || !good {
			return false, err
		}
	}
	return true, nil
}

// isGood compares what has come of a file, and is under a name, with what it must be.
func (t *task) isGood(ctx context.Context, i item, name string) (bool, error) {
	sum, err := t.sum(ctx, name)
	if err != nil {
		return false, fmt.Errorf("updater: %s: %w", i.local, err)
	}
	good := i.want != nil && sum == i.want.SHA256
	if !good {
		t.u.note("%s: %s has the SHA-256 %x, which is not what it must be", t.update.Name, i.local, sum[:4])
	}
	return good, nil
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
