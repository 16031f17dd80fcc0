package proof_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"dure/domain/certificate"
	"dure/domain/certificate/paper"
	"dure/domain/cube"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/ledger"
	"dure/domain/programme"
	"dure/domain/proof"
	"dure/repository"
	certificatestore "dure/repository/certificate"
	cubestore "dure/repository/cube"
	"dure/repository/dbtest"
	programmestore "dure/repository/programme"
	store "dure/repository/proof"
)

// lived is a city with a bit of everything, sealed at the end of the 15th.
type lived struct {
	*city
	v                                    person // 4 h and 1 h on the 14th, 8 of 10 h on the 13th
	first, second, capped                id.ID
	corrected, reversed, waiting, byCode id.ID
	held                                 id.ID // a presence of nine hours at a shift of two
	correction                           id.ID
	disputed, dispute                    id.ID // a presence of two hours that became one of 90 minutes
	shift                                id.ID // with one confirmed sign-up, of v
	superseded, certificate, revoked     id.ID // certificates of a person of their own
	purse                                purse
	merchant, statement, payment         id.ID // whose statement of May is paid by that entry, and whose of June waits
	holding                              id.ID // of v
	nomination                           id.ID // of v, awarded
	badged                               id.ID // holds badges for 15 h and for 16 h, on the last minute
	badge                                id.ID // the presence of eight of them
	publication                          id.ID // of the first half of 2026
}

func live(t *testing.T, db *repository.DB) *lived {
	t.Helper()
	c := &lived{city: newCity(t, db)}
	c.v = c.person()
	other, third := c.person(), c.person()
	c.first, c.second = c.verified(c.v, "14 13:00", "14 17:00"), c.verified(c.v, "14 16:00", "14 18:00")
	c.capped = c.verified(c.v, "13 08:00", "13 18:00")
	c.corrected, c.reversed = c.verified(other, "12 10:00", "12 12:00"), c.verified(other, "11 22:00", "12 02:00")
	c.correction = c.agreed(c.service.Correct(c.head.ctx, c.corrected, at("12 10:00"), at("12 11:30"), "일찍 감", nil))
	c.agreed(c.service.Reverse(c.head.ctx, c.reversed, "다른 사람이었음"))
	c.disputed = c.verified(other, "14 10:00", "14 12:00")
	c.dispute = c.granted(other, c.disputed, "14 10:00", "14 11:30")
	c.byCode = c.byCodeOf(third)
	c.waiting = c.told(third, "14 09:00", "14 10:00")
	c.held = c.heldBack(third)
	if _, err := c.service.Reject(c.keeper.ctx, c.camp, []id.ID{c.told(third, "13 09:00", "13 10:00")}, "오지 않음"); err != nil {
		t.Fatal(err)
	}
	c.shift = c.shiftWith("20 10:00", "20 12:00", c.v)
	c.shiftWith("20 12:00", "20 13:00", c.v)
	c.exec(`INSERT INTO idempotency_keys (actor_id, key, request_id, route, request_hash, claimed_at) VALUES (?, 'lost', 'r1', 'POST /x', '', ?)`, id.New(), c.now)
	c.exec(`INSERT INTO idempotency_keys (actor_id, key, request_id, route, request_hash, claimed_at, status, location, etag, body)
		VALUES (?, 'told', 'r2', 'POST /x', '', ?, 201, '', '', '{}')`, id.New(), c.now)
	c.certified()
	c.spends()
	c.rewarded()
	c.benefited()
	c.claimed()
	c.redeemed(other)
	c.honoured()
	c.settled()
	c.now = at("16 00:05")
	c.seal()
	c.verified(third, "15 23:00", "16 00:04")
	c.reviewed()
	c.counted()
	c.published()
	return c
}

// counted brings the city's figures up to the ledger.
func (c *lived) counted() {
	c.t.Helper()
	if _, err := cube.NewKeeper(cubestore.NewStore(c.db)).CatchUp(context.Background()); err != nil {
		c.t.Fatal(err)
	}
}

// rewarded has v hold parking for his car and, once more, what he exchanged nothing for.
func (c *lived) rewarded() {
	c.t.Helper()
	keeper := programmestore.NewStore(c.db)
	service := programme.NewService(keeper, keeper, c.clock())
	terms := programme.Terms{Requirements: []programme.Requirement{{AnyOf: []programme.Condition{
		{Measure: programme.Minutes, AtLeast: 600, Window: programme.Window{Kind: programme.Lifetime}, Scope: programme.Scope{Kind: programme.InCity}}}}},
		Approval: programme.NobodyApproves, Benefit: programme.Benefit{Kind: programme.Parking, Percent: 50}, Payment: programme.Payment{Kind: programme.AtOnce},
		Validity: programme.Validity{Kind: programme.ForMonths, Months: 12}, Repeat: programme.AfterExpiry, PerYear: 1, OnePerCar: true,
		Budget: programme.Budget{Holdings: 1, Each: programme.EachYear}}
	w, err := service.Create(c.officer.ctx, programme.Draft{Code: "parking", Name: "주차", NameEn: "Parking", Owner: "광주광역시", Source: "조례", Terms: terms})
	if err != nil {
		c.t.Fatal(err)
	}
	k, made, err := service.Claim(c.v.ctx, programme.Claim{Programme: w.ID, CarPlate: "12가3456"})
	if err != nil || !made {
		c.t.Fatal(made, err)
	}
	c.holding = k.ID
}

// certified has a person with 2 of 3 h left of the 9th, a certificate of all 3, and two of what is left: one stands.
func (c *lived) certified() {
	c.t.Helper()
	p := c.person()
	keeper := certificatestore.NewStore(c.db)
	service := certificate.NewService(keeper, keeper, paper.New("http://127.0.0.1:8080"), c.clock(), "자원봉사센터")
	issue := func(certified certificate.Issue) certificate.Issued {
		c.t.Helper()
		certified.From, certified.To, certified.Language = calendar.MustParse("2026-07-01"), calendar.MustParse("2026-07-15"), certificate.Korean
		issued, err := service.Issue(p.ctx, certified)
		if err != nil {
			c.t.Fatal(err)
		}
		return issued
	}
	kept, taken := c.verified(p, "09 10:00", "09 12:00"), c.verified(p, "09 13:00", "09 14:00")
	c.superseded = issue(certificate.Issue{Show: certificate.Activities}).ID
	c.agreed(c.service.Reverse(c.head.ctx, taken, "다른 사람이었음"))
	c.certificate = issue(certificate.Issue{Show: certificate.Activities, FieldCodes: []string{"0104"}}).ID
	revoked := issue(certificate.Issue{Show: certificate.Sums, Purpose: "제출용"})
	c.revoked = revoked.ID
	officer := c.person()
	c.exec(`INSERT INTO role_grants (id, account_id, role, scope_type, scope_id, starts_at, reason) VALUES (?, ?, 'centre_officer', 'city', ?, ?, '')`,
		id.New(), officer.account, id.Nil, c.now.AddDate(-1, 0, 0))
	if _, err := service.Revoke(officer.ctx, revoked.Number, "잘못 발급됨"); err != nil {
		c.t.Fatal(err)
	}
	if one, lines, err := keeper.One(context.Background(), p.id, c.superseded); err != nil || one.Status() != certificate.Superseded || len(lines) != 2 || lines[0].AttendanceID != kept {
		c.t.Fatal(one, lines, err)
	}
}

