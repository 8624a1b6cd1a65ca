package sid

// Identifier authorities of the well-known SIDs, under Microsoft's names
// (D wellknown-sids).
const (
	SECURITY_NULL_SID_AUTHORITY        uint64 = 0
	SECURITY_WORLD_SID_AUTHORITY       uint64 = 1
	SECURITY_LOCAL_SID_AUTHORITY       uint64 = 2
	SECURITY_CREATOR_SID_AUTHORITY     uint64 = 3
	SECURITY_NT_AUTHORITY              uint64 = 5
	SECURITY_APP_PACKAGE_AUTHORITY     uint64 = 15
	SECURITY_MANDATORY_LABEL_AUTHORITY uint64 = 16
	SECURITY_AUTHENTICATION_AUTHORITY  uint64 = 18
)

// First sub authorities, under Microsoft's names: the kinds of SIDs of which
// there are many (D wellknown-sids).
const (
	SECURITY_LOGON_IDS_RID                uint32 = 5  // S-1-5-5-x-y, a logon session
	SECURITY_NT_NON_UNIQUE                uint32 = 21 // S-1-5-21-x-y-z, a domain or machine
	SECURITY_BUILTIN_DOMAIN_RID           uint32 = 32 // S-1-5-32, BUILTIN
	SECURITY_SERVICE_ID_BASE_RID          uint32 = 80 // S-1-5-80-..., a service
	SECURITY_APPPOOL_ID_BASE_RID          uint32 = 82 // S-1-5-82-..., an IIS application pool
	SECURITY_TASK_ID_BASE_RID             uint32 = 87 // S-1-5-87-..., a scheduled task
	SECURITY_WINDOW_MANAGER_BASE_RID      uint32 = 90 // S-1-5-90-0-..., a desktop window manager
	SECURITY_UMFD_BASE_RID                uint32 = 96 // S-1-5-96-0-..., a font driver host
	SECURITY_RESTRICTED_SERVICES_BASE_RID uint32 = 99 // S-1-5-99-..., a restricted service

	SECURITY_APP_PACKAGE_BASE_RID uint32 = 2 // S-1-15-2-..., an app container
	SECURITY_CAPABILITY_BASE_RID  uint32 = 3 // S-1-15-3-..., a capability
)
