package export

import (
	"context"
	"time"

	"dure/domain/kernel/audit"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
	"dure/domain/kernel/page"
	"dure/domain/kernel/text"
)

// Area is a special disaster area (특별재난지역) for as long as it was one.
type Area struct {
	ID         id.ID
	Name       string
	RegionCode string // and all below it
	FirstDay   calendar.Day
	LastDay    calendar.Day
	WonPerDay  int // what a day of service is worth to the tax office
	Reference  string
	AddedAt    time.Time
	AddedBy    id.ID
}

// TaxItem is a person's service in one area. Days = minutes ÷ 480, a part of a day counts whole.
type TaxItem struct {
	Area    Area
	Minutes int
	Days    int
	Won     int
}

// TaxCertificate is what service in disaster areas was worth in a year (특별재난지역 자원봉사 기부금).
type TaxCertificate struct {
	Year      int
	Items     []TaxItem // where there was any
	Minutes   int
	Days, Won int // the sums of the items
}

const taxDay = 480 // minutes

// taxItem values the minutes in an area: total hours ÷ 8, fraction rounded up. Source: 특별재난지역 자원봉사용역의 가액.
func taxItem(a Area, minutes int) TaxItem {
	days := (minutes + taxDay - 1) / taxDay
	return TaxItem{a, minutes, days, days * a.WonPerDay}
}

// MyTaxCertificate shows the caller what his service in disaster areas was worth in a year. Errors: export.no_person.
func (s *Service) MyTaxCertificate(ctx context.Context, year int) (TaxCertificate, error) {
	c := TaxCertificate{Year: year}
	person, err := me(ctx)
	if err != nil {
		return c, err
	}
	from, to := calendar.Date(year, time.January, 1), calendar.Date(year, time.December, 31)
	err = s.store.Snapshot(ctx, func(ctx context.Context, r Reader) error {
		areas, err := r.Areas(ctx, from, to)
		if err != nil {
			return err
		}
		for _, a := range areas {
			first, last := from, to
			if a.FirstDay.After(first) {
				first = a.FirstDay
			}
			if a.LastDay.Before(last) {
				last = a.LastDay
			}
			minutes, err := r.ServedIn(ctx, person, a, first, last)
			if err != nil {
				return err
			}
			if minutes > 0 {
				c.Items = append(c.Items, taxItem(a, minutes))
			}
		}
		return nil
	})
	for _, i := range c.Items {
		c.Minutes, c.Days, c.Won = c.Minutes+i.Minutes, c.Days+i.Days, c.Won+i.Won
	}
	return c, err
}

// AddArea adds a disaster area. Errors: auth.forbidden, request.invalid.
func (s *Service) AddArea(ctx context.Context, a Area) (Area, error) {
	f := fault.Collect()
	text.Line(f, "name", a.Name, 1, 100)
	days(f, a.FirstDay, a.LastDay)
	if most := 10_000_000; a.WonPerDay < 0 || a.WonPerDay > most {
		f.Add("won_per_day", "range", "min", 0, "max", most)
	}
	text.Line(f, "reference", a.Reference, 1, 200)
	a.ID = id.New()
	err := s.decree(ctx, f, func(ctx context.Context, tx Tx, by auth.Principal, now time.Time) error {
		a.AddedAt, a.AddedBy = now, by.AccountID
		known, err := tx.Exports().Region(ctx, a.RegionCode)
		if err != nil {
			return err
		}
		if !known {
			return fault.ErrInvalid.On("region_code", "unknown")
		}
		if err := tx.Exports().AddArea(ctx, a); err != nil {
			return err
		}
		return tx.Audit().Record(ctx, audit.Event{HappenedAt: now, AccountID: &by.AccountID, Action: "export.area_added",
			SubjectType: "disaster_area", SubjectID: a.ID.String()})
	})
	return a, err
}

// ListAreas gives all disaster areas, the newest first, to everybody signed in. Errors: page.cursor.
func (s *Service) ListAreas(ctx context.Context, p page.Request) (page.Page[Area], error) {
	return s.store.ListAreas(ctx, p)
}