func (c *lived) byCodeOf(p person) id.ID { return c.city.byCode(p, "15 17:00", "15 18:00") }

// shiftWith is a shift with one confirmed place.
func (c *lived) shiftWith(from, to string, p person) id.ID {
	c.t.Helper()
	shift := c.city.shift(from, to)
	c.exec(`UPDATE shifts SET confirmed = 1 WHERE id = ?`, shift)
	c.exec(`INSERT INTO sign_ups (id, shift_id, volunteer_id, state, starts_at, ends_at, applied_at, changed_at) VALUES (?, ?, ?, 'confirmed', ?, ?, ?, ?)`,
		id.New(), shift, p.id, at(from), at(to), c.now, c.now)
	return shift
}

func TestALivedCityIsSound(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		c := live(t, db)
		report := c.wantClean()
		var rows struct{ Accounts, Entries int64 }
		if err := db.View(context.Background(), func(_ context.Context, tx *repository.Tx) error {
			return tx.Raw(`SELECT (SELECT COUNT(*) FROM ledger_accounts WHERE kind IN ('volunteer_minutes', 'volunteer_points', 'programme_points', 'merchant_paid')) AS accounts, (SELECT COUNT(*) FROM ledger_entries) AS entries`).Scan(&rows).Error
		}); err != nil {
			t.Fatal(err)
		}
		if report.Accounts != rows.Accounts || report.Entries != rows.Entries || report.Entries < 10 {
			t.Errorf("%d accounts and %d entries were looked at of %d and %d", report.Accounts, report.Entries, rows.Accounts, rows.Entries)
		}
		if report.Seals != 1 || report.LastSeal.Day != calendar.MustParse("2026-07-15") || report.LastSeal.Entries != rows.Entries-2 {
			t.Errorf("%+v", report.LastSeal)
		}
		if paged := c.tampered(func(*repository.Tx) error { return nil }); len(paged.Findings) > 0 {
			t.Error("the test's own way of looking finds ", paged.Findings)
		}
	})
}

func TestAnEmptyCityIsSound(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		if report, err := proof.Verify(context.Background(), store.NewStore(db), options); err != nil || len(report.Findings) > 0 {
			t.Fatalf("%+v %v", report, err)
		}
	})
}

// breach is something that somebody with all rights did by hand.
type breach struct {
	name  string
	do    []string // statements; $X stands for what lived has, see fill
	by    func(c *lived, tx *repository.Tx) error
	want  []string // every invariant that it breaks, on both databases
	more  []string // and on SQLite also these
	names string   // what the first finding's rows must name
}

// aProof is a document that somebody handed in.
const aProof = `INSERT INTO documents (id, purpose, content_type, size, sha256, file_name, uploaded_by, uploaded_at)
	SELECT '$PROOF', 'late_proof', 'application/pdf', 1, '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08', '', id, created_at
	FROM accounts LIMIT 1`

// fill puts the city's ids into a statement.
func (c *lived) fill(statement string) string {
	return strings.NewReplacer("$PROOF", "01981c5e-7f5e-7cc0-9f43-0d3b8b2f7a10", "$V", c.v.id.String(), "$HOLDING", c.holding.String(), "$FIRST", c.first.String(), "$SECOND", c.second.String(),
		"$CERTIFICATE", c.certificate.String(), "$SUPERSEDED", c.superseded.String(), "$REVOCATION", c.revoked.String(),
		"$CAPPED", c.capped.String(), "$CORRECTED", c.corrected.String(), "$REVERSED", c.reversed.String(),
		"$WAITING", c.waiting.String(), "$HELD", c.held.String(), "$CODE", c.byCode.String(), "$CORRECTION", c.correction.String(), "$SHIFT", c.shift.String(),
		"$SERVICE", ledger.ServiceGiven.String(), "$HEAD", c.head.account.String(), "$KEEPER", c.keeper.account.String(),
		"$HOLDER", c.purse.holder.String(), "$PROGRAMME", c.purse.programme.String(), "$LOT", c.purse.lot.String(), "$DEBT", c.purse.debt.String(),
		"$SPENT", c.purse.spent.String(), "$CANCELLED", c.purse.cancelled.String(), "$GRANT", c.purse.grant.String(), "$EXPIRED", ledger.PointsExpired.String(),
		"$MERCHANT", c.merchant.String(), "$STATEMENT", c.statement.String(), "$PAYMENT", c.payment.String(),
		"$PUBLICATION", c.publication.String(), "$NOBODY", id.Nil.String(), "$NOMINATION", c.nomination.String(), "$BADGED", c.badged.String(), "$AGAIN", "01981c5e-7f5e-7cc0-9f43-0d3b8b2f7a11",
		"$DISPUTED", c.disputed.String(), "$DISPUTE", c.dispute.String(), "$NEW", id.New().String()).Replace(statement)
}

// Two contracts of insurance.
const (
	insuranceOne = "0190aaaa-0000-7000-8000-000000000001"
	insuranceTwo = "0190aaaa-0000-7000-8000-000000000002"
)

// insured, versionOf and itemOf write parts of a contract of insurance.
func insured(contract, from, to string) string {
	return fmt.Sprintf(`INSERT INTO insurance_contracts (id, insurer, number, starts_on, ends_on, reference, entered_at)
		VALUES ('%[1]s', '삼성화재', '%[1]s', '%[2]s', '%[3]s', '', '2026-05-01 00:00:00.000000+00:00')`, contract, from, to)
}

func versionOf(contract string, version int, from string) string {
	return fmt.Sprintf(`INSERT INTO insurance_versions (contract_id, version, effective_from, consent_required, minimum_age, online, paper,
		travel_before_minutes, travel_after_minutes, reason, entered_at)
		VALUES ('%s', %d, '%s', true, 0, true, true, 120, 120, '', '2026-05-01 00:00:00.000000+00:00')`, contract, version, from)
}

func itemOf(contract string, version int, from string) string {
	return fmt.Sprintf(`INSERT INTO insurance_items (id, contract_id, version, kind, name_ko, name_en, limit_won, unit, age_from, deductible_won,
		effective_from, effective_to) VALUES ('%s', '%s', %d, 'death', '사망', 'Death', 200000000, 'sum', 15, 0, '%s', '2027-04-30')`,
		id.New(), contract, version, from)
}

// last is the last entry of v, for statements.
const last = `(SELECT e.id FROM ledger_entries e JOIN ledger_accounts a ON a.id = e.account_id AND a.sequence = e.sequence WHERE a.owner_id = '$V')`

// entry is the first entry of v's first attendance, for statements.
const entry = `(SELECT id FROM ledger_entries WHERE source_id = '$FIRST' AND sequence = 1)`

