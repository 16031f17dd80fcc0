// Package api is the HTTP side of dure: it binds requests, calls use cases and presents what they answer.
package api

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"dure/api/bind"
	"dure/api/guess"
	"dure/api/problem"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/idempotency"
)

// Prefix stands before every path of the API.
const Prefix = "/api/v1"

// Feature is one feature's routes. What is registered on open may be called by anybody, everything else needs a token.
type Feature interface {
	Routes(open, signedIn gin.IRoutes)
}

// Keeper is a feature that keeps what some of its POSTs were told by itself, in the transaction of their effect. Their keys
// are its own business.
type Keeper interface {
	KeepsAnswers() []string // patterns of paths, without the prefix
}

// Authenticator turns a bearer token into the principal behind it, or refuses it with a fault.
type Authenticator interface {
	Authenticate(ctx context.Context, token string) (auth.Principal, error)
}

// Health tells whether the service can do its work.
type Health interface {
	Ping(ctx context.Context) error
}

// Options are what the engine needs from outside.
type Options struct {
	Features       []Feature
	Authenticator  Authenticator
	Answers        idempotency.Answers
	Health         Health
	Clock          calendar.Clock
	Deadline       time.Duration // of a request's work
	CursorKey      []byte
	JWKS           func(ctx context.Context) (any, error)
	Log            *slog.Logger
	TrustedProxies []string
	AuthRate       Rate
	Observe        gin.HandlerFunc   // metrics; nil for none
	Page           func(gin.IRoutes) // what people look at; nil for none
}

var (
	errNoRoute = fault.New(fault.NotFound, "request.no_route")
	errMethod  = fault.New(fault.MethodNotAllowed, "request.method")
)

// New builds the engine with all routes.
func New(o Options) (*gin.Engine, error) {
	gin.SetMode(gin.ReleaseMode)
	e := gin.New()
	e.HandleMethodNotAllowed = true
	e.RedirectTrailingSlash = false
	e.ContextWithFallback = true
	e.UseRawPath = true
	if err := e.SetTrustedProxies(o.TrustedProxies); err != nil {
		return nil, err
	}
	e.Use(requestID, accessLog(o.Log))
	if o.Observe != nil {
		e.Use(o.Observe)
	}
	e.Use(recoverPanics, secureHeaders, bounded(o.Deadline), bind.SetCursorKey(o.CursorKey))
	e.NoRoute(func(c *gin.Context) { problem.Write(c, errNoRoute) })
	e.NoMethod(func(c *gin.Context) { problem.Write(c, errMethod) })

	health(e, o.Health)
	documentation(e)
	if o.Page != nil {
		o.Page(e)
	}
	e.GET("/.well-known/jwks.json", jwks(o.JWKS))

	open := e.Group(Prefix, guess.New(o.AuthRate.PerSecond, o.AuthRate.Burst, o.Clock).Writes, entityTags)
	signedIn := e.Group(Prefix, authenticate(o.Authenticator), patient(o.Deadline), noStore, entityTags, once(o.Answers, kept(o.Features)))
	for _, f := range o.Features {
		f.Routes(open, signedIn)
	}
	return e, nil
}

func kept(features []Feature) (patterns []string) {
	for _, f := range features {
		if k, ok := f.(Keeper); ok {
			for _, path := range k.KeepsAnswers() {
				patterns = append(patterns, Prefix+path)
			}
		}
	}
	return patterns
}

func health(e *gin.Engine, h Health) {
	e.GET("/healthz", func(c *gin.Context) { c.JSON(http.StatusOK, gin.H{"status": "ok"}) })
	e.GET("/readyz", func(c *gin.Context) {
		if err := h.Ping(c.Request.Context()); err != nil {
			problem.Write(c, fault.New(fault.Unavailable, "database.unavailable"))
			return
		}
		c.JSON(http.StatusOK, gin.H{"status": "ready"})
	})
}

func jwks(keys func(ctx context.Context) (any, error)) gin.HandlerFunc {
	return func(c *gin.Context) {
		set, err := keys(c.Request.Context())
		if err != nil {
			problem.Write(c, err)
			return
		}
		c.Header("Cache-Control", "public, max-age=300")
		c.JSON(http.StatusOK, set)
	}
}
