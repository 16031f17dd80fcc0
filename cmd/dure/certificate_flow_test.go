package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"mime/multipart"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"dure/api"
	"dure/domain/kernel/id"
)

// servedBy is a verified presence of somebody at the camp, at a new activity of that title; it gives the attendance's id.
func (c *city) servedBy(v *client, title, from, to string) string {
	c.t.Helper()
	shift := c.session(c.head(), c.programme(c.head(), "camp", c.Camp, title), from, to, 0)
	a := c.head().post("/camps/"+c.Camp.String()+"/attendances", batch(presenceOf(id.New().String(), v, shift, from, to))).
		want(http.StatusOK).wantAll("status", "recorded").text("results.0.attendance_id")
	c.keeper().post("/camps/"+c.Camp.String()+"/verifications", map[string]any{"attendance_ids": []string{a}}).
		want(http.StatusOK).wantAll("status", "verified")
	return a
}

// agreed has the head propose a change and the keeper verify it.
func (c *city) agreed(attendance, kind string, body map[string]any) {
	c.t.Helper()
	change := c.head().post("/attendances/"+attendance+"/"+kind, body).want(http.StatusCreated).text("id")
	c.keeper().post("/attendances/"+attendance+"/changes/"+change+"/verification", nil).want(http.StatusOK)
}

// pdf sends bytes as a PDF.
func (p *client) pdf(path string, file []byte) answer {
	p.t.Helper()
	return p.ask("POST", p.c.base+api.Prefix+path, bytes.NewReader(file), "application/pdf")
}

func hashOf(file []byte) string {
	sum := sha256.Sum256(file)
	return hex.EncodeToString(sum[:])
}

func july(changes ...any) map[string]any {
	body := map[string]any{"from": "2026-07-01", "to": "2026-07-15"}
	for i := 0; i+1 < len(changes); i += 2 {
		body[changes[i].(string)] = changes[i+1]
	}
	return body
}

