package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"time"

	"dure/api"
	"dure/cmd/dure/demo"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/repository"
)

// tour shows the demo city at work: the program calls itself over HTTP as a camp's head, its keeper, a volunteer and an
// officer of the centre, and tells what comes of it.
type tour struct {
	db    *repository.DB // to know whom to send to the camp; all that is done is done over HTTP
	clock calendar.Clock
	base  string // of the running server
	http  *http.Client
	w     io.Writer
}

// toured is what the tour saw before and after.
type toured struct {
	expected              int // minutes that the shift is worth
	hours, hoursAfter     int
	figures, figuresAfter tourFigures
}

type tourFigures struct {
	Key, Name         string
	Persons, Visits   int
	Population        int
	ParticipationRate float64 `json:"participation_rate"`
	from, to          calendar.Day
	Registered        int
}

type tourShift struct {
	ID            id.ID
	ActivityTitle string    `json:"activity_title"`
	StartsAt      time.Time `json:"starts_at"`
	EndsAt        time.Time `json:"ends_at"`
	BreakMinutes  int       `json:"break_minutes"`
}

// run shows the tour once. Where nothing is left to be recorded, it tells the present figures.
func (t tour) run(ctx context.Context) (seen toured, err error) {
	people := map[string]*caller{}
	for _, login := range []string{demo.Head, demo.Keeper, demo.Volunteer, demo.Centre} {
		if people[login], err = t.signIn(ctx, login); err != nil {
			return seen, err
		}
	}
	head, keeper, volunteer, centre := people[demo.Head], people[demo.Keeper], people[demo.Volunteer], people[demo.Centre]
	camp, dong, err := t.camp(ctx, head)
	if err != nil {
		return seen, err
	}
	shift, found, err := t.shift(ctx, head, volunteer, camp)
	if err != nil {
		return seen, err
	}
	neighbour, free, err := demo.Newcomer(ctx, t.db, camp)
	if err != nil {
		return seen, err
	}
	day := t.clock.Day(t.clock.Now())
	if found = found && free; found {
		day = t.clock.Day(shift.StartsAt)
	}

	t.say("두레 한 바퀴", "A tour of dure: the program calls itself at "+t.base)
	if seen.figures, err = t.figures(ctx, centre, day, dong); err != nil {
		return seen, err
	}
	t.say("1. 센터 담당자가 "+seen.figures.Name+"의 참여율을 봅니다.", "1. The centre reads the dong's participation rate.")
	t.tell("%s", seen.figures)
	if seen.hours, err = t.hours(ctx, volunteer); err != nil {
		return seen, err
	}
	if !found {
		t.say("지난 4주 안에 더 적을 회차가 없어 지금의 수치를 보여 드립니다.",
			"No shift of the last four weeks is left to be recorded: these are the present figures.")
		t.tell("%s = %s", demo.Volunteer, hoursAndMinutes(seen.hours))
		seen.hoursAfter, seen.figuresAfter = seen.hours, seen.figures
		return seen, nil
	}
	seen.expected = calendar.Span{Start: shift.StartsAt, End: shift.EndsAt}.Minutes() - shift.BreakMinutes

	recorded, err := t.batch(ctx, head, camp, shift, []string{volunteer.number, neighbour, wrong(neighbour)})
	if err != nil {
		return seen, err
	}
	if err := t.verify(ctx, head, keeper, camp, recorded); err != nil {
		return seen, err
	}
	if seen.hoursAfter, err = t.hours(ctx, volunteer); err != nil {
		return seen, err
	}
	t.say("4. 자원봉사자의 인정시간이 늘었습니다.", "4. The volunteer's recognised hours have gone up.")
	t.tell("%s → %s", hoursAndMinutes(seen.hours), hoursAndMinutes(seen.hoursAfter))
	if seen.figuresAfter, err = t.figures(ctx, centre, day, dong); err != nil {
		return seen, err
	}
	t.say("5. "+seen.figures.Name+"의 참여율이 움직였습니다.", "5. The dong's participation rate has moved.")
	t.tell("%s", seen.figures)
	t.tell("%s", seen.figuresAfter)
	return seen, nil
}

// say prints a line in both languages, tell what came of it.
func (t tour) say(korean, english string) { fmt.Fprintf(t.w, "\n%s\n%s\n", korean, english) }
func (t tour) tell(format string, args ...any) {
	fmt.Fprintf(t.w, "     "+format+"\n", args...)
}

func (f tourFigures) String() string {
	return fmt.Sprintf("%s %s ~ %s: 실인원(persons) %d ÷ 주민(residents) %d = %.3f %%, 연인원(visits) %d",
		f.Name, f.from, f.to, f.Persons, f.Population, f.ParticipationRate*100, f.Visits)
}

