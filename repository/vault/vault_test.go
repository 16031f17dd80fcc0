package vault

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"dure/domain/document"
	"dure/domain/kernel/id"
)

// store is as much of an S3 service as a vault needs: path-style objects of one bucket.
type store struct {
	mu      sync.Mutex
	objects map[string][]byte
	down    bool
}

func (s *store) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	key, inBucket := strings.CutPrefix(r.URL.Path, "/city/")
	fail := func(status int, code string) {
		w.Header().Set("Content-Type", "application/xml")
		w.WriteHeader(status)
		io.WriteString(w, "<Error><Code>"+code+"</Code><Message>"+code+"</Message></Error>")
	}
	switch {
	case s.down:
		fail(http.StatusForbidden, "AccessDenied")
	case !strings.HasPrefix(r.Header.Get("Authorization"), "AWS4-HMAC-SHA256 Credential=access/"):
		fail(http.StatusForbidden, "AccessDenied")
	case !inBucket:
		fail(http.StatusNotFound, "NoSuchBucket")
	case r.Method == http.MethodGet && key == "":
		s.list(w, r.URL.Query().Get("prefix"))
	case r.Method == http.MethodPut:
		content, err := io.ReadAll(r.Body)
		if strings.HasPrefix(r.Header.Get("X-Amz-Content-Sha256"), "STREAMING-") {
			content, err = unchunk(content)
		}
		if err != nil {
			fail(http.StatusBadRequest, "IncompleteBody")
			return
		}
		s.objects[key] = content
		w.Header().Set("ETag", `"`+etag(content)+`"`)
	case r.Method == http.MethodDelete:
		delete(s.objects, key)
		w.WriteHeader(http.StatusNoContent)
	default:
		content, ok := s.objects[key]
		if !ok {
			fail(http.StatusNotFound, "NoSuchKey")
			return
		}
		w.Header().Set("ETag", `"`+etag(content)+`"`)
		w.Header().Set("Last-Modified", "Tue, 14 Jul 2026 04:00:00 GMT")
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(content))
	}
}

func (s *store) list(w http.ResponseWriter, prefix string) {
	type object struct{ Key, LastModified, ETag, Size string }
	var result struct {
		XMLName     xml.Name `xml:"ListBucketResult"`
		Contents    []object
		IsTruncated bool
	}
	for key := range s.objects {
		if strings.HasPrefix(key, prefix) {
			result.Contents = append(result.Contents, object{key, "2026-07-14T04:00:00.000Z", "x", "1"})
		}
	}
	w.Header().Set("Content-Type", "application/xml")
	xml.NewEncoder(w).Encode(result)
}

// unchunk takes a body of signed chunks apart.
func unchunk(body []byte) (content []byte, err error) {
	r := bufio.NewReader(bytes.NewReader(body))
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return nil, err
		}
		size, _, _ := strings.Cut(strings.TrimSpace(line), ";")
		n, err := strconv.ParseInt(size, 16, 32)
		if err != nil || n == 0 {
			return content, err
		}
		chunk := make([]byte, n+2)
		if _, err := io.ReadFull(r, chunk); err != nil {
			return nil, err
		}
		content = append(content, chunk[:n]...)
	}
}

func etag(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:16])
}

// shelves are the two kinds of place, each with a way to spoil what lies there.
func shelves(t *testing.T, test func(t *testing.T, at Place, spoil func(name string, change func([]byte) []byte))) {
	t.Run("folder", func(t *testing.T) {
		dir := filepath.Join(t.TempDir(), "not", "there", "yet")
		at, err := Locate("file:" + dir)
		if err != nil {
			t.Fatal(err)
		}
		test(t, at, func(name string, change func([]byte) []byte) {
			file := folder(dir).file(name)
			content, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if changed := change(content); changed == nil {
				err = os.Remove(file)
			} else {
				err = os.WriteFile(file, changed, 0o600)
			}
			if err != nil {
				t.Fatal(err)
			}
		})
	})
	t.Run("bucket", func(t *testing.T) {
		s := &store{objects: map[string][]byte{}}
		server := httptest.NewServer(s)
		t.Cleanup(server.Close)
		at, err := Locate("s3://city/documents?region=ap-northeast-2&endpoint=" + server.URL)
		if err != nil {
			t.Fatal(err)
		}
		at.AccessKey, at.SecretKey = "access", "secret"
		test(t, at, func(name string, change func([]byte) []byte) {
			s.mu.Lock()
			defer s.mu.Unlock()
			changed := change(s.objects["documents/"+name])
			if changed == nil {
				delete(s.objects, "documents/"+name)
				return
			}
			s.objects["documents/"+name] = changed
		})
	})
}