var breaches = []breach{
	{name: "one leg of a posting", do: []string{`UPDATE ledger_postings SET amount = amount + 30 WHERE line = 2 AND entry_id = ` + entry},
		want: []string{proof.EntriesBalance, proof.MinutesConserved, proof.DigestsAreTrue}, names: "sequence 1"},
	{name: "a leg is missing", do: []string{`DELETE FROM ledger_postings WHERE line = 2 AND entry_id = ` + entry},
		want: []string{proof.EntriesBalance, proof.MinutesConserved, proof.DigestsAreTrue}, names: "sequence 1"},
	{name: "a posting of no entry", do: []string{`INSERT INTO ledger_postings (entry_id, line, account_id, amount) VALUES
			('0190aaaa-0000-7000-8000-000000000000', 1, '$SERVICE', 5), ('0190aaaa-0000-7000-8000-000000000000', 2, '$SERVICE', -5)`},
		want: []string{proof.EntriesBalance}, more: []string{proof.DatabaseIsSound}, names: "0190aaaa-0000-7000-8000-000000000000 line 1"},
	{name: "minutes given away to another's account", do: []string{`UPDATE ledger_postings SET account_id =
			(SELECT id FROM ledger_accounts WHERE owner_id <> '$V' AND kind = 'volunteer_minutes' ORDER BY id LIMIT 1) WHERE line = 2 AND entry_id = ` + entry},
		want: []string{proof.EntriesBalance, proof.DigestsAreTrue}, names: "sequence 1"},
	{name: "both legs of an old posting", do: []string{`UPDATE ledger_postings SET amount = amount * 2 WHERE entry_id = ` + entry},
		want: []string{proof.BalancesAreSums, proof.DigestsAreTrue, proof.AttendanceMinutes, proof.DayCaps, proof.DaysRecomputed, proof.RollupsAreSums},
		// 240 + 60 became 480 + 60
		names: "sum"},
	{name: "a balance", do: []string{`UPDATE ledger_accounts SET balance = balance + 60 WHERE owner_id = '$V'`},
		want: []string{proof.BalancesAreSums}, names: "ledger_accounts"},
	{name: "more taken back than there was", do: []string{
		`UPDATE ledger_postings SET amount = -amount WHERE entry_id = ` + entry,
		`UPDATE ledger_accounts SET balance = balance - 480 WHERE owner_id = '$V'`},
		want:  []string{proof.NeverBelowZero, proof.DigestsAreTrue, proof.AttendanceMinutes, proof.DaysRecomputed, proof.RollupsAreSums},
		names: "sequence 1"},
	{name: "the city's account has a balance", do: []string{`UPDATE ledger_accounts SET balance = 1 WHERE id = '$SERVICE'`},
		want: []string{proof.SystemKeepsNone}, names: "$SERVICE"},
	{name: "a number is left out", do: []string{
		`UPDATE ledger_entries SET sequence = sequence + 1 WHERE id = ` + last,
		`UPDATE ledger_accounts SET sequence = sequence + 1 WHERE owner_id = '$V'`},
		want: []string{proof.SequencesUnbroken, proof.DigestsAreTrue, proof.SealsHold}, names: "sequence 4"},
	{name: "a time runs backwards", do: []string{
		`UPDATE ledger_entries SET posted_at = '2026-07-15 10:00:00.000000+00:00' WHERE id = ` + entry,
		`UPDATE ledger_entries SET posted_at = '2026-07-15 09:00:00.000000+00:00' WHERE id = ` + last,
		`UPDATE ledger_accounts SET last_posted_at = '2026-07-15 09:00:00.000000+00:00' WHERE owner_id = '$V'`},
		want: []string{proof.TimeMovesForward, proof.DigestsAreTrue}, names: "sequence 3"},
	{name: "an account's head", do: []string{`UPDATE ledger_accounts SET head = 'x' WHERE owner_id = '$V'`},
		want: []string{proof.HeadsAreLast}, names: "ledger_accounts"},
	{name: "an account's time", do: []string{`UPDATE ledger_accounts SET last_posted_at = NULL WHERE owner_id = '$V'`},
		want: []string{proof.HeadsAreLast}, names: "ledger_accounts"},
	{name: "a link", do: []string{`UPDATE ledger_entries SET previous_hash = 'x' WHERE id = ` + last},
		want: []string{proof.ChainIsLinked, proof.DigestsAreTrue}, names: "sequence 3"},
	{name: "a digest", do: []string{`UPDATE ledger_entries SET hash = 'x' WHERE id = ` + entry},
		want: []string{proof.ChainIsLinked, proof.DigestsAreTrue}, names: "sequence 2"},
	{name: "the text of the reductions", do: []string{`UPDATE ledger_entries SET reductions = '[{"rule":"daily_cap","minutes":12}]' WHERE source_id = '$CAPPED'`},
		want: []string{proof.DigestsAreTrue}, names: "sequence 3"},
	{name: "something added to the reductions", do: []string{`UPDATE ledger_entries SET reductions = '[{"rule":"daily_cap","minutes":120,"x":1}]' WHERE source_id = '$CAPPED'`},
		want: []string{proof.DigestsAreTrue}, names: "sequence 3"},
	{name: "the reductions are no list", do: []string{`UPDATE ledger_entries SET reductions = '' WHERE source_id = '$CAPPED'`},
		want: []string{proof.DigestsAreTrue}, names: "sequence 3"},
	{name: "a reason", do: []string{`UPDATE ledger_entries SET reason = 'x' WHERE id = ` + entry},
		want: []string{proof.DigestsAreTrue}, names: "sequence 1"},
	{name: "an entry cut out at the end", do: []string{
		`UPDATE ledger_accounts SET balance = balance - 480 WHERE owner_id = '$V'`,
		`DELETE FROM ledger_postings WHERE entry_id = ` + last, `DELETE FROM ledger_entries WHERE id = ` + last},
		want:  []string{proof.HeadsAreLast, proof.SealsHold, proof.AttendanceMinutes, proof.AttendanceVisits, proof.DaysRecomputed, proof.RollupsAreSums},
		names: "ledger_accounts"},
	{name: "cut out with all that came of it", by: cutOut, want: []string{proof.SealsHold}, names: "2026-07-15"},
	{name: "the whole chain written anew", by: rewritten, want: []string{proof.SealsHold}, names: "2026-07-15"},
	{name: "a seal", do: []string{`UPDATE ledger_seals SET root = 'x'`}, want: []string{proof.SealsHold}, names: "2026-07-15"},
	{name: "a seal's count", do: []string{`UPDATE ledger_seals SET entries = entries + 1`}, want: []string{proof.SealsHold}, names: "2026-07-15"},
	{name: "an entry of another's attendance", do: []string{`UPDATE ledger_entries SET source_id = '$CORRECTED' WHERE id = ` + entry},
		want: []string{proof.DigestsAreTrue, proof.EntriesHaveSource, proof.AttendanceMinutes, proof.AttendanceVisits, proof.DaysRecomputed}, names: "sequence 1"},
	{name: "an entry of no attendance", do: []string{`UPDATE ledger_entries SET source_type = 'gift' WHERE id = ` + entry},
		want: []string{proof.DigestsAreTrue, proof.EntriesHaveSource}, names: "sequence 1"},
	{name: "an entry in another's name", do: []string{`UPDATE ledger_entries SET volunteer_id = (SELECT volunteer_id FROM attendances WHERE id = '$CORRECTED') WHERE id = ` + entry},
		want: []string{proof.DigestsAreTrue, proof.EntriesHaveSource, proof.RollupsAreSums}, names: "sequence 1"},
	{name: "an attendance's minutes", do: []string{`UPDATE attendances SET recognised_minutes = recognised_minutes + 1 WHERE id = '$FIRST'`},
		want: []string{proof.AttendanceMinutes}, names: "$FIRST"},
	{name: "verified without posting", do: []string{`UPDATE attendances SET state = 'verified', verified_at = recorded_at, verified_by = '$KEEPER' WHERE id = '$WAITING'`},
		want: []string{proof.AttendanceVisits, proof.DaysRecomputed}, names: "$WAITING"},
	{name: "held for nothing", do: []string{`UPDATE anomalies SET state = 'released', decided_at = found_at, decided_by = '$KEEPER' WHERE attendance_id = '$HELD'`},
		want: []string{proof.HoldsCountNowhere}, names: "$HELD"},
	{name: "let go while something is open", do: []string{`UPDATE attendances SET state = 'pending' WHERE id = '$HELD'`},
		want: []string{proof.HoldsCountNowhere}, names: "pending"},
	{name: "minutes of what is held", do: []string{`UPDATE attendances SET recognised_minutes = 60 WHERE id = '$HELD'`},
		want: []string{proof.HoldsCountNowhere, proof.AttendanceMinutes}, names: "$HELD"},
	{name: "counted though it is held", do: []string{`UPDATE attendances SET state = 'held', verified_at = NULL, verified_by = NULL WHERE id = '$FIRST'`,
		`INSERT INTO anomalies (id, attendance_id, kind, rule_version, detail, found_at, state, reason)
			VALUES ('$NEW', '$FIRST', 'night', 7, '{}', '2026-07-14 09:00:00.000000+00:00', 'open', '')`},
		want: []string{proof.HoldsCountNowhere, proof.AttendanceMinutes, proof.AttendanceVisits, proof.DaysRecomputed}, names: "$FIRST"},
	{name: "counted though it waits", do: []string{`UPDATE attendances SET state = 'pending', verified_at = NULL, verified_by = NULL WHERE id = '$FIRST'`},
		want: []string{proof.AttendanceMinutes, proof.AttendanceVisits, proof.DaysRecomputed}, names: "$FIRST"},
	{name: "a visit counted twice", do: []string{`UPDATE ledger_entries SET visits = 0 WHERE id = ` + entry},
		want: []string{proof.DigestsAreTrue, proof.AttendanceVisits, proof.DaysRecomputed, proof.RollupsAreSums}, names: "sequence 1"},
	{name: "an attendance's day", do: []string{`UPDATE attendances SET day = '2026-07-01' WHERE id = '$FIRST'`},
		want: []string{proof.AttendanceTimes}, names: "$FIRST"},
	{name: "worked minutes", do: []string{`UPDATE attendances SET worked_minutes = 1 WHERE id = '$FIRST'`},
		want: []string{proof.AttendanceTimes}, names: "$FIRST"},
	{name: "a cap that was always lower", do: []string{`UPDATE recognition_rules SET minutes = 240 WHERE kind = 'daily_cap'`},
		want: []string{proof.DayCaps, proof.DaysRecomputed}, names: "2026-07-13"},
	{name: "counted times longer than told", do: []string{`UPDATE attendances SET counted_in_at = '2026-07-14 03:00:00.000000+00:00', worked_minutes = 300 WHERE id = '$FIRST'`},
		// minutes before the shift do not count, so only the times themselves show it
		want: []string{proof.ChangesApplied}, names: "$FIRST"},
	{name: "a change in another's list", do: []string{`UPDATE attendance_changes SET organiser_id = '$V' WHERE id = '$CORRECTION'`},
		want: []string{proof.ChangesApplied}, names: "attendance_changes $CORRECTION"},
	{name: "a correction's times", do: []string{`UPDATE attendance_changes SET checked_out_at = '2026-07-12 02:15:00.000000+00:00' WHERE id = '$CORRECTION'`},
		want: []string{proof.ChangesApplied}, names: "$CORRECTED"},
	{name: "verified by who entered it", do: []string{`UPDATE attendances SET verified_by = '$HEAD' WHERE id = '$FIRST'`},
		want: []string{proof.TwoPersons}, names: "$FIRST"},
	{name: "verified by himself", do: []string{`UPDATE attendances SET verified_by = (SELECT id FROM accounts WHERE volunteer_id = '$V') WHERE id = '$FIRST'`},
		want: []string{proof.TwoPersons}, names: "$FIRST"},
	{name: "verified by nobody", do: []string{`UPDATE attendances SET verified_by = '$NOBODY' WHERE id = '$FIRST'`},
		want: []string{proof.TwoPersons}, names: "$FIRST"},
	{name: "a change by one person alone", by: func(c *lived, tx *repository.Tx) error {
		if tx.Postgres() {
			if err := tx.Exec(`ALTER TABLE attendance_changes DROP CONSTRAINT attendance_changes_two_check`).Error; err != nil {
				return err
			}
		}
		return tx.Exec(`UPDATE attendance_changes SET decided_by = proposed_by WHERE id = ?`, c.correction).Error
	}, want: []string{proof.ChangesApplied}, more: []string{proof.DatabaseIsSound}, names: "$CORRECTION"},
	{name: "a change by the volunteer himself", do: []string{`UPDATE attendance_changes SET decided_by =
			(SELECT c.id FROM accounts c JOIN attendances a ON a.volunteer_id = c.volunteer_id WHERE a.id = '$CORRECTED') WHERE id = '$CORRECTION'`},
		want: []string{proof.ChangesApplied}, names: "$CORRECTION"},
	{name: "reversed by nobody", do: []string{`DELETE FROM attendance_changes WHERE kind = 'reversal'`},
		want: []string{proof.ChangesApplied}, names: "$REVERSED"},
	{name: "a badge without the hours", do: []string{`UPDATE awards SET minutes = 100000 WHERE volunteer_id = '$BADGED' AND threshold_code = 'h15'`},
		want: []string{proof.BadgesCovered}, names: "(100000 of 960)"},
	{name: "a badge that was never issued", do: []string{`DELETE FROM award_steps WHERE number = 1`},
		want: []string{proof.BadgesCovered}, names: "steps"},
	{name: "revoked by nothing", do: []string{`UPDATE awards SET revoked_at = issued_at WHERE volunteer_id = '$BADGED' AND threshold_code = 'h15'`},
		want: []string{proof.BadgesCovered}, names: "steps"},
	{name: "a badge twice", do: []string{`DROP INDEX awards_live_key`,
		`INSERT INTO awards (id, volunteer_id, scale_id, scale_code, threshold_code, minutes, issued_at)
			SELECT '$AGAIN', volunteer_id, scale_id, scale_code, threshold_code, minutes, issued_at FROM awards WHERE volunteer_id = '$BADGED' AND threshold_code = 'h15'`,
		`INSERT INTO award_steps (award_id, number, kind, entry_id, balance, happened_at) SELECT '$AGAIN', 1, 'issued', s.entry_id, s.balance, s.happened_at
			FROM award_steps s JOIN awards w ON w.id = s.award_id WHERE w.id <> '$AGAIN' AND w.volunteer_id = '$BADGED' AND w.threshold_code = 'h15'`},
		want: []string{proof.BadgesOnce}, names: "$BADGED"},
	{name: "four supporters", do: []string{`DELETE FROM nomination_supports WHERE volunteer_id = (SELECT volunteer_id FROM nomination_supports LIMIT 1)`},
		want: []string{proof.HonoursByTwo}, names: "$NOMINATION (4 supporters)"},
	{name: "supported by the nominee", do: []string{`UPDATE nomination_supports SET volunteer_id = '$V' WHERE volunteer_id = (SELECT volunteer_id FROM nomination_supports LIMIT 1)`},
		want: []string{proof.HonoursByTwo}, names: "$NOMINATION $V"},
	{name: "decided by the nominee", do: []string{`UPDATE nominations SET decided_by = (SELECT id FROM accounts WHERE volunteer_id = '$V')`},
		want: []string{proof.HonoursByTwo}, names: "$NOMINATION (decided)"},
	{name: "proposed by a supporter", do: []string{`UPDATE nominations SET proposed_by = (SELECT account_id FROM nomination_supports LIMIT 1)`},
		want: []string{proof.HonoursByTwo}, names: "$NOMINATION (decided)"},
	{name: "an honour by one person alone", by: func(c *lived, tx *repository.Tx) error {
		if tx.Postgres() {
			if err := tx.Exec(`ALTER TABLE nominations DROP CONSTRAINT nominations_decision_check`).Error; err != nil {
				return err
			}
		}
		return tx.Exec(`UPDATE nominations SET proposed_by = decided_by`).Error
	}, want: []string{proof.HonoursByTwo}, more: []string{proof.DatabaseIsSound}, names: "$NOMINATION (decided)"},
	{name: "a nomination's step", do: []string{`DELETE FROM nomination_steps WHERE kind = 'awarded'`},
		want: []string{proof.HonoursByTwo}, names: "$NOMINATION (step"},
	{name: "a dispute's minutes", do: []string{`UPDATE disputes SET posted_minutes = posted_minutes + 1 WHERE id = '$DISPUTE'`},
		want: []string{proof.DisputesPosted}, names: "$DISPUTE (-29, linked -30)"},
	{name: "a dispute's link", do: []string{`DELETE FROM dispute_entries`},
		want: []string{proof.DisputesPosted}, names: "$DISPUTE (-30, linked 0)"},
	{name: "a link to another's entry", do: []string{`INSERT INTO dispute_entries (dispute_id, entry_id) SELECT '$DISPUTE', ` + entry},
		want: []string{proof.DisputesPosted}, names: "$DISPUTE"},
	{name: "a dispute's state", do: []string{`UPDATE disputes SET state = 'closed', closed_at = decided_at WHERE id = '$DISPUTE'`},
		want: []string{proof.DisputesPosted}, names: "$DISPUTE (step 3)"},
	{name: "a step cut out", do: []string{`DELETE FROM dispute_steps WHERE number = 2`},
		want: []string{proof.DisputesPosted}, names: "$DISPUTE (step 3)"},
	{name: "a dispute decided by who entered the presence", do: []string{`UPDATE disputes SET decided_by = '$HEAD', answered_by = NULL WHERE id = '$DISPUTE'`},
		want: []string{proof.DisputesDecided}, names: "$DISPUTE"},
	{name: "a dispute decided by who verified the presence before", do: []string{`UPDATE disputes SET decided_by = '$KEEPER' WHERE id = '$DISPUTE'`,
		`UPDATE attendances SET verified_at = '2026-07-15 10:00:00.000000+00:00' WHERE id = '$DISPUTED'`},
		want: []string{proof.DisputesDecided}, names: "$DISPUTE"},
	{name: "a dispute decided by who answered it", do: []string{`UPDATE dispute_steps SET account_id = '$HEAD' WHERE number = 3`},
		want: []string{proof.DisputesDecided}, names: "$DISPUTE 3"},
	{name: "a late entry without approval", do: []string{aProof, `UPDATE attendances SET evidence = 'late_proof', late_proof_id = '$PROOF' WHERE id = '$FIRST'`},
		want: []string{proof.LateApproved}, names: "attendances $FIRST"},
	{name: "a late correction without approval", do: []string{aProof, `UPDATE attendance_changes SET late_proof_id = '$PROOF' WHERE id = '$CORRECTION'`},
		want: []string{proof.LateApproved}, names: "attendance_changes $CORRECTION"},
	{name: "a late entry approved too early", do: []string{aProof, `UPDATE attendances SET evidence = 'late_proof', late_proof_id = '$PROOF' WHERE id = '$FIRST'`,
		`INSERT INTO role_grants (id, account_id, role, scope_type, scope_id, starts_at, reason) SELECT '$PROOF', verified_by, 'late_entry_approver', 'city',
			'$NOBODY', '2090-01-01 00:00:00.000000+00:00', '' FROM attendances WHERE id = '$FIRST'`},
		want: []string{proof.LateApproved}, names: "attendances $FIRST"},
	{name: "imported from nowhere", do: []string{`UPDATE attendances SET evidence = 'imported' WHERE id = '$FIRST'`},
		want: []string{proof.ImportsUnique}, names: "$FIRST"},
	{name: "a transfer of which something is missing", do: []string{`INSERT INTO transfers (id, system, file_hash, lines, imported, imported_at, imported_by)
			VALUES ('0190aaaa-0000-7000-8000-000000000000', 'vms', '', 2, 2, '2026-07-15 10:00:00.000000+00:00', '$HEAD')`},
		want: []string{proof.ImportsUnique}, names: "transfers 0190aaaa"},
	{name: "hours of a school that no day has", do: []string{`INSERT INTO school_exports (id, school, first_day, last_day, reason, exported_at, exported_by)
			VALUES ('0190aaaa-0000-7000-8000-000000000000', '충장중', '2026-07-01', '2026-07-15', '', '2026-07-15 10:00:00.000000+00:00', '$HEAD')`,
		`INSERT INTO school_export_lines (export_id, volunteer_id, sequence, carried, minutes, hours, remainder)
			VALUES ('0190aaaa-0000-7000-8000-000000000000', '$V', 1, 0, 60, 1, 0)`},
		want: []string{proof.ExportsAddUp}, names: "$V"},
	{name: "changed after the school had it", do: []string{`INSERT INTO school_exports (id, school, first_day, last_day, reason, exported_at, exported_by)
			VALUES ('0190aaaa-0000-7000-8000-000000000000', '충장중', '2026-07-01', '2026-07-15', '', '2026-07-13 10:00:00.000000+00:00', '$HEAD')`,
		`INSERT INTO exported_attendances (attendance_id, export_id) VALUES ('$CORRECTED', '0190aaaa-0000-7000-8000-000000000000')`},
		want: []string{proof.ExportsAddUp}, names: "$CORRECTED"},
	{name: "a month", do: []string{`UPDATE person_months SET minutes = minutes + 1 WHERE volunteer_id = '$V'`},
		want: []string{proof.RollupsAreSums}, names: "person_months $V 2026-07-01"},
	{name: "a month's visits", do: []string{`UPDATE person_months SET visits = visits - 1 WHERE volunteer_id = '$V'`},
		want: []string{proof.RollupsAreSums}, names: "person_months $V 2026-07-01"},
	{name: "a month too few", do: []string{`DELETE FROM person_months WHERE volunteer_id = '$V'`},
		want: []string{proof.RollupsAreSums}, names: "person_months $V 2026-07-01"},
	{name: "a month too many", do: []string{`INSERT INTO person_months (volunteer_id, month, minutes, visits) VALUES ('$V', '2026-06-01', 0, 0)`},
		want: []string{proof.RollupsAreSums}, names: "person_months $V 2026-06-01"},
	{name: "a month of nobody", do: []string{`INSERT INTO person_months (volunteer_id, month, minutes, visits) VALUES ('$NOBODY', '2026-06-01', 0, 0)`},
		want: []string{proof.RollupsAreSums}, names: "person_months $NOBODY 2026-06-01"},
	{name: "a year's reversals", do: []string{`UPDATE person_years SET reversed = reversed + 1 WHERE volunteer_id = '$V'`},
		want: []string{proof.RollupsAreSums}, names: "person_years $V 2026"},
	{name: "a year too few", do: []string{`DELETE FROM person_years WHERE volunteer_id = '$V'`},
		want: []string{proof.RollupsAreSums}, names: "person_years $V 2026"},
	{name: "a year too many", do: []string{`INSERT INTO person_years (volunteer_id, year, minutes, visits, reversed) VALUES ('$V', 2025, 0, 0, 0)`},
		want: []string{proof.RollupsAreSums}, names: "person_years $V 2025"},
	{name: "a field", do: []string{`UPDATE person_fields SET minutes = 1 WHERE volunteer_id = '$V'`},
		want: []string{proof.RollupsAreSums}, names: "person_fields $V 0104"},
	{name: "a field too few", do: []string{`DELETE FROM person_fields WHERE volunteer_id = '$V'`},
		want: []string{proof.RollupsAreSums}, names: "person_fields $V 0104"},
	{name: "a field too many", do: []string{`INSERT INTO person_fields (volunteer_id, field_code, minutes) VALUES ('$V', '0101', 0)`},
		want: []string{proof.RollupsAreSums}, names: "person_fields $V 0101"},
	{name: "a certificate's name", do: []string{`UPDATE certificates SET name = '홍길순' WHERE id = '$CERTIFICATE'`},
		want: []string{proof.CertificatesKept}, names: "$CERTIFICATE"},
	{name: "a certificate's minutes", do: []string{`UPDATE certificates SET minutes = minutes + 60 WHERE id = '$CERTIFICATE'`},
		want: []string{proof.CertificatesKept, proof.CertificatesTrue}, names: "$CERTIFICATE"},
	{name: "a certificate's place in the ledger", do: []string{`UPDATE certificates SET ledger_sequence = 2 WHERE id = '$CERTIFICATE'`},
		want: []string{proof.CertificatesKept, proof.CertificatesTrue}, names: "$CERTIFICATE"},
	{name: "a certificate's head of the ledger", do: []string{`UPDATE certificates SET ledger_head = 'x' WHERE id = '$CERTIFICATE'`},
		want: []string{proof.CertificatesKept, proof.CertificatesTrue}, names: "$CERTIFICATE"},
	{name: "what a certificate says of an activity", do: []string{`UPDATE certificate_lines SET title = '의료 봉사' WHERE certificate_id = '$CERTIFICATE'`},
		want: []string{proof.CertificatesKept}, names: "$CERTIFICATE"},
	{name: "a line of a certificate", do: []string{`DELETE FROM certificate_lines WHERE certificate_id = '$SUPERSEDED' AND line = 2`},
		want: []string{proof.CertificatesKept, proof.CertificatesTrue}, names: "$SUPERSEDED"},
	{name: "a certificate's paper", by: func(c *lived, tx *repository.Tx) error {
		return tx.Exec(`UPDATE certificate_papers SET pdf = ? WHERE certificate_id = ?`, []byte("%PDF-"), c.certificate).Error
	}, want: []string{proof.CertificatesKept}, names: "$CERTIFICATE"},
	{name: "a paper with its hash", by: func(c *lived, tx *repository.Tx) error {
		if err := tx.Exec(`UPDATE certificate_papers SET pdf = ? WHERE certificate_id = ?`, []byte("%PDF-"), c.certificate).Error; err != nil {
			return err
		}
		return tx.Exec(`UPDATE certificates SET paper_hash = ? WHERE id = ?`, certificate.PaperHash([]byte("%PDF-")), c.certificate).Error
	}, want: []string{proof.CertificatesKept}, names: "$CERTIFICATE"},
	{name: "a paper gone", do: []string{`DELETE FROM certificate_papers WHERE certificate_id = '$CERTIFICATE'`},
		want: []string{proof.CertificatesKept}, names: "$CERTIFICATE"},
	{name: "a certificate gone", do: []string{`DELETE FROM certificate_papers WHERE certificate_id = '$CERTIFICATE'`,
		`DELETE FROM certificate_lines WHERE certificate_id = '$CERTIFICATE'`, `DELETE FROM certificates WHERE id = '$CERTIFICATE'`},
		want: []string{proof.CertificatesKept}, names: "$CERTIFICATE (gone)"},
	{name: "a certificate written anew", by: func(c *lived, tx *repository.Tx) error {
		return c.written(tx, `UPDATE certificates SET name = '홍길순' WHERE id = '$CERTIFICATE'`)
	}, want: []string{proof.CertificatesKept}, names: "$CERTIFICATE (not as the log tells)"},
	{name: "minutes that were never recognised, with all that proves them", by: func(c *lived, tx *repository.Tx) error {
		if err := c.written(tx, `UPDATE certificates SET minutes = 180 WHERE id = '$CERTIFICATE'`,
			`UPDATE certificate_lines SET minutes = 180 WHERE certificate_id = '$CERTIFICATE'`); err != nil {
			return err
		}
		return tx.Exec(c.fill(`UPDATE audit_events SET detail = (SELECT '{"content":"' || content_hash || '","paper":"' || paper_hash || '"}'
			FROM certificates WHERE id = '$CERTIFICATE') WHERE subject_id = '$CERTIFICATE'`)).Error
	}, want: []string{proof.CertificatesTrue}, names: "$CERTIFICATE"},
	{name: "a holding that was not earned", do: []string{`UPDATE holding_bases SET measured = 599`}, want: []string{proof.IncentivesEarned}, names: "$HOLDING"},
	{name: "a holding without what it was earned by", do: []string{`DELETE FROM holding_bases`}, want: []string{proof.IncentivesEarned}, names: "$HOLDING"},
	{name: "a holding twice", do: []string{`DROP INDEX holdings_live_key`, `DROP INDEX holdings_car_key`,
		`INSERT INTO holdings (id, programme_id, number, volunteer_id, benefit, state, period, ledger_sequence, reviewed, camp_region, won, car_hash, car_last,
			claimed_at, claimed_on, claimed_by, granted_at, valid_from)
			SELECT '$NEW', programme_id, number, volunteer_id, benefit, state, period, ledger_sequence, reviewed, '', won, 'x', '', claimed_at, claimed_on, claimed_by,
			granted_at, valid_from FROM holdings WHERE id = '$HOLDING'`},
		want: []string{proof.IncentivesEarned, proof.IncentivesCapped, proof.IncentivesTold}, names: "missing"},
	{name: "a car twice, and a budget overspent", do: []string{`DROP INDEX holdings_car_key`,
		`INSERT INTO holdings (id, programme_id, number, volunteer_id, benefit, state, period, ledger_sequence, reviewed, camp_region, won, car_hash, car_last,
			claimed_at, claimed_on, claimed_by, granted_at, valid_from)
			SELECT '0190aaaa-0000-7000-8000-000000000001', h.programme_id, h.number, v.id, benefit, state, period, ledger_sequence, reviewed, '', won, car_hash, '',
			claimed_at, claimed_on, claimed_by, granted_at, valid_from FROM holdings h JOIN volunteers v ON v.id <> h.volunteer_id
			WHERE h.id = '$HOLDING' ORDER BY v.id LIMIT 1`,
		`INSERT INTO holding_bases SELECT '0190aaaa-0000-7000-8000-000000000001', requirement, line, measure, window_from, window_to, at_least, measured FROM holding_bases
			WHERE holding_id = '$HOLDING'`,
		`INSERT INTO incentive_steps (id, holding_id, at, what, why, note) SELECT '$NEW', '0190aaaa-0000-7000-8000-000000000001', at, what, why, note FROM incentive_steps
			WHERE holding_id = '$HOLDING'`},
		want: []string{proof.IncentivesCapped}, names: "a car twice"},
	{name: "a holding without its car", do: []string{`UPDATE holdings SET car_hash = NULL`}, want: []string{proof.IncentivesCapped}, names: "no car"},
	{name: "a holding taken back without a word", do: []string{`UPDATE holdings SET state = 'taken_back', ended_at = granted_at WHERE id = '$HOLDING'`},
		want: []string{proof.IncentivesTold}, names: "$HOLDING"},
	{name: "a revocation gone", do: []string{`DELETE FROM certificate_revocations`}, want: []string{proof.CertificatesKept}, names: "$REVOCATION (gone)"},
	{name: "revoked by nobody", do: []string{`INSERT INTO certificate_revocations (certificate_id, revoked_at, revoked_by, reason)
			SELECT '$CERTIFICATE', revoked_at, revoked_by, reason FROM certificate_revocations`},
		want: []string{proof.CertificatesKept}, names: "$CERTIFICATE (not as the log tells)"},
	{name: "taken places", do: []string{`UPDATE shifts SET confirmed = 0 WHERE id = '$SHIFT'`},
		want: []string{proof.PlacesCounted}, names: "$SHIFT"},
	{name: "two places at once", do: []string{`UPDATE sign_ups SET ends_at = '2026-07-20 03:30:00.000000+00:00' WHERE shift_id = '$SHIFT'`},
		want: []string{proof.NoDoubleBooking}, names: "sign_ups"},
	{name: "two contracts of insurance for one day", by: func(_ *lived, tx *repository.Tx) error {
		if tx.Postgres() {
			if err := tx.Exec(`ALTER TABLE insurance_contracts DROP CONSTRAINT insurance_contracts_period_excl`).Error; err != nil {
				return err
			}
		}
		return all(tx, insured(insuranceOne, "2026-05-01", "2027-04-30"),
			insured(insuranceTwo, "2027-04-30", "2028-04-29"), versionOf(insuranceOne, 1, "2026-05-01"),
			versionOf(insuranceTwo, 1, "2027-04-30"), itemOf(insuranceOne, 1, "2026-05-01"),
			itemOf(insuranceTwo, 1, "2027-04-30"))
	}, want: []string{proof.InsurancePeriods}, names: "0190aaaa-0000-7000-8000-000000000001 and 0190aaaa-0000-7000-8000-000000000002"},
	{name: "a contract of insurance without a version", do: []string{insured(insuranceOne, "2026-05-01", "2027-04-30")},
		want: []string{proof.InsuranceVersions}, names: "insurance_contracts 0190aaaa"},
	{name: "a version of insurance is missing", do: []string{insured(insuranceOne, "2026-05-01", "2027-04-30"),
		versionOf(insuranceOne, 2, "2026-06-01"), itemOf(insuranceOne, 2, "2026-05-01")},
		want: []string{proof.InsuranceVersions}, names: "insurance_contracts 0190aaaa"},
	{name: "a version of insurance that begins too late", do: []string{insured(insuranceOne, "2026-05-01", "2027-04-30"),
		versionOf(insuranceOne, 1, "2026-05-02"), itemOf(insuranceOne, 1, "2026-05-01")},
		want: []string{proof.InsuranceVersions}, names: "insurance_versions 0190aaaa"},
	{name: "a version of insurance without items", do: []string{insured(insuranceOne, "2026-05-01", "2027-04-30"),
		versionOf(insuranceOne, 1, "2026-05-01")},
		want: []string{proof.InsuranceVersions}, names: "insurance_versions 0190aaaa"},
	{name: "an item of insurance outside its contract", do: []string{insured(insuranceOne, "2026-06-01", "2027-04-30"),
		versionOf(insuranceOne, 1, "2026-06-01"), itemOf(insuranceOne, 1, "2026-05-01")},
		want: []string{proof.InsuranceVersions}, names: "insurance_items"},
	{name: "a voucher redeemed twice", do: []string{`DROP INDEX voucher_redemptions_live_key`, `UPDATE voucher_redemptions SET cancelled_at = NULL, cancelled_by = NULL`},
		want: []string{proof.VouchersOnce}, names: voucherRedeemed},
	{name: "a redeemed voucher that looks issued", do: []string{`UPDATE vouchers SET state = 'issued' WHERE state = 'redeemed'`},
		want: []string{proof.VouchersOnce}, names: voucherRedeemed},
	{name: "a voucher redeemed nowhere", do: []string{`UPDATE vouchers SET state = 'redeemed'`}, want: []string{proof.VouchersOnce}, names: voucherIssued},
	{name: "a redemption cut out", do: []string{`DELETE FROM voucher_redemptions WHERE cancelled_at IS NULL`}, want: []string{proof.VouchersOnce}, names: voucherRedeemed},
	{name: "a voucher redeemed after its day", do: []string{`UPDATE voucher_redemptions SET redeemed_on = '2026-08-01' WHERE cancelled_at IS NULL`},
		want: []string{proof.VouchersOnce}, names: "voucher_redemptions"},
	{name: "a voucher redeemed before its day", do: []string{`UPDATE vouchers SET valid_from = '2026-07-16' WHERE state = 'redeemed'`},
		want: []string{proof.VouchersOnce}, names: "voucher_redemptions"},
	{name: "a voucher redeemed at a merchant it is not for", do: []string{`UPDATE vouchers SET merchant_kind = 'public' WHERE state = 'redeemed'`},
		want: []string{proof.VouchersOnce}, names: "voucher_redemptions"},
	{name: "a redemption for another price", do: []string{`UPDATE vouchers SET points = 5 WHERE state = 'redeemed'`},
		want: []string{proof.VouchersOnce}, names: "voucher_redemptions"},
	{name: "a redemption of points that posted nothing", do: []string{`UPDATE vouchers SET points = 100 WHERE state = 'redeemed'`,
		`UPDATE voucher_redemptions SET points = 100, entry_id = '$SPENT' WHERE cancelled_at IS NULL`,
		`UPDATE voucher_redemptions SET points = 100, entry_id = '$SPENT', cancel_entry_id = '$CANCELLED' WHERE cancelled_at IS NOT NULL`},
		want: []string{proof.VouchersPosted}, names: "voucher_redemptions"},
	{name: "a volunteer without an account", do: []string{`INSERT INTO volunteers (id, number, name, search, birth_date, sex, region_code, status,
			registered_on, registered_at, version) SELECT '0190aaaa-0000-7000-8000-000000000000', 'x', name, search, birth_date, sex, region_code, status,
			registered_on, registered_at, version FROM volunteers WHERE id = '$V'`},
		want: []string{proof.OneAccountEach}, names: "volunteers 0190aaaa"},
	{name: "an account without a volunteer", do: []string{`INSERT INTO ledger_accounts (id, kind, owner_id, unit, balance, sequence, head)
			VALUES ('0190aaaa-0000-7000-8000-000000000000', 'volunteer_minutes', '0190aaaa-0000-7000-8000-000000000000', 'minute', 0, 0, '')`},
		want: []string{proof.OneAccountEach}, names: "ledger_accounts 0190aaaa"},
	{name: "an account of points", do: []string{`UPDATE ledger_accounts SET unit = 'point' WHERE owner_id = '$V'`},
		want: []string{proof.MinutesConserved, proof.OneAccountEach, proof.UnitsApart}, names: "point"},
	{name: "an answer without its status", do: []string{`UPDATE idempotency_keys SET status = NULL WHERE key = 'told'`},
		want: []string{proof.KeysAreAnswered}, names: "told"},
	{name: "a status that is none", do: []string{`UPDATE idempotency_keys SET status = 0 WHERE key = 'told'`},
		want: []string{proof.KeysAreAnswered}, names: "told"},
}

