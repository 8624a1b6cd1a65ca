package bits

// EnumPeers is IEnumBitsPeers: the computers that
// [PeerCacheAdministration.EnumPeers] found. BITS 3.0, without use from BITS 4.0
// on (D nn-bits3_0-ibitspeercacheadministration.md).
type EnumPeers interface {
	Enumerator[Peer, EnumPeers]
}
