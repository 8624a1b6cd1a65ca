package bits_test

import (
	"context"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/sid"
	"github.com/bitsemu/bitsemu/token"
)

// A service lends a job the identity of a user, through an interface that it
// got as itself.
func ExampleTokenOptions() {
	_ = func(ctx context.Context, options bits.TokenOptions) error {
		user := token.User(sid.MustParse("S-1-5-21-3623811015-3361044348-30300820-1013"))
		impersonating := token.NewContext(ctx, user)
		if err := options.SetHelperToken(impersonating); err != nil {
			return err
		}
		return options.SetHelperTokenFlags(impersonating, bits.BG_TOKEN_LOCAL_FILE)
	}
}
