package programme

import (
	"context"
	"slices"
	"time"

	"dure/domain/kernel/audit"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/voucher"
)

// person is somebody with all that his standing depends on, as it was read in one transaction.
type person struct {
	Facts
	atlas      Atlas
	kept       []Kept
	programmes map[id.ID]Whole
	codes      map[string]id.ID
}

func load(ctx context.Context, tx Tx, volunteer id.ID, steps bool) (me person, err error) {
	if me.Facts, err = tx.Programmes().Facts(ctx, volunteer); err != nil {
		return me, err
	}
	if me.atlas, err = tx.Programmes().Atlas(ctx); err != nil {
		return me, err
	}
	if me.kept, err = tx.Programmes().Kept(ctx, volunteer, steps); err != nil {
		return me, err
	}
	all, err := tx.Programmes().All(ctx)
	me.programmes, me.codes = make(map[id.ID]Whole, len(all)), make(map[string]id.ID, len(all))
	for _, w := range all {
		me.programmes[w.ID], me.codes[w.Code] = w, w.ID
	}
	return me, err
}

// live finds what the person has of a programme for a period.
func (me person) live(programme id.ID, period string, day calendar.Day) Kept {
	for _, k := range me.kept {
		if state := k.StateOn(day); k.ProgrammeID == programme && k.Period == period && (state == Held || state == Requested) {
			return k
		}
	}
	return Kept{}
}

func (me person) find(holding id.ID) *Kept {
	i := slices.IndexFunc(me.kept, func(k Kept) bool { return k.ID == holding })
	return &me.kept[i]
}

// lost tells whether what a holding was earned by is gone, and how that came, entry by entry. Only entries posted since it was
// claimed can take anything from it: what an activity or a camp is called today does not matter.
func (k Kept) lost(t Terms, f Facts, a Atlas, now time.Time) (steps []Step, lost bool) {
	f.CampID, f.CampRegion = k.CampID, k.CampRegion
	requirements := map[int][]Basis{}
	for _, b := range k.Bases {
		requirements[b.Requirement] = append(requirements[b.Requirement], b)
	}
	for i := range len(t.Requirements) + 1 {
		some, gone := k.walk(requirements[i], t, f, a, now)
		if gone {
			steps, lost = append(steps, some...), true
		}
	}
	return steps, lost
}

// walk follows one requirement through the entries since the claim.
func (k Kept) walk(bases []Basis, t Terms, f Facts, a Atlas, now time.Time) (steps []Step, gone bool) {
	meters, conditions := make([]meter, len(bases)), make([]Condition, len(bases))
	offset := make([]int, len(bases)) // what was measured then, less what the same entries come to now
	for i, b := range bases {
		conditions[i] = t.condition(b)
		meters[i] = meter{measure: b.Measure}
	}
	isMet := func() bool {
		for i, b := range bases {
			if meters[i].sum+offset[i] >= b.AtLeast {
				return true
			}
		}
		return len(bases) == 0
	}
	for _, x := range f.Entries { // in the order of posting
		if x.Sequence > k.LedgerSequence {
			break
		}
		for i, b := range bases {
			if conditions[i].counts(x, f, a, b.span()) {
				meters[i].add(x)
			}
		}
	}
	for i, b := range bases {
		offset[i] = b.Measured - meters[i].sum
	}
	for _, x := range f.Entries {
		if x.Sequence <= k.LedgerSequence {
			continue
		}
		for i, b := range bases {
			if !conditions[i].counts(x, f, a, b.span()) {
				continue
			}
			was, before := isMet(), meters[i].sum+offset[i]
			meters[i].add(x)
			after := meters[i].sum + offset[i]
			if after >= before || b.Measured < b.AtLeast {
				continue
			}
			step := Step{ID: id.New(), HoldingID: k.ID, At: now, What: "decreased", Why: WhyReversed, EntryID: &x.ID, Requirement: &b.Requirement,
				Line: &b.Line, Before: &before, After: &after}
			steps = append(steps, step)
			if was && !isMet() {
				step.ID, step.What = id.New(), "taken_back"
				steps = append(steps, step)
			}
		}
	}
	return steps, !isMet()
}

// onlyLast keeps the last taking back among steps: what was lost, earned again and lost again is lost once.
func onlyLast(steps []Step) []Step {
	last := -1
	for i, s := range steps {
		if s.What == "taken_back" {
			last = i
		}
	}
	kept := []Step{}
	for i, s := range steps {
		if s.What != "taken_back" || i == last {
			kept = append(kept, s)
		}
	}
	return kept
}

