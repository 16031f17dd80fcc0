package demo

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"dure/cmd/dure/crowd"
	"dure/domain/activity"
	"dure/domain/cube"
	"dure/domain/kernel/calendar"
	"dure/domain/volunteer"
	"dure/repository"
	attendancestore "dure/repository/attendance"
	"dure/repository/bulk"
	cubestore "dure/repository/cube"
)

// midnight is where people are at work when the day changes.
var midnight = template{"%s 심야 안전 순찰", "밤늦은 골목과 정류장을 자정 너머까지 함께 돕니다.", "1001", nil, 0, 1320, 180, 0, 10, false}

// groups are with whom people come; none of them exists.
var groups = strings.Fields("무등고봉사동아리 빛고을사랑회 푸른길가꿈이 상무청년모임 광산이웃회 양림가족봉사단 수완학부모회 첨단직장인봉사단 금남로상인회 영산강지기")

// crowded writes the city, lets the crowd come, and marks the city last. All of it is one transaction, like a smaller city.
func (s store) crowded(ctx context.Context, in repository.Copier) error {
	people := s.city.crowd()
	load, err := bulk.Begin(s.tx, in, crowd.Tables()...)
	if err != nil {
		return err
	}
	if err := s.lived(ctx); err != nil {
		return err
	}
	keeper := cube.NewKeeper(figures{s.tx})
	if err := keeper.Rebuild(ctx, func(int) {}); err != nil {
		return err
	}
	if people.Rules, err = (attendancestore.Attendances{Tx: s.tx}).Rules(ctx); err != nil {
		return err
	}
	people.PasswordHash = s.hash
	s.city.people, s.city.houses, s.city.listings, s.city.events = nil, nil, nil, nil // written, and large
	if err := load.Bare(); err != nil {
		return err
	}
	if err := crowd.Load(ctx, people, load, s.tell); err != nil {
		return err
	}
	if err := s.tell("making indexes and keys again"); err != nil {
		return err
	}
	told := time.Now()
	if err := load.Finish(func(step string) error {
		if took := time.Since(told); took < 5*time.Second {
			return nil
		}
		told = time.Now()
		return s.tell("making %s", step)
	}); err != nil {
		return err
	}
	// The crowd brought what figures are made of, and went past the queue: what waits there is of those who are counted already.
	if err := s.tell("counting the city's figures"); err != nil {
		return err
	}
	if err := s.tx.Exec(`DELETE FROM cube_queue`).Error; err != nil {
		return err
	}
	if err := (cubestore.Cubes{Tx: s.tx}).Welcome(); err != nil {
		return err
	}
	if err := keeper.Recount(ctx); err != nil {
		return err
	}
	return s.finish(ctx)
}

// figures keeps the city's figures in the one transaction.
type figures struct{ tx *repository.Tx }

// Cubes implements cube.Tx.
func (f figures) Cubes() cube.Repository { return cubestore.Cubes{Tx: f.tx} }

// Pending implements cube.KeepStore.
func (f figures) Pending(context.Context) (pending bool, err error) {
	err = f.tx.Raw(`SELECT EXISTS (SELECT 1 FROM cube_queue)`).Scan(&pending).Error
	return pending, err
}

// Update implements cube.KeepStore.
func (f figures) Update(ctx context.Context, fn func(ctx context.Context, tx cube.Tx) error) error {
	return fn(ctx, f)
}

// Rework implements cube.KeepStore.
func (f figures) Rework(ctx context.Context, fn func(ctx context.Context, tx cube.Tx) error) error {
	return fn(ctx, f)
}

// crowd is what the crowd finds: the dong, and houses that list something for everybody on every day.
func (c *city) crowd() *crowd.City {
	r := newChance(partCrowd)
	first := c.today.FirstOfMonth().AddMonths(-c.months)
	people := &crowd.City{Zone: c.zone, First: first, Today: c.today, CodesChanged: codesChanged, Elsewhere: elsewhere, People: c.Scale.crowd, Entries: c.entries,
		Name:   func(r *rand.Rand, girl bool, born int) string { return chance{r}.name(girl, born) },
		Born:   func(r *rand.Rand) calendar.Day { return c.anyAge(chance{r}) },
		Mobile: mobile, Number: c.numbers(), Groups: groups}
	for _, p := range c.staff[:3] {
		people.Officers = append(people.Officers, p.account)
	}
	places := map[*dong]int{}
	for i, d := range c.dongs {
		places[d] = i
		people.Dongs = append(people.Dongs, crowd.Dong{Former: d.former, Code: d.code, Gu: d.gu, Residents: d.residents})
	}
	for i, h := range c.houses {
		if len(h.staff) < 2 || h.site != nil && !h.open(c.today) {
			continue
		}
		templates := ofCamps
		if h.site != nil {
			templates = ofSites[string(h.site.Kind)]
		}
		open := crowd.House{ID: h.ID, Camp: h.camp != nil, Dong: places[h.dong], Region: h.dong.codeOn(c.today), From: h.opened().Add(21)}
		if h.camp != nil {
			open.To = h.camp.ClosedOn
		}
		for _, p := range h.staff {
			open.Staff = append(open.Staff, p.account)
		}
		for kind, suits := range []func(t template) bool{
			crowd.OnWeekdays: func(t template) bool { return slices.Contains(t.days, time.Monday) && t.minutes < 600 },
			crowd.OnWeekends: func(t template) bool { return slices.Contains(t.days, time.Saturday) && t.minutes < 600 },
			crowd.AtNight:    func(t template) bool { return t.title == midnight.title && i%5 == 0 },
			crowd.AllDay:     func(t template) bool { return t.minutes >= 600 && (h.camp == nil || i%3 == 0) },
		} {
			if able := matching(append(slices.Clip(templates), midnight), suits); len(able) > 0 {
				open.Posts[kind] = c.opens(r, h, pick(r, able), latest(open.From, first), open.To)
			}
		}
		people.Houses = append(people.Houses, open)
	}
	return people
}

func matching(all []template, suits func(t template) bool) (list []template) {
	for _, t := range all {
		if suits(t) {
			list = append(list, t)
		}
	}
	return list
}

// opens lists something that is done again and again since a day.
func (c *city) opens(r chance, h *house, t template, from, to calendar.Day) *crowd.Post {
	l := c.write(r, h, t, activity.Approved, "", c.at(from.Add(-r.between(22, 40)), r.between(540, 1080)))
	l.RegionCode, l.FirstDay, l.LastDay = h.dong.codeOn(c.today), from, to
	if to.IsZero() {
		l.LastDay = c.today.Add(ahead)
	}
	return &crowd.Post{ID: l.ID, Field: t.field, Start: t.from + 30*r.between(-1, 1), Minutes: t.minutes, Rest: t.rest, Capacity: t.capacity, Youths: t.youths}
}

// numbers gives the numbers of volunteers that are left, each once, in no order that can be seen.
func (c *city) numbers() func(n int) (string, bool) {
	taken := map[string]bool{}
	for _, p := range c.people {
		taken[p.Number] = true
	}
	return func(n int) (string, bool) {
		const all, stride = 9_000_000, 4_999_999 // without a common divisor
		digits := 1_000_000 + n%all*stride%all
		for check := range 10 {
			if number, err := volunteer.ParseNumber(fmt.Sprint(digits*10 + check)); err == nil {
				return number, !taken[number]
			}
		}
		return "", false
	}
}

func latest(a, b calendar.Day) calendar.Day {
	if a.Before(b) {
		return b
	}
	return a
}
