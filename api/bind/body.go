// Package bind reads requests strictly: what is not understood is refused, never guessed.
package bind

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"golang.org/x/text/unicode/norm"

	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
)

// Limits of bodies in bytes; batches and sheets may be larger, and forms with documents larger still.
const (
	BodyLimit  = 1 << 20
	BatchLimit = 5 << 20
	FormLimit  = 33 << 20
)

var (
	ErrJSON      = fault.New(fault.Unreadable, "request.json")
	ErrType      = fault.New(fault.Unreadable, "request.type")
	ErrMember    = fault.New(fault.Unreadable, "request.member")
	ErrText      = fault.New(fault.Unreadable, "request.text")
	ErrTooLarge  = fault.New(fault.TooLarge, "request.too_large")
	ErrMediaType = fault.New(fault.UnsupportedMedia, "request.media_type")
	ErrInstant   = fault.New(fault.Invalid, "calendar.instant")
)

// JSON reads the one JSON object of a body of up to BodyLimit bytes into into.
func JSON(c *gin.Context, into any) error { return JSONUpTo(c, BodyLimit, into) }

// JSONUpTo is JSON with another limit.
func JSONUpTo(c *gin.Context, limit int64, into any) error {
	body, err := Body(c, limit, "application/json")
	if err != nil {
		return err
	}
	return decode(body, "", into)
}

// Raw is a member that is kept as it came, to be read on its own by Decode: what is wrong in it is not the body's fault.
type Raw = jsontext.Value

// Decode reads a raw member as strictly as JSON reads a body; path says where it stands, for what is told to be wrong.
func Decode(raw Raw, path string, into any) error { return decode(raw, path, into) }

// Member gives a text member of a raw object, and nothing where there is none.
func Member(raw Raw, name string) string {
	var members map[string]Raw
	var s string
	if json.Unmarshal(raw, &members) != nil || json.Unmarshal(members[name], &s, options) != nil {
		return ""
	}
	return s
}

// Body reads a whole body of one of the media types, up to limit bytes.
func Body(c *gin.Context, limit int64, types ...string) ([]byte, error) {
	if c.GetHeader("Content-Encoding") != "" && c.GetHeader("Content-Encoding") != "identity" {
		return nil, ErrMediaType.With("expected", "identity")
	}
	mediaType, params, err := mime.ParseMediaType(c.GetHeader("Content-Type"))
	ok := false
	for _, t := range types {
		ok = ok || mediaType == t
	}
	if charset := params["charset"]; mediaType == "application/json" && charset != "" && !strings.EqualFold(charset, "utf-8") {
		ok = false
	}
	if err != nil || !ok {
		return nil, ErrMediaType.With("expected", strings.Join(types, ", "))
	}
	body, err := io.ReadAll(http.MaxBytesReader(c.Writer, c.Request.Body, limit))
	if _, over := errors.AsType[*http.MaxBytesError](err); over {
		return nil, ErrTooLarge.With("limit", limit)
	}
	if err != nil {
		return nil, ErrJSON
	}
	return body, nil
}

// maxDepth bounds nesting: the API itself needs four levels.
const maxDepth = 32

var options = json.JoinOptions(
	json.RejectUnknownMembers(true),
	json.WithUnmarshalers(json.JoinUnmarshalers(
		json.UnmarshalFromFunc(readText),
		json.UnmarshalFromFunc(readInstant),
		json.UnmarshalFromFunc(readID),
	)),
)

