package export

import (
	"context"
	"fmt"
	"time"

	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
	"dure/domain/kernel/text"
)

// PortalRow is one presence on one day, in the minutes and codes of the portal 1365.
type PortalRow struct {
	AttendanceID    id.ID
	VolunteerID     id.ID
	VolunteerNumber string
	VolunteerName   string
	ActivityTitle   string
	Organisation    string
	Place           string
	Day             calendar.Day
	CheckedInAt     time.Time // of the whole presence
	CheckedOutAt    time.Time
	Minutes         int // recognised on the day
	FieldCode       string
	GroupName       string
	FieldName       string
	SidoCode        string // of 1365; empty where it has none
	GugunCode       string
}

// PortalTable is what the portal may have of a period, and how much it may not.
type PortalTable struct {
	Period
	Rows     []PortalRow
	Imported int // presences that came from the portal
	Refused  int // presences of people who did not consent to the link
}

// Weekday is the day of the week in the portal's seven digits, Monday first: 0100000 is Tuesday.
func (r PortalRow) Weekday() string {
	digits := []byte("0000000")
	digits[(int(r.Day.Weekday())+6)%7] = '1'
	return string(digits)
}

// Times are when the presence began and ended on the day, in minutes since it began; an end at midnight is 1440, for the
// portal's hours are 0 to 24.
func (r PortalRow) Times(zone *time.Location) (begin, end int) {
	part, _ := calendar.Span{Start: r.CheckedInAt, End: r.CheckedOutAt}.On(r.Day, zone)
	start := r.Day.Start(zone)
	return int(part.Start.Sub(start) / time.Minute), int(part.End.Sub(start) / time.Minute)
}

const maxPortalDays = 31

// Portal gives the centre what the portal 1365 is to have of up to 31 days, for a reason that is kept with everybody it is
// about. Hours that came from there are left out, and those of people who did not consent. Errors: auth.forbidden, request.invalid.
func (s *Service) Portal(ctx context.Context, p Period, reason string) (PortalTable, error) {
	now := s.clock.Now()
	f := fault.Collect()
	p.check(f)
	if p.To.Sub(p.From) >= maxPortalDays {
		f.Add("to", "days_too_many", "days", maxPortalDays)
	}
	text.Block(f, "reason", reason, 1, 500)
	var t PortalTable
	err := s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		by, err := auth.Current(ctx, tx.Grants(), now)
		if err != nil {
			return err
		}
		if err := CanExport(by); err != nil {
			return err
		}
		if err := f.Err(); err != nil {
			return err
		}
		if t, err = tx.Exports().Portal(ctx, p.From, p.To); err != nil {
			return err
		}
		var people []id.ID
		seen := map[id.ID]bool{}
		for _, r := range t.Rows {
			if !seen[r.VolunteerID] {
				seen[r.VolunteerID] = true
				people = append(people, r.VolunteerID)
			}
		}
		return tx.Audit().Record(ctx, touched(by, now, "export.portal", "export", "1365", reason,
			fmt.Sprintf(`{"from":%q,"to":%q}`, p.From, p.To), people)...)
	})
	t.Period = p
	return t, err
}
