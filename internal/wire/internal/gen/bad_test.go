package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

const table = "\nvar iids = map[reflect.Type]uuid.UUID{ reflect.TypeFor[A](): IID_IA }\n"

// What the generator does not understand, it says.
func TestSourcesThatAreNotUnderstood(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ source, want string }{
		"no Go":          {"nonsense", "expected"},
		"no table":       {"type A interface{}", "no table iids"},
		"a list":         {"var iids = []int{1}", "no pair"},
		"no call":        {"var iids = map[int]int{1: 2}", "no call"},
		"no type":        {"var iids = map[int]int{f(): 2}", "no type"},
		"no interface":   {"type A struct{}" + table, "A is no interface"},
		"a union":        {"type A interface{ int | string }" + table, "A has a"},
		"another base":   {"type A interface{ B[int, int] }" + table, "A embeds B"},
		"a bad base":     {"type A interface{ B[int, int] }; type B[T, E any] interface{ M() }" + table, "M has no context"},
		"no context":     {"type A interface{ M() error }" + table, "M has no context"},
		"no error":       {"type A interface{ M(ctx context.Context) }" + table, "M returns no error"},
		"names":          {"type A interface{ M(ctx context.Context) (int, int, error) }" + table, "without names"},
		"a type":         {"type A interface{ M(ctx context.Context, c chan int) error }" + table, "no form for the type chan int"},
		"a result":       {"type A interface{ M(ctx context.Context) (chan int, error) }" + table, "no form for the type chan int"},
		"a list of it":   {"type A interface{ M(ctx context.Context) ([]chan int, error) }" + table, "no form for the type chan int"},
		"a field's type": {"type A interface{ M(ctx context.Context, s S) error }; type S struct{ C chan int }" + table, "S.C: no form"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			require.NoError(t, os.WriteFile(filepath.Join(dir, "a.go"), []byte("package bits\n"+c.source), 0o600))
			require.NoError(t, os.WriteFile(filepath.Join(dir, "a_test.go"), []byte("nonsense"), 0o600))
			p, err := read(dir)
			for _, write := range outputs {
				if err == nil {
					_, err = write(p)
				}
			}
			require.ErrorContains(t, err, c.want)
		})
	}
}

// What it understands becomes Go.
func TestSmallSource(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "a.go"), []byte(`package bits
type E uint8
type S struct{ X, Y E }
type A interface{
	Get(ctx context.Context, es []E, on A) (list []S, result hresult.HRESULT, err error)
	Has(ctx context.Context) (s string, ok bool, err error)
}`+table), 0o600))
	p, err := read(dir)
	require.NoError(t, err)
	want := map[string]string{
		"methods_gen.go": `{{"es", "E[]"}, {"on", "object:A"}}`,
		"invoke_gen.go":  "r0, hr, err := on.Get(ctx, a0, a1)",
		"proxies_gen.go": "func (p *proxyA) Get(ctx context.Context, es []bits.E, on bits.A) ([]bits.S, hresult.HRESULT, error)",
		"structs_gen.go": `put(e, "Y", v.Y, putEnum[bits.E])`,
	}
	for name, write := range outputs {
		source, err := write(p)
		require.NoError(t, err)
		require.Contains(t, string(source), want[name])
	}
}
