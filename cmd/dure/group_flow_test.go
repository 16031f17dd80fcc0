package main

import (
	"net/http"
	"strings"
	"testing"

	"dure/api"
)

// With whom somebody came is told once by who records it, shown to both, and told apart in the figures.
func TestGroupsComeTogether(t *testing.T) {
	eachCity(t, func(c *city) {
		head, keeper, officer := c.head(), c.keeper(), c.officer()
		path := "/camps/" + c.Camp.String()
		shift := c.session(head, c.programme(head, "camp", c.Camp, "골목 청소"), "2026-07-14T13:00", "2026-07-14T17:00", 0)
		alone, member, onPaper, elsewhere := c.volunteer("가"), c.volunteer("나"), c.volunteer("다"), c.volunteer("라")
		with := func(client string, who *client, group any) map[string]any {
			item := presenceOf(client, who, shift, "2026-07-14T13:00", "2026-07-14T14:00")
			item["group_name"] = group
			return item
		}
		decomposed := "\u1106\u116e\u1103\u1173\u11bc" // 무등, as a Mac writes it
		sent := batch(presenceOf("a", alone, shift, "2026-07-14T13:00", "2026-07-14T14:00"), with("b", member, " "+decomposed+" 봉사단 "),
			with("c", onPaper, strings.Repeat("단", 61)), with("d", onPaper, "두\n줄"), with("e", onPaper, 7))
		first := head.post(path+"/attendances", sent).want(http.StatusOK).
			wantAll("status", "recorded", "recorded", "rejected", "rejected", "rejected").
			wantAll("problem.code", "<nil>", "<nil>", "attendance.group_name", "attendance.group_name", "request.type")

		// Sent again it is the same; the same client_id with another group, or without one, is not. Another tablet's telling of the
		// same presence is a duplicate whatever group it says.
		head.post(path+"/attendances", batch(with("a", alone, ""), with("b", member, "무등 봉사단"), with("b", member, "다른 봉사단"), with("b", member, ""), with("a", alone, "무등 봉사단"))).
			want(http.StatusOK).wantAll("status", "duplicate", "duplicate", "rejected", "rejected", "rejected").
			wantAll("problem.code", "<nil>", "<nil>", "attendance.client_id_reused", "attendance.client_id_reused", "attendance.client_id_reused")
		keeper.post(path+"/attendances", batch(with("k", member, "다른 봉사단"))).want(http.StatusOK).wantAll("status", "duplicate")

		// A sheet has a column for it.
		lines := "봉사자번호,날짜,시작,종료,소속 단체\n" + onPaper.Number + ",2026-07-14,13:00,14:00, 무등   봉사단\n"
		sheet := func(text string) answer {
			return head.ask("POST", c.base+api.Prefix+path+"/attendance-sheets", strings.NewReader(text), "text/csv").want(http.StatusOK)
		}
		kept := sheet(lines).wantAll("status", "recorded").wantAll("group_name", "무등 봉사단")
		sheet(lines).wantAll("status", "duplicate").wantAll("attendance_id", kept.text("results.0.attendance_id"))
		sheet(strings.Replace(lines, "무등", strings.Repeat("무", 60), 1)).wantAll("problem.errors", "[map[code:too_long detail:60자 이하여야 합니다. path:소속 단체]]")

		// So has another system's file; rows without it are known as they always were.
		c.linked(elsewhere)
		rows := []string{columns + ",단체명", "V1," + elsewhere.Number + ",라,말벗,무등복지관,2026-07-13,13:00,15:00,,,,무등 봉사단",
			"V2," + elsewhere.Number + ",라,말벗,무등복지관,2026-07-12,13:00,15:00,,,,"}
		taken := officer.imports("vms", "one", rows...).want(http.StatusOK).wantAll("status", "imported", "imported")
		officer.imports("vms", "two", columns, strings.TrimSuffix(rows[2], ",")).wantAll("status", "duplicate")
		officer.imports("vms", "three", rows[0], strings.Replace(rows[1], "봉사단", "동아리", 1)).wantAll("problem.code", "transfer.changed_at_origin")
		c.taken(taken)
		if r := officer.get("/transfers/" + taken.text("transfer_id")).want(http.StatusOK); r.text("rows.0.group_name") != "무등 봉사단" || r.value("rows.1.group_name") != nil {
			t.Errorf("%s", r.Body)
		}

		ids := []string{first.text("results.0.attendance_id"), first.text("results.1.attendance_id"), kept.text("results.0.attendance_id")}
		keeper.post(path+"/verifications", map[string]any{"attendance_ids": ids}).want(http.StatusOK).wantAll("status", "verified", "verified", "verified")
		groups := map[string]any{}
		listed := keeper.get(path + "/attendances").want(http.StatusOK)
		for i := range listed.count("items") {
			item := "items." + string(rune('0'+i)) + "."
			groups[listed.text(item+"volunteer_number")] = listed.value(item + "group_name")
		}
		if len(groups) != 3 || groups[alone.Number] != nil || groups[member.Number] != "무등 봉사단" || groups[onPaper.Number] != "무등 봉사단" {
			t.Errorf("%s", listed.Body)
		}
		for who, want := range map[*client]any{alone: nil, member: "무등 봉사단"} {
			if mine := who.get("/me/attendances").want(http.StatusOK); mine.value("items.0.group_name") != want {
				t.Errorf("%s", mine.Body)
			}
		}
		if export := string(member.get("/me/export").want(http.StatusOK).Body); !strings.Contains(export, "무등 봉사단") {
			t.Error("the personal export does not hold it")
		}
		c.runJob("keep the figures")
		for party, want := range map[string]int{"individual": 2, "group": 3} {
			var facts int
			c.scan(&facts, `SELECT COUNT(*) FROM cube_facts WHERE party = ?`, party)
			if facts != want {
				t.Errorf("%s: %d", party, facts)
			}
		}
	})
}