func hoursAndMinutes(minutes int) string {
	return fmt.Sprintf("%d시간 %d분 (%d h %d min)", minutes/60, minutes%60, minutes/60, minutes%60)
}

// wrong is a number with a slip in its last digit: no such number exists.
func wrong(number string) string {
	last := len(number) - 1
	return number[:last] + string('0'+(number[last]-'0'+1)%10)
}

// camp is the one that the head works for, and the code of its dong.
func (t tour) camp(ctx context.Context, head *caller) (camp id.ID, dong string, err error) {
	i := slices.IndexFunc(head.roles, func(r callerRole) bool { return r.Role == "camp_head" })
	if i < 0 {
		return camp, "", fmt.Errorf("%s is the head of no camp any more", demo.Head)
	}
	camp = head.roles[i].ScopeID
	var answer struct{ Region struct{ Code string } }
	err = head.call(ctx, http.MethodGet, "/camps/"+camp.String(), nil, &answer)
	return camp, answer.Region.Code, err
}

// shift is the camp's latest one that has ended on a day on which the volunteer was nowhere.
func (t tour) shift(ctx context.Context, head, volunteer *caller, camp id.ID) (s tourShift, found bool, err error) {
	now := t.clock.Now()
	today := t.clock.Day(now)
	var shifts struct{ Items []tourShift }
	query := url.Values{"from": {today.Add(-27).String()}, "to": {today.String()}, "limit": {"100"}}
	if err := head.call(ctx, http.MethodGet, "/camps/"+camp.String()+"/shifts?"+query.Encode(), nil, &shifts); err != nil {
		return s, false, err
	}
	var mine struct {
		Items []struct {
			CheckedInAt time.Time `json:"checked_in_at"`
		}
	}
	if err := volunteer.call(ctx, http.MethodGet, "/me/attendances?limit=100", nil, &mine); err != nil {
		return s, false, err
	}
	busy := map[calendar.Day]bool{}
	for _, a := range mine.Items {
		busy[t.clock.Day(a.CheckedInAt)] = true
	}
	for _, one := range shifts.Items {
		if one.EndsAt.Before(now) && !busy[t.clock.Day(one.StartsAt)] && (!found || one.StartsAt.After(s.StartsAt)) {
			s, found = one, true
		}
	}
	return s, found, nil
}

// figures are those of a dong in the month of a day, up to today.
func (t tour) figures(ctx context.Context, centre *caller, day calendar.Day, dong string) (f tourFigures, err error) {
	from, to := day.FirstOfMonth(), t.clock.Day(t.clock.Now())
	if end := from.Add(31).FirstOfMonth().Add(-1); end.Before(to) {
		to = end
	}
	var answer struct{ Items []tourFigures }
	query := url.Values{"from": {from.String()}, "to": {to.String()}, "by": {"dong"}}
	if err := centre.call(ctx, http.MethodGet, "/statistics/participation?"+query.Encode(), nil, &answer); err != nil {
		return f, err
	}
	for _, f := range answer.Items {
		if f.Key[5:] == dong[5:] && f.Name == demo.HeadDong { // the code may be the one before the change
			f.from, f.to = from, to
			return f, nil
		}
	}
	return f, fmt.Errorf("no figures of %s", demo.HeadDong)
}

// hours are the volunteer's recognised minutes.
func (t tour) hours(ctx context.Context, volunteer *caller) (int, error) {
	var answer struct {
		RecognisedMinutes int `json:"recognised_minutes"`
	}
	err := volunteer.call(ctx, http.MethodGet, "/me/hours", nil, &answer)
	return answer.RecognisedMinutes, err
}

