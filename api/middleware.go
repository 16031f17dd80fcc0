package api

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"dure/api/problem"
	"dure/domain/kernel/audit"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/id"
)

// Deadline is the usual bound of a request's work.
const Deadline = 10 * time.Second

// requestID names the request, and notes where it came from for the log of acts.
func requestID(c *gin.Context) {
	rid := c.GetHeader("X-Request-Id")
	if len(rid) == 0 || len(rid) > 64 || strings.Trim(rid, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.") != "" {
		rid = id.New().String()
	}
	c.Set(problem.RequestIDKey, rid)
	c.Header("X-Request-Id", rid)
	c.Request = c.Request.WithContext(audit.With(c.Request.Context(), audit.Origin{Address: c.ClientIP(), RequestID: rid}))
}

// accessLog writes one line a request, when it ends and however it ends: the route's pattern, never the URL, which may carry personal
// data. Of an answer that broke off it says so, as its status was sent with the first part.
func accessLog(log *slog.Logger) gin.HandlerFunc {
	return func(c *gin.Context) {
		start, whole := time.Now(), false
		defer func() {
			if path := c.FullPath(); path == "/healthz" || path == "/readyz" {
				return
			}
			ctx := c.Request.Context()
			if !log.Enabled(ctx, slog.LevelInfo) {
				return
			}
			from := audit.From(ctx)
			line := slog.NewRecord(time.Now(), slog.LevelInfo, "request", 0) // where in the code it was logged costs more than all it says
			line.AddAttrs(
				slog.String("request_id", from.RequestID), slog.String("method", c.Request.Method),
				slog.String("route", c.FullPath()), slog.Int("status", c.Writer.Status()),
				slog.Int64("micros", time.Since(start).Microseconds()), slog.String("ip", from.Address),
			)
			if p := auth.From(ctx); !p.Stranger() {
				line.AddAttrs(slog.String("account", p.AccountID.String()))
			}
			if !whole {
				line.AddAttrs(slog.Bool("broken_off", true))
			}
			_ = log.Handler().Handle(ctx, line) // nobody is there to be told, as in slog itself
		}()
		c.Next()
		whole = true
	}
}

func recoverPanics(c *gin.Context) {
	defer func() {
		if r := recover(); r != nil {
			if r == http.ErrAbortHandler { // what was sent is a part only: the server cuts the connection, and the client sees it
				panic(r)
			}
			slog.ErrorContext(c.Request.Context(), "panic", "request_id", c.GetString(problem.RequestIDKey),
				"route", c.FullPath(), "panic", fmt.Sprint(r), "stack", string(debug.Stack()))
			if !c.Writer.Written() {
				problem.Write(c, fmt.Errorf("panic"))
			}
			c.Abort()
		}
	}()
	c.Next()
}

func secureHeaders(c *gin.Context) {
	h := c.Writer.Header()
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
}

func noStore(c *gin.Context) { c.Header("Cache-Control", "no-store") }

// bounded ends a request's work after a while; the database is told.
func bounded(deadline time.Duration) gin.HandlerFunc {
	return func(c *gin.Context) {
		ctx, cancel := context.WithTimeout(c.Request.Context(), deadline)
		defer cancel()
		c.Request = c.Request.WithContext(ctx)
		c.Next()
	}
}

// uploadTime is how long a form with a file may take to arrive: a picture sent from where the network is thin.
const uploadTime = time.Minute

// patient gives who is signed in the time to send a form; the work on it has the usual time after that.
func patient(deadline time.Duration) gin.HandlerFunc {
	return func(c *gin.Context) {
		if c.ContentType() != "multipart/form-data" {
			return
		}
		control, now := http.NewResponseController(c.Writer), time.Now()
		err := errors.Join(control.SetReadDeadline(now.Add(uploadTime)), control.SetWriteDeadline(now.Add(uploadTime+2*deadline)))
		if err != nil && !errors.Is(err, http.ErrNotSupported) {
			problem.Write(c, err)
			return
		}
		ctx, cancel := context.WithTimeout(context.WithoutCancel(c.Request.Context()), uploadTime+deadline)
		defer cancel()
		c.Request = c.Request.WithContext(ctx)
		c.Next()
	}
}

