package main

import (
	"bytes"
	"os"
	"testing"
)

func TestCommittedDocumentationIsWhatTheSourcesSay(t *testing.T) {
	swagger, openapi, err := generate("../..")
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string][]byte{"swagger.json": swagger, "openapi.json": openapi} {
		got, err := os.ReadFile("../../docs/" + name)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("docs/%s is not what `make docs` writes", name)
		}
	}
}
