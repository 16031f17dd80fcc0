package main

import (
	"encoding/json"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"dure/api"
	"dure/docs"
	"dure/domain/kernel/calendar"
	"dure/repository/dbtest"
)

// open is all that may be called without a token. A route comes onto this list only when it neither shows nor changes
// anything about a person other than the one who asks. A certificate's number is a secret that its holder gives away himself.
// The hall of fame names those who want it, and masks the others.
var open = []string{
	"GET /api/v1/activities",
	"GET /api/v1/activities/{activity_id}",
	"GET /api/v1/activities/{activity_id}/shifts",
	"GET /api/v1/activity-fields",
	"GET /api/v1/camps",
	"GET /api/v1/camps/{camp_id}",
	"GET /api/v1/certificates/{number}",
	"GET /api/v1/honours",
	"GET /api/v1/merchants",
	"GET /api/v1/merchants/{merchant_id}",
	"GET /api/v1/open-data/places",
	"GET /api/v1/open-data/publications",
	"GET /api/v1/open-data/publications/{publication_id}",
	"GET /api/v1/open-data/publications/{publication_id}/cubes/{cube}",
	"GET /api/v1/open-data/publications/{publication_id}/download",
	"GET /api/v1/open-data/targets",
	"GET /api/v1/regions",
	"GET /api/v1/regions/{code}",
	"GET /api/v1/target-metrics",
	"POST /api/v1/auth/login",
	"POST /api/v1/auth/refresh",
	"POST /api/v1/auth/register",
	"POST /api/v1/certificates/{number}/checks",
}

// undocumented are the routes outside the API proper.
var undocumented = []string{
	"GET /healthz", "GET /readyz", "GET /.well-known/jwks.json", "GET /swagger", "GET /swagger/*file", "GET /openapi.json",
	"GET /dashboard", "GET /dashboard/*file",
}

// apiDocument is as much of docs/swagger.json as the guards look at.
type apiDocument struct {
	Paths map[string]map[string]operation
	Tags  []struct{ Name, Description string }
}

type operation struct {
	OperationID string
	Summary     string
	Tags        []string
	Security    []map[string][]string
	Responses   map[string]struct {
		Description string
		Schema      struct {
			Ref string `json:"$ref"`
		}
	}
}

func documented(t *testing.T) (d apiDocument, operations map[string]operation) {
	t.Helper()
	if err := json.Unmarshal(docs.Swagger, &d); err != nil {
		t.Fatal(err)
	}
	operations = map[string]operation{}
	for path, verbs := range d.Paths {
		for verb, o := range verbs {
			operations[strings.ToUpper(verb)+" "+api.Prefix+path] = o
		}
	}
	return d, operations
}

