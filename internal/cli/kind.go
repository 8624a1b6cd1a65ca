package cli

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Text is any text.
var Text = Kind{}

// File is the name of a file.
var File = Kind{Files: true}

// Duration is a time such as 90s or 1h30m, not below zero.
var Duration = Kind{
	Check: func(s string) error {
		switch d, err := time.ParseDuration(s); {
		case err != nil:
			return fmt.Errorf("%q is no duration such as 90s or 1h30m", s)
		case d < 0:
			return fmt.Errorf("%q is a duration below zero", s)
		}
		return nil
	},
	Words: func(*Call) []Item { return []Item{{"1s", ""}, {"10m", ""}, {"24h", ""}} },
}

// Count is a whole number, not below zero.
var Count = Kind{Check: func(s string) error {
	if _, err := strconv.ParseUint(s, 10, 31); err != nil {
		return fmt.Errorf("%q is no number from 0 to %d", s, 1<<31-1)
	}
	return nil
}}

// OneOf is one of some words.
func OneOf(words ...string) Kind {
	items := make([]Item, len(words))
	for i, w := range words {
		items[i].Name = w
	}
	return OneOfItems(items...)
}

// OneOfItems is one of some words, each with an explanation.
func OneOfItems(items ...Item) Kind {
	return Kind{
		Check: func(s string) error {
			if slices.ContainsFunc(items, func(i Item) bool { return i.Name == s }) {
				return nil
			}
			names := make([]string, len(items))
			for i, item := range items {
				names[i] = item.Name
			}
			return fmt.Errorf("%q is none of %s", s, strings.Join(names, ", "))
		},
		Words: func(*Call) []Item { return items },
	}
}

// Checked is whatever parse reads, with words to propose.
func Checked[T any](parse func(string) (T, error), words ...string) Kind {
	k := OneOf(words...)
	k.Check = func(s string) error {
		_, err := parse(s)
		return err
	}
	return k
}