func TestWhatIsPutIsFoundAgainAndOnlyWithTheKey(t *testing.T) {
	shelves(t, func(t *testing.T, at Place, spoil func(string, func([]byte) []byte)) {
		ctx, key := t.Context(), NewKey()
		v, err := Open(at, key)
		if err != nil {
			t.Fatal(err)
		}
		if err := v.Each(ctx, func([]id.ID) error { return errors.New("there is nothing yet") }); err != nil {
			t.Fatal(err)
		}
		content := bytes.Repeat([]byte("참석 확인서 "), 200_000) // some MiB
		one, two := id.New(), id.New()
		for _, i := range []id.ID{one, two} {
			if err := v.Put(ctx, i, content); err != nil {
				t.Fatal(err)
			}
		}
		if got, err := v.Get(ctx, one); err != nil || !bytes.Equal(got, content) {
			t.Fatal(len(got), err)
		}
		var other []byte
		spoil(one.String(), func(locked []byte) []byte {
			if bytes.Contains(locked, []byte("참석")) {
				t.Error("it lies there for everybody to read")
			}
			other = slices.Clone(locked)
			return locked
		})
		spoil(two.String(), func(locked []byte) []byte {
			if bytes.Equal(locked, other) {
				t.Error("equal documents look equal")
			}
			return locked
		})
		var found []id.ID
		if err := v.Each(ctx, func(ids []id.ID) error { found = append(found, ids...); return nil }); err != nil {
			t.Fatal(err)
		}
		if len(found) != 2 || !slices.Contains(found, one) || !slices.Contains(found, two) {
			t.Fatal(found)
		}
		newer, err := Open(at, NewKey(), key)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := newer.Get(ctx, one); err != nil || !bytes.Equal(got, content) {
			t.Fatal("an older key opens nothing more: ", err)
		}
		stranger, err := Open(at, NewKey())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := stranger.Get(ctx, one); !errors.Is(err, document.ErrDamaged) {
			t.Fatal(err)
		}
		for range 2 {
			if err := v.Remove(ctx, two); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := v.Get(ctx, two); !errors.Is(err, document.ErrDamaged) {
			t.Fatal(err)
		}
	})
}

func TestWhatWasTamperedWithIsDamaged(t *testing.T) {
	shelves(t, func(t *testing.T, at Place, spoil func(string, func([]byte) []byte)) {
		v, err := Open(at, NewKey())
		if err != nil {
			t.Fatal(err)
		}
		other := id.New()
		if err := v.Put(t.Context(), other, []byte("다른 서류")); err != nil {
			t.Fatal(err)
		}
		var others []byte
		spoil(other.String(), func(b []byte) []byte { others = slices.Clone(b); return b })
		for name, change := range map[string]func([]byte) []byte{
			"a bit of the content": func(b []byte) []byte { b[len(b)-20] ^= 1; return b },
			"a bit of the nonce":   func(b []byte) []byte { b[len(version)+nameSize] ^= 1; return b },
			"a bit of the header":  func(b []byte) []byte { b[0] ^= 1; return b },
			"cut short":            func(b []byte) []byte { return b[:len(b)-1] },
			"cut to nothing":       func([]byte) []byte { return []byte{} },
			"another's":            func([]byte) []byte { return others },
			"gone":                 func([]byte) []byte { return nil },
		} {
			i := id.New()
			if err := v.Put(t.Context(), i, []byte("참석 확인서와 사진")); err != nil {
				t.Fatal(err)
			}
			spoil(i.String(), change)
			if content, err := v.Get(t.Context(), i); !errors.Is(err, document.ErrDamaged) {
				t.Errorf("%s: %q %v", name, content, err)
			}
		}
	})
}

func TestAVaultThatDoesNotAnswerIsAway(t *testing.T) {
	s := &store{down: true}
	server := httptest.NewServer(s)
	defer server.Close()
	at, err := Locate("s3://city?endpoint=" + server.URL)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, at := range []Place{at, {Folder: file}} {
		v, err := Open(at, NewKey())
		if err != nil {
			t.Fatal(err)
		}
		if err := v.Put(t.Context(), id.New(), []byte("x")); !errors.Is(err, document.ErrVaultAway) {
			t.Error(err)
		}
	}
	v, _ := Open(at, NewKey())
	if _, err := v.Get(context.Background(), id.New()); !errors.Is(err, document.ErrVaultAway) {
		t.Error(err)
	}
}

func TestFilesAreTheirOwnersAlone(t *testing.T) {
	dir := t.TempDir()
	v, err := Open(Place{Folder: dir}, NewKey())
	if err != nil {
		t.Fatal(err)
	}
	i := id.New()
	if err := v.Put(t.Context(), i, []byte("x")); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(folder(dir).file(i.String()))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatal(info.Mode(), err)
	}
}

func TestPlaces(t *testing.T) {
	for text, want := range map[string]Place{
		"file:///srv/documents":                                               {Folder: "/srv/documents"},
		"file:./data/documents":                                               {Folder: "./data/documents"},
		"s3://city?endpoint=https://s3.example:9000":                          {Bucket: "city", Endpoint: "s3.example:9000", Region: "us-east-1", Secure: true},
		"s3://city/a/b/?endpoint=http://localhost:9000&region=ap-northeast-2": {Bucket: "city", Prefix: "a/b/", Endpoint: "localhost:9000", Region: "ap-northeast-2"},
	} {
		if got, err := Locate(text); err != nil || got != want {
			t.Errorf("%s: %+v %v", text, got, err)
		}
	}
	for _, text := range []string{"", "file:", "file://", "/srv", "s3://", "s3://city", "s3://city?endpoint=s3.example", "s3://city?endpoint=ftp://x",
		"s3://key:secret@city?endpoint=https://x", "s3://city?endpoint=https://key:secret@x", "s3://city?endpoint=https://x&key=k", "https://x"} {
		if got, err := Locate(text); err == nil {
			t.Errorf("%q: %+v", text, got)
		}
	}
}
