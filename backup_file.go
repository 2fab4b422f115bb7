package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"time"

	"filippo.io/age"

	"passerelle/contracts"
	"passerelle/internal/federation"
	"passerelle/internal/storage"
)

// A backup is one line of JSON (backupLabel), then an age file, then 64 bytes: the party's Ed25519 signature over the SHA-256 of all before
// it. Inside the age file stand one line of JSON (backupHeader) and the rows (storage.Contents.WriteRows).
//
// The signature is checked before anything is decrypted: no byte that the party did not write reaches the decryption, the
// parser of rows or the database. It is checked again with the bytes that were loaded, before they are committed, for a file that
// changed in between.

// backupFormat names the format; another layout gets another name.
const backupFormat = "passerelle-backup-v1"

// backupLabel says in the clear what is needed to check a backup: whose it claims to be.
type backupLabel struct {
	Format  string            `json:"format"` // backupFormat
	Party   contracts.PartyID `json:"party"`
	Network string            `json:"network"`
	Key     federation.KeyID  `json:"key"` // that signed it
}

// backupHeader says what a backup holds.
type backupHeader struct {
	Party    contracts.PartyID `json:"party"`
	Network  string            `json:"network"`
	Time     time.Time         `json:"time"`
	Channels []federation.Head `json:"channels"` // where they stood
	storage.Contents
}

// mostLabelBytes and mostHeaderBytes bound the two lines of JSON.
const (
	mostLabelBytes  = 1 << 10
	mostHeaderBytes = contracts.MaxBytes
)

// writeBackup encrypts and signs what write puts out. It returns the SHA-256 of the whole file.
func writeBackup(w io.Writer, p party, recipients []age.Recipient, write func(io.Writer) error) (string, error) {
	label, err := contracts.Encode(backupLabel{Format: backupFormat, Party: p.self, Network: p.directory.Network, Key: p.key.ID})
	if err != nil {
		return "", err
	}
	whole, signed := sha256.New(), sha256.New()
	file := io.MultiWriter(w, whole)
	body := io.MultiWriter(file, signed)
	if _, err := body.Write(append(label, '\n')); err != nil {
		return "", err
	}
	if err := encrypt(body, recipients, write); err != nil {
		return "", err
	}
	_, err = file.Write(p.key.SignArchive([sha256.Size]byte(signed.Sum(nil))))
	return fmt.Sprintf("%x", whole.Sum(nil)), err
}

func encrypt(w io.Writer, recipients []age.Recipient, write func(io.Writer) error) error {
	out := bufio.NewWriterSize(w, 1<<16)
	sealed, err := age.Encrypt(out, recipients...)
	if err != nil {
		return err
	}
	plain := bufio.NewWriterSize(sealed, 1<<16)
	if err := write(plain); err != nil {
		return err
	}
	return errors.Join(plain.Flush(), sealed.Close(), out.Flush())
}

// writeBackupHeader writes the first line inside of a backup.
func writeBackupHeader(w io.Writer, h backupHeader) error {
	line, err := contracts.Encode(h)
	if err != nil {
		return err
	}
	if len(line) >= mostHeaderBytes {
		return fmt.Errorf("a header of %d bytes is over the limit", len(line))
	}
	_, err = w.Write(append(line, '\n'))
	return err
}

// backupFile is a backup whose signature fits.
type backupFile struct {
	label  backupLabel
	file   io.ReaderAt
	begins int64 // of the encrypted bytes
	ends   int64
	sum    [sha256.Size]byte
}

// readLabel reads the line in the clear.
func readLabel(r *bufio.Reader) (l backupLabel, length int64, err error) {
	bad := contracts.Fault{Code: contracts.FaultMalformed, Message: "this is no backup of passerelle, or one of another format"}
	line, err := readJSONLine(r, mostLabelBytes)
	if err != nil || contracts.Decode(line, &l) != nil || l.Format != backupFormat {
		return l, 0, bad
	}
	return l, int64(len(line)) + 1, nil
}

// readJSONLine reads up to a line break within limit bytes.
func readJSONLine(r *bufio.Reader, limit int) ([]byte, error) {
	var line []byte
	for len(line) < limit {
		b, err := r.ReadByte()
		if err != nil {
			return nil, err
		}
		if b == '\n' {
			return line, nil
		}
		line = append(line, b)
	}
	return nil, errors.New("the first line does not end")
}

