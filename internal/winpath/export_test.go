package winpath

// NumberCode lets a test be on Windows anywhere.
var NumberCode = numberCode
