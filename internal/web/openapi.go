package web

import (
	"encoding"
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/invopop/jsonschema"
	"github.com/labstack/echo/v4"

	"passerelle/contracts"
	"passerelle/contracts/schema"
	"passerelle/internal/access"
	"passerelle/internal/storage"
)

// OneOf is a body of one of several types, for Route.Gives.
type OneOf []any

// Text is a body that is not JSON, for Route.Takes: its media type.
type Text string

// Files is a body of bytes, for Route.Takes and Route.Gives: its media types.
type Files []string

// OpenAPI describes the JSON addresses among routes as OpenAPI 3.1 does: what each takes, gives and refuses, and for whom it is. It is
// made from the declarations that the program itself answers by.
func OpenAPI(title string, routes []Route) ([]byte, error) {
	paths := map[string]map[string]any{}
	for _, r := range routes {
		if !r.Program() {
			continue
		}
		path := parameter.ReplaceAllString(r.Path, "{$1}")
		if paths[path] == nil {
			paths[path] = map[string]any{}
		}
		paths[path][strings.ToLower(r.Method)] = operation(r)
	}
	problem, err := schemaOf(contracts.Problem{})
	if err != nil {
		return nil, err
	}
	return json.MarshalIndent(map[string]any{
		"openapi": "3.1.0",
		"info":    map[string]any{"title": title, "version": "1", "description": "Amounts are decimal strings beside their currency, dates are year-month-day. A write may carry an Idempotency-Key: it is then carried out once, however often it is sent."},
		"paths":   paths,
		"components": map[string]any{
			"schemas":         map[string]any{"Problem": problem},
			"securitySchemes": map[string]any{"token": map[string]any{"type": "http", "scheme": "bearer"}},
		},
		"security": []any{map[string]any{"token": []string{}}},
	}, "", "  ")
}

var parameter = regexp.MustCompile(`:(\w+)`)

func operation(r Route) map[string]any {
	op := map[string]any{"summary": r.Summary, "operationId": operationID(r), "description": "For: " + r.Who.String() + "."}
	if all := parameters(r); len(all) > 0 {
		op["parameters"] = all
	}
	if r.Takes != nil {
		op["requestBody"] = map[string]any{"required": true, "content": content(r.Takes)}
	}
	done := map[string]any{"description": "done"}
	if r.Gives != nil {
		done["content"] = content(r.Gives)
	}
	refused := map[string]any{"description": "refused, with the faults and what to do", "content": map[string]any{
		"application/problem+json": map[string]any{"schema": map[string]any{"$ref": "#/components/schemas/Problem"}}}}
	op["responses"] = map[string]any{strconv.Itoa(r.success()): done, "default": refused}
	return op
}

// success is the status of an answer that is no refusal.
func (r Route) success() int {
	switch {
	case r.Method == http.MethodPost && !r.Asks:
		return http.StatusCreated
	case r.Gives == nil:
		return http.StatusNoContent
	}
	return http.StatusOK
}

var separators = regexp.MustCompile(`[^a-zA-Z0-9]+`)

// operationID is made of method and path: "post-invoices-id-payments".
func operationID(r Route) string {
	return strings.ToLower(r.Method) + strings.TrimSuffix(separators.ReplaceAllString(strings.TrimPrefix(r.Path, "/api"), "-"), "-")
}

func parameters(r Route) (all []any) {
	text := map[string]any{"type": "string"}
	for _, found := range parameter.FindAllStringSubmatch(r.Path, -1) {
		all = append(all, map[string]any{"name": found[1], "in": "path", "required": true, "schema": text})
	}
	for _, name := range r.Query {
		all = append(all, map[string]any{"name": name, "in": "query", "schema": text})
	}
	if r.Writes() {
		all = append(all, map[string]any{"name": keyHeader, "in": "header", "schema": map[string]any{"type": "string", "maxLength": longestKey}})
	}
	return all
}

// content describes a body. A type that cannot be described is a programming mistake, and panics at start.
func content(body any) map[string]any {
	if kind, ok := body.(Text); ok {
		return map[string]any{string(kind): map[string]any{"schema": map[string]any{"type": "string"}}}
	}
	if kinds, ok := body.(Files); ok {
		all := map[string]any{}
		for _, kind := range kinds {
			all[kind] = map[string]any{}
		}
		return all
	}
	described, err := schemaOf(body)
	if err != nil {
		panic(err)
	}
	return map[string]any{echo.MIMEApplicationJSON: map[string]any{"schema": described}}
}

// instants are written by themselves.
var instants = map[reflect.Type]*jsonschema.Schema{
	reflect.TypeFor[storage.Instant](): {Type: "string", Format: "date-time"},
}

func schemaOf(body any) (any, error) {
	if several, ok := body.(OneOf); ok {
		all := make([]any, len(several))
		for i, one := range several {
			var err error
			if all[i], err = schemaOf(one); err != nil {
				return nil, err
			}
		}
		return map[string]any{"anyOf": all}, nil
	}
	r := schema.Reflector()
	shapes := r.Mapper
	r.Mapper = func(t reflect.Type) *jsonschema.Schema {
		if s := instants[t]; s != nil {
			return s
		}
		s := shapes(t)
		if s == nil && t.Kind() == reflect.Struct && t != reflect.TypeFor[time.Time]() && t.Implements(reflect.TypeFor[encoding.TextMarshaler]()) {
			return &jsonschema.Schema{Type: "string"} // it writes itself as text
		}
		return s
	}
	described := r.Reflect(body)
	described.Version = "" // the document says it once for all
	text, err := json.Marshal(described)
	if err != nil {
		return nil, fmt.Errorf("describe %T: %w", body, err)
	}
	return json.RawMessage(text), nil
}

// Described adds to routes the address of their own description.
func Described(title string, routes []Route) []Route {
	document, err := OpenAPI(title, routes)
	if err != nil {
		panic(err) // the types are the program's own
	}
	return append(routes, Route{Method: http.MethodGet, Path: "/api/openapi.json", Who: access.Everyone(), Summary: "read the description of this interface",
		Gives: map[string]any{}, Handle: func(c echo.Context) error { return c.JSONBlob(http.StatusOK, document) }})
}
