package demo

import (
	"fmt"
	"math"
	"strings"
	"time"

	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/kernel/text"
	"dure/domain/volunteer"
)

// ages are how many of a hundred volunteers are so old.
var ages = []struct{ from, to, share int }{
	{8, 13, 5}, {14, 19, 14}, {20, 29, 20}, {30, 39, 8}, {40, 49, 11}, {50, 59, 17}, {60, 69, 15}, {70, 79, 8}, {80, 89, 2},
}

// zeals are how many of a hundred come how often in two years.
var zeals = []struct{ share, least, most int }{{38, 0, 0}, {30, 1, 5}, {18, 6, 18}, {10, 20, 45}, {4, 60, 120}}

// elsewhere are the provinces that people from outside come from.
var elsewhere = []string{"1100000000", "2600000000", "4100000000", "5200000000"}

// The first dong of the table is the head's: 충장동 is small, so that one person moves its rate.
const headDong = 0

// newcomers are people of the head's dong who have registered at his camp and have not come to anything yet.
const newcomers = 40

// told is somebody who is what the README says he is.
type told struct {
	login, name string
	age         int
	sex         volunteer.Sex
	visits      int
}

var (
	cast = []told{
		{Volunteer, "김하늘", 34, volunteer.Female, 60}, {Head, "박순자", 63, volunteer.Female, 50},
		{Keeper, "정미경", 51, volunteer.Female, 50}, {Site, "이도윤", 45, volunteer.Male, 20},
	}
	officers = []string{Centre, "centre2@demo.dure", "centre3@demo.dure", Analyst, Admin}
)

// populate draws all people.
func (c *city) populate(r chance) {
	numbers := map[string]bool{}
	for _, login := range officers {
		at := c.at(c.today.Add(-1200), 600)
		c.staff = append(c.staff, &person{account: r.id(at), login: login, joined: at})
	}
	add := func(p *person) *person {
		for p.Number == "" || numbers[p.Number] {
			p.Number = r.number()
		}
		numbers[p.Number] = true
		p.Search, p.Version = text.Search(p.Name), 1
		c.people = append(c.people, p)
		return p
	}
	home := c.dongs[headDong]
	for _, t := range cast {
		p := add(c.newPerson(r, home, t.sex, c.today.Add(-t.age*366-100), c.today.Add(-700-20*t.age), t.name))
		p.signIn(r, t.login)
		p.Mobile, p.visits = mobile(len(c.people)), t.visits
	}
	for range min(newcomers, c.volunteers/6) {
		p := add(c.draw(r, home, c.between(r, 20, 70), r.between(20, 300)))
		p.visits, p.account, p.Email = -1, id.Nil, ""
	}
	shares := make([]int, len(c.dongs))
	for i, d := range c.dongs {
		shares[i] = d.residents
	}
	for i := range c.volunteers {
		d := c.dongs[i%len(c.dongs)]
		if i >= len(c.dongs) && i%4 > 0 {
			d = c.dongs[r.weighted(shares)]
		}
		add(c.draw(r, d, c.anyAge(r), 1+int(math.Pow(r.Float64(), 1.8)*4300)))
	}
	for range c.volunteers / 60 {
		add(c.draw(r, nil, c.between(r, 19, 65), r.between(30, 1500)))
	}
	c.relate(r)
}

func (c *city) anyAge(r chance) calendar.Day {
	shares := make([]int, len(ages))
	for i, a := range ages {
		shares[i] = a.share
	}
	a := ages[r.weighted(shares)]
	return c.between(r, a.from, a.to)
}

// between draws a day of birth for somebody who is so many years old today.
func (c *city) between(r chance, from, to int) calendar.Day {
	y, m, d := c.today.Start(time.UTC).Date()
	return calendar.Date(y-r.between(from, to), m, d).Add(-r.between(0, 364))
}

// draw makes somebody with a day of birth who registered so many days ago, or later if he was too young for it.
func (c *city) draw(r chance, d *dong, birth calendar.Day, ago int) *person {
	sex := volunteer.Male
	if r.of(0.6) {
		sex = volunteer.Female
	}
	on := c.today.Add(-ago)
	if seven := birth.Add(7*365 + 30); on.Before(seven) {
		on = seven
	}
	p := c.newPerson(r, d, sex, birth, on, r.name(sex == volunteer.Female, birth.Year()))
	if r.of(0.01) {
		p.Sex = volunteer.Undisclosed
	}
	if r.of(0.9) {
		p.Mobile = mobile(10_000 + len(c.people))
	}
	if age := calendar.AgeOn(birth, c.today); !r.of(0.1 + float64(age)/200) {
		login := fmt.Sprintf("%s@demo.dure", strings.ReplaceAll(p.ID.String()[19:], "-", ""))
		if p.Mobile != "" && r.of(0.3) {
			login = p.Mobile
		}
		p.signIn(r, login)
	}
	shares := make([]int, len(zeals))
	for i, z := range zeals {
		shares[i] = z.share
	}
	z := zeals[r.weighted(shares)]
	p.visits = r.between(z.least, z.most)
	if d != nil && r.of(0.06) && ago > 60 {
		c.moveIn(r, p)
	}
	return p
}

