package activity_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"dure/domain/activity"
	"dure/domain/camp"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/duty"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
	"dure/domain/kernel/page"
	"dure/domain/site"
	"dure/repository"
	"dure/repository/dbtest"
)

func each(t *testing.T, test func(c *city)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, db *repository.DB) { test(newCity(t, db)) })
}

func TestAnActivityIsKeptAsItIs(t *testing.T) {
	each(t, func(c *city) {
		lat, lon := 35.15, 126.91
		a := c.listing("어르신 말벗 봉사")
		a.Description, a.Lat, a.Lon, a.Youths = "첫 줄\n둘째 줄", &lat, &lon, true
		a = c.approved(a)
		c.schedule(a, span("07-31 22:00", "08-01 06:00"), span("07-20 09:00", "07-20 12:00"))
		l, err := c.store.Listed(context.Background(), activity.Public, a.ID)
		if err != nil || l.Title != "어르신 말벗 봉사" || l.Description != a.Description || *l.Lat != lat || *l.Lon != lon || !l.Youths || l.Groups ||
			l.FieldName != "말벗.상담" || l.GroupName != "상담" || l.OrganiserName != "충장동 캠프" || l.GuName != "동구" || l.DongName != "충장동" ||
			l.State != activity.Approved || l.FirstDay.String() != "2026-07-20" || l.LastDay.String() != "2026-08-01" || l.Version != 5 {
			c.t.Fatalf("%+v %v", l, err)
		}
		if n := c.count(`SELECT COUNT(DISTINCT code_secret) FROM shifts WHERE length(code_secret) = 64`); n != 2 {
			c.t.Error(n, "secrets")
		}
	})
}

func TestWhoMayDoWhat(t *testing.T) {
	each(t, func(c *city) {
		sv := c.service
		draft, err := sv.Draft(c.head, c.listing("초안"))
		if err != nil {
			c.t.Fatal(err)
		}
		own, err := sv.Draft(c.officer, c.listing("센터가 쓴 것"))
		if err != nil {
			c.t.Fatal(err)
		}
		if _, err := sv.Submit(c.officer, own.ID); err != nil {
			c.t.Fatal(err)
		}
		done := c.approved(c.listing("승인된 것"))
		unknown, title := c.listing("없는 캠프"), "새 이름"
		unknown.OrganiserID = id.New()
		foreign := c.listing("남의 수요처")
		foreign.OrganiserType, foreign.OrganiserID = activity.ByDemandSite, c.site
		schedule := activity.Schedule{ActivityID: draft.ID, Span: span("07-20 09:00", "07-20 12:00"), Capacity: 1}
		for what, x := range map[string]struct{ err, want error }{
			"stranger drafts":              {of(sv.Draft(context.Background(), c.listing("가나"))), auth.ErrSignIn},
			"neighbour drafts":             {of(sv.Draft(c.other, c.listing("가나"))), auth.ErrForbidden},
			"manager drafts for the camp":  {of(sv.Draft(c.manager, c.listing("가나"))), auth.ErrForbidden},
			"head drafts for a site":       {of(sv.Draft(c.head, foreign)), auth.ErrForbidden},
			"manager drafts":               {of(sv.Draft(c.manager, foreign)), nil},
			"unknown camp":                 {of(sv.Draft(c.officer, unknown)), camp.ErrNotFound},
			"neighbour edits a draft":      {of(sv.Edit(c.other, activity.Edit{ActivityID: draft.ID, Title: &title})), activity.ErrNotFound},
			"neighbour edits what is open": {of(sv.Edit(c.other, activity.Edit{ActivityID: done.ID, Title: &title})), auth.ErrForbidden},
			"head edits an old version":    {of(sv.Edit(c.head, activity.Edit{ActivityID: draft.ID, Version: 7, Title: &title})), activity.ErrChanged},
			"head edits":                   {of(sv.Edit(c.head, activity.Edit{ActivityID: draft.ID, Version: 1, Title: &title})), nil},
			"head edits what is approved":  {of(sv.Edit(c.head, activity.Edit{ActivityID: done.ID, Title: &title})), activity.ErrState},
			"centre corrects it":           {of(sv.Edit(c.officer, activity.Edit{ActivityID: done.ID, Title: &title})), nil},
			"approve a draft":              {of(sv.Approve(c.officer, draft.ID)), activity.ErrState},
			"approve one's own":            {of(sv.Approve(c.officer, own.ID)), duty.ErrConflict},
			"reject one's own":             {of(sv.Reject(c.officer, own.ID, "x")), duty.ErrConflict},
			"head approves":                {of(sv.Approve(c.head, own.ID)), auth.ErrForbidden},
			"neighbour approves":           {of(sv.Approve(c.other, own.ID)), activity.ErrNotFound},
			"reject for nothing":           {of(sv.Reject(c.officer, own.ID, "  ")), fault.ErrInvalid},
			"cancel for nothing":           {of(sv.Cancel(c.head, draft.ID, "")), fault.ErrInvalid},
			"neighbour cancels":            {of(sv.Cancel(c.other, draft.ID, "x")), activity.ErrNotFound},
			"unknown activity":             {of(sv.Submit(c.officer, id.New())), activity.ErrNotFound},
			"neighbour schedules":          {of(sv.Schedule(c.other, schedule)), activity.ErrNotFound},
			"head schedules":               {of(sv.Schedule(c.head, schedule)), nil},
			"again":                        {of(sv.Schedule(c.head, schedule)), activity.ErrShiftExists},
		} {
			if !errors.Is(x.err, x.want) {
				c.t.Errorf("%s: %v", what, x.err)
			}
		}
		c.setSite(site.Suspended)
		if _, err := sv.Draft(c.manager, foreign); !errors.Is(err, site.ErrNotApproved) {
			c.t.Error(err)
		}
		if _, err := sv.Draft(c.other, foreign); !errors.Is(err, site.ErrNotFound) {
			c.t.Error(err)
		}
		c.exec(`UPDATE camps SET closed_on = '2026-07-14' WHERE id = ?`, c.camp)
		if _, err := sv.Draft(c.head, c.listing("가나")); !errors.Is(err, camp.ErrClosed) {
			c.t.Error(err)
		}
	})
}

