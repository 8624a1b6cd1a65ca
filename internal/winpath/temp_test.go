package winpath_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/internal/winpath"
)

// counter is a source of 0, 1, 2 ...
type counter struct{ next uint64 }

func (c *counter) Uint64() uint64 {
	c.next++
	return c.next - 1
}

func TestCreateTemp(t *testing.T) {
	t.Parallel()
	disk, dir := newDisk(t)
	write(t, dir, "Sub/bit00ff.TMP", "taken")
	for _, want := range []string{`C:\sub\BIT00FE.tmp`, `C:\sub\BIT0100.tmp`, `C:\sub\BIT0101.tmp`} {
		p, f, err := disk.CreateTemp(parse(`C:\sub`), &counter{next: 0x1_2_00FE})
		require.NoError(t, err)
		require.Equal(t, want, p.String())
		_, err = f.WriteString(want)
		require.NoError(t, err)
		require.NoError(t, f.Close())
		require.Equal(t, want, read(t, dir, "Sub/"+p.Base()))
	}
	require.Equal(t, "taken", read(t, dir, "Sub/bit00ff.TMP"))
}

func TestCreateTempWrapsRound(t *testing.T) {
	t.Parallel()
	disk, dir := newDisk(t)
	write(t, dir, "BITFFFF.tmp", "")
	p, f, err := disk.CreateTemp(parse(`C:\`), &counter{next: 0xFFFF})
	require.NoError(t, err)
	require.NoError(t, f.Close())
	require.Equal(t, `C:\BIT0000.tmp`, p.String())
}

func TestCreateTempIsRepeatable(t *testing.T) {
	t.Parallel()
	names := [2][]string{}
	for run := range names {
		disk, _ := newDisk(t)
		source := rand.NewPCG(1, 2)
		for range 20 {
			p, f, err := disk.CreateTemp(parse(`C:\`), source)
			require.NoError(t, err)
			require.NoError(t, f.Close())
			require.Regexp(t, `^BIT[0-9A-F]{4}\.tmp$`, p.Base())
			names[run] = append(names[run], p.Base())
		}
	}
	require.Equal(t, names[0], names[1])
}

func TestCreateTempFails(t *testing.T) {
	t.Parallel()
	disk, dir := newDisk(t)
	write(t, dir, "file", "")
	_, _, err := disk.CreateTemp(parse(`C:\missing`), &counter{})
	requireCode(t, err, pathNotFound, "create")
	_, _, err = disk.CreateTemp(parse(`C:\file`), &counter{})
	requireCode(t, err, notDirectory, "create")
	_, _, err = disk.CreateTemp(winpath.Path{}, &counter{})
	requireCode(t, err, pathNotFound, "create")
}

func TestFreeName(t *testing.T) {
	t.Parallel()
	taken := map[string]bool{}
	for n := range 1<<16 - 1 {
		taken[fmt.Sprintf("BIT%04X.TMP", uint16(0xABCD+n))] = true
	}
	for _, from := range []uint16{0, 0xABCC, 0xABCD, 0xFFFF} {
		name, ok := winpath.FreeName(taken, from)
		require.True(t, ok)
		require.Equal(t, "BITABCC.tmp", name)
	}
	taken["BITABCC.TMP"] = true
	_, ok := winpath.FreeName(taken, 0xABCD)
	require.False(t, ok)
}
