package award

import (
	"context"
	"time"

	"dure/domain/kernel/audit"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
	"dure/domain/kernel/page"
	"dure/domain/kernel/text"
)

// Round (추천 포상) is a year's invitation to nominate, for instance for 대한민국 자원봉사대상. It is never changed.
type Round struct {
	ID           id.ID
	Name         string
	Year         int
	OpensOn      calendar.Day // first day on which one nominates and supports
	ClosesOn     calendar.Day // last one
	VerifiedFrom calendar.Day // first day of the public verification (공개검증)
	VerifiedTo   calendar.Day // last one; nothing is decided before it has passed
	Reference    string       // where it is written
	OpenedAt     time.Time
	OpenedBy     id.ID
	Categories   []Item `gorm:"-"`
	Grades       []Item `gorm:"-"` // 훈격, highest first
	Questions    []Item `gorm:"-"` // each is to be answered well before anybody is awarded, for instance: no criminal record
}

// Item is something that a round names.
type Item struct {
	Code   string
	NameKo string
	NameEn string
}

// maxItems bounds a round's categories, grades and questions, each.
const maxItems = 30

// named finds one of a round's items.
func named(items []Item, code string) (Item, bool) {
	for _, i := range items {
		if i.Code == code {
			return i, true
		}
	}
	return Item{}, false
}

// check notes all that is wrong with a new round.
func (r Round) check(today calendar.Day) error {
	f := fault.Collect()
	text.Line(f, "name", r.Name, 1, 100)
	if r.Year < today.Year()-1 || r.Year > today.Year()+1 {
		f.Add("year", "range", "min", today.Year()-1, "max", today.Year()+1)
	}
	days := []struct {
		name  string
		day   calendar.Day
		least int // days after the one before
	}{{"opens_on", r.OpensOn, 0}, {"closes_on", r.ClosesOn, 0}, {"verified_from", r.VerifiedFrom, 1}, {"verified_to", r.VerifiedTo, 0}}
	for i, d := range days {
		if !f.Require(!d.day.IsZero(), d.name) || i == 0 || days[i-1].day.IsZero() {
			continue
		}
		if first := days[i-1].day.Add(d.least); d.day.Before(first) {
			f.Add(d.name, "order", "after", first.Add(-1))
		}
	}
	if !r.ClosesOn.IsZero() && r.ClosesOn.Before(today) {
		f.Add("closes_on", "past")
	}
	text.Line(f, "reference", r.Reference, 1, 200)
	for member, items := range map[string][]Item{"categories": r.Categories, "grades": r.Grades, "questions": r.Questions} {
		f.Require(len(items) > 0, member)
		if len(items) > maxItems {
			f.Add(member, "too_many", "max", maxItems)
			continue
		}
		for i, item := range items {
			of := f.Under("%s[%d]", member, i)
			coded(of, "code", item.Code)
			both(of, item.NameKo, item.NameEn)
			if _, twice := named(items[:i], item.Code); twice {
				of.Add("code", "repeated")
			}
		}
	}
	return f.Err()
}

// takes tells whether one nominates and supports on a day.
func (r Round) takes(today calendar.Day) error {
	if today.Before(r.OpensOn) || today.After(r.ClosesOn) {
		return ErrRoundClosed.With("from", r.OpensOn).With("to", r.ClosesOn)
	}
	return nil
}

// OpenRound invites to nominate. Errors: auth.forbidden, request.invalid, award.round_exists (same name and year).
func (s *Service) OpenRound(ctx context.Context, r Round) (Round, error) {
	now := s.clock.Now()
	r.ID, r.OpenedAt = id.New(), now
	err := s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		p, err := officer(ctx, tx, now)
		if err != nil {
			return err
		}
		if err := r.check(s.clock.Day(now)); err != nil {
			return err
		}
		r.OpenedBy = p.AccountID
		if err := tx.Awards().AddRound(ctx, r); err != nil {
			return err
		}
		return tx.Audit().Record(ctx, audit.Event{HappenedAt: now, AccountID: &p.AccountID, Action: "award.round_opened", SubjectType: "award_round",
			SubjectID: r.ID.String(), Reason: r.Reference, Detail: audit.Change(nil, audit.Members{"name": r.Name, "year": r.Year,
				"opens_on": r.OpensOn, "closes_on": r.ClosesOn, "verified_from": r.VerifiedFrom, "verified_to": r.VerifiedTo})})
	})
	return r, err
}

// Rounds lists the rounds for everybody who is signed in, newest first. Errors: page.cursor.
func (s *Service) Rounds(ctx context.Context, p page.Request) (page.Page[Round], error) {
	return s.reader.Rounds(ctx, p)
}
