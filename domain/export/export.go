// Package export shows the one ledger as others need it: schools in whole hours, the portal 1365 in minutes, the tax office in days.
package export

import (
	"context"
	"time"

	"dure/domain/kernel/audit"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
	"dure/domain/kernel/page"
	"dure/domain/ledger"
	"dure/domain/transfer"
)

var (
	ErrNoPerson   = fault.New(fault.Forbidden, "export.no_person")
	ErrNotFound   = fault.New(fault.NotFound, "export.not_found")
	ErrNothingNew = fault.New(fault.Conflict, "export.nothing_new")
)

// Work is what an attendance brought on a day, as the ledger has it.
type Work struct {
	VolunteerID  id.ID
	AttendanceID id.ID
	Day          calendar.Day
	Minutes      int
	DonationKind string // of a blood donation; empty for all else
}

// Reader reads the ledger and the tables that views are made by, from one state of things.
type Reader interface {
	// Work gives what people did on days, where it counts; both days included.
	Work(ctx context.Context, people []id.ID, from, to calendar.Day) ([]Work, error)
	// Exported gives the minutes that schools have of people's days, as Work without attendances.
	Exported(ctx context.Context, people []id.ID, from, to calendar.Day) ([]Work, error)
	// SchoolRules reads the school offices' rules of donations.
	SchoolRules(ctx context.Context) (transfer.DonationRules, error)
	// Timetable reads the class periods of a school and of all schools.
	Timetable(ctx context.Context, school string) (Timetable, error)
	// Areas reads the disaster areas that touch days.
	Areas(ctx context.Context, from, to calendar.Day) ([]Area, error)
	// ServedIn sums what a person did on days at activities in an area's region and below.
	ServedIn(ctx context.Context, volunteer id.ID, a Area, from, to calendar.Day) (minutes int, err error)
	// Sections gives everything that is kept about a person.
	Sections(ctx context.Context, volunteer id.ID) ([]Section, error)
	// Portal gives what the portal may have of a day, of the accounts after one with so many entries or a few more, of what was posted
	// by an instant; and counts what it may not.
	Portal(ctx context.Context, on calendar.Day, after id.ID, entries int, posted time.Time) (PortalPart, error)
	// SchoolExport finds what was sent, or fails with ErrNotFound.
	SchoolExport(ctx context.Context, export id.ID) (SchoolExport, []SentLine, error)
}

// Repository keeps what was sent, inside a transaction.
type Repository interface {
	Reader
	// LastLines gives the last line of each of these people, where there is one. Their accounts are locked.
	LastLines(ctx context.Context, people []id.ID) ([]SentLine, error)
	// Send keeps an export to a school with its lines, days and attendances.
	Send(ctx context.Context, e SchoolExport, lines []SentLine, days []Work, attendances []id.ID) error
	// AddPeriods keeps class periods under the next version, which it gives.
	AddPeriods(ctx context.Context, p Periods) (version int, err error)
	// Region tells whether there is such a region, present or past.
	Region(ctx context.Context, code string) (bool, error)
	// AddArea keeps a disaster area.
	AddArea(ctx context.Context, a Area) error
}

// Lists are read page by page.
type Lists interface {
	SchoolExports(ctx context.Context, p page.Request) (page.Page[SchoolExport], error)
	ListPeriods(ctx context.Context, p page.Request) (page.Page[Periods], error)
	ListAreas(ctx context.Context, p page.Request) (page.Page[Area], error)
}

// Tx is all that a use case of this feature may touch.
type Tx interface {
	Grants() auth.Grants
	Audit() audit.Log
	Ledger() ledger.Repository
	Transfers() transfer.Repository
	Exports() Repository
}

// Store runs a use case in one transaction, or lets it read from one state of things.
type Store interface {
	Lists
	Update(ctx context.Context, fn func(ctx context.Context, tx Tx) error) error
	Snapshot(ctx context.Context, fn func(ctx context.Context, r Reader) error) error
}

// Service holds the use cases of exports.
type Service struct {
	store Store
	clock calendar.Clock
}

// NewService makes the use cases.
func NewService(store Store, clock calendar.Clock) *Service { return &Service{store, clock} }

// CanExport lets the centre's officers hand hours on.
func CanExport(p auth.Principal) error {
	if p.Is(auth.CentreOfficer) {
		return nil
	}
	return auth.ErrForbidden
}

// Period is a stretch of days, both included.
type Period struct{ From, To calendar.Day }

const maxYears = 3 // of a period

func (p Period) check(f fault.Fields) {
	from, to := f.Require(!p.From.IsZero(), "from"), f.Require(!p.To.IsZero(), "to")
	switch {
	case !from || !to:
	case p.To.Before(p.From):
		f.Add("to", "order", "after", "from")
	case p.To.Year()-p.From.Year() > maxYears:
		f.Add("to", "period_too_long", "years", maxYears)
	}
}

// me is the person behind the request.
func me(ctx context.Context) (id.ID, error) {
	if person := auth.From(ctx).VolunteerID; person != id.Nil {
		return person, nil
	}
	return id.Nil, ErrNoPerson
}

// touched tells of each person whose data was handed on.
func touched(p auth.Principal, now time.Time, action, subject, subjectID, reason, detail string, people []id.ID) []audit.Event {
	events := make([]audit.Event, len(people))
	for i := range people {
		events[i] = audit.Event{HappenedAt: now, AccountID: &p.AccountID, Action: action, SubjectType: subject, SubjectID: subjectID,
			VolunteerID: &people[i], Reason: reason, Detail: detail}
	}
	return events
}
