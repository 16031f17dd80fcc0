// Package dashboard is the page on which everybody looks at the city's figures.
package dashboard

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"regexp"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"dure/api/problem"
	"dure/domain/kernel/fault"
)

// built is what `make page` makes of web/. It is committed, so that Go alone builds the binary.
//
//go:embed dist
var built embed.FS

var errNoFile = fault.New(fault.NotFound, "request.no_route")

const (
	page = "index.html"
	// policy lets the page load its own files and ask its own server, and nothing else: no inline script, no other host.
	policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
		"base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
	forEver = "public, max-age=31536000, immutable"
	askMe   = "no-cache" // keep it, but ask whether it is still the one
)

// hashed are the names that change with their content.
var hashed = regexp.MustCompile(`-[0-9a-f]{12}\.\w+$`)

var mediaTypes = map[string]string{
	".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8",
	".svg": "image/svg+xml", ".txt": "text/plain; charset=utf-8",
}

// file is one file of the page, ready to be sent.
type file struct {
	plain, zipped []byte // zipped is nil where it would be no smaller
	mediaType     string
	tag           string
	keep          string
}

// Page is the page with its files, by their names.
type Page map[string]file

// New reads the page as it was built.
func New() (Page, error) { return load(built) }

// Routes serves the page and its files. They are open: what the page shows, it asks the API for.
func (p Page) Routes(e gin.IRoutes) {
	e.GET("/dashboard", p[page].send)
	e.GET("/dashboard/*file", func(c *gin.Context) {
		name := strings.TrimPrefix(c.Param("file"), "/")
		if name == "" || name == page {
			to := "/dashboard"
			if query := c.Request.URL.RawQuery; query != "" {
				to += "?" + query // the filters
			}
			c.Redirect(http.StatusFound, to)
			return
		}
		f, ok := p[name]
		if !ok {
			problem.Write(c, errNoFile)
			return
		}
		f.send(c)
	})
}

// load reads all files and zips them, once.
func load(built fs.FS) (Page, error) {
	names, err := fs.Glob(built, "dist/*")
	if err != nil {
		return nil, err
	}
	files := Page{}
	for _, name := range names {
		plain, err := fs.ReadFile(built, name)
		if err != nil {
			return nil, err
		}
		zipped, err := zip(plain)
		if err != nil {
			return nil, err
		}
		name := path.Base(name)
		mediaType, ok := mediaTypes[path.Ext(name)]
		if !ok {
			return nil, fmt.Errorf("dashboard: no media type is known for %s", name)
		}
		sum := sha256.Sum256(plain)
		f := file{plain: plain, mediaType: mediaType, tag: `"` + hex.EncodeToString(sum[:12]) + `"`, keep: askMe}
		if hashed.MatchString(name) {
			f.keep = forEver
		}
		if len(zipped) < len(plain) {
			f.zipped = zipped
		}
		files[name] = f
	}
	if _, ok := files[page]; !ok {
		return nil, fmt.Errorf("dashboard: %s was not built", page)
	}
	return files, nil
}

func zip(plain []byte) ([]byte, error) {
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(plain); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

func (f file) send(c *gin.Context) {
	body, tag := f.plain, f.tag
	h := c.Writer.Header()
	h.Set("Content-Security-Policy", policy)
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
	h.Set("Cache-Control", f.keep)
	if f.zipped != nil {
		h.Set("Vary", "Accept-Encoding")
		if takesGzip(c.Request.Header.Values("Accept-Encoding")) {
			// Other bytes, another strong tag.
			body, tag = f.zipped, strings.TrimSuffix(f.tag, `"`)+`-gzip"`
			h.Set("Content-Encoding", "gzip")
		}
	}
	h.Set("ETag", tag)
	for _, have := range c.Request.Header.Values("If-None-Match") {
		for candidate := range strings.SplitSeq(have, ",") {
			if candidate = strings.TrimSpace(candidate); candidate == "*" || strings.TrimPrefix(candidate, "W/") == tag {
				h.Del("Content-Encoding")
				c.Status(http.StatusNotModified)
				return
			}
		}
	}
	c.Data(http.StatusOK, f.mediaType, body)
}

// takesGzip says whether a client named gzip and did not refuse it by a weight of nought.
func takesGzip(accepted []string) bool {
	for coding := range strings.SplitSeq(strings.Join(accepted, ","), ",") {
		name, weight, _ := strings.Cut(coding, ";")
		if !strings.EqualFold(strings.TrimSpace(name), "gzip") {
			continue
		}
		_, q, weighed := strings.Cut(weight, "=")
		value, err := strconv.ParseFloat(strings.TrimSpace(q), 64)
		return !weighed || err == nil && value > 0
	}
	return false
}
