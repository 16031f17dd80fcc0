package proof_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"dure/domain/award"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/proof"
	"dure/repository"
	awardstore "dure/repository/award"
	"dure/repository/dbtest"
	store "dure/repository/proof"
)

func (c *city) awards() *award.Service {
	kept := awardstore.NewStore(c.db)
	return award.NewService(kept, kept, c.clock())
}

// anOfficer is one more officer of the centre.
func (c *city) anOfficer() person {
	c.t.Helper()
	p := c.person()
	c.exec(`INSERT INTO role_grants (id, account_id, role, scope_type, scope_id, starts_at, reason) VALUES (?, ?, 'centre_officer', 'city', ?, ?, '')`,
		id.New(), p.account, id.Nil, c.now.AddDate(-1, 0, 0))
	return p
}

// honoured has somebody earn badges for 15 and for 16 hours, and has v nominated, supported by five, and awarded by two.
func (c *lived) honoured() {
	c.t.Helper()
	before, service, today := c.now, c.awards(), calendar.Of(c.now, seoul)
	must := func(err error) {
		c.t.Helper()
		if err != nil {
			c.t.Fatal(err)
		}
	}
	_, err := service.SetScale(c.officer.ctx, award.Scale{Code: "vms", NameKo: "인증", NameEn: "badges", EffectiveFrom: today, Owner: "welfare", Reference: "지침",
		Thresholds: []award.Threshold{{Code: "h15", Minutes: 900, NameKo: "15시간", NameEn: "15 hours"}, {Code: "h16", Minutes: 960, NameKo: "16시간", NameEn: "16 hours"}}})
	must(err)
	p := c.person()
	c.badged, c.badge = p.id, c.verified(p, "08 10:00", "08 18:00")
	c.verified(p, "07 10:00", "07 18:00")
	reviewed, err := service.ReviewAll(context.Background())
	if must(err); reviewed.Issued != 2 {
		c.t.Fatalf("%+v", reviewed)
	}
	item := []award.Item{{Code: "one", NameKo: "가", NameEn: "a"}}
	round, err := service.OpenRound(c.officer.ctx, award.Round{Name: "자원봉사대상", Year: 2026, OpensOn: today, ClosesOn: today, VerifiedFrom: today.Add(1),
		VerifiedTo: today.Add(1), Reference: "공고", Categories: item, Grades: item, Questions: item})
	must(err)
	const number = "4821-9375"
	c.exec(`UPDATE volunteers SET number = ? WHERE id = ?`, number, c.v.id)
	n, err := service.Nominate(c.person().ctx, round.ID, award.Nominating{CategoryCode: "one", Number: number, Name: "홍길동", Achievements: "열심히"})
	must(err)
	for range award.Supporters {
		_, err := service.Support(c.person().ctx, n.ID)
		must(err)
	}
	_, err = service.Consent(c.v.ctx, n.ID, true, true)
	must(err)
	_, err = service.Find(c.officer.ctx, n.ID, award.Answer{QuestionCode: "one", Passed: true, CheckedOn: today})
	must(err)
	_, err = service.Propose(c.officer.ctx, n.ID, award.Proposal{Outcome: award.Awarded, GradeCode: "one", Reason: "뚜렷함"})
	must(err)
	c.now = at("17 10:00")
	_, err = service.Decide(c.anOfficer().ctx, n.ID, award.Confirmed, "의결")
	must(err)
	c.now, c.nomination = before, n.ID
}

// reviewed looks again, when all that was posted is old enough to have been seen.
func (c *lived) reviewed() {
	c.t.Helper()
	before := c.now
	defer func() { c.now = before }()
	c.now = before.Add(time.Hour)
	if _, err := c.awards().ReviewAll(context.Background()); err != nil {
		c.t.Fatal(err)
	}
}

// What was taken away since the last review is no breach until the next one has seen it.
func TestABadgeWaitsForTheNextReview(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		c := live(t, db)
		c.now = at("16 12:00")
		c.agreed(c.service.Reverse(c.head.ctx, c.badge, "다른 사람이었음"))
		c.wantClean()
		c.now = at("16 12:10")
		var report proof.Report
		err := db.Update(context.Background(), func(ctx context.Context, tx *repository.Tx) (err error) { // a review that saw it, and did nothing
			if err := tx.Exec(`INSERT INTO award_reviews (id, covers, ended_at, issued, revoked) VALUES (?, ?, ?, 0, 0)`, id.New(), c.now, c.now).Error; err != nil {
				return err
			}
			if report, err = proof.Check(ctx, store.View{Tx: tx}, options); err != nil {
				return err
			}
			return errUndo
		})
		if !errors.Is(err, errUndo) {
			t.Fatal(err)
		}
		if len(report.Findings) != 1 || report.Findings[0].Invariant != proof.BadgesCovered || len(report.Findings[0].Rows) != 2 {
			t.Fatalf("%+v", report.Findings)
		}
		if r, err := c.awards().ReviewAll(context.Background()); err != nil || r.Revoked != 2 || r.Issued != 0 {
			t.Fatal(r, err)
		}
		c.wantClean()
	})
}
