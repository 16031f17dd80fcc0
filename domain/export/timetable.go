package export

import (
	"context"
	"fmt"
	"strings"
	"time"

	"dure/domain/kernel/audit"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
	"dure/domain/kernel/page"
	"dure/domain/kernel/text"
)

// Periods are the class periods (수업 시수) of a school's days: data with a period and a source.
type Periods struct {
	ID        id.ID
	Version   int    // the highest one that names a day counts
	School    string // "" for all schools; a school's own go first
	FirstDay  calendar.Day
	LastDay   calendar.Day
	Weekdays  string // seven digits, Monday first: 1111100
	Periods   int    // 0 on holidays and in the vacation
	Reference string
	AddedAt   time.Time
	AddedBy   id.ID
}

// Timetable is a table of class periods.
type Timetable []Periods

const (
	schoolDay  = 480 // minutes that count on a day without classes
	perPeriod  = 60  // minutes less for each class period
	maxPeriods = 8
)

// Limit is how many minutes of a day count for a school: 7 class periods leave 1 hour, 6 leave 2, 4 leave 4 (학생봉사활동).
func (t Timetable) Limit(school string, day calendar.Day) int {
	var found Periods
	for _, p := range t {
		names := !day.Before(p.FirstDay) && !day.After(p.LastDay) && p.Weekdays[(int(day.Weekday())+6)%7] == '1'
		own, before := p.School != "", found.School != ""
		if names && (p.School == school || !own) && (own && !before || own == before && p.Version > found.Version) {
			found = p
		}
	}
	return schoolDay - perPeriod*found.Periods
}

// AddPeriods adds class periods; they win over those before them. Errors: auth.forbidden, request.invalid.
func (s *Service) AddPeriods(ctx context.Context, p Periods) (Periods, error) {
	f := fault.Collect()
	text.Line(f, "school", p.School, 0, 100)
	days(f, p.FirstDay, p.LastDay)
	if len(p.Weekdays) != 7 || strings.Trim(p.Weekdays, "01") != "" {
		f.Add("weekdays", "weekday_digits")
	}
	if p.Periods < 0 || p.Periods > maxPeriods {
		f.Add("periods", "range", "min", 0, "max", maxPeriods)
	}
	text.Line(f, "reference", p.Reference, 1, 200)
	p.ID = id.New()
	err := s.decree(ctx, f, func(ctx context.Context, tx Tx, by auth.Principal, now time.Time) error {
		p.AddedAt, p.AddedBy = now, by.AccountID
		var err error
		if p.Version, err = tx.Exports().AddPeriods(ctx, p); err != nil {
			return err
		}
		return tx.Audit().Record(ctx, audit.Event{HappenedAt: now, AccountID: &by.AccountID, Action: "export.periods_added",
			SubjectType: "class_periods", SubjectID: p.ID.String(), Detail: fmt.Sprintf(`{"version":%d}`, p.Version)})
	})
	return p, err
}

// ListPeriods gives all class periods, the newest version first, to everybody signed in. Errors: page.cursor.
func (s *Service) ListPeriods(ctx context.Context, p page.Request) (page.Page[Periods], error) {
	return s.store.ListPeriods(ctx, p)
}

func days(f fault.Fields, first, last calendar.Day) {
	if f.Require(!first.IsZero(), "first_day") && f.Require(!last.IsZero(), "last_day") && last.Before(first) {
		f.Add("last_day", "order", "after", "first_day")
	}
}

// decree lets the centre add a row of data.
func (s *Service) decree(ctx context.Context, f fault.Fields, add func(ctx context.Context, tx Tx, by auth.Principal, now time.Time) error) error {
	now := s.clock.Now()
	return s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		p, err := auth.Current(ctx, tx.Grants(), now)
		if err != nil {
			return err
		}
		if err := CanExport(p); err != nil {
			return err
		}
		if err := f.Err(); err != nil {
			return err
		}
		return add(ctx, tx, p, now)
	})
}
