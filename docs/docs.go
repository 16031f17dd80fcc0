// Package docs holds the API's documentation. swagger.json and openapi.json are made by `make docs` from the
// annotations above the handlers, and never edited by hand.
package docs

import _ "embed"

//go:embed swagger.json
var Swagger []byte

//go:embed openapi.json
var OpenAPI []byte
