package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"dure/domain/kernel/id"
	"dure/domain/kernel/outbox"
	"dure/domain/webhook"
	"dure/repository"
	webhookstore "dure/repository/webhook"
)

// receiver is another system that listens on this machine.
type receiver struct {
	*httptest.Server
	mu     sync.Mutex
	status int // what it answers
	got    []received
}

type received struct {
	header http.Header
	body   []byte
}

func newReceiver(t *testing.T) *receiver {
	r := &receiver{status: http.StatusOK}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		body, _ := io.ReadAll(request.Body)
		r.mu.Lock()
		defer r.mu.Unlock()
		r.got = append(r.got, received{request.Header, body})
		w.WriteHeader(r.status)
	}))
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) answers(status int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.status = status
}

// taken are the messages that came since they were last asked for.
func (r *receiver) taken() []received {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := r.got
	r.got = nil
	return all
}

// signed tells whether a secret signed a message. The city's clock stands still, so the age of it is not looked at.
func (m received) signed(t *testing.T, secret string) bool {
	t.Helper()
	key, err := standardwebhooks.NewWebhook(secret)
	if err != nil {
		t.Fatal(err)
	}
	return key.VerifyIgnoringTimestamp(m.body, m.header) == nil
}

func (c *city) deliver() {
	c.t.Helper()
	if err := webhooks(c.dependencies).Deliver(c.t.Context()); err != nil {
		c.t.Fatal(err)
	}
}

// subscribed is the path of an endpoint with a secret.
func (c *city) subscribed(url string, more ...any) (path, secret string) {
	c.t.Helper()
	body := map[string]any{"url": url, "topics": []string{"hours.posted", "hours.reversed"}}
	for i := 0; i+1 < len(more); i += 2 {
		body[more[i].(string)] = more[i+1]
	}
	path = "/webhook-endpoints/" + c.administrator().post("/webhook-endpoints", body).want(http.StatusCreated).text("id")
	return path, c.administrator().do("PUT", path+"/secret", nil).want(http.StatusOK).text("secret")
}

// earned has a person's hours posted: an hour on the day before.
func (c *city) earned(who string, client int, shift string) string {
	c.t.Helper()
	path := "/camps/" + c.Camp.String()
	attendance := c.head().post(path+"/attendances", batch(presenceOf(fmt.Sprint(client), c.volunteer(who), shift, "2026-07-14T13:00", "2026-07-14T14:00"))).
		want(http.StatusOK).wantAll("status", "recorded").text("results.0.attendance_id")
	c.keeper().post(path+"/verifications", map[string]any{"attendance_ids": []string{attendance}}).want(http.StatusOK).wantAll("status", "verified")
	return attendance
}

func (c *city) hourShift() string {
	c.t.Helper()
	return c.session(c.head(), c.programme(c.head(), "camp", c.Camp, "경로당 급식 봉사"), "2026-07-14T13:00", "2026-07-14T17:00", 0)
}

