package transfer

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"dure/domain/activity"
	"dure/domain/attendance"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
	"dure/domain/kernel/text"
	"dure/domain/volunteer"
)

// Status is what became of a row.
type Status string

const (
	Imported  Status = "imported"
	Duplicate Status = "duplicate" // taken before; AttendanceID is the one that was first
	Refused   Status = "refused"   // Err says why
)

// Result is the answer to one row.
type Result struct {
	Line         Line
	Status       Status
	AttendanceID id.ID
	Span         calendar.Span // as it is counted; empty where the row is refused or a duplicate
	Err          error
}

// candidate is a row that may be taken over.
type candidate struct {
	attendance attendance.Attendance
	origin     Origin
	place      Place
}

// book is everything that the rows of one file are judged by, including what the file itself adds.
type book struct {
	source  Source
	clock   calendar.Clock
	now     time.Time
	by      id.ID
	people  map[string]Person // by number
	known   map[string]Origin // by the number in the system
	taken   map[id.ID][]calendar.Span
	donated map[id.ID][]Donation
	rules   DonationRules
	regions []Region
	fields  []activity.Field
}

// judge decides on rows in the order given.
func (b *book) judge(lines []Line) (results []Result, added []candidate) {
	results = make([]Result, len(lines))
	for i, l := range lines {
		r := Result{Line: l, Status: Refused}
		c, first, err := b.one(l)
		switch {
		case err != nil:
			r.Err = err
		case first != id.Nil:
			r.Status, r.AttendanceID = Duplicate, first
		default:
			r.Status, r.AttendanceID, r.Span = Imported, c.attendance.ID, c.attendance.Span()
			added = append(added, c)
		}
		results[i] = r
	}
	return results, added
}

// one decides on one row: something new, or what was taken before, or why not.
func (b *book) one(l Line) (c candidate, first id.ID, err error) {
	if l.Err != nil {
		return c, first, l.Err
	}
	if l.Number, err = volunteer.ParseNumber(l.Number); err != nil {
		return c, first, err
	}
	hash := l.hash()
	if known, ok := b.known[l.OriginID]; ok {
		if known.Hash != hash {
			return c, first, ErrChanged
		}
		return c, known.AttendanceID, nil
	}
	person, ok := b.people[l.Number]
	if !ok {
		return c, first, attendance.ErrVolunteerUnknown
	}
	if err := b.mayTake(l, person); err != nil {
		return c, first, err
	}
	place, kind, err := b.place(l, person.ID)
	if err != nil {
		return c, first, err
	}
	c.place = place
	c.origin = Origin{OriginSystem: b.source.Code, OriginID: l.OriginID, Hash: hash, Line: l.Row}
	in, out := place.Start, place.End
	c.attendance = attendance.Attendance{ID: id.New(), OrganiserID: b.source.SiteID, VolunteerID: person.ID, CheckedInAt: in, CheckedOutAt: &out,
		CountedInAt: in, CountedOutAt: &out, Evidence: attendance.Imported, WalkIn: true, State: attendance.Pending, Day: l.Day,
		RecordedAt: b.now, RecordedBy: b.by}
	c.attendance.WorkedMinutes = c.attendance.Span().Minutes()
	if l.Group != "" {
		c.attendance.GroupName = &l.Group
	}
	c.origin.AttendanceID = c.attendance.ID
	b.known[l.OriginID] = c.origin
	b.taken[person.ID] = append(b.taken[person.ID], c.attendance.Span())
	if kind != "" {
		c.origin.DonationKind = &kind
		b.donated[person.ID] = append(b.donated[person.ID], Donation{person.ID, kind, l.Day})
	}
	return c, id.Nil, nil
}

// mayTake tells whether a person's hours may be taken over: it is he, he takes part, and he consented to the link
// (봉사실적 연계를 위한 정보제공 동의).
func (b *book) mayTake(l Line, p Person) error {
	letters := func(s string) string { return strings.ReplaceAll(text.Search(s), " ", "") }
	switch {
	case letters(l.Name) != letters(p.Name):
		return ErrName
	case p.Status == string(volunteer.PendingGuardian):
		return attendance.ErrGuardianPending
	case p.Status == string(volunteer.Withdrawn):
		return attendance.ErrWithdrawn
	case !p.Consented:
		return ErrConsent
	}
	return nil
}

