package dashboard

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"
)

func serve(t *testing.T, path string, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	gin.SetMode(gin.ReleaseMode)
	e := gin.New()
	p, err := New()
	if err != nil {
		t.Fatal(err)
	}
	p.Routes(e)
	req := httptest.NewRequest(http.MethodGet, path, nil)
	for i := 0; i < len(headers); i += 2 {
		req.Header.Add(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	e.ServeHTTP(w, req)
	return w
}

var linked = regexp.MustCompile(`(?:src|href)="(/dashboard/[^"]+)"`)

// linkedFiles are what the page names.
func linkedFiles(t *testing.T) (paths []string) {
	t.Helper()
	for _, m := range linked.FindAllStringSubmatch(serve(t, "/dashboard").Body.String(), -1) {
		paths = append(paths, m[1])
	}
	if len(paths) < 3 {
		t.Fatalf("the page names only %v", paths)
	}
	return paths
}

func TestThePageIsAskedForAnewAndItsFilesAreKeptForEver(t *testing.T) {
	w := serve(t, "/dashboard")
	if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "text/html; charset=utf-8" || w.Header().Get("Cache-Control") != "no-cache" {
		t.Errorf("%d %v", w.Code, w.Header())
	}
	for _, path := range linkedFiles(t) {
		w := serve(t, path)
		if w.Code != http.StatusOK || w.Header().Get("Cache-Control") != "public, max-age=31536000, immutable" || !hashed.MatchString(path) {
			t.Errorf("%s: %d %v", path, w.Code, w.Header())
		}
		if w.Body.Len() == 0 || w.Header().Get("ETag") == "" {
			t.Errorf("%s: %d bytes, tag %q", path, w.Body.Len(), w.Header().Get("ETag"))
		}
	}
}

func TestNothingInlineAndNothingFromElsewhere(t *testing.T) {
	w := serve(t, "/dashboard")
	policy := w.Header().Get("Content-Security-Policy")
	for _, want := range []string{"default-src 'none'", "script-src 'self'", "connect-src 'self'", "frame-ancestors 'none'"} {
		if !strings.Contains(policy, want) {
			t.Errorf("the policy lacks %s: %s", want, policy)
		}
	}
	if strings.Contains(policy, "unsafe") {
		t.Errorf("the policy allows what is unsafe: %s", policy)
	}
	body := w.Body.String()
	if regexp.MustCompile(`<script(?:>|[^>]*[^"]>)`).MatchString(body) || strings.Contains(body, "<style") || strings.Contains(body, "style=") ||
		strings.Contains(body, "//") {
		t.Errorf("the page holds something inline or of another host:\n%s", body)
	}
}

func TestAnswersAreZippedForWhoTakesIt(t *testing.T) {
	path := linkedFiles(t)[1]
	plain := serve(t, path)
	for accepted, want := range map[string]string{
		"gzip": "gzip", "br, gzip;q=0.5": "gzip", "GZIP": "gzip", "gzip; q=1": "gzip",
		"": "", "br": "", "gzip;q=0": "", "gzip;q=0.000": "", "gzip;q=x": "", "xgzip": "",
	} {
		w := serve(t, path, "Accept-Encoding", accepted)
		if got := w.Header().Get("Content-Encoding"); got != want || w.Header().Get("Vary") != "Accept-Encoding" {
			t.Errorf("%q: encoding %q, headers %v", accepted, got, w.Header())
			continue
		}
		body := w.Body.Bytes()
		if want == "gzip" {
			if len(body) >= plain.Body.Len() || w.Header().Get("ETag") == plain.Header().Get("ETag") {
				t.Errorf("%q: %d bytes with tag %s", accepted, len(body), w.Header().Get("ETag"))
			}
			body = unzip(t, body)
		}
		if !bytes.Equal(body, plain.Body.Bytes()) {
			t.Errorf("%q: another content", accepted)
		}
	}
}

func unzip(t *testing.T, zipped []byte) []byte {
	t.Helper()
	r, err := gzip.NewReader(bytes.NewReader(zipped))
	if err != nil {
		t.Fatal(err)
	}
	plain, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return plain
}

func TestWhatTheBrowserHasIsNotSentAgain(t *testing.T) {
	for _, encoding := range []string{"identity", "gzip"} {
		tag := serve(t, "/dashboard", "Accept-Encoding", encoding).Header().Get("ETag")
		for _, have := range []string{tag, "W/" + tag, `"other", ` + tag, "*"} {
			w := serve(t, "/dashboard", "Accept-Encoding", encoding, "If-None-Match", have)
			if w.Code != http.StatusNotModified || w.Body.Len() != 0 {
				t.Errorf("%s with %s: %d, %d bytes", encoding, have, w.Code, w.Body.Len())
			}
		}
		if w := serve(t, "/dashboard", "Accept-Encoding", encoding, "If-None-Match", `"other"`); w.Code != http.StatusOK {
			t.Errorf("another tag: %d", w.Code)
		}
	}
}

func TestOtherNames(t *testing.T) {
	for path, want := range map[string]string{"/dashboard/": "/dashboard", "/dashboard/index.html?gu=1221000000": "/dashboard?gu=1221000000"} {
		if w := serve(t, path); w.Code != http.StatusFound || w.Header().Get("Location") != want {
			t.Errorf("%s: %d to %s", path, w.Code, w.Header().Get("Location"))
		}
	}
	for _, path := range []string{"/dashboard/none.js", "/dashboard/../dashboard.go", "/dashboard/dist/index.html", "/dashboard/%2e%2e/dashboard.go"} {
		if w := serve(t, path); w.Code != http.StatusNotFound || w.Header().Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: %d %v", path, w.Code, w.Header())
		}
	}
}

// The bound for all that is loaded to see the page, libraries included.
func TestThePageIsSmall(t *testing.T) {
	total := serve(t, "/dashboard", "Accept-Encoding", "gzip").Body.Len()
	for _, path := range linkedFiles(t) {
		total += serve(t, path, "Accept-Encoding", "gzip").Body.Len()
	}
	if total > 300_000 {
		t.Errorf("%d bytes compressed", total)
	}
	t.Logf("%d bytes compressed", total)
}
