// Package proof recomputes from the stored rows what must always be true of the city's hours, and names what is not.
package proof

import (
	"context"
	"fmt"
	"sync"
	"time"

	"dure/domain/kernel/id"
	"dure/domain/ledger"
	"dure/domain/recognition"
	"dure/domain/settlement"
)

// Invariant is a statement that must be true of the books at every instant.
type Invariant struct {
	Name string // never renamed: scripts and alarms know it
	Says string // the statement, for people
}

// The names of the invariants.
const (
	EntriesBalance    = "entries-balance"
	MinutesConserved  = "minutes-conserved"
	BalancesAreSums   = "balances-are-sums"
	NeverBelowZero    = "never-below-zero"
	SystemKeepsNone   = "system-account-keeps-none"
	SequencesUnbroken = "sequences-unbroken"
	TimeMovesForward  = "time-moves-forward"
	HeadsAreLast      = "heads-are-last"
	ChainIsLinked     = "chain-is-linked"
	DigestsAreTrue    = "digests-are-true"
	SealsHold         = "seals-hold"
	EntriesHaveSource = "entries-have-attendance"
	AttendanceMinutes = "attendance-minutes"
	AttendanceVisits  = "attendance-visits"
	AttendanceTimes   = "attendance-times"
	DayCaps           = "day-caps"
	DaysRecomputed    = "days-recomputed"
	TwoPersons        = "two-persons"
	ChangesApplied    = "changes-applied"
	DisputesDecided   = "disputes-decided-by-another"
	DisputesPosted    = "disputes-posted"
	LateApproved      = "late-entries-approved"
	HoldsCountNowhere = "holds-count-nowhere"
	ImportsUnique     = "imports-unique"
	ExportsAddUp      = "exports-add-up"
	RollupsAreSums    = "rollups-are-sums"
	FactsAreLedger    = "facts-are-the-ledger"
	FiguresCounted    = "figures-are-counted"
	TabulationsWhole  = "tabulations-are-whole"
	CertificatesKept  = "certificates-kept"
	CertificatesTrue  = "certificates-true"
	IncentivesEarned  = "incentives-earned"
	IncentivesCapped  = "incentives-capped"
	IncentivesTold    = "incentives-told"
	BenefitsPaid      = "benefits-paid"
	BenefitsIssued    = "benefits-issued"
	BadgesCovered     = "badges-covered"
	BadgesOnce        = "badges-once"
	HonoursByTwo      = "honours-by-two"
	PlacesCounted     = "places-counted"
	NoDoubleBooking   = "no-double-booking"
	InsurancePeriods  = "insurance-periods-apart"
	InsuranceVersions = "insurance-versions-whole"
	ClaimsCovered     = "claims-covered"
	ClaimsWithin      = "claims-within-limits"
	ClaimsTwoPersons  = "claims-two-persons"
	ClaimsStepped     = "claims-stepped"
	VouchersOnce      = "vouchers-once"
	VouchersPosted    = "vouchers-posted"
	SettlementsTrue   = "settlements-true"
	SettlementsPaid   = "settlements-paid-once"
	SettlementsByTwo  = "settlements-by-two"
	OneAccountEach    = "one-account-each"
	UnitsApart        = "units-apart"
	PointsConserved   = "points-conserved"
	LotsAreMoves      = "lots-are-moves"
	BudgetsHold       = "budgets-never-below-zero"
	DebtsAreNamed     = "debts-are-named"
	CancelledOnce     = "cancelled-once"
	PublishedFrozen   = "publications-frozen"
	PublishedChained  = "publications-chained"
	PublishedSafe     = "publications-protected"
	KeysAreAnswered   = "keys-are-answered"
	TargetsKept       = "targets-kept"
	GuardsStand       = "guards-stand"
	DatabaseIsSound   = "database-is-sound"
)

