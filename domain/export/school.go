package export

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"dure/domain/attendance"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
	"dure/domain/kernel/page"
	"dure/domain/kernel/text"
	"dure/domain/transfer"
	"dure/domain/volunteer"
)

// SchoolDay is a pupil's day: what counts in general, and what of it counts for the school.
type SchoolDay struct {
	Day           calendar.Day
	Minutes       int // recognised
	Limit         int // of the school: 8 hours less the class periods
	SchoolMinutes int
	Sent          int // minutes that a school has already
}

// SchoolHours is the school's view of a period. NEIS takes whole hours: what is over is shown, not lost.
type SchoolHours struct {
	Period
	School    string
	Days      []SchoolDay
	Minutes   int // recognised in general
	Counted   int // minutes for the school
	Hours     int // whole ones of Counted
	Remainder int // minutes of Counted beside the hours
}

// schoolDays counts people's days for a school. Source: 학생봉사활동 시간, at most 8 hours a day and on weekdays 8 less the class
// periods; of blood donations only so many in a school year. Work must reach back to the school year's beginning.
func schoolDays(work []Work, rules transfer.DonationRules, t Timetable, school string, p Period) map[id.ID][]SchoolDay {
	work = slices.Clone(work)
	slices.SortFunc(work, func(a, b Work) int {
		return cmp.Or(a.Day.Compare(b.Day), slices.Compare(a.AttendanceID[:], b.AttendanceID[:]))
	})
	given := map[id.ID][]transfer.Donation{}
	days := map[id.ID][]SchoolDay{}
	for _, w := range work {
		counted := w.Minutes
		if w.DonationKind != "" {
			if rule, ok := rules.On(w.DonationKind, w.Day); !ok || rules.Full(rule, w.Day, given[w.VolunteerID]) {
				counted = 0
			}
			given[w.VolunteerID] = append(given[w.VolunteerID], transfer.Donation{VolunteerID: w.VolunteerID, Kind: w.DonationKind, Day: w.Day})
		}
		if w.Day.Before(p.From) || w.Day.After(p.To) {
			continue
		}
		list := days[w.VolunteerID]
		if len(list) == 0 || list[len(list)-1].Day != w.Day {
			list = append(list, SchoolDay{Day: w.Day, Limit: t.Limit(school, w.Day)})
		}
		d := &list[len(list)-1]
		d.Minutes += w.Minutes
		d.SchoolMinutes = min(d.SchoolMinutes+counted, d.Limit)
		days[w.VolunteerID] = list
	}
	return days
}

// read counts people's days for a school, with what schools have of them already; it gives the work, too.
func read(ctx context.Context, r Reader, people []id.ID, school string, p Period) (map[id.ID][]SchoolDay, []Work, error) {
	schoolYear := calendar.Date(p.From.Year(), time.March, 1)
	if p.From.Before(schoolYear) {
		schoolYear = calendar.Date(p.From.Year()-1, time.March, 1)
	}
	work, err := r.Work(ctx, people, schoolYear, p.To)
	if err != nil {
		return nil, nil, err
	}
	rules, err := r.SchoolRules(ctx)
	if err != nil {
		return nil, nil, err
	}
	timetable, err := r.Timetable(ctx, school)
	if err != nil {
		return nil, nil, err
	}
	sent, err := r.Exported(ctx, people, p.From, p.To)
	if err != nil {
		return nil, nil, err
	}
	days := schoolDays(work, rules, timetable, school, p)
	for _, s := range sent {
		for i := range days[s.VolunteerID] {
			if d := &days[s.VolunteerID][i]; d.Day == s.Day {
				d.Sent = s.Minutes
			}
		}
	}
	return days, slices.DeleteFunc(work, func(w Work) bool { return w.Day.Before(p.From) }), nil
}

// MySchoolHours shows the caller his hours as his school sees them. Errors: export.no_person, request.invalid.
func (s *Service) MySchoolHours(ctx context.Context, p Period, school string) (SchoolHours, error) {
	h := SchoolHours{Period: p, School: school}
	person, err := me(ctx)
	if err != nil {
		return h, err
	}
	f := fault.Collect()
	p.check(f)
	text.Line(f, "school", school, 0, 100)
	if err := f.Err(); err != nil {
		return h, err
	}
	err = s.store.Snapshot(ctx, func(ctx context.Context, r Reader) error {
		days, _, err := read(ctx, r, []id.ID{person}, school, p)
		h.Days = days[person]
		return err
	})
	for _, d := range h.Days {
		h.Minutes += d.Minutes
		h.Counted += d.SchoolMinutes
	}
	h.Hours, h.Remainder = h.Counted/60, h.Counted%60
	return h, err
}

