package serve

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

// However many join, one waits at a time, and nobody is told of a wait that began before
// he came.
func TestSettler(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var x settler
		flights, flying := 0, 0
		settle := func() {
			flights++
			flying++
			require.Equal(t, 1, flying)
			time.Sleep(time.Second)
			flying--
		}
		first := x.join(settle)
		time.Sleep(500 * time.Millisecond)
		others := make([]<-chan struct{}, 100)
		for i := range others {
			others[i] = x.join(settle)
		}
		<-first
		synctest.Wait()
		require.Equal(t, 2, flights)
		for _, over := range others {
			select {
			case <-over:
				require.Fail(t, "a wait that began before")
			default:
			}
		}
		for _, over := range others {
			<-over
		}
		require.Equal(t, 2, flights)
		<-x.join(settle)
		require.Equal(t, 3, flights)
	})
}
