// Package award gives volunteers the badges (인증) that their hours have earned, and lets people nominate others for honours (포상).
package award

import (
	"context"
	"time"

	"dure/domain/document"
	"dure/domain/kernel/audit"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/duty"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
	"dure/domain/kernel/page"
	"dure/domain/ledger"
	"dure/domain/volunteer"
)

var (
	ErrNoPerson          = fault.New(fault.Forbidden, "award.no_person")
	ErrRoundNotFound     = fault.New(fault.NotFound, "award.round_not_found")
	ErrRoundExists       = fault.New(fault.Conflict, "award.round_exists")
	ErrRoundClosed       = fault.New(fault.Conflict, "award.round_closed")
	ErrNotFound          = fault.New(fault.NotFound, "award.nomination_not_found")
	ErrNomineeUnknown    = fault.New(fault.Invalid, "award.nominee_unknown")
	ErrNominated         = fault.New(fault.Conflict, "award.nominated_already")
	ErrSupported         = fault.New(fault.Conflict, "award.supported_already")
	ErrState             = fault.New(fault.Conflict, "award.state")
	ErrConsent           = fault.New(fault.Conflict, "award.consent_missing")
	ErrChecks            = fault.New(fault.Conflict, "award.checks_missing")
	ErrExcluded          = fault.New(fault.Conflict, "award.excluded")
	ErrVerificationGoing = fault.New(fault.Conflict, "award.verification_going_on")
)

// Repository keeps scales, badges, rounds and nominations inside a transaction.
type Repository interface {
	// Version keeps others from adding scales until the transaction ends, and gives the highest version of a code.
	Version(ctx context.Context, code string) (int, error)
	// Gu tells whether a code is a gu's on a day.
	Gu(ctx context.Context, code string, on calendar.Day) (known bool, err error)
	// AddScale keeps a new scale.
	AddScale(ctx context.Context, s Scale) error
	// InForce gives of each code the version that counts on a day, by code, lowest threshold first.
	InForce(ctx context.Context, on calendar.Day) ([]Scale, error)

	// Due finds persons after one, in their order, whose hours have crossed a threshold of a scale for which they hold no badge.
	Due(ctx context.Context, s Scale, q Question) ([]id.ID, error)
	// Uncovered finds persons after one, in their order, who hold a badge for more hours than they have.
	Uncovered(ctx context.Context, q Question) ([]id.ID, error)
	// Earned gives what these persons, whose accounts are locked, have earned of a scale and do not hold.
	Earned(ctx context.Context, s Scale, q Question) ([]Crossing, error)
	// Lost gives the badges of these persons, whose accounts are locked, for which their hours do not suffice any more.
	Lost(ctx context.Context, persons []id.ID) ([]Crossing, error)
	// Issue keeps new badges, and Revoke ends badges, each with its step.
	Issue(ctx context.Context, awards []Award, steps []Step) error
	Revoke(ctx context.Context, awards []Award, steps []Step) error
	// Reviewed keeps that the whole city was looked at.
	Reviewed(ctx context.Context, r Review) error
	// Wall gives all that a person holds and has held, and what he has to show for the next.
	Wall(ctx context.Context, person id.ID, since calendar.Day) (Wall, error)

	// AddRound keeps a new round, or fails with ErrRoundExists.
	AddRound(ctx context.Context, r Round) error
	// Round finds a round, or fails with ErrRoundNotFound.
	Round(ctx context.Context, id id.ID) (Round, error)

	// Add keeps a new nomination with its evidence, or fails with ErrNominated.
	Add(ctx context.Context, n Nomination, first NominationStep, documents []id.ID) error
	// Lock finds a nomination and keeps others from moving it, or fails with ErrNotFound.
	Lock(ctx context.Context, id id.ID) (Nomination, error)
	// Supporters gives who supports a nomination, in the order in which they did.
	Supporters(ctx context.Context, nomination id.ID) ([]Supporter, error)
	// Support keeps one more supporter of a locked nomination, or fails with ErrSupported.
	Support(ctx context.Context, nomination id.ID, s Supporter) error
	// Findings gives what was found about a nomination, in order.
	Findings(ctx context.Context, nomination id.ID) ([]Finding, error)
	// Find keeps one more finding of a locked nomination.
	Find(ctx context.Context, nomination id.ID, f Finding) error
	// Move writes where a locked nomination stands now, and appends the step that led there.
	Move(ctx context.Context, n Nomination, step NominationStep) error
	// Story finds a nomination with its whole story, or fails with ErrNotFound.
	Story(ctx context.Context, id id.ID) (Story, error)
}

// Reader reads lists; every list of nominations is limited to a round or to a person.
type Reader interface {
	// Scales gives the newest first, past and coming ones included.
	Scales(ctx context.Context, p page.Request) (page.Page[Scale], error)
	// Rounds gives the newest first.
	Rounds(ctx context.Context, p page.Request) (page.Page[Round], error)
	// OfRound gives a round's nominations, newest first.
	OfRound(ctx context.Context, round id.ID, f Filter, p page.Request) (page.Page[Listed], error)
	// OfPerson gives what a person nominated, and what he was nominated in, newest first.
	OfPerson(ctx context.Context, person id.ID, p page.Request) (page.Page[Listed], error)
	// Honours gives who was awarded, newest first, in one round or (nil id) in all.
	Honours(ctx context.Context, round id.ID, p page.Request) (page.Page[Honour], error)
}

// Board is what giving and taking badges needs.
type Board interface {
	Audit() audit.Log
	Ledger() ledger.Repository
	Awards() Repository
}

// Tx is all that a use case of this feature may touch.
type Tx interface {
	Board
	Grants() auth.Grants
	Duties() duty.Register
	Volunteers() volunteer.Repository
	Documents() document.Repository
}

// Store runs a use case in one transaction.
type Store interface {
	Update(ctx context.Context, fn func(ctx context.Context, tx Tx) error) error
}

// Service holds the use cases of badges and honours.
type Service struct {
	store  Store
	reader Reader
	clock  calendar.Clock
}

// NewService makes the use cases.
func NewService(store Store, reader Reader, clock calendar.Clock) *Service {
	return &Service{store, reader, clock}
}

// person is who is signed in, if there is a person behind the account.
func person(ctx context.Context, tx Tx, now time.Time) (auth.Principal, error) {
	p, err := auth.Current(ctx, tx.Grants(), now)
	if err == nil && p.VolunteerID == id.Nil {
		err = ErrNoPerson
	}
	return p, err
}

// officer is who is signed in, if he is an officer of the centre.
func officer(ctx context.Context, tx Tx, now time.Time) (auth.Principal, error) {
	p, err := auth.Current(ctx, tx.Grants(), now)
	if err == nil {
		err = CanRun(p)
	}
	return p, err
}
