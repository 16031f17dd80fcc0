package programme

import (
	"context"
	"time"

	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/points"
)

// register is what a programme that gives points is kept with.
type register interface {
	points.Ports
	Programmes() Repository
}

// fund opens the budget of a programme that gives points, and raises it to what the terms of the day say: once for each
// version and year. What is left of the year before is part of it, and less than there is takes nothing away. The programme
// must be locked or new.
func fund(ctx context.Context, tx register, w Whole, c points.Cause) error {
	v, ok := w.On(c.Today)
	if !ok || !v.Terms.Benefit.money() {
		return nil
	}
	if err := points.OpenBudget(ctx, tx, w.ID); err != nil {
		return err
	}
	f := Fund{ProgrammeID: w.ID, Number: v.Number, Points: v.Terms.Budget.points(v.Terms.Benefit)}
	if f.Points == 0 {
		return nil // whoever gives the money raises it
	}
	if v.Terms.Budget.Each == EachYear {
		f.Year = c.Today.Year()
	}
	all, err := tx.Programmes().Funds(ctx, w.ID)
	if err != nil {
		return err
	}
	before, begun := 0, false
	for _, other := range all {
		if other.Year == f.Year {
			if other.Number == f.Number {
				return nil
			}
			before, begun = max(before, other.Points), true
		}
	}
	if !begun && len(all) > 0 {
		left, err := tx.Programmes().Available(ctx, w.ID)
		if err != nil {
			return err
		}
		before = int(left)
	}
	if f.Points > before {
		entry, err := points.Fund(ctx, tx, c, w.ID, f.Points-before)
		if err != nil {
			return err
		}
		f.EntryID = &entry.ID
	}
	return tx.Programmes().AddFund(ctx, f)
}

// forever is behind every day that anybody serves on.
var forever = calendar.Date(2100, 12, 31)

// paid is the last day for which points have been paid by a day; no day where they are paid at once.
func (p Payment) paid(today calendar.Day) calendar.Day {
	if p.Kind == AtOnce {
		return calendar.Day{}
	}
	at := calendar.Date(today.Year(), today.Month(), p.Day)
	for at.After(today) || p.Kind == Quarterly && at.Month()%3 != 1 {
		at = calendar.Date(at.Year(), at.Month()-1, p.Day)
	}
	return at.Add(-1)
}

// pays tells of every version of mileage how far it has paid by a day.
func (w Whole) pays(today calendar.Day) (all []Pay) {
	for _, v := range w.Versions {
		if v.Terms.Benefit.Kind == Mileage {
			all = append(all, Pay{v.Number, v.Terms.Payment.paid(today)})
		}
	}
	return all
}

// stretches gives the days on which minutes bring points, of holdings that come person by person in order of time. No day is
// counted twice: it belongs to the holding that was there first. What was taken back brings none.
func (w Whole) stretches(holdings []Holding, today calendar.Day) (all []Stretch) {
	free := map[id.ID]calendar.Day{} // the first day that no holding has
	for _, h := range holdings {
		if h.State == TakenBack {
			continue
		}
		from, to := h.ValidFrom, h.ValidTo
		if next, ok := free[h.VolunteerID]; ok && from.Before(next) {
			from = next
		}
		if to.IsZero() {
			to = forever
		}
		if to.Before(from) {
			continue
		}
		free[h.VolunteerID] = to.Add(1)
		v, _ := w.Number(h.Number)
		if paid := v.Terms.Payment.paid(today); !paid.IsZero() && paid.Before(to) {
			to = paid
		}
		if !to.Before(from) {
			all = append(all, Stretch{h.VolunteerID, h.Number, from, to, h.CampID, h.CampRegion})
		}
	}
	return all
}

// due is what persons are to have of a programme's points, year by year. Who had terms of two versions in a year has what
// each of them is worth, up to the higher cap.
func (w Whole) due(ctx context.Context, tx Tx, holdings []Holding, a Atlas, today calendar.Day) ([]points.Due, error) {
	type year struct {
		volunteer id.ID
		year      int
	}
	of := map[int][]Stretch{}
	for _, s := range w.stretches(holdings, today) {
		of[s.Number] = append(of[s.Number], s)
	}
	found, all := map[year]int{}, []points.Due{}
	caps, free := map[year]int{}, map[year]bool{}
	for _, v := range w.Versions {
		if len(of[v.Number]) == 0 {
			continue
		}
		b := v.Terms.Benefit
		minutes, err := tx.Programmes().Minutes(ctx, of[v.Number], b.condition(), a)
		if err != nil {
			return nil, err
		}
		for _, m := range minutes {
			key, worth := year{m.VolunteerID, m.Year}, b.rate().Worth(m.Minutes)
			i, ok := found[key]
			if !ok {
				i = len(all)
				found[key] = i
				all = append(all, points.Due{VolunteerID: m.VolunteerID, Year: m.Year})
			}
			d := &all[i]
			d.Points += worth
			d.Eligible, d.ExpiresOn, d.Donatable = m.Active, b.pointsEnd(today), b.Donation
			caps[key], free[key] = max(caps[key], b.PointsPerYear), free[key] || b.PointsPerYear == 0
		}
	}
	for key, i := range found {
		if !free[key] {
			all[i].Points = min(all[i].Points, caps[key])
		}
	}
	return all, nil
}

