package web

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"mime"
	"path"
	"strings"

	"github.com/labstack/echo/v4"
)

// assets is every style sheet and picture, under a name that holds a hash of its content: a browser keeps it for ever
// and asks for another name when it changed.
type assets struct {
	address map[string]string // "passerelle.css" -> "/assets/passerelle.1f2e3d4c.css"
	content map[string][]byte // "passerelle.1f2e3d4c.css" -> bytes
	styles  []string          // addresses of the style sheets, ours before the program's
}

// loadAssets reads the files at the root of each file system.
func loadAssets(from ...fs.FS) (*assets, error) {
	a := &assets{address: map[string]string{}, content: map[string][]byte{}}
	for _, files := range from {
		entries, err := fs.ReadDir(files, ".")
		if err != nil {
			return nil, fmt.Errorf("load assets: %w", err)
		}
		for _, entry := range entries {
			body, err := fs.ReadFile(files, entry.Name())
			if err != nil {
				return nil, fmt.Errorf("load asset: %w", err)
			}
			a.add(entry.Name(), body)
		}
	}
	return a, nil
}

func (a *assets) add(name string, body []byte) {
	sum := sha256.Sum256(body)
	ext := path.Ext(name)
	hashed := strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(sum[:6]) + ext
	a.address[name] = "/assets/" + hashed
	a.content[hashed] = body
	if ext == ".css" {
		a.styles = append(a.styles, a.address[name])
	}
}

// url is for templates; an unknown name is a mistake in the template.
func (a *assets) url(name string) (string, error) {
	u, ok := a.address[name]
	if !ok {
		return "", fmt.Errorf("there is no asset %q", name)
	}
	return u, nil
}

func (a *assets) serve(c echo.Context) error {
	name := c.Param("file")
	body, ok := a.content[name]
	if !ok {
		return NotFound("file")
	}
	c.Response().Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	return c.Blob(200, mime.TypeByExtension(path.Ext(name)), body)
}
