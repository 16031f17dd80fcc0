package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"dure/api"
	"dure/api/i18n"
	"dure/domain/account"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/repository"
	"dure/repository/dbtest"
)

var update = flag.Bool("update", false, "write the golden files anew")

// morning is when every story begins: a Wednesday in the city.
const morning = "2026-07-15T10:00:00+09:00"

// secret is everybody's password.
const secret = "느티나무-2026-그늘"

// city is the whole program in this process: a database with a small city in it, the API on a real port, and a clock
// that stands still until the test moves it.
type city struct {
	t               *testing.T
	url             string // of the database
	db              *repository.DB
	dependencies    dependencies
	base            string // address of the server
	http            *http.Client
	clock           calendar.Clock
	now             atomic.Pointer[time.Time]
	Camp, OtherCamp id.ID // in dbtest.Dong and in dbtest.OtherDong
	people          map[string]*client
	documents       string // folder of the vault
}

// eachCity tells a story on SQLite and on PostgreSQL.
func eachCity(t *testing.T, story func(c *city)) {
	t.Helper()
	dbtest.EachURL(t, func(t *testing.T, url string) {
		c := newCity(t, url)
		story(c)
		c.everyActHasWords()
	})
}

// everyActHasWords: whatever the story put into people's access logs is told in words of its own, in both languages.
func (c *city) everyActHasWords() {
	c.t.Helper()
	var actions []string
	err := c.db.View(c.t.Context(), func(_ context.Context, tx *repository.Tx) error {
		return tx.Raw(`SELECT action FROM audit_events WHERE volunteer_id IS NOT NULL UNION SELECT action FROM accesses`).Scan(&actions).Error
	})
	if err != nil {
		c.t.Error(err)
	}
	for _, action := range actions {
		for _, lang := range []i18n.Lang{i18n.Korean, i18n.English} {
			if !i18n.Has(lang, "access.what."+action) {
				c.t.Errorf("access.what.%s has no text in %s", action, lang)
			}
		}
	}
}

func newCity(t *testing.T, url string) *city {
	t.Helper()
	c := &city{t: t, url: url, db: dbtest.Open(t, url), people: map[string]*client{}, Camp: id.New(), OtherCamp: id.New()}
	c.at(morning)
	dbtest.Regions(t, c.db)
	for campID, dong := range map[id.ID]string{c.Camp: dbtest.Dong, c.OtherCamp: dbtest.OtherDong} {
		c.sql(`INSERT INTO camps (id, name, search, region_code, address, phone, lat, lon, opening_hours, opened_on, version)
			SELECT ?, name || ' 자원봉사캠프', name || ' 자원봉사캠프', code, '제봉로 1', '062-608-4301', 35.15, 126.91, '평일 10:00-17:00', '2014-03-03', 1
			FROM regions WHERE code = ?`, campID, dong)
	}
	c.serve()
	return c
}

// serve starts the program on the city's database.
func (c *city) serve(environ ...string) {
	c.t.Helper()
	cfg := c.config(environ...)
	c.clock = calendar.Clock{Instant: func() time.Time { return *c.now.Load() }, Zone: cfg.TimeZone}
	d, err := connect(c.t.Context(), cfg, c.db, c.clock)
	if err != nil {
		c.t.Fatal(err)
	}
	d.hasher = account.NewHasher(account.Cost{Memory: 64, Time: 1, Threads: 1}, 8) // quick: what a guess costs is tested elsewhere
	d.deadline = time.Hour                                                         // a machine that does ten other things is slow, not wrong
	engine, err := newEngine(c.t.Context(), cfg, d, slog.New(slog.DiscardHandler), nil)
	if err != nil {
		c.t.Fatal(err)
	}
	c.dependencies = d
	server := httptest.NewServer(engine)
	c.t.Cleanup(server.Close)
	c.base, c.http = server.URL, server.Client()
}

// config is what the program is set up with here.
func (c *city) config(environ ...string) config {
	c.t.Helper()
	if c.documents == "" {
		c.documents = c.t.TempDir()
	}
	cfg, err := readSettings(append([]string{"DURE_DATABASE_URL=" + c.url, "DURE_AUTH_RATE=0", "DURE_DOCUMENT_STORE=file:" + c.documents}, environ...)).load()
	if err != nil {
		c.t.Fatal(err)
	}
	return cfg
}

// beside is another instance of the program on the same database, with a clock of its own.
func (c *city) beside(environ ...string) *city {
	c.t.Helper()
	other := &city{t: c.t, url: c.url, db: c.db, Camp: c.Camp, OtherCamp: c.OtherCamp, people: map[string]*client{}, documents: c.documents}
	other.now.Store(c.now.Load())
	other.serve(environ...)
	return other
}

// at sets the clock, later moves it on.
func (c *city) at(instant string) {
	c.t.Helper()
	now, err := time.Parse(time.RFC3339, instant)
	if err != nil {
		c.t.Fatal(err)
	}
	c.now.Store(&now)
}