// A voucher that was redeemed, after a redemption that was cancelled, and one that was not.
const (
	voucherRedeemed = "0190bbbb-0000-7000-8000-000000000001"
	voucherIssued   = "0190bbbb-0000-7000-8000-000000000002"
)

func (c *lived) redeemed(holder person) {
	c.t.Helper()
	merchant := id.New()
	c.exec(`INSERT INTO merchants (id, name, search, kind, business_number, region_code, address, phone, lat, lon, discount, valid_from, state,
		applied_by, applied_at, reason, version) VALUES (?, '국수', '국수', 'merchant', '1248100998', ?, '충장로 1', '', 35, 126, '10%', '2026-07-01', 'approved', ?, ?, '', 2)`,
		merchant, dbtest.Dong, c.head.account, c.now)
	for voucher, state := range map[string]string{voucherRedeemed: "redeemed", voucherIssued: "issued"} {
		c.exec(`INSERT INTO vouchers (id, holder_id, title, points, merchant_kind, transferable, valid_from, valid_to, state, issued_at, reason)
			VALUES (?, ?, '교환권', 0, '', ?, '2026-07-01', '2026-07-31', ?, ?, '')`, voucher, holder.id, true, state, c.now)
	}
	for key, cancelled := range map[string]any{"a": c.now, "b": nil} {
		var by any
		if cancelled != nil {
			by = c.head.account
		}
		c.exec(`INSERT INTO voucher_redemptions (id, voucher_id, merchant_id, points, redeemed_at, redeemed_on, redeemed_by, key_hash, cancelled_at, cancelled_by, reason)
			VALUES (?, ?, ?, 0, ?, '2026-07-15', ?, ?, ?, ?, '')`, id.New(), voucherRedeemed, merchant, c.now, c.head.account, key, cancelled, by)
	}
}

