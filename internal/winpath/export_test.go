package winpath

var (
	NumberCode = numberCode // lets a test be on Windows anywhere
	FreeName   = freeName   // saves it from making 65536 files
)
