package bitspost

import "strings"

// Packet is the type of a packet.
type Packet uint8

// The types of packets (D bits-request-packets). All but Ack are requests.
const (
	Ping Packet = iota + 1
	CreateSession
	Fragment
	CloseSession
	CancelSession
	Ack
)

var packets = [...]string{
	Ping: "Ping", CreateSession: "Create-Session", Fragment: "Fragment",
	CloseSession: "Close-Session", CancelSession: "Cancel-Session", Ack: "Ack",
}

// String returns the name as it goes over the wire.
func (p Packet) String() string {
	if p == 0 || int(p) >= len(packets) {
		return "unknown packet"
	}
	return packets[p]
}

// ParsePacket reads a value of BITS-Packet-Type. Case does not matter: the
// pages write Create-Session, MC-BUP writes CREATE-SESSION.
func ParsePacket(s string) (Packet, bool) {
	for p, name := range packets {
		if p > 0 && strings.EqualFold(s, name) {
			return Packet(p), true
		}
	}
	return 0, false
}
