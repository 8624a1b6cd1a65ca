package hresult

// AppendText appends the form of [HRESULT.String] to b. The error is always nil.
func (h HRESULT) AppendText(b []byte) ([]byte, error) { return append(b, h.String()...), nil }

// MarshalText returns the form of [HRESULT.String]. The error is always nil.
func (h HRESULT) MarshalText() ([]byte, error) { return []byte(h.String()), nil }

// UnmarshalText sets h to what [Parse] reads from text. After an error h is what it was.
func (h *HRESULT) UnmarshalText(text []byte) error {
	v, err := Parse(string(text))
	if err != nil {
		return err
	}
	*h = v
	return nil
}
