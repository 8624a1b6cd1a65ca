package winpath_test

import (
	"errors"
	"fmt"
	"io/fs"
	"log"
	"math/rand/v2"
	"os"
	"path/filepath"

	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/internal/winpath"
)

func ExampleParse() {
	p, err := winpath.Parse(`c:/Users/alice/Downloads/../Documents/.\Report.docx. `)
	fmt.Println(p, err)
	fmt.Println(p.Drive(), p.Dir(), p.Base(), p.Ext())
	fmt.Println(p.Equal(winpath.MustParse(`C:\USERS\ALICE\documents\report.DOCX`)))
	// Output:
	// c:\Users\alice\Documents\Report.docx <nil>
	// c: c:\Users\alice\Documents Report.docx .docx
	// true
}

func ExampleParseLocalName() {
	for _, name := range []string{`payload.exe`, `C:\file.txt:stream`, `C:\Downloads\`} {
		_, err := winpath.ParseLocalName(name)
		var refusal *winpath.Error
		fmt.Println(errors.As(err, &refusal), refusal.Code.Hex(), refusal.Err)
	}
	// Output:
	// true 0x80070057 not a full path: relative
	// true 0x80070057 byte 11: ':' would name a stream of a file
	// true 0x8007010B the name of a directory, not of a file
}

// A download lies in a temporary file until Complete gives it its name.
func ExampleDisk() {
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	root, err := os.OpenRoot(dir)
	if err != nil {
		log.Fatal(err)
	}
	defer root.Close()
	if err := os.Mkdir(filepath.Join(dir, "Downloads"), 0o777); err != nil {
		log.Fatal(err)
	}
	disk, err := winpath.NewDisk(map[string]*os.Root{`C:\`: root})
	if err != nil {
		log.Fatal(err)
	}

	local := winpath.MustParse(`C:\downloads\Setup.exe`)
	temp, f, err := disk.CreateTemp(local.Dir(), rand.NewPCG(1, 2))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Fprint(f, "content")
	if err := f.Close(); err != nil {
		log.Fatal(err)
	}
	fmt.Println(temp)
	fmt.Println(disk.Rename(temp, local))
	content, err := os.ReadFile(filepath.Join(dir, "Downloads", "Setup.exe"))
	fmt.Println(string(content), err)

	_, err = disk.Stat(temp)
	fmt.Println(errors.Is(err, hresult.HRESULT_FROM_WIN32_ERROR_FILE_NOT_FOUND), errors.Is(err, fs.ErrNotExist))
	// Output:
	// C:\downloads\BITF510.tmp
	// <nil>
	// content <nil>
	// true true
}
