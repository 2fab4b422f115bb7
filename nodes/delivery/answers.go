package delivery

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"

	"passerelle/contracts"
	"passerelle/internal/access"
)

// Where answers go once they are read, inside their folder.
const (
	doneFolder    = "done"
	refusedFolder = "refused"
)

// mostAnswers is how many files one round reads, mostNotice how many bytes of a notice, which has a signature in it.
const (
	mostAnswers = 200
	mostNotice  = 1 << 20
)

// Collect takes in what lies in a folder: *.json, each an Answer, and *.xml, each a Notice of an authority. What was taken moves to
// done/, what is no answer to anything of ours moves to refused/; a writer gives a file its name when it is whole.
func (d Delivery) Collect(ctx context.Context, folder string) (taken int, err error) {
	root, err := os.OpenRoot(folder)
	if err != nil {
		return 0, fmt.Errorf("answers: %w", err)
	}
	defer root.Close()
	for _, into := range []string{doneFolder, refusedFolder} {
		if err := root.Mkdir(into, 0o750); err != nil && !errors.Is(err, fs.ErrExist) {
			return 0, fmt.Errorf("answers: %w", err)
		}
	}
	names, err := fs.Glob(root.FS(), "*.json")
	if err != nil {
		return 0, fmt.Errorf("answers: %w", err)
	}
	notices, err := fs.Glob(root.FS(), "*.xml")
	if err != nil {
		return 0, fmt.Errorf("answers: %w", err)
	}
	names = append(names, notices...)
	for _, name := range names[:min(len(names), mostAnswers)] {
		ok, err := d.collect(ctx, root, name)
		if err != nil {
			return taken, fmt.Errorf("answer in %s: %w", name, err)
		}
		if ok {
			taken++
		}
	}
	return taken, nil
}

func (d Delivery) collect(ctx context.Context, root *os.Root, name string) (ok bool, err error) {
	body, err := read(root, name)
	if err != nil { // it stays, and holds up no other
		d.Log.WarnContext(ctx, "an answer cannot be read", "file", strings.ToValidUTF8(name, "?"), "err", err)
		return false, nil
	}
	to := doneFolder
	err = d.take(ctx, path.Ext(name), body)
	switch {
	case contracts.IsFault(err), errors.Is(err, ErrNotFound):
		d.Log.WarnContext(ctx, "an answer is of no use", "file", strings.ToValidUTF8(name, "?"), "err", err)
		to = refusedFolder
	case err != nil:
		return false, err
	}
	return to == doneFolder, root.Rename(name, to+"/"+name)
}

func read(root *os.Root, name string) ([]byte, error) {
	file, err := root.Open(name)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(io.LimitReader(file, mostNotice+1))
	return body, errors.Join(err, file.Close())
}

// take reads a file of the folder by its ending.
func (d Delivery) take(ctx context.Context, ending string, body []byte) error {
	if ending == ".xml" {
		n, err := d.ReadNotice(body)
		if err != nil {
			return err
		}
		return d.Inform(ctx, access.Program(), n, "folder")
	}
	if len(body) > mostAnswer {
		return contracts.Fault{Code: contracts.FaultTooLarge, Message: "this is too long for an answer"}
	}
	answer, err := ParseAnswer(body)
	if err != nil {
		return err
	}
	return d.Take(ctx, access.Program(), answer, "folder")
}

// ReadNotice reads what an authority says. Where none says anything that is a Fault.
func (d Delivery) ReadNotice(b []byte) (Notice, error) {
	if len(b) > mostNotice {
		return Notice{}, contracts.Fault{Code: contracts.FaultTooLarge, Message: "this is too long for a notification"}
	}
	if d.Notices == nil {
		return Notice{}, contracts.Fault{Code: contracts.FaultInvalid, Message: "no authority of this country sends notifications"}
	}
	return d.Notices(b)
}
