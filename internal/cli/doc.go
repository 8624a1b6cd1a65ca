// Package cli is the frame of a command line with commands below it: one table of
// them, from which come what is read, the usage, the help of each command, the
// completion of four shells, and a page of documentation.
//
//	var root = cli.Command{
//		Name: "bitsemu",
//		Commands: []cli.Command{{
//			Name:    "dump",
//			Summary: "print the jobs of a store",
//			Args:    []cli.Arg{{Name: "STORE", Help: "the store file", Kind: cli.File}},
//			Flags:   []cli.Flag{{Name: "json", Help: "print JSON"}},
//			Run: func(ctx context.Context, c *cli.Call) error {
//				return dump(c.Stdout, c.Arg("STORE"), c.Bool("json"))
//			},
//		}},
//	}
//	status := cli.Main(ctx, &root, os.Args[1:], cli.Env{Stdout: os.Stdout, Stderr: os.Stderr, Getenv: os.Getenv})
//
// Options and arguments come in any order. An option is written --name VALUE,
// --name=VALUE, or with one dash; what follows -- is no option.
package cli