func decode(body []byte, root string, into any) error {
	switch err := bounded(body); {
	case err != nil:
		return err
	case !isObject(body) && root != "":
		return ErrType.With("path", root)
	case !isObject(body):
		return ErrJSON
	}
	err := json.Unmarshal(body, into, options)
	if err == nil {
		return nil
	}
	if semantic, ok := errors.AsType[*json.SemanticError](err); ok {
		path := pathOf(root, semantic.JSONPointer)
		if f, ok := fault.From(semantic.Err); ok {
			if f.Kind != fault.Invalid {
				return f.With("path", path)
			}
			return fault.ErrInvalid.On(path, f.Code)
		}
		if errors.Is(err, json.ErrUnknownName) {
			return ErrMember.With("path", path)
		}
		return ErrType.With("path", path)
	}
	if syntactic, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
		switch {
		case errors.Is(err, jsontext.ErrDuplicateName):
			return ErrMember.With("path", pathOf(root, syntactic.JSONPointer))
		case strings.Contains(syntactic.Error(), "UTF-8"), strings.Contains(syntactic.Error(), "surrogate"):
			return ErrText.With("path", pathOf(root, syntactic.JSONPointer))
		}
	}
	return ErrJSON
}

// isObject tells whether a text begins like a JSON object.
func isObject(body []byte) bool {
	return strings.HasPrefix(strings.TrimLeft(string(body[:min(len(body), 64)]), " \t\r\n"), "{")
}

// bounded refuses nesting beyond maxDepth before anything is built from it.
func bounded(body []byte) error {
	depth, inText, escaped := 0, false, false
	for _, b := range body {
		switch {
		case escaped:
			escaped = false
		case inText:
			escaped = b == '\\'
			inText = b != '"'
		case b == '"':
			inText = true
		case b == '{' || b == '[':
			if depth++; depth > maxDepth {
				return ErrJSON
			}
		case b == '}' || b == ']':
			depth--
		}
	}
	return nil
}

// pathOf turns /items/3/checked_in_at, found at a root, into items[3].checked_in_at behind it.
func pathOf(root string, p jsontext.Pointer) string {
	var b strings.Builder
	b.WriteString(root)
	for token := range p.Tokens() {
		if token != "" && strings.Trim(token, "0123456789") == "" {
			b.WriteString("[" + token + "]")
			continue
		}
		if b.Len() > 0 {
			b.WriteByte('.')
		}
		b.WriteString(token)
	}
	return b.String()
}

// Text brings a text into the one form that is stored: NFC. NUL is refused: neither database can be trusted with it.
func Text(s string) (string, error) {
	if strings.ContainsRune(s, 0) {
		return "", ErrText
	}
	return norm.NFC.String(s), nil
}

func readText(d *jsontext.Decoder, s *string) error {
	token, err := d.ReadToken()
	if err != nil {
		return err
	}
	if token.Kind() == 'n' {
		*s = ""
		return nil
	}
	if token.Kind() != '"' {
		return ErrType
	}
	*s, err = Text(token.String())
	return err
}

func readInstant(d *jsontext.Decoder, t *time.Time) error {
	token, err := d.ReadToken()
	if err != nil {
		return err
	}
	if token.Kind() == 'n' {
		*t = time.Time{}
		return nil
	}
	if token.Kind() != '"' {
		return ErrType
	}
	*t, err = Instant(token.String())
	return err
}

// Instant reads RFC 3339 with offset, years 1900 to 2100, into UTC and microseconds.
func Instant(s string) (time.Time, error) {
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil || strings.Contains(s, ",") {
		return time.Time{}, ErrInstant
	}
	if _, offset := t.Zone(); offset < -14*3600 || offset > 14*3600 {
		return time.Time{}, ErrInstant
	}
	t = t.UTC().Truncate(time.Microsecond)
	if t.Year() < 1900 || t.Year() > 2100 {
		return time.Time{}, ErrInstant
	}
	return t, nil
}

func readID(d *jsontext.Decoder, i *id.ID) error {
	token, err := d.ReadToken()
	if err != nil {
		return err
	}
	if token.Kind() == 'n' {
		*i = id.Nil
		return nil
	}
	if token.Kind() != '"' {
		return ErrType
	}
	parsed, err := id.Parse(token.String())
	if err != nil {
		return errUnknownID
	}
	*i = parsed
	return nil
}

var errUnknownID = fault.New(fault.Invalid, "unknown")
