package bitsemu

import (
	"github.com/bitsemu/bitsemu/internal/seal"
	"github.com/bitsemu/bitsemu/jobstore"
)

// secrets opens what a job has sealed: credentials and custom headers.
func (e *Emulator) secrets(j *jobstore.Job) (seal.Secrets, error) {
	var s seal.Secrets
	if len(j.Sealed) == 0 {
		return s, nil
	}
	plain, err := e.key.Open(j.Sealed, j.ID[:])
	if err != nil {
		return s, err
	}
	return s, s.UnmarshalBinary(plain)
}

// sealSecrets puts secrets into a record, encrypted, and beside them what may be
// known of them.
func (e *Emulator) sealSecrets(j *jobstore.Job, s seal.Secrets) error {
	j.Credentials = nil
	for _, c := range s.Credentials {
		j.Credentials = append(j.Credentials, jobstore.Credential{Target: c.Target, Scheme: c.Scheme, Implicit: c.Implicit})
	}
	if s.IsZero() {
		j.Sealed = nil
		return nil
	}
	plain, err := s.MarshalBinary()
	if err != nil {
		return err
	}
	j.Sealed = e.key.Seal(plain, j.ID[:])
	return nil
}
