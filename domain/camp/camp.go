// Package camp knows the neighbourhood centres (동 자원봉사캠프) where volunteers meet, are counselled and log attendance.
package camp

import (
	"context"

	"dure/domain/kernel/audit"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
	"dure/domain/kernel/page"
	"dure/domain/kernel/place"
	"dure/domain/kernel/text"
)

// Camp is one neighbourhood centre; a dong has none to several, each opened and closed on a day.
type Camp struct {
	ID           id.ID
	Name         string
	Search       string // Name in the form that searches compare
	RegionCode   string // the dong it stands in
	Address      string
	Phone        string
	Lat, Lon     float64 // degrees, WGS84
	OpeningHours string
	OpenedOn     calendar.Day
	ClosedOn     calendar.Day // the last day; no day while it is open
	Version      int
}

// Listed is a camp as lists and pages show it.
type Listed struct {
	Camp
	GuName   string
	DongName string
	Distance *int // metres from the point asked for; nil when none was
}

// Filter says which camps are wanted; zero members do not restrict.
type Filter struct {
	Region string // code of a city, gu or dong, present or past
	OpenOn calendar.Day
	Near   *place.Circle
	Word   string
}

var (
	ErrNotFound = fault.New(fault.NotFound, "camp.not_found")
	ErrClosed   = fault.New(fault.Conflict, "camp.closed")
	ErrRegion   = fault.New(fault.Invalid, "camp.region_unknown")
	ErrChanged  = fault.New(fault.PreconditionFailed, "request.changed")
)

// OpenOn tells whether the camp is open on a day.
func (c Camp) OpenOn(d calendar.Day) bool {
	return !d.Before(c.OpenedOn) && (c.ClosedOn.IsZero() || !d.After(c.ClosedOn))
}

func (c Camp) validate() error {
	f := fault.Collect()
	text.Line(f, "name", c.Name, 1, 100)
	text.Line(f, "address", c.Address, 1, 200)
	text.Line(f, "phone", c.Phone, 0, 40)
	text.Block(f, "opening_hours", c.OpeningHours, 0, 500)
	f.Require(c.RegionCode != "", "region_code")
	if !(c.Lat >= -90 && c.Lat <= 90) {
		f.Add("lat", "range", "min", -90, "max", 90)
	}
	if !(c.Lon >= -180 && c.Lon <= 180) {
		f.Add("lon", "range", "min", -180, "max", 180)
	}
	if f.Require(!c.OpenedOn.IsZero(), "opened_on") && !c.ClosedOn.IsZero() && c.ClosedOn.Before(c.OpenedOn) {
		f.Add("closed_on", "order", "after", "opened_on")
	}
	return f.Err()
}

// listed is what the log of acts keeps of a camp.
func (c Camp) listed() audit.Members {
	return audit.Members{"version": c.Version, "name": c.Name, "region_code": c.RegionCode, "address": c.Address, "phone": c.Phone,
		"lat": c.Lat, "lon": c.Lon, "opening_hours": c.OpeningHours, "opened_on": c.OpenedOn, "closed_on": c.ClosedOn}
}

// Repository keeps camps inside a transaction.
type Repository interface {
	// Get finds a camp, or fails with ErrNotFound.
	Get(ctx context.Context, id id.ID) (Camp, error)
	// Add keeps a new camp; ErrRegion when its region is not a dong.
	Add(ctx context.Context, c Camp) error
	// Update replaces the camp whose version is the given one, or fails with ErrChanged.
	Update(ctx context.Context, c Camp, version int) error
}

// Reader reads camps for everybody; there are no personal data in them.
type Reader interface {
	// Listed finds one camp, or fails with ErrNotFound.
	Listed(ctx context.Context, id id.ID) (Listed, error)
	// List gives camps by distance where a circle is asked for, else by name.
	List(ctx context.Context, f Filter, p page.Request) (page.Page[Listed], error)
}

// Tx is all that a use case of this feature may touch.
type Tx interface {
	Grants() auth.Grants
	Audit() audit.Log
	Camps() Repository
}

// Store runs a use case in one transaction.
type Store interface {
	Update(ctx context.Context, fn func(ctx context.Context, tx Tx) error) error
}

// Service holds the use cases that write camps.
type Service struct {
	store Store
	clock calendar.Clock
}

// NewService makes the use cases.
func NewService(store Store, clock calendar.Clock) *Service { return &Service{store, clock} }
