// Package problem tells clients what went wrong, as RFC 9457 problem+json, in their language.
package problem

import (
	"context"
	"errors"
	"log/slog"
	"net/http"

	"github.com/gin-gonic/gin"

	"dure/api/i18n"
	"dure/domain/kernel/fault"
)

// ContentType is the media type of every refusal.
const ContentType = "application/problem+json"

// Problem is the body of every answer with a status of 400 or more.
type Problem struct {
	Type     string  `json:"type" example:"urn:dure:problem:camp.not_found"`
	Title    string  `json:"title" example:"찾을 수 없습니다"`
	Status   int     `json:"status" example:"404"`
	Detail   string  `json:"detail" example:"찾으시는 캠프가 없습니다."`
	Instance string  `json:"instance" example:"urn:dure:request:01981c5e-7f5e-7cc0-9f43-0d3b8b2f7a10"`
	Code     string  `json:"code" example:"camp.not_found"`
	Case     string  `json:"case,omitempty" example:"household"` // which case of the code it is, where there are several
	Errors   []Error `json:"errors,omitempty"`
} //	@name	Problem

// Error is one wrong member of a request.
type Error struct {
	Path   string `json:"path" example:"items[3].checked_in_at"`
	Code   string `json:"code" example:"required"`
	Detail string `json:"detail" example:"꼭 필요합니다."`
} //	@name	ProblemError

var statuses = map[fault.Kind]struct {
	status int
	title  string
}{
	fault.Unreadable:          {http.StatusBadRequest, "kind.unreadable"},
	fault.Unauthenticated:     {http.StatusUnauthorized, "kind.unauthenticated"},
	fault.Forbidden:           {http.StatusForbidden, "kind.forbidden"},
	fault.NotFound:            {http.StatusNotFound, "kind.not_found"},
	fault.Conflict:            {http.StatusConflict, "kind.conflict"},
	fault.Invalid:             {http.StatusUnprocessableEntity, "kind.invalid"},
	fault.PreconditionFailed:  {http.StatusPreconditionFailed, "kind.precondition_failed"},
	fault.PreconditionMissing: {http.StatusPreconditionRequired, "kind.precondition_missing"},
	fault.TooLarge:            {http.StatusRequestEntityTooLarge, "kind.too_large"},
	fault.UnsupportedMedia:    {http.StatusUnsupportedMediaType, "kind.unsupported_media"},
	fault.TooMany:             {http.StatusTooManyRequests, "kind.too_many"},
	fault.Unavailable:         {http.StatusServiceUnavailable, "kind.unavailable"},
	fault.MethodNotAllowed:    {http.StatusMethodNotAllowed, "kind.method_not_allowed"},
	fault.Damaged:             {http.StatusInternalServerError, "kind.internal"},
}

// RequestIDKey is where the server keeps a request's id in gin's context.
const RequestIDKey = "request_id"

// Lang is the language of a request.
func Lang(c *gin.Context) i18n.Lang { return i18n.Choose(c.GetHeader("Accept-Language")) }

// Of makes the problem that tells an error: a fault in its own words, anything else as an internal error without detail.
func Of(lang i18n.Lang, requestID string, err error) Problem {
	p := Problem{Instance: "urn:dure:request:" + requestID}
	f, ok := fault.From(err)
	if !ok {
		p.Type, p.Code = "urn:dure:problem:internal", "internal"
		p.Status, p.Title = http.StatusInternalServerError, i18n.Text(lang, "kind.internal", nil)
		p.Detail = p.Title
		return p
	}
	s := statuses[f.Kind]
	p.Type, p.Code, p.Case, p.Status = "urn:dure:problem:"+f.Code, f.Code, f.Case, s.status
	p.Title, p.Detail = i18n.Text(lang, s.title, nil), i18n.Text(lang, f.Key(), f.Args)
	for _, field := range f.Fields {
		p.Errors = append(p.Errors, Error{Path: field.Path, Code: field.Code, Detail: i18n.Text(lang, "field."+field.Code, field.Args)})
	}
	return p
}

// For makes the problem of one item inside an answer that is not a refusal as a whole; nil for no error.
func For(c *gin.Context, err error) *Problem {
	if err == nil {
		return nil
	}
	p := Of(Lang(c), c.GetString(RequestIDKey), err)
	return &p
}

// Write answers a request with its problem and logs what is no fault, once.
func Write(c *gin.Context, err error) {
	requestID := c.GetString(RequestIDKey)
	p := Of(Lang(c), requestID, err)
	if p.Status == http.StatusInternalServerError && !errors.Is(err, context.Canceled) {
		slog.ErrorContext(c.Request.Context(), "request failed", "request_id", requestID,
			"method", c.Request.Method, "route", c.FullPath(), "error", err.Error())
	}
	if p.Status == http.StatusServiceUnavailable {
		c.Header("Retry-After", "1")
		slog.WarnContext(c.Request.Context(), "unavailable", "request_id", requestID, "route", c.FullPath(), "error", err.Error())
	}
	if p.Status == http.StatusUnauthorized {
		c.Header("WWW-Authenticate", `Bearer realm="dure"`)
	}
	c.Header("Content-Type", ContentType)
	c.Header("Content-Language", string(Lang(c)))
	c.AbortWithStatusJSON(p.Status, p)
}