// of keeps only the error of a use case.
func of[T any](_ T, err error) error { return err }

func TestWhatIsWrongWithAnActivity(t *testing.T) {
	each(t, func(c *city) {
		lat := 91.0
		for want, change := range map[string]func(a *activity.Activity){
			"title":       func(a *activity.Activity) { a.Title = "가" },
			"place":       func(a *activity.Activity) { a.Place = " " },
			"field_code":  func(a *activity.Activity) { a.FieldCode = "9999" },
			"region_code": func(a *activity.Activity) { a.RegionCode = dbtest.City },
			"lon":         func(a *activity.Activity) { a.Lat = &lat },
			"adults":      func(a *activity.Activity) { a.Adults = false },
		} {
			a := c.listing("말벗 봉사")
			change(&a)
			_, err := c.service.Draft(c.head, a)
			if f, ok := fault.From(err); !ok || !errors.Is(err, fault.ErrInvalid) || f.Fields[0].Path != want {
				c.t.Errorf("%s: %v", want, err)
			}
		}
		a := c.listing("구 전체에서")
		a.RegionCode = dbtest.Gu
		if a, err := c.service.Draft(c.head, a); err != nil {
			c.t.Error(err)
		} else if l, err := c.store.Listed(context.Background(), activity.Scope{All: true}, a.ID); err != nil || l.GuName != "동구" || l.DongName != "" {
			c.t.Error(l, err)
		}
	})
}

