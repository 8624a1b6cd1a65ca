package jobstore

import (
	"encoding/binary"
	"math"
	"time"

	"github.com/google/uuid"

	"github.com/bitsemu/bitsemu/bits"
)

// fields tells c every field of a job that is not in the record's head. The
// numbers are the file format: never change one, never use one again.
func (j *Job) fields(c *coder) {
	j.HelperToken = c.token(1, j.HelperToken)
	j.DisplayName = c.str(2, j.DisplayName)
	j.Description = c.str(3, j.Description)

	j.CreationTime = c.time(4, j.CreationTime)
	j.ModificationTime = c.time(5, j.ModificationTime)
	j.TransferCompletionTime = c.time(6, j.TransferCompletionTime)

	number(c, 7, &j.MinimumRetryDelay)
	number(c, 8, &j.NoProgressTimeout)
	number(c, 9, &j.MaximumDownloadTime)

	number(c, 10, &j.ErrorCount)
	number(c, 11, &j.Error.Code)
	number(c, 12, &j.Error.Context)
	number(c, 13, &j.Error.File)

	slice(c, 14, &j.Files, (*File).fields)

	number(c, 15, &j.NotifyFlags)
	j.NotifyProgram = c.str(16, j.NotifyProgram)
	j.NotifyParameters = c.str(17, j.NotifyParameters)
	j.NotifyToken = c.token(18, j.NotifyToken)
	c.fixed(19, j.NotifyCLSID[:])

	number(c, 20, &j.ProxyUsage)
	j.ProxyList = c.str(21, j.ProxyList)
	j.ProxyBypassList = c.str(22, j.ProxyBypassList)

	slice(c, 23, &j.Credentials, (*Credential).fields)
	j.Sealed = c.bytes(24, j.Sealed)

	j.HTTPMethod = c.str(25, j.HTTPMethod)
	number(c, 26, &j.SecurityFlags)
	c.flag(27, &j.CustomHeadersWriteOnly)
	c.flag(28, &j.ClientCertificate.Set)
	number(c, 29, &j.ClientCertificate.StoreLocation)
	j.ClientCertificate.StoreName = c.str(30, j.ClientCertificate.StoreName)
	j.ClientCertificate.SubjectName = c.str(31, j.ClientCertificate.SubjectName)
	c.fixed(32, j.ClientCertificate.Hash[:])

	number(c, 33, &j.FileACLFlags)
	number(c, 34, &j.PeerCachingFlags)

	number(c, 35, &j.CostFlags)
	c.flag(36, &j.DynamicContent)
	c.flag(37, &j.HighPerformance)
	c.flag(38, &j.OnDemandMode)
	number(c, 39, &j.MaxDownloadSize)
	number(c, 40, &j.UseStoredCredentials)
	number(c, 41, &j.MinimumNotificationInterval)

	j.ReplyFileName = c.str(42, j.ReplyFileName)
	j.ReplyTemporaryName = c.str(43, j.ReplyTemporaryName)
	c.size(44, &j.ReplyProgress.BytesTotal)
	number(c, 45, &j.ReplyProgress.BytesTransferred)

	c.flag(46, &j.Resumed)
	j.RetryTime = c.time(47, j.RetryTime)
	j.NoProgressSince = c.time(48, j.NoProgressSince)
	j.LastActivity = c.time(49, j.LastActivity)
	j.DownloadTime = time.Duration(c.uint(50, uint64(j.DownloadTime), math.MaxInt64))
	number(c, 51, &j.NotifyPending)
	j.UploadSession = c.str(52, j.UploadSession)
	j.UploadHost = c.str(53, j.UploadHost)
	j.UploadHostTimeout = time.Duration(c.uint(54, uint64(j.UploadHostTimeout), math.MaxInt64))
	j.UploadHostLost = c.time(55, j.UploadHostLost)
	c.flag(56, &j.UploadFinished)
	j.UploadReplyURL = c.str(57, j.UploadReplyURL)
	c.flag(58, &j.ServerCertificateCallback)

	j.unknown = c.rest(j.unknown)
}

func (f *File) fields(c *coder) {
	f.RemoteName = c.str(1, f.RemoteName)
	f.LocalName = c.str(2, f.LocalName)
	f.TemporaryName = c.str(3, f.TemporaryName)
	c.size(4, &f.BytesTotal)
	number(c, 5, &f.BytesTransferred)
	c.flag(6, &f.Completed)
	c.flag(7, &f.Renamed)
	slice(c, 8, &f.Ranges, (*Range).fields)
	slice(c, 9, &f.RequestedRanges, (*Range).fields)
	slice(c, 10, &f.FilledRanges, (*Range).fields)
	c.flag(11, &f.ValidationState)
	f.ResponseHeaders = c.str(12, f.ResponseHeaders)
	f.ETag = c.str(13, f.ETag)
	f.RemoteModified = c.time(14, f.RemoteModified)
	f.LocalModified = c.time(15, f.LocalModified)
	number(c, 16, &f.LocalSize)
	number(c, 17, &f.PeerBytes)
	number(c, 18, &f.OriginBytes)
	f.UnresumedRemote = c.str(19, f.UnresumedRemote)
	f.unknown = c.rest(f.unknown)
}

