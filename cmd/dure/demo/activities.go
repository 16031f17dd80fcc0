package demo

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"dure/domain/activity"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
)

// ahead is how many days of shifts are announced.
const ahead = 14

// holidays are days without shifts, as MM-DD.
var holidays = strings.Fields("01-01 03-01 05-05 06-06 08-15 10-03 10-09 12-25")

// list draws what every house lists, and who likes to come to it.
func (c *city) list(r chance) {
	first, last := c.today.Add(-7*c.weeks), c.today.Add(ahead)
	for i, h := range c.houses {
		if len(h.staff) == 0 || h.site != nil && !h.open(c.today) {
			continue
		}
		if i == 0 {
			c.listOnStage(r, h, first, last)
			continue
		}
		templates := ofCamps
		if h.site != nil {
			templates = ofSites[string(h.site.Kind)]
		}
		for n, t := range r.Perm(len(templates))[:min(len(templates), 2+r.IntN(2))] {
			from, to := first, last
			if n > 0 {
				from = from.Add(r.between(0, 60))
			}
			if opened := h.opened().Add(21); from.Before(opened) {
				from = opened
			}
			if h.camp != nil && !h.camp.ClosedOn.IsZero() {
				to = h.camp.ClosedOn
			}
			c.approved(r, h, templates[t], from, to)
		}
		switch i % 12 { // and what has not been decided
		case 3:
			c.draft(r, h, pick(r, templates), activity.Draft, "")
		case 6:
			c.draft(r, h, pick(r, templates), activity.Submitted, "")
		case 9:
			c.draft(r, h, pick(r, templates), activity.Rejected, "활동 장소의 주소를 적어 주십시오.")
		}
	}
	for _, p := range c.people {
		c.attract(r, p)
	}
}

func (c *city) listOnStage(r chance, h *house, first, last calendar.Day) {
	for _, t := range []template{meals, visits, streets} {
		c.approved(r, h, t, first, last)
	}
	for _, t := range []template{desk, nights} {
		c.approved(r, h, t, c.today.Add(-34), last)
	}
	for d := first; !d.After(last); d = d.Add(1) {
		if d.Month() == time.December && d.Start(time.UTC).Day() == 31 {
			l := c.approved(r, h, newYear, d, d)
			l.fans = append(l.fans, fan{c.people[0], 1})
			for _, p := range c.people[len(cast):] {
				if p.dong != nil && p.dong.gu == h.dong.gu && p.visits > 0 && len(l.fans) < 16 && c.suits(p, l) {
					l.fans = append(l.fans, fan{p, 0.7})
				}
			}
		}
	}
}

// draft writes a listing down, up to what the centre has said to it.
func (c *city) draft(r chance, h *house, t template, state activity.State, reason string) *listing {
	return c.write(r, h, t, state, reason, c.at(c.today.Add(-r.between(6, 12)), r.between(540, 1080)))
}

func (c *city) write(r chance, h *house, t template, state activity.State, reason string, created time.Time) *listing {
	title := t.title
	if strings.Contains(title, "%s") {
		title = fmt.Sprintf(title, h.dong.name)
	}
	lat, lon := h.dong.lat, h.dong.lon
	by := pick(r, h.staff).account
	a := activity.Activity{ID: r.id(created), Title: title, Search: activity.Search(title), Description: t.text, FieldCode: t.field,
		OrganiserType: activity.OrganiserType(h.Type), OrganiserID: h.ID, RegionCode: h.dong.codeOn(calendar.Of(created, c.zone)),
		Place: h.name(), Lat: &lat, Lon: &lon, Adults: true, Youths: t.youths, Families: t.youths, Groups: t.capacity >= 12,
		State: state, CreatedBy: by, CreatedAt: created, Reason: reason, Version: 1}
	l := &listing{Activity: a, template: t, house: h}
	c.listings = append(c.listings, l)
	if state == activity.Draft {
		return l
	}
	l.Version++
	submitted := created.Add(r.minutes(10, 24*60))
	c.note(r, submitted, by, "activity.submitted", "activity", l.ID, nil, "")
	if state == activity.Submitted {
		return l
	}
	l.Version++
	officer, decided := c.staff[r.IntN(3)].account, submitted.Add(r.minutes(60, 4*24*60))
	l.DecidedBy, l.DecidedAt = &officer, &decided
	c.note(r, decided, officer, "activity."+string(state), "activity", l.ID, nil, reason)
	return l
}

