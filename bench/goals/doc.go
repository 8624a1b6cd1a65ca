// Package goals says how fast the library is to be, beside its peers, and judges
// measurements by that. The command in cmd/ratios prints the result:
//
//	m, err := goals.Read(output) // of go test -bench
//	...
//	err = goals.Report(os.Stdout, m, goals.All)
package goals
