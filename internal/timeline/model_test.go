package timeline_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/bitsemu/bitsemu/internal/timeline"
)

// model is a Line as a sorted slice.
type model struct {
	now    time.Time
	events []modelEvent
}

type modelEvent struct {
	key  int
	when time.Time
}

func (m *model) place(key int) int {
	return slices.IndexFunc(m.events, func(e modelEvent) bool { return e.key == key })
}

func (m *model) at(key int, when time.Time) {
	if i := m.place(key); i >= 0 {
		m.events = slices.Delete(m.events, i, i+1)
	}
	if when.IsZero() {
		return
	}
	m.events = append(m.events, modelEvent{key, when})
	slices.SortStableFunc(m.events, func(a, b modelEvent) int { return a.when.Compare(b.when) })
}

// TestModel does the same to a Line and to a sorted slice.
func TestModel(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		l, m := timeline.New[int](start), &model{now: start}
		key := rapid.IntRange(0, 40)
		at := rapid.Map(rapid.IntRange(-5, 30), minute) // few, so that many are equal
		t.Repeat(map[string]func(*rapid.T){
			"at": func(t *rapid.T) {
				k, when := key.Draw(t, "key"), at.Draw(t, "when")
				l.At(k, when)
				m.at(k, when)
			},
			"fill": func(t *rapid.T) { // deep heaps are rare otherwise
				for i, when := range rapid.SliceOfN(at, 41, 41).Draw(t, "times") {
					l.At(i, when)
					m.at(i, when)
				}
			},
			"remove": func(t *rapid.T) {
				k := key.Draw(t, "key")
				l.At(k, time.Time{})
				m.at(k, time.Time{})
			},
			"set": func(t *rapid.T) {
				now := at.Draw(t, "now")
				l.Set(now)
				if now.After(m.now) {
					m.now = now
				}
			},
			"due": func(t *rapid.T) {
				now := at.Draw(t, "now")
				got, ok := l.Due(now)
				if len(m.events) == 0 || m.events[0].when.After(now) {
					require.False(t, ok)
					require.Zero(t, got)
					return
				}
				require.True(t, ok)
				require.Equal(t, m.events[0].key, got)
				m.events = m.events[1:]
			},
			"": func(t *rapid.T) {
				require.Equal(t, m.now, l.Now())
				require.Equal(t, len(m.events), l.Len())
				when, ok := l.Next()
				require.Equal(t, len(m.events) > 0, ok)
				if ok {
					require.Equal(t, m.events[0].when, when)
				}
				for k := range 41 {
					when, ok := l.When(k)
					i := m.place(k)
					require.Equal(t, i >= 0, ok)
					if ok {
						require.Equal(t, m.events[i].when, when)
					}
				}
			},
		})
		for _, e := range m.events {
			got, ok := l.Due(minute(30))
			require.True(t, ok)
			require.Equal(t, e.key, got)
		}
		require.Zero(t, l.Len())
	})
}
