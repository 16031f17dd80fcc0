// Package transfer takes over hours that other systems have recorded (실적연계), so that they count here like all others.
package transfer

import (
	"context"
	"time"

	"dure/domain/activity"
	"dure/domain/attendance"
	"dure/domain/kernel/audit"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/duty"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
	"dure/domain/kernel/page"
	"dure/domain/ledger"
)

// System names another system that records hours.
type System string

const (
	Portal System = "1365"
	VMS    System = "vms"
	DOVOL  System = "dovol"
	Blood  System = "blood"
)

// Source is a system with the demand site that stands for it here; the site is closed, so that no public list shows it.
type Source struct {
	Code       System
	Name       string
	SiteID     id.ID
	RegionCode string // of the city: where activities are said to be whose row tells no region
}

// Transfer is one file of which something was taken.
type Transfer struct {
	ID         id.ID
	System     System
	FileHash   string // SHA-256
	Lines      int    // of the file
	Imported   int    // of these
	ImportedAt time.Time
	ImportedBy id.ID
}

// Listed is a transfer with what became of its rows.
type Listed struct {
	Transfer
	Waiting int // attendances that nobody has confirmed or refused yet
}

// Row is one imported attendance as a transfer's page shows it.
type Row struct {
	AttendanceID      id.ID
	Line              int // of the file
	OriginID          string
	VolunteerID       id.ID
	VolunteerNumber   string
	VolunteerName     string
	ActivityTitle     string
	Place             string
	FieldCode         string
	CheckedInAt       time.Time
	CheckedOutAt      time.Time
	State             attendance.State
	RecognisedMinutes int
	GroupName         *string // with whom he came; nil for alone
}

// Origin is where an attendance came from. A number of a system is taken once.
type Origin struct {
	AttendanceID id.ID
	TransferID   id.ID
	OriginSystem System
	OriginID     string
	Hash         string // of what the system said
	Line         int
	DonationKind *string
}

// Person is what an import needs to know of a volunteer.
type Person struct {
	ID        id.ID
	Number    string
	Name      string
	Status    string // active, pending_guardian or withdrawn
	Consented bool   // the latest answer to link_1365 is yes
}

// Taken is a stretch of a person's time that an attendance already has.
type Taken struct {
	VolunteerID id.ID
	calendar.Span
}

// Region is a region as the portal knows it, and our own code for it; "" where there is none.
type Region struct{ Code, Name, RegionCode string }

// Place is when and as what somebody served: a shift of an activity of the system's site. Both are made when first told.
type Place struct {
	Title, Organisation   string
	FieldCode, RegionCode string
	Start, End            time.Time
}

// Shift is what a place became.
type Shift struct{ ID, ActivityID id.ID }

var (
	ErrNotFound     = fault.New(fault.NotFound, "transfer.not_found")
	ErrChanged      = fault.New(fault.Conflict, "transfer.changed_at_origin")
	ErrConsent      = fault.New(fault.Conflict, "transfer.consent_missing")
	ErrName         = fault.New(fault.Invalid, "transfer.name_differs")
	ErrTimesMissing = fault.New(fault.Invalid, "transfer.times_missing")
	ErrMinutes      = fault.New(fault.Invalid, "transfer.minutes_exceed_times")
	ErrField        = fault.New(fault.Invalid, "transfer.field_unknown")
	ErrRegion       = fault.New(fault.Invalid, "transfer.region_unknown")
	ErrDonationKind = fault.New(fault.Invalid, "transfer.donation_kind")
	ErrDonations    = fault.New(fault.Conflict, "transfer.donations_over")
	ErrNotInFile    = fault.New(fault.NotFound, "transfer.row_not_found")
)

// Repository keeps transfers inside a transaction.
type Repository interface {
	// Lock keeps others from taking anything over from a system until the transaction ends, and gives the system, whose
	// demand site is made when it is first asked for.
	Lock(ctx context.Context, s System, now time.Time) (Source, error)
	// People finds volunteers by number.
	People(ctx context.Context, numbers []string) ([]Person, error)
	// Known finds what was taken from a system under these numbers.
	Known(ctx context.Context, s System, originIDs []string) ([]Origin, error)
	// Taken gives the time that live attendances of people have between two instants.
	Taken(ctx context.Context, people []id.ID, since, till time.Time) ([]Taken, error)
	// Donations gives the blood donations of people that count or wait.
	Donations(ctx context.Context, people []id.ID) ([]Donation, error)
	// DonationRules reads the rules of what donations count in general.
	DonationRules(ctx context.Context) (DonationRules, error)
	// Regions reads the portal's regions.
	Regions(ctx context.Context) ([]Region, error)
	// Shifts finds or makes the shifts of places, in the same order.
	Shifts(ctx context.Context, s Source, places []Place, by id.ID, now time.Time) ([]Shift, error)
	// Add keeps a transfer and where its attendances came from.
	Add(ctx context.Context, t Transfer, origins []Origin) error
	// Attendances gives the ids of a transfer's attendances by line, or fails with ErrNotFound.
	Attendances(ctx context.Context, transfer id.ID) ([]id.ID, error)
}

// Reader reads transfers for the centre.
type Reader interface {
	// List gives the newest first.
	List(ctx context.Context, p page.Request) (page.Page[Listed], error)
	// Rows gives a transfer's attendances by line, or fails with ErrNotFound.
	Rows(ctx context.Context, transfer id.ID) (Listed, []Row, error)
}

// Tx is all that a use case of this feature may touch.
type Tx interface {
	Grants() auth.Grants
	Audit() audit.Log
	Duties() duty.Register
	Activities() activity.Repository
	Attendance() attendance.Repository
	Ledger() ledger.Repository
	Transfers() Repository
}

// Store runs a use case in one transaction.
type Store interface {
	Update(ctx context.Context, fn func(ctx context.Context, tx Tx) error) error
}

// Service holds the use cases of transfers.
type Service struct {
	store  Store
	reader Reader
	clock  calendar.Clock
}

// NewService makes the use cases.
func NewService(store Store, reader Reader, clock calendar.Clock) *Service {
	return &Service{store, reader, clock}
}

// CanTransfer lets the centre's officers take hours over.
func CanTransfer(p auth.Principal) error {
	if p.Is(auth.CentreOfficer) {
		return nil
	}
	return auth.ErrForbidden
}

// List gives all transfers to the centre. Errors: auth.forbidden, page.cursor.
func (s *Service) List(ctx context.Context, p page.Request) (page.Page[Listed], error) {
	if err := CanTransfer(auth.From(ctx)); err != nil {
		return page.Page[Listed]{}, err
	}
	return s.reader.List(ctx, p)
}

// Rows gives a transfer's attendances to the centre. Errors: auth.forbidden, transfer.not_found.
func (s *Service) Rows(ctx context.Context, transfer id.ID) (Listed, []Row, error) {
	if err := CanTransfer(auth.From(ctx)); err != nil {
		return Listed{}, nil, err
	}
	listed, rows, err := s.reader.Rows(ctx, transfer)
	if err != nil || len(rows) == 0 {
		return listed, rows, err
	}
	now := s.clock.Now()
	look := audit.Look{At: now, Day: s.clock.Day(now), By: auth.From(ctx), Action: "transfer.listed"}
	for _, row := range rows {
		look.Of = append(look.Of, row.VolunteerID)
	}
	return listed, rows, s.store.Update(ctx, func(ctx context.Context, tx Tx) error { return tx.Audit().Looked(ctx, look) })
}
