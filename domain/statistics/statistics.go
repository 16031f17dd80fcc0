// Package statistics tells what share of the city is registered and takes part; it reads the ledger and keeps nothing.
package statistics

import (
	"context"
	"math"
	"time"

	"dure/domain/kernel/audit"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/page"
	"dure/domain/region"
)

// By says what the figures are broken down by: always something of the person, never of the activity.
type By string

const (
	ByCity    By = "city"
	ByGu      By = "gu"
	ByDong    By = "dong"
	ByAgeBand By = "age_band"
	BySex     By = "sex"
)

// Outside is the key of all people who do not live in the city.
const Outside = "outside"

// Band is ten years of age; the last one is open.
type Band struct {
	Key  string
	From int
}

// Bands in the order of the rows.
var Bands = []Band{
	{"0-9", 0}, {"10-19", 10}, {"20-29", 20}, {"30-39", 30}, {"40-49", 40}, {"50-59", 50},
	{"60-69", 60}, {"70-79", 70}, {"80-89", 80}, {"90-99", 90}, {"100+", 100},
}

// BornBy is the last birthday with which somebody has reached the band on a day.
func (b Band) BornBy(on calendar.Day) calendar.Day { return calendar.BornBy(b.From, on) }

// Period is a stretch of days, both included.
type Period struct{ From, To calendar.Day }

// Empty tells whether the period ends before it begins.
func (p Period) Empty() bool { return p.To.Before(p.From) }

// Months are the whole months in the period; empty where there is none.
func (p Period) Months() Period {
	m := Period{p.From.FirstOfMonth(), p.To.Add(1).FirstOfMonth().Add(-1)}
	if m.From != p.From {
		m.From = m.From.AddMonths(1)
	}
	return m
}

// Cut parts the period after a day; either part may be empty.
func (p Period) Cut(after calendar.Day) (until, later Period) {
	until, later = p, p
	if after.Before(p.To) {
		until.To = after
	}
	if !after.Before(p.From) {
		later.From = after.Add(1)
	}
	return until, later
}

// Row are the figures of one key. Nil means that there is nothing to divide by, or nothing known.
type Row struct {
	Key        string
	Name       string // of a region; empty where the key says it all
	Registered int    // persons (등록인원)
	Persons    int    // persons active in the period (실인원)
	Visits     int    // person-times (연인원)
	Minutes    int64  // recognised
	Population *int   // residents
}

// RegistrationRate is registered ÷ residents (등록률).
func (r Row) RegistrationRate() *float64 { return rate(r.Registered, r.Population) }

// ParticipationRate is active persons ÷ residents (참여율).
func (r Row) ParticipationRate() *float64 { return rate(r.Persons, r.Population) }

// ActivityRate is active persons ÷ registered persons (활동률); there is none for people from outside.
func (r Row) ActivityRate() *float64 {
	if r.Key == Outside {
		return nil
	}
	return rate(r.Persons, &r.Registered)
}

// rate divides, rounded to six places; nil where there is nothing to divide by.
func rate(n int, by *int) *float64 {
	if by == nil || *by == 0 {
		return nil
	}
	r := math.Round(float64(n)/float64(*by)*1e6) / 1e6
	return &r
}

// Table is an answer: every key there is, zeros too, in a fixed order.
type Table struct {
	By           By
	Evidence     []string // of the entries that were counted; none for all
	Period       Period   // From is no day for a count of the registered alone
	Rows         []Row
	AsOf         time.Time    // what was known then
	Final        bool         // whoever asks again as of AsOf gets the same; else this is what is known now
	PopulationOf calendar.Day // first day of the month of the population figures; no day where none are kept
}

// Place is a region, and whether figures of population are kept for it in any month.
type Place struct {
	region.Region
	Counted bool
}

// Residents are people of a region and a part (a band's or sex's key, or nothing).
type Residents struct {
	RegionCode, Part string
	Count            int
}

// Cell are the volunteers who live in a region and belong to a part.
type Cell struct {
	RegionCode, Part            string
	Registered, Persons, Visits int
	Minutes                     int64
}

// Known says what to answer with: all that was recorded up to and with an instant. The zero Known is all that is recorded.
type Known struct {
	At  time.Time
	Day calendar.Day // the city's day of At
}

// Now tells whether everything counts that is recorded.
func (k Known) Now() bool { return k.At.IsZero() }

// Reader reads figures inside a snapshot.
type Reader interface {
	// Places gives all regions ever known. What was known before there was any dong is what the first import told.
	Places(ctx context.Context, known Known) ([]Place, error)
	// Residents gives the population of the latest month that is not after a day, or of the earliest where none is older. What
	// was known before there were any figures is what the first import told.
	Residents(ctx context.Context, by By, on calendar.Day, known Known) (month calendar.Day, residents []Residents, err error)
	// Cells counts volunteers by where they live and how old they are on the period's last day; without a first day
	// nobody counts as active. Where evidence is given, only entries with one of these grades count.
	Cells(ctx context.Context, by By, p Period, evidence []string, known Known) ([]Cell, error)
	// Entries gives the entries of days of a period posted after one instant up to another, in the order of posting.
	Entries(ctx context.Context, d Between, p page.Request) (page.Page[Posted], error)
	// Sums adds the same entries up by the month of their days, in order.
	Sums(ctx context.Context, d Between) ([]MonthSum, error)
}

// Hours adds up what was posted in each hour, inside a transaction: always all hours up to one, and none after it. Whoever else
// adds hours up waits.
type Hours interface {
	// Summed gives the end of the last hour that is added up; zero where none is.
	Summed(ctx context.Context) (time.Time, error)
	// FirstPosted tells when the first entry was posted at an instant or later; zero where none was.
	FirstPosted(ctx context.Context, since time.Time) (time.Time, error)
	// SumUp adds up what was posted in hours, from the start of the first to the end of the last.
	SumUp(ctx context.Context, from, before time.Time) error
}

// LogTx is all that noting a look may touch.
type LogTx interface{ Audit() audit.Log }

// Store lets figures be read from one state of things, looks be noted, and hours of posting be added up.
type Store interface {
	Note(ctx context.Context, fn func(ctx context.Context, tx LogTx) error) error
	AddHours(ctx context.Context, fn func(ctx context.Context, h Hours) error) error
	Snapshot(ctx context.Context, fn func(ctx context.Context, r Reader) error) error
}

// Service holds the questions that can be asked.
type Service struct {
	store Store
	clock calendar.Clock
}

// NewService makes the use cases.
func NewService(store Store, clock calendar.Clock) *Service { return &Service{store, clock} }

// note keeps who looked at which exact figures; what was asked holds no personal data.
func (s *Service) note(ctx context.Context, now time.Time, what string, question audit.Members) error {
	by := auth.From(ctx)
	return s.store.Note(ctx, func(ctx context.Context, tx LogTx) error {
		return tx.Audit().Record(ctx, audit.Event{HappenedAt: now, AccountID: &by.AccountID, Action: "statistics.read", SubjectType: "statistics",
			SubjectID: what, Detail: audit.Change(nil, question)})
	})
}

// note is a point of knowledge as it is kept with a question.
func (k Known) note() any {
	if k.Now() {
		return nil
	}
	return k.At
}
