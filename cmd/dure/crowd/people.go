package crowd

import (
	"context"
	"fmt"
	"math"
	"time"

	"dure/domain/cube"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/kernel/text"
	"dure/domain/volunteer"
	"dure/repository/bulk"
)

var (
	volunteers = bulk.Table{Name: "volunteers", Columns: `id, number, name, search, birth_date, sex, region_code, mobile, email, status, camp_id,
		registered_on, registered_at, registered_by, version`}
	residences = bulk.Table{Name: "residences", Columns: "volunteer_id, since, region_code"}
	consents   = bulk.Table{Name: "consents", Columns: "id, volunteer_id, purpose, version, granted, given_at, given_by, medium"}
	guardians  = bulk.Table{Name: "guardians", Columns: "id, volunteer_id, name, mobile, relation, declared_at, confirmed_at, confirmed_by"}
	accounts   = bulk.Table{Name: "accounts", Columns: "id, login, password_hash, volunteer_id, created_at"}
	steps      = bulk.Table{Name: "cube_steps", Columns: "volunteer_id, day, home_code, sex, birth_date, delta"}
)

// person is what is kept of somebody while the months pass.
type person struct {
	id, account, login id.ID // login is nil for who cannot sign in
	birth, registered  calendar.Day
	moved              calendar.Day // no day for who did not move
	first, region      string       // codes of where he lived before, and lives
	sex                volunteer.Sex
	group              string   // with which he comes at times; empty for most
	dong               int16    // below zero outside the city
	from, to           int16    // months in which he is active
	rate               float32  // presences in a month, before its season
	houses             [3]int32 // that he goes to, the one he likes best first
	balance, sequence  int32    // of his account
	last               int64    // when it was last posted to, in microseconds
	head               string   // of its chain
	open               []*visit // presences of which something may still happen
}

// How people differ: a third never comes, most come seldom, some nearly every day.
const (
	idle    = 0.3
	longest = 15 // months, of those who come for some time
	spread  = 1.3
	most    = 24.0 // presences of one person in an average month
	before  = 0.8  // registered before the first month
)

// register draws everybody, in the order in which they registered, and writes them down.
func (l *loader) register(ctx context.Context) error {
	l.people = make([]person, l.People)
	l.sums = newSums(l.People, len(l.months), l.First)
	shares := make([]int, len(l.Dongs))
	residents := 0
	for i, d := range l.Dongs {
		residents += d.Residents
		shares[i] = residents
	}
	weight := make([]float64, l.People)
	var rows struct{ volunteers, residences, consents, guardians, accounts, steps bulk.Rows }
	d, number := newDrawer(), 0
	for i := range l.people {
		p := &l.people[i]
		d.begin(i, 0)
		l.draw(d, i, p, shares)
		l.settle(d, p)
		for m := max(0, int(p.from)); m <= int(p.to); m++ {
			weight[i] += l.months[m].factor[p.whose(l.months[m].first)]
		}
		for {
			text, free := l.Number(number)
			number++
			if free {
				l.write(d, i, p, text, &rows.volunteers, &rows.residences, &rows.consents, &rows.guardians, &rows.accounts)
				p.count(&rows.steps)
				break
			}
		}
		if (i+1)%atOnce != 0 && i+1 < len(l.people) {
			continue
		}
		for _, t := range []struct {
			table bulk.Table
			rows  *bulk.Rows
		}{{volunteers, &rows.volunteers}, {residences, &rows.residences}, {consents, &rows.consents}, {guardians, &rows.guardians}, {accounts, &rows.accounts}, {steps, &rows.steps}} {
			if err := l.load.Copy(ctx, t.table, t.rows); err != nil {
				return err
			}
			t.rows.Reset()
		}
	}
	l.scale(weight)
	return l.tell("%d volunteers more", len(l.people))
}