// written changes the certificate and gives it the digest of what it says then.
func (c *lived) written(tx *repository.Tx, statements ...string) error {
	for _, s := range statements {
		if err := tx.Exec(c.fill(s)).Error; err != nil {
			return err
		}
	}
	var row certificate.Certificate
	if err := tx.Raw(`SELECT * FROM certificates WHERE id = ?`, c.certificate).Scan(&row).Error; err != nil {
		return err
	}
	var lines []certificate.Line
	if err := tx.Raw(`SELECT * FROM certificate_lines WHERE certificate_id = ? ORDER BY line`, c.certificate).Scan(&lines).Error; err != nil {
		return err
	}
	return tx.Exec(`UPDATE certificates SET content_hash = ? WHERE id = ?`, row.Digest(lines), c.certificate).Error
}

// cutOut takes v's last entry away, and makes everything else look as if it had never been.
func cutOut(c *lived, tx *repository.Tx) error {
	for _, s := range []string{
		`UPDATE attendances SET state = 'rejected', verified_at = NULL, verified_by = NULL, recognised_minutes = 0 WHERE id = '$CAPPED'`,
		`UPDATE person_months SET minutes = minutes - 480, visits = visits - 1 WHERE volunteer_id = '$V'`,
		`UPDATE person_years SET minutes = minutes - 480, visits = visits - 1 WHERE volunteer_id = '$V'`,
		`UPDATE person_fields SET minutes = minutes - 480 WHERE volunteer_id = '$V'`,
		`DELETE FROM ledger_postings WHERE entry_id = ` + last, `DELETE FROM ledger_entries WHERE id = ` + last,
		`UPDATE ledger_accounts SET balance = balance - 480, sequence = e.sequence, head = e.hash, last_posted_at = e.posted_at
			FROM ledger_entries e WHERE e.account_id = ledger_accounts.id AND e.sequence = ledger_accounts.sequence - 1 AND owner_id = '$V'`,
	} {
		if err := tx.Exec(c.fill(s)).Error; err != nil {
			return fmt.Errorf("%s: %w", s, err)
		}
	}
	return nil
}