// SchoolExport is what was handed to a school at once.
type SchoolExport struct {
	ID         id.ID
	School     string
	FirstDay   calendar.Day
	LastDay    calendar.Day
	Reason     string
	ExportedAt time.Time
	ExportedBy id.ID
}

// SentLine is one pupil's line of it: Carried + Minutes = Hours × 60 + Remainder, and the remainder is carried to the next.
type SentLine struct {
	ExportID        id.ID
	VolunteerID     id.ID
	VolunteerNumber string
	VolunteerName   string
	BirthDate       calendar.Day
	Sequence        int
	Carried         int
	Minutes         int
	Hours           int
	Remainder       int
}

// SendToSchool names pupils whose hours of a period a school is to have.
type SendToSchool struct {
	Numbers []string
	Period
	School string
	Reason string
	DryRun bool // only tell what would be sent
}

// SentResult is the answer for one pupil: his line, or why there is none.
type SentResult struct {
	Number string
	Line   *SentLine
	Err    error
}

const maxPupils = 1000

var errDryRun = errors.New("dry run")

func (cmd SendToSchool) validate(today calendar.Day) error {
	f := fault.Collect()
	if f.Require(len(cmd.Numbers) > 0, "volunteer_numbers") && len(cmd.Numbers) > maxPupils {
		f.Add("volunteer_numbers", "too_many", "max", maxPupils)
	}
	cmd.check(f)
	if cmd.To.After(today) {
		f.Add("to", "future")
	}
	text.Line(f, "school", cmd.School, 1, 100)
	text.Block(f, "reason", cmd.Reason, 1, 500)
	return f.Err()
}

// SendToSchool hands pupils' hours to a school: the whole hours of what it does not have yet and of the minutes left the last
// time. From then on only the school changes them, so the attendances are locked. Each pupil is for himself, and needs to have
// consented to the link. Source: 나이스 전송 후에는 학교에서만 정정. Errors of the whole: auth.forbidden, request.invalid.
func (s *Service) SendToSchool(ctx context.Context, cmd SendToSchool) (SchoolExport, []SentResult, error) {
	now := s.clock.Now()
	var sent SchoolExport
	var results []SentResult
	err := s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		p, err := auth.Current(ctx, tx.Grants(), now)
		if err != nil {
			return err
		}
		if err := CanExport(p); err != nil {
			return err
		}
		if err := cmd.validate(s.clock.Day(now)); err != nil {
			return err
		}
		pupils, err := pupilsOf(ctx, tx, cmd)
		if err != nil {
			return err
		}
		sent = SchoolExport{ID: id.New(), School: cmd.School, FirstDay: cmd.From, LastDay: cmd.To, Reason: cmd.Reason, ExportedAt: now, ExportedBy: p.AccountID}
		var lines []SentLine
		var days []Work
		results, lines, days = pupils.lines(sent.ID, cmd.Numbers)
		if cmd.DryRun {
			return errDryRun
		}
		if len(lines) == 0 {
			sent.ID = id.Nil
			return nil
		}
		people := make([]id.ID, len(lines))
		for i, l := range lines {
			people[i] = l.VolunteerID
		}
		if err := tx.Exports().Send(ctx, sent, lines, days, pupils.attendances(people)); err != nil {
			return err
		}
		return tx.Audit().Record(ctx, touched(p, now, "export.school", "school_export", sent.ID.String(), cmd.Reason,
			fmt.Sprintf(`{"from":%q,"to":%q}`, cmd.From, cmd.To), people)...)
	})
	if errors.Is(err, errDryRun) {
		sent.ID, err = id.Nil, nil
	}
	return sent, results, err
}

// pupils are the people of an export, read under their locks.
type pupils struct {
	byNumber map[string]transfer.Person
	days     map[id.ID][]SchoolDay
	work     []Work
	last     map[id.ID]SentLine
}

