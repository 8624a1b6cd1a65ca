package serve_test

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/serve"
	"github.com/bitsemu/bitsemu/token"
)

func TestDefaultCallerAndVersion(t *testing.T) {
	t.Parallel()
	_, c := rig(t, serve.Default(token.NetworkService()), serve.Version("7"))
	var about struct {
		Version string
		Caller  json.RawMessage
	}
	c.get("/v1", &about)
	require.Equal(t, "7", about.Version)
	require.Nil(t, about.Caller, "it is not pinned")
	job := c.create("a", "http://files.test/a", `C:\Downloads\a`)
	var owner struct{ Value string }
	c.ok(job+"/GetOwner", "", &owner)
	require.Equal(t, "S-1-5-20", owner.Value)
	require.Equal(t, "E_ACCESSDENIED", c.call(job+"/GetOwner", `{"caller":"alice"}`).Name)
	var d struct{ Decision struct{ Allowed bool } }
	c.get("/v1/explain?method=ModifyJob&owner=alice", &d)
	require.False(t, d.Decision.Allowed, "of the default caller")
}

func TestDefaultAddress(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("XDG_RUNTIME_DIR", dir)
	require.Equal(t, "unix:"+filepath.Join(dir, "bitsemu.sock"), serve.DefaultAddress())
	t.Setenv("XDG_RUNTIME_DIR", "")
	require.Contains(t, serve.DefaultAddress(), "unix:"+os.TempDir())
}

// What a call without a session tells of objects that it cannot give out.
func TestDescriptions(t *testing.T) {
	t.Parallel()
	_, c := rig(t)
	s := c.open("")
	job, id := s.job(s.manager(), "a")
	path := "/v1/jobs/" + id
	var callback struct{ Value map[string]any }
	c.ok(path+"/GetNotifyInterface", "", &callback)
	require.Nil(t, callback.Value)
	s.ok(job+"/SetNotifyInterface", `{"args":[{"callback":"c"}]}`, nil)
	c.ok(path+"/GetNotifyInterface", "", &callback)
	require.Equal(t, map[string]any{"callback": nil, "foreign": true}, callback.Value)
	require.Equal(t, "BG_E_ERROR_INFORMATION_UNAVAILABLE", c.call(path+"/GetError", "").Name)
	c.ok("/v1/control/script", `{"url":"http://files.test/a","status":{"code":404,"times":-1}}`, nil)
	c.ok(path+"/AddFile", `{"args":["http://files.test/a","C:\\Downloads\\a"]}`, nil)
	c.ok(path+"/SetNotifyFlags", `{"args":[4]}`, nil)
	c.ok(path+"/Resume", "", nil)
	c.ok("/v1/control/settle", "", nil)
	var e struct {
		Value struct {
			Context, Code, Description string
			File                       struct{ RemoteName string }
		}
	}
	c.ok(path+"/GetError", "", &e)
	require.Equal(t, "0x80190194", e.Value.Code)
	require.Equal(t, "BG_ERROR_CONTEXT_REMOTE_FILE", e.Value.Context)
	require.NotEmpty(t, e.Value.Description)
	require.Equal(t, "http://files.test/a", e.Value.File.RemoteName)
	status, text := c.do(http.MethodPost, path+"/SetNotifyInterface", `{"args":[null]}`)
	require.Equal(t, http.StatusOK, status, text)
}
