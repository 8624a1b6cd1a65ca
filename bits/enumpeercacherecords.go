package bits

// EnumPeerCacheRecords is IEnumBitsPeerCacheRecords: the files that
// [PeerCacheAdministration.EnumRecords] found in the cache. BITS 3.0, without use
// from BITS 4.0 on (D nn-bits3_0-ibitspeercacheadministration.md).
type EnumPeerCacheRecords interface {
	Enumerator[PeerCacheRecord, EnumPeerCacheRecords]
}
