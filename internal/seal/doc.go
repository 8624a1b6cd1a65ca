// Package seal keeps the secrets of jobs, so that they are never in clear on disk
// nor in a log: a [Key] from a file beside the store seals them, and [Secrets] are
// what is sealed, the credentials and custom headers of one job.
//
//	key, err := seal.Open(path+".key", true)
//
//	plain, err := secrets.MarshalBinary()
//	job.Sealed = key.Seal(plain, job.ID[:])
//
//	plain, err = key.Open(job.Sealed, job.ID[:])
//	err = secrets.UnmarshalBinary(plain)
//
// BITS encrypts credentials and headers before it writes them (D
// nf-bits1_5-ibackgroundcopyjob2-setcredentials.md,
// nf-bits2_5-ibackgroundcopyjobhttpoptions-setcustomheaders.md); by what means is
// not documented, and all that follows is this project's choice (C).
//
// # What it protects from
//
// Whoever has the store without the key file, as from a backup or a bug report,
// learns of the secrets only how long they are and when they changed. What is
// sealed for one job does not open as another's, and what has been altered does
// not open at all; an older sealing of the same job does. Whoever may read the key
// file, or the memory of the process, may read the secrets.
//
// # Sealed form
//
// A version byte, 1, then what AES-256-GCM makes of the plain text: a random nonce
// of 12 bytes, the encrypted text, a tag of 16 bytes. The version byte and the
// context are authenticated with it. The context is who the secret is for, the id
// of the job.
package seal