// engineFor builds the whole API on an empty database.
func engineFor(t *testing.T, url string) *gin.Engine {
	t.Helper()
	cfg, err := readSettings([]string{"DURE_DATABASE_URL=" + url, "DURE_AUTH_RATE=0"}).load()
	if err != nil {
		t.Fatal(err)
	}
	clock := calendar.Clock{Instant: time.Now, Zone: cfg.TimeZone}
	d, err := connect(t.Context(), cfg, dbtest.Open(t, url), clock)
	if err != nil {
		t.Fatal(err)
	}
	e, err := newEngine(t.Context(), cfg, d, slog.New(slog.DiscardHandler), nil)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestEveryRouteIsDocumentedAndEveryDocumentedRouteExists(t *testing.T) {
	var served []string
	for _, r := range engineFor(t, dbtest.SQLite(t)).Routes() {
		name := r.Method + " " + pathParameter.ReplaceAllString(r.Path, "{$1}")
		if !slices.Contains(undocumented, name) {
			served = append(served, name)
		}
	}
	_, operations := documented(t)
	for _, name := range served {
		if _, ok := operations[name]; !ok {
			t.Errorf("%s is served, but not documented", name)
		}
	}
	for name := range operations {
		if !slices.Contains(served, name) {
			t.Errorf("%s is documented, but not served", name)
		}
	}
}

func TestTheOpenListIsExact(t *testing.T) {
	var got []string
	for _, r := range routesOf(features(dependencies{})) {
		if !r.signedIn {
			got = append(got, r.method+" "+r.path)
		}
	}
	slices.Sort(got)
	if want := slices.Sorted(slices.Values(open)); !slices.Equal(got, want) {
		t.Errorf("without a token may be called:\n%s\nbut the list says:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestDocumentationSaysWhoNeedsAToken(t *testing.T) {
	_, operations := documented(t)
	for _, r := range routesOf(features(dependencies{})) {
		name := r.method + " " + r.path
		o := operations[name]
		secured := len(o.Security) == 1 && len(o.Security[0]) == 1 && o.Security[0]["bearer"] != nil
		if r.signedIn != secured || !r.signedIn && len(o.Security) != 0 {
			t.Errorf("%s: signed in %v, documented security %v", name, r.signedIn, o.Security)
		}
		if _, ok := o.Responses["401"]; r.signedIn && !ok {
			t.Errorf("%s: 401 is not documented", name)
		}
	}
}

func TestEveryDocumentedRefusalIsAProblem(t *testing.T) {
	_, operations := documented(t)
	for name, o := range operations {
		refusals := 0
		for status, r := range o.Responses {
			if status < "400" {
				continue
			}
			refusals++
			if r.Schema.Ref != "#/definitions/Problem" || strings.TrimSpace(r.Description) == "" {
				t.Errorf("%s: %s is no described problem", name, status)
			}
		}
		if refusals == 0 {
			t.Errorf("%s documents no refusal", name)
		}
	}
}

func TestOperationsAreNamedAndFiledUnderTheirFeature(t *testing.T) {
	d, operations := documented(t)
	described := map[string]bool{}
	for _, tag := range d.Tags {
		described[tag.Name] = tag.Description != ""
	}
	used := map[string]bool{}
	for name, o := range operations {
		if o.OperationID == "" || o.Summary == "" || len(o.Tags) != 1 {
			t.Errorf("%s: id %q, summary %q, tags %v", name, o.OperationID, o.Summary, o.Tags)
			continue
		}
		used[o.Tags[0]] = true
		if !described[o.Tags[0]] {
			t.Errorf("%s: the tag %s has no description", name, o.Tags[0])
		}
	}
	for _, tag := range slices.Sorted(maps.Keys(described)) {
		if !used[tag] {
			t.Errorf("nothing is filed under the tag %s", tag)
		}
	}
}

// Who is not signed in learns nothing: not whether his body could be read, nor whether a thing exists.
func TestStrangersAreRefusedBeforeAnythingElse(t *testing.T) {
	e := engineFor(t, dbtest.SQLite(t))
	for _, r := range routesOf(features(dependencies{})) {
		if !r.signedIn {
			continue
		}
		path := regexp.MustCompile(`\{\w+\}`).ReplaceAllString(r.path, "01981c5e-7f5e-7cc0-9f43-0d3b8b2f7a10")
		for _, body := range []string{"", "{", `{"unknown":1}`, "\x00\xff"} {
			for _, authorization := range [][]string{nil, {""}, {"Bearer"}, {"Bearer x.y.z"}, {"Basic YTpi"}, {"Bearer x", "Bearer x"}} {
				req := httptest.NewRequest(r.method, path+"?limit=x&access_token=x", strings.NewReader(body))
				req.Header.Set("Content-Type", "application/json")
				req.Header["Authorization"] = authorization
				w := httptest.NewRecorder()
				e.ServeHTTP(w, req)
				if w.Code != http.StatusUnauthorized || !strings.HasPrefix(w.Header().Get("WWW-Authenticate"), "Bearer") ||
					w.Header().Get("Content-Type") != "application/problem+json" {
					t.Fatalf("%s %s with %q and body %q: %d %v", r.method, r.path, authorization, body, w.Code, w.Header())
				}
			}
		}
	}
}