// Invariants lists all of them, in the order in which they are told.
func Invariants() []Invariant {
	return []Invariant{
		{EntriesBalance, "every entry stands in an account, with two postings or more that sum to zero, of minutes between it and the city's alone; no posting is without its entry"},
		{MinutesConserved, "no minute and no point appears or vanishes: all postings together sum to zero"},
		{BalancesAreSums, "a person's balance is the sum of the postings to his account"},
		{NeverBelowZero, "no person's account was ever below zero, after any entry"},
		{SystemKeepsNone, "accounts that only stand against others keep no balance of their own and hold no entries"},
		{SequencesUnbroken, "the entries of an account are numbered from 1 without gap or repeat"},
		{TimeMovesForward, "the time of posting never runs backwards along an account"},
		{HeadsAreLast, "number, head and time of an account are those of its last entry"},
		{ChainIsLinked, "every entry names the digest of the entry before it"},
		{DigestsAreTrue, "every entry's digest is that of what it says, postings included"},
		{SealsHold, "the seal of a day is still the one over all accounts as that day left them"},
		{EntriesHaveSource, "every entry of minutes comes from an attendance of the same person"},
		{AttendanceMinutes, "an attendance's recognised minutes are the sum of its postings, and nothing unless it is verified"},
		{AttendanceVisits, "a verified attendance is one visit, posted on the day of its check-in; any other is none"},
		{AttendanceTimes, "an attendance's day and worked minutes are those of its counted times"},
		{DayCaps, "nobody has more minutes on a day than the cap of that day and what a travel rule adds"},
		{DaysRecomputed, "counting a person's day again by the rules gives what the ledger holds for it"},
		{TwoPersons, "nobody verified his own presence or one that he entered; only the camp's code verifies without a person"},
		{ChangesApplied, "times differ from what was first told, and presences are reversed, only by a change that another person agreed to, told to whoever organised them"},
		{DisputesDecided, "a dispute was decided by a person who neither opened nor answered it, and who neither entered nor before verified the presence"},
		{DisputesPosted, "a granted dispute posted what its linked entries add up to, for that volunteer; and every dispute stands where its last step left it"},
		{LateApproved, "what was entered or corrected after the window was verified by somebody who held the right to approve late entries then"},
		{HoldsCountNowhere, "an attendance is held if and only if something that was found about it is open, and what is held counts nowhere"},
		{ImportsUnique, "what came from another system stands here once under its number there, and every imported presence has such a number"},
		{ExportsAddUp, "a school has the sum of the days sent to it and of the minutes carried to them, and nothing that it has was changed since"},
		{RollupsAreSums, "the sums by month, year, field and hour of posting are the ledger's, no row missing and none too many"},
		{FactsAreLedger, "what the city's figures are made of is the ledger's and the persons', the grade of evidence too, but for persons of whom something waits to be counted"},
		{FiguresCounted, "counting all facts again gives every figure of the city that is kept, none missing and none too many"},
		{TabulationsWhole, "the cells of a tabulation that is not outdated hold all visits and minutes of the year's facts"},
		{CertificatesKept, "a certificate, its lines and its PDF are what was issued: digests, and the log of acts, tell the same"},
		{CertificatesTrue, "a certificate holds what the ledger held when it was issued, presence by presence, no more and no less"},
		{IncentivesEarned, "of each requirement of what somebody holds or held, a condition had what it asks when it was claimed"},
		{IncentivesCapped, "nobody holds more of a programme than he may, no car has two, and no budget is overspent"},
		{IncentivesTold, "every holding is where its steps have led it"},
		{BenefitsPaid, "of a programme nobody has points but for the vouchers that he holds, and of a year's mileage no more than its minutes are worth and its cap, as far as they were counted; its terms raised its budget by what they say"},
		{BenefitsIssued, "every voucher of a programme belongs to one holding and is as that says, and nobody can use it when the holding is gone"},
		{BadgesCovered, "every live badge is covered by its person's hours, as far as the last review saw; and it came, and went, with an entry that crossed its threshold"},
		{BadgesOnce, "nobody holds a badge twice"},
		{HonoursByTwo, "whatever was submitted has five supporters, who are neither nominee nor nominator; two different persons decided on it, who are none of these"},
		{PlacesCounted, "a shift's taken places are as many as its confirmed sign-ups"},
		{NoDoubleBooking, "nobody has confirmed places on two shifts at the same time"},
		{InsurancePeriods, "no day belongs to two contracts of insurance"},
		{InsuranceVersions, "a contract's versions are numbered from 1 without gap, the first begins with it, none outside it, and each has items whose days are the contract's"},
		{ClaimsCovered, "what was approved for a claim was covered: the accident in the window found, its day in the days of the contract, its items that contract's and the person of their ages"},
		{ClaimsWithin, "amounts approved stay within their items, also over all claims of a person and day, and what was paid is what was approved"},
		{ClaimsTwoPersons, "a claim was approved and paid by two persons, neither of whom reported it or had the accident"},
		{ClaimsStepped, "a claim stands where its last step left it, its steps are numbered from 1 without gap, and each follows from the one before"},
		{VouchersOnce, "a voucher has at most one redemption that stands, is redeemed when it has one, and was redeemed in date at a merchant it is for"},
		{VouchersPosted, "a redemption of points posted once to what its merchant is owed, its cancellation the opposite, and nothing else posts there for a voucher"},
		{SettlementsTrue, "a merchant's statement is what the ledger says of his month, line by line, it begins where the one before ended, no month is left out, and its digest is that of what it says"},
		{SettlementsPaid, "a statement is paid once at most, by one entry of what it says is to be paid, and nothing else is paid to merchants"},
		{SettlementsByTwo, "a statement stands where its steps led it; who prepared it did not approve it, who approved it did not pay it, and neither applied for that merchant or managed it"},
		{OneAccountEach, "every volunteer has exactly one account of minutes, and every such account a volunteer"},
		{UnitsApart, "minutes and points never meet: an entry's kind and the accounts of its postings are of one unit"},
		{PointsConserved, "what a programme granted is what is held, spent, expired, donated and taken back, and every posting of points goes where its kind says"},
		{LotsAreMoves, "what is left of a lot of points is the sum of its moves, and a person's balance that of his lots"},
		{BudgetsHold, "no programme's budget was ever below zero, after any entry, and its balance is the sum of its postings"},
		{DebtsAreNamed, "points that are owed are owed by name, and the debts are the sums of their postings"},
		{CancelledOnce, "a redemption is cancelled once at most, by its exact opposite"},
		{PublishedFrozen, "the hash of a publication is that of all that it shows, and of the version before"},
		{PublishedChained, "the versions of a year and audience are numbered from 1 without gap, each supersedes the one before, and a second officer released it"},
		{PublishedSafe, "no published cell shows fewer persons than its threshold, and what is shown is what was counted, but for rounding"},
		{KeysAreAnswered, "a remembered answer has its status"},
		{TargetsKept, "a target's versions are numbered from 1 without gap and say the same of metric, region, baseline, goal and day; nothing follows a withdrawal"},
		{GuardsStand, "the guards that keep rows from being changed or deleted are in force"},
		{DatabaseIsSound, "the database finds its own structure and references whole"},
	}
}

