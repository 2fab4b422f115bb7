package main

import (
	"database/sql"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"passerelle/internal/storage"
)

// narrow is a way to leave a database on SQLite no room, and to give it back.
type narrow struct {
	dir   func(t *testing.T) (string, error) // where the database goes
	fill  func(p *process) error
	clear func(p *process) error
}

// smallDisk is a file system of its own, in memory; few may mount one.
var smallDisk = narrow{
	dir: func(t *testing.T) (string, error) {
		dir := t.TempDir()
		if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=64m,mode=700"); err != nil {
			return "", err
		}
		t.Cleanup(func() {
			if err := syscall.Unmount(dir, 0); err != nil {
				t.Error(err)
			}
		})
		return dir, nil
	},
	fill: func(p *process) error {
		f, err := os.Create(ballast(p))
		if err != nil {
			return err
		}
		block := make([]byte, 4096)
		for err == nil {
			_, err = f.Write(block)
		}
		if errors.Is(err, syscall.ENOSPC) {
			err = nil
		}
		return errors.Join(err, f.Close())
	},
	clear: func(p *process) error { return os.Remove(ballast(p)) },
}

func ballast(p *process) string { return filepath.Join(filepath.Dir(p.file()), "ballast") }

// file is where a party's SQLite database lies.
func (p *process) file() string { return strings.TrimPrefix(p.dsn, "sqlite:") }

// smallFiles lets the program's files grow no further, which every Linux allows.
var smallFiles = narrow{
	dir: func(t *testing.T) (string, error) { return t.TempDir(), nil },
	fill: func(p *process) error {
		most := int64(0)
		for _, file := range []string{p.file(), p.file() + "-wal"} {
			info, err := os.Stat(file)
			if err != nil {
				return err
			}
			most = max(most, info.Size())
		}
		return p.limitFiles(strconv.FormatInt(most, 10))
	},
	clear: func(p *process) error { return p.limitFiles("unlimited") },
}

func (p *process) limitFiles(most string) error {
	out, err := exec.Command("prlimit", "--pid", strconv.Itoa(p.cmd.Process.Pid), "--fsize="+most+":").CombinedOutput()
	if err != nil {
		err = fmt.Errorf("prlimit: %w\n%s", err, out)
	}
	return err
}

// TestTheDiskIsFull takes the room from a node, then from the hub, while they work: new work is refused in so many words, reading goes
// on, and once there is room again both go on by themselves.
func TestTheDiskIsFull(t *testing.T) {
	t.Parallel()
	ways := map[string]narrow{"small files": smallFiles, "small disk": smallDisk}
	if _, err := smallDisk.dir(t); err != nil {
		t.Logf("no file system may be mounted here (%v): small files alone stand for a full disk", err)
		delete(ways, "small disk")
	}
	for name, way := range ways {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := newOrdeal(t, storage.SQLite, func(t *testing.T, _ string) string {
				dir, err := way.dir(t)
				if err != nil {
					t.Fatal(err)
				}
				return "sqlite:" + filepath.Join(dir, "party.db")
			})
			l := o.load()
			for range times(1, 10) {
				l.awaitMore(t, 20)
				o.nodeIsFull(way, l)
				o.hubIsFull(way, l)
			}
			l.awaitMore(t, 20)
			o.judge(l.end())
		})
	}
}

func (o *ordeal) nodeIsFull(way narrow, l *load) {
	o.t.Helper()
	node := o.parties["be"]
	i := issuer{node.url(), l.activities["be"]}
	o.must(way.fill(node))
	within(o.t, 30*time.Second, func() error {
		_, status, err := i.invoice(1)
		switch status {
		case http.StatusInsufficientStorage:
			return nil
		case http.StatusCreated: // there was a little room left
			return errors.New("the node takes invoices on a full disk")
		}
		o.t.Fatalf("an invoice on a full disk: %d %v\n%s", status, err, node.log.String())
		return nil
	})
	for _, address := range []string{"/api/reports", "/api/network", "/api/ledger/trial-balance", "/health"} {
		if status, err := fetch(node.url()+address, nil); status != http.StatusOK {
			o.t.Errorf("%s on a full disk: %d %v", address, status, err)
		}
	}
	before, shown := o.looks(node), 0
	within(o.t, 30*time.Second, func() error { // what cannot be noted is not shown; while there is room left for a note, each look takes of it
		switch status, err := fetch(node.url()+"/api/invoices", nil); status {
		case http.StatusInsufficientStorage: // the status says all
			return nil
		case http.StatusOK:
			shown++
			return errors.New("members' invoices are shown on a full disk")
		default:
			o.t.Fatalf("members' invoices on a full disk: %d %v", status, err)
			return nil
		}
	})
	o.must(way.clear(node))
	within(o.t, 10*time.Second, func() error {
		status, err := fetch(node.url()+"/api/invoices", nil)
		if err == nil && status != http.StatusOK {
			err = fmt.Errorf("there is room again, and the invoices are not shown: %d", status)
		}
		return err
	})
	shown++
	if noted := o.looks(node) - before; noted != shown {
		o.t.Errorf("invoices were shown %d times on a disk that was full, and %d looks were noted", shown, noted)
	}
	within(o.t, 10*time.Second, func() error {
		_, _, err := i.invoice(1)
		return err
	})
}

// hubIsFull lets the nodes work on, without the hub's receipts.
func (o *ordeal) hubIsFull(way narrow, l *load) {
	o.t.Helper()
	o.must(way.fill(o.hub()))
	within(o.t, 30*time.Second, func() error {
		var channel struct{ Pending int64 }
		if _, err := fetch(o.parties["be"].url()+"/api/network", &channel); err != nil || channel.Pending < 10 {
			return fmt.Errorf("with the hub's disk full, only %d messages wait at the node: %w", channel.Pending, err)
		}
		return nil
	})
	for _, address := range []string{fmt.Sprintf("/api/crossborder?year=%d", time.Now().UTC().Year()), "/api/operations", "/health"} {
		if status, err := fetch(o.hub().url()+address, nil); status != http.StatusOK {
			o.t.Errorf("%s on a full disk: %d %v", address, status, err)
		}
	}
	o.hub().alive()
	o.must(way.clear(o.hub()))
}

func (o *ordeal) must(err error) {
	o.t.Helper()
	if err != nil {
		o.t.Fatal(err)
	}
}

// looks is how often a node noted that its list of invoices was shown.
func (o *ordeal) looks(node *process) (n int) {
	o.t.Helper()
	db, err := sql.Open("sqlite", node.file())
	o.must(err)
	defer db.Close()
	o.must(db.QueryRow(`SELECT COUNT(DISTINCT request) FROM trail WHERE act = 'saw' AND purpose = 'list invoices and credit notes'`).Scan(&n))
	return n
}