func (h *house) name() string {
	if h.camp != nil {
		return h.camp.Name
	}
	return h.site.Name
}

// approved lists an activity with its shifts between two days.
func (c *city) approved(r chance, h *house, t template, from, to calendar.Day) *listing {
	l := c.write(r, h, t, activity.Approved, "", c.at(from.Add(-r.between(8, 25)), r.between(540, 1080)))
	step, start := 1, t.from
	if t.every > 0 {
		step = 7 * t.every
		for weekday := pick(r, t.days); from.Weekday() != weekday; {
			from = from.Add(1)
		}
		from = from.Add(7 * r.IntN(t.every))
	}
	if h != c.houses[0] {
		start += 30 * r.between(-1, 1)
	}
	for d := from; !d.After(to); d = d.Add(step) {
		if t.every > 0 && slices.Contains(holidays, d.String()[5:]) {
			continue
		}
		s := &shift{listing: l, present: map[*person]bool{}, Shift: activity.Shift{ID: r.id(l.CreatedAt), ActivityID: l.ID, OrganiserID: h.ID,
			StartsAt: c.at(d, start), EndsAt: c.at(d, start+t.minutes), BreakMinutes: t.rest, Capacity: t.capacity, CodeSecret: id.Secret()}}
		if h != c.houses[0] && r.of(0.015) && s.EndsAt.Before(c.now) {
			off := s.StartsAt.Add(-r.minutes(10*60, 40*60))
			s.CancelledAt = &off
			c.note(r, off, pick(r, h.staff).account, "shift.cancelled", "shift", s.ID, nil, "비가 많이 와서 쉽니다.")
		}
		if l.FirstDay.IsZero() {
			l.FirstDay = d
		}
		l.LastDay = calendar.Of(s.EndsAt.Add(-1), c.zone)
		l.shifts = append(l.shifts, s)
	}
	return l
}

// attract draws the listings that somebody likes to come to: his own house's, then those nearby.
func (c *city) attract(r chance, p *person) {
	from, ok := p.active()
	if !ok {
		return
	}
	weights := make([]int, len(c.listings))
	some := false
	for i, l := range c.listings {
		if l.State != activity.Approved || len(l.shifts) < 3 || !c.suits(p, l) || p == c.people[0] && l.house == c.houses[0] {
			continue
		}
		weights[i], some = 1, true
		switch {
		case slices.Contains(l.house.staff, p):
			weights[i] = 2000
		case p.dong == l.house.dong:
			weights[i] = 200
		case p.dong != nil && p.dong.gu == l.house.dong.gu:
			weights[i] = 40
		}
	}
	if !some {
		return
	}
	n := 1 + min(2, p.visits/12)
	for range n {
		l := c.listings[r.weighted(weights)]
		if slices.ContainsFunc(l.fans, func(f fan) bool { return f.person == p }) {
			continue
		}
		left := 0
		for _, s := range l.shifts {
			if s.StartsAt.After(from) && s.StartsAt.Before(c.now) {
				left++
			}
		}
		share := float64(p.visits*c.weeks) / float64(n*105*max(left, 3))
		l.fans = append(l.fans, fan{p, min(0.92, share)})
	}
}

// suits tells whether somebody can come to a listing at all: at school or at work on weekdays, too young for the night.
func (c *city) suits(p *person, l *listing) bool {
	age := calendar.AgeOn(p.BirthDate, c.today)
	workday := slices.Contains(workdays, l.shifts[0].StartsAt.In(c.zone).Weekday())
	switch hour := l.template.from / 60; {
	case age < 19 && !l.Youths, age < 20 && hour >= 20:
		return false
	case workday && hour < 18:
		return age >= 60 || age >= 19 && p.ID[15]%5 < 2
	}
	return true
}
