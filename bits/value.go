package bits

import (
	"encoding"
	"fmt"
)

//go:generate go run ./internal/gen

// Value is met by every enumeration and every set of flags in this package, and
// by nothing else.
type Value[T unsigned] interface {
	unsigned
	fmt.Stringer
	encoding.TextMarshaler
	Valid() bool
	nameSet() *nameSet[T]
}

// Parse reads a T in any form that this package prints it in, in any case:
//
//	bits.Parse[bits.JobState]("BG_JOB_STATE_QUEUED")    // as String prints it
//	bits.Parse[bits.JobState]("queued")                 // without the common prefix
//	bits.Parse[bits.HelperTokenFlags]("LOCAL_FILE|0x4") // flags joined by a bar
//	bits.Parse[bits.JobPriority]("17")                  // a number, named or not
//
// A number that has no name is no error, because what to make of it is up to
// the method that gets it: ask Valid.
func Parse[T Value[T]](text string) (T, error) {
	var v T
	return v.nameSet().parse(text)
}

// Values lists the named values of T in the order of their documentation. For
// flags that includes 0, combinations and masks where they have names.
func Values[T Value[T]]() []T {
	var v T
	names := v.nameSet().names
	values := make([]T, len(names))
	for i, n := range names {
		values[i] = n.value
	}
	return values
}
