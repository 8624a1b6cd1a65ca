package bench

import (
	"database/sql"
	"errors"
	"strings"

	_ "modernc.org/sqlite" // the driver "sqlite"
)

const sqlSchema = `
CREATE TABLE IF NOT EXISTS jobs (
  guid BLOB PRIMARY KEY, owner BLOB NOT NULL, name TEXT NOT NULL,
  type INTEGER, priority INTEGER, state INTEGER,
  helper_flags INTEGER, helper_sid BLOB,
  created INTEGER, modified INTEGER, completed INTEGER, expires INTEGER,
  files BLOB) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS jobs_owner ON jobs(owner);
CREATE INDEX IF NOT EXISTS jobs_state ON jobs(state);`

const sqlInsert = `INSERT INTO jobs VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)`

func sqlArgs(j *Job) []any {
	var files []byte
	for _, f := range j.Files {
		files = appendStr(appendStr(files, f.Remote), f.Local)
	}
	return []any{
		j.ID[:], j.Owner.AppendBinary(nil), j.Name, j.Type, j.Priority, j.State,
		int64(j.HelperFlags), j.HelperSID.AppendBinary(nil), j.Created, j.Modified, j.Completed, j.Expires, files,
	}
}

// sqlOpen opens name, a URI or ":memory:", with as many connections as asked.
func sqlOpen(name string, conns int, pragmas ...string) (*sql.DB, error) {
	for i, p := range pragmas {
		pragmas[i] = "_pragma=" + p
	}
	if len(pragmas) > 0 {
		name += "?" + strings.Join(pragmas, "&")
	}
	db, err := sql.Open("sqlite", name)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(conns)
	db.SetMaxIdleConns(conns)
	if _, err := db.Exec(sqlSchema); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// sqlFill inserts jobs 0 to n-1 in one transaction.
func sqlFill(db *sql.DB, n int) error {
	tx, err := db.Begin()
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // without effect after Commit
	st, err := tx.Prepare(sqlInsert)
	if err != nil {
		return err
	}
	for i := range n {
		j := MakeJob(i)
		if _, err := st.Exec(sqlArgs(&j)...); err != nil {
			return err
		}
	}
	return tx.Commit()
}
