package demo

import (
	"slices"
	"time"

	"dure/domain/activity"
	"dure/domain/attendance"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/signup"
)

// live lets the days pass, shift by shift: people sign up, come or do not come, and somebody writes it down.
func (c *city) live(r chance) {
	var shifts []*shift
	for _, l := range c.listings {
		if l.State == activity.Approved {
			shifts = append(shifts, l.shifts...)
		}
	}
	slices.SortStableFunc(shifts, func(a, b *shift) int { return a.StartsAt.Compare(b.StartsAt) })
	for i, s := range shifts {
		if s.CancelledAt != nil {
			c.callOff(r, s)
			continue
		}
		s.sheet(r)
		for _, f := range s.listing.fans {
			if c.free(f.person, s) && r.of(f.likely) {
				c.signUp(r, s, f.person)
			}
		}
		if c.over(s) && len(s.listing.fans) > 0 && r.of(0.3) {
			if p := pick(r, s.listing.fans).person; c.free(p, s) {
				c.come(r, s, p, false)
			}
		}
		c.meanwhile(r, s, shifts[max(0, i-8):i])
	}
	c.onStage(r, shifts)
}

// over tells whether everything about a shift can have happened.
func (c *city) over(s *shift) bool { return s.EndsAt.Add(time.Hour).Before(c.now) }

// free tells whether somebody may take a place on a shift that he has not got. The volunteer on the stage has been
// resting for four weeks, so that whoever tries the city out finds her days empty.
func (c *city) free(p *person, s *shift) bool {
	from, ok := p.active()
	if !ok || !from.Add(24*time.Hour).Before(s.StartsAt) || p == c.people[0] && s.StartsAt.After(c.now.AddDate(0, 0, -28)) {
		return false
	}
	for _, u := range s.signUps {
		if u.VolunteerID == p.ID {
			return false
		}
	}
	return !p.holds(s.Span()) && !s.present[p]
}

func (p *person) holds(span calendar.Span) bool {
	for _, b := range slices.Backward(p.busy) {
		if b.Overlaps(span) {
			return true
		}
		if b.Start.Before(span.Start.Add(-48 * time.Hour)) {
			break
		}
	}
	return false
}

// signUp gives somebody a place on a shift, or on its waitlist, and lets come what may.
func (c *city) signUp(r chance, s *shift, p *person) {
	from, _ := p.active()
	applied := s.StartsAt.Add(-r.minutes(12*60, 12*24*60))
	if applied.Before(from) {
		applied = from.Add(time.Hour)
	}
	if !applied.Before(c.now) {
		return
	}
	u := &signup.SignUp{ID: r.id(applied), ShiftID: s.ID, VolunteerID: p.ID, State: signup.Confirmed, StartsAt: s.StartsAt, EndsAt: s.EndsAt,
		AppliedAt: applied, ChangedAt: applied}
	s.signUps = append(s.signUps, u)
	if s.Confirmed == s.Capacity {
		s.waiting++
		queued := s.waiting
		u.State, u.Queued = signup.Waitlisted, &queued
		return
	}
	if r.of(0.06) {
		u.State, u.ChangedAt = signup.Cancelled, applied.Add(r.minutes(60, 11*60))
		if !u.ChangedAt.Before(c.now) {
			u.ChangedAt = applied
		}
		return
	}
	s.Confirmed++
	p.busy = append(p.busy, s.Span())
	switch {
	case !c.over(s):
	case r.of(0.06):
		u.State, u.ChangedAt = signup.NoShow, s.recordedAt
		if !u.ChangedAt.Before(c.now) {
			u.State, u.ChangedAt = signup.Confirmed, applied
		}
	default:
		c.come(r, s, p, true)
	}
}

// callOff lets those who would have come hear that a shift does not take place.
func (c *city) callOff(r chance, s *shift) {
	for _, f := range s.listing.fans {
		if c.free(f.person, s) && r.of(f.likely) {
			applied := s.CancelledAt.Add(-r.minutes(60, 5*24*60))
			s.signUps = append(s.signUps, &signup.SignUp{ID: r.id(applied), ShiftID: s.ID, VolunteerID: f.ID, State: signup.Cancelled,
				StartsAt: s.StartsAt, EndsAt: s.EndsAt, AppliedAt: applied, ChangedAt: *s.CancelledAt})
		}
	}
}

// meanwhile lets somebody who is at a shift be written down at another one at the same time, too.
func (c *city) meanwhile(r chance, s *shift, others []*shift) {
	if !c.over(s) || !r.of(0.03) {
		return
	}
	for _, o := range others {
		if o.OrganiserID == s.OrganiserID || o.CancelledAt != nil || o.StartsAt.Equal(s.StartsAt) || !o.Span().Overlaps(s.Span()) {
			continue
		}
		for _, u := range o.signUps {
			for _, f := range o.listing.fans {
				if f.ID == u.VolunteerID && o.present[f.person] && !s.present[f.person] && f.person != c.people[0] {
					c.come(r, s, f.person, false)
					return
				}
			}
		}
	}
}

