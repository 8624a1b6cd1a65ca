package transfer

import "encoding/base64"

// Basic is the answer to a Basic challenge (RFC 7617, in UTF-8).
func Basic(user, password string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+password))
}
