// Package guess slows down who guesses at passwords, codes or names.
package guess

import (
	"math"
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"
	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/time/rate"

	"dure/api/problem"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/fault"
)

var errRate = fault.New(fault.TooMany, "request.rate")

// remembered bounds how many who guess are remembered at once.
const remembered = 20_000

// Limit lets everybody guess a few times at once, and then at a rate. It belongs to one process.
type Limit struct {
	perSecond float64
	burst     int
	clock     calendar.Clock
	seen      *lru.Cache[string, *rate.Limiter]
}

// New makes a limit; a rate that is not above zero is none.
func New(perSecond float64, burst int, clock calendar.Clock) *Limit {
	seen, err := lru.New[string, *rate.Limiter](remembered)
	if err != nil {
		panic(err) // the size is a constant above zero
	}
	return &Limit{perSecond, burst, clock, seen}
}

// Try counts a guess under the key of who guesses, before it is looked at: many at once are many. One too many is answered
// with request.rate, and ok is false. After a right one, right takes it off the count.
func (l *Limit) Try(c *gin.Context, key string) (right func(), ok bool) {
	if l.perSecond <= 0 {
		return func() {}, true
	}
	fresh := rate.NewLimiter(rate.Limit(l.perSecond), l.burst)
	limiter, found, _ := l.seen.PeekOrAdd(key, fresh)
	if !found {
		limiter = fresh
	}
	now := l.clock.Now()
	guess := limiter.ReserveN(now, 1)
	if guess.DelayFrom(now) == 0 {
		return func() { guess.CancelAt(now) }, true
	}
	guess.CancelAt(now)
	wait := int(math.Ceil(1 / l.perSecond))
	c.Header("Retry-After", strconv.Itoa(wait))
	problem.Write(c, errRate.With("seconds", wait))
	return nil, false
}

// Requests slows down all requests, by address.
func (l *Limit) Requests(c *gin.Context) { l.Try(c, c.ClientIP()) }

// Writes slows down all requests but GET, by address.
func (l *Limit) Writes(c *gin.Context) {
	if c.Request.Method != http.MethodGet {
		l.Try(c, c.ClientIP())
	}
}
