package attendance_test

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"sync"
	"testing"
	"time"

	"dure/domain/anomaly"
	"dure/domain/attendance"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/duty"
	"dure/domain/kernel/id"
	"dure/domain/kernel/page"
	"dure/domain/ledger"
	"dure/repository"
	store "dure/repository/attendance"
	"dure/repository/dbtest"
	ledgerstore "dure/repository/ledger"
)

func TestABatchIsRecordedVerifiedAndCounts(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		c := newCity(t, db)
		v := c.person()
		shift := c.shift(c.camp, "07-14 13:00", "07-14 17:00", 30)
		a := c.recorded(c.head, c.camp, item(v, shift, "07-14 12:50", "07-14 17:10"))
		c.wantHours(v, 0, 260)
		if got := c.verify(c.head, c.camp, a)[0]; got.Status != attendance.WasRefused || !errors.Is(got.Err, duty.ErrConflict) {
			t.Fatalf("%+v", got)
		}
		if got := c.verify(c.keeper, c.camp, a)[0]; got.Status != attendance.WasVerified || got.State != attendance.Verified {
			t.Fatalf("%+v", got)
		}
		if got := c.verify(c.keeper, c.camp, a)[0]; got.Status != attendance.AlreadyVerified {
			t.Fatalf("%+v", got)
		}
		c.wantHours(v, 210, 0)
		entries, err := ledgerstore.NewStore(db).Entries(context.Background(), v.id, time.Time{}, page.Request{Limit: 10})
		if err != nil || len(entries.Items) != 1 {
			t.Fatal(entries, err)
		}
		e := entries.Items[0]
		want := []ledger.Reduction{{Rule: "outside_shift", Minutes: 20}, {Rule: "break", Minutes: 30}}
		if e.Minutes != 210 || e.WorkedMinutes != 260 || !slices.Equal(e.Reductions, want) || e.ActivityTitle != "급식 봉사" || e.Kind != ledger.Recognition {
			t.Fatalf("%+v", e)
		}
		mine, err := store.NewStore(db).OfVolunteer(context.Background(), v.id, page.Request{Limit: 10})
		if err != nil || len(mine.Items) != 1 || mine.Items[0].RecognisedMinutes != 210 || mine.Items[0].State != attendance.Verified || !mine.Items[0].WalkIn {
			t.Fatalf("%+v %v", mine, err)
		}
	})
}

func TestWhatMakesAnItemBadRollsNothingBack(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		c := newCity(t, db)
		v, minor := c.person(), c.person()
		c.exec(`UPDATE volunteers SET status = 'pending_guardian' WHERE id = ?`, minor.id)
		shift, foreign := c.shift(c.camp, "07-14 13:00", "07-14 17:00", 0), c.shift(c.site, "07-14 13:00", "07-14 17:00", 0)
		draft := c.shift(c.camp, "07-14 13:00", "07-14 17:00", 0)
		c.exec(`UPDATE activities SET state = 'submitted' WHERE id = (SELECT activity_id FROM shifts WHERE id = ?)`, draft)
		good := item(v, shift, "07-14 13:00", "07-14 17:00")
		qr := item(v, shift, "07-14 13:00", "07-14 17:00")
		qr.Evidence = attendance.QR
		nobody := item(person{id: id.New()}, shift, "07-14 13:00", "07-14 17:00")
		reused := item(v, shift, "07-14 13:00", "07-14 16:00")
		reused.ClientID = good.ClientID
		results := c.record(c.head, c.camp, qr, nobody, good, reused, item(minor, shift, "07-14 13:00", "07-14 17:00"),
			item(v, foreign, "07-14 13:00", "07-14 17:00"), item(v, draft, "07-14 13:00", "07-14 17:00"),
			item(v, shift, "07-14 17:00", "07-14 13:00"), item(v, shift, "07-15 13:00", "07-15 17:00"),
			item(v, shift, "07-13 13:00", "07-13 17:00"), good)
		want := []error{attendance.ErrEvidence, attendance.ErrVolunteerUnknown, nil, attendance.ErrClientIDReused, attendance.ErrGuardianPending,
			attendance.ErrShiftUnknown, attendance.ErrNotApproved, attendance.ErrEndBeforeStart, attendance.ErrInFuture, attendance.ErrOutsideShift, nil}
		for i, r := range results {
			if !errors.Is(r.Err, want[i]) {
				t.Errorf("item %d: %v, want %v", i, r.Err, want[i])
			}
		}
		if results[2].Status != attendance.Recorded || results[10].Status != attendance.Duplicate || results[10].Attendance.ID != results[2].Attendance.ID {
			t.Errorf("%+v %+v", results[2], results[10])
		}
		c.wantHours(v, 0, 240)
	})
}

