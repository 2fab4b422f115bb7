package delivery

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"passerelle/contracts"
)

// InFolder puts documents where another program fetches them: the document first, then NAME.json, which says what an access point
// asks for and that both are whole. A file appears under its name complete or not at all, and is never written over.
type InFolder struct {
	Path   string
	Beside func(Parcel) (name string, content []byte, err error) // a file more; nil is none
}

// Carry writes both files.
func (f InFolder) Carry(_ context.Context, p Parcel) (told string, err error) {
	root, err := os.OpenRoot(f.Path)
	if err != nil {
		return "", fmt.Errorf("open the folder: %w", err)
	}
	defer root.Close()
	about, err := contracts.Encode(p)
	if err != nil {
		return "", err
	}
	if err := put(root, p.File, p.Content); err != nil {
		return "", err
	}
	if f.Beside != nil {
		name, content, err := f.Beside(p)
		if err != nil {
			return "", err
		}
		if err := put(root, name, content); err != nil {
			return "", err
		}
	}
	return "", put(root, p.Name+".json", about)
}

// put writes a file under another name, makes it durable and gives it its own: a name that is taken stays, and is fine when it
// holds the same.
func put(root *os.Root, name string, content []byte) (err error) {
	if there, err := root.ReadFile(name); err == nil {
		return same(name, there, content)
	}
	const tail = ".part"
	if err := root.Remove(name + tail); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := durable(root, name+tail, content); err != nil {
		return err
	}
	if err := root.Link(name+tail, name); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	if err := root.Remove(name + tail); err != nil {
		return err
	}
	there, err := root.ReadFile(name)
	if err != nil {
		return err
	}
	if err := same(name, there, content); err != nil {
		return err
	}
	return syncFolder(root)
}

func same(name string, there, content []byte) error {
	if !bytes.Equal(there, content) {
		return contracts.Fault{Code: contracts.FaultInvalid, Field: "file", Message: fmt.Sprintf("%s is there already and holds something else", name), Remedy: "look who else writes into the folder"}
	}
	return nil
}

func durable(root *os.Root, name string, content []byte) error {
	file, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o640)
	if err != nil {
		return err
	}
	_, err = file.Write(content)
	if err == nil {
		err = file.Sync()
	}
	return errors.Join(err, file.Close())
}

func syncFolder(root *os.Root) error {
	folder, err := root.Open(".")
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}
