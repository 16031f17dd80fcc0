package anomaly

import (
	"encoding/json"
	"slices"
	"time"

	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/kernel/place"
)

// RepeatDays is the stretch of days in which a group that comes back is looked for.
const RepeatDays = 30

// Margins that no threshold takes away: a check-out may come an hour after the shift's end, and a check-in two before it.
const (
	longMargin  = 180 // minutes
	nightMargin = 60  // minutes
)

// Place is a point in degrees (WGS84).
type Place struct{ Lat, Lon float64 }

// Presence is a presence to be judged.
type Presence struct {
	AttendanceID id.ID
	VolunteerID  id.ID
	ActivityID   id.ID
	Span         calendar.Span
	Day          calendar.Day // of the check-in
	Minutes      int
	Shift        calendar.Span
	Place        *Place // nil when nobody knows where the site is
	Told         bool   // somebody wrote it down; else it was proved by the code
	WalkIn       bool   // without a sign-up
}

// Stay is where else a person was, or is told to have been.
type Stay struct {
	Span  calendar.Span
	Place Place
}

// Entry is a presence that the same account recorded.
type Entry struct {
	VolunteerID id.ID
	Day         calendar.Day
	Minutes     int
}

// Facts are what presences are judged by, as they were before them.
type Facts struct {
	Rules     Rules
	NoConsent map[id.ID]bool
	LastHour  int              // presences that the account recorded within the last hour; no more than the threshold need be counted
	WalkIns   int              // and today without a sign-up
	Stays     map[id.ID][]Stay // at other activities than the one to be judged
	Entries   []Entry          // of the persons to be judged, and of those told by the account at the organiser on the same days
}

// Judge looks at presences in the order in which they were told, each for itself: what is too many is held, what came
// before it is not. Pure; the anomalies found are open, and have ids.
func Judge(a Ask, f Facts) (found []Anomaly) {
	rules := f.Rules.On(a.Today)
	groups := gather(a, f)
	hour, walkIns := f.LastHour, f.WalkIns
	stays := make(map[id.ID][]Stay, len(f.Stays))
	for person, known := range f.Stays {
		stays[person] = slices.Clone(known)
	}
	for _, p := range a.Presences {
		judge := func(kind Kind, look func(r Rule) map[string]any) {
			if rule, ok := rules[kind]; ok {
				if detail := look(rule); detail != nil {
					found = append(found, Anomaly{ID: id.New(), AttendanceID: p.AttendanceID, Kind: kind, RuleVersion: rule.Version,
						Detail: written(detail), FoundAt: a.Now, State: Open})
				}
			}
		}
		if p.Told {
			hour++
			judge(EntriesPerHour, func(r Rule) map[string]any { return over(hour, r) })
			judge(RepeatedGroup, func(r Rule) map[string]any { return groups.repeated(p, r) })
		}
		if p.Told && p.WalkIn {
			walkIns++
			judge(WalkInsPerDay, func(r Rule) map[string]any { return over(walkIns, r) })
		}
		judge(NoConsent, func(Rule) map[string]any {
			if f.NoConsent[p.VolunteerID] {
				return map[string]any{}
			}
			return nil
		})
		judge(TooFar, func(r Rule) map[string]any { return tooFar(p, stays[p.VolunteerID], r) })
		judge(UnlikeShift, func(r Rule) map[string]any { return unlike(p, r) })
		judge(Night, func(r Rule) map[string]any { return atNight(p, a.Zone, r) })
		if p.Place != nil {
			stays[p.VolunteerID] = append(stays[p.VolunteerID], Stay{p.Span, *p.Place})
		}
	}
	return found
}

func written(detail map[string]any) string {
	raw, err := json.Marshal(detail)
	if err != nil {
		panic(err) // numbers only
	}
	return string(raw)
}

func over(count int, r Rule) map[string]any {
	if count <= r.Threshold {
		return nil
	}
	return map[string]any{"count": count, "most": r.Threshold}
}

// tooFar tells whether nobody could have come from where the person was before, or have gone to where he was afterwards.
func tooFar(p Presence, stays []Stay, r Rule) map[string]any {
	if p.Place == nil {
		return nil
	}
	for _, s := range stays {
		metres := place.Distance(p.Place.Lat, p.Place.Lon, s.Place.Lat, s.Place.Lon)
		between := max(0, p.Span.Start.Sub(s.Span.End), s.Span.Start.Sub(p.Span.End))
		if metres > float64(r.SecondThreshold) && metres > float64(r.Threshold)*1000*between.Hours() {
			return map[string]any{"metres": int(metres), "minutes_between": int(between.Minutes())}
		}
	}
	return nil
}

