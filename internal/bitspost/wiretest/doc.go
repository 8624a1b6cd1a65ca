// Package wiretest speaks HTTP as text, for tests of the upload protocol: what goes
// over the wire is written down by hand, and what comes back is compared with what
// is written down. So a server is tested without our client, and a client without
// our server.
//
// Texts have lines that end in a line feed; heads of messages are sent with CR LF.
// A body follows the empty line as it is.
package wiretest