func TestACertificateIsIssuedCheckedAndSuperseded(t *testing.T) {
	eachCity(t, func(c *city) {
		t := c.t
		v := c.volunteer("홍길동")
		v.post("/me/certificates", july()).refused(http.StatusConflict, "certificate.nothing_to_certify")
		first := c.servedBy(v, "경로당 급식 봉사", "2026-07-13T13:00", "2026-07-13T17:00")
		c.servedBy(v, "골목 청소", "2026-07-14T09:00", "2026-07-14T12:10")
		c.servedBy(v, "6월의 봉사", "2026-06-30T09:00", "2026-06-30T12:00") // outside the period

		issued := v.post("/me/certificates", july("purpose", "장학금 신청")).want(http.StatusCreated)
		number, mine := issued.text("number"), strings.TrimPrefix(issued.Header.Get("Location"), api.Prefix)
		if issued.number("minutes") != 430 || issued.text("status") != "valid" || mine != "/me/certificates/"+issued.text("id") ||
			issued.text("check_url") != "http://127.0.0.1:8080/api/v1/certificates/"+number {
			t.Fatalf("%s", issued.Body)
		}
		v.get(mine).want(http.StatusOK).golden("certificate")
		file := v.get(mine + "/pdf").want(http.StatusOK)
		if file.Header.Get("Content-Type") != "application/pdf" || !bytes.HasPrefix(file.Body, []byte("%PDF-")) || hashOf(file.Body) != issued.text("sha256") ||
			file.Header.Get("Content-Disposition") != `attachment; filename="certificate-`+number+`.pdf"` || file.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%v", file.Header)
		}
		v.get(mine+"/pdf", "If-None-Match", file.Header.Get("ETag")).want(http.StatusNotModified)

		// Anybody may look, and is told little.
		anybody, path := c.stranger(), "/certificates/"+number
		checked := anybody.get(path).want(http.StatusOK).golden("certificate-check")
		if checked.Header.Get("Cache-Control") != "no-store" || strings.Contains(string(checked.Body), "홍길동") || strings.Contains(string(checked.Body), "1990") {
			t.Errorf("%v %s", checked.Header, checked.Body)
		}
		anybody.get("/certificates/" + strings.ToLower(strings.ReplaceAll(number, "-", ""))).want(http.StatusOK)
		document := func(a answer, want string) {
			t.Helper()
			if a.want(http.StatusOK).text("document") != want {
				t.Errorf("%s: %s", a.request, a.Body)
			}
		}
		altered := bytes.Replace(file.Body, []byte("%%EOF"), []byte("%%EOG"), 1)
		document(anybody.get(path+"?sha256="+issued.text("sha256")), "genuine")
		document(anybody.get(path+"?sha256="+strings.ToUpper(issued.text("sha256"))), "genuine")
		document(anybody.get(path+"?sha256="+hashOf(altered)), "altered")
		document(anybody.pdf(path+"/checks", file.Body), "genuine")
		document(anybody.pdf(path+"/checks", altered), "altered")
		document(anybody.post(path+"/checks", map[string]any{"sha256": issued.text("sha256")}), "genuine")
		var form bytes.Buffer
		w := multipart.NewWriter(&form)
		part, err := w.CreateFormFile("file", "확인서.pdf")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := part.Write(file.Body); err != nil || w.Close() != nil {
			t.Fatal(err)
		}
		document(anybody.ask("POST", c.base+api.Prefix+path+"/checks", &form, w.FormDataContentType()), "genuine")

		// A late presence inside the period takes nothing from what was certified.
		c.servedBy(v, "늦은 기록", "2026-07-12T09:00", "2026-07-12T10:00")
		if anybody.get(path).text("status") != "valid" {
			t.Error("superseded by a presence that it does not certify")
		}
		fuller := v.post("/me/certificates", july()).want(http.StatusCreated)
		if fuller.number("minutes") != 490 || anybody.get(path).text("status") != "valid" {
			t.Errorf("%s", fuller.Body)
		}
		// What is outside the period does not matter, either.
		july13 := v.post("/me/certificates", july("from", "2026-07-14")).want(http.StatusCreated).text("number")
		c.agreed(first, "reversals", map[string]any{"reason": "다른 사람이었습니다."})
		for n, want := range map[string]string{number: "superseded", fuller.text("number"): "superseded", july13: "valid"} {
			a := anybody.get("/certificates/" + n).want(http.StatusOK)
			if a.text("status") != want || strings.Contains(string(a.Body), "다른 사람") {
				t.Errorf("%s: %s", want, a.Body)
			}
		}
		checked = anybody.get(path)
		if checked.number("minutes") != 430 || checked.text("sha256") != issued.text("sha256") {
			t.Errorf("%s", checked.Body)
		}
		if again := v.get(mine + "/pdf").want(http.StatusOK); !bytes.Equal(again.Body, file.Body) {
			t.Error("the paper is another one now")
		}
		if a := v.post("/me/certificates", july()).want(http.StatusCreated); a.number("minutes") != 250 || a.text("number") == number {
			t.Errorf("%s", a.Body)
		}
		list := v.get("/me/certificates?limit=3").want(http.StatusOK)
		if list.count("items") != 3 || list.text("items.0.status") != "valid" || list.text("items.2.status") != "superseded" {
			t.Errorf("%s", list.Body)
		}
		if rest := v.get("/me/certificates?limit=3&after=" + list.text("next")).want(http.StatusOK); rest.count("items") != 1 || rest.text("items.0.number") != number {
			t.Errorf("%s", rest.Body)
		}
	})
}

// A correction that changes the minutes, and a neighbour's reversal that gives minutes back, both change what was certified.
func TestCorrectionsAndNeighboursSupersede(t *testing.T) {
	eachCity(t, func(c *city) {
		v := c.volunteer("홍길동")
		certified := func(from, to string) string {
			c.t.Helper()
			return v.post("/me/certificates", july("from", from, "to", to)).want(http.StatusCreated).text("number")
		}
		status := func(number, want string) {
			c.t.Helper()
			if a := c.stranger().get("/certificates/" + number); a.text("status") != want {
				c.t.Errorf("not %s: %s", want, a.Body)
			}
		}
		corrected := c.servedBy(v, "급식", "2026-07-13T13:00", "2026-07-13T17:00")
		a := certified("2026-07-13", "2026-07-13")
		c.agreed(corrected, "corrections", map[string]any{"checked_in_at": "2026-07-13T13:00:00+09:00", "checked_out_at": "2026-07-13T16:00:00+09:00", "reason": "일찍 감"})
		status(a, "superseded")
		b := certified("2026-07-13", "2026-07-13")
		// Times that change without a minute leave the paper true.
		c.agreed(corrected, "corrections", map[string]any{"checked_in_at": "2026-07-13T14:00:00+09:00", "checked_out_at": "2026-07-13T17:00:00+09:00", "reason": "늦게 옴"})
		status(b, "valid")

		early := c.servedBy(v, "오전", "2026-07-14T09:00", "2026-07-14T12:00")
		c.servedBy(v, "겹침", "2026-07-14T11:00", "2026-07-14T13:00") // one hour counts
		d := certified("2026-07-14", "2026-07-14")
		c.agreed(early, "reversals", map[string]any{"reason": "오지 않음"})
		status(d, "superseded")
		if n := v.get("/me/certificates?limit=1").number("items.0.minutes"); n != 240 {
			c.t.Error(n)
		}
		e := certified("2026-07-14", "2026-07-14")
		c.servedBy(v, "다시 오전", "2026-07-14T10:30", "2026-07-14T12:30") // takes an hour and a half from the certified one
		status(e, "superseded")
	})
}

