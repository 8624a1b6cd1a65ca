package serve

func (s *Server) openAPI(*request) (any, error) { return none{}, nil }
