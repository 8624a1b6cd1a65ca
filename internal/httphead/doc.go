// Package httphead reads and writes what stands in the heads of HTTP messages, for
// downloads and uploads alike: the custom headers of a job, challenges, and an answer's
// head as a job shows it.
//
//	h, err := httphead.Custom("X-Machine: 17\r\n", reserved)
package httphead
