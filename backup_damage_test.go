package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"filippo.io/age"

	"passerelle/contracts"
	"passerelle/internal/storage"
)

// saved is a small network with a backup of be.
type saved struct {
	*network
	vault
	file  string
	bytes []byte
}

func newSaved(t *testing.T) saved {
	t.Helper()
	s := saved{network: memoryNetwork(t, "hub", "be"), vault: newVault(t)}
	activity := s.activity("be")
	for range 3 {
		s.issue("be", activity, "100.00")
	}
	s.settle()
	s.file = s.backup(s.network, "be")
	var err error
	if s.bytes, err = os.ReadFile(s.file); err != nil {
		t.Fatal(err)
	}
	return s
}

// refuses restores bytes and demands a refusal that says want and leaves no database.
func (s saved) refuses(t *testing.T, name string, backup []byte, want string, flags ...string) {
	t.Helper()
	dir := t.TempDir()
	file, dsn := filepath.Join(dir, "backup"), filepath.Join(dir, "new.db")
	if err := os.WriteFile(file, backup, 0o600); err != nil {
		t.Fatal(err)
	}
	args := append([]string{"restore", file, "--db", dsn}, flags...)
	for flag, value := range map[string]string{"--network": s.network.dir, "--identity": s.identity} {
		if !slices.Contains(flags, flag) {
			args = append(args, flag, value)
		}
	}
	code, out, errs := command(t, args...)
	if code != exitFailed || !strings.Contains(errs, want) || out != "" {
		t.Errorf("%s: exit %d, want %q\n%s%s", name, code, want, out, errs)
	}
	if left, _ := filepath.Glob(dsn + "*"); len(left) > 0 {
		t.Errorf("%s: %v is left", name, left)
	}
}

func TestADamagedBackupIsRefused(t *testing.T) {
	s := newSaved(t)
	label := bytes.IndexByte(s.bytes, '\n') + 1
	body := label + bytes.Index(s.bytes[label:], []byte("\n--- ")) // after it the age header ends with its MAC
	signature := len(s.bytes) - ed25519.SignatureSize
	positions := []int{label, label + 3, body - 5, body + 8, body + 60, (body + signature) / 2, signature - 17, signature - 1, signature, signature + 31, len(s.bytes) - 1}
	for at := range label {
		positions = append(positions, at)
	}
	for _, at := range positions {
		for _, bit := range []byte{1, 128} {
			damaged := bytes.Clone(s.bytes)
			damaged[at] ^= bit
			s.refuses(t, fmt.Sprintf("bit %d of byte %d", bit, at), damaged, "restore ")
		}
	}
	for _, length := range []int{0, 1, label - 1, label, label + 10, body, body + 50, signature - 1, signature, len(s.bytes) - 1} {
		s.refuses(t, fmt.Sprintf("cut to %d bytes", length), s.bytes[:length], "restore ")
	}
	s.refuses(t, "appended", append(bytes.Clone(s.bytes), 0), "the signature does not fit")
	s.refuses(t, "twice", append(bytes.Clone(s.bytes), s.bytes...), "the signature does not fit")
	s.refuses(t, "a piece taken out", append(bytes.Clone(s.bytes[:body+50]), s.bytes[body+51:]...), "the signature does not fit")
}

func TestABackupOfOthersIsRefused(t *testing.T) {
	s := newSaved(t)
	s.refuses(t, "another party's", s.bytes, "it is a backup of be", "--party", "hub")

	other := filepath.Join(t.TempDir(), "other")
	if err := initNetwork(other, "other", true, []string{"hub", "be"}); err != nil {
		t.Fatal(err)
	}
	s.refuses(t, "another network's", s.bytes, `of the network "test"`, "--network", other)
	same := filepath.Join(t.TempDir(), "same")
	if err := initNetwork(same, "test", true, []string{"hub", "be"}); err != nil {
		t.Fatal(err)
	}
	s.refuses(t, "a network that only has the same name", s.bytes, "lists no key", "--network", same)

	stranger := newVault(t)
	s.refuses(t, "the key of another", s.bytes, "not encrypted for this key", "--identity", stranger.identity)
	if err := os.Chmod(stranger.identity, 0o644); err != nil {
		t.Fatal(err)
	}
	s.refuses(t, "a key that others may read", s.bytes, "chmod 600", "--identity", stranger.identity)

	if code, _, errs := command(t, "registry", "revoke", "--network", s.network.dir, "--party", "be", "--kid", string(s.party(t).key.ID), "--reason", "stolen",
		"--by", filepath.Join(s.network.dir, "roots", "root-1.key")); code != exitGood {
		t.Fatal(errs)
	}
	s.refuses(t, "signed with a revoked key", s.bytes, "was revoked")
}

