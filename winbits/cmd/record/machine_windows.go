package main

import (
	"fmt"
	"time"
	"unsafe"

	"golang.org/x/sys/windows"

	"github.com/bitsemu/bitsemu/winbits"
)

// thisMachine is Windows, or Wine.
func thisMachine() machine {
	m := machine{admin: windows.GetCurrentProcessToken().IsElevated(), atMost: 10 * time.Minute}
	wine := windows.NewLazySystemDLL("ntdll.dll").NewProc("wine_get_version")
	if wine.Find() == nil {
		version, _, _ := wine.Call() // it does not fail
		m.system = "Wine " + windows.BytePtrToString(*(**byte)(unsafe.Pointer(&version)))
		m.patience, m.atMost = 4*time.Second, 20*time.Second
		m.connect = []winbits.Option{winbits.Serial()}
		return m
	}
	v := windows.RtlGetVersion()
	m.system = fmt.Sprintf("Windows %d.%d.%d", v.MajorVersion, v.MinorVersion, v.BuildNumber)
	m.build = fmt.Sprint(v.BuildNumber)
	return m
}
