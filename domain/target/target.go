// Package target holds what the city has set itself for its volunteers, and compares it with what the books say: no actual is ever typed in.
package target

import (
	"context"
	"math"
	"time"

	"dure/domain/cube"
	"dure/domain/kernel/audit"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
	"dure/domain/kernel/text"
	"dure/domain/region"
)

// State is whether a target still stands.
type State string

const (
	Standing  State = "standing"
	Withdrawn State = "withdrawn" // by its last version; it stays readable for those who decided it
)

// Target is one version of what was decided: of a metric, in a region, from a baseline to a goal. Versions of one id differ in
// title and state alone; who wants another goal sets another target.
type Target struct {
	ID            id.ID
	Version       int // from 1
	Title         string
	Metric        string  // code of a Metric
	Region        string  // cube.City, or the newest code of a gu or dong
	BaselineValue float64 // a share of 1 where the metric's unit is Rate, else a whole number
	BaselineOn    calendar.Day
	GoalValue     float64
	DueOn         calendar.Day // the last day; of metrics that are counted by the year a 31 December
	Source        string       // where it is written
	State         State
	DecidedBy     id.ID // account that made this version
	DecidedAt     time.Time
	Reason        string // of a withdrawal
}

var (
	ErrNotFound  = fault.New(fault.NotFound, "target.not_found")
	ErrWithdrawn = fault.New(fault.Conflict, "target.withdrawn")
	ErrChanged   = fault.New(fault.PreconditionFailed, "request.changed")

	errRegion = fault.ErrInvalid.On("region", "unknown")
)

// validate refuses what cannot be a target of its metric.
func (t Target) validate(m Metric) error {
	f := fault.Collect()
	text.Line(f, "title", t.Title, 1, 100)
	text.Line(f, "source", t.Source, 1, 300)
	m.check(f, "baseline.value", t.BaselineValue)
	m.check(f, "goal.value", t.GoalValue)
	if t.GoalValue == t.BaselineValue {
		f.Add("goal.value", "same_as", "other", "baseline.value")
	}
	from, due := f.Require(!t.BaselineOn.IsZero(), "baseline.on"), f.Require(!t.DueOn.IsZero(), "due_on")
	switch {
	case !from || !due:
	case !t.BaselineOn.Before(t.DueOn):
		f.Add("due_on", "order", "after", "baseline.on")
	case m.Measured == ByYear && t.DueOn != lastOfYear(t.DueOn.Year()):
		f.Add("due_on", "end_of_year")
	}
	return f.Err()
}

// check notes a value that the metric cannot have.
func (m Metric) check(f fault.Fields, name string, v float64) {
	switch {
	case m.Unit == Rate && !(v >= 0 && v <= 1):
		f.Add(name, "range", "min", 0, "max", 1)
	case m.Unit == Rate && v != rounded(v):
		f.Add(name, "decimals", "max", 6)
	case m.Unit == Count && !(v >= 0 && v <= maxCount && v == math.Trunc(v)):
		f.Add(name, "number")
	}
}

// maxCount bounds counts; all whole numbers up to it are told apart by a float.
const maxCount = 1e12

// rounded is a rate as it is told: to six places.
func rounded(rate float64) float64 { return math.Round(rate*1e6) / 1e6 }

func lastOfYear(year int) calendar.Day { return calendar.Date(year, time.December, 31) }

// listed is what the log of acts keeps of a target.
func (t Target) listed() audit.Members {
	return audit.Members{"version": t.Version, "title": t.Title, "metric": t.Metric, "region": t.Region, "baseline_value": t.BaselineValue,
		"baseline_on": t.BaselineOn, "goal_value": t.GoalValue, "due_on": t.DueOn, "source": t.Source, "state": t.State}
}

// Repository keeps targets inside a transaction.
type Repository interface {
	// Metrics gives all metrics, in their order.
	Metrics(ctx context.Context) ([]Metric, error)
	// Atlas reads where things are counted.
	Atlas(ctx context.Context) (*cube.Atlas, error)
	// Lock finds the newest version of a target and keeps others from adding one, or fails with ErrNotFound.
	Lock(ctx context.Context, id id.ID) (Target, error)
	// Add keeps a new version; ErrChanged when there is one of its number.
	Add(ctx context.Context, t Target) error
}

// Reader reads targets, and the books that they are held against, from one state of things. Nothing in it is about one person.
type Reader interface {
	Metrics(ctx context.Context) ([]Metric, error)
	// Newest gives the newest version of each target, of those that were set first first; withdrawn ones where these are wanted, too.
	Newest(ctx context.Context, withdrawn bool) ([]Target, error)
	// Versions gives all versions of a target, the oldest first, or fails with ErrNotFound.
	Versions(ctx context.Context, id id.ID) ([]Target, error)
	// Regions gives all regions ever known, and the atlas made of them.
	Regions(ctx context.Context) ([]region.Region, *cube.Atlas, error)
	// Stock sums how many more persons were registered as living somewhere at a month's end than at its beginning.
	Stock(ctx context.Context) ([]Stock, error)
	// Residents gives the population of every month that is kept.
	Residents(ctx context.Context) ([]region.Total, error)
	// Camps gives all camps' days.
	Camps(ctx context.Context) ([]Camp, error)
	// Years gives the counted figures of every year, of those who live in the regions of these keys.
	Years(ctx context.Context, keys []string) ([]Year, error)
	// Stretch counts the figures of some days, of those who lived under these codes. What is asked again while the whole year's
	// figures are still the same may be answered from memory.
	Stretch(ctx context.Context, s Stretch, whole cube.Figures) (cube.Figures, error)
}

// Tx is all that a use case of this feature may touch.
type Tx interface {
	Grants() auth.Grants
	Audit() audit.Log
	Targets() Repository
}

// Store runs a use case in one transaction, and lets targets be read from one state of things.
type Store interface {
	Update(ctx context.Context, fn func(ctx context.Context, tx Tx) error) error
	Snapshot(ctx context.Context, fn func(ctx context.Context, r Reader) error) error
}

// Service holds the use cases of targets.
type Service struct {
	store Store
	clock calendar.Clock
}

// NewService makes the use cases.
func NewService(store Store, clock calendar.Clock) *Service { return &Service{store, clock} }