// scale makes everybody's rate such that as many entries come out as were asked for.
func (l *loader) scale(weight []float64) {
	want, factor := float64(l.Entries)/perVisit, 1.0
	for range 20 { // the bound of the busiest leaves more to the others, who come nearer to it
		sum := 0.0
		for i := range l.people {
			sum += min(most, float64(l.people[i].rate)*factor) * weight[i]
		}
		if sum == 0 {
			return
		}
		factor *= want / sum
	}
	for i := range l.people {
		l.people[i].rate = float32(min(most, float64(l.people[i].rate)*factor))
	}
}

// perVisit is how many entries a drawn presence comes to: some are refused, some changed, some reach into the next day.
const perVisit = 0.95

func (l *loader) draw(d drawer, i int, p *person, shares []int) {
	u := (float64(i) + d.Float64()) / float64(l.People)
	days := l.Today.Sub(l.First)
	if u < before {
		p.registered = l.First.Add(-int((1 - u/before) * 8 * 365))
	} else {
		p.registered = l.First.Add(min(days-1, int((u-before)/(1-before)*float64(days))))
	}
	p.birth = l.Born(d.Rand)
	if p.birth.Add(7*365 + 30).After(p.registered) {
		p.birth = p.registered.Add(-d.between(8*365, 18*365))
	}
	at := p.at(l.Zone)
	p.id, p.account = d.id(at), d.id(at)
	if age := p.registered.Sub(p.birth) / 365; d.of(0.62 - float64(age)/200) {
		p.login = d.id(at)
	}
	p.dong = -1
	if !d.of(0.016) {
		n := d.IntN(shares[len(shares)-1])
		for p.dong = 0; shares[p.dong] <= n; p.dong++ {
		}
	}
	p.from, p.to = int16(l.monthOf(p.registered)), int16(len(l.months)-1)
	switch n := d.Float64(); {
	case n < idle:
		return
	case n < idle+(1-idle)*0.6: // comes for some months, then no more
		start := d.between(int(p.from)-longest, int(p.to))
		p.from, p.to = max(p.from, int16(start)), min(p.to, int16(start+d.between(0, longest)))
		if p.to < p.from { // it was before
			return
		}
	}
	p.rate = float32(math.Exp(spread * d.NormFloat64()))
	if d.of(0.2) {
		p.group = l.Groups[d.IntN(len(l.Groups))]
	}
}

// at is when he registered, by the clock.
func (p *person) at(zone *time.Location) time.Time {
	return p.registered.Start(zone).Add(time.Duration(540+p.registered.Sub(p.birth)%600) * time.Minute).UTC()
}

// monthOf is the number of the month of a day, 0 for all before.
func (l *loader) monthOf(day calendar.Day) int {
	return max(0, (day.Year()-l.First.Year())*12+int(day.Month())-int(l.First.Month()))
}

// settle draws the houses that he goes to, most of them near.
func (l *loader) settle(d drawer, p *person) {
	for i := range p.houses {
		p.houses[i] = int32(d.IntN(len(l.Houses)))
		if p.dong < 0 {
			continue
		}
		near := l.near[p.dong]
		if len(near) == 0 || d.of(0.2) {
			all := l.wide[l.Dongs[p.dong].Gu]
			if all == nil {
				continue
			}
			near = all[OnWeekends]
		}
		if len(near) > 0 {
			p.houses[i] = int32(near[d.IntN(len(near))])
		}
	}
}