// authenticate wants exactly one Authorization header with a bearer token.
func authenticate(a Authenticator) gin.HandlerFunc {
	return func(c *gin.Context) {
		headers := c.Request.Header.Values("Authorization")
		if len(headers) != 1 {
			problem.Write(c, auth.ErrSignIn)
			return
		}
		scheme, token, ok := strings.Cut(headers[0], " ")
		if !ok || !strings.EqualFold(scheme, "Bearer") || len(token) > 4096 {
			problem.Write(c, auth.ErrSignIn)
			return
		}
		p, err := a.Authenticate(c.Request.Context(), token)
		if err != nil {
			problem.Write(c, err)
			return
		}
		c.Request = c.Request.WithContext(auth.With(c.Request.Context(), p))
		c.Next()
	}
}

// Rate bounds the calls that come from one address.
type Rate struct {
	PerSecond float64
	Burst     int
}

// entityTags gives every JSON answer to a GET a weak tag over its bytes, unless its handler set one,
// and answers 304 to who has it already. What a handler flushes goes out at once, under the handler's own tag or none.
func entityTags(c *gin.Context) {
	if c.Request.Method != http.MethodGet {
		c.Next()
		return
	}
	w := &heldWriter{ResponseWriter: c.Writer, has: c.GetHeader("If-None-Match")}
	c.Writer = w
	c.Next()
	c.Writer = w.ResponseWriter
	if w.let {
		return
	}
	if w.Status() == http.StatusOK {
		tag := w.Header().Get("ETag")
		if tag == "" {
			sum := sha256.Sum256(w.body.Bytes())
			tag = `W/"` + hex.EncodeToString(sum[:12]) + `"`
			w.Header().Set("ETag", tag)
		}
		if matches(c.GetHeader("If-None-Match"), tag) {
			w.Header().Del("Content-Type")
			c.Status(http.StatusNotModified)
			c.Writer.WriteHeaderNow()
			return
		}
	}
	c.Writer.WriteHeaderNow()
	if _, err := c.Writer.Write(w.body.Bytes()); err != nil {
		slog.DebugContext(c.Request.Context(), "client went away", "error", err.Error())
	}
}

func matches(header, tag string) bool {
	for candidate := range strings.SplitSeq(header, ",") {
		candidate = strings.TrimSpace(candidate)
		if candidate == "*" || candidate != "" && strings.TrimPrefix(candidate, "W/") == strings.TrimPrefix(tag, "W/") {
			return true
		}
	}
	return false
}

// heldWriter keeps a body back until its tag is known, or until the handler lets it go by Flush.
type heldWriter struct {
	gin.ResponseWriter
	body bytes.Buffer
	has  string // the tags that the client has
	let  bool
}

func (w *heldWriter) Write(b []byte) (int, error) {
	switch {
	case !w.let:
		return w.body.Write(b)
	case w.Status() == http.StatusNotModified:
		return 0, http.ErrBodyNotAllowed
	}
	return w.ResponseWriter.Write(b)
}

func (w *heldWriter) WriteString(s string) (int, error) { return w.Write([]byte(s)) }
func (w *heldWriter) WriteHeaderNow()                   {}
func (w *heldWriter) Written() bool                     { return w.body.Len() > 0 || w.ResponseWriter.Written() }

// Unwrap lets http.ResponseController through.
func (w *heldWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// Flush sends what was held back, and all that follows as it is written; 304 to who has it already.
func (w *heldWriter) Flush() {
	if !w.let {
		w.let = true
		if tag := w.Header().Get("ETag"); tag != "" && w.Status() == http.StatusOK && matches(w.has, tag) {
			w.Header().Del("Content-Type")
			w.Header().Del("Content-Disposition")
			w.WriteHeader(http.StatusNotModified)
		} else {
			w.ResponseWriter.WriteHeaderNow()
		}
		if _, err := w.Write(w.body.Bytes()); err != nil {
			slog.Debug("client went away", "error", err.Error())
		}
	}
	w.ResponseWriter.Flush()
}
