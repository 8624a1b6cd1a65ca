package remote

import "encoding/json"

// release has a pointer released that nobody has any more. Those that the garbage
// collector finds while a request is under way go with the next one.
func (s *session) release(number string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.over {
		return
	}
	s.unused = append(s.unused, number)
	if !s.releasing && s.begin() {
		s.releasing = true
		go s.releaseAll()
	}
}

// batch is how many pointers are released with one request.
const batch = 1000

// releaseAll releases until there is nothing to release.
func (s *session) releaseAll() {
	defer s.c.work.Done()
	for {
		s.mu.Lock()
		numbers := s.unused[:min(batch, len(s.unused))]
		s.unused = s.unused[len(numbers):]
		if len(numbers) == 0 || s.over {
			s.unused, s.releasing = nil, false
			s.mu.Unlock()
			return
		}
		s.mu.Unlock()
		body, err := json.Marshal(struct {
			Objects []string `json:"objects"`
		}{numbers})
		if err == nil {
			// Without an answer they stay until the session ends, which does no harm.
			_, _ = s.c.conn.do(s.c.ctx, "Release", "POST", s.path+"/release", body)
		}
	}
}
