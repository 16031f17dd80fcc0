package api

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/gin-gonic/gin"
)

// served is the server that a handler runs in, behind what stands before every route.
func served(t *testing.T, handle gin.HandlerFunc) *httptest.Server {
	t.Helper()
	gin.SetMode(gin.ReleaseMode)
	e := gin.New()
	e.Use(recoverPanics)
	e.GET("/", entityTags, handle)
	server := httptest.NewServer(e)
	t.Cleanup(server.Close)
	return server
}

func get(t *testing.T, server *httptest.Server, tag string) *http.Response {
	t.Helper()
	r, err := http.NewRequest("GET", server.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("If-None-Match", tag)
	w, err := server.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.Body.Close() })
	return w
}

// What is flushed arrives while the handler still works; its own tag is honoured, and no other is made up.
func TestWhatIsFlushedGoesOutAtOnce(t *testing.T) {
	arrived := make(chan struct{})
	server := served(t, func(c *gin.Context) {
		c.Header("ETag", `"v1"`)
		c.Header("Content-Type", "text/csv")
		c.Status(http.StatusOK)
		c.Writer.Flush()
		if _, err := c.Writer.WriteString("first"); err != nil {
			return
		}
		c.Writer.Flush()
		<-arrived
		_, _ = c.Writer.Write([]byte(" second"))
	})
	w := get(t, server, `"v0"`)
	first := make([]byte, 5)
	if _, err := io.ReadFull(w.Body, first); err != nil || string(first) != "first" || w.Header.Get("ETag") != `"v1"` {
		t.Fatalf("%q %v %v", first, w.Header, err)
	}
	close(arrived)
	if rest, err := io.ReadAll(w.Body); err != nil || string(rest) != " second" {
		t.Errorf("%q %v", rest, err)
	}
}

func TestWhoHasWhatIsFlushedIsToldSo(t *testing.T) {
	refused := make(chan error, 1)
	server := served(t, func(c *gin.Context) {
		c.Header("ETag", `"v1"`)
		c.Header("Content-Type", "text/csv")
		c.Status(http.StatusOK)
		c.Writer.Flush()
		_, err := c.Writer.Write([]byte("never"))
		refused <- err
	})
	w := get(t, server, `"v1"`)
	if body, err := io.ReadAll(w.Body); w.StatusCode != http.StatusNotModified || len(body) != 0 || err != nil || w.Header.Get("Content-Type") != "" {
		t.Errorf("%d %q %v", w.StatusCode, body, err)
	}
	if err := <-refused; !errors.Is(err, http.ErrBodyNotAllowed) {
		t.Errorf("the handler goes on for nobody: %v", err)
	}
}

func TestWhatIsHeldGetsATagOfItsBytes(t *testing.T) {
	server := served(t, func(c *gin.Context) { c.JSON(http.StatusOK, gin.H{"a": 1}) })
	first := get(t, server, "")
	tag := first.Header.Get("ETag")
	if again := get(t, server, tag); tag == "" || again.StatusCode != http.StatusNotModified {
		t.Errorf("%q %d", tag, again.StatusCode)
	}
}

// A handler that gives up in the middle must not look as if it had ended.
func TestWhatIsGivenUpIsCut(t *testing.T) {
	server := served(t, func(c *gin.Context) {
		c.Status(http.StatusOK)
		c.Writer.Flush()
		_, _ = c.Writer.WriteString("half")
		c.Writer.Flush()
		panic(http.ErrAbortHandler)
	})
	if body, err := io.ReadAll(get(t, server, "").Body); err == nil {
		t.Errorf("%q looks whole", body)
	}
}
