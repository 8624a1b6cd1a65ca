package serve

import (
	"context"
	"reflect"
	"time"

	"github.com/bitsemu/bitsemu"
	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/token"
)

// operation is something that can be done to the machine around the service.
type operation struct {
	name          string
	says          string
	args, results reflect.Type
	do            func(s *Server, ctx context.Context, body []byte) (any, error)
}

// none is no argument, or no result.
type none struct{}

// op makes an operation of a function with typed arguments and results. Fields of
// arguments that are pointers, or have omitempty, may be left out.
func op[A, R any](name, says string, do func(*Server, context.Context, A) (R, error)) operation {
	return operation{name, says, reflect.TypeFor[A](), reflect.TypeFor[R](), func(s *Server, ctx context.Context, body []byte) (any, error) {
		var args A
		if err := decode(body, &args); err != nil {
			return nil, err
		}
		return do(s, ctx, args)
	}}
}

// world is an operation that cannot fail.
func world[A any](name, says string, do func(*bitsemu.Emulator, A)) operation {
	return op(name, says, func(s *Server, _ context.Context, a A) (none, error) {
		do(s.emu, a)
		return none{}, nil
	})
}

// attempt is an operation that can fail, and has no result.
func attempt[A any](name, says string, do func(*bitsemu.Emulator, A) error) operation {
	return op(name, says, func(s *Server, _ context.Context, a A) (none, error) { return none{}, do(s.emu, a) })
}

type (
	argsAdvance struct {
		By span `json:"by"`
	}
	argsClock struct {
		Time time.Time `json:"time"`
	}
	resultTime struct {
		Time time.Time `json:"time"`
	}
	argsUp struct {
		Up bool `json:"up"`
	}
	argsCost struct {
		Cost bits.CostState `json:"cost"`
	}
	argsBlocked struct {
		Blocked bool `json:"blocked"`
	}
	argsSaver struct {
		Saver bool `json:"saver"`
	}
	argsOn struct {
		On bool `json:"on"`
	}
	argsLogOn struct {
		User    account       `json:"user"`
		Session token.Session `json:"session,omitempty"`
	}
	resultLogOn struct {
		User    account       `json:"user"`
		Session token.Session `json:"session"`
	}
	argsUser struct {
		User account `json:"user"`
	}
	argsSession struct {
		Session token.Session `json:"session"`
	}
	argsService struct {
		Do string `json:"do"`
	}
	argsProxy struct {
		User   account `json:"user"`
		List   string  `json:"list"`
		Bypass string  `json:"bypass,omitempty"`
	}
	argsServiceProxy struct {
		Account account          `json:"account"`
		Usage   *bits.ProxyUsage `json:"usage,omitempty"`
		List    string           `json:"list,omitempty"`
		Bypass  string           `json:"bypass,omitempty"`
	}
	resultServiceProxy struct {
		Usage  bits.ProxyUsage `json:"usage"`
		List   string          `json:"list"`
		Bypass string          `json:"bypass"`
	}
	argsList struct {
		List string `json:"list"`
	}
	argsRestrict struct {
		Path  string    `json:"path"`
		Read  []account `json:"read,omitempty"`
		Write []account `json:"write,omitempty"`
	}
	argsMapDrive struct {
		User   account `json:"user"`
		Letter string  `json:"letter"`
	}
	argsLock struct {
		Letter string `json:"letter"`
		Locked bool   `json:"locked"`
	}
)

