package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"dure/cmd/dure/demo"
	"dure/domain/kernel/calendar"
)

// fillDemo makes the demo city in an empty database and leaves.
func fillDemo(ctx context.Context, sh shell, args []string) error {
	c := sh.called("demo")
	size := c.String("scale", "town", "how large: "+strings.Join(slices.Sorted(maps.Keys(demo.Scales)), " or "))
	share := c.Float64("share", 1, "how much of the scale city, such as 0.02")
	cfg, _, err := c.load(args)
	if err != nil {
		return err
	}
	scale, ok := demo.Scales[*size]
	switch {
	case !ok:
		return c.refuse(fmt.Errorf("there is no scale %q", *size))
	case !(*share > 0 && *share <= 1):
		return c.refuse(errors.New("-share is above 0 and at most 1"))
	case *share < 1 && !scale.Crowded():
		return c.refuse(errors.New("only the scale city has a -share"))
	}
	if scale.Crowded() {
		scale = scale.Part(*share)
	}
	db, letGo, err := own(ctx, cfg, newLogger(cfg, sh.err))
	if err != nil {
		return err
	}
	defer letGo()
	clock := calendar.Clock{Instant: time.Now, Zone: cfg.TimeZone}
	vault, err := newVault(ctx, cfg, db, clock)
	if err != nil {
		return err
	}
	if err := demo.Fill(ctx, db, vault, clock, scale, sh.out); err != nil {
		return fmt.Errorf("%s: %w", cfg.database(), err)
	}
	if err := published(ctx, dependencies{db: db, clock: clock}); err != nil {
		return fmt.Errorf("%s: %w", cfg.database(), err)
	}
	_, err = fmt.Fprintln(sh.out, cfg.database(), "holds the demo city")
	return err
}

// published prepares and releases what the demo city publishes, as a server would.
func published(ctx context.Context, d dependencies) error {
	for done := true; done; {
		var err error
		if done, err = publications(d).Work(ctx); err != nil {
			return err
		}
	}
	return demo.Release(ctx, d.db, d.clock)
}

// show runs the tour and tells whom one can sign in as. A tour that fails is told, and nothing else: the server goes on.
func show(ctx context.Context, t tour) {
	if _, err := t.run(ctx); err != nil {
		fmt.Fprintln(t.w, "\nthe tour has stopped:", err)
	}
	t.say("비밀번호는 모두 "+demo.Password+" 입니다.", "Everybody's password is "+demo.Password+".")
	for _, who := range [][2]string{
		{demo.Volunteer, "자원봉사자, volunteer"}, {demo.Head, "캠프장, head of a camp"}, {demo.Keeper, "캠프지기, keeper of the same camp"},
		{demo.Site, "수요처 담당자, manager of a demand site and of a shop"}, {demo.Centre, "센터 담당자, officer of the volunteer centre"},
		{demo.Claims, "보험 담당자, claims officer; claims2@demo.dure is the second"},
		{demo.Analyst, "분석가, analyst"}, {demo.Admin, "관리자, administrator"},
	} {
		fmt.Fprintf(t.w, "     %-20s %s\n", who[0], who[1])
	}
	fmt.Fprintln(t.w)
}
