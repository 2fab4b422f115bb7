package country

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"strings"

	"gopkg.in/yaml.v3"
)

// MustLoad builds an adapter from its embedded data file. A file that does not hold together is a mistake of the
// program, so it panics and the program does not start.
func MustLoad(data []byte, f Funcs) *Adapter {
	a, err := Load(data, f)
	if err != nil {
		panic(err)
	}
	return a
}

// Load reads a data file strictly: unknown keys, keys twice, numbers with a fraction that are not quoted, unknown sources,
// reversed or overlapping periods, unknown checks and expressions that do not compile are each an error.
func Load(data []byte, f Funcs) (*Adapter, error) {
	var a Adapter
	if err := decode(data, &a); err != nil {
		return nil, fmt.Errorf("load country data: %w", err)
	}
	a.checks = maps.Clone(checks)
	maps.Copy(a.checks, f.Checks)
	if err := a.validate(); err != nil {
		return nil, fmt.Errorf("load country data of %s: %w", a.Code, err)
	}
	return &a, nil
}

func decode(data []byte, v any) error {
	var root yaml.Node
	if err := yaml.Unmarshal(data, &root); err != nil {
		return err
	}
	if err := refuseFloats(&root); err != nil {
		return err
	}
	dec := yaml.NewDecoder(bytes.NewReader(data))
	dec.KnownFields(true)
	if err := dec.Decode(v); err != nil {
		return err
	}
	if err := dec.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return errors.New("a data file is one document")
	}
	return nil
}

// percentKeys hold percentages, which even as whole numbers stand between quotes so that all look alike.
var percentKeys = map[string]bool{"percent": true, "min": true, "max": true, "average": true, "rate": true, "margin_points": true}

func refuseFloats(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode && n.Tag == "!!float" {
		return fmt.Errorf("line %d: write %s between quotes: numbers with a fraction are decimal strings", n.Line, n.Value)
	}
	for i, child := range n.Content {
		if n.Kind == yaml.MappingNode && i%2 == 1 && percentKeys[n.Content[i-1].Value] && child.Tag == "!!int" {
			return fmt.Errorf("line %d: write %s between quotes: a percentage is a decimal string", child.Line, child.Value)
		}
		if err := refuseFloats(child); err != nil {
			return err
		}
	}
	return nil
}

// problems collects what is wrong with a file, so that all of it is mended in one go.
type problems []string

func (p *problems) addf(format string, args ...any) { *p = append(*p, fmt.Sprintf(format, args...)) }

func (p problems) err() error {
	if len(p) == 0 {
		return nil
	}
	return errors.New(strings.Join(p, "\n"))
}