// checkBackup weighs the signature of a backup with the keys of its party. Progress is told per byte read.
func checkBackup(ctx context.Context, file io.ReaderAt, size int64, directory *federation.Directory, progress func(n int64)) (backupFile, error) {
	label, length, err := readLabel(bufio.NewReader(io.NewSectionReader(file, 0, min(size, mostLabelBytes))))
	if err != nil {
		return backupFile{}, err
	}
	b := backupFile{label: label, file: file, begins: length, ends: size - ed25519.SignatureSize}
	if label.Network != directory.Network {
		return b, contracts.Fault{Code: federation.FaultNetwork, Message: fmt.Sprintf("it is a backup of the network %.40q, not of %q", label.Network, directory.Network), Remedy: "give the folder of its network"}
	}
	if b.ends < b.begins {
		return b, contracts.Fault{Code: contracts.FaultMalformed, Message: "the backup is cut short"}
	}
	signed := sha256.New()
	if _, err := io.Copy(io.MultiWriter(signed, counter(progress)), cancelled{ctx, io.NewSectionReader(file, 0, b.ends)}); err != nil {
		return b, err
	}
	signature := make([]byte, ed25519.SignatureSize)
	if _, err := file.ReadAt(signature, b.ends); err != nil {
		return b, err
	}
	b.sum = [sha256.Size]byte(signed.Sum(nil))
	return b, directory.CheckArchive(label.Key, label.Party, b.sum, signature)
}

// counter is a writer that only counts.
type counter func(n int64)

func (c counter) Write(p []byte) (int, error) {
	c(int64(len(p)))
	return len(p), nil
}

// cancelled is a reader that ends with its context.
type cancelled struct {
	ctx context.Context
	r   io.Reader
}

func (c cancelled) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}

// decrypted is the inside of a backup while it is read.
type decrypted struct {
	backup backupFile
	line   []byte // the header as it stands there
	header backupHeader
	rows   io.Reader
	sum    hash.Hash
	bytes  io.Reader // encrypted, each counted in sum when it is read
}

// decrypt reads the header; the rows follow. Each call reads from the beginning.
func (b backupFile) decrypt(ctx context.Context, identities []age.Identity) (*decrypted, error) {
	d := &decrypted{backup: b, sum: sha256.New()}
	d.bytes = io.TeeReader(cancelled{ctx, io.NewSectionReader(b.file, 0, b.ends)}, d.sum)
	if _, err := io.CopyN(io.Discard, d.bytes, b.begins); err != nil {
		return nil, err
	}
	plain, err := age.Decrypt(d.bytes, identities...)
	if _, ok := errors.AsType[*age.NoIdentityMatchError](err); ok {
		return nil, contracts.Fault{Code: federation.FaultKey, Field: "--identity", Message: "the backup was not encrypted for this key", Remedy: "give the file that `passerelle backup key` made for the recipient of this backup"}
	}
	if err != nil {
		return nil, fmt.Errorf("decrypt: %w", err)
	}
	rows := bufio.NewReaderSize(plain, 1<<16)
	if d.line, err = readJSONLine(rows, mostHeaderBytes); err == nil {
		err = contracts.Decode(d.line, &d.header)
	}
	if err != nil {
		return nil, fmt.Errorf("read the header: %w", err)
	}
	if d.header.Party != b.label.Party || d.header.Network != b.label.Network {
		return nil, contracts.Fault{Code: contracts.FaultMalformed, Message: "inside is another party's backup than the label says"}
	}
	d.rows = rows
	return d, nil
}

// unchanged compares what was read with what was signed, and the header with the one that was read before. Call it when all rows have
// been read.
func (d *decrypted) unchanged(header []byte) error {
	if _, err := io.Copy(io.Discard, d.bytes); err != nil {
		return err
	}
	if !bytes.Equal(d.sum.Sum(nil), d.backup.sum[:]) || !bytes.Equal(d.line, header) {
		return contracts.Fault{Code: federation.FaultSignature, Message: "the backup was changed while it was read"}
	}
	return nil
}

// readIdentities reads the file of a backup key. One that others may read is refused.
func readIdentities(path string) ([]age.Identity, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("%s may be read by others; run chmod 600 on it", path)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	identities, err := age.ParseIdentities(f)
	if err != nil {
		return nil, fmt.Errorf("read backup key %s: %w", path, err)
	}
	return identities, nil
}

func readRecipients(path string) ([]age.Recipient, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	recipients, err := age.ParseRecipients(f)
	if err != nil {
		return nil, fmt.Errorf("read recipients %s: %w; it is the file with the line that `passerelle backup key` printed", path, err)
	}
	return recipients, nil
}
