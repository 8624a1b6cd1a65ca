/*
 * bcryptprimitives.dll for Wine versions that do not have it.
 *
 * The Go runtime (1.22 and later) loads bcryptprimitives.dll from system32 at
 * start and takes its one function, ProcessPrng, from there.  This library
 * answers it with the system's random numbers by way of SystemFunction036
 * (RtlGenRandom) of advapi32.
 *
 * For tests under Wine only: on Windows the real library is always there.
 *
 * Build: x86_64-w64-mingw32-gcc -O2 -Wall -shared -nostdlib -Wl,-e,DllMain \
 *            -o bcryptprimitives.dll bcryptprimitives.c -ladvapi32 -lkernel32
 */
#include <windows.h>

BOOLEAN NTAPI SystemFunction036(PVOID buffer, ULONG length);

__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE data, SIZE_T length)
{
    while (length) {
        ULONG n = length > 0x10000000 ? 0x10000000 : (ULONG)length;
        if (!SystemFunction036(data, n)) return FALSE;
        data += n;
        length -= n;
    }
    return TRUE;
}

BOOL WINAPI DllMain(HINSTANCE self, DWORD reason, LPVOID reserved)
{
    return TRUE;
}
