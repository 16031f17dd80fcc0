package bind

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"mime/multipart"

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
