package federation

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"syscall"

	"passerelle/contracts"
)

// The files of a network, in a folder of each party.
const (
	AnchorFile   = "network.json"   // pinned: made once, given by hand, never rewritten
	RegistryFile = "registry.jsonl" // the entries so far, one a line; may be copied from anybody
)

// LoadRegistry reads the registry of a folder and verifies all of it. A folder with an anchor alone has an empty registry.
func LoadRegistry(dir string) (*Registry, error) {
	anchor, err := loadAnchor(filepath.Join(dir, AnchorFile))
	if err != nil {
		return nil, err
	}
	r, err := NewRegistry(anchor)
	if err != nil {
		return nil, fmt.Errorf("load registry: %s: %w", AnchorFile, err)
	}
	path := filepath.Join(dir, RegistryFile)
	b, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return r, nil
	}
	if err != nil {
		return nil, fmt.Errorf("load registry: %w", err)
	}
	lines, err := SplitEntries(b)
	for i := 0; err == nil && i < len(lines); i++ {
		if r, err = r.Append(lines[i]); err != nil {
			err = fmt.Errorf("line %d: %w", i+1, err)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("load registry %s: %w", path, err)
	}
	return r, nil
}

func loadAnchor(path string) (Anchor, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return Anchor{}, fmt.Errorf("load anchor: %w", err)
	}
	var a Anchor
	if err := contracts.Decode(b, &a); err != nil {
		return Anchor{}, fmt.Errorf("load anchor %s: %w", path, err)
	}
	return a, nil
}

// SplitEntries cuts the content of a registry file into its lines. Each ends with a line feed; a last one without it was cut off.
func SplitEntries(b []byte) ([][]byte, error) {
	if len(b) == 0 {
		return nil, nil
	}
	if b[len(b)-1] != '\n' {
		return nil, contracts.Fault{Code: FaultEntry, Message: "the last line has no end: the file was cut off", Remedy: "copy it again from any other party"}
	}
	return bytes.Split(b[:len(b)-1], []byte("\n")), nil
}

// AppendRegistry adds lines to the registry of a folder and returns it as it is then. Lines that are there already are passed over.
// Either all lines are durable when it returns, or the file is as it was. Several processes may do so at once.
func AppendRegistry(dir string, lines ...[]byte) (r *Registry, err error) {
	lock, err := os.Open(filepath.Join(dir, AnchorFile))
	if err != nil {
		return nil, fmt.Errorf("append to registry: %w", err)
	}
	defer func() { err = errors.Join(err, lock.Close()) }() // which lets go of the lock
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
		return nil, fmt.Errorf("append to registry: lock %s: %w", lock.Name(), err)
	}
	there, err := LoadRegistry(dir)
	if err != nil {
		return nil, err
	}
	r, err = there.Extend(lines...)
	if err != nil || r.Number() == there.Number() {
		return r, err
	}
	return r, r.write(dir)
}

// Create writes a network's files into a folder that has none: the entries, then the anchor, by whose presence others know that
// the folder is complete.
func (r *Registry) Create(dir string) error {
	anchor, err := contracts.Encode(r.anchor)
	if err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(dir, AnchorFile)); !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("create network: %s has one already", dir)
	}
	if err := r.write(dir); err != nil {
		return err
	}
	return replaceFile(filepath.Join(dir, AnchorFile), append(anchor, '\n'))
}

func (r *Registry) write(dir string) error {
	var b []byte
	for _, line := range r.Lines(0) {
		b = append(slices.Concat(b, line), '\n')
	}
	return replaceFile(filepath.Join(dir, RegistryFile), b)
}

// replaceFile puts a whole new file in the place of an old one, durably: whoever reads sees the one or the other, also after a
// power cut.
func replaceFile(path string, content []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	_, err = f.Write(content)
	if err = errors.Join(err, f.Chmod(0o644), f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("write %s: %w", path, err), os.Remove(f.Name()))
	}
	return syncFolder(filepath.Dir(path))
}

func syncFolder(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
