// Package bitspost is the wire format of the BITS upload protocol, in both
// directions: what the packets and headers are called, how their values are
// written, and how values that strangers wrote are read.
//
//	r, err := bitspost.ParseRange("bytes 0-11/12")
//	next, ok := bitspost.ParseOffset("12")
//	answer := bitspost.ReadAnswer(response.StatusCode, response.Header)
//
// The upload server and the upload client share it, so that they agree; tests
// of either write their packets by hand, so that the two do not agree in an
// error.
//
// Evidence is marked as everywhere: D documented by Microsoft (page of the
// Win32 documentation, or section of the open specification MC-BUP), O seen in
// other programs that speak the protocol, I inferred, C our choice.
package bitspost