// sheet draws who writes a shift's sheet, and when: mostly the same evening, at times weeks later.
func (s *shift) sheet(r chance) {
	s.recorder = pick(r, s.listing.house.staff)
	switch n := r.IntN(100); {
	case n < 80:
		s.recordedAt = s.EndsAt.Add(r.minutes(5, 90))
	case n < 94:
		s.recordedAt = s.EndsAt.Add(r.minutes(18*60, 26*60))
	default:
		s.recordedAt = s.EndsAt.Add(r.minutes(10*24*60, 45*24*60))
	}
}

// How far from a shift's times a sheet's are, in minutes; mostly not at all.
var (
	comes = []int{0, 0, 0, 0, 0, 0, 0, -10, 10, 30}
	goes  = []int{0, 0, 0, 0, 0, 0, 0, -30, -10, 20}
)

// come keeps a presence: by the house's code on the person's own phone, or as somebody wrote it on the sheet.
func (c *city) come(r chance, s *shift, p *person, signedUp bool) {
	if p.account == id.Nil || slices.Contains(s.listing.house.staff, p) || r.of(0.6) {
		c.writeDown(r, s, p, signedUp)
		return
	}
	in, out, state := s.StartsAt.Add(r.minutes(-14, 6)), s.EndsAt.Add(r.minutes(-5, 22)), attendance.Pending
	if r.of(0.05) {
		out, state = s.EndsAt, attendance.AutoClosed
	}
	c.keep(r, s, p, in, out, attendance.Attendance{State: state, Evidence: attendance.QR, WalkIn: !signedUp, RecordedAt: in, RecordedBy: p.account})
}

// writeDown keeps a presence as it stands on the shift's sheet, if that has been written yet.
func (c *city) writeDown(r chance, s *shift, p *person, signedUp bool) {
	if !s.recordedAt.Before(c.now) {
		return
	}
	a := attendance.Attendance{State: attendance.Pending, Evidence: attendance.Leader, WalkIn: !signedUp,
		RecordedAt: s.recordedAt, RecordedBy: s.recorder.account}
	switch {
	case p == s.recorder:
		a.Evidence = attendance.Self
	case r.of(0.03):
		a.TravelMinutes = 10 * r.between(2, 6)
	}
	in, out := s.StartsAt.Add(time.Duration(pick(r, comes))*time.Minute), s.EndsAt.Add(time.Duration(pick(r, goes))*time.Minute)
	c.keep(r, s, p, in, out, a)
}

func (c *city) keep(r chance, s *shift, p *person, in, out time.Time, a attendance.Attendance) {
	if s.present[p] {
		return
	}
	s.present[p] = true
	a.ID, a.ShiftID, a.ActivityID, a.OrganiserID, a.VolunteerID = r.id(a.RecordedAt), s.ID, s.ActivityID, s.OrganiserID, p.ID
	a.CheckedInAt, a.CheckedOutAt, a.CountedInAt, a.CountedOutAt = in, &out, in, &out
	a.Day, a.WorkedMinutes = calendar.Of(in, c.zone), a.Span().Minutes()
	p.presences = append(p.presences, &presence{Attendance: a, shift: s, person: p})
}

// onStage gives the volunteer on the stage what the README promises: a day that was longer than the cap, presences that
// wait for verification, and places on coming shifts.
func (c *city) onStage(r chance, shifts []*shift) {
	p := c.people[0]
	capped, pending, coming := 1, 2, 3
	for _, s := range slices.Backward(shifts) {
		ago := c.today.Sub(calendar.Of(s.StartsAt, c.zone))
		free := s.CancelledAt == nil && !p.on(s.Span()) && s.recordedAt.Before(c.now) && s.recorder != p
		switch {
		case free && capped > 0 && ago > 35 && c.over(s) && s.EndsAt.Sub(s.StartsAt) >= 11*time.Hour:
			capped--
			c.writeDown(r, s, p, false)
		case free && pending > 0 && ago > 0 && ago < 7 && s.OrganiserID != c.houses[0].ID:
			pending--
			c.writeDown(r, s, p, false)
			p.presences[len(p.presences)-1].waits = true
		}
	}
	for _, s := range shifts {
		if coming > 0 && s.OrganiserID == c.houses[0].ID && s.StartsAt.After(c.now.AddDate(0, 0, 2)) && s.Confirmed < s.Capacity && !p.holds(s.Span()) {
			coming--
			at := c.now.Add(-r.minutes(60, 3*24*60))
			s.signUps = append(s.signUps, &signup.SignUp{ID: r.id(at), ShiftID: s.ID, VolunteerID: p.ID, State: signup.Confirmed,
				StartsAt: s.StartsAt, EndsAt: s.EndsAt, AppliedAt: at, ChangedAt: at})
			s.Confirmed++
			p.busy = append(p.busy, s.Span())
		}
	}
}

// on tells whether somebody was present anywhere within a day of a span.
func (p *person) on(span calendar.Span) bool {
	wide := calendar.Span{Start: span.Start.Add(-24 * time.Hour), End: span.End.Add(24 * time.Hour)}
	return slices.ContainsFunc(p.presences, func(o *presence) bool { return o.Span().Overlaps(wide) })
}