func TestOtherSystemsAreToldOfHours(t *testing.T) {
	eachCity(t, func(c *city) {
		c.serve("DURE_WEBHOOK_LOOPBACK=true")
		administrator, keeper, r := c.administrator(), c.keeper(), newReceiver(t)
		shift := c.hourShift()
		c.earned("먼저 온 사람", 0, shift) // nobody wants to know yet
		path, secret := c.subscribed(r.URL)
		attendance := c.earned("홍길동", 1, shift)
		if waiting := administrator.get("/webhook-deliveries").want(http.StatusOK); waiting.count("items") != 1 || waiting.text("items.0.state") != "pending" {
			t.Fatalf("%s", waiting.Body)
		}
		var busy sync.WaitGroup
		for range 4 { // as many processes as like
			busy.Go(func() {
				if err := webhooks(c.dependencies).Deliver(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		busy.Wait()
		got := r.taken()
		if len(got) != 1 || !got[0].signed(t, secret) || got[0].signed(t, "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA") {
			t.Fatalf("%d messages: %v", len(got), got)
		}
		if stamp := got[0].header.Get("webhook-timestamp"); stamp != fmt.Sprint(c.clock.Now().Unix()) || got[0].header.Get("Content-Type") != "application/json" {
			t.Errorf("%v", got[0].header)
		}
		answer{t: t, request: "the message", Body: got[0].body}.golden("webhook-hours-posted")
		person := c.volunteer("홍길동")
		if strings.Contains(string(got[0].body), "홍길동") || strings.Contains(string(got[0].body), person.Number) || !strings.Contains(string(got[0].body), person.Volunteer.String()) {
			t.Errorf("%s", got[0].body)
		}
		deliveries := administrator.get("/webhook-deliveries?state=delivered").want(http.StatusOK).golden("webhook-deliveries")
		if deliveries.text("items.0.id") != got[0].header.Get("webhook-id") {
			t.Errorf("%s", deliveries.Body)
		}

		change := c.head().post("/attendances/"+attendance+"/reversals", map[string]any{"reason": "다른 사람이었습니다."}).want(http.StatusCreated).text("id")
		keeper.post("/attendances/"+attendance+"/changes/"+change+"/verification", nil).want(http.StatusOK)
		c.deliver()
		if got = r.taken(); len(got) != 1 || !strings.Contains(string(got[0].body), `"type":"hours.reversed"`) || !strings.Contains(string(got[0].body), `-60`) {
			t.Fatalf("%v", got)
		}
		c.deliver()
		if got = r.taken(); len(got) != 0 {
			t.Fatal("sent again: ", got)
		}

		// For a day two secrets sign, then the new one only.
		renewed := administrator.do("PUT", path+"/secret", nil).want(http.StatusOK)
		c.earned("이몽룡", 2, shift)
		c.deliver()
		if got = r.taken(); len(got) != 1 || !got[0].signed(t, secret) || !got[0].signed(t, renewed.text("secret")) || renewed.text("former_secret_until") != "2026-07-16T01:00:00Z" {
			t.Fatalf("%v %s", got, renewed.Body)
		}
		c.wait(24 * time.Hour)
		c.earned("성춘향", 3, shift)
		c.deliver()
		if got = r.taken(); len(got) != 1 || got[0].signed(t, secret) || !got[0].signed(t, renewed.text("secret")) {
			t.Fatalf("%v", got)
		}

		// While it is paused messages wait; after its end there are none.
		shown := administrator.get(path).want(http.StatusOK)
		administrator.patch(path, map[string]any{"paused": true}, "If-Match", shown.Header.Get("ETag")).want(http.StatusOK)
		c.earned("변학도", 4, shift)
		c.deliver()
		if got = r.taken(); len(got) != 0 {
			t.Fatal("sent while paused: ", got)
		}
		administrator.patch(path, map[string]any{"paused": false}, "If-Match", shown.Header.Get("ETag")).refused(http.StatusPreconditionFailed, "request.changed")
		administrator.patch(path, map[string]any{"paused": false, "topics": []string{"hours.reversed"}}, "If-Match", "*").want(http.StatusOK)
		if e := administrator.get(path).want(http.StatusOK); e.text("url") != r.URL || e.text("topics.0") != "hours.reversed" || e.count("topics") != 1 ||
			e.value("has_secret") != true || e.value("paused") != false || e.text("former_secret_until") != "2026-07-16T01:00:00Z" {
			t.Errorf("%s", e.Body)
		}
		c.earned("방자", 5, shift) // not wanted any more
		c.deliver()
		if got = r.taken(); len(got) != 1 {
			t.Fatalf("%v", got)
		}
		administrator.patch(path, map[string]any{"paused": true, "topics": []string{"hours.posted"}}, "If-Match", "*").want(http.StatusOK)
		c.earned("향단", 6, shift)
		left := administrator.get("/webhook-deliveries?state=pending").want(http.StatusOK).text("items.0.id")
		administrator.do("DELETE", path, nil).want(http.StatusNoContent)
		administrator.do("DELETE", path, nil).refused(http.StatusNotFound, "webhook.not_found")
		administrator.get(path).refused(http.StatusNotFound, "webhook.not_found")
		c.earned("월매", 7, shift)
		c.deliver()
		if dead := administrator.get("/webhook-deliveries?state=dead").want(http.StatusOK); dead.count("items") != 1 || dead.text("items.0.last_error") != "ended" {
			t.Errorf("%s", dead.Body)
		}
		administrator.post("/webhook-deliveries/"+left+"/replay", nil).refused(http.StatusConflict, "webhook.ended")
		if got = r.taken(); len(got) != 0 {
			t.Fatal("sent after the end: ", got)
		}

		// No secret is anywhere but where it signs, and every act is in the log.
		everything := contents(t, c.db)
		if strings.Contains(everything, renewed.text("secret")) || strings.Contains(everything, secret) {
			t.Error("a secret outlived its endpoint")
		}
		if acts := administrator.get("/audit-events?limit=100&subject_type=webhook_endpoint").want(http.StatusOK); acts.count("items") != 7 ||
			strings.Contains(string(acts.Body), "whsec_") {
			t.Errorf("%s", acts.Body)
		}
	})
}

// dyingSender is a process that ends while it sends.
type dyingSender struct{ die func() }

func (s dyingSender) Send(context.Context, webhook.Message) (int, webhook.Problem) {
	s.die()
	return 0, webhook.Unreachable
}

func TestMessagesAreSentUntilTheyArrive(t *testing.T) {
	eachCity(t, func(c *city) {
		c.serve("DURE_WEBHOOK_LOOPBACK=true")
		administrator, r := c.administrator(), newReceiver(t)
		shift := c.hourShift()
		path, secret := c.subscribed(r.URL)
		c.earned("홍길동", 1, shift)

		r.answers(http.StatusInternalServerError)
		c.deliver()
		c.deliver() // not due again yet
		first := r.taken()
		if len(first) != 1 {
			t.Fatal(len(first), "attempts")
		}
		c.later(30 * time.Second)
		c.deliver()
		c.later(time.Minute)
		r.answers(http.StatusNoContent)
		c.deliver()
		rest := r.taken()
		if len(rest) != 2 || !rest[1].signed(t, secret) {
			t.Fatalf("%v", rest)
		}
		for _, m := range rest {
			if m.header.Get("webhook-id") != first[0].header.Get("webhook-id") || string(m.body) != string(first[0].body) {
				t.Errorf("another message: %v", m.header)
			}
		}
		if done := administrator.get("/webhook-deliveries").want(http.StatusOK); done.number("items.0.attempts") != 3 || done.number("items.0.last_status") != 204 ||
			done.text("items.0.state") != "delivered" || done.count("items") != 1 {
			t.Errorf("%s", done.Body)
		}

		// A redirect is not followed, and in the end the message is a dead letter.
		r.answers(http.StatusFound)
		c.earned("이몽룡", 2, shift)
		for range 20 {
			c.deliver()
			c.later(6 * time.Hour)
		}
		c.wait(0)
		letter := administrator.get("/webhook-deliveries?state=dead&endpoint_id=" + strings.TrimPrefix(path, "/webhook-endpoints/") + "&topic=hours.posted").want(http.StatusOK)
		if got := r.taken(); len(got) != 14 || letter.count("items") != 1 || letter.number("items.0.attempts") != 14 || letter.value("items.0.next_at") != nil {
			t.Fatalf("%d attempts: %s", len(got), letter.Body)
		}
		replay := "/webhook-deliveries/" + letter.text("items.0.id") + "/replay"
		administrator.post(replay, nil).want(http.StatusOK)
		administrator.post(replay, nil).refused(http.StatusConflict, "webhook.pending")
		administrator.post("/webhook-deliveries/"+id.New().String()+"/replay", nil).refused(http.StatusNotFound, "webhook.delivery_not_found")
		r.answers(http.StatusOK)
		c.deliver()
		if got := r.taken(); len(got) != 1 || got[0].header.Get("webhook-id") != letter.text("items.0.id") {
			t.Fatalf("%v", got)
		}

		// A process that dies while it sends leaves a lease behind; then another sends the same message.
		r.answers(http.StatusInternalServerError)
		c.earned("성춘향", 3, shift)
		cut, stop := context.WithCancel(t.Context())
		dying := webhook.NewService(webhookstore.NewStore(c.db), c.clock, dyingSender{stop}, func() float64 { return 0 }, webhook.Hosts{Loopback: true})
		if err := dying.Deliver(cut); !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
		r.answers(http.StatusOK)
		c.deliver()
		if got := r.taken(); len(got) != 0 {
			t.Fatal("sent inside the lease")
		}
		c.later(time.Minute)
		c.deliver()
		if got := r.taken(); len(got) != 1 {
			t.Fatalf("%v", got)
		}
		// What was delivered long ago goes; what was not stays.
		c.later(31 * 24 * time.Hour)
		if err := webhooks(c.dependencies).Forget(t.Context()); err != nil {
			t.Fatal(err)
		}
		var left struct{ N int }
		c.scan(&left, `SELECT COUNT(*) AS n FROM webhook_deliveries`)
		if left.N != 0 {
			t.Error(left.N, "left")
		}
	})
}

func TestOnlyWhatHappenedIsTold(t *testing.T) {
	eachCity(t, func(c *city) {
		c.subscribed("https://hooks.example.kr/dure", "topics", outbox.Topics(), "organiser_id", c.Camp)
		boom := errors.New("boom")
		emit := func(organiser id.ID, end error) {
			t.Helper()
			err := c.db.Update(t.Context(), func(ctx context.Context, tx *repository.Tx) error {
				if err := tx.Outbox().Emit(ctx, outbox.Event{Topic: outbox.DisputeDecided, At: c.clock.Now(), OrganiserID: organiser, Data: map[string]any{"state": "granted"}}); err != nil {
					return err
				}
				return end
			})
			if !errors.Is(err, end) {
				t.Fatal(err)
			}
		}
		count := func() int {
			var n struct{ N int }
			c.scan(&n, `SELECT COUNT(*) AS n FROM webhook_deliveries WHERE topic = 'dispute.decided' AND data = '{"state":"granted"}'`)
			return n.N
		}
		emit(c.Camp, boom)
		emit(c.OtherCamp, nil)
		emit(id.Nil, nil)
		if n := count(); n != 0 {
			t.Fatal(n, "messages of what did not happen, or elsewhere")
		}
		emit(c.Camp, nil)
		if n := count(); n != 1 {
			t.Fatal(n)
		}
	})
}

func TestWhereWebhooksMayGo(t *testing.T) {
	eachCity(t, func(c *city) {
		administrator := c.administrator()
		subscribe := func(url string) answer {
			return administrator.post("/webhook-endpoints", map[string]any{"url": url, "topics": []string{"hours.posted"}})
		}
		for _, url := range []string{"http://hooks.example.kr/", "https://10.0.0.1/", "https://192.168.0.1/x", "https://127.0.0.1/", "https://localhost/", "https://[::1]/",
			"https://169.254.169.254/latest/meta-data", "https://[fd00::1]/", "https://[fe80::1%25eth0]/", "https://[::ffff:10.0.0.1]/", "https://0.0.0.0/", "https://100.64.0.1/",
			"https://user:word@example.kr/", "https://example.kr/#x", "https://intranet/", "https://2130706433/", "https://0x7f.1/", "https://127.1/", "ftp://example.kr/", "https:///x", "https://example.kr:0/",
			"https://224.0.0.1/", "https://255.255.255.255/", "https://[64:ff9b::a00:1]/", "https://a.localhost/", "//example.kr/", "example.kr", ""} {
			if a := subscribe(url); a.Status != http.StatusUnprocessableEntity || !strings.Contains(string(a.Body), `"path":"url"`) {
				t.Errorf("%s: %d %s", url, a.Status, a.Body)
			}
		}
		for _, url := range []string{"https://hooks.example.kr/dure?x=1", "https://hooks.example.kr:8443/", "https://8.8.8.8/", "https://[2606:4700::1111]/", "https://예시.한국/"} {
			subscribe(url).want(http.StatusCreated)
		}
		for _, topics := range [][]string{nil, {}, {"hours.posted", "hours.posted"}, {"hours.*"}} {
			administrator.post("/webhook-endpoints", map[string]any{"url": "https://hooks.example.kr/", "topics": topics}).refused(http.StatusUnprocessableEntity, "request.invalid")
		}
		administrator.post("/webhook-endpoints", map[string]any{"url": "https://hooks.example.kr/", "topics": []string{"hours.posted"}, "organiser_id": id.New()}).
			refused(http.StatusUnprocessableEntity, "request.invalid")
		if list := administrator.get("/webhook-endpoints?limit=2").want(http.StatusOK); list.count("items") != 2 ||
			administrator.get("/webhook-endpoints?after="+list.text("next")).count("items") != 3 || strings.Contains(string(list.Body), "whsec") {
			t.Errorf("%s", list.Body)
		}
	})
}

// What a name stands for is looked at when a message is sent, and it is that address which is called.
func TestNamesDoNotLeadInside(t *testing.T) {
	r := newReceiver(t)
	_, port, _ := strings.Cut(strings.TrimPrefix(r.URL, "http://"), ":")
	message := webhook.Message{ID: id.New(), At: time.Now(), Secrets: []string{"whsec_AAAA"}, Body: []byte(`{}`)}
	for name, c := range map[string]struct {
		loopback bool
		found    []string
		status   int
		problem  webhook.Problem
	}{
		"this machine":         {false, []string{"127.0.0.1"}, 0, webhook.AddressDenied},
		"a neighbour":          {false, []string{"10.1.2.3"}, 0, webhook.AddressDenied},
		"one of two":           {false, []string{"8.8.8.8", "192.168.1.1"}, 0, webhook.AddressDenied},
		"metadata":             {true, []string{"169.254.169.254"}, 0, webhook.AddressDenied},
		"in other clothes":     {false, []string{"::ffff:127.0.0.1"}, 0, webhook.AddressDenied},
		"nothing":              {false, nil, 0, webhook.Unreachable},
		"allowed, for testing": {true, []string{"127.0.0.1"}, http.StatusOK, webhook.NoProblem},
	} {
		looked := 0
		courier := newCourier(webhook.Hosts{Loopback: c.loopback}, func(context.Context, string, string) (all []netip.Addr, err error) {
			if looked++; looked > 1 { // a name that changes its mind
				return []netip.Addr{netip.MustParseAddr("127.0.0.1")}, nil
			}
			for _, a := range c.found {
				all = append(all, netip.MustParseAddr(a))
			}
			return all, nil
		})
		message.URL = "http://hooks.example.kr:" + port + "/"
		if status, problem := courier.Send(t.Context(), message); status != c.status || problem != c.problem || looked != 1 {
			t.Errorf("%s: %d %q, looked up %d times", name, status, problem, looked)
		}
		if got := r.taken(); (len(got) == 1) != (c.status != 0) {
			t.Errorf("%s: %d messages arrived", name, len(got))
		}
	}
	hanging := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, request *http.Request) {
		io.Copy(io.Discard, request.Body) // then the server notices that the client has gone
		<-request.Context().Done()
	}))
	defer hanging.Close()
	courier := newCourier(webhook.Hosts{Loopback: true}, func(context.Context, string, string) ([]netip.Addr, error) {
		return []netip.Addr{netip.MustParseAddr("127.0.0.1")}, nil
	})
	courier.http.Timeout = 50 * time.Millisecond
	message.URL = hanging.URL
	if status, problem := courier.Send(t.Context(), message); status != 0 || problem != webhook.TimedOut {
		t.Errorf("%d %q", status, problem)
	}
}

// What is held, decided or superseded is told once each, in ids, days, minutes and states.
func TestOtherSystemsAreToldOfDecisions(t *testing.T) {
	eachCity(t, func(c *city) {
		v, administrator := c.volunteer("홍길동"), c.administrator()
		c.subscribed("https://hooks.example.kr/dure", "topics", []string{"attendance.held", "dispute.decided", "certificate.superseded"})
		told := func() (data []string) {
			t.Helper()
			page := administrator.get("/webhook-deliveries?limit=100").want(http.StatusOK)
			for i := range page.count("items") {
				data = append(data, page.text(fmt.Sprintf("items.%d.topic", i)))
			}
			slices.Sort(data)
			return data
		}
		c.confirmed(v, "13:00", "16:00") // counts for the first time: nothing to tell of
		certificate := v.post("/me/certificates", july()).want(http.StatusCreated).text("id")
		if got := told(); len(got) != 0 {
			t.Fatal(got)
		}
		entry := v.get("/me/hours/entries").want(http.StatusOK).text("items.0.id")
		c.later(time.Minute)
		dispute := v.disputing("entry_id", entry, "13:00", "16:30").want(http.StatusCreated).text("id")
		c.keeper().answers(dispute).wantState("answered")
		c.officer().decides(dispute, "granted").wantState("granted")
		if got := told(); !slices.Equal(got, []string{"certificate.superseded", "dispute.decided"}) {
			t.Fatal(got)
		}
		attendance, _ := c.heldOne(c.volunteer("이몽룡"), "held")
		if got := told(); !slices.Equal(got, []string{"attendance.held", "certificate.superseded", "dispute.decided"}) {
			t.Fatal(got)
		}
		// What is superseded already is so no more by another change.
		again := v.get("/me/hours/entries").want(http.StatusOK).text("items.0.attendance_id")
		change := c.head().post("/attendances/"+again+"/reversals", map[string]any{"reason": "다른 사람이었습니다."}).want(http.StatusCreated).text("id")
		c.officer().post("/attendances/"+again+"/changes/"+change+"/verification", nil).want(http.StatusOK)
		if got := told(); len(got) != 3 {
			t.Fatal(got)
		}
		for topic, wanted := range map[string][]string{
			"attendance.held":        {attendance, `"unlike_shift"`, c.Camp.String(), `"worked_minutes":420`},
			"dispute.decided":        {dispute, `"outcome":"granted"`, `"posted_minutes":30`, v.Volunteer.String()},
			"certificate.superseded": {certificate, v.Volunteer.String()},
		} {
			var data string
			c.scan(&data, `SELECT data FROM webhook_deliveries WHERE topic = ?`, topic)
			if !json.Valid([]byte(data)) || strings.Contains(data, "홍길동") || strings.Contains(data, "이몽룡") || strings.Contains(data, v.Number) {
				t.Errorf("%s: %s", topic, data)
			}
			for _, part := range wanted {
				if !strings.Contains(data, part) {
					t.Errorf("%s: %s is missing in %s", topic, part, data)
				}
			}
		}
	})
}
