package bitstest_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/bitstest"
)

func TestDescribe(t *testing.T) {
	t.Parallel()
	none := bitstest.Describe()
	require.Nil(t, none.As)
	require.True(t, none.Wait(func() bool { return true }), "time is real")
	require.Empty(t, none.Dir+none.Share+none.Server+none.Uploads+none.Replies+none.Version)

	some := bitstest.Describe(
		bitstest.Dir(`C:\Earlier`, nil), bitstest.Dir(`C:\Downloads\`, nil), bitstest.Share(`\\files\share`, nil),
		bitstest.Server("http://files.test/"), bitstest.Uploads("http://uploads.test", nil),
		bitstest.Replies("http://replies.test", nil), bitstest.Version(10, 2),
		bitstest.Wait(func(func() bool) bool { return false }),
		bitstest.As(func(ctx context.Context, _ bitstest.Caller) (context.Context, bool) { return ctx, true }),
	)
	require.Equal(t, []string{`C:\Downloads`, `\\files\share`, "http://files.test", "http://uploads.test", "http://replies.test", "10.2"},
		[]string{some.Dir, some.Share, some.Server, some.Uploads, some.Replies, some.Version})
	require.False(t, some.Wait(func() bool { return true }))
	require.NotNil(t, some.As)
}
