package demo

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"dure/domain/attendance"
	"dure/domain/document"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/ledger"
	"dure/domain/recognition"
	"dure/domain/region"
	"dure/domain/volunteer"
	"dure/repository"
	attendancestore "dure/repository/attendance"
	ledgerstore "dure/repository/ledger"
	regionstore "dure/repository/region"
	volunteerstore "dure/repository/volunteer"
)

// store writes a city in one transaction.
type store struct {
	tx    *repository.Tx
	city  *city
	vault document.Vault
	clock calendar.Clock
	w     io.Writer
	hash  string // of everybody's password
}

func (s store) all(ctx context.Context) error {
	if !s.tx.Postgres() { // else it would write pages that do not fit into its cache, only to read them again
		if err := s.tx.Exec(`PRAGMA cache_size = -200000`).Error; err != nil {
			return err
		}
		defer s.tx.Exec(`PRAGMA cache_size = -2000`)
	}
	if err := s.lived(ctx); err != nil {
		return err
	}
	return s.finish(ctx)
}

// lived writes everything that was invented.
func (s store) lived(ctx context.Context) error {
	for _, part := range []func(context.Context) error{
		s.regions, s.insurance, s.people, s.merchants, s.houses, s.listings, s.signUps, s.attendances, s.programmes, s.awards, s.targets, s.audit,
		s.counters, s.claims, s.signOut,
	} {
		if err := part(ctx); err != nil {
			return err
		}
	}
	return nil
}

// chunk bounds the rows of one statement.
const chunk = 4000

// insert writes rows of a table; columns name and type them as Records wants it.
func (s store) insert(table, columns string, rows []repository.Row) error {
	names := strings.Split(columns, ",")
	for i, column := range names {
		names[i] = strings.Fields(column)[0]
	}
	list := strings.Join(names, ", ")
	for len(rows) > 0 {
		some := rows[:min(chunk, len(rows))]
		rows = rows[len(some):]
		if err := s.tx.Exec(`INSERT INTO `+table+` (`+list+`) SELECT `+list+` FROM `+s.tx.Records(columns), repository.JSON(some)).Error; err != nil {
			return fmt.Errorf("%s: %w", table, err)
		}
	}
	return nil
}

// Update lets the import of regions run in this transaction.
func (s store) Update(ctx context.Context, fn func(ctx context.Context, tx region.Tx) error) error {
	return fn(ctx, reference{s.tx})
}

type reference struct{ *repository.Tx }

func (r reference) Regions() region.Repository { return regionstore.Regions{Tx: r.Tx} }

func (s store) regions(ctx context.Context) error {
	figures, err := residents()
	if err != nil {
		return err
	}
	service := region.NewService(s, s.clock)
	if _, err := service.ImportRegions(ctx, regions(s.city.dongs)); err != nil {
		return err
	}
	if _, err := service.ImportPopulation(ctx, figures); err != nil {
		return err
	}
	sum := 0
	for _, d := range s.city.dongs {
		sum += d.residents
	}
	return s.tell("%d dong with %d residents", len(s.city.dongs), sum)
}

func (s store) tell(format string, args ...any) error {
	_, err := fmt.Fprintf(s.w, "demo city: "+format+"\n", args...)
	return err
}