func TestRecurringShiftsAreMadeOnce(t *testing.T) {
	each(t, func(c *city) {
		a := c.approved(c.listing("말벗 봉사"))
		weekly := activity.Schedule{ActivityID: a.ID, Span: span("07-20 09:00", "07-20 12:00"), Capacity: 5, BreakMinutes: 10,
			Repeat: &activity.Repeat{Rule: "FREQ=WEEKLY;BYDAY=MO,WE", Until: calendar.MustParse("2026-07-29")}}
		if got, err := c.service.Schedule(c.head, weekly); err != nil || len(got.Made) != 4 || len(got.Skipped) != 0 {
			c.t.Fatal(got, err)
		}
		weekly.Repeat.Until = calendar.MustParse("2026-08-05")
		if got, err := c.service.Schedule(c.head, weekly); err != nil || len(got.Made) != 2 || len(got.Skipped) != 4 {
			c.t.Fatal(got, err)
		}
		if got := c.starts(activity.Scope{}, activity.ShiftFilter{Activity: a.ID}); got != "07-20 09:00,07-22 09:00,07-27 09:00,07-29 09:00,08-03 09:00,08-05 09:00," {
			c.t.Error(got)
		}
	})
}

func TestTheSameShiftAtOnceIsMadeOnce(t *testing.T) {
	each(t, func(c *city) {
		a := c.approved(c.listing("말벗 봉사"))
		errs := make([]error, 12)
		var all sync.WaitGroup
		for i := range errs {
			all.Go(func() {
				_, errs[i] = c.service.Schedule(c.head, activity.Schedule{ActivityID: a.ID, Span: span("07-20 09:00", "07-20 12:00"), Capacity: 5})
			})
		}
		all.Wait()
		made := 0
		for _, err := range errs {
			if err == nil {
				made++
			} else if !errors.Is(err, activity.ErrShiftExists) {
				c.t.Error(err)
			}
		}
		if made != 1 {
			c.t.Errorf("made %d times", made)
		}
	})
}

func TestCancellingTakesSignUpsAlong(t *testing.T) {
	each(t, func(c *city) {
		a := c.approved(c.listing("말벗 봉사"))
		shifts := c.schedule(a, span("07-15 09:00", "07-15 12:00"), span("07-20 09:00", "07-20 12:00"), span("07-21 09:00", "07-21 12:00"))
		for _, s := range shifts {
			c.signUp(s)
		}
		live := func(s activity.Shift) int {
			return c.count(`SELECT COUNT(*) FROM sign_ups WHERE shift_id = ? AND state <> 'cancelled'`, s.ID)
		}
		if _, err := c.service.CancelShift(c.head, shifts[0].ID, "비"); !errors.Is(err, activity.ErrShiftStarted) {
			c.t.Fatal(err)
		}
		if _, err := c.service.CancelShift(c.other, shifts[2].ID, "비"); !errors.Is(err, auth.ErrForbidden) {
			c.t.Fatal(err)
		}
		if s, err := c.service.CancelShift(c.head, shifts[2].ID, "비"); err != nil || s.CancelledAt == nil || live(shifts[2]) != 0 || live(shifts[1]) != 2 {
			c.t.Fatal(s, err)
		}
		if _, err := c.service.CancelShift(c.head, shifts[2].ID, "비"); !errors.Is(err, activity.ErrShiftCancelled) {
			c.t.Fatal(err)
		}
		if l, _ := c.store.Listed(context.Background(), activity.Public, a.ID); l.LastDay.String() != "2026-07-20" {
			c.t.Error(l.LastDay)
		}
		again := c.schedule(a, span("07-21 09:00", "07-21 12:00")) // called off, then on again
		if len(again) != 1 {
			c.t.Error("a cancelled shift stands in the way")
		}
		ended, err := c.service.Cancel(c.head, a.ID, "기관 사정")
		if err != nil || ended.State != activity.Ended || ended.LastDay.String() != "2026-07-15" {
			c.t.Fatalf("one that has begun ends: %+v %v", ended, err)
		}
		if live(shifts[0]) != 2 || live(shifts[1]) != 0 {
			c.t.Error(live(shifts[0]), live(shifts[1]))
		}
		if got := c.starts(activity.Scope{Organiser: c.camp}, activity.ShiftFilter{}); got != "07-15 09:00," {
			c.t.Error("late entries need it: ", got)
		}
		if n := c.count(`SELECT COUNT(*) FROM shifts WHERE confirmed <> (SELECT COUNT(*) FROM sign_ups u WHERE u.shift_id = shifts.id
			AND u.state IN ('confirmed', 'attended', 'no_show'))`); n != 0 {
			c.t.Error(n, "shifts count wrongly")
		}
		never := c.approved(c.listing("열리지 않은 것"))
		c.schedule(never, span("07-20 09:00", "07-20 12:00"))
		if a, err := c.service.Cancel(c.head, never.ID, "기관 사정"); err != nil || a.State != activity.Cancelled || !a.FirstDay.IsZero() {
			c.t.Fatalf("%+v %v", a, err)
		}
		if _, err := c.service.Schedule(c.head, activity.Schedule{ActivityID: never.ID, Span: span("07-20 09:00", "07-20 12:00"), Capacity: 5}); !errors.Is(err, activity.ErrState) {
			c.t.Error(err)
		}
	})
}