// shown is how many broken rows a finding names.
const shown = 10

// Finding is an invariant that does not hold.
type Finding struct {
	Invariant string
	Rows      []string // table and key of the first rows that break it, ten at most
	More      bool     // there are more such rows
}

// Report is what was looked at and what was found; no findings means that every invariant holds.
type Report struct {
	Accounts, Entries int64
	Seals             int
	LastSeal          Seal      // the newest one; zero when there is none
	Findings          []Finding // in the order of Invariants
}

// View shows the books as they stood at one instant.
type View interface {
	// Rules reads the rules of recognition.
	Rules(ctx context.Context) (recognition.Rules, error)
	// Seals reads all seals, the oldest first.
	Seals(ctx context.Context) ([]Seal, error)
	// Books reads about as many accounts as asked for, and at least one if there is one, by id, from the one that follows.
	Books(ctx context.Context, after id.ID, accounts int) ([]Book, error)
	// PostedHours reads what is kept of hours of posting, in order.
	PostedHours(ctx context.Context) ([]PostedHour, error)
	// Settlements tells of all statements of merchants, with their lines in order.
	Settlements(ctx context.Context, tell func(s settlement.Statement, lines []settlement.Line)) error
	// Broken asks the database for what it can tell by itself: by invariant, table and key of the first rows that break it.
	Broken(ctx context.Context, rows int) (map[string][]string, error)
}

