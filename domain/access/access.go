// Package access tells people who did something with their data or looked at it (개인정보 처리·조회 내역), and lets the city's auditors read the log of acts.
package access

import (
	"context"
	"time"

	"dure/domain/kernel/audit"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/kernel/page"
	"dure/domain/volunteer"
)

// Entry is one line of a person's access log: an act about him, or the looks of one account on one day. Who it was is told
// by institution and role, not by name.
type Entry struct {
	ID        id.ID
	At        time.Time  // of an act, or of the day's first look
	LastAt    *time.Time // of the day's last look; nil for acts
	Times     int        // 1 for acts
	Action    string     // e.g. "attendance.verified"
	AccountID *id.ID     // nil for the system itself
	Reason    string
	By        []Held // the roles that the account held at that time
}

// Held is a role with the name of its camp or demand site; no name for the city's roles.
type Held struct {
	Role         auth.Role
	Organisation string
}

// Event is an act as the auditor reads it.
type Event struct {
	audit.Event
	Address   string
	RequestID string
}

// Filter says which acts are wanted; zero members do not restrict.
type Filter struct {
	SubjectType, SubjectID, Action string
	AccountID, VolunteerID         id.ID
	From, To                       calendar.Day // the city's days, both included
}

// Reader reads a person's access log.
type Reader interface {
	// OfVolunteer gives who did or saw something of a person, newest first, but for the account given: his own.
	OfVolunteer(ctx context.Context, volunteer, but id.ID, p page.Request) (page.Page[Entry], error)
}

// Repository reads the log of acts inside a transaction.
type Repository interface {
	// Events gives acts, newest first.
	Events(ctx context.Context, f Filter, p page.Request) (page.Page[Event], error)
}

// Tx is all that a use case of this feature may touch.
type Tx interface {
	Grants() auth.Grants
	Audit() audit.Log
	Acts() Repository
}

// Store runs a use case in one transaction.
type Store interface {
	Update(ctx context.Context, fn func(ctx context.Context, tx Tx) error) error
}

// Service holds the use cases about the log.
type Service struct {
	store  Store
	reader Reader
	clock  calendar.Clock
}

// NewService makes the use cases.
func NewService(store Store, reader Reader, clock calendar.Clock) *Service {
	return &Service{store, reader, clock}
}

// CanAudit lets administrators read the log of acts. Source: 개인정보의 안전성 확보조치 기준, access records are reviewed monthly.
func CanAudit(p auth.Principal) error {
	if p.Is(auth.Administrator) {
		return nil
	}
	return auth.ErrForbidden
}

// Mine gives the caller who else did something with his data or looked at it. Errors: volunteer.no_person.
func (s *Service) Mine(ctx context.Context, p page.Request) (page.Page[Entry], error) {
	me := auth.From(ctx)
	if me.VolunteerID == id.Nil {
		return page.Page[Entry]{}, volunteer.ErrNoPerson
	}
	return s.reader.OfVolunteer(ctx, me.VolunteerID, me.AccountID, p)
}

// Events gives acts to the auditor; that he read them is an act, too. Errors: auth.forbidden.
func (s *Service) Events(ctx context.Context, f Filter, req page.Request) (page.Page[Event], error) {
	now := s.clock.Now()
	var found page.Page[Event]
	err := s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		p, err := auth.Current(ctx, tx.Grants(), now)
		if err != nil {
			return err
		}
		if err := CanAudit(p); err != nil {
			return err
		}
		if found, err = tx.Acts().Events(ctx, f, req); err != nil {
			return err
		}
		read := audit.Event{HappenedAt: now, AccountID: &p.AccountID, Action: "audit_event.listed", SubjectType: f.SubjectType, SubjectID: f.SubjectID}
		if f.VolunteerID != id.Nil {
			read.VolunteerID = &f.VolunteerID
		}
		return tx.Audit().Record(ctx, read)
	})
	return found, err
}
