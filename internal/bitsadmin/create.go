package bitsadmin

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"

	"github.com/bitsemu/bitsemu/bits"
)

var types = map[string]bits.JobType{
	"DOWNLOAD": bits.BG_JOB_TYPE_DOWNLOAD, "UPLOAD": bits.BG_JOB_TYPE_UPLOAD, "UPLOAD-REPLY": bits.BG_JOB_TYPE_UPLOAD_REPLY,
}

// create makes a job. With one argument that is its name, whatever it looks like.
func create(c *call) error {
	t := bits.BG_JOB_TYPE_DOWNLOAD
	if len(c.args) == 2 {
		name, _ := switchOf(c.args[0])
		var ok bool
		if t, ok = types[name]; !ok {
			return badCount
		}
		c.args = c.args[1:]
	}
	id, _, err := c.manager().CreateJob(c.ctx, c.args[0], t)
	if err != nil {
		return unable("create job", err)
	}
	if c.print.raw {
		c.print.value(braced(id))
		return nil
	}
	c.print.line("Created job " + braced(id) + ".")
	return nil
}

func addFile(c *call) error {
	j, err := c.job()
	if err != nil {
		return err
	}
	return c.added(j.AddFile(c.ctx, c.args[0], c.args[1]), bits.FileInfo{RemoteName: c.args[0], LocalName: c.args[1]})
}

// added tells that files have been added, or why they have not.
func (c *call) added(err error, files ...bits.FileInfo) error {
	if err != nil {
		return unable("add file to job", err)
	}
	for _, f := range files {
		c.print.line(fmt.Sprintf("Added %s -> %s to job.", f.RemoteName, f.LocalName))
	}
	return nil
}

func addFileSet(c *call) error {
	j, err := c.job()
	if err != nil {
		return err
	}
	text, err := os.ReadFile(c.args[0])
	if host := c.session.Path(c.ctx, c.args[0]); errors.Is(err, fs.ErrNotExist) && host != "" {
		text, err = os.ReadFile(host)
	}
	if err != nil {
		return refusal(fmt.Sprintf("Unable to read %s: %v", c.args[0], err))
	}
	set, err := parseSet(string(text))
	if err != nil {
		return err
	}
	return c.added(j.AddFileSet(c.ctx, set), set...)
}

// parseSet reads the lines of a text file: a remote and a local name, with blanks
// between. Lines that begin with # say nothing, nor do empty ones.
func parseSet(text string) (set []bits.FileInfo, err error) {
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(strings.TrimPrefix(line, "\ufeff"))
		if line == "" || line[0] == '#' {
			continue
		}
		remote, local, ok := strings.Cut(strings.ReplaceAll(line, "\t", " "), " ")
		if !ok {
			return nil, refusal(fmt.Sprintf("Line %d is no remote name and local name: %s", i+1, line))
		}
		set = append(set, bits.FileInfo{RemoteName: remote, LocalName: strings.TrimSpace(local)})
	}
	return set, nil
}

func addFileWithRanges(c *call) error {
	j, err := c.job()
	if err != nil {
		return err
	}
	ranges, err := parseRanges(c.args[2])
	if err != nil {
		return err
	}
	j3, err := bits.Query[bits.Job3](c.ctx, j)
	if err != nil {
		return unable("add file to job", err)
	}
	return c.added(j3.AddFileWithRanges(c.ctx, c.args[0], c.args[1], ranges), bits.FileInfo{RemoteName: c.args[0], LocalName: c.args[1]})
}

// parseRanges reads offset:length, with commas between; eof is the length of all that
// follows.
func parseRanges(list string) (ranges []bits.FileRange, err error) {
	for part := range strings.SplitSeq(list, ",") {
		offset, length, _ := strings.Cut(part, ":")
		r := bits.FileRange{Length: bits.BG_LENGTH_TO_EOF}
		var bad, worse error
		r.InitialOffset, bad = strconv.ParseUint(offset, 10, 64)
		if !strings.EqualFold(length, "eof") {
			r.Length, worse = strconv.ParseUint(length, 10, 64)
		}
		if bad != nil || worse != nil {
			return nil, badValue(list, "a list such as 0:100,2000:100,5000:eof")
		}
		ranges = append(ranges, r)
	}
	return ranges, nil
}

func replaceRemotePrefix(c *call) error {
	j, err := c.job()
	if err != nil {
		return err
	}
	j3, err := bits.Query[bits.Job3](c.ctx, j)
	if err != nil {
		return unable("replace remote prefix", err)
	}
	_, err = j3.ReplaceRemotePrefix(c.ctx, c.args[0], c.args[1])
	if err != nil {
		return unable("replace remote prefix", err)
	}
	c.print.line(fmt.Sprintf("Replaced %s with %s.", c.args[0], c.args[1]))
	return nil
}

func listFiles(c *call) error {
	j, err := c.job()
	if err != nil {
		return err
	}
	return unable("enum files", c.fileLines(j, ""))
}
