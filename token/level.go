package token

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Level is the impersonation level of a caller: how far the service may act in
// its name. The numbers are those of RPC_C_IMP_LEVEL, so that a lower level is a
// lower number. BITS needs LevelImpersonate (D
// example-adding-a-helper-token-to-a-bits-transfer-job-.md).
type Level uint8

// The impersonation levels.
const (
	LevelAnonymous   Level = 1 // the service does not learn who calls
	LevelIdentify    Level = 2 // it learns who calls, and cannot act as the caller
	LevelImpersonate Level = 3 // it can act as the caller on its own machine
	LevelDelegate    Level = 4 // it can act as the caller on other machines too
)

var levelNames = []string{LevelAnonymous: "Anonymous", LevelIdentify: "Identify", LevelImpersonate: "Impersonate", LevelDelegate: "Delegate"}

func (l Level) valid() bool { return LevelAnonymous <= l && l <= LevelDelegate }

// String prints "Impersonate", and the number where that is no level.
func (l Level) String() string {
	if !l.valid() {
		return strconv.Itoa(int(l))
	}
	return levelNames[l]
}

// MarshalText is String in lower case. It fails for a number that is no level.
func (l Level) MarshalText() ([]byte, error) {
	if !l.valid() {
		return nil, fmt.Errorf("token: %d is no impersonation level: want %d to %d", l, LevelAnonymous, LevelDelegate)
	}
	return []byte(strings.ToLower(l.String())), nil
}

// UnmarshalText reads the name of a level in any case.
func (l *Level) UnmarshalText(text []byte) error {
	i := slices.IndexFunc(levelNames[1:], func(name string) bool { return strings.EqualFold(name, string(text)) })
	if i < 0 {
		return fmt.Errorf("token: %q is no impersonation level: want anonymous, identify, impersonate or delegate", text)
	}
	*l = Level(1 + i)
	return nil
}
