package seal

// For tests of what this machine does not have: links missing, other systems.
var (
	FromFile = fromFile
	IsBusy   = isBusy
	Judge    = judge
	MakeFile = makeFile
)

// The longest texts.
const (
	MaxUserName = maxUserName
	MaxPassword = maxPassword
	MaxHeaders  = maxHeaders
)
