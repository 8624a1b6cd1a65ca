package seal_test

import (
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/google/uuid"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/internal/seal"
)

func Example() {
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	key, err := seal.Open(filepath.Join(dir, "jobs.db.key"), true)
	if err != nil {
		log.Fatal(err)
	}

	var secrets seal.Secrets
	secrets.Set(bits.AuthCredentials{
		Target: bits.BG_AUTH_TARGET_SERVER, Scheme: bits.BG_AUTH_SCHEME_BASIC,
		UserName: "alice", Password: "correct horse",
	})
	plain, err := secrets.MarshalBinary()
	if err != nil {
		log.Fatal(err)
	}
	job := uuid.MustParse("0f6e1b8e-2a1c-4d5a-9f70-1f3a6f1b5d2c")
	sealed := key.Seal(plain, job[:])

	_, err = key.Open(sealed, []byte("another job"))
	fmt.Println(err)

	plain, err = key.Open(sealed, job[:])
	if err != nil {
		log.Fatal(err)
	}
	var read seal.Secrets
	if err := read.UnmarshalBinary(plain); err != nil {
		log.Fatal(err)
	}
	fmt.Println(read)
	fmt.Println(read.Credentials[0].UserName)
	// Output:
	// seal: a sealed secret does not open: it was sealed with another key or for another job, or it is damaged
	// secrets: SERVER/BASIC
	// alice
}
