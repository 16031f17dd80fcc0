package transfer

import (
	"context"
	"errors"
	"fmt"
	"time"

	"dure/domain/kernel/audit"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/volunteer"
)

// Import is a file of one system.
type Import struct {
	System System
	File   File
	DryRun bool // only tell what would happen
}

// Outcome tells what became of a file. Transfer is nil where nothing was taken.
type Outcome struct {
	Transfer *Transfer
	Results  []Result
}

var errDryRun = errors.New("dry run")

// Import takes a file's rows over as attendances that wait for a second officer. Each row is for itself; a row that was
// taken before changes nothing, and one that reads otherwise than it did is refused. Source: 실적연계, which needs each
// person's consent. Errors of the whole: auth.forbidden.
func (s *Service) Import(ctx context.Context, cmd Import) (Outcome, error) {
	now := s.clock.Now()
	var done Outcome
	err := s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		done = Outcome{}
		p, err := auth.Current(ctx, tx.Grants(), now)
		if err != nil {
			return err
		}
		if err := CanTransfer(p); err != nil {
			return err
		}
		b, err := s.book(ctx, tx, cmd, p.AccountID, now)
		if err != nil {
			return err
		}
		results, added := b.judge(cmd.File.Lines)
		done.Results = results
		if cmd.DryRun {
			return errDryRun
		}
		if len(added) == 0 {
			return nil
		}
		t := Transfer{ID: id.New(), System: cmd.System, FileHash: cmd.File.Hash, Lines: len(cmd.File.Lines), Imported: len(added),
			ImportedAt: now, ImportedBy: p.AccountID}
		done.Transfer = &t
		return keep(ctx, tx, b.source, t, added)
	})
	if errors.Is(err, errDryRun) {
		err = nil
	}
	return done, err
}

// book reads, under the locks of the system and of all persons named, everything that the rows are judged by.
func (s *Service) book(ctx context.Context, tx Tx, cmd Import, by id.ID, now time.Time) (*book, error) {
	b := &book{clock: s.clock, now: now, by: by, people: map[string]Person{}, known: map[string]Origin{},
		taken: map[id.ID][]calendar.Span{}, donated: map[id.ID][]Donation{}}
	var err error
	if b.source, err = tx.Transfers().Lock(ctx, cmd.System, now); err != nil {
		return nil, err
	}
	var numbers, originIDs []string
	var first, last calendar.Day
	for _, l := range cmd.File.Lines {
		if n, err := volunteer.ParseNumber(l.Number); l.Err == nil && err == nil {
			numbers, originIDs = append(numbers, n), append(originIDs, l.OriginID)
			if first.IsZero() || l.Day.Before(first) {
				first = l.Day
			}
			if l.Day.After(last) {
				last = l.Day
			}
		}
	}
	people, err := tx.Transfers().People(ctx, numbers)
	if err != nil {
		return nil, err
	}
	ids := make([]id.ID, len(people))
	for i, p := range people {
		ids[i] = p.ID
		b.people[p.Number] = p
	}
	if _, err := tx.Ledger().Lock(ctx, ids); err != nil {
		return nil, err
	}
	known, err := tx.Transfers().Known(ctx, cmd.System, originIDs)
	if err != nil {
		return nil, err
	}
	for _, o := range known {
		b.known[o.OriginID] = o
	}
	if !first.IsZero() {
		taken, err := tx.Transfers().Taken(ctx, ids, first.Start(s.clock.Zone), last.End(s.clock.Zone))
		if err != nil {
			return nil, err
		}
		for _, t := range taken {
			b.taken[t.VolunteerID] = append(b.taken[t.VolunteerID], t.Span)
		}
	}
	donated, err := tx.Transfers().Donations(ctx, ids)
	if err != nil {
		return nil, err
	}
	for _, d := range donated {
		b.donated[d.VolunteerID] = append(b.donated[d.VolunteerID], d)
	}
	if b.rules, err = tx.Transfers().DonationRules(ctx); err != nil {
		return nil, err
	}
	if b.regions, err = tx.Transfers().Regions(ctx); err != nil {
		return nil, err
	}
	b.fields, err = tx.Activities().Fields(ctx)
	return b, err
}

// keep writes what was taken over: its places, its attendances, where they came from, and that each person's hours were touched.
func keep(ctx context.Context, tx Tx, source Source, t Transfer, added []candidate) error {
	places := make([]Place, len(added))
	for i, c := range added {
		places[i] = c.place
	}
	shifts, err := tx.Transfers().Shifts(ctx, source, places, t.ImportedBy, t.ImportedAt)
	if err != nil {
		return err
	}
	origins := make([]Origin, len(added))
	events := make([]audit.Event, len(added))
	for i := range added {
		c := &added[i]
		c.attendance.ShiftID, c.attendance.ActivityID = shifts[i].ID, shifts[i].ActivityID
		c.origin.TransferID = t.ID
		origins[i] = c.origin
		events[i] = audit.Event{HappenedAt: t.ImportedAt, AccountID: &t.ImportedBy, Action: "transfer.imported", SubjectType: "attendance",
			SubjectID: c.attendance.ID.String(), VolunteerID: &c.attendance.VolunteerID,
			Detail: fmt.Sprintf(`{"transfer_id":%q,"system":%q,"minutes":%d}`, t.ID, t.System, c.attendance.WorkedMinutes)}
	}
	if err := tx.Attendance().Add(ctx, attendances(added)); err != nil {
		return err
	}
	if err := tx.Transfers().Add(ctx, t, origins); err != nil {
		return err
	}
	return tx.Audit().Record(ctx, events...)
}