func (s store) people(ctx context.Context) error {
	var volunteers, residences, guardians, accounts, grants []repository.Row
	var consents []volunteer.Given
	var ids []id.ID
	for _, p := range slices.Concat(s.city.people, s.city.staff, s.city.handlers) {
		if p.account != id.Nil {
			row := repository.Row{"id", p.account, "login", p.login, "password_hash", s.hash, "created_at", p.joined}
			if p.ID != id.Nil {
				row = append(row, "volunteer_id", p.ID)
			}
			accounts = append(accounts, row)
		}
		for _, g := range p.grants {
			grants = append(grants, repository.Row{"id", g.id, "account_id", p.account, "role", g.Role, "scope_type", g.ScopeType,
				"scope_id", g.ScopeID, "starts_at", g.since, "ends_at", g.Until, "granted_by", s.city.administrator(), "reason", "위촉"})
		}
		if p.ID == id.Nil {
			continue
		}
		ids = append(ids, p.ID)
		consents = append(consents, p.given...)
		volunteers = append(volunteers, repository.Row{"id", p.ID, "number", p.Number, "name", p.Name, "search", p.Search,
			"birth_date", p.BirthDate, "sex", p.Sex, "region_code", p.RegionCode, "mobile", null(p.Mobile), "email", null(p.Email),
			"status", p.Status, "camp_id", p.CampID, "registered_on", p.RegisteredOn, "registered_at", p.RegisteredAt,
			"registered_by", p.RegisteredBy, "version", p.Version})
		for _, m := range p.moves {
			residences = append(residences, repository.Row{"volunteer_id", p.ID, "since", m.since, "region_code", m.code})
		}
		if g := p.guardian; g != nil {
			row := repository.Row{"id", g.id, "volunteer_id", p.ID, "name", g.Name, "mobile", g.Mobile, "relation", g.Relation,
				"declared_at", p.RegisteredAt, "confirmed_at", g.confirmedAt, "confirmed_by", g.confirmedBy}
			if g.person != nil {
				row = append(row, "guardian_volunteer_id", g.person.ID)
			}
			guardians = append(guardians, row)
		}
	}
	for _, t := range []struct {
		table, columns string
		rows           []repository.Row
	}{
		{"volunteers", `id uuid, number text, name text, search text, birth_date date, sex text, region_code text, mobile text, email text,
			status text, camp_id uuid, registered_on date, registered_at timestamptz, registered_by uuid, version int`, volunteers},
		{"residences", "volunteer_id uuid, since date, region_code text", residences},
		{"guardians", `id uuid, volunteer_id uuid, name text, mobile text, relation text, guardian_volunteer_id uuid,
			declared_at timestamptz, confirmed_at timestamptz, confirmed_by uuid`, guardians},
		{"accounts", "id uuid, login text, password_hash text, volunteer_id uuid, created_at timestamptz", accounts},
		{"role_grants", `id uuid, account_id uuid, role text, scope_type text, scope_id uuid, starts_at timestamptz, ends_at timestamptz,
			granted_by uuid, reason text`, grants},
	} {
		if err := s.insert(t.table, t.columns, t.rows); err != nil {
			return err
		}
	}
	if err := (volunteerstore.Volunteers{Tx: s.tx}).Consent(ctx, consents...); err != nil {
		return err
	}
	if err := (ledgerstore.Ledger{Tx: s.tx}).OpenAccounts(ctx, ids...); err != nil {
		return err
	}
	return s.tell("%d volunteers, %d of whom can sign in", len(volunteers), len(accounts)-len(s.city.staff)-len(s.city.handlers))
}

// administrator is the account that granted all roles.
func (c *city) administrator() id.ID { return c.staff[len(c.staff)-1].account }

