package transfer_test

import (
	"bytes"
	"context"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/transfer"
)

// clock is time that moves when told.
type clock struct {
	mu    sync.Mutex
	now   time.Time
	woken int
}

func newClock() *clock { return &clock{now: time.Date(2024, 5, 6, 7, 8, 9, 0, time.UTC)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) wake() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.woken++
}

func (c *clock) context(t testing.TB) context.Context {
	return transfer.WithWake(transfer.WithNow(t.Context(), c.Now), c.wake)
}

// until moves on to the time that a Wait tells; false if it tells none.
func (c *clock) until(w *transfer.Wait) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if w.Until.IsZero() {
		return false
	}
	c.now = w.Until
	return true
}

func requireWait(t testing.TB, err error) *transfer.Wait {
	t.Helper()
	var w *transfer.Wait
	require.ErrorAs(t, err, &w)
	return w
}

func TestHoldAt(t *testing.T) {
	t.Parallel()
	c := newClock()
	s := transfer.NewScript(transfer.Size(10_000), transfer.HoldAt(4000))
	d, err := transfer.New(&transfer.Client{Transport: s}, transfer.Request{URL: site}, transfer.State{})
	require.NoError(t, err)
	defer d.Close()
	l := &local{}
	o := attempt(c.context(t), t, d, l, 1<<20, c.until)
	require.True(t, requireWait(t, o.err).Until.IsZero())
	require.EqualValues(t, 4000, o.Moved, "what came before is kept")
	require.EqualValues(t, 4000, d.State().Held)
	for range 3 { // asking again changes nothing
		res, err := d.Step(c.context(t), l, 1<<20)
		_ = requireWait(t, err)
		require.Zero(t, res.Moved)
	}
	require.Zero(t, c.woken)
	s.Set(transfer.HoldAt(5000))
	require.Equal(t, 1, c.woken)
	res, err := d.Step(c.context(t), l, 1<<20)
	_ = requireWait(t, err)
	require.EqualValues(t, 1000, res.Moved)
	s.Release()
	require.Equal(t, 2, c.woken)
	o = attempt(c.context(t), t, d, l, 1<<20, c.until)
	require.NoError(t, o.err)
	require.Len(t, s.Requests(), 2, "all in one attempt")
	require.True(t, bytes.Equal(s.Bytes(), l.data))
}

func TestHold(t *testing.T) {
	t.Parallel()
	c := newClock()
	s := transfer.NewScript(transfer.Size(100), transfer.Hold())
	d, err := transfer.New(&transfer.Client{Transport: s}, transfer.Request{URL: site}, transfer.State{})
	require.NoError(t, err)
	l := &local{}
	for range 3 {
		res, err := d.Step(c.context(t), l, 1<<20)
		require.True(t, requireWait(t, err).Until.IsZero())
		require.False(t, res.Connected)
	}
	require.Equal(t, []string{"HEAD"}, methods(s), "a request is one, however often it is asked for")
	s.Release()
	require.Equal(t, 1, c.woken)
	s.Set(transfer.Hold())
	_ = requireWait(t, attempt(c.context(t), t, d, l, 1<<20, c.until).err)
	require.NoError(t, d.Close())
	s.Release()

	// An abandoned request is forgotten.
	o := attempt(c.context(t), t, start(t, s, transfer.Request{}), l, 1<<20, c.until)
	require.NoError(t, o.err)
}

func TestDelay(t *testing.T) {
	t.Parallel()
	c := newClock()
	begun := c.Now()
	s := transfer.NewScript(transfer.Size(100), transfer.Delay(time.Minute))
	d, err := transfer.New(&transfer.Client{Transport: s}, transfer.Request{URL: site}, transfer.State{})
	require.NoError(t, err)
	defer d.Close()
	l := &local{}
	_, err = d.Step(c.context(t), l, 1<<20)
	require.Equal(t, begun.Add(time.Minute), requireWait(t, err).Until)
	o := attempt(c.context(t), t, d, l, 1<<20, c.until)
	require.NoError(t, o.err)
	require.Equal(t, 2*time.Minute, c.Now().Sub(begun), "HEAD and GET")
	require.Equal(t, []string{"HEAD", "GET bytes=0-99"}, methods(s))
}

func TestRate(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		size, rate int64
		want       time.Duration
	}{
		{10_000, 1000, 10 * time.Second},
		{10_001, 1000, 10*time.Second + time.Second/10},
		{10, 3, 3*time.Second + 4*time.Second/10},
		{3, 1, 3 * time.Second},
		{1000, 1 << 62, time.Second / 10},
	} {
		c := newClock()
		begun := c.Now()
		s := transfer.NewScript(transfer.Size(row.size), transfer.Rate(row.rate))
		d, err := transfer.New(&transfer.Client{Transport: s}, transfer.Request{URL: site}, transfer.State{})
		require.NoError(t, err)
		l := &local{}
		o := attempt(c.context(t), t, d, l, 1<<20, func(w *transfer.Wait) bool {
			require.True(t, w.Until.After(c.Now()), "time goes on")
			return c.until(w)
		})
		require.NoError(t, o.err)
		require.NoError(t, d.Close())
		require.Equal(t, row.want, c.Now().Sub(begun), "%v", row)
		require.True(t, bytes.Equal(s.Bytes(), l.data))
	}
}

// A rate may change on the way: what was too fast is made up for.
func TestRateChanges(t *testing.T) {
	t.Parallel()
	c := newClock()
	s := transfer.NewScript(transfer.Size(10_000), transfer.Rate(10_000))
	d, err := transfer.New(&transfer.Client{Transport: s}, transfer.Request{URL: site}, transfer.State{})
	require.NoError(t, err)
	defer d.Close()
	l := &local{}
	for d.State().Held < 5000 {
		if _, err := d.Step(c.context(t), l, 1<<20); err != nil {
			c.until(requireWait(t, err))
		}
	}
	begun := c.Now()
	s.Set(transfer.Rate(2500))
	for d.State().Held == 5000 {
		if _, err := d.Step(c.context(t), l, 1<<20); err != nil {
			c.until(requireWait(t, err))
		}
	}
	require.Equal(t, 3*time.Second/2+time.Second/10, c.Now().Sub(begun))
	s.Set(transfer.Rate(0))
	require.NoError(t, attempt(c.context(t), t, d, l, 1<<20, c.until).err)
	require.True(t, bytes.Equal(s.Bytes(), l.data))
}

func TestWaitText(t *testing.T) {
	t.Parallel()
	require.EqualError(t, &transfer.Wait{}, "transfer: not ready until woken")
	require.EqualError(t, &transfer.Wait{Until: newClock().Now()}, "transfer: not ready until 2024-05-06T07:08:09Z")
}

// A rate that is out of all proportion is none.
func TestRateWithoutEnd(t *testing.T) {
	t.Parallel()
	c := newClock()
	s := transfer.NewScript(transfer.Size(1000), transfer.Rate(1<<62), transfer.HoldAt(0))
	d, err := transfer.New(&transfer.Client{Transport: s}, transfer.Request{URL: site}, transfer.State{})
	require.NoError(t, err)
	defer d.Close()
	l := &local{}
	require.Error(t, attempt(c.context(t), t, d, l, 1<<20, c.until).err)
	c.until(&transfer.Wait{Until: c.Now().Add(time.Hour)})
	s.Release()
	o := attempt(c.context(t), t, d, l, 1<<20, nil)
	require.NoError(t, o.err)
	require.Equal(t, s.Bytes(), l.data)
}