func (v *Credential) fields(c *coder) {
	number(c, 1, &v.Target)
	number(c, 2, &v.Scheme)
	c.flag(3, &v.Implicit)
	c.rest(nil)
}

func (r *Range) fields(c *coder) {
	number(c, 1, &r.InitialOffset)
	c.size(2, &r.Length)
	c.rest(nil)
}

// encode makes a record of j, and the write that would store it.
func (j *Job) encode(ids *identities) (write, error) {
	w := write{id: j.ID}
	e := coder{ids: ids, buf: make([]byte, recordHead, 320)}
	owner := e.ref(j.Owner)
	switch {
	case owner == 0 && e.err == nil:
		e.refuse("it has no owner")
	case j.HelperTokenFlags > maxFlags:
		e.refuse("helper token flags %#x are above %#x", uint32(j.HelperTokenFlags), maxFlags)
	case j.State > maxState, j.Type > maxType, j.Priority > maxPriority:
		e.refuse("state %d, type %d or priority %d is out of range", j.State, j.Type, j.Priority)
	case j.DownloadTime < 0:
		e.refuse("DownloadTime %v is negative", j.DownloadTime)
	}
	e.buf = binary.AppendUvarint(e.buf, uint64(owner))
	e.buf = binary.AppendUvarint(e.buf, uint64(j.HelperTokenFlags))
	e.buf = append(e.buf, byte(j.State), byte(j.Type)<<4|byte(j.Priority))
	j.fields(&e)
	if e.err == nil && len(e.buf) > maxRecord {
		e.refuse("its record would take %d bytes, more than 16 MiB", len(e.buf))
	}
	if e.err != nil {
		return w, e.err
	}
	e.buf[0] = recordVersion
	copy(e.buf[5:], j.ID[:])
	binary.LittleEndian.PutUint32(e.buf[1:], checksum(e.buf[5:]))
	w.data = e.buf
	w.refs = e.refs
	w.summary = summarize(owner, uint32(j.HelperTokenFlags), uint8(j.State), uint8(j.Type), uint8(j.Priority))
	return w, nil
}

// decodeHead checks a record and reads what the index holds of it.
func decodeHead(rec []byte, ids *identities) (id uuid.UUID, s summary, rest []byte, err error) {
	if len(rec) < recordHead+4 {
		return id, 0, nil, corrupt("a record of %d bytes", len(rec))
	}
	if got, want := checksum(rec[5:]), recordChecksum(rec); got != want {
		return id, 0, nil, corrupt("checksum %08x of a record is not %08x", got, want)
	}
	if rec[0] != recordVersion {
		return id, 0, nil, corrupt("record version %d", rec[0])
	}
	copy(id[:], rec[5:])
	d := coder{reads: true, buf: rec[recordHead:], ids: ids}
	owner := d.uvarint()
	flags := d.uvarint()
	b := d.take(2)
	switch {
	case d.err != nil:
		return id, 0, nil, d.err
	case owner > math.MaxUint32 || ids.at(uint32(owner)) == nil:
		return id, 0, nil, corrupt("owner %d, which the store does not have", owner)
	case flags > maxFlags || b[0] > maxState:
		return id, 0, nil, corrupt("helper token flags %#x, state %d", flags, b[0])
	}
	return id, summarize(uint32(owner), uint32(flags), b[0], b[1]>>4, b[1]&maxPriority), d.buf, nil
}

// decode reads a whole record.
func decode(rec []byte, ids *identities) (Job, error) {
	id, s, rest, err := decodeHead(rec, ids)
	if err != nil {
		return Job{}, err
	}
	j := Job{
		ID:               id,
		Owner:            ids.get(s.owner()).token,
		HelperTokenFlags: bits.HelperTokenFlags(s.flags()),
		State:            bits.JobState(s.state()),
		Type:             bits.JobType(s.typ()),
		Priority:         bits.JobPriority(s.priority()),
	}
	d := coder{reads: true, buf: rest, ids: ids}
	j.fields(&d)
	if d.err != nil {
		return Job{}, d.err
	}
	return j, nil
}
