package crowd

import (
	"slices"
	"sync/atomic"
	"time"

	"dure/domain/attendance"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/signup"
)

// visit is one presence and what becomes of it.
type visit struct {
	attendance.Attendance
	post   *Post
	starts time.Time // of the shift
	ends   time.Time
	month  int
	steps  []step // still to come
	change *attendance.Change
	group  string   // with which he came
	posted []posted // by day
}

// step moves the ledger: a presence is verified, or a change of it is applied.
type step struct {
	at     time.Time
	by     id.ID
	change bool
}

// posted is what the ledger holds of a presence on a day.
type posted struct {
	day                      calendar.Day
	minutes, visits, entries int
}

// worker goes through people on its own; what it writes goes into its part.
type worker struct {
	*loader
	drawer
	*part
	m     *month
	index int
}

// stretch lets a month pass for some of the people.
func (l *loader) stretch(m *month, index, from, to int, into *part) error {
	w := worker{l, newDrawer(), into, m, index}
	for i := from; i < to; i++ {
		p := &l.people[i]
		active := p.rate > 0 && int(p.from) <= index && index <= int(p.to)
		if !active && len(p.open) == 0 {
			continue
		}
		w.begin(i, index+1)
		if active {
			w.draw(p)
		}
		if err := w.history(i, p); err != nil {
			return err
		}
	}
	return nil
}

// draw draws a person's presences of the month.
func (w *worker) draw(p *person) {
	whose := p.whose(w.m.first)
	var used uint32
	for range w.poisson(float64(p.rate) * w.m.factor[whose]) {
		n := w.day(w.m, whose)
		again := used&(1<<n) != 0
		if again && !w.of(0.15) { // few do two things on one day; the others go on another one
			for try := 0; try < 8 && used&(1<<n) != 0; try++ {
				n = w.day(w.m, whose)
			}
			again = used&(1<<n) != 0
		}
		day := w.m.first.Add(n)
		if used |= 1 << n; !day.After(p.registered) {
			continue
		}
		if h, kind, ok := w.choose(p, day); ok && !w.already(p, h.Posts[kind], day) {
			w.come(p, h, h.Posts[kind], day, !again)
		}
	}
}

func (w *worker) already(p *person, post *Post, day calendar.Day) bool {
	return slices.ContainsFunc(p.open, func(v *visit) bool { return v.post == post && v.Day == day })
}

// choose draws where somebody goes on a day.
func (w *worker) choose(p *person, day calendar.Day) (h *House, kind int, ok bool) {
	kind = OnWeekdays
	if takesPlace(OnWeekends, day) {
		kind = OnWeekends
	}
	adult := day.Sub(p.birth) >= 20*366
	switch n := w.Float64(); {
	case adult && n < 0.02:
		kind = AtNight
	case adult && n < 0.12 && day.Weekday() == time.Saturday:
		kind = AllDay
	}
	likes, n := 2, w.Float64()
	switch {
	case n < 0.7:
		likes = 0
	case n < 0.9:
		likes = 1
	}
	for try := range 6 {
		switch {
		case try < 3 && kind <= OnWeekends:
			h = &w.Houses[p.houses[(likes+try)%3]]
		case p.dong >= 0 && w.wide[w.Dongs[p.dong].Gu] != nil && len(w.wide[w.Dongs[p.dong].Gu][kind]) > 0:
			near := w.wide[w.Dongs[p.dong].Gu][kind]
			h = &w.Houses[near[w.IntN(len(near))]]
		default:
			h = &w.Houses[w.IntN(len(w.Houses))]
		}
		if post := h.Posts[kind]; post != nil && h.open(day) && (adult || post.Youths || day.Sub(p.birth) >= 14*365 && w.of(0.5)) {
			return h, kind, true
		}
	}
	return nil, 0, false
}

// shift is the id of a post's shift on a day.
func (l *loader) shift(p *Post, day calendar.Day) id.ID {
	n := uint64(p.number)<<16 | uint64(day.Sub(l.First))
	return stamped(day.Add(-announced).Start(time.UTC), uint16(n*0x9e37), n*0x9e3779b97f4a7c15<<48>>2|n)
}

// starts is when a post's shift of a day begins.
func (l *loader) starts(p *Post, day calendar.Day) time.Time {
	return day.Start(l.Zone).Add(time.Duration(p.Start) * time.Minute).UTC()
}

func (p *Post) ends(starts time.Time) time.Time {
	return starts.Add(time.Duration(p.Minutes) * time.Minute)
}

// signsUp is the part of the presences that somebody signed up for; the others just came.
const signsUp = 0.2