func TestWhatACertificateMayHold(t *testing.T) {
	eachCity(t, func(c *city) {
		t, v := c.t, c.volunteer("Kim Minji")
		c.servedBy(v, "급식", "2026-07-13T13:00", "2026-07-13T14:00")
		activity := c.head().post("/activities", c.listing("title", "하천 정화", "field_code", "0901", "organiser_type", "camp", "organiser_id", c.Camp)).want(http.StatusCreated).text("id")
		c.head().post("/activities/"+activity+"/submission", nil).want(http.StatusOK)
		c.officer().post("/activities/"+activity+"/approval", nil).want(http.StatusOK)
		shift := c.session(c.head(), "/activities/"+activity, "2026-07-14T13:00", "2026-07-14T15:00", 0)
		a := c.head().post("/camps/"+c.Camp.String()+"/attendances", batch(presenceOf("river", v, shift, "2026-07-14T13:00", "2026-07-14T15:00"))).text("results.0.attendance_id")
		c.keeper().post("/camps/"+c.Camp.String()+"/verifications", map[string]any{"attendance_ids": []string{a}}).want(http.StatusOK)

		only := v.post("/me/certificates", july("field_codes", []string{"0901", "0901"}, "show", "sums", "language", "en")).want(http.StatusCreated)
		if only.number("minutes") != 120 || only.text("field_codes.0") != "0901" || only.count("field_codes") != 1 {
			t.Errorf("%s", only.Body)
		}
		whole := v.get("/me/certificates/" + only.text("id")).want(http.StatusOK)
		if whole.count("activities") != 1 || whole.number("by_field.0.minutes") != 120 {
			t.Errorf("%s", whole.Body)
		}
		v.post("/me/certificates", july("field_codes", []string{"0101"})).refused(http.StatusConflict, "certificate.nothing_to_certify")
		bad := v.post("/me/certificates", july("from", "2016-07-14", "to", "2026-07-16", "show", "all", "language", "de", "purpose", strings.Repeat("가", 101))).
			refused(http.StatusUnprocessableEntity, "request.invalid")
		if bad.count("errors") != 4 {
			t.Errorf("%s", bad.Body)
		}
		for _, body := range []map[string]any{july("from", "2016-07-15"), july("to", "2026-06-30"), july("from", nil), july("field_codes", []string{"0000"})} {
			v.post("/me/certificates", body).refused(http.StatusUnprocessableEntity, "request.invalid")
		}
		v.post("/me/certificates", july("from", "2016-07-16")).want(http.StatusCreated)
		v.post("/me/certificates", july("fields", "x")).refused(http.StatusBadRequest, "request.member")

		// Twice under one key is once.
		key := []string{"Idempotency-Key", "cert-1"}
		one := v.post("/me/certificates", july(), key...).want(http.StatusCreated)
		two := v.post("/me/certificates", july(), key...).want(http.StatusCreated)
		if one.text("number") != two.text("number") || two.Header.Get("Idempotency-Replayed") != "true" {
			t.Errorf("%s\n%s", one.Body, two.Body)
		}
		v.post("/me/certificates", july("language", "en"), key...).refused(http.StatusUnprocessableEntity, "idempotency.reused")

		// Nobody else's: they are not there.
		other := c.volunteer("남")
		for _, path := range []string{"/me/certificates/" + one.text("id"), "/me/certificates/" + one.text("id") + "/pdf", "/me/certificates/" + id.New().String()} {
			other.get(path).refused(http.StatusNotFound, "certificate.not_found")
			c.officer().get(path).refused(http.StatusNotFound, "certificate.not_found")
		}
		other.get("/me/certificates/x").refused(http.StatusNotFound, "request.not_found")
		if other.get("/me/certificates").want(http.StatusOK).count("items") != 0 {
			t.Error("another's certificates are listed")
		}

		// Twenty in a day, also at once, and then tomorrow.
		var wg sync.WaitGroup
		answers := make([]answer, 24)
		for i := range answers {
			wg.Go(func() { answers[i] = v.post("/me/certificates", july()) })
		}
		wg.Wait()
		counts := map[int]int{}
		for _, a := range answers {
			counts[a.Status]++
		}
		if counts[http.StatusCreated] != 17 || counts[http.StatusTooManyRequests] != 7 {
			t.Error(counts)
		}
		v.post("/me/certificates", july()).refused(http.StatusTooManyRequests, "certificate.too_many_a_day")
		c.wait(25 * time.Hour)
		v.post("/me/certificates", july()).want(http.StatusCreated)
	})
}

