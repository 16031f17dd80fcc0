package demo

import (
	"fmt"
	"math"
	"slices"
	"time"

	"dure/domain/attendance"
	"dure/domain/camp"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/kernel/text"
	"dure/domain/site"
	"dure/domain/volunteer"
)

// settle draws camps and demand sites, entrusts people with them, and lets camps register who came on paper.
func (c *city) settle(r chance) {
	order := append([]int{headDong}, slices.DeleteFunc(r.Perm(len(c.dongs)), func(i int) bool { return i == headDong })...)
	firsts := min(c.camps-c.camps/7, len(c.dongs)) // the others are further ones of a dong; the head's has one, if there are not too many
	for i := range firsts {
		c.openCamp(r, c.dongs[order[i]], 0)
	}
	for i := range c.camps - firsts {
		c.openCamp(r, c.dongs[order[(i+1)%len(order)]], 1+i/len(order))
	}
	for i := range c.sites {
		d := c.dongs[headDong]
		if i > 0 {
			d = pick(r, c.dongs)
		}
		c.approve(r, d, i)
	}
	for i, login := range officers {
		role := auth.CentreOfficer
		switch login {
		case Analyst:
			role = auth.Analyst
		case Admin:
			role = auth.Administrator
		}
		c.entrust(r, c.staff[i], role, id.Nil, c.staff[i].joined.Add(time.Hour))
		if login == Centre {
			c.entrust(r, c.staff[i], auth.LateApprover, id.Nil, c.staff[i].joined.Add(2*time.Hour))
		}
	}
	for _, p := range c.people {
		if p.account == id.Nil {
			h := c.nearest(p)
			p.CampID, p.RegisteredBy = &h.ID, &h.staff[0].account
			c.note(r, p.RegisteredAt, h.staff[0].account, "volunteer.registered", "camp", h.ID, &p.ID, "")
		}
		p.given = p.consent(r)
	}
}

// campPlaces are where the camps of a dong are, the first, the second and so on.
var campPlaces = []struct{ name, place string }{
	{" 자원봉사캠프", "행정복지센터 2층"}, {" 아파트 자원봉사캠프", "아파트 관리동 1층"}, {" 시장 자원봉사캠프", "시장 상인회 2층"},
}

func (c *city) openCamp(r chance, d *dong, nth int) {
	n := len(c.houses) + 1
	name, place := d.name+campPlaces[nth].name, campPlaces[nth].place
	opened := calendar.Date(r.between(2008, 2013), time.Month(r.between(3, 11)), r.between(1, 28))
	if n > 1 && r.of(0.3) {
		opened = c.today.Add(-r.between(400, 3500))
	}
	k := &camp.Camp{ID: r.id(c.at(opened, 600)), Name: name, Search: text.Search(name), RegionCode: d.codeOn(c.today),
		Address: fmt.Sprintf("%s %s %s %s", c.name, d.gu, d.name, place), Phone: telephone(n),
		Lat: round(d.lat + (r.Float64()-0.5)*0.004), Lon: round(d.lon + (r.Float64()-0.5)*0.004),
		OpeningHours: pick(r, hours), OpenedOn: opened, Version: 1}
	if n%20 == 5 {
		k.ClosedOn = c.today.Add(-r.between(60, 360))
		k.Version++
	}
	h := &house{Organiser: attendance.Organiser{Type: "camp", ID: k.ID}, camp: k, dong: d}
	c.houses = append(c.houses, h)
	if n == 1 {
		c.man(r, h, 4, Head, Keeper)
		return
	}
	c.man(r, h, r.between(2, 6))
}

func round(degrees float64) float64 { return math.Round(degrees*1e5) / 1e5 }