func (s saved) party(t *testing.T) party {
	t.Helper()
	p, err := loadParty("be", s.network.dir)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestAnArchiveThatItsPartyMadeWrongIsRefused looks behind the signature: what is inside is believed no more.
func TestAnArchiveThatItsPartyMadeWrongIsRefused(t *testing.T) {
	s := newSaved(t)
	header, rows := s.inside(t)
	filled := slices.IndexFunc(header.Tables, func(table storage.TableContents) bool { return table.Rows > 0 })
	for _, tc := range []struct {
		name   string
		change func(h *backupHeader)
		rows   []byte
		want   string
	}{
		{"of a later program", func(h *backupHeader) { h.Versions["federation"]++ }, rows, "use the program that made it"},
		{"with a table of its own", func(h *backupHeader) { h.Tables[0].Name = `x" (y); DROP TABLE document; --` }, rows, "other tables"},
		{"with a column of its own", func(h *backupHeader) { h.Tables[0].Columns[0] = "x" }, rows, "other tables"},
		{"the hub's inside", func(h *backupHeader) { h.Party = contracts.Hub }, rows, "another party's backup"},
		{"with a row more", func(h *backupHeader) { h.Tables[filled].Rows++ }, rows, "load "},
		{"with a row less", func(h *backupHeader) { h.Tables[filled].Rows-- }, rows, "load "},
		{"cut", func(*backupHeader) {}, rows[:len(rows)-1], "unexpected EOF"},
		{"appended", func(*backupHeader) {}, append(bytes.Clone(rows), '-'), "more rows follow"},
	} {
		h := header
		h.Contents = copyOf(header.Contents)
		tc.change(&h)
		s.refuses(t, tc.name, s.made(t, h, tc.rows), tc.want)
	}
	var b bytes.Buffer
	recipients, err := readRecipients(s.recipients)
	if err != nil {
		t.Fatal(err)
	}
	_, err = writeBackup(&b, s.party(t), recipients, func(w io.Writer) error {
		_, err := w.Write(bytes.Repeat([]byte("x"), mostHeaderBytes+1))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	s.refuses(t, "without a header", b.Bytes(), "read the header")
}

func copyOf(c storage.Contents) storage.Contents {
	clone := storage.Contents{Versions: map[string]int64{}}
	for set, version := range c.Versions {
		clone.Versions[set] = version
	}
	for _, t := range c.Tables {
		t.Columns = append([]string{}, t.Columns...)
		clone.Tables = append(clone.Tables, t)
	}
	return clone
}

// inside opens the backup as restore does.
func (s saved) inside(t *testing.T) (backupHeader, []byte) {
	t.Helper()
	b, err := checkBackup(t.Context(), bytes.NewReader(s.bytes), int64(len(s.bytes)), s.party(t).directory, func(int64) {})
	if err != nil {
		t.Fatal(err)
	}
	identities, err := readIdentities(s.identity)
	if err != nil {
		t.Fatal(err)
	}
	d, err := b.decrypt(t.Context(), identities)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := io.ReadAll(d.rows)
	if err != nil {
		t.Fatal(err)
	}
	return d.header, rows
}

// made is a backup that be signs, whatever is in it.
func (s saved) made(t *testing.T, h backupHeader, rows []byte) []byte {
	t.Helper()
	recipients, err := readRecipients(s.recipients)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	_, err = writeBackup(&b, s.party(t), recipients, func(w io.Writer) error {
		if err := writeBackupHeader(w, h); err != nil {
			return err
		}
		_, err := w.Write(rows)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestABackupThatChangesWhileItIsReadIsNoticed swaps the file, after its signature was checked, for one that anybody can make: the recipient
// of backups is no secret.
func TestABackupThatChangesWhileItIsReadIsNoticed(t *testing.T) {
	s := newSaved(t)
	header, rows := s.inside(t)
	first := s.made(t, header, rows)
	second := s.made(t, header, append(bytes.Clone(rows[:len(rows)-1]), rows[len(rows)-1]^1))
	file := bytes.Clone(first)
	b, err := checkBackup(t.Context(), bytes.NewReader(file), int64(len(file)), s.party(t).directory, func(int64) {})
	if err != nil {
		t.Fatal(err)
	}
	identities, err := readIdentities(s.identity)
	if err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct {
		now  []byte
		good bool
	}{"the same": {first, true}, "another": {second, false}} {
		copy(file, tc.now)
		d, err := b.decrypt(t.Context(), identities)
		if err != nil {
			t.Fatal(err)
		}
		line := bytes.Clone(d.line)
		if _, err := io.Copy(io.Discard, d.rows); err != nil {
			t.Fatal(err)
		}
		if err := d.unchanged(line); (err == nil) != tc.good {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestWhatABackupNeedsIsNamed(t *testing.T) {
	s := newSaved(t)
	out := filepath.Join(t.TempDir(), "out")
	for _, tc := range []struct {
		name string
		args []string
		want string
	}{
		{"a file that exists", []string{"backup", "--db", s.dsn["be"], "--network", s.network.dir, "--to", s.recipients, "-o", s.file}, "exists"},
		{"no recipients", []string{"backup", "--db", s.dsn["be"], "--network", s.network.dir, "--to", filepath.Join(s.network.dir, "network.json"), "-o", out}, "backup key"},
		{"no database", []string{"backup", "--db", out + ".db", "--network", s.network.dir, "--to", s.recipients, "-o", out}, "out.db"},
		{"a key that exists", []string{"backup", "key", "-o", s.identity}, "exists"},
		{"a database in use", []string{"restore", s.file, "--db", s.dsn["hub"], "--network", s.network.dir, "--identity", s.identity}, "not empty"},
	} {
		code, _, errs := command(t, tc.args...)
		if code != exitFailed || !strings.Contains(errs, tc.want) {
			t.Errorf("%s: exit %d, want %q\n%s", tc.name, code, tc.want, errs)
		}
		if _, err := os.Stat(out); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s: a file is left", tc.name)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	dsn := filepath.Join(t.TempDir(), "new.db")
	var errs bytes.Buffer
	if code := run(ctx, []string{"restore", s.file, "--db", dsn, "--network", s.network.dir, "--identity", s.identity}, io.Discard, &errs); code != exitFailed {
		t.Errorf("stopped: exit %d, %s", code, errs.String())
	}
	if _, err := os.Stat(dsn); !errors.Is(err, os.ErrNotExist) {
		t.Error("stopped: a database is left")
	}
}

func TestNoSecretStandsInWhatABackupShows(t *testing.T) {
	s := newSaved(t)
	secret, err := os.ReadFile(s.identity)
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(s.identity)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the key file has mode %v, %v", info.Mode(), err)
	}
	recipient, err := os.ReadFile(s.recipients)
	if err != nil {
		t.Fatal(err)
	}
	key := secret[bytes.Index(secret, []byte("AGE-SECRET-KEY-")):]
	if len(key) < 50 || bytes.Contains(recipient, key[:30]) {
		t.Error("the secret key is printed")
	}
	for _, content := range []string{"Member", "document", "100.00", "passerelle-event"} {
		if bytes.Contains(s.bytes, []byte(content)) {
			t.Errorf("%q can be read in the backup", content)
		}
	}
}

// FuzzBackupLabel reads bytes of anybody's as the line in the clear.
func FuzzBackupLabel(f *testing.F) {
	f.Add([]byte(`{"format":"passerelle-backup-v1","party":"be","network":"test","key":"be.0123456789abcdef"}` + "\nage-encryption.org/v1\n"))
	f.Add([]byte(`{"format":"passerelle-backup-v1","party":"be","party":"de"}` + "\n"))
	f.Add([]byte("{}\n"))
	f.Add(bytes.Repeat([]byte("{"), 2*mostLabelBytes))
	f.Fuzz(func(t *testing.T, b []byte) {
		l, length, err := readLabel(bufio.NewReader(bytes.NewReader(b)))
		if err != nil {
			return
		}
		if l.Format != backupFormat || length > int64(len(b)) || length > mostLabelBytes || b[length-1] != '\n' {
			t.Errorf("%+v in %d bytes of %d", l, length, len(b))
		}
	})
}

// FuzzInsideABackup reads what a signature and the decryption let through: a wrong program of the party itself.
func FuzzInsideABackup(f *testing.F) {
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte(`{"party":"be","network":"test","time":"2026-04-01T08:00:00Z","channels":[],"versions":{},"tables":[]}` + "\n"))
	f.Add([]byte(`{"party":"be","network":"test","time":"2026-04-01T08:00:00Z","channels":null,"versions":{"a":1},"tables":[{"name":"x","columns":["y"],"rows":9223372036854775807}]}` + "\ni\x02"))
	f.Fuzz(func(t *testing.T, plain []byte) {
		var file bytes.Buffer
		err := encrypt(&file, []age.Recipient{identity.Recipient()}, func(w io.Writer) error {
			_, err := w.Write(plain)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		b := backupFile{label: backupLabel{Party: "be", Network: "test"}, file: bytes.NewReader(file.Bytes()), ends: int64(file.Len())}
		d, err := b.decrypt(t.Context(), []age.Identity{identity})
		if err != nil {
			return
		}
		if d.header.Fits(t.Context(), migrationsOf("be")...) == nil && len(d.header.Tables) == 0 {
			t.Error("a header without tables fits")
		}
	})
}