// accrue brings persons' points of a programme's mileage up to what their minutes are worth, and tells them what was taken back.
func accrue(ctx context.Context, tx Tx, w Whole, persons []id.ID, a Atlas, now time.Time, today calendar.Day) (points.Accrued, error) {
	var holdings []Holding
	count := func(ctx context.Context, persons []id.ID) (all []points.Due, err error) {
		if holdings, err = tx.Programmes().Mileage(ctx, w.ID, persons); err != nil {
			return nil, err
		}
		return w.due(ctx, tx, holdings, a, today)
	}
	done, err := points.Accrue(ctx, tx, w.ID, persons, count, w.cause(now, today))
	if err != nil {
		return done, err
	}
	var steps []Step
	for _, c := range done.Changed {
		if c.After < c.Before {
			steps = append(steps, Step{ID: id.New(), HoldingID: ofYear(holdings, c), At: now, What: "decreased", Why: WhyPoints, EntryID: &c.EntryID,
				Before: &c.Before, After: &c.After})
		}
	}
	if err := tx.Programmes().Move(ctx, nil, steps); err != nil {
		return done, err
	}
	waiting := map[id.ID]bool{}
	for _, v := range done.Waiting {
		waiting[v] = true
	}
	var served []id.ID
	for _, v := range persons {
		if !waiting[v] {
			served = append(served, v)
		}
	}
	return done, tx.Programmes().Counted(ctx, w.ID, w.pays(today), served)
}

// ofYear is the last holding of a person that could bring points for a year.
func ofYear(holdings []Holding, c points.Brought) (found id.ID) {
	for _, h := range holdings {
		if h.VolunteerID == c.VolunteerID && (found == id.Nil || h.ValidFrom.Year() <= c.Year) {
			found = h.ID
		}
	}
	return found
}

// cause is why points of a programme move when nobody decides it.
func (w Whole) cause(now time.Time, today calendar.Day) points.Cause {
	return points.Cause{Reason: w.Name, Now: now, Today: today}
}

// together is how many persons' points are brought up in one transaction.
const together = 500

// AccrueAll raises budgets to what the terms say, and brings the points of everybody's mileage up to what their minutes are
// worth. It is a job of the program itself and may run any number of times, several at once; cut short, the next run finds
// what is left. Who waits for a budget is served by a run after it was raised.
func (s *Service) AccrueAll(ctx context.Context) (done points.Accrued, err error) {
	var all []Whole
	var atlas Atlas
	if err := s.store.View(ctx, func(ctx context.Context, tx Tx) (err error) {
		if all, err = tx.Programmes().All(ctx); err != nil {
			return err
		}
		atlas, err = tx.Programmes().Atlas(ctx)
		return err
	}); err != nil {
		return done, err
	}
	for _, w := range all {
		now := s.clock.Now()
		today := s.clock.Day(now)
		if err := s.store.Update(ctx, func(ctx context.Context, tx Tx) (err error) {
			if v, ok := w.On(today); !ok || !v.Terms.Benefit.money() {
				return nil
			}
			if w, err = tx.Programmes().Lock(ctx, w.ID); err != nil {
				return err
			}
			return fund(ctx, tx, w, w.cause(now, today))
		}); err != nil {
			return done, err
		}
		if err := s.accrueOf(ctx, w, atlas, &done); err != nil {
			return done, err
		}
	}
	return done, nil
}

// accrueOf goes through a programme's persons by id.
func (s *Service) accrueOf(ctx context.Context, w Whole, a Atlas, done *points.Accrued) error {
	for after := id.Nil; ; {
		var persons []id.ID
		var some points.Accrued
		now := s.clock.Now()
		today := s.clock.Day(now)
		pays := w.pays(today)
		if len(pays) == 0 {
			return nil
		}
		if err := s.store.View(ctx, func(ctx context.Context, tx Tx) (err error) {
			persons, err = tx.Programmes().Earners(ctx, w.ID, pays, after, together)
			return err
		}); err != nil || len(persons) == 0 {
			return err
		}
		if err := s.store.Update(ctx, func(ctx context.Context, tx Tx) (err error) {
			some, err = accrue(ctx, tx, w, persons, a, now, today)
			return err
		}); err != nil {
			return err
		}
		done.Persons, done.Granted, done.TakenBack = done.Persons+some.Persons, done.Granted+some.Granted, done.TakenBack+some.TakenBack
		done.Waiting, done.WaitingPoints = append(done.Waiting, some.Waiting...), done.WaitingPoints+some.WaitingPoints
		after = persons[len(persons)-1]
	}
}

// behind tells whether points of a holding of mileage have to be brought up to what minutes are worth.
func (k Kept) behind(f Facts, t Terms, today calendar.Day) bool {
	if k.Benefit != Mileage || k.GrantedAt == nil {
		return false
	}
	paid := t.Payment.paid(today)
	return k.Accrued < f.Sequence || !paid.IsZero() && k.PaidTo.Before(paid)
}

// dwindled tells which entries since the last look took minutes from what brings points.
func (k Kept) dwindled(t Terms, f Facts, a Atlas, now time.Time) (steps []Step) {
	f.CampID, f.CampRegion = k.CampID, k.CampRegion
	c, span := t.Benefit.condition(), Span{k.ValidFrom, k.ValidTo}
	if span.To.IsZero() {
		span.To = forever
	}
	sum := 0
	for _, x := range f.Entries {
		if !c.counts(x, f, a, span) {
			continue
		}
		before := sum
		sum += x.Minutes
		if x.Minutes < 0 && x.Sequence > k.Reviewed {
			after := sum
			steps = append(steps, Step{ID: id.New(), HoldingID: k.ID, At: now, What: "decreased", Why: WhyReversed, EntryID: &x.ID, Before: &before, After: &after})
		}
	}
	return steps
}