// place finds when and as what somebody served; kind is that of a blood donation.
func (b *book) place(l Line, person id.ID) (p Place, kind string, err error) {
	p = Place{Title: l.Title, Organisation: l.Organisation}
	if p.FieldCode, err = b.field(l.Field); err != nil {
		return p, "", err
	}
	if p.RegionCode, err = b.region(l.Region); err != nil {
		return p, "", err
	}
	var span calendar.Span
	if p.FieldCode == donationField {
		rule, ok := b.rules.On(l.Donation, l.Day)
		if !ok {
			return p, "", ErrDonationKind.With("day", l.Day)
		}
		if b.rules.Full(rule, l.Day, b.donated[person]) {
			return p, "", ErrDonations.With("kind", rule.Name).With("max", rule.YearlyMaximum).With("reference", rule.Reference)
		}
		kind, span = rule.Kind, latest(l.Day, rule.Minutes, b.taken[person], b.clock.Zone)
		p.Title, p.Organisation = cmp.Or(p.Title, "헌혈 ("+rule.Name+")"), cmp.Or(p.Organisation, "헌혈의 집")
	} else if span, err = b.span(l, person); err != nil {
		return p, "", err
	}
	if p.Title == "" || p.Organisation == "" {
		return p, "", l.missing()
	}
	if !l.Day.Start(b.clock.Zone).Before(b.now) || kind == "" && l.Timed && span.End.After(b.now) {
		return p, "", attendance.ErrInFuture
	}
	p.Start, p.End = span.Start.UTC(), span.End.UTC()
	return p, kind, nil
}

// missing names what says where and as what somebody served, where it is not told.
func (l Line) missing() error {
	f := fault.Collect()
	f.Require(l.Title != "", title)
	f.Require(l.Organisation != "", organisation)
	return f.Err()
}

// span is when a row's minutes were. What the system itself recognised is counted from the start, and is never more than
// the times allow. Where the system has no times, see latest.
func (b *book) span(l Line, person id.ID) (calendar.Span, error) {
	if !l.Timed {
		if l.Minutes == 0 {
			return calendar.Span{}, ErrTimesMissing
		}
		return latest(l.Day, l.Minutes, b.taken[person], b.clock.Zone), nil
	}
	length := l.End - l.Start
	if length <= 0 && l.Minutes > 0 {
		length += 24 * 60 // until the next day, which the minutes confirm
	}
	switch {
	case length <= 0:
		return calendar.Span{}, attendance.ErrEndBeforeStart
	case l.Minutes > length:
		return calendar.Span{}, ErrMinutes.With("max", length)
	case l.Minutes > 0:
		length = l.Minutes
	}
	begin := at(l.Day, l.Start, b.clock.Zone)
	return calendar.Span{Start: begin, End: begin.Add(time.Duration(length) * time.Minute)}, nil
}

func at(d calendar.Day, minutes int, zone *time.Location) time.Time {
	return d.Start(zone).Add(time.Duration(minutes) * time.Minute)
}

// latest places minutes whose times nobody knows: the last stretch of the day that none of the person's known presences
// has, for a time that was made up must not take away what was really seen. Where none is long enough, they end with the day.
func latest(d calendar.Day, minutes int, taken []calendar.Span, zone *time.Location) calendar.Span {
	length := time.Duration(minutes) * time.Minute
	end := d.End(zone)
	last := calendar.Span{Start: end.Add(-length), End: end}
	busy := slices.Clone(taken)
	slices.SortFunc(busy, func(a, b calendar.Span) int { return b.End.Compare(a.End) })
	free := last
	for _, t := range busy {
		if t.Start.Before(t.End) && free.Overlaps(t) {
			free = calendar.Span{Start: t.Start.Truncate(time.Minute).Add(-length), End: t.Start.Truncate(time.Minute)}
		}
	}
	if free.Start.Before(d.Start(zone)) {
		return last
	}
	return free
}

const otherField = "1501"

// field is the code of a field told by code or as text, "문화행사 > 공연활동"; where none is told, it is 1501 기타, or 0503 헌혈.
func (b *book) field(told string) (string, error) {
	switch {
	case b.source.Code == Blood:
		return donationField, nil
	case told == "":
		return otherField, nil
	}
	code := activity.FieldOf(b.fields, told)
	digits := strings.Trim(told, "0123456789") == ""
	if digits && code != told {
		return "", ErrField
	}
	return code, nil
}

// region is our own code of a region told by the portal's code or name; where none is told, it is the city.
func (b *book) region(told string) (string, error) {
	if told == "" {
		return b.source.RegionCode, nil
	}
	for _, r := range b.regions {
		if (r.Code == told || r.Name == told) && r.RegionCode != "" {
			return r.RegionCode, nil
		}
	}
	return "", ErrRegion
}

// hash is over all that a row says but for where it stands.
func (l Line) hash() string {
	l.Row, l.Err = 0, nil
	raw, err := json.Marshal(l)
	if err != nil {
		panic(err) // plain values always marshal
	}
	return digest(string(raw))
}

func digest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}
