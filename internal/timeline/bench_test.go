package timeline_test

import (
	"testing"
	"time"

	"github.com/bitsemu/bitsemu/internal/timeline"
)

const million = 1_000_000

// BenchmarkAt sets the events of a line of a million again.
func BenchmarkAt(b *testing.B) {
	l, times := warm(million)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		l.At(i*7919%million, times[i%million])
	}
}

// BenchmarkDue takes the next event of a million and sets it again.
func BenchmarkDue(b *testing.B) {
	l, _ := warm(million)
	b.ReportAllocs()
	for b.Loop() {
		when, _ := l.Next()
		key, _ := l.Due(when)
		l.At(key, when.Add(time.Hour))
	}
}

// BenchmarkMillion sets a million events and takes them all.
func BenchmarkMillion(b *testing.B) {
	_, times := warm(million)
	b.ReportAllocs()
	for b.Loop() {
		l := timeline.New[int](start)
		for key, when := range times {
			l.At(key, when)
		}
		for ok := true; ok; {
			_, ok = l.Due(minute(60))
		}
	}
}
