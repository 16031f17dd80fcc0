package demo

import (
	"time"

	"dure/domain/attendance"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
)

// verify lets every house's people sit down now and then and decide on what came in: always another one than who wrote it
// down, and nobody for himself or his family. Codes on phones verify themselves.
func (c *city) verify(r chance) {
	for _, p := range c.people {
		for _, a := range p.presences {
			c.judge(r, a)
		}
	}
}

func (c *city) judge(r chance, a *presence) {
	house, onStage := a.shift.listing.house, a.person == c.people[0]
	at := *a.CheckedOutAt
	if a.Evidence == attendance.QR && a.State == attendance.Pending {
		a.steps = append(a.steps, step{at: at, by: a.RecordedBy})
	} else {
		at = c.session(house, later(a.RecordedAt, at).Add(time.Hour))
		for r.of(0.25) || a.State == attendance.AutoClosed && r.of(0.5) {
			at = c.session(house, at.Add(time.Hour))
		}
		by := c.other(r, house, a.person, a.RecordedBy)
		switch n := r.IntN(1000); {
		case a.waits || !at.Before(c.now), n < 80 && a.State == attendance.AutoClosed: // some are never looked at
			return
		case n < 12 && !onStage:
			c.reject(r, a, at, by, "참여하신 것을 확인하지 못했습니다.")
			return
		case n < 300 && a.State == attendance.AutoClosed:
			c.change(r, a, attendance.Correction, at.Add(-24*time.Hour), a.RecordedBy, "나올 때 누르는 것을 잊었습니다.", false)
			return
		}
		a.steps = append(a.steps, step{at: at, by: by})
		c.note(r, at, by, "attendance.verified", "attendance", a.ID, &a.VolunteerID, "")
	}
	switch n := r.IntN(1000); {
	case onStage:
	case n < 16:
		proposer := a.person.account
		if proposer == id.Nil || r.of(0.5) {
			proposer = pick(r, house.staff).account
		}
		c.change(r, a, attendance.Correction, at.Add(r.minutes(24*60, 20*24*60)), proposer, "마친 시각이 잘못 적혔습니다.", r.of(0.25))
	case n < 22:
		c.change(r, a, attendance.Reversal, at.Add(r.minutes(24*60, 40*24*60)), pick(r, house.staff).account, "같은 이름의 다른 분 기록입니다.", false)
	}
}

// session is when a house's people sit down next, from an instant on.
func (c *city) session(h *house, from time.Time) time.Time {
	for d := calendar.Of(from, c.zone); ; d = d.Add(1) {
		if t := c.at(d, h.minute); (d.Weekday() == h.days[0] || d.Weekday() == h.days[1]) && !t.Before(from) {
			return t
		}
	}
}

// other is who decides: somebody of the house who neither wrote it down nor is related, else an officer of the centre.
func (c *city) other(r chance, h *house, p *person, not id.ID) id.ID {
	first := r.IntN(len(h.staff))
	for i := range h.staff {
		if s := h.staff[(first+i)%len(h.staff)]; s.account != not && !s.related(p) {
			return s.account
		}
	}
	return c.staff[r.IntN(3)].account
}

func (c *city) reject(r chance, a *presence, at time.Time, by id.ID, reason string) {
	a.State, a.DecidedAt, a.DecidedBy, a.Reason = attendance.Rejected, &at, &by, reason
	c.note(r, at, by, "attendance.rejected", "attendance", a.ID, &a.VolunteerID, reason)
}

// change lets somebody propose a change and, at the house's next session, another one decide on it.
func (c *city) change(r chance, a *presence, kind attendance.ChangeKind, at time.Time, by id.ID, reason string, refused bool) {
	if !at.Before(c.now) {
		return
	}
	ch := &attendance.Change{ID: r.id(at), AttendanceID: a.ID, OrganiserID: a.OrganiserID, Kind: kind, Reason: reason, State: attendance.Proposed, ProposedAt: at, ProposedBy: by}
	if kind == attendance.Correction {
		in, out := a.CheckedInAt, a.CheckedOutAt.Truncate(time.Minute).Add(time.Duration(pick(r, []int{-30, -20, 15, 30}))*time.Minute)
		ch.CheckedInAt, ch.CheckedOutAt = &in, &out
	}
	a.change = ch
	action := "attendance." + string(kind) + "."
	c.note(r, at, by, action+"proposed", "attendance", a.ID, &a.VolunteerID, "proposed")
	decided := c.session(a.shift.listing.house, at.Add(time.Hour))
	if !decided.Before(c.now) {
		return
	}
	decider := c.decider(r, a, by)
	ch.DecidedAt, ch.DecidedBy, ch.State = &decided, &decider, attendance.Applied
	if refused {
		ch.State, ch.Decision = attendance.Declined, "출석부와 맞지 않습니다."
		c.note(r, decided, decider, action+"refused", "attendance", a.ID, &a.VolunteerID, ch.Decision)
		return
	}
	c.note(r, decided, decider, action+"applied", "attendance", a.ID, &a.VolunteerID, reason)
	a.steps = append(a.steps, step{decided, decider, ch})
}

// decider is another one than who proposed, and than who wrote down what is not verified yet.
func (c *city) decider(r chance, a *presence, proposer id.ID) id.ID {
	for {
		if by := c.other(r, a.shift.listing.house, a.person, proposer); by != a.RecordedBy || len(a.steps) > 0 {
			return by
		}
	}
}

func later(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}
