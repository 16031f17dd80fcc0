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

// PortalPart is what the portal may have of some people's day, and how much it may not.
type PortalPart struct {
	Rows     []PortalRow // one person's after the other's
	Imported int         // presences that came from the portal
	Refused  int         // presences of people who did not consent to the link
	Last     id.ID       // the account up to which this goes; nil where the day ends with it
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

// portalEntries bounds a part: so many entries of the ledger, and those that their last account has beyond.
const portalEntries = 1000

// Portal is a period on its way to the portal. A whole city's month is more than one transaction should hold, so it goes part by
// part, all of it as it was posted when the first one was asked for.
type Portal struct {
	Period
	service *Service
	reason  string
	wrong   error // with what was asked for
	begun   time.Time
	day     calendar.Day   // of the next part
	after   id.ID          // and the account after which it begins
	told    map[id.ID]bool // people whose data was handed on already
}

// Portal begins to give the centre what the portal 1365 is to have of up to 31 days, for a reason that is kept with everybody it is
// about. Hours that came from there are left out, and those of people who did not consent.
func (s *Service) Portal(p Period, reason string) *Portal {
	f := fault.Collect()
	p.check(f)
	if p.To.Sub(p.From) >= maxPortalDays {
		f.Add("to", "days_too_many", "days", maxPortalDays)
	}
	text.Block(f, "reason", reason, 1, 500)
	return &Portal{Period: p, service: s, reason: reason, wrong: f.Err(), day: p.From, told: map[id.ID]bool{}}
}

// Next gives the next part; more is false after the last one. Whose data it gives is kept before it is given, and whoever may not
// have it any more gets no further part. Errors: auth.forbidden, request.invalid.
func (p *Portal) Next(ctx context.Context) (part PortalPart, more bool, err error) {
	if p.wrong == nil && p.day.After(p.To) {
		return PortalPart{}, false, nil
	}
	now := p.service.clock.Now()
	if p.begun.IsZero() {
		p.begun = now
	}
	var people []id.ID
	if err := p.service.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		by, err := auth.Current(ctx, tx.Grants(), now)
		if err != nil {
			return err
		}
		if err := CanExport(by); err != nil {
			return err
		}
		if p.wrong != nil {
			return p.wrong
		}
		if part, err = tx.Exports().Portal(ctx, p.day, p.after, portalEntries, p.begun); err != nil {
			return err
		}
		people = p.untold(part.Rows)
		return tx.Audit().Record(ctx, touched(by, now, "export.portal", "export", "1365", p.reason,
			fmt.Sprintf(`{"from":%q,"to":%q}`, p.From, p.To), people)...)
	}); err != nil {
		return PortalPart{}, false, err
	}
	for _, person := range people {
		p.told[person] = true
	}
	if p.after = part.Last; p.after == id.Nil {
		p.day = p.day.Add(1)
	}
	return part, true, nil
}

// untold are the people of whom nothing was handed on yet.
func (p *Portal) untold(rows []PortalRow) (people []id.ID) {
	for i, r := range rows {
		if !p.told[r.VolunteerID] && (i == 0 || rows[i-1].VolunteerID != r.VolunteerID) {
			people = append(people, r.VolunteerID)
		}
	}
	return people
}
