package bind

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gin-gonic/gin"

	"dure/domain/kernel/asof"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
	"dure/domain/kernel/page"
)

var (
	ErrQuery               = fault.New(fault.Unreadable, "request.query")
	ErrHeader              = fault.New(fault.Unreadable, "request.header")
	ErrPreconditionMissing = fault.New(fault.PreconditionMissing, "request.if_match")
	ErrPreconditionFailed  = fault.New(fault.PreconditionFailed, "request.changed")
)

// Query reads a request's query; the first wrong parameter is what Err tells.
type Query struct {
	c      *gin.Context
	values url.Values
	err    error
}

// NewQuery reads the query; parameters other than the named ones, and repeated ones, are refused.
func NewQuery(c *gin.Context, names ...string) *Query {
	q := &Query{c: c}
	values, err := url.ParseQuery(c.Request.URL.RawQuery)
	if err != nil {
		q.fail("?")
		return q
	}
	q.values = values
	for name, list := range values {
		known := false
		for _, n := range names {
			known = known || n == name
		}
		if !known || len(list) != 1 || !utf8.ValidString(list[0]) || strings.ContainsRune(list[0], 0) {
			q.fail(strings.ToValidUTF8(name, "?"))
		}
	}
	return q
}

func (q *Query) fail(name string) {
	if q.err == nil {
		q.err = ErrQuery.With("name", name)
	}
}

// Err is the first thing that was wrong.
func (q *Query) Err() error { return q.err }

// Has tells whether a parameter is there and not empty.
func (q *Query) Has(name string) bool { return q.values.Get(name) != "" }

// Text gives a parameter in NFC, at most 200 characters.
func (q *Query) Text(name string) string {
	s, err := Text(q.values.Get(name))
	if err != nil || utf8.RuneCountInString(s) > 200 {
		q.fail(name)
	}
	return s
}

// OneOf gives a parameter that must be one of the choices; the first when it is absent.
func (q *Query) OneOf(name string, choices ...string) string {
	s := q.values.Get(name)
	if s == "" {
		return choices[0]
	}
	for _, choice := range choices {
		if s == choice {
			return s
		}
	}
	q.fail(name)
	return choices[0]
}

// SomeOf gives those of the choices, in their order, that a parameter lists with commas between them; none when it is absent.
func (q *Query) SomeOf(name string, choices ...string) (some []string) {
	if !q.Has(name) {
		return nil
	}
	listed := strings.Split(q.values.Get(name), ",")
	for _, one := range listed {
		if !slices.Contains(choices, one) {
			q.fail(name)
		}
	}
	for _, choice := range choices {
		if slices.Contains(listed, choice) {
			some = append(some, choice)
		}
	}
	return some
}

// Bool gives true or false; false when absent.
func (q *Query) Bool(name string) bool { return q.OneOf(name, "false", "true") == "true" }

// Int gives an integer between bounds, or the default when absent.
func (q *Query) Int(name string, def, minimum, maximum int) int {
	if !q.Has(name) {
		return def
	}
	n, err := strconv.Atoi(q.values.Get(name))
	if err != nil || n < minimum || n > maximum {
		q.fail(name)
		return def
	}
	return n
}

// Day gives a calendar day; no day when absent.
func (q *Query) Day(name string) calendar.Day {
	if !q.Has(name) {
		return calendar.Day{}
	}
	d, err := calendar.Parse(q.values.Get(name))
	if err != nil {
		q.fail(name)
	}
	return d
}

// Month reads YYYY-MM as its first day, and no day when it is missing.
func (q *Query) Month(name string) calendar.Day {
	if !q.Has(name) {
		return calendar.Day{}
	}
	d, err := calendar.Parse(q.values.Get(name) + "-01")
	if err != nil {
		q.fail(name)
	}
	return d
}

// Instant gives an instant written with its offset; the zero instant when absent. A plus sign must be sent as %2B.
func (q *Query) Instant(name string) time.Time {
	if !q.Has(name) {
		return time.Time{}
	}
	at, err := Instant(q.values.Get(name))
	if err != nil {
		q.fail(name)
	}
	return at
}

// AsOf gives a day, or an instant written with its offset; the zero Point when absent. A plus sign must be sent as %2B.
func (q *Query) AsOf(name string) asof.Point {
	if !q.Has(name) {
		return asof.Point{}
	}
	text := q.values.Get(name)
	if len(text) == len("2006-01-02") {
		return asof.Point{Day: q.Day(name)}
	}
	at, err := time.Parse(time.RFC3339Nano, text)
	if err != nil || at.Year() < 1900 || at.Year() > 2100 {
		q.fail(name)
		return asof.Point{}
	}
	return asof.Point{Instant: at}
}

