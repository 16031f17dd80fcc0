package attendance

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"golang.org/x/text/unicode/norm"

	"dure/domain/kernel/calendar"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
	"dure/domain/kernel/text"
	"dure/domain/sheet"
	"dure/domain/volunteer"
)

var (
	ErrShiftNone      = fault.New(fault.Invalid, "attendance.shift_none")
	ErrShiftAmbiguous = fault.New(fault.Invalid, "attendance.shift_ambiguous")
)

// RecordSheet is a sheet of presences at one organiser's shifts.
type RecordSheet struct {
	Organiser Organiser
	Lines     []sheet.Line
	DryRun    bool
}

// LineResult is the answer to one line: what was understood of it, and what became of it.
type LineResult struct {
	Row  int
	Item Item
	Result
}

// RecordSheet keeps a sheet as Record keeps a batch. A line's client id is derived from what it says, so that the same
// sheet changes nothing the second time. Errors as for Record.
func (s *Service) RecordSheet(ctx context.Context, cmd RecordSheet) ([]LineResult, error) {
	var items []Item
	results, err := s.record(ctx, cmd.Organiser, len(cmd.Lines), cmd.DryRun, func(ctx context.Context, tx Tx) (found []Item, err error) {
		items, err = s.items(ctx, tx, cmd.Organiser, cmd.Lines)
		return items, err
	})
	lines := make([]LineResult, len(results))
	for i, r := range results {
		lines[i] = LineResult{Row: cmd.Lines[i].Row, Item: items[i], Result: r}
	}
	return lines, err
}

// items finds the shifts that the lines of a sheet speak of.
func (s *Service) items(ctx context.Context, tx Tx, o Organiser, lines []sheet.Line) ([]Item, error) {
	var (
		named []id.ID
		days  []calendar.Span
		seen  = map[calendar.Day]bool{}
	)
	for _, line := range lines {
		switch {
		case line.Err != nil:
		case line.ShiftID != id.Nil:
			named = append(named, line.ShiftID)
		case !seen[line.Day]:
			seen[line.Day] = true
			days = append(days, calendar.Span{Start: line.Day.Start(s.clock.Zone), End: line.Day.Add(1).End(s.clock.Zone)})
		}
	}
	byID, err := tx.Attendance().Shifts(ctx, named)
	if err != nil {
		return nil, err
	}
	during, err := tx.Attendance().ShiftsDuring(ctx, o.ID, days)
	if err != nil {
		return nil, err
	}
	items := make([]Item, len(lines))
	for i, line := range lines {
		candidates := during
		if line.ShiftID != id.Nil {
			candidates = byID
		}
		items[i] = s.item(o, line, candidates)
	}
	return items, nil
}

// item says what a line says, of the shift among the candidates that it speaks of.
func (s *Service) item(o Organiser, line sheet.Line, candidates []Shift) Item {
	item := Item{VolunteerNumber: line.Number, ShiftID: line.ShiftID, Evidence: Leader, TravelMinutes: line.Travel, GroupName: line.Group, Err: line.Err}
	if item.Err != nil {
		return item
	}
	shift, err := s.spokenOf(line, candidates)
	span := s.told(line, shift)
	item.ShiftID, item.CheckedInAt, item.CheckedOutAt, item.Err = shift.ID, span.Start.UTC(), span.End.UTC(), err
	number, err := volunteer.ParseNumber(line.Number)
	if err != nil {
		item.Err = err
	}
	if item.Err == nil {
		item.VolunteerNumber = number
		said := fmt.Appendf(nil, "%s %s %s %d %d %d", o.ID, number, shift.ID, span.Start.Unix(), span.End.Unix(), line.Travel)
		if line.Group != "" {
			said = append(append(said, ' '), line.Group...)
		}
		sum := sha256.Sum256(said)
		item.ClientID = "sheet-" + hex.EncodeToString(sum[:20])
	}
	return item
}

// spokenOf finds the shift of a line: by its id, else the only one at that time that bears the name, if one is given.
// Those that were approved go first.
func (s *Service) spokenOf(line sheet.Line, candidates []Shift) (Shift, error) {
	var fits []Shift
	for _, c := range candidates {
		span := s.told(line, c)
		atThatTime := span.Start.Before(span.End) && span.Overlaps(calendar.Span{Start: c.StartsAt, End: c.EndsAt})
		ofThatName := line.Title == "" || plain(line.Title) == plain(c.Title)
		if c.ID == line.ShiftID || line.ShiftID == id.Nil && atThatTime && ofThatName {
			fits = append(fits, c)
		}
	}
	if slices.ContainsFunc(fits, func(c Shift) bool { return c.Approved }) {
		fits = slices.DeleteFunc(fits, func(c Shift) bool { return !c.Approved })
	}
	switch {
	case len(fits) == 1:
		return fits[0], nil
	case len(fits) > 1:
		return Shift{}, ErrShiftAmbiguous
	case line.ShiftID != id.Nil:
		return Shift{}, ErrShiftUnknown
	case line.End <= line.Start:
		return Shift{}, ErrEndBeforeStart
	}
	return Shift{}, ErrShiftNone
}

// nightMargin is how far outside a night's shift a line may begin and end whose end is on the next day.
const nightMargin = 2 * time.Hour

// told is the time that a line speaks of. An end that is not after the start is on the next day only where the shift goes
// on until then, and the line fits it: a slip of the pen must not become a whole day.
func (s *Service) told(line sheet.Line, shift Shift) calendar.Span {
	at := func(day calendar.Day, minutes int) time.Time {
		midnight := day.Start(s.clock.Zone)
		return time.Date(midnight.Year(), midnight.Month(), midnight.Day(), 0, minutes, 0, 0, s.clock.Zone)
	}
	span := calendar.Span{Start: at(line.Day, line.Start), End: at(line.Day, line.End)}
	if line.End > line.Start || s.clock.Day(shift.StartsAt) == s.clock.Day(shift.EndsAt) {
		return span
	}
	next := at(line.Day.Add(1), line.End)
	if !span.Start.Before(shift.StartsAt.Add(-nightMargin)) && !next.After(shift.EndsAt.Add(nightMargin)) {
		span.End = next
	}
	return span
}

// plain is a title as people compare it: letters of any width, capital or not, white space folded.
func plain(title string) string { return text.Search(norm.NFKC.String(title)) }
