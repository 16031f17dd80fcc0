package bind

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"slices"
	"unicode/utf8"

	"github.com/gin-gonic/gin"

	"dure/domain/kernel/fault"
)

// ErrForm is the refusal of a form that is not one file in the field asked for.
var ErrForm = fault.New(fault.Unreadable, "request.form")

// File reads a whole file of up to limit bytes: the body itself, of one of the media types, or the only part of a
// multipart form, in the field of that name. What the file really is, its content tells.
func File(c *gin.Context, limit int64, field string, types ...string) ([]byte, error) {
	body, err := Body(c, limit, append(types, "multipart/form-data")...)
	if err != nil {
		return nil, err
	}
	mediaType, params, err := mime.ParseMediaType(c.GetHeader("Content-Type"))
	if err != nil || mediaType != "multipart/form-data" {
		return body, err
	}
	parts := multipart.NewReader(bytes.NewReader(body), params["boundary"])
	part, err := parts.NextRawPart()
	if err != nil || part.FormName() != field {
		return nil, ErrForm.With("field", field)
	}
	file, err := io.ReadAll(part)
	if err != nil {
		return nil, ErrForm.With("field", field)
	}
	if _, err := parts.NextRawPart(); !errors.Is(err, io.EOF) {
		return nil, ErrForm.With("field", field)
	}
	return file, nil
}

// formRoom is what a form takes beside its file: boundaries, headers and short texts.
const formRoom = 64 << 10

// Form is a multipart form of one file and short texts.
type Form struct {
	FileName string // as the sender calls it
	File     []byte
	Texts    map[string]string
}

// ReadForm reads a form with one file of up to limit bytes in the field of that name, and texts of up to 200 bytes in the
// others, each once. A file over the limit is ErrTooLarge.
func ReadForm(c *gin.Context, limit int64, file string, texts ...string) (form Form, err error) {
	body, err := Body(c, limit+formRoom, "multipart/form-data")
	if err != nil {
		return form, err
	}
	_, params, err := mime.ParseMediaType(c.GetHeader("Content-Type"))
	if err != nil {
		return form, ErrForm.With("field", file)
	}
	form.Texts = map[string]string{}
	parts := multipart.NewReader(bytes.NewReader(body), params["boundary"])
	for {
		part, err := parts.NextRawPart()
		if errors.Is(err, io.EOF) && form.File != nil {
			return form, nil
		}
		if err != nil {
			return form, ErrForm.With("field", file)
		}
		if err := form.take(part, limit, file, texts); err != nil {
			return form, err
		}
	}
}

// maxFormText bounds a text of a form in bytes.
const maxFormText = 200

func (f *Form) take(part *multipart.Part, limit int64, file string, texts []string) error {
	name := part.FormName()
	content, err := io.ReadAll(part)
	if err != nil {
		return ErrForm.With("field", file)
	}
	if name == file && f.File == nil {
		if int64(len(content)) > limit {
			return ErrTooLarge.With("limit", limit)
		}
		f.File, f.FileName = content, part.FileName()
		return nil
	}
	if _, twice := f.Texts[name]; twice || !slices.Contains(texts, name) || len(content) > maxFormText || !utf8.Valid(content) {
		return ErrForm.With("field", file)
	}
	f.Texts[name], err = Text(string(content))
	return err
}
