package sid_test

import (
	"errors"
	"fmt"

	"github.com/bitsemu/bitsemu/sid"
)

func Example() {
	owner := sid.MustParse("S-1-5-21-3623811015-3361044348-30300820-1013")
	jobs := map[sid.SID]int{owner: 2, sid.LocalSystem: 1}
	fmt.Println(jobs[sid.MustParse("SY")], sid.LocalSystem.Name())
	// Output: 1 NT AUTHORITY\SYSTEM
}

func ExampleParse() {
	for _, text := range []string{"S-1-5-32-544", "s-1-0x5-0x20-544", "BA"} {
		s, err := sid.Parse(text)
		fmt.Println(s, err)
	}
	_, err := sid.Parse("S-1-5-")
	fmt.Println(err)
	// Output:
	// S-1-5-32-544 <nil>
	// S-1-5-32-544 <nil>
	// S-1-5-32-544 <nil>
	// sid: "S-1-5-": sub authority 1 at byte 6: missing
}

func ExampleDomains_Parse() {
	domains := sid.Domains{Domain: sid.MustParse("S-1-5-21-662879016-4273562002-1571451940")}
	admins, err := domains.Parse("DA")
	fmt.Println(admins, err)
	// Output: S-1-5-21-662879016-4273562002-1571451940-512 <nil>
}

func ExampleDecodePrefix() {
	b, _ := sid.LocalSystem.AppendBinary(nil)
	b, _ = sid.BuiltinUsers.AppendBinary(b)
	for len(b) > 0 {
		s, rest, err := sid.DecodePrefix(b)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(s)
		b = rest
	}
	// Output:
	// S-1-5-18
	// S-1-5-32-545
}

func ExampleSID_WithRID() {
	domain := sid.MustParse("S-1-5-21-662879016-4273562002-1571451940")
	admins, err := domain.WithRID(sid.DOMAIN_GROUP_RID_ADMINS)
	fmt.Println(admins, err)
	// Output: S-1-5-21-662879016-4273562002-1571451940-512 <nil>
}

func ExampleForService() {
	fmt.Println(sid.ForService("BITS"))
	// Output: S-1-5-80-864916184-135290571-3087830041-1716922880-4237303741
}

func ExampleError() {
	_, err := sid.Parse("S-1-5-18 ")
	var refused *sid.Error
	if errors.As(err, &refused) {
		fmt.Printf("%s at byte %d: %s, HRESULT %#x\n", refused.Field, refused.Offset, refused.Reason, refused.HRESULT())
	}
	// Output: sub authority 1 at byte 6: not a number, HRESULT 0x80070539
}
