package upload_test

import (
	"context"
	"fmt"
	"strings"

	"github.com/bitsemu/bitsemu/bitsupload"
	"github.com/bitsemu/bitsemu/transfer"
	"github.com/bitsemu/bitsemu/transfer/upload"
)

func Example() {
	files := &bitsupload.Memory{}
	srv, err := bitsupload.New(files, bitsupload.Options{})
	if err != nil {
		panic(err)
	}
	client := &transfer.Client{Transport: transfer.Handler(srv)} // a server in memory
	file := strings.NewReader("hello, bits!")

	u, err := upload.New(client, upload.Request{URL: "http://host/up/a.txt", Size: 12, FragmentSize: 5}, upload.State{})
	if err != nil {
		panic(err)
	}
	for {
		r, err := u.Step(context.Background(), file, 0)
		if err != nil {
			panic(err)
		}
		fmt.Println(r.Offset, "of 12, closed:", r.Done)
		if r.Done {
			break
		}
	}
	content, err := files.ReadFile("up/a.txt")
	fmt.Printf("%s %v\n", content, err)
	// Output:
	// 0 of 12, closed: false
	// 5 of 12, closed: false
	// 10 of 12, closed: false
	// 12 of 12, closed: false
	// 12 of 12, closed: true
	// hello, bits! <nil>
}
