// Package publication freezes a year's figures of the city so that everybody may read them for ever, and nobody can read in them what a neighbour does.
package publication

import (
	"context"
	"time"

	"dure/domain/kernel/audit"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/duty"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
	"dure/domain/kernel/page"
)

// Audience is who may read a publication.
type Audience string

const (
	Analysts Audience = "analyst" // the city's analysts: from five persons on, exact
	Public   Audience = "public"  // everybody: from ten persons on, rounded to fives
)

// State is how far a publication has come.
type State string

const (
	Preparing State = "preparing" // is counted and protected, or waits for it
	Prepared  State = "prepared"  // waits for a second officer
	Published State = "published" // for ever
	Failed    State = "failed"    // no way was found to publish it safely
	Rejected  State = "rejected"  // by the second officer
)

// DefinitionVersion numbers what is counted, and how it is protected. It goes up whenever a published figure would come out
// otherwise: before 2, new persons were nowhere shown.
const DefinitionVersion = 2

// Publication is a year's figures for an audience, as they were known at an instant.
type Publication struct {
	ID         id.ID
	Year       int
	Audience   Audience
	Through    calendar.Day // the last day contained, the last of a month
	Note       string       // for its readers
	Reason     string       // why it is published; for officers
	State      State
	ProposedBy id.ID
	ProposedAt time.Time
	TakenUntil *time.Time // while somebody prepares it

	// From when it is prepared.
	AsOf              *time.Time
	DefinitionVersion int
	Threshold         int          // fewest persons that are shown
	RoundTo           int          // base of what is shown; 1 for exact figures
	PopulationOf      calendar.Day // month of the figures of population at the end; no day where there are none
	Follows           *id.ID       // the version that was published when it was prepared
	Report            string       // what was done to protect it, for officers
	Failure           string       // why that was not possible

	DecidedBy *id.ID
	DecidedAt *time.Time
	Decision  string // reason of a rejection

	// From when it is published.
	Version    int    // 1, 2, … of the year and audience
	Hash       string // over what is published, and the hash of the version before
	Supersedes *id.ID
}

// Listed is a publication with what came after it.
type Listed struct {
	Publication
	SupersededBy *id.ID
}

// Current tells whether nothing newer was published.
func (l Listed) Current() bool { return l.State == Published && l.SupersededBy == nil }

// Table is one of a publication's tables: what is shown of it, and what it was made of, which nobody is shown. Lines are as
// Cell writes them.
type Table struct {
	Name    string
	Lines   string
	Figures string
}

// Filter says which publications are wanted.
type Filter struct {
	Year     int // 0 for all
	Audience Audience
	State    State
	Current  bool // only those that nothing supersedes
}

var (
	ErrNotFound    = fault.New(fault.NotFound, "publication.not_found")
	ErrState       = fault.New(fault.Conflict, "publication.state")
	ErrSuperseded  = fault.New(fault.Conflict, "publication.superseded") // another version was published since it was prepared
	ErrUnderWay    = fault.New(fault.Conflict, "publication.under_way")
	ErrBudget      = fault.New(fault.TooMany, "publication.budget")
	ErrThrough     = fault.ErrInvalid.On("through", "publication_through")
	errFutureYear  = fault.ErrInvalid.On("year", "publication_year")
	errNoAudience  = fault.ErrInvalid.On("audience", "unknown")
	errNotPrepared = fault.New(fault.Conflict, "publication.not_prepared")
)

// Repository keeps publications inside a transaction.
type Repository interface {
	// Add keeps a new proposal; ErrUnderWay where one of the same year and audience waits already.
	Add(ctx context.Context, p Publication) error
	// Lock finds a publication and keeps others from changing it, or fails with ErrNotFound.
	Lock(ctx context.Context, publication id.ID) (Publication, error)
	// Take finds the oldest one that is to be prepared and nobody is at, and keeps others from it until an instant.
	Take(ctx context.Context, now, until time.Time) (p Publication, ok bool, err error)
	// Save replaces a locked publication; ErrSuperseded where its version has been published already.
	Save(ctx context.Context, p Publication) error
	// Versions gives what was published of a year for an audience, in order.
	Versions(ctx context.Context, year int, audience Audience) ([]Publication, error)
	// AddTables keeps the tables of a publication.
	AddTables(ctx context.Context, publication id.ID, tables []Table) error
	// Tables reads the tables of a publication, by name.
	Tables(ctx context.Context, publication id.ID) ([]Table, error)
	// AddKey keeps the secret that decides which way figures are rounded, unless there is one: it stays the same for ever.
	AddKey(ctx context.Context, key string) error
	// Spend counts one question of an account on a day, unless it has asked so many already.
	Spend(ctx context.Context, account id.ID, day calendar.Day, most int) (ok bool, err error)
}

// Reader reads publications.
type Reader interface {
	// Find gives publications, newest first.
	Find(ctx context.Context, f Filter, p page.Request) (page.Page[Listed], error)
	// Get finds a publication, or fails with ErrNotFound.
	Get(ctx context.Context, publication id.ID) (Listed, error)
	// Shown reads what is shown of one table of a publication, without what it was made of.
	Shown(ctx context.Context, publication id.ID, name string) (Table, error)
	// Places reads the city's dong and gu under their newest codes.
	Places(ctx context.Context) ([]Place, error)
}

// Tx is all that a use case of this feature may touch.
type Tx interface {
	Grants() auth.Grants
	Audit() audit.Log
	Duties() duty.Register
	Publications() Repository
}

// Store runs use cases in transactions, and counts in a snapshot.
type Store interface {
	Update(ctx context.Context, fn func(ctx context.Context, tx Tx) error) error
	// Snapshot shows one state of things for as long as it takes.
	Snapshot(ctx context.Context, fn func(ctx context.Context, s Source) error) error
}

// Settings are what a centre decides.
type Settings struct {
	Budget int // questions that an analyst may ask a day; 0 for no limit
}

// Service holds the use cases.
type Service struct {
	store    Store
	reader   Reader
	clock    calendar.Clock
	settings Settings
}

// NewService makes the use cases.
func NewService(store Store, reader Reader, clock calendar.Clock, settings Settings) *Service {
	return &Service{store, reader, clock, settings}
}