func TestCertificatesAreRevokedByTheCentre(t *testing.T) {
	eachCity(t, func(c *city) {
		t, v, officer := c.t, c.volunteer("홍길동"), c.officer()
		c.servedBy(v, "급식", "2026-07-13T13:00", "2026-07-13T14:00")
		c.servedBy(officer, "급식", "2026-07-13T13:00", "2026-07-13T14:00")
		number := v.post("/me/certificates", july()).want(http.StatusCreated).text("number")
		path, why := "/certificates/"+number+"/revocation", map[string]any{"reason": "다른 사람의 시간이 섞임"}
		v.post(path, why).refused(http.StatusForbidden, "auth.forbidden")
		c.head().post(path, why).refused(http.StatusForbidden, "auth.forbidden")
		officer.post(path, map[string]any{"reason": " "}).refused(http.StatusUnprocessableEntity, "request.invalid")
		officer.post("/certificates/0000-0000-0000-0000-0001/revocation", why).refused(http.StatusNotFound, "certificate.not_found")
		own := officer.post("/me/certificates", july()).want(http.StatusCreated).text("number")
		officer.post("/certificates/"+own+"/revocation", why).refused(http.StatusForbidden, "duty.conflict_of_interest")

		var wg sync.WaitGroup
		answers := make([]answer, 6)
		for i := range answers {
			wg.Go(func() { answers[i] = officer.post(path, why) })
		}
		wg.Wait()
		counts := map[int]int{}
		for _, a := range answers {
			counts[a.Status]++
		}
		if counts[http.StatusOK] != 1 || counts[http.StatusConflict] != 5 {
			t.Error(counts)
		}
		officer.post(path, why).refused(http.StatusConflict, "certificate.revoked")
		checked := c.stranger().get("/certificates/" + number).want(http.StatusOK)
		if checked.text("status") != "revoked" || strings.Contains(string(checked.Body), "섞임") {
			t.Errorf("%s", checked.Body)
		}
		if a := v.get("/me/certificates"); a.text("items.0.status") != "revoked" || a.text("items.0.revoked_at") == "" {
			t.Errorf("%s", a.Body)
		}
		v.post("/me/certificates", july()).want(http.StatusCreated)
		var told int
		if c.scan(&told, `SELECT COUNT(*) FROM audit_events WHERE action = 'certificate.revoked' AND volunteer_id = ? AND account_id = ? AND reason <> ''`,
			v.Volunteer, officer.Account); told != 1 {
			t.Error(told, "revocations in the log")
		}
	})
}

func TestWrongNumbersTellNothing(t *testing.T) {
	eachCity(t, func(c *city) {
		anybody := c.stranger()
		for _, number := range []string{"0000-0000-0000-0000-0000", "x", "0000-0000-0000-0000-0001", strings.Repeat("0", 500), "%00", "..", "' OR 1=1 --"} {
			path := "/certificates/" + strings.ReplaceAll(number, " ", "%20")
			anybody.get(path).refused(http.StatusNotFound, "certificate.not_found")
			anybody.post(path+"/checks", map[string]any{"sha256": strings.Repeat("0", 64)}).refused(http.StatusNotFound, "certificate.not_found")
		}
		path := "/certificates/0000-0000-0000-0000-0000"
		anybody.get(path+"?sha256=x").refused(http.StatusBadRequest, "request.query")
		anybody.get(path+"?name=x").refused(http.StatusBadRequest, "request.query")
		anybody.post(path+"/checks", map[string]any{"sha256": "x"}).refused(http.StatusUnprocessableEntity, "request.invalid")
		anybody.post(path+"/checks", map[string]any{}).refused(http.StatusUnprocessableEntity, "request.invalid")
		anybody.post(path+"/checks", `[]`).refused(http.StatusBadRequest, "request.json")
		anybody.post(path+"/checks", nil).refused(http.StatusUnsupportedMediaType, "request.media_type")
		anybody.pdf(path+"/checks", bytes.Repeat([]byte("x"), 5<<20+1)).refused(http.StatusRequestEntityTooLarge, "request.too_large")
	})
}