// approve makes a demand site: an organisation that applied, and in most cases was approved.
func (c *city) approve(r chance, d *dong, n int) {
	kind := siteKinds[n%len(siteKinds)]
	applied := c.at(c.today.Add(-r.between(900, 3000)), r.between(540, 1080))
	name := fmt.Sprintf(kind.name, d.name)
	s := &site.Site{ID: r.id(applied), Name: name, Search: text.Search(name), Kind: site.Kind(kind.kind), RegionCode: d.codeOn(c.today),
		Address: fmt.Sprintf("%s %s %s", c.name, d.gu, d.name), Phone: telephone(500 + n), State: site.Approved, AppliedAt: applied, Version: 2}
	h := &house{Organiser: attendance.Organiser{Type: "demand_site", ID: s.ID}, site: s, dong: d}
	c.houses = append(c.houses, h)
	switch n {
	case 2:
		s.State, s.Reason = site.Rejected, "단체 소개 서류가 없습니다."
	case 3:
		s.State, s.AppliedAt, s.Version = site.Applied, c.at(c.today.Add(-3), 660), 1
	case 4:
		s.State, s.Reason, s.Version = site.Suspended, "담당자와 연락이 되지 않습니다.", 3
	}
	if n == 0 {
		c.man(r, h, 2, Site)
	} else {
		c.man(r, h, 2)
	}
	s.AppliedBy = h.staff[0].account
	if s.State == site.Applied {
		return
	}
	by, at := c.staff[r.IntN(3)].account, s.AppliedAt.Add(r.minutes(24*60, 12*24*60))
	s.DecidedBy, s.DecidedAt = &by, &at
	c.note(r, at, by, "site."+string(s.State), "demand_site", s.ID, nil, s.Reason)
}

// man entrusts n people with a house: a head and keepers with a camp, managers with a site. The first may be told by login.
func (c *city) man(r chance, h *house, n int, logins ...string) {
	h.verifies = verifies{[2]time.Weekday{pick(r, workdays), pick(r, workdays)}, r.between(16*60, 18*60)}
	roles := [2]auth.Role{auth.CampHead, auth.CampKeeper}
	if h.site != nil {
		roles = [2]auth.Role{auth.SiteManager, auth.SiteManager}
	}
	for _, login := range logins {
		h.staff = append(h.staff, c.find(login))
	}
	for able := c.able(h); len(h.staff) < n && len(able) > 0; {
		i := r.IntN(min(len(able), 12))
		able[i].visits = max(able[i].visits, r.between(40, 90))
		h.staff, able = append(h.staff, able[i]), slices.Delete(able, i, i+1)
	}
	if h.site != nil && h.site.State != site.Approved && h.site.State != site.Suspended {
		return
	}
	for i, p := range h.staff {
		since := c.at(h.opened(), 900)
		if p.joined.After(since) {
			since = p.joined
		}
		c.entrust(r, p, roles[min(i, 1)], h.ID, since.Add(24*time.Hour))
	}
}

// opened is the day since which a house organises.
func (h *house) opened() calendar.Day {
	if h.camp != nil {
		return h.camp.OpenedOn
	}
	return calendar.Of(h.site.AppliedAt, time.UTC).Add(14)
}

// able are those who may be entrusted with a house, its neighbours first. Where a crowd is to come every house needs some, if from
// further away.
func (c *city) able(h *house) (list []*person) {
	var others, strangers []*person
	for _, p := range c.people[len(cast):] {
		age := calendar.AgeOn(p.BirthDate, c.today)
		if p.account == id.Nil || len(p.grants) > 0 || age < 28 || age > 74 || p.Status != volunteer.Active || c.today.Sub(p.RegisteredOn) < 400 {
			continue
		}
		switch {
		case p.dong == h.dong:
			list = append(list, p)
		case p.dong != nil && p.dong.gu == h.dong.gu:
			others = append(others, p)
		case c.Crowded():
			strangers = append(strangers, p)
		}
	}
	return slices.Concat(list, others, strangers)
}

// find gives the person who signs in with a login.
func (c *city) find(login string) *person {
	i := slices.IndexFunc(c.people, func(p *person) bool { return p.login == login })
	return c.people[i]
}

func (c *city) entrust(r chance, p *person, role auth.Role, scope id.ID, since time.Time) {
	kind, _ := auth.ScopeOf(role)
	g := grant{r.id(since), auth.Grant{Role: role, ScopeType: kind, ScopeID: scope}, since}
	if kind != auth.City { // who works at a house is appointed for a term
		until := c.at(c.today.Add(r.between(365, 730)), 0)
		g.Until = &until
	}
	p.grants = append(p.grants, g)
	c.note(r, since, c.staff[len(c.staff)-1].account, "role.granted", "account", p.account, nil, string(role))
}

// nearest is the camp at which somebody was registered on paper.
func (c *city) nearest(p *person) *house {
	best, least := c.houses[0], 5
	for _, h := range c.houses {
		if h.camp == nil || len(h.staff) == 0 || !h.camp.OpenOn(p.RegisteredOn) {
			continue
		}
		far := 3
		switch {
		case p.dong == h.dong:
			far = 1
		case p.dong != nil && p.dong.gu == h.dong.gu:
			far = 2
		}
		if far < least {
			best, least = h, far
		}
	}
	return best
}