func null(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func (s store) houses(context.Context) error {
	camps, sites := 0, 0
	for _, h := range s.city.houses {
		table, row := "camps", any(h.camp)
		if camps++; h.camp == nil {
			table, row = "demand_sites", h.site
			camps--
			sites++
		}
		if err := s.tx.Table(table).Create(row).Error; err != nil {
			return err
		}
	}
	return s.tell("%d camps and %d demand sites", camps, sites)
}

func (s store) listings(context.Context) error {
	var shifts []repository.Row
	for _, l := range s.city.listings {
		if err := s.tx.Table("activities").Create(&l.Activity).Error; err != nil {
			return err
		}
		for _, o := range l.shifts {
			shifts = append(shifts, repository.Row{"id", o.ID, "activity_id", o.ActivityID, "organiser_id", o.OrganiserID, "starts_at", o.StartsAt,
				"ends_at", o.EndsAt, "break_minutes", o.BreakMinutes, "capacity", o.Capacity, "confirmed", o.Confirmed,
				"cancelled_at", o.CancelledAt, "code_secret", o.CodeSecret})
		}
	}
	err := s.insert("shifts", `id uuid, activity_id uuid, organiser_id uuid, starts_at timestamptz, ends_at timestamptz, break_minutes int,
		capacity int, confirmed int, cancelled_at timestamptz, code_secret text`, shifts)
	if err != nil {
		return err
	}
	return s.tell("%d activities with %d shifts", len(s.city.listings), len(shifts))
}

func (s store) signUps(context.Context) error {
	var rows []repository.Row
	for _, l := range s.city.listings {
		for _, o := range l.shifts {
			for _, u := range o.signUps {
				rows = append(rows, repository.Row{"id", u.ID, "shift_id", u.ShiftID, "volunteer_id", u.VolunteerID, "state", u.State,
					"starts_at", u.StartsAt, "ends_at", u.EndsAt, "queued", u.Queued, "applied_at", u.AppliedAt, "changed_at", u.ChangedAt})
			}
		}
	}
	err := s.insert("sign_ups", `id uuid, shift_id uuid, volunteer_id uuid, state text, starts_at timestamptz, ends_at timestamptz,
		queued bigint, applied_at timestamptz, changed_at timestamptz`, rows)
	if err != nil {
		return err
	}
	return s.tell("%d sign-ups", len(rows))
}

// attendances writes presences as they were told, then what was decided on them, and posts what counts; person by person,
// so many at once that a statement has some thousand rows.
func (s store) attendances(ctx context.Context) error {
	rules, err := (attendancestore.Attendances{Tx: s.tx}).Rules(ctx)
	if err != nil {
		return err
	}
	var some []*person
	presences, posted, waiting := 0, 0, 0
	for i, p := range s.city.people {
		some = append(some, p)
		if waiting += len(p.presences); waiting < chunk && i < len(s.city.people)-1 {
			continue
		}
		n, err := s.histories(ctx, some, rules)
		if err != nil {
			return err
		}
		presences, posted, waiting, some = presences+waiting, posted+n, 0, nil
		if err := s.tell("%d attendances, %d entries in the ledger", presences, posted); err != nil {
			return err
		}
	}
	return nil
}

func (s store) histories(ctx context.Context, people []*person, rules recognition.Rules) (int, error) {
	var ids []id.ID
	for _, p := range people {
		ids = append(ids, p.ID)
	}
	accounts, err := ledgerstore.Ledger{Tx: s.tx}.Lock(ctx, ids)
	if err != nil {
		return 0, err
	}
	var told, decided []attendance.Attendance
	var changes []repository.Row
	var entries []ledger.Entry
	var moved []ledger.Account
	for _, p := range people {
		for _, a := range p.presences {
			first := a.Attendance
			if first.State == attendance.Rejected {
				first.State, first.DecidedAt, first.DecidedBy, first.Reason = attendance.Pending, nil, nil, ""
			}
			told = append(told, first)
			if c := a.change; c != nil {
				changes = append(changes, repository.Row{"id", c.ID, "attendance_id", c.AttendanceID, "organiser_id", c.OrganiserID, "kind", c.Kind, "checked_in_at", c.CheckedInAt,
					"checked_out_at", c.CheckedOutAt, "reason", c.Reason, "state", c.State, "proposed_at", c.ProposedAt,
					"proposed_by", c.ProposedBy, "decided_at", c.DecidedAt, "decided_by", c.DecidedBy, "decision", c.Decision})
			}
		}
		page := book{zone: s.city.zone, rules: rules, account: accounts[p.ID], posted: map[posted]sum{}}
		if err := page.history(p); err != nil {
			return 0, err
		}
		entries, moved = append(entries, page.entries...), append(moved, page.account)
		for _, a := range p.presences {
			if a.State != attendance.Pending && a.State != attendance.AutoClosed {
				decided = append(decided, a.Attendance)
			}
		}
	}
	attendances := attendancestore.Attendances{Tx: s.tx}
	if err := attendances.Add(ctx, told); err != nil {
		return 0, err
	}
	if err := attendances.Decide(ctx, decided); err != nil {
		return 0, err
	}
	if err := s.insert("attendance_changes", `id uuid, attendance_id uuid, organiser_id uuid, kind text, checked_in_at timestamptz, checked_out_at timestamptz,
		reason text, state text, proposed_at timestamptz, proposed_by uuid, decided_at timestamptz, decided_by uuid, decision text`, changes); err != nil {
		return 0, err
	}
	return len(entries), ledgerstore.Ledger{Tx: s.tx}.Append(ctx, entries, moved)
}

func (s store) audit(ctx context.Context) error {
	events := s.city.events
	for len(events) > 0 {
		some := events[:min(chunk, len(events))]
		events = events[len(some):]
		if err := s.tx.Audit().Record(ctx, some...); err != nil {
			return err
		}
	}
	return nil
}

// finish marks the database as the demo city, and lets PostgreSQL count what it has got before it is asked.
func (s store) finish(context.Context) error {
	if err := s.tx.Exec(`INSERT INTO settings (key, value) VALUES (?, ?)`, mark, s.city.Scale.name+" "+s.city.today.String()).Error; err != nil {
		return err
	}
	if s.tx.Postgres() {
		return s.tx.Exec(`ANALYZE`).Error
	}
	return nil
}
