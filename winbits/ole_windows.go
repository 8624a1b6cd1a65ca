package winbits

import (
	"errors"
	"fmt"
	"syscall"
	"unsafe"

	"github.com/google/uuid"
	"golang.org/x/sys/windows"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
)

var (
	ole32               = windows.NewLazySystemDLL("ole32.dll")
	coCreateInstance    = ole32.NewProc("CoCreateInstance")
	coDisconnectObject  = ole32.NewProc("CoDisconnectObject")
	coSetProxyBlanket   = ole32.NewProc("CoSetProxyBlanket")
	advapi32            = windows.NewLazySystemDLL("advapi32.dll")
	impersonateUser     = advapi32.NewProc("ImpersonateLoggedOnUser")
	clsctxLocalServer   = uintptr(windows.CLSCTX_LOCAL_SERVER)
	noAuthentication    = uintptr(0xffffffff) // RPC_C_AUTHN_DEFAULT and RPC_C_AUTHZ_DEFAULT: COM chooses
	defaultPrincipal    = ^uintptr(0)         // COLE_DEFAULT_PRINCIPAL
	defaultLevel        = uintptr(0)          // RPC_C_AUTHN_LEVEL_DEFAULT
	levelImpersonate    = uintptr(3)          // RPC_C_IMP_LEVEL_IMPERSONATE
	eoacDynamicCloaking = uintptr(0x40)
)

// activate is CoCreateInstance.
func activate(class uuid.UUID) (*iUnknown, error) {
	clsid, iid := bits.GUIDToWindows(class), bits.GUIDToWindows(bits.IID_IBackgroundCopyManager)
	var p *iUnknown
	r, _, _ := coCreateInstance.Call(uintptr(unsafe.Pointer(&clsid)), 0, clsctxLocalServer,
		uintptr(unsafe.Pointer(&iid)), uintptr(unsafe.Pointer(&p)))
	return p, answer("CoCreateInstance "+bits.GUIDName(class), r).error()
}

// cloak gives a proxy, and the one by which COM asks for other interfaces, a
// security blanket: the service sees whoever the thread is at each call.
func cloak(p *iUnknown) error {
	var identity *iUnknown
	if err := p.QueryInterface(bits.IID_IUnknown, &identity).error(); err != nil {
		return err
	}
	defer identity.Release()
	for _, proxy := range []*iUnknown{identity, p} {
		r, _, _ := coSetProxyBlanket.Call(uintptr(unsafe.Pointer(proxy)), noAuthentication, noAuthentication,
			defaultPrincipal, defaultLevel, levelImpersonate, 0, eoacDynamicCloaking)
		if err := answer("CoSetProxyBlanket", r).error(); err != nil {
			return err
		}
	}
	return nil
}

// impersonate makes the thread act as the user of a token.
func impersonate(handle uintptr) error {
	if r, _, err := impersonateUser.Call(handle); r == 0 {
		return fmt.Errorf("winbits: ImpersonateLoggedOnUser: %w: %w", win32(err), err)
	}
	return nil
}

// win32 is the HRESULT of an error of a Windows function.
func win32(err error) hresult.HRESULT {
	var code syscall.Errno
	if errors.As(err, &code) && code != 0 {
		return hresult.FromWin32(uint32(code))
	}
	return hresult.E_FAIL
}