// ID gives an id; the nil id when absent.
func (q *Query) ID(name string) id.ID {
	if !q.Has(name) {
		return id.Nil
	}
	i, err := id.Parse(q.values.Get(name))
	if err != nil {
		q.fail(name)
	}
	return i
}

// LatLon gives a point written "lat,lon" in degrees; ok is false when absent.
func (q *Query) LatLon(name string) (lat, lon float64, ok bool) {
	if !q.Has(name) {
		return 0, 0, false
	}
	a, b, both := strings.Cut(q.values.Get(name), ",")
	lat, err1 := strconv.ParseFloat(strings.TrimSpace(a), 64)
	lon, err2 := strconv.ParseFloat(strings.TrimSpace(b), 64)
	if !both || err1 != nil || err2 != nil || !(lat >= -90 && lat <= 90) || !(lon >= -180 && lon <= 180) {
		q.fail(name)
		return 0, 0, false
	}
	return lat, lon, true
}

// cursorKey is where the server keeps the secret of cursors.
const cursorKey = "bind.cursor_key"

// SetCursorKey hands the secret that authenticates cursors to the requests of an engine.
func SetCursorKey(secret []byte) gin.HandlerFunc {
	return func(c *gin.Context) { c.Set(cursorKey, secret) }
}

// Page reads limit and after. A cursor is bound to the list, its filters and the reader.
func (q *Query) Page() page.Request {
	r := page.Request{Limit: q.Int("limit", page.Default, 1, page.Max)}
	if !q.Has("after") {
		return r
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(q.values.Get("after"))
	if err != nil || len(raw) <= sha256.Size || !hmac.Equal(raw[:sha256.Size], q.seal(raw[sha256.Size:])) ||
		json.Unmarshal(raw[sha256.Size:], &r.After) != nil {
		if q.err == nil {
			q.err = page.ErrCursor
		}
	}
	return r
}

// Cursor writes the position of a page's end for the client; nil where the list ends.
func (q *Query) Cursor(next []string) *string {
	if next == nil {
		return nil
	}
	position, err := json.Marshal(next)
	if err != nil {
		panic(err) // strings always marshal
	}
	s := base64.RawURLEncoding.EncodeToString(append(q.seal(position), position...))
	return &s
}

func (q *Query) seal(position []byte) []byte {
	filters := url.Values{}
	for name, list := range q.values {
		if name != "after" && name != "limit" {
			filters[name] = list
		}
	}
	secret, _ := q.c.MustGet(cursorKey).([]byte)
	h := hmac.New(sha256.New, secret)
	reader := auth.From(q.c.Request.Context()).AccountID
	for _, part := range []string{q.c.Request.URL.Path, filters.Encode(), reader.String(), string(position)} {
		h.Write([]byte(part))
		h.Write([]byte{0})
	}
	return h.Sum(nil)
}

// ID reads an id from the path.
func ID(c *gin.Context, name string) (id.ID, error) { return id.Parse(c.Param(name)) }

// IDs reads several ids from the path.
func IDs(c *gin.Context, names ...string) ([]id.ID, error) {
	ids := make([]id.ID, len(names))
	for i, name := range names {
		var err error
		if ids[i], err = ID(c, name); err != nil {
			return nil, err
		}
	}
	return ids, nil
}

// ETag writes a version as an entity tag.
func ETag(version int) string { return `"` + strconv.Itoa(version) + `"` }

// ETagBeside is ETag for a version that is shown with what is computed beside it: the tag moves with both, and names the version.
func ETagBeside(version int, shown any) (string, error) {
	raw, err := json.Marshal(shown)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(raw)
	return `"` + strconv.Itoa(version) + "-" + hex.EncodeToString(sum[:8]) + `"`, nil
}

// IfMatch reads the version that a client wants to change; `*` is any version and gives 0.
func IfMatch(c *gin.Context) (int, error) {
	header := strings.TrimPrefix(c.GetHeader("If-Match"), "W/")
	switch header {
	case "":
		return 0, ErrPreconditionMissing
	case "*":
		return 0, nil
	}
	if named, _, beside := strings.Cut(header, "-"); beside && strings.HasSuffix(header, `"`) {
		header = named + `"`
	}
	version, err := strconv.Atoi(strings.Trim(header, `"`))
	if err != nil || version < 1 || ETag(version) != header {
		return 0, ErrPreconditionFailed
	}
	return version, nil
}