func pupilsOf(ctx context.Context, tx Tx, cmd SendToSchool) (pupils, error) {
	var numbers []string
	for _, n := range cmd.Numbers {
		if number, err := volunteer.ParseNumber(n); err == nil {
			numbers = append(numbers, number)
		}
	}
	all := pupils{byNumber: map[string]transfer.Person{}, last: map[id.ID]SentLine{}}
	people, err := tx.Transfers().People(ctx, numbers)
	if err != nil {
		return all, err
	}
	ids := make([]id.ID, len(people))
	for i, p := range people {
		ids[i] = p.ID
		all.byNumber[p.Number] = p
	}
	if _, err := tx.Ledger().Lock(ctx, ids); err != nil {
		return all, err
	}
	if all.days, all.work, err = read(ctx, tx.Exports(), ids, cmd.School, cmd.Period); err != nil {
		return all, err
	}
	last, err := tx.Exports().LastLines(ctx, ids)
	for _, l := range last {
		all.last[l.VolunteerID] = l
	}
	return all, err
}

// lines makes each pupil's line of what the school does not have yet, and the days it is made of.
func (p pupils) lines(export id.ID, numbers []string) (results []SentResult, lines []SentLine, days []Work) {
	results = make([]SentResult, len(numbers))
	done := map[id.ID]bool{}
	for i, told := range numbers {
		results[i].Number = told
		number, err := volunteer.ParseNumber(told)
		person, known := p.byNumber[number]
		switch {
		case err != nil:
			results[i].Err = err
		case !known || person.Status == string(volunteer.Withdrawn):
			results[i].Err = attendance.ErrVolunteerUnknown
		case !person.Consented:
			results[i].Err = transfer.ErrConsent
		case done[person.ID]:
			results[i].Err = ErrNothingNew
		default:
			line := SentLine{ExportID: export, VolunteerID: person.ID, VolunteerNumber: number, VolunteerName: person.Name,
				Sequence: p.last[person.ID].Sequence + 1, Carried: p.last[person.ID].Remainder}
			for _, d := range p.days[person.ID] {
				if due := d.SchoolMinutes - d.Sent; due > 0 {
					line.Minutes += due
					days = append(days, Work{VolunteerID: person.ID, Day: d.Day, Minutes: due})
				}
			}
			if line.Minutes == 0 {
				results[i].Err = ErrNothingNew
				continue
			}
			line.Hours, line.Remainder = (line.Carried+line.Minutes)/60, (line.Carried+line.Minutes)%60
			done[person.ID] = true
			results[i].Line, lines = &line, append(lines, line)
		}
	}
	return results, lines, days
}

// attendances lists those that are handed on with people.
func (p pupils) attendances(people []id.ID) (ids []id.ID) {
	seen := map[id.ID]bool{}
	for _, person := range people {
		seen[person] = true
	}
	for _, w := range p.work {
		if seen[w.VolunteerID] && !seen[w.AttendanceID] {
			seen[w.AttendanceID] = true
			ids = append(ids, w.AttendanceID)
		}
	}
	return ids
}

// Sent gives what was handed to a school, with a reason that is kept. Errors: auth.forbidden, export.not_found, request.invalid.
func (s *Service) Sent(ctx context.Context, export id.ID, reason string) (e SchoolExport, lines []SentLine, err error) {
	now := s.clock.Now()
	f := fault.Collect()
	text.Block(f, "reason", reason, 1, 500)
	err = s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
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
		if e, lines, err = tx.Exports().SchoolExport(ctx, export); err != nil {
			return err
		}
		people := make([]id.ID, len(lines))
		for i, l := range lines {
			people[i] = l.VolunteerID
		}
		return tx.Audit().Record(ctx, touched(p, now, "export.school_read", "school_export", export.String(), reason, "", people)...)
	})
	return e, lines, err
}

// ListSent gives all exports to schools to the centre. Errors: auth.forbidden, page.cursor.
func (s *Service) ListSent(ctx context.Context, p page.Request) (page.Page[SchoolExport], error) {
	if err := CanExport(auth.From(ctx)); err != nil {
		return page.Page[SchoolExport]{}, err
	}
	return s.store.SchoolExports(ctx, p)
}
