package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// postgresServer is a PostgreSQL of one test's own: it may be restarted and killed.
type postgresServer struct {
	t         *testing.T
	bin, data string
	addr      string
	as        *syscall.Credential // PostgreSQL refuses to run as root
	cmd       *exec.Cmd
	log       tail
}

func startPostgres(t *testing.T) *postgresServer {
	t.Helper()
	dir := t.TempDir()
	s := &postgresServer{t: t, bin: postgresBin(t), data: filepath.Join(dir, "data"), addr: freePort(t)}
	if os.Getuid() == 0 {
		s.becomePostgres(dir)
	}
	if out, err := s.command("initdb", "-D", s.data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C").CombinedOutput(); err != nil {
		t.Fatalf("initdb: %v\n%s", err, out)
	}
	s.start()
	t.Cleanup(s.killAll)
	return s
}

// postgresBin is the folder of the newest installed version; Debian keeps the server's programs off the PATH.
func postgresBin(t *testing.T) string {
	t.Helper()
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/postgres")
	if err != nil || len(found) == 0 {
		return filepath.Dir(installed(t, "postgres"))
	}
	version := func(path string) int {
		n, _ := strconv.Atoi(strings.Split(path, "/")[4]) // another folder sorts first
		return n
	}
	return filepath.Dir(slices.MaxFunc(found, func(a, b string) int { return version(a) - version(b) }))
}

// becomePostgres has the server run as the user that its package made, and gives it the folder.
func (s *postgresServer) becomePostgres(dir string) {
	s.t.Helper()
	u, err := user.Lookup("postgres")
	if err != nil {
		s.t.Fatal(err)
	}
	uid, errU := strconv.Atoi(u.Uid)
	gid, errG := strconv.Atoi(u.Gid)
	s.as = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	if err := errors.Join(errU, errG, os.Chown(dir, uid, gid), os.Chmod(filepath.Dir(dir), 0o711)); err != nil {
		s.t.Fatal(err)
	}
}

func (s *postgresServer) command(program string, args ...string) *exec.Cmd {
	cmd := exec.Command(filepath.Join(s.bin, program), args...)
	cmd.Dir = filepath.Dir(s.data)
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: s.as}
	return cmd
}

// start runs the server on its data until it answers.
func (s *postgresServer) start() {
	s.t.Helper()
	_, port, err := net.SplitHostPort(s.addr)
	if err != nil {
		s.t.Fatal(err)
	}
	within(s.t, 30*time.Second, func() error { // what was killed may still hold its memory
		s.cmd = s.command("postgres", "-D", s.data, "-p", port, "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=")
		s.cmd.Stderr = &s.log
		if err := s.cmd.Start(); err != nil {
			return err
		}
		ended := make(chan error, 1)
		go func(cmd *exec.Cmd) { ended <- cmd.Wait() }(s.cmd)
		return s.answers(ended)
	})
}

func (s *postgresServer) answers(ended chan error) error {
	db, err := sql.Open("pgx", s.dsn("postgres"))
	if err != nil {
		return err
	}
	defer db.Close()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		select {
		case err := <-ended:
			return fmt.Errorf("the server has ended: %w\n%s", err, s.log.String())
		default:
		}
		if err = db.PingContext(context.Background()); err == nil {
			return nil
		}
	}
	return err
}

func (s *postgresServer) dsn(database string) string {
	return "postgres://postgres@" + s.addr + "/" + database + "?sslmode=disable"
}

// create makes a database.
func (s *postgresServer) create(name string) string {
	s.t.Helper()
	db, err := sql.Open("pgx", s.dsn("postgres"))
	if err != nil {
		s.t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec("CREATE DATABASE " + name); err != nil {
		s.t.Fatal(err)
	}
	return s.dsn(name)
}

// restart is the administrator's: sessions end at once, the server in order.
func (s *postgresServer) restart() {
	s.t.Helper()
	pid := s.cmd.Process.Pid
	if err := syscall.Kill(pid, syscall.SIGINT); err != nil {
		s.t.Fatal(err)
	}
	within(s.t, 30*time.Second, func() error {
		if syscall.Kill(pid, 0) == nil {
			return errors.New("PostgreSQL does not stop")
		}
		return nil
	})
	s.start()
}

// crash kills every process of the server, as a power cut would, and starts it again.
func (s *postgresServer) crash() {
	s.killAll()
	s.start()
}

func (s *postgresServer) killAll() {
	for _, pid := range append([]int{s.cmd.Process.Pid}, s.children()...) {
		_ = syscall.Kill(pid, syscall.SIGKILL) // it may have ended with the others
	}
}

// crashOne kills one of the server's processes; the server ends the others and recovers by itself.
func (s *postgresServer) crashOne(n int) {
	if pids := s.children(); len(pids) > 0 {
		_ = syscall.Kill(pids[n%len(pids)], syscall.SIGKILL) // it may have ended
	}
}

// children lists the processes that the server started.
func (s *postgresServer) children() (pids []int) {
	stats, _ := filepath.Glob("/proc/[0-9]*/stat") // the pattern is right
	for _, file := range stats {
		text, err := os.ReadFile(file)
		if err != nil {
			continue // has ended
		}
		_, rest, _ := strings.Cut(string(text), ") ")
		fields := strings.Fields(rest)
		if pid, err := strconv.Atoi(filepath.Base(filepath.Dir(file))); err == nil && len(fields) > 1 && fields[1] == strconv.Itoa(s.cmd.Process.Pid) {
			pids = append(pids, pid)
		}
	}
	return pids
}
