package transcript

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/bitstest"
	"github.com/bitsemu/bitsemu/hresult"
)

type callback1 struct{ err error }

func (c callback1) JobTransferred(context.Context, bits.Job) error       { return c.err }
func (c callback1) JobError(context.Context, bits.Job, bits.Error) error { return c.err }
func (c callback1) JobModification(context.Context, bits.Job) error      { return c.err }

type callback2 struct{ callback1 }

func (c callback2) FileTransferred(context.Context, bits.Job, bits.File) error { return c.err }

type callback3 struct{ callback2 }

func (c callback3) FileRangesTransferred(context.Context, bits.Job, bits.File, []bits.FileRange) error {
	return c.err
}

type validation struct{}

func (validation) ValidateServerCertificate(context.Context, bits.Job, bits.File, []byte, uint32, []byte) error {
	return nil
}

// A callback is given to the service with the interfaces that it has and no others.
func TestLentCallbacks(t *testing.T) {
	t.Parallel()
	r := newRecorder(bitstest.Surroundings{})
	job := object{r.main, "job1", nil}
	require.Nil(t, job.lendCallback(nil))
	require.Nil(t, unlendCallback(nil))
	require.Nil(t, job.lendValidation(nil))
	for _, inner := range []bits.Callback{callback1{}, callback2{}, callback3{}} {
		lent := job.lendCallback(inner)
		_, is2 := lent.(bits.Callback2)
		_, want2 := inner.(bits.Callback2)
		require.Equal(t, want2, is2)
		_, is3 := lent.(bits.Callback3)
		_, want3 := inner.(bits.Callback3)
		require.Equal(t, want3, is3)
		require.Equal(t, inner, unlendCallback(lent))
	}
	require.Equal(t, callback1{}, unlendCallback(callback1{}), "one of another program")
}

// Events that are equal and follow each other are one.
func TestEvents(t *testing.T) {
	t.Parallel()
	r := newRecorder(bitstest.Surroundings{})
	job, ctx := object{r.main, "job1", nil}, t.Context()
	told, ok := job.lendCallback(callback3{callback2{callback1{hresult.E_FAIL}}}).(bits.Callback3)
	require.True(t, ok)
	for range 2 {
		require.Equal(t, hresult.E_FAIL, told.JobTransferred(ctx, nil))
		require.Equal(t, hresult.E_FAIL, told.JobTransferred(ctx, nil))
		require.Equal(t, hresult.E_FAIL, told.JobError(ctx, nil, nil))
		require.Equal(t, hresult.E_FAIL, told.JobModification(ctx, nil))
		require.Equal(t, hresult.E_FAIL, told.FileTransferred(ctx, nil, nil))
		require.Equal(t, hresult.E_FAIL, told.FileRangesTransferred(ctx, nil, nil, []bits.FileRange{{Length: 1}}))
	}
	require.NoError(t, job.lendValidation(validation{}).ValidateServerCertificate(ctx, nil, nil, nil, 1, nil))
	var texts []string
	for _, c := range r.callbacks {
		require.Equal(t, "job1", c.Of)
		for _, e := range c.Events {
			texts = append(texts, c.Name+" "+e.String())
		}
	}
	once := []string{
		"callback1 JobTransferred(job) ! E_FAIL", "callback1 JobError(job, error) ! E_FAIL", "callback1 JobModification(job) ! E_FAIL",
		"callback1 FileTransferred(job, file) ! E_FAIL", "callback1 FileRangesTransferred(job, file, [{InitialOffset: 0, Length: 1}]) ! E_FAIL",
	}
	require.Equal(t, append(append(once, once...), "validation2 ValidateServerCertificate(job, file, 1) = S_OK"), texts)
}
