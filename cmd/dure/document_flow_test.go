package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"mime"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"dure/api"
	"dure/domain/kernel/id"
)

const aPDF = "%PDF-1.7\n1 0 obj\n<</Type/Catalog>>\nendobj\n%%EOF\n"

// form is a multipart form with a file and texts, which are name, value pairs; the same texts give the same bytes.
func form(t *testing.T, fileName, content string, texts ...string) (body *bytes.Buffer, contentType string) {
	t.Helper()
	body = &bytes.Buffer{}
	w := multipart.NewWriter(body)
	if err := w.SetBoundary("between-the-parts"); err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(texts); i += 2 {
		if err := w.WriteField(texts[i], texts[i+1]); err != nil {
			t.Fatal(err)
		}
	}
	file, err := w.CreateFormFile("file", fileName)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := file.Write([]byte(content)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return body, w.FormDataContentType()
}

// handIn hands in a document.
func (p *client) handIn(purpose, fileName, content string, headers ...string) answer {
	p.t.Helper()
	body, contentType := form(p.t, fileName, content, "purpose", purpose)
	return p.ask("POST", p.c.base+api.Prefix+"/documents", body, contentType, headers...)
}

func TestDocumentsAreHandedInAndReadByWhoMay(t *testing.T) {
	eachCity(t, func(c *city) {
		t := c.t
		person := c.volunteer("김봉사")
		handed := person.handIn("late_proof", "7월 활동일지.exe", aPDF).want(http.StatusCreated).golden("document")
		sum := sha256.Sum256([]byte(aPDF))
		if handed.text("sha256") != hex.EncodeToString(sum[:]) || handed.number("size") != len(aPDF) {
			t.Fatalf("%s", handed.Body)
		}
		path := "/documents/" + handed.text("id")
		for _, reader := range []*client{person, c.officer()} {
			a := reader.get(path).want(http.StatusOK)
			_, params, err := mime.ParseMediaType(a.Header.Get("Content-Disposition"))
			if err != nil || params["filename"] != "7월 활동일지.pdf" || string(a.Body) != aPDF || a.Header.Get("Content-Type") != "application/pdf" ||
				a.Header.Get("X-Content-Type-Options") != "nosniff" || a.Header.Get("Cache-Control") != "no-store" {
				t.Fatalf("%v %v %q", err, a.Header, a.Body)
			}
		}
		for _, other := range []*client{c.volunteer("이웃"), c.head(), c.analyst(), c.administrator()} {
			other.get(path).refused(http.StatusNotFound, "document.not_found")
		}
		person.get("/documents/"+id.New().String()).refused(http.StatusNotFound, "document.not_found")
		var count struct{ N int }
		c.scan(&count, `SELECT COUNT(*) AS n FROM audit_events WHERE action = 'document.read' AND account_id = ? AND volunteer_id = ? AND subject_id = ?`,
			c.officer().Account, person.Volunteer, handed.text("id"))
		if count.N != 1 {
			t.Error(count.N)
		}
		c.scan(&count, `SELECT COUNT(*) AS n FROM audit_events WHERE action = 'document.read'`)
		if count.N != 1 {
			t.Error("who looks at his own is written down, or who saw nothing: ", count.N)
		}

		// The bytes are what they were, or they are not given out.
		file := filepath.Join(c.documents, handed.text("id")[34:], handed.text("id"))
		locked, err := os.ReadFile(file)
		if err != nil || bytes.Contains(locked, []byte("Catalog")) {
			t.Fatalf("%q %v", locked, err)
		}
		locked[len(locked)-1] ^= 1
		if err := os.WriteFile(file, locked, 0o600); err != nil {
			t.Fatal(err)
		}
		person.get(path).refused(http.StatusInternalServerError, "document.damaged")
		if err := os.Remove(file); err != nil {
			t.Fatal(err)
		}
		person.get(path).refused(http.StatusInternalServerError, "document.damaged")
	})
}

// An account hands in so much within 24 hours and no more, however many devices it sends from at once.
func TestNobodyFillsTheVault(t *testing.T) {
	eachCity(t, func(c *city) {
		person, other := c.volunteer("김봉사"), c.volunteer("이웃")
		c.serve("DURE_DOCUMENT_MAX_MIB=1", "DURE_DOCUMENT_DAY_MIB=3")
		large := aPDF + strings.Repeat(" ", 1<<20-len(aPDF))
		var wg sync.WaitGroup
		var mu sync.Mutex
		told := map[int]int{}
		for range 8 {
			wg.Go(func() {
				a := person.handIn("late_proof", "일지.pdf", large)
				mu.Lock()
				defer mu.Unlock()
				told[a.Status]++
			})
		}
		wg.Wait()
		if told[http.StatusCreated] != 3 || told[http.StatusTooManyRequests] != 5 {
			c.t.Fatal(told)
		}
		person.handIn("late_proof", "일지.pdf", aPDF, "Idempotency-Key", "small").refused(http.StatusTooManyRequests, "document.too_much_today")
		other.handIn("late_proof", "일지.pdf", large).want(http.StatusCreated)
		c.later(24*time.Hour + time.Second)
		c.signedInAgain("김봉사").handIn("late_proof", "일지.pdf", aPDF, "Idempotency-Key", "small").want(http.StatusCreated)
	})
}

func TestWhatIsNoDocumentIsRefused(t *testing.T) {
	eachCity(t, func(c *city) {
		t := c.t
		person := c.volunteer("김봉사")
		person.handIn("late_proof", "증빙.pdf", "MZ\x90\x00\x03").refused(http.StatusUnsupportedMediaType, "document.type_not_allowed")
		person.handIn("late_proof", "증빙.pdf", "").refused(http.StatusUnprocessableEntity, "document.empty")
		person.handIn("holiday", "증빙.pdf", aPDF).refused(http.StatusUnprocessableEntity, "request.invalid")
		person.handIn("", "증빙.pdf", aPDF).refused(http.StatusUnprocessableEntity, "request.invalid")
		full := aPDF + strings.Repeat("x", 10<<20-len(aPDF))
		person.handIn("dispute", "증빙.pdf", full).want(http.StatusCreated)
		person.handIn("dispute", "증빙.pdf", full+"x").refused(http.StatusRequestEntityTooLarge, "document.too_large")
		person.handIn("dispute", "증빙.pdf", full+strings.Repeat("x", 1<<20)).refused(http.StatusRequestEntityTooLarge, "document.too_large")
		person.post("/documents", map[string]any{"purpose": "dispute"}).refused(http.StatusUnsupportedMediaType, "request.media_type")
		for _, texts := range [][]string{{"purpose", "dispute", "purpose", "dispute"}, {"purpose", "dispute", "more", "x"},
			{"purpose", strings.Repeat("x", 201)}, {"purpose", "\xff"}, {"purpose", "dispute", "file", "x"}} {
			body, contentType := form(t, "a.pdf", aPDF, texts...)
			person.ask("POST", c.base+api.Prefix+"/documents", body, contentType).refused(http.StatusBadRequest, "request.form")
		}
		person.ask("POST", c.base+api.Prefix+"/documents", strings.NewReader("--x\r\n"), "multipart/form-data; boundary=x").refused(http.StatusBadRequest, "request.form")

		first := person.handIn("dispute", "증빙.pdf", full, "Idempotency-Key", "one").want(http.StatusCreated)
		again := person.handIn("dispute", "증빙.pdf", full, "Idempotency-Key", "one").want(http.StatusCreated)
		if first.text("id") != again.text("id") {
			t.Error("the same key made two documents")
		}
	})
}

// Bytes whose document came to nothing go after a week; those of documents stay.
func TestBytesWithoutADocumentAreSweptAway(t *testing.T) {
	eachCity(t, func(c *city) {
		t := c.t
		kept := c.volunteer("김봉사").handIn("dispute", "증빙.pdf", aPDF).want(http.StatusCreated).text("id")
		files := func() (n int) {
			err := filepath.WalkDir(c.documents, func(_ string, d fs.DirEntry, err error) error {
				if err == nil && !d.IsDir() {
					n++
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		d, err := connect(t.Context(), c.config(), c.db, c.clock)
		if err != nil {
			t.Fatal(err)
		}
		orphan := id.New()
		if err := d.vault.Put(t.Context(), orphan, []byte(aPDF)); err != nil {
			t.Fatal(err)
		}
		made := time.Unix(orphan.Time().UnixTime())
		for _, step := range []struct {
			after     time.Duration
			removed   int
			filesLeft int
		}{{6 * 24 * time.Hour, 0, 2}, {8 * 24 * time.Hour, 1, 1}, {9 * 24 * time.Hour, 0, 1}} {
			now := made.Add(step.after)
			c.now.Store(&now)
			if removed, err := documents(d).Sweep(t.Context()); err != nil || removed != step.removed || files() != step.filesLeft {
				t.Fatal(step, removed, files(), err)
			}
		}
		if content, err := d.vault.Get(t.Context(), mustParse(t, kept)); err != nil || string(content) != aPDF {
			t.Fatal(err)
		}
	})
}

func mustParse(t *testing.T, s string) id.ID {
	t.Helper()
	i, err := id.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return i
}
