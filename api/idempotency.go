package api

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"dure/api/bind"
	"dure/api/problem"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/id"
	"dure/domain/kernel/idempotency"
)

// once honours Idempotency-Key on POST: the key is claimed inside the transaction of the effect, and the same
// request under the same key is told the same again. Routes whose feature keeps its answers itself are left to it.
func once(answers idempotency.Answers, kept []string) gin.HandlerFunc {
	return func(c *gin.Context) {
		key := c.GetHeader("Idempotency-Key")
		if c.Request.Method != http.MethodPost || key == "" || slices.Contains(kept, c.FullPath()) {
			c.Next()
			return
		}
		if len(key) > 128 || strings.ContainsFunc(key, func(r rune) bool { return r < 0x21 || r > 0x7e }) {
			problem.Write(c, bind.ErrHeader.With("name", "Idempotency-Key"))
			return
		}
		limit := int64(bind.BatchLimit)
		if c.ContentType() == "multipart/form-data" {
			limit = bind.FormLimit
		}
		body, err := io.ReadAll(http.MaxBytesReader(c.Writer, c.Request.Body, limit))
		if err != nil {
			problem.Write(c, bind.ErrTooLarge.With("limit", limit))
			return
		}
		c.Request.Body = io.NopCloser(bytes.NewReader(body))
		sum := sha256.Sum256(append([]byte(c.Request.URL.RequestURI()+"\n"), body...))
		claim := idempotency.Claim{
			ActorID: auth.From(c.Request.Context()).AccountID, Key: key, RequestID: id.New().String(),
			Route: c.Request.Method + " " + c.FullPath(), Hash: hex.EncodeToString(sum[:]),
		}
		before, found, err := answers.Answered(c.Request.Context(), claim.ActorID, key)
		switch {
		case err != nil:
			problem.Write(c, err)
		case found && (before.Route != claim.Route || before.Hash != claim.Hash):
			problem.Write(c, idempotency.ErrReused)
		case found && before.Status == 0:
			problem.Write(c, idempotency.ErrInUse)
		case found:
			replay(c, before)
		default:
			answer(c, answers, claim)
		}
	}
}

func replay(c *gin.Context, a idempotency.Answer) {
	c.Header("Idempotency-Replayed", "true")
	if a.Location != "" {
		c.Header("Location", a.Location)
	}
	if a.Etag != "" {
		c.Header("ETag", a.Etag)
	}
	if a.Body == "" {
		c.AbortWithStatus(a.Status)
		return
	}
	c.Data(a.Status, "application/json; charset=utf-8", []byte(a.Body))
	c.Abort()
}

func answer(c *gin.Context, answers idempotency.Answers, claim idempotency.Claim) {
	w := &copyWriter{ResponseWriter: c.Writer}
	c.Writer = w
	c.Request = c.Request.WithContext(idempotency.With(c.Request.Context(), claim))
	c.Next()
	if w.Status() >= http.StatusBadRequest {
		return // nothing took effect, so nothing was claimed
	}
	if w.body.Len() > 0 && !strings.HasPrefix(w.Header().Get("Content-Type"), "application/json") {
		return // a file, such as a list of people, is not kept: it took effect, and that is all that is known of it
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.Request.Context()), 5*time.Second)
	defer cancel()
	err := answers.Answer(ctx, claim, idempotency.Answer{Status: w.Status(), Location: w.Header().Get("Location"),
		Etag: w.Header().Get("ETag"), Body: w.body.String()})
	if err != nil {
		slog.ErrorContext(ctx, "answer not kept", "request_id", c.GetString(problem.RequestIDKey), "error", err.Error())
	}
}

// copyWriter keeps a copy of what is sent.
type copyWriter struct {
	gin.ResponseWriter
	body bytes.Buffer
}

func (w *copyWriter) Write(b []byte) (int, error) {
	w.body.Write(b)
	return w.ResponseWriter.Write(b)
}

func (w *copyWriter) WriteString(s string) (int, error) {
	w.body.WriteString(s)
	return w.ResponseWriter.WriteString(s)
}
