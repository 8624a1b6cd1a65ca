package bitsemu_test

import (
	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu"
	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
)

// ofFile makes a call on the file of a new download.
func ofFile[T any](call func(*rig, T) error) shown {
	return does(func(r *rig) error { return call(r, ask[T](r, r.file(r.download()))) })
}

// ofDone makes a call on the file of a job that is transferred.
func ofDone[T any](call func(*rig, T) error) shown {
	return does(func(r *rig) error { return call(r, ask[T](r, r.file(r.done()))) })
}

var specFile = specMethods{
	"GetRemoteName": {"S_OK": ofFile(func(r *rig, f bits.File) error {
		name, err := f.GetRemoteName(r.ctx)
		require.Equal(r, rigFiles+"a", name)
		return err
	})},
	"GetLocalName": {"S_OK": ofFile(func(r *rig, f bits.File) error {
		name, err := f.GetLocalName(r.ctx)
		require.Equal(r, rigLocal("a"), name)
		return err
	})},
	"GetProgress": {"S_OK": ofDone(func(r *rig, f bits.File) error {
		p, err := f.GetProgress(r.ctx)
		require.Equal(r, bits.FileProgress{BytesTotal: rigSize, BytesTransferred: rigSize}, p)
		return err
	})},
}

func setRemote(name string) func(*rig, bits.Job) error {
	return func(r *rig, j bits.Job) error { return ask[bits.File2](r, r.file(j)).SetRemoteName(r.ctx, name) }
}

var specFile2 = specMethods{
	"GetFileRanges": {
		"S_OK": does(func(r *rig) error {
			job := r.job(down)
			r.ok(addRanges(bits.FileRange{InitialOffset: 5, Length: 10})(r, job))
			ranges, ok, err := ask[bits.File2](r, r.file(job)).GetFileRanges(r.ctx)
			require.Equal(r, []bits.FileRange{{InitialOffset: 5, Length: 10}}, ranges)
			return found(ok, err)
		}),
		"S_FALSE": does(func(r *rig) error {
			ranges, ok, err := ask[bits.File2](r, r.file(r.upload(up, 0))).GetFileRanges(r.ctx)
			require.Empty(r, ranges)
			r.fails(found(ok, err), hresult.S_FALSE)
			_, ok, err = ask[bits.File2](r, r.file(r.download())).GetFileRanges(r.ctx)
			return found(ok, err)
		}),
	},
	"SetRemoteName": {
		"S_OK": onNew(setRemote(rigFiles + "b")),
		"E_INVALIDARG": onNew(func(r *rig, j bits.Job) error {
			r.fails(setRemote("ftp://files.test/a")(r, j), hresult.E_INVALIDARG)
			return setRemote(rigFiles+string(make([]byte, 2200)))(r, j)
		}),
		"E_NOTIMPL":          notUpload(setRemote(rigFiles + "b")),
		"BG_E_INVALID_STATE": inFinal(setRemote(rigFiles + "b")),
	},
}

var specFile3 = specMethods{
	"GetTemporaryName": {"S_OK": ofDone(func(r *rig, f bits.File3) error {
		name, err := f.GetTemporaryName(r.ctx)
		r.emu.CheckFile(r, name, r.scripts["a"].Bytes())
		return err
	})},
	"SetValidationState": {
		"S_OK":                ofDone(func(r *rig, f bits.File3) error { return f.SetValidationState(r.ctx, true) }),
		"E_PENDING":           ofFile(func(r *rig, f bits.File3) error { return f.SetValidationState(r.ctx, true) }),
		"BG_E_RECORD_DELETED": unemulated(noPeers, nil),
	},
	"GetValidationState": {"S_OK": ofDone(func(r *rig, f bits.File3) error {
		r.ok(f.SetValidationState(r.ctx, true))
		valid, err := f.GetValidationState(r.ctx)
		require.True(r, valid)
		return err
	})},
	"IsDownloadedFromPeer": {"S_OK": ofDone(func(r *rig, f bits.File3) error {
		peer, err := f.IsDownloadedFromPeer(r.ctx)
		require.False(r, peer)
		return err
	})},
}

var specFile4 = specMethods{
	"GetPeerDownloadStats": {"S_OK": ofDone(func(r *rig, f bits.File4) error {
		origin, peers, err := f.GetPeerDownloadStats(r.ctx)
		require.EqualValues(r, rigSize, origin)
		require.Zero(r, peers)
		return err
	})},
}

var specFile5 = specMethods{
	"SetProperty": {
		"S_OK": impossible("there is one property of files, and it is read-only"),
		"BG_E_READ_ONLY_PROPERTY": ofFile(func(r *rig, f bits.File5) error {
			return f.SetProperty(r.ctx, bits.BITS_FILE_PROPERTY_ID_HTTP_RESPONSE_HEADERS, bits.PropertyString("x"))
		}),
		"BG_E_UNKNOWN_PROPERTY_ID": ofFile(func(r *rig, f bits.File5) error { return f.SetProperty(r.ctx, 2, bits.PropertyString("x")) }),
	},
	"GetProperty": {"S_OK": ofDone(func(r *rig, f bits.File5) error {
		v, err := f.GetProperty(r.ctx, bits.BITS_FILE_PROPERTY_ID_HTTP_RESPONSE_HEADERS)
		require.Contains(r, string(v.(bits.PropertyString)), "HTTP/1.1 2")
		return err
	})},
}