func (c *city) later(d time.Duration) {
	now := c.now.Load().Add(d)
	c.now.Store(&now)
}

// sql changes the database behind the program's back.
func (c *city) sql(statement string, args ...any) {
	c.t.Helper()
	err := c.db.Update(context.Background(), func(_ context.Context, tx *repository.Tx) error { return tx.Exec(statement, args...).Error })
	if err != nil {
		c.t.Fatal(err)
	}
}

// scan reads one row of the database.
func (c *city) scan(into any, query string, args ...any) {
	c.t.Helper()
	err := c.db.View(context.Background(), func(_ context.Context, tx *repository.Tx) error {
		found := tx.Raw(query, args...).Scan(into)
		if found.Error == nil && found.RowsAffected != 1 {
			return fmt.Errorf("%d rows for %s", found.RowsAffected, query)
		}
		return found.Error
	})
	if err != nil {
		c.t.Fatal(err)
	}
}

// client is somebody who calls the API.
type client struct {
	t                  *testing.T
	c                  *city
	Login              string
	Account, Volunteer id.ID
	Number             string // as people read it aloud
	Token, Refresh     string
}

// stranger is nobody in particular.
func (c *city) stranger() *client { return &client{t: c.t, c: c} }

// volunteer is a person of that name, registered and signed in when first asked for.
func (c *city) volunteer(name string) *client {
	c.t.Helper()
	if p := c.people[name]; p != nil {
		return p
	}
	p := c.stranger()
	p.Login = fmt.Sprintf("person%d@test.dure", len(c.people))
	a := p.post("/auth/register", map[string]any{
		"login": p.Login, "password": secret, "name": name, "birth_date": "1990-04-05", "sex": "female", "region_code": dbtest.Dong,
		"consents": []map[string]any{{"purpose": "terms", "version": "1", "granted": true}, {"purpose": "privacy", "version": "1", "granted": true}},
	}).want(http.StatusCreated)
	p.Token, p.Refresh = a.text("access_token"), a.text("refresh_token")
	var row struct {
		ID, VolunteerID id.ID
		Number          string
	}
	c.scan(&row, `SELECT a.id, a.volunteer_id, v.number FROM accounts a JOIN volunteers v ON v.id = a.volunteer_id WHERE a.login = ?`, p.Login)
	p.Account, p.Volunteer, p.Number = row.ID, row.VolunteerID, row.Number
	c.people[name] = p
	return p
}

// with is a person who holds a role; for roles of the city the scope is id.Nil.
func (c *city) with(role auth.Role, scope id.ID) *client {
	c.t.Helper()
	name := fmt.Sprintf("%s of %s", role, scope)
	if p := c.people[name]; p != nil {
		return p
	}
	p := c.volunteer(name)
	kind, _ := auth.ScopeOf(role)
	c.sql(`INSERT INTO role_grants (id, account_id, role, scope_type, scope_id, starts_at, reason) VALUES (?, ?, ?, ?, ?, ?, 'test')`,
		id.New(), p.Account, role, kind, scope, c.clock.Now().Add(-time.Hour))
	return p
}

// The people of most stories.
func (c *city) head() *client          { return c.with(auth.CampHead, c.Camp) }
func (c *city) keeper() *client        { return c.with(auth.CampKeeper, c.Camp) }
func (c *city) otherHead() *client     { return c.with(auth.CampHead, c.OtherCamp) }
func (c *city) officer() *client       { return c.with(auth.CentreOfficer, id.Nil) }
func (c *city) analyst() *client       { return c.with(auth.Analyst, id.Nil) }
func (c *city) administrator() *client { return c.with(auth.Administrator, id.Nil) }

// in is the same person in a subtest.
func (p *client) in(t *testing.T) *client {
	c := *p
	c.t = t
	return &c
}

// do calls the API. A body is sent as it is when it is a string, else as JSON. Headers are name, value pairs; an empty
// value takes a header away, a repeated name is sent twice.
func (p *client) do(method, path string, body any, headers ...string) answer {
	p.t.Helper()
	var reader io.Reader
	contentType := ""
	switch b := body.(type) {
	case nil:
	case string:
		reader, contentType = strings.NewReader(b), "application/json"
	default:
		raw, err := json.Marshal(b)
		if err != nil {
			p.t.Fatal(err)
		}
		reader, contentType = bytes.NewReader(raw), "application/json"
	}
	return p.ask(method, p.c.base+api.Prefix+path, reader, contentType, headers...)
}

