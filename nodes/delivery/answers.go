package delivery

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"passerelle/contracts"
	"passerelle/internal/access"
)

// Where answers go once they are read, inside their folder.
const (
	doneFolder    = "done"
	refusedFolder = "refused"
)

// mostAnswers is how many files one round reads.
const mostAnswers = 200

// Collect takes in the answers that lie as *.json in a folder, each an Answer. What was taken moves to done/, what is no answer to
// anything of ours moves to refused/; a writer gives a file its name when it is whole.
func (d Delivery) Collect(ctx context.Context, path string) (taken int, err error) {
	root, err := os.OpenRoot(path)
	if err != nil {
		return 0, fmt.Errorf("answers: %w", err)
	}
	defer root.Close()
	for _, folder := range []string{doneFolder, refusedFolder} {
		if err := root.Mkdir(folder, 0o750); err != nil && !errors.Is(err, fs.ErrExist) {
			return 0, fmt.Errorf("answers: %w", err)
		}
	}
	names, err := fs.Glob(root.FS(), "*.json")
	if err != nil {
		return 0, fmt.Errorf("answers: %w", err)
	}
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
	file, err := root.Open(name)
	if err != nil {
		return false, err
	}
	body, err := io.ReadAll(io.LimitReader(file, mostAnswer+1))
	if err = errors.Join(err, file.Close()); err != nil {
		return false, err
	}
	to := doneFolder
	answer, err := ParseAnswer(body)
	if err == nil {
		err = d.Take(ctx, access.Program(), answer, "folder")
	}
	switch {
	case contracts.IsFault(err), errors.Is(err, ErrNotFound):
		d.Log.WarnContext(ctx, "an answer is of no use", "file", strings.ToValidUTF8(name, "?"), "err", err)
		to = refusedFolder
	case err != nil:
		return false, err
	}
	return to == doneFolder, root.Rename(name, to+"/"+name)
}