func TestTheSamePresenceFromTwentyTabletsIsKeptOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		c := newCity(t, db)
		shift := c.shift(c.camp, "07-14 13:00", "07-14 17:00", 0)
		people := []person{c.person(), c.person(), c.person(), c.person(), c.person()}
		var wg sync.WaitGroup
		statuses := make(chan attendance.Status, 200)
		for tablet := range 20 {
			var items []attendance.Item
			for _, p := range people {
				i := item(p, shift, "07-14 13:00", "07-14 17:00")
				if tablet%2 == 0 {
					i.ClientID = "same-" + p.number // replays of one tablet
				}
				items = append(items, i)
			}
			if tablet%3 == 0 {
				slices.Reverse(items)
			}
			wg.Go(func() {
				results, err := c.service.Record(c.head.ctx, attendance.Record{Organiser: c.camp, Items: items})
				if err != nil {
					t.Error(err)
				}
				for _, r := range results {
					statuses <- r.Status
				}
			})
		}
		wg.Wait()
		close(statuses)
		count := map[attendance.Status]int{}
		for s := range statuses {
			count[s]++
		}
		if count[attendance.Recorded] != 5 || count[attendance.Duplicate] != 95 {
			t.Fatal(count)
		}
		for _, p := range people {
			c.wantHours(p, 0, 240)
		}
	})
}

// Camp A 13:00-17:00 and site B 15:00-18:00 are verified at once, in either order: 300 minutes, the later one names the
// overlap; C back to back makes 360; A reversed leaves 240, what B had lost given back by a new entry.
func TestOverlappingPresencesAreCountedOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		c := newCity(t, db)
		v := c.person()
		a := c.recorded(c.head, c.camp, item(v, c.shift(c.camp, "07-14 13:00", "07-14 17:00", 0), "07-14 13:00", "07-14 17:00"))
		b := c.recorded(c.manager, c.site, item(v, c.shift(c.site, "07-14 15:00", "07-14 18:00", 0), "07-14 15:00", "07-14 18:00"))
		var wg sync.WaitGroup
		wg.Go(func() { c.verify(c.keeper, c.camp, a) })
		wg.Go(func() { c.verify(c.officer, c.site, b) })
		wg.Wait()
		c.wantHours(v, 300, 0)
		last := c.recorded(c.head, c.camp, item(v, c.shift(c.camp, "07-14 18:00", "07-14 19:00", 0), "07-14 18:00", "07-14 19:00"))
		c.verify(c.keeper, c.camp, last)
		c.wantHours(v, 360, 0)

		change, err := c.service.Reverse(c.head.ctx, a, "다른 사람이었음")
		if err != nil {
			t.Fatal(err)
		}
		c.wantHours(v, 360, 0)
		if _, err := c.service.DecideChange(c.head.ctx, a, change.ID, true, ""); !errors.Is(err, duty.ErrConflict) {
			t.Fatal(err)
		}
		if _, err := c.service.DecideChange(c.keeper.ctx, a, change.ID, true, ""); err != nil {
			t.Fatal(err)
		}
		c.wantHours(v, 240, 0)
		entries, err := ledgerstore.NewStore(db).Entries(context.Background(), v.id, time.Time{}, page.Request{Limit: 10})
		if err != nil {
			t.Fatal(err)
		}
		kinds, overlap := map[ledger.Kind]int{}, false
		for _, e := range entries.Items {
			kinds[e.Kind] += e.Minutes
			overlap = overlap || e.AttendanceID == b && len(e.Reductions) == 1 && e.Reductions[0] == ledger.Reduction{Rule: "overlap", Minutes: 120}
		}
		if kinds[ledger.Reversal] != -240 || !overlap || kinds[ledger.Recognition]+kinds[ledger.Adjustment] != 480 {
			t.Fatalf("%+v", entries.Items)
		}
		h, err := ledgerstore.NewStore(db).Hours(context.Background(), v.id, 2026)
		if err != nil || h.ReversedMinutes != 240 || h.ThisYearMinutes != 240 || h.ByField[0].Minutes != 240 || h.ByField[0].FieldName != "급식지원" {
			t.Fatalf("%+v %v", h, err)
		}
	})
}