// review looks again at what a person holds, and takes back what he has not earned any more. His account must be locked.
func review(ctx context.Context, tx Tx, volunteer id.ID, now time.Time, today calendar.Day) (person, error) {
	me, err := load(ctx, tx, volunteer, false)
	if err != nil {
		return me, err
	}
	moved, steps := me.review(now, today)
	if err := tx.Programmes().Move(ctx, moved, steps); err != nil {
		return me, err
	}
	var events []audit.Event
	for _, h := range moved {
		me.find(h.ID).Holding = h
		if h.State == TakenBack {
			e := holdingEvent(id.Nil, h, now, "programme.taken_back", "")
			e.AccountID = nil
			events = append(events, e)
		}
	}
	if len(events) > 0 {
		if err := tx.Audit().Record(ctx, events...); err != nil {
			return me, err
		}
	}
	return me, me.settle(ctx, tx, moved, now, today)
}

// stands tells whether something depends on what the holding was earned by: it is held, was given for something else, or was
// turned into money, which does not run out with it.
func (k Kept) stands(today calendar.Day) bool {
	state := k.StateOn(today)
	return state == Held || state == Exchanged || state == Expired && (k.Benefit == Mileage || k.Voucher == voucher.Redeemed)
}

// review is what has to be moved and why: pure. What was exchanged is looked at too, and takes with it what it was given for.
func (me person) review(now time.Time, today calendar.Day) (moved []Holding, steps []Step) {
	broken := map[id.ID]Step{}
	for _, k := range me.kept {
		if !k.stands(today) || k.Reviewed >= me.Sequence {
			continue
		}
		v, _ := me.programmes[k.ProgrammeID].Number(k.Number)
		if k.Benefit == Mileage {
			steps = append(steps, k.dwindled(v.Terms, me.Facts, me.atlas, now)...)
		}
		k.Reviewed = me.Sequence
		if some, lost := k.lost(v.Terms, me.Facts, me.atlas, now); lost {
			some = onlyLast(some)
			steps = append(steps, some...)
			k.State, k.EndedAt = TakenBack, &now
			if k.ExchangedFor != nil {
				broken[*k.ExchangedFor] = Step{HoldingID: *k.ExchangedFor, At: now, What: "taken_back", Why: WhyBroken, EntryID: some[len(some)-1].EntryID}
			}
		}
		moved = append(moved, k.Holding)
	}
	for _, k := range me.kept {
		step, ok := broken[k.ID]
		if !ok || !k.stands(today) || slices.ContainsFunc(moved, func(h Holding) bool { return h.ID == k.ID && h.State == TakenBack }) {
			continue
		}
		step.ID = id.New()
		steps = append(steps, step)
		moved = slices.DeleteFunc(moved, func(h Holding) bool { return h.ID == k.ID })
		k.State, k.EndedAt, k.Reviewed = TakenBack, &now, me.Sequence
		moved = append(moved, k.Holding)
	}
	return moved, steps
}

// chunk is how many persons or holdings are looked at in a row by a job.
const chunk = 200

// ReviewAll looks again at everybody who has lost minutes since what he holds was looked at; it gives how many that were.
func (s *Service) ReviewAll(ctx context.Context) (reviewed int, err error) {
	for after := id.Nil; ; {
		var suspects []id.ID
		if err := s.store.View(ctx, func(ctx context.Context, tx Tx) (err error) {
			suspects, err = tx.Programmes().Suspects(ctx, after, chunk)
			return err
		}); err != nil || len(suspects) == 0 {
			return reviewed, err
		}
		for _, volunteer := range suspects {
			if err := s.Review(ctx, volunteer); err != nil {
				return reviewed, err
			}
			reviewed++
		}
		after = suspects[len(suspects)-1]
	}
}

// Review looks again at what one person holds.
func (s *Service) Review(ctx context.Context, volunteer id.ID) error {
	now := s.clock.Now()
	return s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		if _, err := tx.Ledger().Lock(ctx, []id.ID{volunteer}); err != nil {
			return err
		}
		_, err := review(ctx, tx, volunteer, now, s.clock.Day(now))
		return err
	})
}

// Expire writes down what has run out; it gives how many that were.
func (s *Service) Expire(ctx context.Context) (expired int, err error) {
	now := s.clock.Now()
	for {
		n := 0
		err := s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
			ended, err := tx.Programmes().Ended(ctx, s.clock.Day(now), id.Nil, nil, chunk)
			if n = len(ended); err != nil {
				return err
			}
			return runOut(ctx, tx, ended, now)
		})
		if expired += n; err != nil || n == 0 {
			return expired, err
		}
	}
}
