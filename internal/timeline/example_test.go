package timeline_test

import (
	"fmt"
	"time"

	"github.com/bitsemu/bitsemu/internal/timeline"
)

func ExampleLine() {
	line := timeline.New[string](time.Date(2024, time.May, 17, 9, 0, 0, 0, time.UTC))
	line.At("retry", line.Now().Add(10*time.Minute))
	line.At("give up", line.Now().Add(14*24*time.Hour))

	target := line.Now().Add(time.Hour)
	for {
		when, ok := line.Next()
		if !ok || when.After(target) {
			break
		}
		line.Set(when)
		key, _ := line.Due(when)
		fmt.Println(line.Now().Format(time.TimeOnly), key)
	}
	line.Set(target)
	fmt.Println(line.Now().Format(time.TimeOnly), line.Len(), "left")
	// Output:
	// 09:10:00 retry
	// 10:00:00 1 left
}
