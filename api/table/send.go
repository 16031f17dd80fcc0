package table

import (
	"encoding/json"
	"errors"
	"io"
	"iter"
	"log/slog"
	"mime"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"dure/api/i18n"
)

// patience is how long a client may take for the next part of a download.
const patience = 30 * time.Second

// Wanted reads which format a client wants: by the parameter format of the query, else by Accept.
func Wanted(c *gin.Context, format string) Format {
	c.Header("Vary", "Accept, Accept-Language")
	if format != "" {
		return Format(format)
	}
	return Accepted(c.Request.Header.Values("Accept"), JSON, CSVFile, XLSXFile, ParquetFile)
}

// Formats are the values of the parameter format; the first stands for none.
var Formats = []string{"", string(JSON), string(CSVFile), string(XLSXFile), string(ParquetFile)}

// Send answers with a table as a file, while its rows come. Where it cannot be finished the connection is cut, so that nobody takes
// a part for the whole.
func Send(c *gin.Context, f Format, t Table) {
	contentType := f.ContentType()
	if f == CSVFile {
		contentType += "; charset=utf-8"
	}
	c.Header("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": t.Name + "." + string(f)}))
	send(c, contentType, t.Lang, func(w io.Writer) error { return Write(w, f, t) })
}

// SendJSON answers in the same way with an object: the members of head, {"items": [...]}, and the members of tail, which is asked for
// when all items are sent; nil for none.
func SendJSON[T any](c *gin.Context, lang i18n.Lang, head any, items iter.Seq2[T, error], tail func() any) {
	send(c, JSON.ContentType()+"; charset=utf-8", lang, func(w io.Writer) error { return writeJSON(w, head, items, tail) })
}

// SendNew answers with JSON that says of which moment it is, so that nobody can have it already: it is sent without being kept back for
// a tag over its bytes.
func SendNew(c *gin.Context, lang i18n.Lang, answer any) {
	send(c, JSON.ContentType()+"; charset=utf-8", lang, func(w io.Writer) error { return json.NewEncoder(w).Encode(answer) })
}

func send(c *gin.Context, contentType string, lang i18n.Lang, write func(w io.Writer) error) {
	c.Header("Content-Type", contentType)
	c.Header("Content-Language", string(lang))
	c.Status(http.StatusOK)
	out := &sender{w: c.Writer, control: http.NewResponseController(c.Writer)}
	c.Writer.Flush()
	err := write(out)
	if err == nil || errors.Is(err, http.ErrBodyNotAllowed) { // who has it already is sent nothing
		return
	}
	if !errors.Is(err, errGone) {
		slog.ErrorContext(c.Request.Context(), "a download broke off", "error", err.Error())
	}
	panic(http.ErrAbortHandler)
}

// errGone is that nobody reads any more, which is no error of ours.
var errGone = errors.New("the client has gone away")

// sender gives each part its own time to arrive, in place of one time for all.
type sender struct {
	w       io.Writer
	control *http.ResponseController
}

func (s *sender) Write(b []byte) (int, error) {
	if err := s.control.SetWriteDeadline(time.Now().Add(patience)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return 0, errors.Join(errGone, err)
	}
	n, err := s.w.Write(b)
	if err != nil {
		return n, errors.Join(errGone, err)
	}
	return n, nil
}
