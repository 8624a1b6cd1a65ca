package transfer_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/transfer"
)

// A server breaks off in the middle; the second attempt goes on from there.
func Example() {
	script := transfer.NewScript(transfer.Size(1000), transfer.CutAfter(600, 1))
	client := &transfer.Client{Transport: script}
	d, err := transfer.New(client, transfer.Request{URL: "http://example.com/file"}, transfer.State{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer d.Close()

	var file local
	for {
		res, err := d.Step(context.Background(), &file, 1<<20)
		var failed *transfer.Error
		if errors.As(err, &failed) {
			fmt.Println(failed.Code.String(), "transient:", failed.Transient, "held:", d.State().Held)
			if failed.Transient {
				continue // at once, where BITS would wait for the retry delay
			}
			return
		}
		if res.Done {
			break
		}
	}
	fmt.Print(script)
	// Output:
	// HRESULT_FROM_WIN32(ERROR_WINHTTP_CONNECTION_ERROR) transient: true held: 600
	// HEAD http://example.com/file  -> 200, 0 bytes
	// GET http://example.com/file bytes=0-999 -> 206, 600 bytes
	// HEAD http://example.com/file  -> 200, 0 bytes
	// GET http://example.com/file bytes=600-999 -> 206, 400 bytes
}

// A step never waits: it says until when there is nothing to do.
func ExampleWait() {
	now := time.Date(2024, 1, 1, 12, 0, 0, 0, time.UTC)
	ctx := transfer.WithNow(context.Background(), func() time.Time { return now })
	client := &transfer.Client{Transport: transfer.NewScript(transfer.Size(10), transfer.Delay(time.Minute))}
	d, _ := transfer.New(client, transfer.Request{URL: "http://example.com/file"}, transfer.State{})
	defer d.Close()

	_, err := d.Step(ctx, &local{}, 100)
	fmt.Println(err)
	var wait *transfer.Wait
	if errors.As(err, &wait) {
		now = wait.Until
	}
	res, err := d.Step(ctx, &local{}, 100)
	fmt.Println(res.Connected, err)
	// Output:
	// transfer: not ready until 2024-01-01T12:01:00Z
	// true <nil>
}

// A handler behind a policy: the job's owner has to be somebody it knows.
func ExampleProtect() {
	h := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "hello") })
	server := transfer.Handler(transfer.Protect(h, transfer.Policy{
		Schemes: []bits.AuthScheme{bits.BG_AUTH_SCHEME_NEGOTIATE}, Principals: []string{"S-1-5-20"},
	}))
	for _, who := range []string{"S-1-5-20", "S-1-5-19"} {
		d, _ := transfer.New(&transfer.Client{Transport: server}, transfer.Request{
			URL: "http://intranet/file", Auth: authenticator(func(c transfer.Challenge) string {
				return transfer.Simulated(c.Scheme, who)
			}),
		}, transfer.State{})
		_, err := d.Step(context.Background(), &local{}, 100)
		fmt.Println(who, errors.Is(err, hresult.BG_E_HTTP_ERROR_401))
		_ = d.Close()
	}
	// Output:
	// S-1-5-20 false
	// S-1-5-19 true
}

type authenticator func(c transfer.Challenge) string

func (f authenticator) Authorize(_ context.Context, c transfer.Challenge) (string, error) {
	return f(c), nil
}
