package award

import (
	"context"
	"slices"
	"time"

	"dure/domain/kernel/asof"
	"dure/domain/kernel/audit"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/ledger"
)

// Award (인증) is a badge of a person. One that was revoked stays; what is earned again is another one.
type Award struct {
	ID            id.ID
	VolunteerID   id.ID
	ScaleID       id.ID
	ScaleCode     string
	ThresholdCode string
	Minutes       int // that it takes, by the version it was issued by
	IssuedAt      time.Time
	RevokedAt     *time.Time
}

// StepKind says what became of a badge.
type StepKind string

const (
	Issued  StepKind = "issued"
	Revoked StepKind = "revoked"
)

// Step is how a badge came or went.
type Step struct {
	AwardID    id.ID
	Number     int
	Kind       StepKind
	EntryID    id.ID // with which the hours crossed the threshold, upwards or downwards
	Balance    int64 // minutes, at that time
	HappenedAt time.Time
}

// Crossing is a badge to be issued or revoked, with what made it so.
type Crossing struct {
	Award
	EntryID id.ID
	Balance int64
}

// Question narrows a look at persons.
type Question struct {
	Persons []id.ID      // only these; nil for the whole city
	After   id.ID        // only those behind this one
	Limit   int          // how many at most
	Since   calendar.Day // first day of the last year, for scales that ask for it
}

// Review is a look over the whole city that came to its end.
type Review struct {
	ID              id.ID
	Covers          time.Time // whatever was posted until then was seen
	EndedAt         time.Time
	Issued, Revoked int
}

// since is the first day of the year that ends with a day.
func since(today calendar.Day) calendar.Day { return today.AddMonths(-12).Add(1) }

// Settle gives persons the badges that their hours have earned and takes those that they do not cover any more, under the
// locks of their accounts. Done twice, or by two at once, it is done once.
func Settle(ctx context.Context, tx Board, scales []Scale, persons []id.ID, today calendar.Day, now time.Time) (issued, revoked int, err error) {
	if _, err := tx.Ledger().Lock(ctx, persons); err != nil {
		return 0, 0, err
	}
	lost, err := tx.Awards().Lost(ctx, persons)
	if err != nil {
		return 0, 0, err
	}
	var earned []Crossing
	for _, s := range scales {
		some, err := tx.Awards().Earned(ctx, s, Question{Persons: persons, Since: since(today)})
		if err != nil {
			return 0, 0, err
		}
		earned = append(earned, some...)
	}
	gone, went, told := take(lost, now)
	if len(gone) > 0 {
		if err := tx.Awards().Revoke(ctx, gone, went); err != nil {
			return 0, 0, err
		}
	}
	given, came, events := give(earned, now)
	if len(given) > 0 {
		if err := tx.Awards().Issue(ctx, given, came); err != nil {
			return 0, 0, err
		}
	}
	if events = append(told, events...); len(events) > 0 {
		err = tx.Audit().Record(ctx, events...)
	}
	return len(given), len(gone), err
}

func give(earned []Crossing, now time.Time) (awards []Award, steps []Step, events []audit.Event) {
	for _, c := range earned {
		a := c.Award
		a.ID, a.IssuedAt = id.New(), now
		awards = append(awards, a)
		steps = append(steps, Step{AwardID: a.ID, Number: 1, Kind: Issued, EntryID: c.EntryID, Balance: c.Balance, HappenedAt: now})
		events = append(events, a.event("award.issued", nil, audit.Members{"scale": a.ScaleCode, "threshold": a.ThresholdCode,
			"minutes": a.Minutes, "balance": c.Balance, "entry_id": c.EntryID}, now))
	}
	return awards, steps, events
}

func take(lost []Crossing, now time.Time) (awards []Award, steps []Step, events []audit.Event) {
	for _, c := range lost {
		a := c.Award
		at := now
		if at.Before(a.IssuedAt) { // the clock ran backwards
			at = a.IssuedAt
		}
		a.RevokedAt = &at
		awards = append(awards, a)
		steps = append(steps, Step{AwardID: a.ID, Number: 2, Kind: Revoked, EntryID: c.EntryID, Balance: c.Balance, HappenedAt: at})
		events = append(events, a.event("award.revoked", audit.Members{"scale": a.ScaleCode, "threshold": a.ThresholdCode, "minutes": a.Minutes},
			audit.Members{"balance": c.Balance, "entry_id": c.EntryID}, at))
	}
	return awards, steps, events
}

func (a Award) event(action string, before, after any, at time.Time) audit.Event {
	return audit.Event{HappenedAt: at, Action: action, SubjectType: "award", SubjectID: a.ID.String(), VolunteerID: &a.VolunteerID,
		Detail: audit.Change(before, after)}
}

// atOnce bounds how many persons are settled in one transaction: all that they ever did is read, thousands of entries of some.
const atOnce = 100

