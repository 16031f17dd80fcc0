package attendance_test

import (
	"context"
	"errors"
	"sync"
	"testing"

	"dure/domain/attendance"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
	"dure/domain/sheet"
	"dure/repository"
	store "dure/repository/attendance"
	"dure/repository/dbtest"
)

func TestShiftsDuringSpans(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		c := newCity(t, db)
		day := c.shift(c.camp, "07-14 13:00", "07-14 17:00", 0)
		night := c.shift(c.camp, "07-13 22:00", "07-14 02:00", 0)
		c.shift(c.camp, "07-15 00:00", "07-15 02:00", 0)
		c.shift(c.site, "07-14 13:00", "07-14 17:00", 0)
		cancelled := c.shift(c.camp, "07-14 09:00", "07-14 12:00", 0)
		c.exec(`UPDATE shifts SET cancelled_at = ? WHERE id = ?`, c.now, cancelled)
		for want, spans := range map[int][]calendar.Span{
			0: nil,
			1: {{Start: at("07-14 02:00"), End: at("07-14 13:01")}},
			2: {{Start: at("07-14 00:00"), End: at("07-15 00:00")}, {Start: at("07-14 14:00"), End: at("07-14 15:00")}, {Start: at("08-01 00:00"), End: at("08-02 00:00")}},
		} {
			var found []attendance.Shift
			err := store.NewStore(db).Update(context.Background(), func(ctx context.Context, tx attendance.Tx) (err error) {
				found, err = tx.Attendance().ShiftsDuring(ctx, c.camp.ID, spans)
				return err
			})
			if err != nil || len(found) != want {
				t.Errorf("%d: %+v %v", want, found, err)
			}
			for _, s := range found {
				if s.ID != day && s.ID != night || s.Title != "급식 봉사" || !s.Approved {
					t.Errorf("%+v", s)
				}
			}
		}
	})
}

// A line finds its shift by id, by name and time, or by time alone, and never guesses.
func TestLinesOfASheetFindTheirShifts(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		c := newCity(t, db)
		v := c.person()
		c.exec(`UPDATE volunteers SET number = '1000-0004' WHERE id = ?`, v.id)
		number := "1000 0004"
		morning, evening := c.shift(c.camp, "07-14 09:00", "07-14 12:00", 0), c.shift(c.camp, "07-14 18:00", "07-15 00:00", 0)
		twin, draft := c.shift(c.camp, "07-14 09:00", "07-14 12:00", 0), c.shift(c.camp, "07-14 15:00", "07-14 16:00", 0)
		c.exec(`UPDATE activities SET title = 'ＡＢＣ 청소' WHERE id = (SELECT activity_id FROM shifts WHERE id = ?)`, twin)
		c.exec(`UPDATE activities SET state = 'draft' WHERE id = (SELECT activity_id FROM shifts WHERE id = ?)`, draft)
		foreign := c.shift(c.site, "07-14 13:00", "07-14 14:00", 0)
		wrong := fault.ErrInvalid.On("날짜", "required")
		lines := []struct {
			line  sheet.Line
			shift id.ID
			err   error
		}{
			{sheet.Line{Start: 540, End: 720}, id.Nil, attendance.ErrShiftAmbiguous},
			{sheet.Line{Start: 540, End: 600, Title: "급식  봉사"}, morning, nil},
			{sheet.Line{Start: 600, End: 660, Title: "abc 청소"}, twin, nil},
			{sheet.Line{Start: 660, End: 720, ShiftID: twin}, twin, nil},
			{sheet.Line{Start: 720, End: 780}, id.Nil, attendance.ErrShiftNone},
			{sheet.Line{Start: 540, End: 600, Title: "김장"}, id.Nil, attendance.ErrShiftNone},
			{sheet.Line{Start: 780, End: 840, ShiftID: foreign}, foreign, attendance.ErrShiftUnknown},
			{sheet.Line{Start: 780, End: 840, ShiftID: id.New()}, id.Nil, attendance.ErrShiftUnknown},
			{sheet.Line{Start: 1080, End: 0}, evening, nil}, // until midnight
			{sheet.Line{Start: 1100, End: 1440}, evening, nil},
			{sheet.Line{Start: 700, End: 560, ShiftID: morning}, morning, attendance.ErrEndBeforeStart},
			{sheet.Line{Start: 700, End: 560}, id.Nil, attendance.ErrEndBeforeStart},
			{sheet.Line{Start: 900, End: 960}, draft, attendance.ErrNotApproved},
			{sheet.Line{Start: 540, End: 600, ShiftID: morning, Travel: 601}, morning, attendance.ErrTravel},
			{sheet.Line{Err: wrong}, id.Nil, wrong},
		}
		cmd := attendance.RecordSheet{Organiser: c.camp, DryRun: true}
		for i, l := range lines {
			l.line.Row, l.line.Number = i+2, number
			if l.line.Err == nil {
				l.line.Day = calendar.MustParse("2026-07-14")
			}
			cmd.Lines = append(cmd.Lines, l.line)
		}
		c.now = at("07-15 10:00")
		for _, dry := range []bool{true, false, false} {
			cmd.DryRun = dry
			results, err := c.service.RecordSheet(c.head.ctx, cmd)
			if err != nil {
				t.Fatal(err)
			}
			for i, r := range results {
				if !errors.Is(r.Err, lines[i].err) || r.Item.ShiftID != lines[i].shift || r.Row != i+2 {
					t.Errorf("line %d: %v at shift %s", i+2, r.Err, r.Item.ShiftID)
				}
			}
		}
		c.wantHours(v, 0, 60+60+60+360) // 18:20 until midnight is the same presence as 18:00 until midnight
	})
}

// Two batches take one client id for two persons at the same moment, whose locks do not meet.
func TestAClientIDIsTakenByOneOfTwo(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		c := newCity(t, db)
		shift := c.shift(c.camp, "07-14 13:00", "07-14 17:00", 0)
		for range 20 {
			var wg sync.WaitGroup
			refused := make(chan error, 2)
			same := item(c.head, shift, "07-14 13:00", "07-14 17:00").ClientID
			for range 2 {
				i := item(c.person(), shift, "07-14 13:00", "07-14 17:00")
				i.ClientID = same
				wg.Go(func() {
					results, err := c.service.Record(c.head.ctx, attendance.Record{Organiser: c.camp, Items: []attendance.Item{i}})
					if err == nil {
						err = results[0].Err
					}
					refused <- err
				})
			}
			wg.Wait()
			if a, b := <-refused, <-refused; (a == nil) == (b == nil) || !errors.Is(errors.Join(a, b), attendance.ErrClientIDReused) {
				t.Fatal(a, b)
			}
		}
	})
}
