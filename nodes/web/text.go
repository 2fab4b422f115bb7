package web

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/labstack/echo/v4"

	"passerelle/contracts"
	"passerelle/internal/web"
)

// longestText bounds every text a person or program writes, as it does the cells of an imported file.
const longestText = 2000

// checkText refuses what no field has a use for, and not every database keeps: control characters but for line breaks and tabs,
// bytes that are no text, and books in the place of a name.
func checkText(field, s string) error {
	f := contracts.Fault{Code: contracts.FaultInvalid, Field: field, Message: "holds characters that are no text", Remedy: "type it again"}
	switch {
	case len(s) > longestText:
		return contracts.Fault{Code: contracts.FaultTooLarge, Field: field, Message: fmt.Sprintf("longer than %d bytes", longestText), Remedy: "shorten it"}
	case !utf8.ValidString(s) || strings.ContainsFunc(s, func(r rune) bool { return r < ' ' && r != '\n' && r != '\r' && r != '\t' || r == 0x7f }):
		return f
	}
	return nil
}

// plainAddress checks what stands in the address: an id of no text is nowhere, a parameter of no text a fault.
func plainAddress(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		for _, v := range c.ParamValues() {
			if checkText("", v) != nil {
				return web.NotFound("address")
			}
		}
		for name, values := range c.QueryParams() {
			for _, v := range append(values, name) {
				if err := checkText(web.Clip(strings.ToValidUTF8(name, "")), v); err != nil {
					return err
				}
			}
		}
		return next(c)
	}
}

// bind reads the JSON of a request, strictly, with every text in it checked.
func bind(c echo.Context, v any) error {
	body, err := io.ReadAll(c.Request().Body)
	if err != nil {
		return fmt.Errorf("read body: %w", err)
	}
	c.Request().Body = io.NopCloser(bytes.NewReader(body))
	if err := web.BindJSON(c, v); err != nil {
		return err
	}
	return checkTexts(body)
}

// checkTexts walks a JSON document that was read already.
func checkTexts(body []byte) error {
	var fs contracts.Faults
	dec := jsontext.NewDecoder(bytes.NewReader(body))
	for {
		tok, err := dec.ReadToken()
		if errors.Is(err, io.EOF) {
			return fs.Err()
		}
		if err != nil {
			return fmt.Errorf("check texts: %w", err)
		}
		if tok.Kind() == '"' {
			fs.Add("", checkText(pathOf(dec.StackPointer()), tok.String()))
		}
	}
}

// pathOf turns a JSON pointer (/lines/2/price) into the path that faults use (lines[2].price).
func pathOf(p jsontext.Pointer) string {
	path := ""
	for tok := range p.Tokens() {
		if strings.Trim(tok, "0123456789") == "" {
			path += "[" + tok + "]"
			continue
		}
		path = strings.TrimPrefix(path+"."+tok, ".")
	}
	return path
}
