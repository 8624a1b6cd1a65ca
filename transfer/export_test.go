package transfer

// SetPiece sets the most that a GET of d asks for.
func SetPiece(d Download, n int64) { d.(*httpDownload).piece = n }