func (p *client) ask(method, url string, reader io.Reader, contentType string, headers ...string) answer {
	p.t.Helper()
	r, err := http.NewRequest(method, url, reader)
	if err != nil {
		p.t.Fatal(err)
	}
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	if p.Token != "" {
		r.Header.Set("Authorization", "Bearer "+p.Token)
	}
	given := map[string]bool{}
	for i := 0; i+1 < len(headers); i += 2 {
		name := http.CanonicalHeaderKey(headers[i])
		if !given[name] {
			r.Header.Del(name)
		}
		if given[name] = true; headers[i+1] != "" {
			r.Header.Add(name, headers[i+1])
		}
	}
	w, err := p.c.http.Do(r)
	if err != nil {
		p.t.Fatal(err)
	}
	defer w.Body.Close()
	raw, err := io.ReadAll(w.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	return answer{p.t, method + " " + strings.TrimPrefix(url, p.c.base), w.StatusCode, w.Header, raw, sync.OnceValues(func() (v any, err error) {
		err = json.Unmarshal(raw, &v)
		return v, err
	})}
}

// root asks for a path outside the API proper, as a stranger.
func (c *city) root(path string) answer {
	c.t.Helper()
	return c.stranger().ask("GET", c.base+path, nil, "")
}

func (p *client) get(path string, headers ...string) answer {
	p.t.Helper()
	return p.do("GET", path, nil, headers...)
}

func (p *client) post(path string, body any, headers ...string) answer {
	p.t.Helper()
	return p.do("POST", path, body, headers...)
}

func (p *client) patch(path string, body any, headers ...string) answer {
	p.t.Helper()
	return p.do("PATCH", path, body, headers...)
}

// answer is what the API told.
type answer struct {
	t       *testing.T
	request string
	Status  int
	Header  http.Header
	Body    []byte
	parsed  func() (any, error) // the body, read once: some have thousands of cells to ask for
}

// want ends the test unless the status is this one.
func (a answer) want(status int) answer {
	a.t.Helper()
	if a.Status != status {
		a.t.Fatalf("%s: %d instead of %d: %s", a.request, a.Status, status, a.Body)
	}
	return a
}

// refused ends the test unless this is a problem with that status and code.
func (a answer) refused(status int, code string) answer {
	a.t.Helper()
	a.want(status)
	if got := a.text("code"); got != code || a.Header.Get("Content-Type") != "application/problem+json" ||
		a.text("type") != "urn:dure:problem:"+code || a.text("title") == "" || a.text("detail") == "" || a.text("detail") == code || a.value("status") != float64(status) {
		a.t.Fatalf("%s: refused as %s instead of %s: %s", a.request, got, code, a.Body)
	}
	return a
}

// value finds a member by its path, such as items.0.id; nil when it is not there.
func (a answer) value(path string) any {
	a.t.Helper()
	v, err := a.parsed()
	if err != nil {
		a.t.Fatalf("%s: %v: %s", a.request, err, a.Body)
	}
	for _, name := range strings.Split(path, ".") {
		switch x := v.(type) {
		case map[string]any:
			v = x[name]
		case []any:
			i, err := strconv.Atoi(name)
			if err != nil || i >= len(x) {
				return nil
			}
			v = x[i]
		default:
			return nil
		}
	}
	return v
}

// text and number are value for texts and integers.
func (a answer) text(path string) string {
	a.t.Helper()
	s, _ := a.value(path).(string)
	return s
}

func (a answer) number(path string) int {
	a.t.Helper()
	n, ok := a.value(path).(float64)
	if !ok {
		a.t.Fatalf("%s: no number at %s: %s", a.request, path, a.Body)
	}
	return int(n)
}

// count is the length of a list.
func (a answer) count(path string) int {
	a.t.Helper()
	list, ok := a.value(path).([]any)
	if !ok {
		a.t.Fatalf("%s: no list at %s: %s", a.request, path, a.Body)
	}
	return len(list)
}

var (
	anyUUID  = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)
	anyPaper = regexp.MustCompile(`"(next|access_token|refresh_token|volunteer_number|number|check_url|sha256|content_sha256)": "[^"]+"`)
)

// golden compares the answer with testdata/NAME.golden.json, where ids stand as id-1, id-2 … in order of appearance.
func (a answer) golden(name string) answer {
	a.t.Helper()
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, bytes.TrimSpace(a.Body), "", "  "); err != nil {
		a.t.Fatalf("%s: %v: %s", a.request, err, a.Body)
	}
	seen := map[string]string{}
	got := anyUUID.ReplaceAllStringFunc(pretty.String(), func(u string) string {
		if seen[u] == "" {
			seen[u] = fmt.Sprintf("id-%d", len(seen)+1)
		}
		return seen[u]
	})
	got = anyPaper.ReplaceAllString(got, `"$1": "…"`) + "\n"
	file := filepath.Join("testdata", name+".golden.json")
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			a.t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		a.t.Fatal(err)
	}
	if got != string(want) {
		a.t.Errorf("%s differs from %s (go test -update writes it anew):\n%s", a.request, file, got)
	}
	return a
}