// Those who ask at the same time share statements, and nothing else.
func TestManyReadTheirHoursAtOnceAndEachHisOwn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		c := newCity(t, db)
		reader := ledgerstore.NewStore(db)
		shift := c.shift(c.camp, "07-14 09:00", "07-14 18:00", 0)
		var people []person
		var want []ledger.Hours
		for _, will := range []struct {
			until               string
			recognised, pending int
		}{{"07-14 10:00", 60, 0}, {"07-14 11:00", 0, 120}, {"07-14 12:00", 180, 0}, {"07-14 13:00", 0, 240}, {"07-14 14:00", 300, 0}, {"", 0, 0}} {
			p := c.person()
			if will.until != "" {
				a := c.recorded(c.head, c.camp, item(p, shift, "07-14 09:00", will.until))
				if will.recognised > 0 {
					c.verify(c.keeper, c.camp, a)
				}
			}
			h, err := reader.Hours(t.Context(), p.id, 2026)
			if err != nil || h.RecognisedMinutes != will.recognised || h.ThisYearMinutes != will.recognised || h.PendingMinutes != will.pending || h.ByYear == nil || h.ByField == nil {
				t.Fatalf("until %s: %+v, %v", will.until, h, err)
			}
			people, want = append(people, p), append(want, h)
		}
		var wg sync.WaitGroup
		for range 4 {
			for n, p := range people {
				wg.Go(func() {
					for range 20 {
						if h, err := reader.Hours(t.Context(), p.id, 2026); err != nil || !reflect.DeepEqual(h, want[n]) {
							t.Errorf("%d was told %+v, %v", n, h, err)
						}
					}
				})
			}
		}
		wg.Wait()
	})
}

func TestCorrectionsPostTheDifferenceWhenAnotherAgrees(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		c := newCity(t, db)
		v := c.person()
		a := c.recorded(c.head, c.camp, item(v, c.shift(c.camp, "07-14 13:00", "07-14 17:00", 0), "07-14 13:00", "07-14 16:00"))
		c.verify(c.keeper, c.camp, a)
		if _, err := c.service.Correct(v.ctx, a, at("07-14 13:00").UTC(), at("07-14 16:30").UTC(), "늦게까지 있었음", nil); err != nil {
			t.Fatal(err)
		}
		if _, err := c.service.Correct(c.head.ctx, a, at("07-14 13:00").UTC(), at("07-14 17:00").UTC(), "아님", nil); !errors.Is(err, attendance.ErrChangeOpen) {
			t.Fatal(err)
		}
		c.wantHours(v, 180, 0)
		done, err := c.service.Correct(c.head.ctx, a, at("07-14 13:00").UTC(), at("07-14 16:30").UTC(), "확인함", nil)
		if err != nil || done.State != attendance.Applied {
			t.Fatal(done, err)
		}
		c.wantHours(v, 210, 0)
		stranger := c.person()
		if _, err := c.service.Correct(stranger.ctx, a, at("07-14 13:00").UTC(), at("07-14 16:30").UTC(), "?", nil); !errors.Is(err, attendance.ErrNotFound) {
			t.Fatal(err)
		}
	})
}