// write writes a person down as he registered, on paper at a camp or by himself.
func (l *loader) write(d drawer, i int, p *person, number string, people, homes, given, kept, logins *bulk.Rows) {
	at, girl := p.at(l.Zone), d.of(0.6)
	if p.sex = volunteer.Male; girl {
		p.sex = volunteer.Female
	}
	name := l.Name(d.Rand, girl, p.birth.Year())
	if d.of(0.01) {
		p.sex = volunteer.Undisclosed
	}
	l.house(d, p)
	homes.Row(3)
	homes.ID(p.id)
	homes.Day(p.registered)
	homes.Text(p.first)
	if !p.moved.IsZero() {
		homes.Row(3)
		homes.ID(p.id)
		homes.Day(p.moved)
		homes.Text(p.region)
	}
	house := &l.Houses[p.houses[0]]
	by, medium := &house.Staff[0], "paper"
	if p.login != id.Nil {
		by, medium = &p.login, "online"
	}

	people.Row(15)
	people.ID(p.id)
	people.Text(number)
	people.Text(name)
	people.Text(text.Search(name))
	people.Day(p.birth)
	people.Text(string(p.sex))
	people.Text(p.region)
	if d.of(0.9) {
		people.Text(l.Mobile(100_000 + i))
	} else {
		people.Null()
	}
	login := fmt.Sprintf("v%07d@demo.dure", i)
	if p.login != id.Nil {
		people.Text(login)
	} else {
		people.Null()
	}
	people.Text(string(volunteer.Active))
	if p.login == id.Nil && house.Camp {
		people.ID(house.ID)
	} else {
		people.Null()
	}
	people.Day(p.registered)
	people.Time(at)
	if p.login == id.Nil {
		people.ID(*by)
	} else {
		people.Null()
	}
	people.Int(1)

	minor := volunteer.Minor(p.birth, p.registered)
	agreed := func(purpose volunteer.Purpose, granted bool, at time.Time, by *id.ID, medium string) {
		given.Row(8)
		given.ID(d.id(at))
		given.ID(p.id)
		given.Text(string(purpose))
		given.Text("1")
		given.Bool(granted)
		given.Time(at)
		given.MaybeID(by)
		given.Text(medium)
	}
	agreed(volunteer.Terms, true, at, by, medium)
	agreed(volunteer.Privacy, true, at, by, medium)
	agreed(volunteer.Insurance, d.of(0.9), at, by, medium)
	agreed(volunteer.Link1365, true, at, by, medium)
	if minor {
		confirmed := at.Add(d.minutes(10, 300))
		kept.Row(8)
		kept.ID(d.id(at))
		kept.ID(p.id)
		kept.Text(l.Name(d.Rand, true, p.birth.Year()-33))
		kept.Text(l.Mobile(2_000_000 + i))
		kept.Text("모")
		kept.Time(at)
		kept.Time(confirmed)
		kept.ID(house.Staff[0])
		agreed(volunteer.GuardianSaid, true, confirmed, &house.Staff[0], "paper")
	}
	if p.login != id.Nil {
		logins.Row(5)
		logins.ID(p.login)
		logins.Text(login)
		logins.Text(l.PasswordHash)
		logins.ID(p.id)
		logins.Time(at)
	}
}

// house draws where a person lives, and for some where they lived before.
func (l *loader) house(d drawer, p *person) {
	p.region = l.Elsewhere[d.IntN(len(l.Elsewhere))]
	if p.dong >= 0 {
		p.region = l.codeOn(int(p.dong), p.registered)
	}
	if p.first = p.region; p.dong < 0 || l.Today.Sub(p.registered) <= 60 || !d.of(0.06) {
		return
	}
	p.first = l.codeOn(d.IntN(len(l.Dongs)), p.registered)
	if d.of(0.15) {
		p.first = l.Elsewhere[d.IntN(len(l.Elsewhere))]
	}
	p.moved = p.registered.Add(d.between(1, l.Today.Sub(p.registered)-1))
	p.region = l.codeOn(int(p.dong), p.moved)
}

// counted is the person as the city's figures know him.
func (p *person) counted() cube.Person {
	known := cube.Person{ID: p.id, Sex: string(p.sex), BirthDate: p.birth, RegisteredOn: p.registered, RegionCode: p.region,
		Moves: []cube.Move{{Since: p.registered, RegionCode: p.first}}}
	if !p.moved.IsZero() {
		known.Moves = append(known.Moves, cube.Move{Since: p.moved, RegionCode: p.region})
	}
	return known
}

// count writes what the person adds to the number of registered residents.
func (p *person) count(r *bulk.Rows) {
	for _, s := range p.counted().Steps() {
		r.Row(6)
		r.ID(s.VolunteerID)
		r.Day(s.Day)
		r.Text(s.HomeCode)
		r.Text(s.Sex)
		r.Day(s.BirthDate)
		r.Int(s.Delta)
	}
}
