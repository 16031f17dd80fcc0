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
	"dure/domain/kernel/text"
)

// Proposal asks for a year to be published.
type Proposal struct {
	Year     int
	Audience Audience
	Through  calendar.Day // any day of the last month to be contained; the last closed one of the year where there is none
	Note     string
	Reason   string
}

// firstYear is the earliest that can be published.
const firstYear = 2000

// through is the last day that a proposal contains: months must be over, so that no day is published before all of it is.
func (p Proposal) through(today calendar.Day) (calendar.Day, error) {
	closed := today.FirstOfMonth().Add(-1)
	first, last := calendar.Date(p.Year, 1, 1), calendar.Date(p.Year, 12, 31)
	if p.Year < firstYear || closed.Before(first) {
		return calendar.Day{}, errFutureYear
	}
	if closed.After(last) {
		closed = last
	}
	if p.Through.IsZero() {
		return closed, nil
	}
	end := p.Through.FirstOfMonth().AddMonths(1).Add(-1)
	if end.Year() != p.Year || end.After(closed) {
		return calendar.Day{}, ErrThrough
	}
	return end, nil
}

// Propose asks for a year to be published; it is prepared by Work, and published when another officer releases it.
// Errors: auth.forbidden, request.invalid, publication.under_way.
func (s *Service) Propose(ctx context.Context, cmd Proposal) (Publication, error) {
	now := s.clock.Now()
	var made Publication
	err := s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		p, err := auth.Current(ctx, tx.Grants(), now)
		if err != nil {
			return err
		}
		if err := CanPropose(p); err != nil {
			return err
		}
		if made, err = cmd.publication(s.clock.Day(now)); err != nil {
			return err
		}
		made.ID, made.ProposedBy, made.ProposedAt = id.New(), p.AccountID, now
		if err := tx.Publications().AddKey(ctx, id.Secret()); err != nil {
			return err
		}
		if err := tx.Publications().Add(ctx, made); err != nil {
			return err
		}
		return tx.Audit().Record(ctx, event(p, now, "publication.proposed", made, cmd.Reason))
	})
	return made, err
}

func (p Proposal) publication(today calendar.Day) (Publication, error) {
	f := fault.Collect()
	text.Block(f, "note", p.Note, 0, 500)
	text.Block(f, "reason", p.Reason, 1, 500)
	if err := f.Err(); err != nil {
		return Publication{}, err
	}
	if p.Audience != Analysts && p.Audience != Public {
		return Publication{}, errNoAudience
	}
	through, err := p.through(today)
	return Publication{Year: p.Year, Audience: p.Audience, Through: through, Note: p.Note, Reason: p.Reason, State: Preparing}, err
}

func event(p auth.Principal, at time.Time, action string, of Publication, reason string) audit.Event {
	return audit.Event{HappenedAt: at, AccountID: &p.AccountID, Action: action, SubjectType: "publication", SubjectID: of.ID.String(), Reason: reason}
}

// Release publishes what another officer proposed, as the newest version of its year and audience.
// Errors: auth.forbidden, publication.not_found, publication.not_prepared, publication.state, publication.superseded, duty.conflict_of_interest.
func (s *Service) Release(ctx context.Context, publication id.ID) (Publication, error) {
	return s.decide(ctx, publication, "publication.released", "", func(ctx context.Context, tx Tx, p *Publication) error {
		earlier, err := tx.Publications().Versions(ctx, p.Year, p.Audience)
		if err != nil {
			return err
		}
		tables, err := tx.Publications().Tables(ctx, p.ID)
		if err != nil {
			return err
		}
		return p.Publish(earlier, tables)
	})
}

// Publish makes a prepared one the newest version of its year and audience, or fails with ErrSuperseded where it was not prepared
// in the knowledge of all earlier ones.
func (p *Publication) Publish(earlier []Publication, tables []Table) error {
	if !p.follows(earlier) {
		return ErrSuperseded
	}
	p.State, p.Version = Published, len(earlier)+1
	before := ""
	if n := len(earlier); n > 0 {
		before, p.Supersedes = earlier[n-1].Hash, &earlier[n-1].ID
	}
	p.Hash = Hash(*p, before, tables)
	return nil
}

// follows tells whether it was prepared in the knowledge of all that was published before.
func (p Publication) follows(earlier []Publication) bool {
	if len(earlier) == 0 {
		return p.Follows == nil
	}
	return p.Follows != nil && *p.Follows == earlier[len(earlier)-1].ID
}

// Reject ends what another officer proposed. Errors: as Release, and request.invalid.
func (s *Service) Reject(ctx context.Context, publication id.ID, reason string) (Publication, error) {
	f := fault.Collect()
	text.Block(f, "reason", reason, 1, 500)
	if err := f.Err(); err != nil {
		return Publication{}, err
	}
	return s.decide(ctx, publication, "publication.rejected", reason, func(_ context.Context, _ Tx, p *Publication) error {
		p.State, p.Decision = Rejected, reason
		return nil
	})
}

// decide is what the second officer does.
func (s *Service) decide(ctx context.Context, publication id.ID, action, reason string,
	what func(ctx context.Context, tx Tx, p *Publication) error) (decided Publication, err error) {
	now := s.clock.Now()
	err = s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		p, err := auth.Current(ctx, tx.Grants(), now)
		if err != nil {
			return err
		}
		if err := CanPropose(p); err != nil {
			return err
		}
		if decided, err = tx.Publications().Lock(ctx, publication); err != nil {
			return err
		}
		proposed, err := tx.Duties().Acts(ctx, duty.Proposed, decided.ProposedBy)
		if err != nil {
			return err
		}
		ties, err := tx.Duties().Ties(ctx, p.VolunteerID)
		if err != nil {
			return err
		}
		if err := CanDecide(p, ties, proposed); err != nil {
			return err
		}
		switch decided.State {
		case Prepared:
		case Preparing:
			return errNotPrepared
		default:
			return ErrState.With("state", decided.State)
		}
		if err := what(ctx, tx, &decided); err != nil {
			return err
		}
		decided.DecidedBy, decided.DecidedAt = &p.AccountID, &now
		if err := tx.Publications().Save(ctx, decided); err != nil {
			return err
		}
		return tx.Audit().Record(ctx, event(p, now, action, decided, reason))
	})
	return decided, err
}
