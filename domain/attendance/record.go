package attendance

import (
	"context"
	"errors"
	"time"

	"dure/domain/kernel/auth"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
)

// MaxItems bounds a batch or sheet.
const MaxItems = 1000

// Item is one presence as a tablet or a sheet tells it.
type Item struct {
	ClientID        string // made by the client, so that a replay is known as one
	VolunteerNumber string // or
	VolunteerID     id.ID
	ShiftID         id.ID
	CheckedInAt     time.Time
	CheckedOutAt    time.Time
	Evidence        Evidence // only `leader`, or nothing, may be told
	TravelMinutes   int
	Err             error // why the item could not even be read; then nothing else is looked at
}

// Status is what became of an item.
type Status string

const (
	Recorded  Status = "recorded"
	Duplicate Status = "duplicate" // the same presence was told before; Attendance is the first one
	Refused   Status = "rejected"  // Err says why
)

// Result is the answer to one item.
type Result struct {
	ClientID   string
	Status     Status
	Attendance *Attendance
	Err        error
}

// Record is a batch of presences of one organiser's shifts.
type Record struct {
	Organiser Organiser
	Items     []Item
	DryRun    bool // only tell what would happen
}

var errDryRun = errors.New("dry run")

// Record keeps a batch: each item for itself, in the order given, and twice the same is kept once. One bad item rolls back
// nothing. Errors of the whole: auth.forbidden, attendance.organiser_not_found, request.invalid (none or over 1,000 items).
func (s *Service) Record(ctx context.Context, cmd Record) ([]Result, error) {
	now := s.clock.Now()
	f := fault.Collect()
	if f.Require(len(cmd.Items) > 0, "items") && len(cmd.Items) > MaxItems {
		f.Add("items", "too_many", "max", MaxItems)
	}
	var results []Result
	err := s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		p, err := auth.Current(ctx, tx.Grants(), now)
		if err != nil {
			return err
		}
		if err := tx.Attendance().Organiser(ctx, cmd.Organiser); err != nil {
			return err
		}
		if err := CanWork(p, cmd.Organiser.ID); err != nil {
			return err
		}
		if err := f.Err(); err != nil {
			return err
		}
		known, err := s.known(ctx, tx, cmd)
		if err != nil {
			return err
		}
		var added []Attendance
		results, added = known.judge(p, cmd.Items, now)
		if cmd.DryRun {
			return errDryRun
		}
		return tx.Attendance().Add(ctx, added)
	})
	if errors.Is(err, errDryRun) {
		err = nil
	}
	return results, err
}

// known reads, under the locks of all persons named, everything that the items are judged by.
func (s *Service) known(ctx context.Context, tx Tx, cmd Record) (*book, error) {
	var (
		ids, shiftIDs []id.ID
		numbers       []string
		clientIDs     []string
	)
	for _, item := range cmd.Items {
		if item.Err != nil {
			continue
		}
		if item.VolunteerID != id.Nil {
			ids = append(ids, item.VolunteerID)
		} else if item.VolunteerNumber != "" {
			numbers = append(numbers, item.VolunteerNumber)
		}
		shiftIDs = append(shiftIDs, item.ShiftID)
		clientIDs = append(clientIDs, item.ClientID)
	}
	people, err := tx.Attendance().People(ctx, ids, numbers)
	if err != nil {
		return nil, err
	}
	b := newBook(cmd.Organiser, s.clock, people)
	if _, err := tx.Ledger().Lock(ctx, b.personIDs()); err != nil {
		return nil, err
	}
	shifts, err := tx.Attendance().Shifts(ctx, shiftIDs)
	if err != nil {
		return nil, err
	}
	for _, shift := range shifts {
		b.shifts[shift.ID] = shift
	}
	at := b.places(cmd.Items)
	same, err := tx.Attendance().Same(ctx, cmd.Organiser.ID, clientIDs, at)
	if err != nil {
		return nil, err
	}
	for i := range same {
		b.add(&same[i])
	}
	signedUp, err := tx.Attendance().SignedUp(ctx, at)
	for _, place := range signedUp {
		b.signedUp[place] = true
	}
	return b, err
}