func TestNobodyVerifiesHisOwnOrHisWards(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		c := newCity(t, db)
		ward := c.person()
		c.exec(`INSERT INTO guardians (id, volunteer_id, name, mobile, relation, guardian_volunteer_id, declared_at) VALUES (?, ?, '홍', '01000000000', '부', ?, ?)`,
			id.New(), ward.id, c.keeper.id, c.now)
		shift := c.shift(c.camp, "07-14 13:00", "07-14 17:00", 0)
		own := c.recorded(c.head, c.camp, item(c.keeper, shift, "07-14 13:00", "07-14 17:00"))
		wards := c.recorded(c.head, c.camp, item(ward, shift, "07-14 13:00", "07-14 17:00"))
		got := c.verify(c.keeper, c.camp, own, wards, id.New())
		for i, want := range []error{duty.ErrConflict, duty.ErrConflict, attendance.ErrNotFound} {
			if !errors.Is(got[i].Err, want) {
				t.Errorf("%d: %v", i, got[i].Err)
			}
		}
		if _, err := c.service.Verify(c.manager.ctx, c.camp, []id.ID{own}); !errors.Is(err, auth.ErrForbidden) {
			t.Error(err)
		}
		if _, err := c.service.Verify(c.officer.ctx, attendance.Organiser{Type: "camp", ID: id.New()}, []id.ID{own}); !errors.Is(err, attendance.ErrOrganiser) {
			t.Error(err)
		}
	})
}

func TestThePhoneChecksInAndOutByTheChangingCode(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		c := newCity(t, db)
		v := c.person()
		shift := c.shift(c.camp, "07-15 10:30", "07-15 12:00", 0)
		code := func() string {
			got, err := c.service.CheckInCode(c.head.ctx, shift)
			if err != nil {
				t.Fatal(err)
			}
			return got.Digits
		}
		if _, err := c.service.CheckInCode(v.ctx, shift); !errors.Is(err, auth.ErrForbidden) {
			t.Fatal(err)
		}
		old := code()
		c.now = at("07-15 10:31")
		if _, err := c.service.CheckIn(v.ctx, shift, old); !errors.Is(err, attendance.ErrCode) {
			t.Fatal(err)
		}
		in, err := c.service.CheckIn(v.ctx, shift, code())
		if err != nil || in.State != attendance.Open || in.Evidence != attendance.QR {
			t.Fatal(in, err)
		}
		again, err := c.service.CheckIn(v.ctx, shift, code())
		if err != nil || again.ID != in.ID {
			t.Fatal(again, err)
		}
		c.now = at("07-15 11:31")
		out, err := c.service.CheckOut(v.ctx, shift, code())
		if err != nil || out.State != attendance.Verified || out.RecognisedMinutes != 60 {
			t.Fatal(out, err)
		}
		if again, err := c.service.CheckOut(v.ctx, shift, code()); err != nil || again.ID != in.ID || again.RecognisedMinutes != 60 {
			t.Fatal(again, err)
		}
		c.wantHours(v, 60, 0)
		if _, err := c.service.CheckIn(c.keeper.ctx, shift, code()); err != nil {
			t.Fatal(err)
		}
		c.now = at("07-15 11:50")
		self, err := c.service.CheckOut(c.keeper.ctx, shift, code())
		if err != nil || self.State != attendance.Pending || self.Evidence != attendance.Self {
			t.Fatal("who may read the code verified himself: ", self, err)
		}
	})
}

