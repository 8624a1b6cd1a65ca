// Package sid handles Windows security identifiers as small Go values.
package sid