// rewritten gives v's entries another reason, with digests, links and head to match.
func rewritten(c *lived, tx *repository.Tx) error {
	books, err := store.View{Tx: tx}.Books(context.Background(), id.Nil, 1000)
	if err != nil {
		return err
	}
	mine := books[slices.IndexFunc(books, func(b proof.Book) bool { return b.Account.OwnerID == c.v.id })]
	head := ""
	for _, e := range mine.Entries {
		e.Reductions = []ledger.Reduction{}
		e.Reason, e.PreviousHash = "x", head
		head = e.Digest(e.Legs)
		if err := tx.Exec(`UPDATE ledger_entries SET reason = 'x', reductions = '[]', previous_hash = ?, hash = ? WHERE id = ?`, e.PreviousHash, head, e.ID).Error; err != nil {
			return err
		}
	}
	return tx.Exec(`UPDATE ledger_accounts SET head = ? WHERE id = ?`, head, mine.Account.ID).Error
}

func TestEveryBreachIsFound(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		c := live(t, db)
		proved := map[string]bool{proof.GuardsStand: true, proof.DatabaseIsSound: true} // below
		for _, b := range slices.Concat(breaches, pointBreaches, benefitBreaches, claimBreaches, settlementBreaches, figureBreaches, targetBreaches, publicationBreaches) {
			c.found(t, b)
			for _, invariant := range b.want {
				proved[invariant] = true
			}
		}
		for _, i := range proof.Invariants() {
			if !proved[i.Name] {
				t.Errorf("nothing breaks %s", i.Name)
			}
		}
		c.wantClean()
	})
}

