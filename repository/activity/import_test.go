package activity_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"dure/domain/activity"
	"dure/domain/kernel/calendar"
	"dure/domain/site"
)

func portalListing(id, title string) activity.Listing {
	return activity.Listing{OriginID: id, Title: title, Content: "내용", Field: "상담 > 말벗.상담", Organiser: "동구 노인복지관", Place: "충장로 1", Gu: "동구",
		Begin: calendar.MustParse("2026-07-13"), End: calendar.MustParse("2026-07-26"), From: 540, To: 720,
		Weekdays: [7]bool{true, false, true}, Places: 5, Adults: true} // Mondays and Wednesdays: 13, 15, 20, 22
}

func (c *city) imports(listings ...activity.Listing) string {
	c.t.Helper()
	done, err := c.service.Import(context.Background(), listings)
	if err != nil {
		c.t.Fatal(err)
	}
	return fmt.Sprintf("%d created %d updated %d unchanged, skipped %v", done.Created, done.Updated, done.Unchanged, done.Skipped)
}

func (c *city) wantImport(want string, listings ...activity.Listing) {
	c.t.Helper()
	if got := c.imports(listings...); got != want {
		c.t.Errorf("%s instead of %s", got, want)
	}
}

func (c *city) imported(number string) activity.Activity {
	c.t.Helper()
	var a activity.Activity
	if err := c.store.Update(context.Background(), func(ctx context.Context, tx activity.Tx) (err error) {
		a, _, err = tx.Activities().Origin(ctx, "1365", number)
		return err
	}); err != nil {
		c.t.Fatal(err)
	}
	return a
}

func TestImportingTwiceChangesNothing(t *testing.T) {
	each(t, func(c *city) {
		var listings []activity.Listing
		for i := range 60 { // more than one transaction
			listings = append(listings, portalListing(fmt.Sprint(i), fmt.Sprint("일감 ", i)))
		}
		elsewhere := portalListing("99", "서구의 일감")
		elsewhere.Gu = "서구"
		untitled := portalListing("98", "")
		c.wantImport("60 created 0 updated 0 unchanged, skipped [{98 title} {99 region_code}]", append(listings, untitled, elsewhere)...)
		counts := func() string {
			return fmt.Sprint(c.count(`SELECT COUNT(*) FROM activities`), c.count(`SELECT SUM(version) FROM activities`), c.count(`SELECT COUNT(*) FROM shifts`),
				c.count(`SELECT COUNT(*) FROM demand_sites`))
		}
		before := counts()
		if before != "60 60 240 2" {
			c.t.Error(before)
		}
		c.now = c.now.AddDate(0, 0, 3)
		c.wantImport("0 created 0 updated 60 unchanged, skipped []", listings...)
		if after := counts(); after != before {
			c.t.Error(after)
		}
		a := c.imported("0")
		if a.State != activity.Approved || a.FieldCode != "0301" || a.RegionCode != "1221000000" || a.FirstDay.String() != "2026-07-13" ||
			a.LastDay.String() != "2026-07-22" || a.CreatedBy != [16]byte{} {
			c.t.Errorf("%+v", a)
		}
		if got := c.starts(activity.Scope{}, activity.ShiftFilter{Activity: a.ID}); got != "07-13 09:00,07-15 09:00,07-20 09:00,07-22 09:00," {
			c.t.Error(got)
		}
		if got := c.titles(activity.Public, activity.Filter{Word: "일감 59"}); got != "일감 59," {
			c.t.Error(got)
		}
	})
}

func TestAChangedListingIsFollowed(t *testing.T) {
	each(t, func(c *city) {
		l := portalListing("1", "어르신 말벗")
		c.imports(l)
		a := c.imported("1")
		for _, s := range []string{"2026-07-20", "2026-07-22"} {
			d := calendar.MustParse(s)
			got, err := c.store.Shifts(context.Background(), activity.Public, activity.ShiftFilter{Activity: a.ID, From: d, To: d}, pageOf(9))
			if err != nil || len(got.Items) != 1 {
				t.Fatal(got, err)
			}
			c.signUp(got.Items[0].Shift)
		}
		l.Title, l.Content, l.Begin, l.End = "어르신 말벗과 산책", "새 내용", calendar.MustParse("2026-07-20"), calendar.MustParse("2026-07-27")
		l.Weekdays[2] = false // Mondays: 20, 27
		c.wantImport("0 created 1 updated 0 unchanged, skipped []", l)
		c.wantImport("0 created 0 updated 1 unchanged, skipped []", l)
		after := c.imported("1")
		if after.ID != a.ID || after.Title != l.Title || after.Description != "새 내용" || after.LastDay.String() != "2026-07-27" || after.Version != 2 {
			c.t.Errorf("%+v", after)
		}
		// Today is the 15th: what has begun stays, the 22nd is off, the 27th is new.
		if got := c.starts(activity.Scope{}, activity.ShiftFilter{Activity: a.ID}); got != "07-13 09:00,07-15 09:00,07-20 09:00,07-27 09:00," {
			c.t.Error(got)
		}
		if n := c.count(`SELECT COUNT(*) FROM sign_ups WHERE state = 'cancelled'`); n != 2 {
			c.t.Error(n, "sign-ups cancelled with their shift")
		}
		l.Weekdays[2] = true // the 22nd again: it was called off, so it is not made anew
		c.wantImport("0 created 1 updated 0 unchanged, skipped []", l)
		if got := c.starts(activity.Scope{}, activity.ShiftFilter{Activity: a.ID}); strings.Contains(got, "07-22") {
			c.t.Error(got)
		}
	})
}

func TestWhatWasChangedHereStays(t *testing.T) {
	each(t, func(c *city) {
		edited, scheduled, cancelled := portalListing("1", "고친 것"), portalListing("2", "회차를 더한 것"), portalListing("3", "취소한 것")
		c.imports(edited, scheduled, cancelled)
		title := "여기서 고친 이름"
		if _, err := c.service.Edit(c.officer, activity.Edit{ActivityID: c.imported("1").ID, Title: &title}); err != nil {
			c.t.Fatal(err)
		}
		c.schedule(c.imported("2"), span("08-01 09:00", "08-01 12:00"))
		if _, err := c.service.Cancel(c.officer, c.imported("3").ID, "기관 사정"); err != nil {
			c.t.Fatal(err)
		}
		for _, l := range []*activity.Listing{&edited, &scheduled, &cancelled} {
			l.Title += " (변경)"
		}
		c.wantImport("0 created 0 updated 3 unchanged, skipped []", edited, scheduled, cancelled)
		if got := c.imported("1").Title; got != title {
			c.t.Error(got)
		}
	})
}

func TestImportedOrganisersAreFoundAgain(t *testing.T) {
	each(t, func(c *city) {
		other := portalListing("2", "둘째")
		other.Organiser = "동구  노인복지관 "
		c.imports(portalListing("1", "첫째"), other)
		if a, b := c.imported("1").OrganiserID, c.imported("2").OrganiserID; a != b {
			c.t.Error("one organisation became two")
		}
		if o, err := c.store.Organiser(context.Background(), activity.ByDemandSite, c.imported("1").OrganiserID); err != nil ||
			o.Name != "동구 노인복지관" || o.SiteState != site.Approved {
			c.t.Error(o, err)
		}
	})
}
