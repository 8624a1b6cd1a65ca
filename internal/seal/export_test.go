package seal

// For tests of what this machine does not have: links missing, other systems.
var (
	FromFile  = fromFile
	Judge     = judge
	MakeFile  = makeFile
	Patiently = patiently
)

// The longest texts.
const (
	MaxUserName = maxUserName
	MaxPassword = maxPassword
	MaxHeaders  = maxHeaders
)
