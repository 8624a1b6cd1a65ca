package bench

import "sync"

// groupCommit is a prototype of what a store can do instead of bbolt's Batch:
// there is no timer; whoever waits while a commit runs goes into the next.
type groupCommit struct {
	commit func([]gcRequest) error
	ch     chan gcRequest
	wg     sync.WaitGroup
}

type gcRequest struct {
	job *Job
	err chan error
}

// gcMax is the most jobs of one commit.
const gcMax = 256

func newGroupCommit(commit func([]gcRequest) error) *groupCommit {
	g := &groupCommit{commit: commit, ch: make(chan gcRequest, gcMax)}
	g.wg.Go(g.loop)
	return g
}

func (g *groupCommit) loop() {
	var batch []gcRequest
	for r := range g.ch {
		batch = append(batch[:0], r)
	waiting:
		for len(batch) < gcMax {
			select {
			case r, ok := <-g.ch:
				if !ok {
					break waiting
				}
				batch = append(batch, r)
			default:
				break waiting
			}
		}
		err := g.commit(batch)
		for _, r := range batch {
			r.err <- err
		}
	}
}

var errChans = sync.Pool{New: func() any { return make(chan error, 1) }}

func (g *groupCommit) create(j *Job) error {
	ch := errChans.Get().(chan error)
	g.ch <- gcRequest{j, ch}
	err := <-ch
	errChans.Put(ch)
	return err
}

func (g *groupCommit) close() { close(g.ch); g.wg.Wait() }