// noAccess are files that parts of cannot be had of.
func noAccess(call func(*rig, bits.File6) error) shown {
	return does(func(r *rig) error {
		r.fails(call(r, ask[bits.File6](r, r.file(r.upload(up, 0)))), hresult.BG_E_RANDOM_ACCESS_NOT_SUPPORTED)
		job := r.job(down)
		r.ok(addRanges(bits.FileRange{Length: 10})(r, job))
		r.fails(call(r, ask[bits.File6](r, r.file(job))), hresult.BG_E_RANDOM_ACCESS_NOT_SUPPORTED)
		dynamic := r.download()
		r.ok(setProperty(bits.BITS_JOB_PROPERTY_DYNAMIC_CONTENT, bits.PropertyEnable(true))(r, dynamic))
		return call(r, ask[bits.File6](r, r.file(dynamic)))
	})
}

var specFile6 = specMethods{
	"UpdateDownloadPosition": {
		"S_OK":                             ofFile(func(r *rig, f bits.File6) error { return f.UpdateDownloadPosition(r.ctx, 10) }),
		"BG_E_RANDOM_ACCESS_NOT_SUPPORTED": noAccess(func(r *rig, f bits.File6) error { return f.UpdateDownloadPosition(r.ctx, 10) }),
	},
	"RequestFileRanges": {
		"S_OK": ofFile(func(r *rig, f bits.File6) error { return f.RequestFileRanges(r.ctx, []bits.FileRange{{Length: 10}}) }),
		"BG_E_INVALID_RANGE": ofDone(func(r *rig, f bits.File6) error {
			return f.RequestFileRanges(r.ctx, []bits.FileRange{{InitialOffset: rigSize - 1, Length: 2}})
		}),
		"BG_E_RANDOM_ACCESS_NOT_SUPPORTED": noAccess(func(r *rig, f bits.File6) error {
			return f.RequestFileRanges(r.ctx, []bits.FileRange{{Length: 10}})
		}),
	},
	"GetFilledFileRanges": {
		"S_OK": ofDone(func(r *rig, f bits.File6) error {
			ranges, err := f.GetFilledFileRanges(r.ctx)
			require.Equal(r, []bits.FileRange{{Length: rigSize}}, ranges)
			return err
		}),
		"E_OUTOFMEMORY": byFault(func(r *rig) error {
			r.ok(r.emu.Fail(bitsemu.Fault{Op: "GetFilledFileRanges", Code: hresult.E_OUTOFMEMORY}))
			_, err := ask[bits.File6](r, r.file(r.download())).GetFilledFileRanges(r.ctx)
			return err
		}),
		"BG_E_RANDOM_ACCESS_NOT_SUPPORTED": noAccess(func(r *rig, f bits.File6) error {
			_, err := f.GetFilledFileRanges(r.ctx)
			return err
		}),
	},
}

// general is the error object of a job whose error is about no file: it waits for the
// network.
func (r *rig) general() bits.Error {
	r.Helper()
	job := r.queued()
	r.emu.NetworkDown()
	e, err := job.GetError(r.ctx)
	r.ok(err)
	return e
}

// particular is the error object of a job whose file is not there.
func (r *rig) particular() bits.Error {
	r.Helper()
	e, err := r.broken().GetError(r.ctx)
	r.ok(err)
	return e
}

// describing are the rows of the two methods that return texts.
func describing(method string, describe func(*rig, bits.Error, uint32) (string, error)) map[string]shown {
	in := func(language uint32) func(*rig) error {
		return func(r *rig) error {
			s, err := describe(r, r.particular(), language)
			require.Equal(r, err == nil, s != "")
			return err
		}
	}
	return map[string]shown{
		"S_OK": does(in(0x409)),
		"E_OUTOFMEMORY": byFault(func(r *rig) error {
			r.ok(r.emu.Fail(bitsemu.Fault{Op: "IBackgroundCopyError::" + method, Code: hresult.E_OUTOFMEMORY}))
			return in(0x409)(r)
		}),
		"E_INVALIDARG": does(in(0)),
		"HRESULT_FROM_WIN32_ERROR_RESOURCE_LANG_NOT_FOUND": does(in(0x407)),
	}
}

var specError = specMethods{
	"GetError": {"S_OK": does(func(r *rig) error {
		place, code, err := r.particular().GetError(r.ctx)
		require.Equal(r, bits.BG_ERROR_CONTEXT_REMOTE_FILE, place)
		require.Equal(r, hresult.BG_E_HTTP_ERROR_404, code)
		return err
	})},
	"GetFile": {
		"S_OK": does(func(r *rig) error {
			f, err := r.particular().GetFile(r.ctx)
			r.ok(err)
			name, err := f.GetRemoteName(r.ctx)
			require.Equal(r, rigFiles+"missing", name)
			return err
		}),
		"BG_E_FILE_NOT_AVAILABLE": does(func(r *rig) error {
			f, err := r.general().GetFile(r.ctx)
			require.Nil(r, f)
			return err
		}),
	},
	"GetErrorDescription": describing("GetErrorDescription", func(r *rig, e bits.Error, language uint32) (string, error) {
		return e.GetErrorDescription(r.ctx, language)
	}),
	"GetErrorContextDescription": describing("GetErrorContextDescription", func(r *rig, e bits.Error, language uint32) (string, error) {
		return e.GetErrorContextDescription(r.ctx, language)
	}),
	"GetProtocol": {
		"S_OK": does(func(r *rig) error {
			protocol, err := r.particular().GetProtocol(r.ctx)
			require.Equal(r, "http", protocol)
			return err
		}),
		"BG_E_PROTOCOL_NOT_AVAILABLE": does(func(r *rig) error {
			_, err := r.general().GetProtocol(r.ctx)
			return err
		}),
	},
}
