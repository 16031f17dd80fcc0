package main

import (
	"context"
	"fmt"
	"io"

	"dure/domain/holiday"
	"dure/domain/kernel/calendar"
)

const holidayHeader = "day,name"

// importHolidays keeps a table of public holidays and says in a sentence what that did.
func importHolidays(ctx context.Context, s *holiday.Service, file io.Reader) (string, error) {
	t, err := readTable(file)
	if err != nil {
		return "", tell(err)
	}
	if t.header != holidayHeader {
		return "", tell(t.unknownHeader(holidayHeader))
	}
	lines := make([]holiday.Line, len(t.rows))
	for i, row := range t.rows {
		d, err := calendar.Parse(row.cells[0])
		if err != nil {
			row.faults(t.faults).Add("day", "calendar.day")
		}
		lines[i] = holiday.Line{Number: row.line, Holiday: holiday.Holiday{Day: d, Name: row.cells[1]}}
	}
	if err := t.faults.Err(); err != nil {
		return "", tell(err)
	}
	changed, err := s.Import(ctx, lines)
	return fmt.Sprintf("%d holidays added or named anew", changed), tell(err)
}