// A shift 22:00-01:00 over New Year's Eve, check-out forgotten, 420 minutes already recognised that day: nothing is
// credited before a person confirms; then 60 (20 capped) and 60, 140 worked minutes still visible.
func TestAForgottenCheckOutWaitsForAPerson(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		c := newCity(t, db)
		v := c.person()
		c.now = at("2026-12-31 22:40")
		day := c.recorded(c.head, c.camp, item(v, c.shift(c.camp, "2026-12-31 09:00", "2026-12-31 16:00", 0), "2026-12-31 09:00", "2026-12-31 16:00"))
		c.verify(c.keeper, c.camp, day)
		shift := c.shift(c.camp, "2026-12-31 22:00", "2027-01-01 01:00", 0)
		code, err := c.service.CheckInCode(c.head.ctx, shift)
		if err != nil {
			t.Fatal(err)
		}
		a, err := c.service.CheckIn(v.ctx, shift, code.Digits)
		if err != nil {
			t.Fatal(err)
		}
		for _, now := range []string{"2027-01-01 01:30", "2027-01-01 02:00", "2027-01-02 02:00"} {
			c.now = at(now)
			if n, err := c.service.CloseForgotten(context.Background()); err != nil || (n == 1) != (now == "2027-01-01 02:00") {
				t.Fatal(now, n, err)
			}
		}
		c.wantHours(v, 420, 140)
		c.verify(c.head, c.camp, a.ID)
		h, err := ledgerstore.NewStore(db).Hours(context.Background(), v.id, 2027)
		if err != nil || h.RecognisedMinutes != 540 || h.ThisYearMinutes != 60 || h.ByYear[0].Minutes != 480 {
			t.Fatalf("%+v %v", h, err)
		}
	})
}

func TestTheSchemaKeepsWhatWasTold(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		c := newCity(t, db)
		v := c.person()
		a := c.recorded(c.head, c.camp, item(v, c.shift(c.camp, "07-14 13:00", "07-14 17:00", 0), "07-14 13:00", "07-14 17:00"))
		c.verify(c.keeper, c.camp, a)
		for _, query := range []string{`UPDATE attendances SET checked_in_at = counted_out_at`, `DELETE FROM attendances`,
			`UPDATE ledger_entries SET visits = 0`, `DELETE FROM ledger_entries`, `UPDATE ledger_postings SET amount = 1`,
			`DELETE FROM ledger_postings`, `UPDATE audit_events SET reason = 'x'`, `DELETE FROM audit_events`} {
			if err := db.Update(context.Background(), func(_ context.Context, tx *repository.Tx) error { return tx.Exec(query).Error }); err == nil {
				t.Error(query, "went through")
			}
		}
	})
}

// Where somebody was or will be within two days is looked at, whichever of the two was told first.
func TestWhereElseSomebodyWasIsLookedForBeforeAndAfter(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		c := newCity(t, db)
		dbtest.Trust(t, db)
		c.exec(`INSERT INTO anomaly_rules (id, kind, threshold, second_threshold, active, effective_from, version, reference)
			VALUES (?, 'too_far', 1, 0, ?, '2000-01-01', 2000, 'walking, slowly')`, id.New(), true)
		type span [2]string
		here, soon, late := span{"07-10 10:00", "07-10 12:00"}, span{"07-12 09:00", "07-12 10:00"}, span{"07-12 13:00", "07-12 14:00"}
		for _, tell := range []struct {
			first, then span
			held        bool
		}{
			{here, soon, true}, {soon, here, true}, {here, late, false}, {late, here, false},
			{span{"07-09 11:00", "07-10 11:00"}, span{"07-11 10:00", "07-11 12:00"}, true}, {span{"07-11 10:00", "07-11 12:00"}, span{"07-09 11:00", "07-10 11:00"}, true},
		} {
			p, elsewhere, shift := c.person(), c.shift(c.camp, tell.first[0], tell.first[1], 0), c.shift(c.camp, tell.then[0], tell.then[1], 0)
			c.exec(`UPDATE activities SET lat = 36, lon = 126 WHERE id = (SELECT activity_id FROM shifts WHERE id = ?)`, elsewhere)
			c.recorded(c.keeper, c.camp, item(p, elsewhere, tell.first[0], tell.first[1]))
			r := c.record(c.keeper, c.camp, item(p, shift, tell.then[0], tell.then[1]))[0]
			if held := slices.Equal(r.Hold.Reasons, []anomaly.Kind{anomaly.TooFar}); held != tell.held {
				t.Errorf("%v, then %v: held %t for %v, want %t", tell.first, tell.then, held, r.Hold.Reasons, tell.held)
			}
		}
	})
}