func (c *city) newPerson(r chance, d *dong, sex volunteer.Sex, birth, on calendar.Day, name string) *person {
	at := c.at(on, r.between(540, 1200))
	p := &person{dong: d, Volunteer: volunteer.Volunteer{ID: r.id(at), Name: name, BirthDate: birth, Sex: sex, Status: volunteer.Active,
		RegisteredOn: on, RegisteredAt: at}}
	if p.RegionCode = pick(r, elsewhere); d != nil {
		p.RegionCode = d.codeOn(on)
	}
	p.moves = []move{{on, p.RegionCode}}
	return p
}

// moveIn makes the present dong the second one: he lived elsewhere when he registered.
func (c *city) moveIn(r chance, p *person) {
	from, since := pick(r, c.dongs), p.RegisteredOn.Add(r.between(1, c.today.Sub(p.RegisteredOn)-1))
	p.moves[0].code = from.codeOn(p.RegisteredOn)
	if r.of(0.15) {
		p.moves[0].code = pick(r, elsewhere)
	}
	p.RegionCode = p.dong.codeOn(since)
	p.moves = append(p.moves, move{since, p.RegionCode})
}

// signIn gives a person an account of the time when he registered.
func (p *person) signIn(r chance, login string) {
	p.account, p.login, p.joined = r.id(p.RegisteredAt), login, p.RegisteredAt
	if strings.Contains(login, "@") {
		p.Email = login
	}
}

// number draws a volunteer's number: seven digits, and the eighth that fits.
func (c chance) number() string {
	digits := c.between(1_000_000, 9_999_999)
	for check := range 10 {
		if number, err := volunteer.ParseNumber(fmt.Sprint(digits*10 + check)); err == nil {
			return number
		}
	}
	panic("demo: no check digit fits")
}

// relate gives guardians to those who registered as minors, some of them volunteers of the same dong.
func (c *city) relate(r chance) {
	adults := map[*dong][]*person{}
	for _, p := range c.people {
		if age := calendar.AgeOn(p.BirthDate, c.today); age >= 30 && age < 60 && p.Mobile != "" && p.dong != nil {
			adults[p.dong] = append(adults[p.dong], p)
		}
	}
	for i, p := range c.people {
		if !volunteer.Minor(p.BirthDate, p.RegisteredOn) {
			continue
		}
		g := &guardian{id: r.id(p.RegisteredAt), Guardian: volunteer.Guardian{Name: r.name(r.of(0.7), p.BirthDate.Year()-33),
			Mobile: mobile(9_500_000 + i), Relation: "모"}}
		if near := adults[p.dong]; len(near) > 0 && r.of(0.5) {
			g.person = pick(r, near)
			g.Name, g.Mobile = g.person.Name, g.person.Mobile
			p.kin, g.person.kin = append(p.kin, g.person), append(g.person.kin, p)
			if g.person.Sex == volunteer.Male {
				g.Relation = "부"
			}
		}
		p.guardian = g
		at := p.RegisteredAt.Add(r.minutes(60, 6*24*60))
		waits := volunteer.Minor(p.BirthDate, c.today) && r.of(0.12)
		if waits || !at.Before(c.now) {
			p.Status, p.visits = volunteer.PendingGuardian, -1
			continue
		}
		by := pick(r, c.staff[:3])
		g.confirmedAt, g.confirmedBy = &at, &by.account
		c.note(r, at, by.account, "volunteer.guardian_confirmed", "volunteer", p.ID, &p.ID, "")
	}
}

// active is from when on a person may come to shifts; ok is false when he may not.
func (p *person) active() (from time.Time, ok bool) {
	switch {
	case p.Status != volunteer.Active || p.visits <= 0:
		return from, false
	case p.guardian != nil:
		return *p.guardian.confirmedAt, true
	}
	return p.RegisteredAt, true
}

// related tells whether somebody is a person's guardian or ward, or the person himself.
func (p *person) related(o *person) bool {
	for _, k := range p.kin {
		if k == o {
			return true
		}
	}
	return p == o
}

// consent draws what a person agreed to when he registered, and what his guardian did.
func (p *person) consent(r chance) (all []volunteer.Given) {
	medium := volunteer.Online
	if p.account == id.Nil {
		medium = volunteer.Paper
	}
	for _, purpose := range []volunteer.Purpose{volunteer.Terms, volunteer.Privacy, volunteer.Insurance, volunteer.Link1365, volunteer.Messages} {
		must := purpose == volunteer.Terms || purpose == volunteer.Privacy
		all = append(all, volunteer.Given{Consent: volunteer.Consent{Purpose: purpose, Version: "1", Granted: must || r.of(0.7)},
			VolunteerID: p.ID, At: p.RegisteredAt, By: p.RegisteredBy, Medium: medium})
	}
	if p.guardian != nil && p.guardian.confirmedAt != nil {
		all = append(all, volunteer.Given{Consent: volunteer.Consent{Purpose: volunteer.GuardianSaid, Version: "1", Granted: true},
			VolunteerID: p.ID, At: *p.guardian.confirmedAt, By: p.guardian.confirmedBy, Medium: volunteer.Paper})
	}
	return all
}