// operations are all of /v1/control/, in the order of the document.
func operations() []operation {
	return []operation{
		op("settle", "Does all that is due now. With real time, waits until it is done.", func(s *Server, ctx context.Context, _ none) (none, error) {
			return none{}, s.advance(ctx, 0)
		}),
		op("advance", "Moves the time, and does all that falls due meanwhile. With real time, waits for so long.", func(s *Server, ctx context.Context, a argsAdvance) (resultTime, error) {
			if a.By < 0 {
				return resultTime{}, malformed("by: the time goes forward alone")
			}
			err := s.advance(ctx, time.Duration(a.By))
			return resultTime{s.emu.Now()}, err
		}),
		op("clock", "Sets the clock of the machine, as its user may do; timers do not follow.", func(s *Server, _ context.Context, a argsClock) (resultTime, error) {
			s.emu.SetClock(a.Time)
			return resultTime{s.emu.Now()}, nil
		}),
		world("network", "Takes the network away, or brings it back.", func(e *bitsemu.Emulator, a argsUp) {
			if a.Up {
				e.NetworkUp()
			} else {
				e.NetworkDown()
			}
		}),
		world("cost", "Says what the network costs.", func(e *bitsemu.Emulator, a argsCost) { e.SetCost(a.Cost) }),
		world("bandwidth", "Begins or ends an interval in which the policy leaves no bandwidth.", func(e *bitsemu.Emulator, a argsBlocked) { e.BlockBandwidth(a.Blocked) }),
		world("battery", "Turns the battery saver on or off.", func(e *bitsemu.Emulator, a argsSaver) { e.SetBatterySaver(a.Saver) }),
		world("gamemode", "Turns the game mode on or off.", func(e *bitsemu.Emulator, a argsOn) { e.SetGameMode(a.On) }),
		op("logon", "Logs a user on interactively.", func(s *Server, _ context.Context, a argsLogOn) (resultLogOn, error) {
			if a.Session == 0 {
				a.Session = s.emu.LogOn(a.User.SID)
			} else {
				s.emu.LogOnSession(a.User.SID, a.Session)
			}
			return resultLogOn(a), nil
		}),
		attempt("logoff", "Ends all sessions of a user.", func(e *bitsemu.Emulator, a argsUser) error { return e.LogOff(a.User.SID) }),
		attempt("endsession", "Ends one log-on session.", func(e *bitsemu.Emulator, a argsSession) error { return e.EndSession(a.Session) }),
		attempt("service", "Does something to the service: start, stop, restart, disable or enable.", service),
		attempt("fault", "Makes a call, or a step of a transfer, fail or be late.", fail),
		op("script", "Puts a scripted file at a URL, changes it, lets go on what it holds, or removes it.", (*Server).script),
		attempt("protect", "Has a host ask who is there.", func(e *bitsemu.Emulator, a argsPolicy) error { return e.Protect(a.Base, a.policy(false)) }),
		attempt("proxyserver", "Sets up a proxy, such as http://proxy:8080.", proxyServer),
		world("proxy", "Sets the proxy in the settings of a user.", func(e *bitsemu.Emulator, a argsProxy) { e.SetProxy(a.User.SID, a.List, a.Bypass) }),
		op("serviceproxy", "Sets the proxy of a service account if a usage is given, and tells what it is.", func(s *Server, _ context.Context, a argsServiceProxy) (r resultServiceProxy, err error) {
			if a.Usage != nil {
				err = s.emu.SetServiceProxy(a.Account.SID, *a.Usage, a.List, a.Bypass)
			}
			r.Usage, r.List, r.Bypass = s.emu.ServiceProxy(a.Account.SID)
			return r, err
		}),
		world("autoproxy", "Sets what automatic detection of proxies finds.", func(e *bitsemu.Emulator, a argsList) { e.SetAutoProxy(a.List) }),
		attempt("restrict", "Says who may read and write below a directory or on a share: everybody where it is left out.", func(e *bitsemu.Emulator, a argsRestrict) error {
			return e.Restrict(bitsemu.AccessRule{Path: a.Path, Read: sids(a.Read), Write: sids(a.Write)})
		}),
		attempt("mapdrive", "Says that a drive letter means something else for a user than for the others.", func(e *bitsemu.Emulator, a argsMapDrive) error {
			return e.MapDrive(a.User.SID, a.Letter)
		}),
		attempt("certificate", "Puts a client certificate into a store.", certificate),
		attempt("lockvolume", "Locks a drive for a check of the disk, or ends that.", func(e *bitsemu.Emulator, a argsLock) error {
			return e.LockVolume(a.Letter, a.Locked)
		}),
		attempt("restore", "Makes the machine be as a snapshot tells.", func(e *bitsemu.Emulator, a bitsemu.Snapshot) error { return e.Restore(a) }),
	}
}

func service(e *bitsemu.Emulator, a argsService) error {
	switch a.Do {
	case "start":
		return e.StartService()
	case "stop":
		return e.Stop()
	case "restart":
		return e.Restart()
	case "disable":
		return e.Disable()
	case "enable":
		e.Enable()
		return nil
	}
	return malformed("do: %q: want start, stop, restart, disable or enable", a.Do)
}

func controlRoutes() []route {
	var all []route
	for _, o := range operations() {
		all = append(all, route{method: "POST", path: "/v1/control/" + o.name, says: o.says, takes: o.args, do: func(s *Server, r *request) (any, error) {
			results, err := o.do(s, r.r.Context(), r.body)
			return answerOf(results, hresult.S_OK, err)
		}})
	}
	return all
}
