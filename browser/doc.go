// Package browser tests the page of internal/inspect in a real Chromium. It is a module of
// its own, so that what drives the browser reaches nobody who uses the library.
package browser
