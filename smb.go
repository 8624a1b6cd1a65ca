package bitsemu

import (
	"errors"
	"io/fs"
	"net/url"
	"os"
	"strings"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/internal/winpath"
	"github.com/bitsemu/bitsemu/jobstore"
	"github.com/bitsemu/bitsemu/tokenopts"
	"github.com/bitsemu/bitsemu/transfer"
)

// remotePath reads a remote name that is a file: on a share, of this machine, or a
// URL with the scheme file.
func remotePath(remote string) (winpath.Path, error) {
	const scheme = "file://"
	if len(remote) < len(scheme) || !strings.EqualFold(remote[:len(scheme)], scheme) {
		return winpath.Parse(remote)
	}
	// Callers write file:///C:/a and file://C:\a (W); what stands first without a
	// colon is a server.
	rest, err := url.PathUnescape(remote[len(scheme):])
	if err != nil {
		return winpath.Path{}, hresult.E_INVALIDARG
	}
	rest = strings.ReplaceAll(rest, "/", `\`)
	if local := strings.TrimPrefix(rest, `\`); len(local) > 1 && local[1] == ':' {
		return winpath.Parse(local)
	}
	if server, name, _ := strings.Cut(rest, `\`); server != "" && !strings.EqualFold(server, "localhost") {
		return winpath.Parse(`\\` + server + `\` + name)
	}
	return winpath.Path{}, hresult.E_INVALIDARG
}

// fetchFile makes the transfer of a file that no server has to be asked for.
func (e *Emulator) fetchFile(j *jobstore.Job, remote string, q transfer.Request, state transfer.State) (transfer.Download, error) {
	path, err := remotePath(remote)
	if err != nil {
		return nil, &transferError{failure{code: winpath.Code(err), context: bits.BG_ERROR_CONTEXT_REMOTE_FILE}}
	}
	open := func() (fs.File, error) {
		if err := e.access(j, tokenopts.RemoteFile, actionRead, path.String()); err != nil {
			return nil, remoteError(remote, err)
		}
		if files, name := e.disk.shared(path); files != nil {
			file, err := files.Open(name)
			if err != nil {
				return nil, remoteError(remote, err)
			}
			return file, nil
		}
		file, err := e.disk.OpenFile(path, os.O_RDONLY)
		if err != nil {
			return nil, remoteError(remote, err)
		}
		return file, nil
	}
	return transfer.NewFile(open, q, state), nil
}

// remoteError is a remote file that cannot be opened, which is fatal (D
// nf-bits2_0-ibackgroundcopyfile2-setremotename.md).
func remoteError(remote string, err error) error {
	var known *transfer.Error
	if errors.As(err, &known) {
		return err
	}
	code, ok := hresult.Of(err)
	if !ok {
		code = winpath.Code(err)
	}
	if errors.Is(err, fs.ErrNotExist) && !ok {
		code = hresult.HRESULT_FROM_WIN32_ERROR_FILE_NOT_FOUND
	}
	return &transfer.Error{Code: code, Context: bits.BG_ERROR_CONTEXT_REMOTE_FILE, URL: remote, Err: err}
}
