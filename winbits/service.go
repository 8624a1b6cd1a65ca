package winbits

import (
	"context"

	"github.com/google/uuid"

	"github.com/bitsemu/bitsemu/bits"
)

// Service is a connection to the service of this machine.
type Service struct {
	manager    bits.Manager
	close      func() error
	references func() int
}

// Option changes what [Connect] does.
type Option func(*options)

type options struct {
	class  uuid.UUID
	serial bool
}

// Class activates the manager as another class than CLSID_BackgroundCopyManager,
// for instance CLSID_BackgroundCopyManager5_0. A class that came with a later
// version of BITS than the one installed is REGDB_E_CLASSNOTREG (D
// determining-the-version-of-bits-on-a-computer.md).
func Class(clsid uuid.UUID) Option { return func(o *options) { o.class = clsid } }

// Serial lets calls take turns. Windows does not need it; the COM of Wine crashes
// now and then when calls are made side by side (O).
func Serial() Option { return func(o *options) { o.serial = true } }

// Connect activates the manager. The service is started if it does not run.
//
// Errors: REGDB_E_CLASSNOTREG for a class that this version of BITS lacks (D);
// what else activation answers; E_NOTIMPL on a system without COM.
func Connect(ctx context.Context, opts ...Option) (*Service, error) {
	o := options{class: bits.CLSID_BackgroundCopyManager}
	for _, opt := range opts {
		opt(&o)
	}
	return connect(ctx, o)
}

// Manager is the manager of the service.
func (s *Service) Manager() bits.Manager { return s.manager }

// Close waits for the calls under way and releases all references. After it every
// call of an object answers RPC_E_DISCONNECTED, and no callback is called. It must
// not be called in a callback. To close again does nothing.
//
// A service that nobody holds any more, nor any object or callback of it, is
// closed by the garbage collector.
func (s *Service) Close() error { return s.close() }

// References is how many references to objects of the service are held, callbacks
// that the service holds of this program included. It is for tests that look for
// leaks.
func (s *Service) References() int { return s.references() }