// batch sends three presences twice, the last of them of nobody, and gives the ids of the two that were recorded.
func (t tour) batch(ctx context.Context, head *caller, camp id.ID, s tourShift, numbers []string) (recorded []id.ID, err error) {
	type item struct {
		ClientID        string    `json:"client_id"`
		VolunteerNumber string    `json:"volunteer_number"`
		ShiftID         id.ID     `json:"shift_id"`
		CheckedInAt     time.Time `json:"checked_in_at"`
		CheckedOutAt    time.Time `json:"checked_out_at"`
		Evidence        string    `json:"evidence"`
	}
	items := make([]item, len(numbers))
	for i, number := range numbers {
		items[i] = item{"tour-" + id.New().String(), number, s.ID, s.StartsAt, s.EndsAt, "leader"}
	}
	type result struct {
		Status       string
		AttendanceID id.ID `json:"attendance_id"`
		Problem      *refusal
	}
	zone := t.clock.Zone
	t.say(fmt.Sprintf("2. 캠프장이 출결 %d건을 보냅니다: %s", len(items), s.ActivityTitle),
		fmt.Sprintf("2. The camp's head sends a batch of %d presences, one with a mistyped number, and sends it again.", len(items)))
	t.tell("%s ~ %s", s.StartsAt.In(zone).Format("2006-01-02 15:04"), s.EndsAt.In(zone).Format("15:04"))
	for try, want := range [][]string{{"recorded", "recorded", "rejected"}, {"duplicate", "duplicate", "rejected"}} {
		var answer struct{ Results []result }
		if err := head.call(ctx, http.MethodPost, "/camps/"+camp.String()+"/attendances", map[string]any{"items": items}, &answer); err != nil {
			return nil, err
		}
		for i, r := range answer.Results {
			t.tell("%s → %s%s", items[i].VolunteerNumber, r.Status, r.Problem.suffix())
			if r.Status != want[i] {
				return nil, fmt.Errorf("%s instead of %s", r.Status, want[i])
			}
			if try == 0 && r.Status == "recorded" {
				recorded = append(recorded, r.AttendanceID)
			}
		}
		if try == 0 {
			t.tell("다시 보내도 늘지 않습니다 (sent again, nothing doubles):")
		}
	}
	return recorded, nil
}

// verify lets the head try, who entered the presences himself, and then the keeper.
func (t tour) verify(ctx context.Context, head, keeper *caller, camp id.ID, attendances []id.ID) error {
	t.say("3. 자기가 적은 것은 확인할 수 없습니다. 캠프지기가 확인합니다.",
		"3. Nobody verifies what he entered himself: the head is refused, the keeper verifies.")
	for _, by := range []struct {
		*caller
		want string
	}{{head, "refused"}, {keeper, "verified"}} {
		var answer struct {
			Results []struct {
				Status  string
				Problem *refusal
			}
		}
		body := map[string]any{"attendance_ids": attendances}
		if err := by.call(ctx, http.MethodPost, "/camps/"+camp.String()+"/verifications", body, &answer); err != nil {
			return err
		}
		for _, r := range answer.Results {
			t.tell("%s → %s%s", by.login, r.Status, r.Problem.suffix())
			if r.Status != by.want {
				return fmt.Errorf("%s: %s instead of %s", by.login, r.Status, by.want)
			}
		}
	}
	return nil
}

// caller is somebody who is signed in.
type caller struct {
	tour
	login, token, number string
	roles                []callerRole
}

type callerRole struct {
	Role    string
	ScopeID id.ID `json:"scope_id"`
}

func (t tour) signIn(ctx context.Context, login string) (*caller, error) {
	c := &caller{tour: t, login: login}
	var signed struct {
		AccessToken string `json:"access_token"`
	}
	body := map[string]string{"login": login, "password": demo.Password}
	if err := c.call(ctx, http.MethodPost, "/auth/login", body, &signed); err != nil {
		return nil, err
	}
	c.token = signed.AccessToken
	var me struct {
		VolunteerNumber string `json:"volunteer_number"`
		Roles           []callerRole
	}
	err := c.call(ctx, http.MethodGet, "/me", nil, &me)
	c.number, c.roles = me.VolunteerNumber, me.Roles
	return c, err
}

// refusal is as much of a problem as the tour tells.
type refusal struct{ Code, Detail string }

func (r *refusal) suffix() string {
	if r == nil {
		return ""
	}
	return fmt.Sprintf(": %s (%s)", r.Code, r.Detail)
}

// call sends a request and reads its answer.
func (c *caller) call(ctx context.Context, method, path string, body, answer any) error {
	var content bytes.Buffer
	if body != nil {
		if err := json.NewEncoder(&content).Encode(body); err != nil {
			return err
		}
	}
	r, err := http.NewRequestWithContext(ctx, method, c.base+api.Prefix+path, &content)
	if err != nil {
		return err
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if c.token != "" {
		r.Header.Set("Authorization", "Bearer "+c.token)
	}
	w, err := c.http.Do(r)
	if err != nil {
		return err
	}
	defer w.Body.Close()
	if w.StatusCode >= 300 {
		var why refusal
		if err := json.NewDecoder(w.Body).Decode(&why); err != nil {
			why.Code = err.Error()
		}
		return fmt.Errorf("%s %s: %d%s", method, path, w.StatusCode, why.suffix())
	}
	return json.NewDecoder(w.Body).Decode(answer)
}
