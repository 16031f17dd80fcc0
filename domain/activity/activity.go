// Package activity knows what volunteers are asked to do (일감) and on which dates (회차).
package activity

import (
	"context"
	"strings"
	"time"

	"dure/domain/camp"
	"dure/domain/kernel/audit"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/duty"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
	"dure/domain/kernel/text"
	"dure/domain/site"
)

// State is how far an activity has come.
type State string

const (
	Draft     State = "draft"
	Submitted State = "submitted" // waits for the centre
	Approved  State = "approved"  // listed; takes sign-ups and attendance
	Rejected  State = "rejected"  // may be edited and submitted again
	Ended     State = "ended"     // called off after it had begun: what was done counts, nothing more is taken
	Cancelled State = "cancelled" // called off before anybody came
)

// OrganiserType tells the two kinds of organisers apart; camps are demand sites by nature.
type OrganiserType string

const (
	ByCamp       OrganiserType = "camp"
	ByDemandSite OrganiserType = "demand_site"
)

// Activity is a listing: what is done, where and for whom. When it is done is told by its shifts.
type Activity struct {
	ID            id.ID
	Title         string
	Search        string // Title in the form that searches compare
	Description   string
	FieldCode     string // 1365 field of activity, e.g. "0301"
	OrganiserType OrganiserType
	OrganiserID   id.ID
	RegionCode    string // a gu or a dong
	Place         string
	Lat, Lon      *float64 // degrees, WGS84; both or none
	Adults        bool     // who may come
	Youths        bool
	Families      bool
	Groups        bool
	Remote        bool // done from home, such as messages of thanks or coding (원격 봉사)
	State         State
	FirstDay      calendar.Day // first and last day of its shifts, or of the listing it was taken from
	LastDay       calendar.Day
	OriginSystem  *string // where it was imported from, e.g. "1365"
	OriginID      *string // its number there
	OriginHash    *string // what was last taken from there; nil once it was edited here
	CreatedBy     id.ID   // account; nil id for imported ones
	CreatedAt     time.Time
	DecidedBy     *id.ID
	DecidedAt     *time.Time
	Reason        string // of the last decision
	Version       int
}

// Organiser is the camp or demand site that lists an activity.
type Organiser struct {
	Type      OrganiserType
	ID        id.ID
	Name      string
	ClosedOn  calendar.Day // a camp's last day
	SiteState site.State   // of a demand site
}

// Field is a field of activity of the national portal, such as 0702 공연활동 in the group 0700 문화행사.
type Field struct{ Code, Name, GroupCode, GroupName string }

var (
	ErrNotFound       = fault.New(fault.NotFound, "activity.not_found")
	ErrState          = fault.New(fault.Conflict, "activity.state")
	ErrShiftNotFound  = fault.New(fault.NotFound, "activity.shift_not_found")
	ErrShiftExists    = fault.New(fault.Conflict, "activity.shift_exists")
	ErrShiftStarted   = fault.New(fault.Conflict, "activity.shift_started")
	ErrShiftCancelled = fault.New(fault.Conflict, "activity.shift_cancelled")
	ErrListings       = fault.New(fault.Invalid, "activity.listings")
	ErrChanged        = fault.New(fault.PreconditionFailed, "request.changed")

	errOrganiser = fault.ErrInvalid.On("organiser_type", "unknown")
)

// Search is the form in which titles are stored for searching: Korean is spelled with and without spaces, so none is kept.
func Search(s string) string { return strings.ReplaceAll(text.Search(s), " ", "") }

// open refuses an organiser that may not list activities on a day.
func (o Organiser) open(today calendar.Day) error {
	if o.Type == ByCamp && !o.ClosedOn.IsZero() && today.After(o.ClosedOn) {
		return camp.ErrClosed
	}
	if o.Type == ByDemandSite && o.SiteState != site.Approved {
		return site.ErrNotApproved
	}
	return nil
}

