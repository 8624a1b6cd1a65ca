package token_test

import (
	"context"
	"fmt"

	"github.com/bitsemu/bitsemu/sid"
	"github.com/bitsemu/bitsemu/token"
)

func Example() {
	alice := token.User(sid.MustParse("S-1-5-21-3623811015-3361044348-30300820-1001"))
	ctx := token.NewContext(context.Background(), alice)

	caller, ok := token.FromContext(ctx)
	fmt.Println(caller, ok)
	// Output: S-1-5-21-3623811015-3361044348-30300820-1001 (user, Medium) true
}

func ExampleToken_With() {
	owner := token.LocalSystem()
	fmt.Println(owner.With(token.WithLevel(token.LevelIdentify)))
	fmt.Println(owner)
	// Output:
	// S-1-5-18 NT AUTHORITY\SYSTEM (administrator, elevated, System, level Identify)
	// S-1-5-18 NT AUTHORITY\SYSTEM (administrator, elevated, System)
}
