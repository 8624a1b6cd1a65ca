package bits

// EnumJobs is IEnumBackgroundCopyJobs: the jobs that [Manager.EnumJobs] found.
// BITS 1.0.
type EnumJobs interface {
	Enumerator[Job, EnumJobs]
}