// unlike compares the minutes with the shift's. What the code proves to be short is short.
func unlike(p Presence, r Rule) map[string]any {
	shift := p.Shift.Minutes()
	long := p.Minutes*100 > shift*r.Threshold && p.Minutes-shift > longMargin
	short := p.Told && p.Minutes*100 < shift*r.SecondThreshold
	if !long && !short {
		return nil
	}
	return map[string]any{"minutes": p.Minutes, "shift_minutes": shift}
}

// atNight looks at presences that reach far into the night at shifts that do not.
func atNight(p Presence, zone *time.Location, r Rule) map[string]any {
	if nightMinutes(p.Shift, zone, r) > 0 {
		return nil
	}
	if minutes := nightMinutes(p.Span, zone, r); minutes > nightMargin {
		return map[string]any{"night_minutes": minutes}
	}
	return nil
}

func nightMinutes(s calendar.Span, zone *time.Location, r Rule) (minutes int) {
	from, length := time.Duration(r.Threshold)*time.Minute, (r.SecondThreshold-r.Threshold+24*60)%(24*60)
	days := s.Days(zone)
	for d := days[0].Add(-1); !d.After(days[len(days)-1]); d = d.Add(1) {
		night := calendar.Span{Start: d.Start(zone).Add(from)}
		night.End = night.Start.Add(time.Duration(length) * time.Minute)
		if s.Overlaps(night) {
			both := calendar.Span{Start: s.Start, End: s.End}
			if both.Start.Before(night.Start) {
				both.Start = night.Start
			}
			if both.End.After(night.End) {
				both.End = night.End
			}
			minutes += both.Minutes()
		}
	}
	return minutes
}

// group is who was told to have been there on one day for the same minutes.
type group struct {
	day     calendar.Day
	minutes int
}

// groups are those of one account, and how many persons two of them share.
type groups struct {
	who    map[group]map[id.ID]bool
	days   map[int][]calendar.Day // by minutes
	shared map[[2]group]int
}

func gather(a Ask, f Facts) *groups {
	g := &groups{who: map[group]map[id.ID]bool{}, days: map[int][]calendar.Day{}, shared: map[[2]group]int{}}
	for _, e := range f.Entries {
		g.add(e)
	}
	for _, p := range a.Presences {
		if p.Told {
			g.add(Entry{p.VolunteerID, p.Day, p.Minutes})
		}
	}
	for _, days := range g.days {
		slices.SortFunc(days, calendar.Day.Compare)
	}
	return g
}

func (g *groups) add(e Entry) {
	key := group{e.Day, e.Minutes}
	if g.who[key] == nil {
		g.who[key] = map[id.ID]bool{}
		g.days[e.Minutes] = append(g.days[e.Minutes], e.Day)
	}
	g.who[key][e.VolunteerID] = true
}

func (g *groups) both(a, b group) int {
	if n, known := g.shared[[2]group{a, b}]; known {
		return n
	}
	n := 0
	for person := range g.who[a] {
		if g.who[b][person] {
			n++
		}
	}
	g.shared[[2]group{a, b}] = n
	return n
}

// repeated counts the days on which the person came with enough others of this day's group for the very same minutes. Days
// before and after count alike, so that it does not help to record the last day first.
func (g *groups) repeated(p Presence, r Rule) map[string]any {
	today := group{p.Day, p.Minutes}
	if len(g.who[today]) < r.Threshold {
		return nil
	}
	var days []calendar.Day
	for _, day := range g.days[p.Minutes] {
		other := group{day, p.Minutes}
		if g.who[other][p.VolunteerID] && g.both(today, other) >= r.Threshold {
			days = append(days, day)
		}
	}
	for i, first := range days {
		if first.After(p.Day) {
			break
		}
		last := i
		for last+1 < len(days) && days[last+1].Sub(first) < RepeatDays {
			last++
		}
		if n := last - i + 1; n >= r.SecondThreshold && !days[last].Before(p.Day) {
			return map[string]any{"persons": len(g.who[today]), "days": n, "minutes": p.Minutes}
		}
	}
	return nil
}