func (a Activity) validate() error {
	f := fault.Collect()
	text.Line(f, "title", a.Title, 2, 200)
	text.Block(f, "description", a.Description, 0, 10_000)
	f.Require(a.FieldCode != "", "field_code")
	f.Require(a.RegionCode != "", "region_code")
	text.Line(f, "place", a.Place, 1, 200)
	if (a.Lat == nil) != (a.Lon == nil) {
		f.Require(a.Lat != nil, "lat")
		f.Require(a.Lon != nil, "lon")
	}
	if a.Lat != nil && !(*a.Lat >= -90 && *a.Lat <= 90) {
		f.Add("lat", "range", "min", -90, "max", 90)
	}
	if a.Lon != nil && !(*a.Lon >= -180 && *a.Lon <= 180) {
		f.Add("lon", "range", "min", -180, "max", 180)
	}
	f.Require(a.Adults || a.Youths || a.Families || a.Groups, "adults")
	return f.Err()
}

// checked refuses an activity whose members break rules, its field and region among them.
func checked(ctx context.Context, tx Tx, a Activity) error {
	if err := a.validate(); err != nil {
		return err
	}
	field, region, err := tx.Activities().Known(ctx, a.FieldCode, a.RegionCode)
	if err != nil {
		return err
	}
	f := fault.Collect()
	if !field {
		f.Add("field_code", "unknown")
	}
	if !region {
		f.Add("region_code", "unknown")
	}
	return f.Err()
}

// Repository keeps activities and shifts inside a transaction.
type Repository interface {
	// Organiser finds a camp or demand site, or fails with camp.ErrNotFound or site.ErrNotFound.
	Organiser(ctx context.Context, t OrganiserType, id id.ID) (Organiser, error)
	// Known tells whether there is such a field of activity, and such a gu or dong, present or past.
	Known(ctx context.Context, field, region string) (fieldKnown, regionKnown bool, err error)
	// Lock finds an activity and keeps others from changing it and its shifts, or fails with ErrNotFound.
	Lock(ctx context.Context, id id.ID) (Activity, error)
	// Submitters gives the accounts that have submitted an activity.
	Submitters(ctx context.Context, activity id.ID) ([]id.ID, error)
	// Add keeps a new activity.
	Add(ctx context.Context, a Activity) error
	// Update replaces a locked activity.
	Update(ctx context.Context, a Activity) error

	// Spans gives when the shifts of a locked activity take place; cancelled ones only when asked for.
	Spans(ctx context.Context, activity id.ID, cancelled bool) ([]calendar.Span, error)
	// AddShifts keeps new shifts.
	AddShifts(ctx context.Context, shifts []Shift) error
	// LockShift finds a shift and its activity and keeps others from changing them and the shift's sign-ups, or fails
	// with ErrShiftNotFound.
	LockShift(ctx context.Context, id id.ID) (Activity, Shift, error)
	// CancelShift cancels a locked shift and with it its sign-ups.
	CancelShift(ctx context.Context, shift id.ID, at time.Time) error
	// CancelUpcoming locks and cancels those shifts of a locked activity that begin after an instant, but for the
	// spans kept, and with them their sign-ups.
	CancelUpcoming(ctx context.Context, activity id.ID, at time.Time, keep ...calendar.Span) error

	Importing
}

// Tx is all that a use case of this feature may touch.
type Tx interface {
	Grants() auth.Grants
	Audit() audit.Log
	Duties() duty.Register
	Activities() Repository
}

// Store runs a use case in one transaction.
type Store interface {
	Update(ctx context.Context, fn func(ctx context.Context, tx Tx) error) error
}

// Service holds the use cases of activities and shifts.
type Service struct {
	store  Store
	reader Reader
	clock  calendar.Clock
}

// NewService makes the use cases.
func NewService(store Store, reader Reader, clock calendar.Clock) *Service {
	return &Service{store, reader, clock}
}
