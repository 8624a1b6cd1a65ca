package serve

import (
	_ "embed"
	"encoding/json"
)

//go:generate go test -count=1 -run=^TestDocument$ . -update

// openAPIDocument describes all that the server answers, in OpenAPI 3.1.
//
//go:embed openapi.json
var openAPIDocument []byte

func (s *Server) openAPI(*request) (any, error) { return json.RawMessage(openAPIDocument), nil }
