package insurance

import (
	"context"
	"fmt"
	"time"

	"dure/domain/kernel/audit"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
	"dure/domain/kernel/text"
)

// maxRoster bounds the places that are looked at for one roster.
const maxRoster = 50_000

// Listed is a place with what the insurer needs to know of it and of the person; no number, telephone or address.
type Listed struct {
	Place
	VolunteerID   id.ID
	Name          string
	Sex           string
	OrganiserName string
}

// Begins is when the shift begins, or when the presence did.
func (l Listed) Begins() time.Time {
	if l.SignUp != "" {
		return l.StartsAt
	}
	return l.In
}

// Insured is one line of a roster: a person, and the activity that he is or was covered at.
type Insured struct {
	Listed
	BirthDate calendar.Day
	Basis     Basis
}

// Format is how a roster is written.
type Format string

const (
	CSV  Format = "csv"
	XLSX Format = "xlsx"
)

// Roster asks for everybody who is covered by what begins on the days From to To, both included.
type Roster struct {
	ContractID id.ID
	From, To   calendar.Day
	Reason     string // why the insurer is given it
	Format     Format
}

// Insured gives the insurer's roster, by the beginning of what they do, of those who consented and did not take it back. That it
// was made is kept, with the reason and with everybody in it. Errors: auth.forbidden, insurance.contract_not_found, request.invalid,
// insurance.roster_too_long.
func (s *Service) Insured(ctx context.Context, cmd Roster) (Contract, []Insured, error) {
	now := s.clock.Now()
	var c Contract
	var insured []Insured
	err := s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		p, err := auth.Current(ctx, tx.Grants(), now)
		if err != nil {
			return err
		}
		if err := CanManage(p); err != nil {
			return err
		}
		whole, err := tx.Insurance().Whole(ctx, cmd.ContractID)
		if err != nil {
			return err
		}
		c = whole.Contract
		if err := cmd.check(c); err != nil {
			return err
		}
		during := calendar.Span{Start: cmd.From.Start(s.clock.Zone), End: cmd.To.End(s.clock.Zone)}
		found, err := tx.Insurance().Scheduled(ctx, during, now, maxRoster)
		if err != nil {
			return err
		}
		if len(found) > maxRoster {
			return ErrTooLong.With("max", maxRoster)
		}
		if insured, err = s.covered(ctx, tx.Insurance(), found); err != nil {
			return err
		}
		seen := make([]id.ID, len(insured))
		for i, l := range insured {
			seen[i] = l.VolunteerID
		}
		if err := tx.Audit().Looked(ctx, audit.Look{At: now, Day: s.clock.Day(now), By: p, Action: "insurance.roster_made", Of: seen}); err != nil {
			return err
		}
		return tx.Audit().Record(ctx, audit.Event{HappenedAt: now, AccountID: &p.AccountID, Action: "insurance.roster_made",
			SubjectType: "insurance_contract", SubjectID: c.ID.String(), Reason: cmd.Reason,
			Detail: fmt.Sprintf(`{"from":%q,"to":%q,"format":%q,"rows":%d}`, cmd.From, cmd.To, cmd.Format, len(insured))})
	})
	return c, insured, err
}

func (r Roster) check(c Contract) error {
	f := fault.Collect()
	text.Block(f, "reason", r.Reason, 1, 500)
	if f.Require(r.Format != "", "format") && r.Format != CSV && r.Format != XLSX {
		f.Add("format", "unknown")
	}
	for name, day := range map[string]calendar.Day{"from": r.From, "to": r.To} {
		if f.Require(!day.IsZero(), name) && !c.covers(day) {
			f.Add(name, "outside_contract")
		}
	}
	if !r.From.IsZero() && !r.To.IsZero() && r.To.Before(r.From) {
		f.Add("to", "order", "after", "from")
	}
	return f.Err()
}

// covered asks about each place at its beginning.
func (s *Service) covered(ctx context.Context, r Repository, found []Listed) ([]Insured, error) {
	insured := []Insured{}
	about := make([]Question, len(found))
	for i, l := range found {
		about[i] = Question{l.VolunteerID, l.Begins()}
	}
	facts, err := r.Facts(ctx, s.clock.Zone, about)
	for _, f := range facts {
		l := found[f.Number]
		if c := f.Cover(s.clock.Zone, []Place{l.Place}); c.Covered() && f.Consented {
			insured = append(insured, Insured{l, f.BirthDate, c.Basis})
		}
	}
	return insured, err
}
