package tokenopts_test

import (
	"testing"

	"github.com/google/uuid"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/jobstore"
	"github.com/bitsemu/bitsemu/token"
	"github.com/bitsemu/bitsemu/tokenopts"
	"github.com/bitsemu/bitsemu/winver"
)

// What benchmarks store into, so that the compiler leaves nothing out.
var (
	sinkFlags   bits.HelperTokenFlags
	sinkOptions *tokenopts.Options
	sinkGrant   tokenopts.Grant
	sinkAllowed bool
)

func benchStore(b *testing.B) (*jobstore.Store, []uuid.UUID) {
	b.Helper()
	store := newStore(b)
	ids := make([]uuid.UUID, 1024)
	for i := range ids {
		ids[i] = newJob(b, store, alice, withHelper(bob, bothFlags)).ID()
	}
	return store, ids
}

func BenchmarkGetHelperTokenFlags(b *testing.B) {
	store, ids := benchStore(b)
	ctx := as(b, alice)
	options, err := tokenopts.New(store, winver.Windows10_1607).Query(ctx, ids[0])
	if err != nil {
		b.Fatal(err)
	}
	b.Run("direct", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			sinkFlags, _ = options.GetHelperTokenFlags(ctx)
		}
	})
	b.Run("interface", func(b *testing.B) {
		var viaInterface bits.TokenOptions = options
		b.ReportAllocs()
		for b.Loop() {
			sinkFlags, _ = viaInterface.GetHelperTokenFlags(ctx)
		}
	})
	b.Run("parallel", func(b *testing.B) {
		b.ReportAllocs()
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				_, _ = options.GetHelperTokenFlags(ctx)
			}
		})
	})
}

func BenchmarkQuery(b *testing.B) {
	store, ids := benchStore(b)
	for name, row := range map[string]struct {
		build  winver.Build
		caller token.Token
	}{
		"owner":                     {winver.Windows10_1607, alice},
		"administrator-before-1607": {winver.Windows8_1, bobElevated},
	} {
		b.Run(name, func(b *testing.B) {
			ctx := as(b, row.caller)
			service := tokenopts.New(store, row.build)
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				var err error
				if sinkOptions, err = service.Query(ctx, ids[i%len(ids)]); err != nil {
					b.Fatal(err)
				}
				i++
			}
		})
	}
}

func BenchmarkGetHelperTokenSid(b *testing.B) {
	store, ids := benchStore(b)
	ctx := as(b, alice)
	options, err := tokenopts.New(store, winver.Windows10_1607).Query(ctx, ids[0])
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := options.GetHelperTokenSid(ctx); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSetHelperTokenFlags(b *testing.B) {
	store, ids := benchStore(b)
	ctx := as(b, alice)
	options, err := tokenopts.New(store, winver.Windows10_1607).Query(ctx, ids[0])
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	flags := bits.HelperTokenFlags(0)
	for b.Loop() {
		flags ^= bits.BG_TOKEN_NETWORK
		if err := options.SetHelperTokenFlags(ctx, flags); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkIdentity(b *testing.B) {
	job := &jobstore.Job{Owner: network, HelperToken: alice, HelperTokenFlags: bothFlags}
	b.ReportAllocs()
	for b.Loop() {
		sinkGrant, _ = tokenopts.Identity(winver.Windows10_1809, job, tokenopts.RemoteFile)
	}
}

func BenchmarkJudge(b *testing.B) {
	call := tokenopts.Call{Build: winver.Windows10_1607, Method: tokenopts.SetHelperToken, Owner: alice, Query: alice, Thread: bobElevated}
	b.ReportAllocs()
	for b.Loop() {
		sinkAllowed = tokenopts.Judge(call).Allowed
	}
}