// found does a breach and looks whether all of it and nothing else is found.
func (c *lived) found(t *testing.T, b breach) {
	t.Run(b.name, func(t *testing.T) {
		report := c.tampered(func(tx *repository.Tx) error {
			for _, s := range b.do {
				if err := tx.Exec(c.fill(s)).Error; err != nil {
					return fmt.Errorf("%s: %w", s, err)
				}
			}
			if b.by != nil {
				return b.by(c, tx)
			}
			return nil
		})
		want := slices.Clone(b.want)
		if c.db.Dialect() == repository.SQLite {
			want = append(want, b.more...)
		}
		// Whoever changes the ledger by hand leaves behind facts that differ from it: that is told with each, and proved apart.
		report.Findings = slices.DeleteFunc(report.Findings, func(f proof.Finding) bool {
			return f.Invariant == proof.FactsAreLedger && !slices.Contains(want, proof.FactsAreLedger)
		})
		var got []string
		for _, f := range report.Findings {
			got = append(got, f.Invariant)
		}
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("found %v instead of %v:\n%v", got, want, report.Findings)
		} else if names := c.fill(b.names); !strings.Contains(strings.Join(report.Findings[0].Rows, "\n"), names) {
			t.Errorf("%q is not named in %v", names, report.Findings[0].Rows)
		}
	})
}
