package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"dure/domain/activity"
	"dure/domain/holiday"
	"dure/domain/kernel/calendar"
	"dure/domain/region"
	activitystore "dure/repository/activity"
	holidaystore "dure/repository/holiday"
	regionstore "dure/repository/region"
)

// imports is what can be read from a file; each says in a sentence what it did.
func imports(d dependencies) map[string]func(ctx context.Context, file io.Reader) (string, error) {
	listings := activitystore.NewStore(d.db, d.clock.Zone)
	activities := activity.NewService(listings, listings, d.clock)
	regions := region.NewService(regionstore.NewStore(d.db), d.clock)

	return map[string]func(ctx context.Context, file io.Reader) (string, error){
		"activities": func(ctx context.Context, file io.Reader) (string, error) {
			return importActivities(ctx, activities, file)
		},
		"holidays": func(ctx context.Context, file io.Reader) (string, error) {
			return importHolidays(ctx, holiday.NewService(holidaystore.NewStore(d.db), d.clock), file)
		},
		"regions":    func(ctx context.Context, file io.Reader) (string, error) { return importRegions(ctx, regions, file) },
		"population": func(ctx context.Context, file io.Reader) (string, error) { return importPopulation(ctx, regions, file) },
	}
}

func importables() string {
	return strings.Join(slices.Sorted(maps.Keys(imports(dependencies{}))), "|")
}

// importFile keeps a file's contents; doing it twice changes nothing.
func importFile(ctx context.Context, sh shell, args []string) error {
	c := sh.called("import", importables(), "FILE")
	cfg, args, err := c.load(args)
	if err != nil {
		return err
	}
	if _, ok := imports(dependencies{})[args[0]]; !ok {
		return c.refuse(fmt.Errorf("%q is none of %s", args[0], importables()))
	}
	file, err := os.Open(args[1])
	if err != nil {
		return err
	}
	defer file.Close()
	db, letGo, err := own(ctx, cfg, newLogger(cfg, sh.err))
	if err != nil {
		return err
	}
	defer letGo()
	d := dependencies{db: db, clock: calendar.Clock{Instant: time.Now, Zone: cfg.TimeZone}}
	told, err := imports(d)[args[0]](ctx, file)
	if err != nil {
		return fmt.Errorf("%s: %w", args[1], err)
	}
	_, err = fmt.Fprintln(sh.out, told)
	return err
}