// come keeps a presence: by the code on the person's own phone, as somebody wrote it on the sheet, as he wrote it himself, or as
// the portal sent it.
func (w *worker) come(p *person, h *House, post *Post, day calendar.Day, alone bool) {
	starts := w.starts(post, day)
	ends := post.ends(starts)
	in, out := starts.Add(w.about(10)), ends.Add(w.about(30))
	a := attendance.Attendance{ShiftID: w.shift(post, day), ActivityID: post.ID, OrganiserID: h.ID, VolunteerID: p.id, State: attendance.Pending, WalkIn: true}
	staff := w.IntN(len(h.Staff))
	v := &visit{post: post, starts: starts, ends: ends, month: w.index}
	switch n := w.Float64(); {
	case p.login != id.Nil && n < 0.55:
		in, out = starts.Add(w.minutes(-14, 6)), ends.Add(w.minutes(-5, 22))
		a.Evidence, a.RecordedAt, a.RecordedBy = attendance.QR, in, p.login
		if w.of(0.02) {
			out, a.State = ends, attendance.AutoClosed
		}
	case p.login != id.Nil && n < 0.60:
		a.Evidence, a.RecordedAt, a.RecordedBy = attendance.Self, out.Add(w.minutes(5, 24*60)), p.login
	case n > 0.97:
		in, out = starts, ends
		a.Evidence, a.RecordedAt, a.RecordedBy = attendance.Imported, w.m.sent, w.Officers[0]
	default:
		a.Evidence, a.RecordedAt, a.RecordedBy = attendance.Leader, ends.Add(w.minutes(40, 90)), h.Staff[staff]
		switch n := w.IntN(100); {
		case n < 14:
			a.RecordedAt = ends.Add(w.minutes(18*60, 26*60))
		case n < 18:
			a.RecordedAt = ends.Add(w.minutes(10*24*60, 45*24*60))
		}
		if p.group != "" && w.of(0.7) {
			v.group = p.group
		}
		if w.of(0.03) {
			a.TravelMinutes = 10 * w.between(2, 6)
		}
	}
	if !a.RecordedAt.Before(w.now) || !out.Before(w.now) {
		return
	}
	a.ID, a.Day = w.drawer.id(a.RecordedAt), day
	a.CheckedInAt, a.CheckedOutAt, a.CountedInAt, a.CountedOutAt = in, &out, in, &out
	if v.Attendance = a; alone && w.of(signsUp) {
		v.WalkIn = false
		w.signUp(p, v)
	}
	v.WorkedMinutes = v.Span().Minutes()
	w.judge(v, h, staff)
	p.open = append(p.open, v)
}

// about draws how far from a shift's time a sheet's is, up to so many minutes; mostly not at all.
func (w *worker) about(most int) time.Duration {
	if w.of(0.7) {
		return 0
	}
	return time.Duration(w.between(-most, most)/10*10) * time.Minute
}

func (w *worker) signUp(p *person, v *visit) {
	applied := v.starts.Add(-w.minutes(12*60, 12*24*60))
	if from := p.at(w.Zone).Add(time.Hour); applied.Before(from) {
		applied = from
	}
	atomic.AddInt32(&w.taken[v.post.number*w.span+v.Day.Sub(w.First)], 1)
	r := &w.signUps
	r.Row(8)
	r.ID(w.drawer.id(applied))
	r.ID(v.ShiftID)
	r.ID(p.id)
	r.Text(string(signup.Attended))
	r.Time(v.starts)
	r.Time(v.ends)
	r.Time(applied)
	r.Time(v.RecordedAt)
}

// judge draws what others decide on a presence: never who wrote it down.
func (w *worker) judge(v *visit, h *House, staff int) {
	other := func(not id.ID) id.ID {
		for i := range h.Staff {
			if by := h.Staff[(staff+1+i)%len(h.Staff)]; by != not {
				return by
			}
		}
		return w.Officers[1]
	}
	at := *v.CheckedOutAt
	if v.Evidence == attendance.QR && v.State == attendance.Pending {
		v.steps = append(v.steps, step{at: at, by: v.RecordedBy})
	} else {
		if at.Before(v.RecordedAt) {
			at = v.RecordedAt
		}
		at = at.Add(w.minutes(16*60, 6*24*60))
		by := other(v.RecordedBy)
		if v.Evidence == attendance.Imported {
			by = w.Officers[1]
		}
		switch n := w.IntN(1000); {
		case !at.Before(w.now), v.State == attendance.AutoClosed && n < 80: // some are never looked at
			return
		case n < 12:
			v.State, v.DecidedAt, v.DecidedBy, v.Reason = attendance.Rejected, &at, &by, "참여하신 것을 확인하지 못했습니다."
			return
		}
		v.steps = append(v.steps, step{at: at, by: by})
	}
	switch n := w.IntN(1000); {
	case n < 16:
		w.change(v, attendance.Correction, at.Add(w.minutes(24*60, 20*24*60)), h.Staff[staff], other(h.Staff[staff]), "마친 시각이 잘못 적혔습니다.")
	case n < 22:
		w.change(v, attendance.Reversal, at.Add(w.minutes(24*60, 40*24*60)), h.Staff[staff], other(h.Staff[staff]), "같은 이름의 다른 분 기록입니다.")
	}
}

// change lets one person propose a change and another one agree to it some days later.
func (w *worker) change(v *visit, kind attendance.ChangeKind, at time.Time, by, decider id.ID, reason string) {
	decided := at.Add(w.minutes(60, 5*24*60))
	if !decided.Before(w.now) {
		return
	}
	v.change = &attendance.Change{ID: w.drawer.id(at), AttendanceID: v.ID, OrganiserID: v.OrganiserID, Kind: kind, Reason: reason, State: attendance.Applied, ProposedAt: at, ProposedBy: by,
		DecidedAt: &decided, DecidedBy: &decider}
	if kind == attendance.Correction {
		in, out := v.CheckedInAt, v.CheckedOutAt.Truncate(time.Minute).Add(time.Duration([]int{-30, -20, 15, 30}[w.IntN(4)])*time.Minute)
		v.change.CheckedInAt, v.change.CheckedOutAt = &in, &out
	}
	v.steps = append(v.steps, step{decided, decider, true})
}