func TestChecksAreLimited(t *testing.T) {
	eachCity(t, func(c *city) {
		slow := c.beside("DURE_CHECK_RATE=0.5", "DURE_CHECK_BURST=3")
		path := "/certificates/0000-0000-0000-0000-0000"
		for range 2 {
			slow.stranger().get(path).refused(http.StatusNotFound, "certificate.not_found")
		}
		slow.stranger().pdf(path+"/checks", []byte("%PDF-")).refused(http.StatusNotFound, "certificate.not_found")
		a := slow.stranger().get(path).refused(http.StatusTooManyRequests, "request.rate")
		if a.Header.Get("Retry-After") != "2" {
			t.Error(a.Header)
		}
		slow.stranger().pdf(path+"/checks", []byte("%PDF-")).refused(http.StatusTooManyRequests, "request.rate")
		slow.stranger().get("/camps").want(http.StatusOK) // nothing else is slowed down by it
		slow.later(2 * time.Second)
		slow.stranger().get(path).refused(http.StatusNotFound, "certificate.not_found")
	})
}

// Who follows the QR code with a browser sees a page; it runs nothing and is in his language.
func TestPeopleSeeAPage(t *testing.T) {
	eachCity(t, func(c *city) {
		t, v := c.t, c.volunteer("<b>홍")
		attendance := c.servedBy(v, "급식", "2026-07-13T13:00", "2026-07-13T14:00")
		issued := v.post("/me/certificates", july()).want(http.StatusCreated)
		browser := []string{"Accept", "text/html,application/xhtml+xml,*/*;q=0.8"}
		look := func(path, language string, status int, want ...string) {
			t.Helper()
			a := c.stranger().get("/certificates/"+path, append(browser, "Accept-Language", language)...).want(status)
			for _, text := range want {
				if !strings.Contains(string(a.Body), text) {
					t.Errorf("%q is not in %s", text, a.Body)
				}
			}
			if a.Header.Get("Content-Type") != "text/html; charset=utf-8" || a.Header.Get("Cache-Control") != "no-store" || strings.Contains(string(a.Body), "<b>") ||
				!strings.HasPrefix(a.Header.Get("Content-Security-Policy"), "default-src 'none'") {
				t.Errorf("%v %s", a.Header, a.Body)
			}
		}
		look(issued.text("number"), "ko", 200, "유효한 확인서입니다.", "1시간 0분 (60분)", issued.text("sha256"), issued.text("number"), "&lt;**홍")
		look(issued.text("number")+"?sha256="+issued.text("sha256"), "en", 200, "This certificate is valid.", "The file is as it was issued.")
		look(issued.text("number")+"?sha256="+strings.Repeat("0", 64), "en", 200, "The file is not the one that was issued.", `class="status"`)
		look("0000-0000-0000-0000-0001", "ko", 404, "그런 확인번호의 확인서가 없습니다.")
		c.agreed(attendance, "reversals", map[string]any{"reason": "오지 않음"})
		look(issued.text("number"), "ko", 200, "효력을 잃은 확인서입니다.")
	})
}

// Minutes may be posted while a certificate is drawn: it certifies what the ledger held at one instant, or is refused.
func TestCertificatesBesidePosts(t *testing.T) {
	eachCity(t, func(c *city) {
		v := c.volunteer("홍길동")
		c.servedBy(v, "급식", "2026-07-01T13:00", "2026-07-01T14:00")
		var ids []string
		for day := 2; day <= 7; day++ {
			at := fmt.Sprintf("2026-07-%02dT", day)
			shift := c.session(c.head(), c.programme(c.head(), "camp", c.Camp, "급식"), at+"13:00", at+"14:00", 0)
			ids = append(ids, c.head().post("/camps/"+c.Camp.String()+"/attendances", batch(presenceOf(at, v, shift, at+"13:00", at+"14:00"))).text("results.0.attendance_id"))
		}
		var wg sync.WaitGroup
		keeper := c.keeper()
		wg.Go(func() {
			for _, a := range ids {
				keeper.post("/camps/"+c.Camp.String()+"/verifications", map[string]any{"attendance_ids": []string{a}})
			}
		})
		answers := make([]answer, 8)
		for i := range answers {
			wg.Go(func() { answers[i] = v.post("/me/certificates", july()) })
		}
		wg.Wait()
		for _, a := range answers {
			if a.Status == http.StatusServiceUnavailable {
				a.refused(http.StatusServiceUnavailable, "certificate.account_moved")
				continue
			}
			minutes := a.want(http.StatusCreated).number("minutes")
			if whole := v.get("/me/certificates/" + a.text("id")); whole.count("activities")*60 != minutes || whole.text("status") != "valid" {
				c.t.Errorf("%d: %s", minutes, whole.Body)
			}
		}
	})
}