func TestListsFindWhatIsMeant(t *testing.T) {
	each(t, func(c *city) {
		first := c.approved(c.listing("어르신말벗봉사"))
		c.schedule(first, span("07-20 09:00", "07-20 12:00"))
		second := c.listing("무등산 환경 정화 100%")
		second.FieldCode, second.RegionCode = "0801", dbtest.OtherDong
		second = c.approved(second)
		c.schedule(second, span("07-31 22:00", "08-01 06:00"))
		third := c.listing("복지관 급식_지원")
		third.OrganiserType, third.OrganiserID, third.FieldCode = activity.ByDemandSite, c.site, "0104"
		third = c.approved(third)
		if _, err := c.service.Draft(c.head, c.listing("초안 말벗")); err != nil {
			c.t.Fatal(err)
		}
		days := func(from, to string) activity.Filter {
			f := activity.Filter{}
			if from != "" {
				f.From = calendar.MustParse(from)
			}
			if to != "" {
				f.To = calendar.MustParse(to)
			}
			return f
		}
		all := "복지관 급식_지원,무등산 환경 정화 100%,어르신말벗봉사,"
		for name, x := range map[string]struct {
			f    activity.Filter
			want string
		}{
			"all, newest first":       {activity.Filter{}, all},
			"inside a compound":       {activity.Filter{Word: "말벗"}, "어르신말벗봉사,"},
			"spelled with spaces":     {activity.Filter{Word: "말벗 봉사"}, "어르신말벗봉사,"},
			"spelled without":         {activity.Filter{Word: "환경정화"}, "무등산 환경 정화 100%,"},
			"words in any order":      {activity.Filter{Word: "정화 무등산"}, "무등산 환경 정화 100%,"},
			"both words":              {activity.Filter{Word: "정화 말벗"}, ""},
			"a wildcard is a letter":  {activity.Filter{Word: "%"}, "무등산 환경 정화 100%,"},
			"so is an underline":      {activity.Filter{Word: "_"}, "복지관 급식_지원,"},
			"nothing but a backslash": {activity.Filter{Word: `\`}, ""},
			"field":                   {activity.Filter{Field: "0801"}, "무등산 환경 정화 100%,"},
			"group of fields":         {activity.Filter{Field: "0300"}, "어르신말벗봉사,"},
			"dong":                    {activity.Filter{Region: dbtest.OtherDong}, "무등산 환경 정화 100%,"},
			"gu":                      {activity.Filter{Region: dbtest.Gu}, all},
			"elsewhere":               {activity.Filter{Region: dbtest.Elsewhere}, ""},
			"organiser":               {activity.Filter{Organiser: c.site}, "복지관 급식_지원,"},
			"on the day":              {days("2026-07-20", "2026-07-20"), "어르신말벗봉사,"},
			"between":                 {days("2026-07-21", "2026-07-30"), ""},
			"on the evening":          {days("2026-07-31", "2026-07-31"), "무등산 환경 정화 100%,"},
			"on the morning after":    {days("2026-08-01", "2026-08-01"), "무등산 환경 정화 100%,"},
			"from":                    {days("2026-07-21", ""), "무등산 환경 정화 100%,"},
			"to":                      {days("", "2026-07-20"), "어르신말벗봉사,"},
			"drafts are not public":   {activity.Filter{State: activity.Draft}, ""},
		} {
			if got := c.titles(activity.Public, x.f); got != x.want {
				c.t.Errorf("%s: %s", name, got)
			}
		}
		if got := c.titles(activity.Scope{Organiser: c.camp}, activity.Filter{State: activity.Draft}); got != "초안 말벗," {
			c.t.Error(got)
		}
		c.setSite(site.Suspended)
		if got := c.titles(activity.Public, activity.Filter{Organiser: c.site}); got != "" {
			c.t.Error("a suspended site still lists: ", got)
		}
		if _, err := c.store.Listed(context.Background(), activity.Public, third.ID); !errors.Is(err, activity.ErrNotFound) {
			c.t.Error(err)
		}
	})
}

func TestShiftsByDays(t *testing.T) {
	each(t, func(c *city) {
		a := c.approved(c.listing("말벗 봉사"))
		c.schedule(a, span("07-20 00:00", "07-20 03:00"), span("07-20 22:00", "07-21 02:00"), span("07-21 09:00", "07-21 12:00"), span("07-22 00:00", "07-22 01:00"))
		draft, err := c.service.Draft(c.head, c.listing("초안"))
		if err != nil {
			c.t.Fatal(err)
		}
		c.schedule(draft, span("07-21 13:00", "07-21 14:00"))
		on := func(from, to string) activity.ShiftFilter {
			return activity.ShiftFilter{From: calendar.MustParse(from), To: calendar.MustParse(to)}
		}
		for want, f := range map[string]activity.ShiftFilter{
			"07-20 00:00,07-20 22:00,":             on("2026-07-20", "2026-07-20"),
			"07-20 22:00,07-21 09:00,":             on("2026-07-21", "2026-07-21"),
			"07-20 22:00,07-21 09:00,07-22 00:00,": on("2026-07-21", "2026-07-22"),
			"":                                     on("2026-07-23", "2026-07-30"),
			"07-20 00:00,07-20 22:00,07-21 09:00,07-22 00:00,": {},
			"07-21 13:00,": {Activity: draft.ID},
		} {
			if got := c.starts(activity.Scope{Organiser: c.camp}, f); got != want {
				c.t.Errorf("%s instead of %s", got, want)
			}
		}
		for who, want := range map[context.Context]error{c.head: nil, c.officer: nil, c.manager: auth.ErrForbidden, c.other: auth.ErrForbidden} {
			if _, err := c.service.ShiftsOfOrganiser(who, activity.ByCamp, c.camp, activity.ShiftFilter{}, page.Request{Limit: 5}); !errors.Is(err, want) {
				c.t.Error(err)
			}
			if _, err := c.service.OfOrganiser(who, activity.ByCamp, c.camp, activity.Filter{}, page.Request{Limit: 5}); !errors.Is(err, want) {
				c.t.Error(err)
			}
		}
		if _, err := c.service.OfOrganiser(c.officer, activity.ByDemandSite, id.New(), activity.Filter{}, page.Request{Limit: 5}); !errors.Is(err, site.ErrNotFound) {
			c.t.Error(err)
		}
		if _, err := c.service.Submit(c.head, draft.ID); err != nil {
			c.t.Fatal(err)
		}
		if got, err := c.service.Submissions(c.officer, activity.Filter{}, page.Request{Limit: 5}); err != nil || len(got.Items) != 1 || got.Items[0].ID != draft.ID {
			c.t.Error(got, err)
		}
		if _, err := c.service.Submissions(c.head, activity.Filter{}, page.Request{Limit: 5}); !errors.Is(err, auth.ErrForbidden) {
			c.t.Error(err)
		}
	})
}

func TestFieldsAreThere(t *testing.T) {
	each(t, func(c *city) {
		fields, err := c.store.Fields(context.Background())
		if err != nil || len(fields) < 70 || fmt.Sprint(fields[0]) != "{0101 활동보조 0100 생활편의지원}" {
			c.t.Fatal(fields, err)
		}
	})
}
