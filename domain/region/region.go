// Package region knows the city's units – city, gu and dong – by their codes, and how many people live in them.
package region

import (
	"context"
	"strings"
	"time"

	"dure/domain/kernel/audit"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/page"
)

// Level says how large a unit is.
type Level string

const (
	City Level = "city" // 시·도
	Gu   Level = "gu"   // 자치구
	Dong Level = "dong" // 행정동
)

// Region is one unit under one code. When units are renamed or merged the code ends and a successor begins.
type Region struct {
	Code      string // ten digits
	Level     Level
	Parent    string // the unit above; empty for a city
	Name      string
	Lat, Lon  *float64     // centre in degrees, WGS84; nil where unknown
	ValidFrom calendar.Day // first day of the code; no day where it is not known
	ValidTo   calendar.Day // last day of the code; no day while it is in use
	Successor string       // the code that took over; empty for none
}

// ValidOn tells whether the code was in use on a day.
func (r Region) ValidOn(d calendar.Day) bool { return !r.begins(d) && !r.ended(d) }

func (r Region) begins(after calendar.Day) bool {
	return !r.ValidFrom.IsZero() && r.ValidFrom.After(after)
}

func (r Region) ended(by calendar.Day) bool { return !r.ValidTo.IsZero() && r.ValidTo.Before(by) }

// LevelOf reads the level from the form of a code: CC00000000 is a city, CCGGG00000 a gu, all else a dong.
// ok is false when the text is no code.
func LevelOf(code string) (l Level, ok bool) {
	switch {
	case len(code) != 10 || strings.Trim(code, "0123456789") != "":
		return "", false
	case strings.HasSuffix(code, "00000000"):
		return City, true
	case strings.HasSuffix(code, "00000"):
		return Gu, true
	default:
		return Dong, true
	}
}

// ParentOf is the code of the unit above; empty for a city.
func ParentOf(code string) string {
	switch l, _ := LevelOf(code); l {
	case Dong:
		return code[:5] + "00000"
	case Gu:
		return code[:2] + "00000000"
	default:
		return ""
	}
}

// Sexes, as tables of population tell them.
const (
	Female = "female"
	Male   = "male"
)

// Sexes of persons, in the order in which they are told: those of tables of population, and who does not say.
var Sexes = [...]string{Female, Male, "undisclosed"}

// AndOver is the AgeTo of the highest band.
const AndOver = -1

// Residents are the people of a dong in a month, of one sex and one band of full years, both ends included.
type Residents struct {
	RegionCode     string
	Month          calendar.Day // its first day
	Sex            string
	AgeFrom, AgeTo int
	Count          int
}

// Total are all people of a dong in a month.
type Total struct {
	RegionCode string
	Month      calendar.Day // its first day
	Count      int
}

// Listed is a region as lists show it.
type Listed struct {
	Region
	GuName string // of a gu or dong
}

// Found is a region as its own page shows it.
type Found struct {
	Listed
	Current    string      // the code of the same unit that is in use on the day asked about; its own when there is none
	Population *Population // nil where no figures are kept
}

// Population is the newest figure of a unit: what its dong add up to.
type Population struct {
	Month calendar.Day // its first day
	Count int
}

// Filter says which regions are wanted; zero members do not restrict.
type Filter struct {
	On     calendar.Day // only codes in use on that day
	Level  Level
	Parent string // below this code, present or past: one level deeper, or on Level where that is given
	Word   string // in the name
}

var ErrNotFound = fault.New(fault.NotFound, "region.not_found")

// Reader reads regions for everybody; there are no personal data in them.
type Reader interface {
	// List gives regions in the order of their codes.
	List(ctx context.Context, f Filter, p page.Request) (page.Page[Listed], error)
	// Find gives a region by any code it ever had, or fails with ErrNotFound.
	Find(ctx context.Context, code string, on calendar.Day) (Found, error)
}

// Repository keeps regions and population inside a transaction.
type Repository interface {
	// Lock keeps everybody else from writing reference data until the transaction ends.
	Lock(ctx context.Context) error
	// All gives every region ever known, in the order of the codes.
	All(ctx context.Context) ([]Region, error)
	// Save keeps regions, replacing those of the same codes. What these were known as before stays known as of any instant before at.
	Save(ctx context.Context, regions []Region, at time.Time) error
	// Totals and Bands give the figures kept for months.
	Totals(ctx context.Context, months []calendar.Day) ([]Total, error)
	Bands(ctx context.Context, months []calendar.Day) ([]Residents, error)
	// AddTotals and AddBands keep figures that are not kept yet, as known from an instant on.
	AddTotals(ctx context.Context, totals []Total, at time.Time) error
	AddBands(ctx context.Context, bands []Residents, at time.Time) error
}

// Tx is all that a use case of this feature may touch.
type Tx interface {
	Regions() Repository
	Audit() audit.Log
}

// Store runs a use case in one transaction.
type Store interface {
	Update(ctx context.Context, fn func(ctx context.Context, tx Tx) error) error
}

// Service holds the imports; who may run a program beside the database may import.
type Service struct {
	store Store
	clock calendar.Clock
}

// NewService makes the use cases.
func NewService(store Store, clock calendar.Clock) *Service { return &Service{store, clock} }