// ReviewAll looks over the whole city, scale by scale, in small transactions: a run that is cut short is made good by the
// next one, which finds only what is left. It is a job of the program itself and may run any number of times, several at once.
func (s *Service) ReviewAll(ctx context.Context) (r Review, err error) {
	begun := s.clock.Now()
	today := s.clock.Day(begun)
	var scales []Scale
	if err := s.store.Update(ctx, func(ctx context.Context, tx Tx) (err error) {
		scales, err = tx.Awards().InForce(ctx, today)
		return err
	}); err != nil {
		return r, err
	}
	r = Review{ID: id.New(), Covers: begun.Add(-asof.Settling)}
	looks := []func(context.Context, Tx, Question) ([]id.ID, error){
		func(ctx context.Context, tx Tx, q Question) ([]id.ID, error) { return tx.Awards().Uncovered(ctx, q) },
	}
	for _, scale := range scales {
		looks = append(looks, func(ctx context.Context, tx Tx, q Question) ([]id.ID, error) { return tx.Awards().Due(ctx, scale, q) })
	}
	for _, look := range looks {
		for q := (Question{Limit: atOnce, Since: since(today)}); ; {
			var (
				found           []id.ID
				issued, revoked int
			)
			if err := s.store.Update(ctx, func(ctx context.Context, tx Tx) (err error) {
				if found, err = look(ctx, tx, q); err != nil || len(found) == 0 {
					return err
				}
				issued, revoked, err = Settle(ctx, tx, scales, found, today, begun)
				return err
			}); err != nil {
				return r, err
			}
			r.Issued, r.Revoked = r.Issued+issued, r.Revoked+revoked
			if len(found) < atOnce {
				break
			}
			q.After = found[len(found)-1]
		}
	}
	r.EndedAt = s.clock.Now()
	return r, s.store.Update(ctx, func(ctx context.Context, tx Tx) error { return tx.Awards().Reviewed(ctx, r) })
}

// Hung is a badge with what its scale calls it, and how it came and went.
type Hung struct {
	Award
	Scale      Scale // without its thresholds
	Threshold  Threshold
	EarnedBy   id.ID // entry of the account
	EarnedAt   time.Time
	TakenBy    *id.ID
	TakenOn    calendar.Day // of activity, of the entry that took hours away
	TakenKind  ledger.Kind  // of that entry
	TakenTotal int          // minutes, of that entry: negative
	BalanceNow int          // minutes, when it was revoked
}

// Why says what took the hours away, as a code with texts.
func (h Hung) Why() string {
	switch h.TakenKind {
	case ledger.Reversal:
		return "hours_reversed"
	case ledger.Correction:
		return "hours_corrected"
	}
	return "hours_recounted"
}

// Wall is what a person holds and has held, newest first.
type Wall struct {
	Balance       int    // recognised minutes
	GuCode        string // of residence; empty for who lives elsewhere
	Hung          []Hung
	RecentVisits  int // since the day asked for
	RecentMinutes int
	Next          []Next
}

// Next is the badge that a person has before him, and what is missing.
type Next struct {
	Scale          Scale
	Threshold      Threshold
	MissingMinutes int
	MissingVisits  int // in the last year
	MissingRecent  int // minutes in the last year
}

// ahead lists what is next of each scale for which a person may earn badges.
func (w Wall) ahead(scales []Scale) []Next {
	list := []Next{}
	for _, s := range scales {
		if s.RegionCode != "" && s.RegionCode != w.GuCode {
			continue
		}
		held := func(threshold string) bool {
			return slices.ContainsFunc(w.Hung, func(h Hung) bool {
				return h.RevokedAt == nil && h.ScaleCode == s.Code && h.ThresholdCode == threshold
			})
		}
		if t, ok := s.next(held, w.Balance); ok {
			list = append(list, Next{Scale: s, Threshold: t, MissingMinutes: max(0, t.Minutes-w.Balance),
				MissingVisits: max(0, s.RecentVisits-w.RecentVisits), MissingRecent: max(0, s.RecentMinutes-w.RecentMinutes)})
		}
	}
	return list
}

// Mine gives the caller's badges: what he holds, what was revoked and why, and what is next. What his hours have earned
// since the last review is issued at once, and what they do not cover is revoked. Errors: award.no_person.
func (s *Service) Mine(ctx context.Context) (Wall, error) {
	now := s.clock.Now()
	today := s.clock.Day(now)
	var w Wall
	err := s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		p, err := person(ctx, tx, now)
		if err != nil {
			return err
		}
		scales, err := tx.Awards().InForce(ctx, today)
		if err != nil {
			return err
		}
		me := []id.ID{p.VolunteerID}
		if _, _, err := Settle(ctx, tx, scales, me, today, now); err != nil {
			return err
		}
		if w, err = tx.Awards().Wall(ctx, p.VolunteerID, since(today)); err != nil {
			return err
		}
		w.Next = w.ahead(scales)
		return nil
	})
	return w, err
}
