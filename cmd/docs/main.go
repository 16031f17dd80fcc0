// Command docs writes the API's documentation, docs/swagger.json and docs/openapi.json, from the annotations above the handlers.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"path/filepath"

	"github.com/getkin/kin-openapi/openapi2"
	"github.com/getkin/kin-openapi/openapi2conv"
	"github.com/getkin/kin-openapi/openapi3"
	"github.com/swaggo/swag"

	"dure/api/problem"
)

func main() {
	out := flag.String("out", "docs", "folder to write to")
	flag.Parse()
	if err := write(*out); err != nil {
		fmt.Fprintln(os.Stderr, "docs:", err)
		os.Exit(1)
	}
}

func write(folder string) error {
	swagger, openapi, err := generate(".")
	if err != nil {
		return err
	}
	for name, content := range map[string][]byte{"swagger.json": swagger, "openapi.json": openapi} {
		if err := os.WriteFile(filepath.Join(folder, name), content, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// generate makes both documents from the sources below root.
func generate(root string) (swagger, openapi []byte, err error) {
	parser := swag.New(swag.SetStrict(true), swag.SetDebugger(log.New(io.Discard, "", 0)))
	if err := parser.ParseAPIMultiSearchDir([]string{filepath.Join(root, "api")}, "documentation.go", 0); err != nil {
		return nil, nil, err
	}
	if swagger, err = canonical(parser.GetSwagger()); err != nil {
		return nil, nil, err
	}
	var v2 openapi2.T
	if err := json.Unmarshal(swagger, &v2); err != nil {
		return nil, nil, err
	}
	v3, err := openapi2conv.ToV3(&v2)
	if err != nil {
		return nil, nil, err
	}
	amend(v3)
	if err := v3.Validate(context.Background()); err != nil {
		return nil, nil, fmt.Errorf("openapi.json would not be valid: %w", err)
	}
	openapi, err = canonical(v3)
	return swagger, openapi, err
}

// amend says what Swagger 2.0 has no words for: that the token is a bearer token, that problems have a media type of their own,
// and that a file may be the body itself.
func amend(doc *openapi3.T) {
	for _, scheme := range doc.Components.SecuritySchemes {
		scheme.Value = openapi3.NewJWTSecurityScheme().WithDescription(scheme.Value.Description)
	}
	const schema = "#/components/schemas/Problem"
	for _, path := range doc.Paths.Map() {
		for _, operation := range path.Operations() {
			if body := operation.RequestBody; body != nil {
				for mediaType, content := range body.Value.Content {
					if mediaType != "application/json" && mediaType != "multipart/form-data" {
						content.Schema = openapi3.NewStringSchema().WithFormat("binary").NewRef()
					}
				}
			}
			for _, response := range operation.Responses.Map() {
				for _, content := range response.Value.Content {
					if content.Schema != nil && content.Schema.Ref == schema {
						response.Value.Content = openapi3.NewContentWithSchemaRef(content.Schema, []string{problem.ContentType})
						break
					}
				}
			}
		}
	}
}

// canonical writes JSON for people to read: indented, members in alphabetical order, no escapes that JSON does not need.
func canonical(v any) ([]byte, error) {
	raw, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	var plain any
	if err := decoder.Decode(&plain); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	err = encoder.Encode(plain)
	return b.Bytes(), err
}
