package bitsadmin

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/token"
)

// braced is a GUID in upper case and braces.
func braced(id uuid.UUID) string { return bits.GUIDString(id) }

// size is a number of bytes, or that it is not known.
func size(n uint64) string {
	if n == bits.BG_SIZE_UNKNOWN {
		return "UNKNOWN"
	}
	return strconv.FormatUint(n, 10)
}

// of is "1 / 2".
func of(some, all string) string { return some + " / " + all }

func decimal[T ~uint8 | ~uint32 | ~uint64](n T) string { return strconv.FormatUint(uint64(n), 10) }

// typeWord is a type as bitsadmin.exe writes it.
func typeWord(t bits.JobType) string {
	switch t {
	case bits.BG_JOB_TYPE_DOWNLOAD:
		return "DOWNLOAD"
	case bits.BG_JOB_TYPE_UPLOAD:
		return "UPLOAD"
	case bits.BG_JOB_TYPE_UPLOAD_REPLY:
		return "UPLOAD-REPLY"
	}
	return "UNKNOWN"
}

func stateWord(s bits.JobState) string { return known(s.Valid(), s.Short()) }

func priorityWord(p bits.JobPriority) string { return known(p.Valid(), p.Short()) }

func usageWord(u bits.ProxyUsage) string { return known(u.Valid(), u.Short()) }

func known(valid bool, word string) string {
	if !valid {
		return "UNKNOWN"
	}
	return word
}

// moment is a time in the form of the United States, the date short and the time long.
func (c *call) moment(t time.Time) string {
	if t.IsZero() {
		return "UNKNOWN"
	}
	return t.In(c.env.location()).Format("1/2/2006 3:04:05 PM")
}

// orNull is a text, or NULL for none.
func orNull(s *string) string {
	if s == nil || *s == "" {
		return "NULL"
	}
	return *s
}

func boolWord(b bool) string { return strconv.FormatBool(b) }

const aclLetters = "OGDS"

// aclWord is the letters of ACL flags.
func aclWord(f bits.FileACLFlags) string {
	var b strings.Builder
	for i, letter := range aclLetters {
		if f&(1<<i) != 0 {
			b.WriteRune(letter)
		}
	}
	return b.String()
}

// parseACL reads letters.
func parseACL(s string) (f bits.FileACLFlags, err error) {
	for _, letter := range strings.ToUpper(s) {
		i := strings.IndexRune(aclLetters, letter)
		if i < 0 {
			return 0, badValue(s, "some of the letters "+aclLetters)
		}
		f |= 1 << i
	}
	return f, nil
}

// integrityWord is the integrity level of an owner.
func integrityWord(rid uint32) string {
	switch level := token.Integrity(rid); {
	case level >= token.IntegritySystem:
		return "SYSTEM"
	case level >= token.IntegrityHigh:
		return "HIGH"
	case level >= token.IntegrityMedium:
		return "MEDIUM"
	case level >= token.IntegrityLow:
		return "LOW"
	}
	return "UNTRUSTED"
}

// number reads a number of 32 bits, in hexadecimal after 0x.
func number(arg string) (uint32, error) {
	digits, base := arg, 10
	if len(arg) > 2 && strings.EqualFold(arg[:2], "0x") {
		digits, base = arg[2:], 16
	}
	n, err := strconv.ParseUint(digits, base, 32)
	if err != nil {
		return 0, badValue(arg, "a number")
	}
	return uint32(n), nil
}

// nullable reads an argument for which NULL means that there is none.
func nullable(arg string) *string {
	if strings.EqualFold(arg, "NULL") {
		return nil
	}
	return &arg
}

// choice is a word and what it stands for.
type choice[T any] struct {
	word  string
	value T
}

// choose reads one of several words, in any case.
func choose[T any](arg string, choices []choice[T]) (none T, err error) {
	var words []string
	for _, c := range choices {
		if strings.EqualFold(arg, c.word) {
			return c.value, nil
		}
		words = append(words, c.word)
	}
	return none, badValue(arg, "one of "+strings.Join(words, ", "))
}

var priorities = []choice[bits.JobPriority]{
	{"FOREGROUND", bits.BG_JOB_PRIORITY_FOREGROUND}, {"HIGH", bits.BG_JOB_PRIORITY_HIGH},
	{"NORMAL", bits.BG_JOB_PRIORITY_NORMAL}, {"LOW", bits.BG_JOB_PRIORITY_LOW},
}

var usages = []choice[bits.ProxyUsage]{
	{"PRECONFIG", bits.BG_JOB_PROXY_USAGE_PRECONFIG}, {"AUTODETECT", bits.BG_JOB_PROXY_USAGE_AUTODETECT},
	{"NO_PROXY", bits.BG_JOB_PROXY_USAGE_NO_PROXY}, {"OVERRIDE", bits.BG_JOB_PROXY_USAGE_OVERRIDE},
}

var targets = []choice[bits.AuthTarget]{{"SERVER", bits.BG_AUTH_TARGET_SERVER}, {"PROXY", bits.BG_AUTH_TARGET_PROXY}}

var schemes = []choice[bits.AuthScheme]{
	{"BASIC", bits.BG_AUTH_SCHEME_BASIC}, {"DIGEST", bits.BG_AUTH_SCHEME_DIGEST}, {"NTLM", bits.BG_AUTH_SCHEME_NTLM},
	{"NEGOTIATE", bits.BG_AUTH_SCHEME_NEGOTIATE}, {"PASSPORT", bits.BG_AUTH_SCHEME_PASSPORT},
}

// stores are the numbers of certificate stores, which begin at 1 here, and their names
// in the API.
var stores = storeChoices()

func storeChoices() (all []choice[bits.CertStoreLocation]) {
	for v := bits.BG_CERT_STORE_LOCATION_CURRENT_USER; v.Valid(); v++ {
		all = append(all, choice[bits.CertStoreLocation]{decimal(v + 1), v}, choice[bits.CertStoreLocation]{v.Short(), v},
			choice[bits.CertStoreLocation]{v.String(), v})
	}
	return all
}

var truths = []choice[bool]{{"TRUE", true}, {"FALSE", false}}

func fileLine(done, total uint64, remote, local string) string {
	return fmt.Sprintf("%s WORKING %s -> %s", of(size(done), size(total)), remote, local)
}
