package wire

// Check reports what is wrong with a text that should be one JSON value: that it is no
// JSON, not UTF-8, or nested deeper than [MaxDepth]. Errors are a [BadRequest].
func Check(text []byte) error { return check(text) }
