package export

import (
	"context"
	"regexp"
	"slices"
	"testing"

	"dure/domain/kernel/id"
	"dure/repository"
	"dure/repository/dbtest"
)

// sums are tables about persons that no section shows, and why.
var sums = map[string]string{
	"cube_facts":         "made of hours",
	"cube_queue":         "notes that sums are to be made anew",
	"cube_steps":         "made of registration and residence",
	"ledger_decreases":   "notes beside the entries of hours",
	"person_fields":      "added up from hours",
	"person_months":      "added up from hours",
	"person_years":       "added up from hours",
	"school_export_days": "the days of school_exports",
}

// Whoever adds a table with persons in it says where they find their rows.
func TestEverythingAboutAPersonIsInHisExport(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *repository.DB) {
		err := db.View(t.Context(), func(ctx context.Context, tx *repository.Tx) error {
			var tables []string
			query := `SELECT table_name FROM information_schema.columns WHERE table_schema = 'public' AND column_name = 'volunteer_id' ORDER BY 1`
			if !tx.Postgres() {
				query = `SELECT m.name FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' AND c.name = 'volunteer_id' ORDER BY 1`
			}
			if err := tx.Raw(query).Scan(&tables).Error; err != nil {
				return err
			}
			if len(tables) < 15 {
				t.Errorf("only %v", tables)
			}
			named := func(table string) bool {
				word := regexp.MustCompile(`\b(FROM|JOIN) ` + table + `\b`)
				return slices.ContainsFunc(sections, func(s struct{ name, query string }) bool { return word.MatchString(s.query) })
			}
			for _, table := range tables {
				if reason := sums[table]; !named(table) && reason == "" {
					t.Errorf("%s is in no section", table)
				} else if named(table) && reason != "" {
					t.Errorf("%s is in a section, and was to be left out: %s", table, reason)
				}
			}
			for _, table := range []string{"anomalies", "dispute_steps", "certificate_lines", "attendance_changes", "role_grants"} { // persons by way of another table
				if !named(table) {
					t.Errorf("%s is in no section", table)
				}
			}
			all, err := (Exports{Tx: tx}).Sections(ctx, id.New())
			if len(all) != len(sections) {
				t.Errorf("%d sections of %d", len(all), len(sections))
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
