package attendance

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"dure/domain/insurance"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
	"dure/domain/site"
	"dure/domain/volunteer"
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
	LateProofID     id.ID  // a document, where the window is over
	GroupName       string // with whom he came; empty for alone
	Err             error  // why the item could not even be read; then nothing else is looked at
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
	Hold       Hold             // why it is held, when it is
	Cover      *insurance.Cover // of who was recorded: whether he was insured when he came
	Err        error
}

// Record is a batch of presences of one organiser's shifts.
type Record struct {
	Organiser Organiser
	Items     []Item
	DryRun    bool // only tell what would happen
}

var (
	errDryRun = errors.New("dry run")
	// ErrClientIDTaken tells that another batch has just used one of the client ids, for somebody else.
	ErrClientIDTaken = errors.New("attendance: client id taken meanwhile")
)

// Record keeps a batch: each item for itself, in the order given, and twice the same is kept once. One bad item rolls back
// nothing. Errors of the whole: auth.forbidden, attendance.organiser_not_found, site.not_approved, request.invalid (none or
// over 1,000 items).
func (s *Service) Record(ctx context.Context, cmd Record) ([]Result, error) {
	return s.record(ctx, cmd.Organiser, len(cmd.Items), cmd.DryRun, func(context.Context, Tx) ([]Item, error) { return cmd.Items, nil })
}

// record judges and keeps the items that are found in the transaction.
func (s *Service) record(ctx context.Context, o Organiser, count int, dryRun bool, find func(context.Context, Tx) ([]Item, error)) ([]Result, error) {
	now := s.clock.Now()
	f := fault.Collect()
	if f.Require(count > 0, "items") && count > MaxItems {
		f.Add("items", "too_many", "max", MaxItems)
	}
	var results []Result
	attempt := func() error {
		return s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
			p, err := auth.Current(ctx, tx.Grants(), now)
			if err != nil {
				return err
			}
			open, err := tx.Attendance().Organiser(ctx, o)
			if err != nil {
				return err
			}
			if err := CanWorkAt(p, o, open); err != nil {
				return err
			}
			if !open {
				return site.ErrNotApproved
			}
			if err := f.Err(); err != nil {
				return err
			}
			items, err := find(ctx, tx)
			if err != nil {
				return err
			}
			items = uniform(items)
			known, err := s.known(ctx, tx, p, o, items, now)
			if err != nil {
				return err
			}
			var added []Attendance
			results, added = known.judge(p, items, now)
			if err := s.coverAll(ctx, tx, known.shifts, results); err != nil {
				return err
			}
			found, err := s.hold(ctx, tx, known, p.AccountID, results, added, now)
			if err != nil {
				return err
			}
			if dryRun {
				return errDryRun
			}
			if err := tx.Attendance().Add(ctx, added); err != nil {
				return err
			}
			return suspend(ctx, tx, found, added)
		})
	}
	err := attempt()
	for try := 0; try < 2 && errors.Is(err, ErrClientIDTaken); try++ {
		err = attempt() // now the other batch's rows are there to judge by
	}
	if errors.Is(err, errDryRun) {
		err = nil
	}
	return results, err
}

// uniform gives the items with the volunteers' numbers and the groups' names in their one form.
func uniform(items []Item) []Item {
	items = slices.Clone(items)
	for i := range items {
		items[i].GroupName = strings.TrimSpace(items[i].GroupName)
		if item := &items[i]; item.Err == nil && item.VolunteerNumber != "" {
			item.VolunteerNumber, item.Err = volunteer.ParseNumber(item.VolunteerNumber)
		}
	}
	return items
}

// known reads, under the locks of all persons named, everything that the items are judged by.
func (s *Service) known(ctx context.Context, tx Tx, p auth.Principal, o Organiser, items []Item, now time.Time) (*book, error) {
	var (
		ids, shiftIDs []id.ID
		proofs        []id.ID
		numbers       []string
		clientIDs     []string
		named         = map[id.ID]bool{}
	)
	for _, item := range items {
		if item.Err != nil {
			continue
		}
		if item.VolunteerID != id.Nil {
			ids = append(ids, item.VolunteerID)
		} else if item.VolunteerNumber != "" {
			numbers = append(numbers, item.VolunteerNumber)
		}
		if !named[item.ShiftID] {
			named[item.ShiftID], shiftIDs = true, append(shiftIDs, item.ShiftID)
		}
		clientIDs = append(clientIDs, item.ClientID)
		proofs = append(proofs, item.LateProofID)
	}
	people, err := tx.Attendance().People(ctx, ids, numbers)
	if err != nil {
		return nil, err
	}
	b := newBook(o, s.clock, people)
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
	if b.timeliness, err = timelinessOf(ctx, tx, p, s.clock, o.ID, shifts, proofs, now); err != nil {
		return nil, err
	}
	at := b.places(items)
	same, err := tx.Attendance().Same(ctx, o.ID, clientIDs, at)
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