// Reader gives a view that does not change while it is looked at, beside whoever writes.
type Reader interface {
	Snapshot(ctx context.Context, fn func(ctx context.Context, v View) error) error
}

// Options say how the books are read.
type Options struct {
	Zone     *time.Location                // of the city's days
	Batch    int                           // accounts read at once; bounds what is held in memory
	Progress func(accounts, entries int64) // told now and then; may be nil
}

// Verify proves every invariant, or names those that do not hold. It writes nothing and may run beside a server.
func Verify(ctx context.Context, r Reader, o Options) (report Report, err error) {
	err = r.Snapshot(ctx, func(ctx context.Context, v View) error {
		report, err = Check(ctx, v, o)
		return err
	})
	return report, err
}

// Check is Verify on a view that is open already.
func Check(ctx context.Context, v View, o Options) (Report, error) {
	c := checker{zone: o.Zone, posted: map[hour]hourSum{}, findings: findings{}}
	seals, err := v.Seals(ctx)
	if err != nil {
		return Report{}, err
	}
	if c.rules, err = v.Rules(ctx); err != nil {
		return Report{}, err
	}
	c.sealed = recount(seals, o.Zone)
	var report Report
	if report.Accounts, report.Entries, err = c.read(ctx, v, o); err != nil {
		return Report{}, err
	}
	c.checkSeals()
	kept, err := v.PostedHours(ctx)
	if err != nil {
		return Report{}, err
	}
	c.checkHours(kept)
	if err := v.Settlements(ctx, func(s settlement.Statement, lines []settlement.Line) {
		if s.Digest(lines) != s.Hash {
			c.findings.add(SettlementsTrue, "settlements %s (digest)", s.ID)
		}
	}); err != nil {
		return Report{}, err
	}
	broken, err := v.Broken(ctx, shown+1)
	if err != nil {
		return Report{}, err
	}
	for invariant, rows := range broken {
		for _, row := range rows {
			c.findings.add(invariant, "%s", row)
		}
	}
	for _, i := range Invariants() {
		if f := c.findings[i.Name]; f != nil {
			report.Findings = append(report.Findings, *f)
		}
	}
	if report.Seals = len(seals); report.Seals > 0 {
		report.LastSeal = seals[len(seals)-1]
	}
	return report, nil
}

// checker goes through the books, one person after the other.
type checker struct {
	zone     *time.Location
	rules    recognition.Rules
	sealed   []sealedDay
	posted   map[hour]hourSum
	findings findings
}

// read goes through all books; the next ones are read while the last ones are checked.
func (c *checker) read(ctx context.Context, v View, o Options) (accounts, entries int64, err error) {
	next := make(chan []Book)
	var checking sync.WaitGroup
	checking.Go(func() {
		for books := range next {
			for _, b := range books {
				c.check(b)
			}
		}
	})
	defer checking.Wait()
	defer close(next)
	for after := id.Nil; ; {
		books, err := v.Books(ctx, after, o.Batch)
		if err != nil || len(books) == 0 {
			return accounts, entries, err
		}
		next <- books
		for _, b := range books {
			accounts++
			entries += int64(len(b.Entries))
		}
		if o.Progress != nil {
			o.Progress(accounts, entries)
		}
		after = books[len(books)-1].Account.ID
	}
}

func (c *checker) check(b Book) {
	c.account(b)
	if b.Account.Kind == ledger.VolunteerMinutes {
		c.attendances(b)
		c.days(b)
		c.hours(b)
		c.certificates(b)
	}
	c.seal(b)
}

// findings are kept by invariant.
type findings map[string]*Finding

func (f findings) add(invariant, format string, args ...any) {
	found := f[invariant]
	if found == nil {
		found = &Finding{Invariant: invariant}
		f[invariant] = found
	}
	if len(found.Rows) == shown {
		found.More = true
		return
	}
	found.Rows = append(found.Rows, fmt.Sprintf(format, args...))
}
