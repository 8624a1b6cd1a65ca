package remote

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/sid"
	"github.com/bitsemu/bitsemu/token"
)

// Control does an operation of /v1/control: args are written as JSON, and results, if
// not nil, read from it. The other methods of [Client] that are about the machine around
// the service are made of it; an operation that a newer server has can be had by it too.
func (c *Client) Control(ctx context.Context, operation string, args, results any) error {
	body, err := json.Marshal(args)
	if err != nil {
		return fmt.Errorf("remote: %s: %w: %w", operation, hresult.E_INVALIDARG, err)
	}
	if _, err := c.current(operation); err != nil {
		return err
	}
	answer, err := c.conn.call(ctx, operation, "/v1/control/"+operation, body)
	if err != nil || results == nil {
		return err
	}
	if err := json.Unmarshal(answer.Results, results); err != nil {
		return fmt.Errorf("remote: %s: the answer cannot be read: %w: %w", operation, hresult.RPC_E_CLIENT_CANTUNMARSHAL_DATA, err)
	}
	return nil
}

// fields are arguments.
type fields map[string]any

func (c *Client) control(ctx context.Context, operation string, args fields) error {
	return c.Control(ctx, operation, args, nil)
}

// Settle does all that is due now, callbacks included. A service that follows the real
// time is waited for.
func (c *Client) Settle(ctx context.Context) error { return c.control(ctx, "settle", fields{}) }

// Advance lets the emulated time go on, and does all that falls due meanwhile. A service
// that follows the real time is waited for.
func (c *Client) Advance(ctx context.Context, d time.Duration) error {
	return c.control(ctx, "advance", fields{"by": d.String()})
}

// Now is the emulated time.
func (c *Client) Now(ctx context.Context) (time.Time, error) {
	info, err := c.Info(ctx)
	return info.Time, err
}

// SetClock sets the clock of the machine, as its user may do; timers do not follow.
func (c *Client) SetClock(ctx context.Context, t time.Time) error {
	return c.control(ctx, "clock", fields{"time": t})
}

// NetworkDown takes the network away.
func (c *Client) NetworkDown(ctx context.Context) error {
	return c.control(ctx, "network", fields{"up": false})
}

// NetworkUp brings the network back.
func (c *Client) NetworkUp(ctx context.Context) error {
	return c.control(ctx, "network", fields{"up": true})
}

// SetCost says what the network costs.
func (c *Client) SetCost(ctx context.Context, cost bits.CostState) error {
	return c.control(ctx, "cost", fields{"cost": cost})
}

// BlockBandwidth begins or ends an interval in which the policy leaves no bandwidth.
func (c *Client) BlockBandwidth(ctx context.Context, blocked bool) error {
	return c.control(ctx, "bandwidth", fields{"blocked": blocked})
}

// SetBatterySaver turns the battery saver on or off.
func (c *Client) SetBatterySaver(ctx context.Context, on bool) error {
	return c.control(ctx, "battery", fields{"saver": on})
}

// SetGameMode turns the game mode on or off.
func (c *Client) SetGameMode(ctx context.Context, on bool) error {
	return c.control(ctx, "gamemode", fields{"on": on})
}

// LogOn logs a user on interactively, and returns the new log-on session.
func (c *Client) LogOn(ctx context.Context, user sid.SID) (token.Session, error) {
	var r struct{ Session token.Session }
	err := c.Control(ctx, "logon", fields{"user": user}, &r)
	return r.Session, err
}

// LogOnSession is LogOn for a log-on session that is known already.
func (c *Client) LogOnSession(ctx context.Context, user sid.SID, session token.Session) error {
	return c.control(ctx, "logon", fields{"user": user, "session": session})
}

// LogOff ends all log-on sessions of a user.
func (c *Client) LogOff(ctx context.Context, user sid.SID) error {
	return c.control(ctx, "logoff", fields{"user": user})
}

// EndSession ends one log-on session.
func (c *Client) EndSession(ctx context.Context, session token.Session) error {
	return c.control(ctx, "endsession", fields{"session": session})
}

func (c *Client) service(ctx context.Context, do string) error {
	return c.control(ctx, "service", fields{"do": do})
}

// Start starts the emulated service if it is stopped.
func (c *Client) Start(ctx context.Context) error { return c.service(ctx, "start") }

// Stop stops the emulated service; the next activation starts it again. All pointers are
// dead afterwards.
func (c *Client) Stop(ctx context.Context) error { return c.service(ctx, "stop") }

// Restart stops and starts the emulated service, as a reboot does.
func (c *Client) Restart(ctx context.Context) error { return c.service(ctx, "restart") }

// Disable stops the emulated service and keeps it from being started.
func (c *Client) Disable(ctx context.Context) error { return c.service(ctx, "disable") }

// Enable ends Disable.
func (c *Client) Enable(ctx context.Context) error { return c.service(ctx, "enable") }
