package main

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"dure/api"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/id"
	"dure/repository"
	"dure/repository/dbtest"
)

// contents is all that a database holds, table by table, but for what signing in leaves behind.
func contents(t *testing.T, db *repository.DB) string {
	t.Helper()
	var all []string
	err := db.Snapshot(context.Background(), func(_ context.Context, tx *repository.Tx) error {
		var tables []string
		if err := tx.Raw(tx.Pick(`SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'`,
			`SELECT name FROM sqlite_master WHERE type = 'table'`)).Scan(&tables).Error; err != nil {
			return err
		}
		for _, table := range tables {
			if slices.Contains([]string{"sessions", "refresh_tokens", "login_failures"}, table) {
				continue
			}
			rows, err := tx.Raw(`SELECT * FROM ` + table).Rows() // not by the mapper, which cannot read bytes into a map
			if err != nil {
				return err
			}
			defer rows.Close()
			columns, err := rows.Columns()
			if err != nil {
				return err
			}
			row, into := make([]any, len(columns)), make([]any, len(columns))
			for i := range row {
				into[i] = &row[i]
			}
			for rows.Next() {
				if err := rows.Scan(into...); err != nil {
					return err
				}
				all = append(all, fmt.Sprint(table, columns, row))
			}
			if err := rows.Err(); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(all)
	return strings.Join(all, "\n")
}

// deed is a request that would do something, if its sender might.
type deed struct {
	body    any
	may     string // who may: roles as in the test's cast, or everyone
	refused int    // how the others are refused: 403 where existence is public, else 404
}

// Every route that needs a token stands here with who may call it; everybody else of the cast is refused, and nothing has
// changed afterwards.
func TestWhoMayDoWhat(t *testing.T) {
	eachCity(t, func(c *city) {
		t := c.t
		head, keeper, officer, person := c.head(), c.keeper(), c.officer(), c.volunteer("김봉사")
		site := c.volunteer("복지관 직원").post("/demand-sites", map[string]any{"name": "복지관", "kind": "welfare", "region_code": dbtest.Dong,
			"address": "지호로 1", "phone": "062-608-2114"}).want(http.StatusCreated).text("id")
		officer.post("/demand-sites/"+site+"/approval", nil).want(http.StatusOK)
		siteID, err := id.Parse(site)
		if err != nil {
			t.Fatal(err)
		}
		shop := c.shop(c.volunteer("사장님"))
		shopID, err := id.Parse(shop)
		if err != nil {
			t.Fatal(err)
		}
		cast := map[string]*client{
			"merchant-manager": c.with(auth.MerchantManager, shopID),
			"volunteer":        c.volunteer("이웃"), "head": head, "keeper": keeper, "other-head": c.otherHead(), "site-manager": c.with(auth.SiteManager, siteID),
			"officer": officer, "claims-officer": c.with(auth.ClaimsOfficer, id.Nil), "analyst": c.analyst(), "administrator": c.administrator(),
		}
		activity := c.programme(head, "camp", c.Camp, "경로당 급식 봉사")
		shift := c.session(head, activity, "2026-07-14T13:00", "2026-07-14T17:00", 0)
		coming := c.session(head, activity, "2026-07-20T13:00", "2026-07-20T17:00", 0)
		record := head.post("/camps/"+c.Camp.String()+"/attendances", batch(
			presenceOf("1", person, shift, "2026-07-14T13:00", "2026-07-14T14:00"), presenceOf("2", person, shift, "2026-07-14T15:00", "2026-07-14T16:00"))).want(200)
		verified, pending := record.text("results.0.attendance_id"), record.text("results.1.attendance_id")
		keeper.post("/camps/"+c.Camp.String()+"/verifications", map[string]any{"attendance_ids": []string{verified}}).want(200).wantAll("status", "verified")
		times := map[string]any{"checked_in_at": "2026-07-14T13:00:00+09:00", "checked_out_at": "2026-07-14T14:30:00+09:00", "reason": "더 남았습니다."}
		change := head.post("/attendances/"+verified+"/corrections", times).want(http.StatusCreated).text("id")
		var grant, paper string
		c.scan(&grant, `SELECT CAST(id AS text) FROM role_grants WHERE role = 'analyst'`)
		enrolled := joining("mobile", "010-1234-5678")
		delete(enrolled, "login")
		delete(enrolled, "password")
		paper = head.post("/camps/"+c.Camp.String()+"/volunteers", enrolled).want(http.StatusCreated).text("volunteer_id")

		open := person.post("/me/disputes", map[string]any{"attendance_id": verified, "checked_in_at": times["checked_in_at"], "checked_out_at": times["checked_out_at"],
			"text": "더 있었습니다."}).want(http.StatusCreated).text("id")

		reason, words := map[string]any{"reason": "까닭"}, map[string]any{"text": "까닭"}
		endpoint := c.administrator().post("/webhook-endpoints", map[string]any{"url": "https://a.example.kr/", "topics": []string{"hours.posted"}}).
			want(http.StatusCreated).text("id")
		delivery := id.New().String()
		c.sql(`INSERT INTO webhook_deliveries (id, endpoint_id, topic, happened_at, data, state, attempts, due_at, last_error)
			VALUES (?, ?, 'hours.posted', ?, '{}', 'dead', 1, ?, '')`, delivery, endpoint, c.clock.Now(), c.clock.Now())
		decided := map[string]any{"attendance_ids": []string{pending}}
		rejected := map[string]any{"attendance_ids": []string{pending}, "reason": "까닭"}
		present := batch(presenceOf("3", person, shift, "2026-07-14T16:00", "2026-07-14T17:00"))
		code := map[string]any{"code": "0000 0000"}
		sheet := "봉사자번호,날짜,시작,종료\n" + person.Number + ",2026-07-14,16:00,17:00\n"
		c.linked(person)
		transferred := columns + "\nP2," + person.Number + ",김봉사,청소,동구청,2026-07-11,09:00,10:00,,0801,\n"
		staff := "head keeper officer"
		claimant := person.reports(accident("2026-07-14T13:30:00+09:00", []string{"hospital_day"}, "attendance_id", verified)).want(http.StatusCreated).text("id")
		claimers := "head keeper claims-officer" // the first two are told to leave it to others
		deeds := map[string]deed{
			"POST /claims":                                       {nil, "everyone", 0},
			"GET /claims":                                        {nil, "claims-officer", 403},
			"GET /me/claims":                                     {nil, "everyone", 0},
			"GET /camps/{camp_id}/claims":                        {nil, claimers, 403},
			"GET /demand-sites/{site_id}/claims":                 {nil, "site-manager claims-officer", 403},
			"GET /claims/{claim_id}":                             {nil, claimers, 404},
			"GET /claims/{claim_id}/health":                      {nil, claimers, 404},
			"GET /claims/{claim_id}/documents/{document_id}":     {nil, claimers, 404},
			"POST /claims/{claim_id}/documents":                  {map[string]any{"document_id": id.New(), "code": "other"}, claimers, 404},
			"POST /claims/{claim_id}/health-consents":            {map[string]any{"granted": true, "version": "1"}, claimers, 404},
			"POST /claims/{claim_id}/filing":                     {reason, claimers, 404},
			"POST /claims/{claim_id}/approval":                   {pays("hospital_day", 1, 1000), claimers, 404},
			"POST /claims/{claim_id}/refusal":                    {reason, claimers, 404},
			"POST /claims/{claim_id}/payment":                    {reason, claimers, 404},
			"POST /claims/{claim_id}/closure":                    {reason, claimers, 404},
			"POST /claims/{claim_id}/withdrawal":                 {reason, claimers, 404},
			"POST /insurance-contracts/{contract_id}/claim-file": {rosterOf("2026-07-01", "2026-07-15", "csv"), "claims-officer", 403},
			"POST /activities":                                   {c.listing(), staff, 403},
			"PATCH /activities/{activity_id}":                    {map[string]any{"title": "남의 일감"}, staff, 403},
			"POST /activities/{activity_id}/approval":            {nil, "officer", 403},
			"POST /activities/{activity_id}/cancellation":        {reason, staff, 403},
			"POST /activities/{activity_id}/rejection":           {reason, "officer", 403},
			"POST /activities/{activity_id}/shifts":              {shiftAt("20T09:00", "20T12:00", 5), staff, 403},
			"POST /activities/{activity_id}/submission":          {nil, staff, 403},
			"GET /activity-submissions":                          {nil, "officer", 403},
			"GET /anomalies":                                     {nil, "officer", 403},
			"POST /anomalies/decisions":                          {map[string]any{"anomaly_ids": []id.ID{id.New()}, "decision": "release", "reason": "까닭"}, "officer", 403},
			"POST /anomalies/{anomaly_id}/rejection":             {reason, "officer", 403},
			"POST /anomalies/{anomaly_id}/release":               {reason, "officer", 403},
			"GET /anomaly-rules":                                 {nil, "officer", 403},
			"POST /anomaly-rules": {map[string]any{"kind": "walk_ins_per_day", "threshold": 50, "second_threshold": 0, "active": true,
				"effective_from": "2026-08-01", "reference": "지침"}, "officer", 403},
			"POST /attendances/{attendance_id}/changes/{change_id}/refusal":      {reason, staff, 404},
			"POST /attendances/{attendance_id}/changes/{change_id}/verification": {nil, staff, 404},
			"POST /attendances/{attendance_id}/corrections":                      {times, staff, 404},
			"POST /attendances/{attendance_id}/reversals":                        {reason, staff, 404},
			"POST /auth/logout":                                                    {nil, "everyone", 0},
			"POST /camps":                                                          {opening(), "officer", 403},
			"PATCH /camps/{camp_id}":                                               {map[string]any{"name": "남의 캠프"}, "officer", 403},
			"GET /camps/{camp_id}/activities":                                      {nil, staff, 403},
			"GET /camps/{camp_id}/attendance-changes":                              {nil, staff, 403},
			"POST /camps/{camp_id}/attendance-sheets":                              {sheet, staff, 403},
			"GET /camps/{camp_id}/attendances":                                     {nil, staff, 403},
			"POST /camps/{camp_id}/attendances":                                    {present, staff, 403},
			"POST /camps/{camp_id}/rejections":                                     {rejected, staff, 403},
			"GET /camps/{camp_id}/disputes":                                        {nil, staff, 403},
			"GET /camps/{camp_id}/shifts":                                          {nil, staff, 403},
			"POST /camps/{camp_id}/verifications":                                  {decided, staff, 403},
			"GET /camps/{camp_id}/volunteers":                                      {nil, staff, 403},
			"POST /camps/{camp_id}/volunteers":                                     {enrolled, staff, 403},
			"PUT /camps/{camp_id}/volunteers/{volunteer_id}/claim-code":            {nil, staff, 403},
			"GET /demand-sites":                                                    {nil, "everyone", 0},
			"POST /demand-sites":                                                   {nil, "everyone", 0},
			"GET /demand-sites/{site_id}":                                          {nil, "everyone", 0},
			"PATCH /demand-sites/{site_id}":                                        {map[string]any{"phone": "1"}, "site-manager officer", 403},
			"GET /demand-sites/{site_id}/activities":                               {nil, "site-manager officer", 403},
			"POST /demand-sites/{site_id}/approval":                                {nil, "officer", 403},
			"GET /demand-sites/{site_id}/attendance-changes":                       {nil, "site-manager officer", 403},
			"POST /demand-sites/{site_id}/attendance-sheets":                       {sheet, "site-manager officer", 403},
			"GET /demand-sites/{site_id}/attendances":                              {nil, "site-manager officer", 403},
			"POST /demand-sites/{site_id}/attendances":                             {present, "site-manager officer", 403},
			"POST /demand-sites/{site_id}/closure":                                 {reason, "officer", 403},
			"POST /demand-sites/{site_id}/rejection":                               {reason, "officer", 403},
			"POST /demand-sites/{site_id}/rejections":                              {rejected, "site-manager officer", 403},
			"GET /demand-sites/{site_id}/disputes":                                 {nil, "site-manager officer", 403},
			"GET /demand-sites/{site_id}/shifts":                                   {nil, "site-manager officer", 403},
			"POST /demand-sites/{site_id}/suspension":                              {reason, "officer", 403},
			"POST /demand-sites/{site_id}/verifications":                           {decided, "site-manager officer", 403},
			"GET /disputes":                                                        {nil, "officer", 403},
			"GET /disputes/{dispute_id}":                                           {nil, staff, 404},
			"POST /disputes/{dispute_id}/answer":                                   {words, staff, 404},
			"POST /disputes/{dispute_id}/decision":                                 {map[string]any{"decision": "granted", "reason": "까닭"}, staff, 404},
			"POST /disputes/{dispute_id}/escalation":                               {words, staff, 404}, // and those are told to leave it to him
			"POST /disputes/{dispute_id}/withdrawal":                               {words, staff, 404},
			"POST /documents":                                                      {nil, "everyone", 0},
			"GET /documents/{document_id}":                                         {nil, "officer", 404},
			"POST /certificates/{number}/revocation":                               {reason, "officer", 403},
			"GET /late-windows":                                                    {nil, "everyone", 0},
			"POST /late-windows":                                                   {map[string]any{"gu_code": dbtest.Gu, "months": 1, "effective_from": "2026-08-01", "reference": "지침"}, "officer", 403},
			"GET /me":                                                              {nil, "everyone", 0},
			"PATCH /me":                                                            {nil, "everyone", 0},
			"GET /me/attendances":                                                  {nil, "everyone", 0},
			"GET /me/calendar.ics":                                                 {nil, "everyone", 0},
			"GET /me/certificates":                                                 {nil, "everyone", 0},
			"POST /me/certificates":                                                {nil, "everyone", 0},
			"GET /me/certificates/{certificate_id}":                                {nil, "", 404},
			"GET /me/certificates/{certificate_id}/pdf":                            {nil, "", 404},
			"GET /me/disputes":                                                     {nil, "everyone", 0},
			"POST /me/disputes":                                                    {nil, "everyone", 0},
			"GET /me/incentives":                                                   {nil, "everyone", 0},
			"GET /incentive-programmes":                                            {nil, "everyone", 0},
			"POST /incentive-programmes":                                           {realProgrammes(t)[1], "officer", 403},
			"GET /incentive-programmes/{programme_id}":                             {nil, "everyone", 0},
			"POST /incentive-programmes/{programme_id}/versions":                   {map[string]any{"from_day": "2026-08-01", "terms": realProgrammes(t)[0]["terms"], "reason": "까닭"}, "officer", 403},
			"POST /incentive-programmes/{programme_id}/closure":                    {reason, "officer", 403},
			"GET /incentive-programmes/{programme_id}/claims":                      {nil, "head other-head officer", 403},
			"POST /incentive-programmes/{programme_id}/evaluations":                {nil, "officer", 403},
			"GET /incentive-programmes/{programme_id}/evaluations/{evaluation_id}": {nil, "officer", 403},
			"GET /incentive-programmes/{programme_id}/evaluations/{evaluation_id}/results": {nil, "officer", 403},
			"POST /incentive-claims/{incentive_claim_id}/approval":                         {nil, "head officer", 404},
			"POST /incentive-claims/{incentive_claim_id}/refusal":                          {reason, "head officer", 404},
			"POST /me/incentives/{programme_id}/claims":                                    {nil, "everyone", 0},
			"GET /me/hours":                    {nil, "everyone", 0},
			"GET /me/hours/entries":            {nil, "everyone", 0},
			"GET /me/hours/entries/{entry_id}": {nil, "", 404},
			"PUT /me/password":                 {nil, "everyone", 0},
			"GET /me/sign-ups":                 {nil, "everyone", 0},
			"GET /recognition-rules":           {nil, "everyone", 0},
			"GET /me/household":                {nil, "everyone", 0},
			"POST /me/household":               {nil, "everyone", 0},
			"GET /class-periods":               {nil, "everyone", 0},
			"POST /class-periods":              {map[string]any{"first_day": "2026-03-02", "last_day": "2026-07-17", "weekdays": "1111100", "periods": 7, "reference": "교육과정"}, "officer", 403},
			"GET /disaster-areas":              {nil, "everyone", 0},
			"POST /disaster-areas": {map[string]any{"name": "호우", "region_code": dbtest.Gu, "first_day": "2026-07-01", "last_day": "2026-09-30", "reference": "공고"},
				"officer", 403},
			"GET /exports/1365":   {nil, "officer", 403},
			"GET /exports/school": {nil, "officer", 403},
			"POST /exports/school": {map[string]any{"volunteer_numbers": []string{person.Number}, "from": "2026-07-01", "to": "2026-07-15", "school": "중학교", "reason": "전송"},
				"officer", 403},
			"GET /exports/school/{export_id}":                {nil, "officer", 403},
			"GET /me/export":                                 {nil, "everyone", 0},
			"GET /me/school-hours":                           {nil, "everyone", 0},
			"GET /me/tax-certificate":                        {nil, "everyone", 0},
			"GET /transfers":                                 {nil, "officer", 403},
			"POST /transfers":                                {transferred, "officer", 403},
			"GET /transfers/{transfer_id}":                   {nil, "officer", 403},
			"POST /transfers/{transfer_id}/rejection":        {reason, "officer", 403},
			"POST /transfers/{transfer_id}/verification":     {nil, "officer", 403},
			"POST /webhook-endpoints":                        {map[string]any{"url": "https://a.example.kr/", "topics": []string{"hours.posted"}}, "administrator", 403},
			"GET /webhook-endpoints":                         {nil, "administrator", 403},
			"GET /webhook-endpoints/{endpoint_id}":           {nil, "administrator", 403},
			"PATCH /webhook-endpoints/{endpoint_id}":         {map[string]any{"paused": true}, "administrator", 403},
			"DELETE /webhook-endpoints/{endpoint_id}":        {nil, "administrator", 403},
			"PUT /webhook-endpoints/{endpoint_id}/secret":    {nil, "administrator", 403},
			"GET /webhook-deliveries":                        {nil, "administrator", 403},
			"POST /webhook-deliveries/{delivery_id}/replay":  {nil, "administrator", 403},
			"GET /audit-events":                              {nil, "administrator", 403},
			"GET /me/access-log":                             {nil, "everyone", 0},
			"GET /me/insurance":                              {nil, "everyone", 0},
			"GET /coverage":                                  {nil, staff, 404},
			"GET /insurance-contracts":                       {nil, "everyone", 0},
			"GET /insurance-contracts/{contract_id}":         {nil, "everyone", 0},
			"POST /insurance-contracts":                      {contractOf("2027-05-01", "2028-04-30"), "officer", 403},
			"POST /insurance-contracts/{contract_id}/items":  {amendment("2026-07-20"), "officer", 403},
			"POST /insurance-contracts/{contract_id}/roster": {rosterOf("2026-07-01", "2026-07-15", "csv"), "officer", 403},
			"GET /me/points":                                 {nil, "everyone", 0},
			"POST /me/points/donations":                      {nil, "everyone", 0},
			"GET /me/points/entries":                         {nil, "everyone", 0},
			"GET /points/budgets/{programme_id}":             {nil, "officer", 403},
			"POST /points/budgets/{programme_id}/funding":    {map[string]any{"points": 1000, "reason": "예산 배정"}, "officer", 403},
			"GET /points/causes":                             {nil, "everyone", 0},
			"POST /points/causes":                            {map[string]any{"name": "푸드뱅크"}, "officer", 403},
			"POST /points/causes/{cause_id}/end":             {nil, "officer", 403},
			"POST /recognition-rules": {map[string]any{"kind": "daily_cap", "minutes": 600, "effective_from": "2026-08-01", "owner": "city",
				"reference": "지침"}, "officer", 403},
			"GET /role-grants": {nil, "head other-head officer administrator", 403},
			"POST /role-grants": {map[string]any{"account_id": person.Account, "role": "camp_keeper", "scope_type": "camp", "scope_id": c.Camp, "reason": "위촉"},
				"head officer administrator", 403},
			"POST /role-grants/{grant_id}/revocation":                      {reason, "administrator", 404},
			"PATCH /shifts/{shift_id}":                                     {map[string]any{"capacity": 9}, staff, 403},
			"POST /shifts/{shift_id}/cancellation":                         {reason, staff, 403},
			"GET /shifts/{shift_id}/check-in-code":                         {nil, staff, 403},
			"POST /shifts/{shift_id}/check-ins":                            {code, "everyone", 0},
			"POST /shifts/{shift_id}/check-outs":                           {code, "everyone", 0},
			"GET /shifts/{shift_id}/sign-ups":                              {nil, staff, 403},
			"POST /shifts/{shift_id}/sign-ups":                             {nil, "everyone", 0},
			"POST /sign-ups/{sign_up_id}/cancellation":                     {reason, staff, 404},
			"GET /statistics/participation":                                {nil, "officer", 403},
			"GET /statistics/registration":                                 {nil, "officer", 403},
			"GET /statistics/cubes":                                        {nil, "officer analyst", 403},
			"GET /statistics/cubes/{cube}":                                 {nil, "officer", 403},
			"POST /statistics/tabulations":                                 {map[string]any{"year": 2026, "rows": "place.dong", "columns": "sex.each"}, "officer", 403},
			"GET /statistics/tabulations/{tabulation_id}":                  {nil, "officer", 403},
			"GET /holidays":                                                {nil, "everyone", 0},
			"POST /holidays":                                               {map[string]any{"items": []map[string]any{{"day": "2026-12-24", "name": "임시공휴일"}}}, "administrator", 403},
			"DELETE /holidays/{day}":                                       {nil, "administrator", 403},
			"GET /volunteers/{volunteer_id}":                               {nil, "officer", 404},
			"GET /volunteers/{volunteer_id}/household":                     {nil, "officer", 404},
			"POST /volunteers/{volunteer_id}/household":                    {map[string]any{"volunteer_number": person.Number, "name": "김봉사"}, "officer", 404},
			"POST /volunteers/{volunteer_id}/household/{household_id}/end": {reason, "officer", 404},
			"POST /volunteers/{volunteer_id}/guardian-consents":            {map[string]any{"method": "phone"}, "officer", 404},
			"POST /statistics/publications":                                {proposalOf(2025, "public"), "officer", 403},
			"GET /statistics/publications":                                 {nil, "officer analyst", 403},
			"GET /statistics/publications/{publication_id}":                {nil, "officer analyst", 403},
			"GET /statistics/publications/{publication_id}/cubes/{cube}":   {nil, "officer analyst", 403},
			"GET /statistics/publications/{publication_id}/download":       {nil, "officer analyst", 403},
			"POST /statistics/publications/{publication_id}/release":       {nil, "officer", 403},
			"POST /statistics/publications/{publication_id}/rejection":     {reason, "officer", 403},
			"GET /statistics/differences":                                  {nil, "officer", 403},
			"GET /award-scales":                                            {nil, "everyone", 0},
			"POST /award-scales":                                           {map[string]any{"code": "vms"}, "officer", 403},
			"GET /me/awards":                                               {nil, "everyone", 0},
			"GET /award-rounds":                                            {nil, "everyone", 0},
			"POST /award-rounds":                                           {c.round("name", "다른 포상"), "officer", 403},
			"GET /award-rounds/{round_id}/nominations":                     {nil, "officer", 403},
			"POST /award-rounds/{round_id}/nominations":                    {nil, "everyone", 0},
			"GET /me/nominations":                                          {nil, "everyone", 0},
			"POST /me/nominations/{nomination_id}/consent":                 {map[string]any{"granted": true}, "", 404},
			"GET /nominations/{nomination_id}":                             {nil, "officer", 404},
			"POST /nominations/{nomination_id}/supports":                   {nil, "everyone", 0},
			"POST /nominations/{nomination_id}/withdrawal":                 {reason, "officer", 404}, // and he is told to leave it to who nominated
			"POST /nominations/{nomination_id}/findings":                   {found("criminal-record", true), "officer", 403},
			"POST /nominations/{nomination_id}/proposal":                   {proposal, "officer", 403},
			"POST /nominations/{nomination_id}/decision":                   {agreement, "officer", 403},
		}
		certificate := person.post("/me/certificates", july()).want(http.StatusCreated)
		asked := c.incentiveWith("card-1365", "approval", "own_camp")
		c.sql(`UPDATE volunteers SET camp_id = ? WHERE id = ?`, c.Camp, person.Volunteer)
		c.budgetOf(asked)
		nomination := c.nominated("자원봉사대상", c.volunteer("추천인"), person, "김봉사")
		c.supported(nomination)
		var round string
		c.scan(&round, `SELECT CAST(id AS text) FROM award_rounds`)
		ids := map[string]string{
			"nomination_id":      strings.TrimPrefix(nomination, "/nominations/"),
			"round_id":           round,
			"programme_id":       asked,
			"evaluation_id":      officer.post("/incentive-programmes/"+asked+"/evaluations", nil).want(http.StatusAccepted).text("id"),
			"incentive_claim_id": person.post("/me/incentives/"+asked+"/claims", nil).want(http.StatusCreated).text("id"),
			"contract_id":        officer.post("/insurance-contracts", contractOf("2026-05-01", "2027-04-30")).want(http.StatusCreated).text("id"),
			"claim_id":           claimant,
			"camp_id":            c.Camp.String(),
			"site_id":            site,
			"activity_id":        strings.TrimPrefix(activity, "/activities/"),
			"shift_id":           coming,
			"attendance_id":      verified,
			"change_id":          change,
			"grant_id":           grant,
			"volunteer_id":       paper,
			"household_id":       id.New().String(),
			"sign_up_id":         person.post("/shifts/"+coming+"/sign-ups", nil).want(http.StatusCreated).text("id"),
			"entry_id":           person.get("/me/hours/entries").want(200).text("items.0.id"),
			"cause_id":           officer.post("/points/causes", map[string]any{"name": "적십자사"}).want(http.StatusCreated).text("id"),
			"document_id":        person.handIn("late_proof", "일지.pdf", aPDF).want(http.StatusCreated).text("id"),
			"number":             certificate.text("number"),
			"certificate_id":     certificate.text("id"),
			"publication_id":     c.published(2025, "analyst"),
			"dispute_id":         open,
			"anomaly_id":         id.New().String(),
			"transfer_id":        officer.imports("vms", "key", columns, "P1,"+person.Number+",김봉사,청소,동구청,2026-07-10,09:00,10:00,,0801,").want(200).text("transfer_id"),
			"export_id":          id.New().String(),
			"endpoint_id":        endpoint,
			"delivery_id":        delivery,
			"cube":               "home-time",
			"tabulation_id":      id.New().String(),
			"day":                "2026-09-25",
		}
		queries := map[string]string{
			"GET /statistics/participation":   "?from=2026-07-01&to=2026-07-15&by=dong",
			"GET /statistics/registration":    "?by=dong",
			"GET /coverage":                   "?volunteer_id=" + person.Volunteer.String() + "&at=2026-07-14T13:30:00Z",
			"GET /statistics/differences":     "?from_as_of=2026-07-01&to_as_of=2026-07-14",
			"GET /exports/1365":               "?from=2026-07-01&to=2026-07-15&reason=x",
			"GET /exports/school/{export_id}": "?reason=x",
			"POST /transfers":                 "?system=vms&dry_run=true",
		}

		ids["month"] = "2026-06"
		ids["merchant_id"], ids["code"] = shop, "7K3M-9QXA-0B2C-4D5E-6F7G-8H9J-K0M1"
		ids["voucher_id"] = c.given(person, nil)
		person.draw(ids["voucher_id"])
		ids["redemption_id"] = cast["merchant-manager"].redeem(person.draw(c.given(person, nil)), shop, "k").want(http.StatusCreated).text("id")
		maps.Copy(deeds, deedsAtShops(shop))
		ids["target_id"] = officer.post("/targets", goal()).want(http.StatusCreated).text("id")
		maps.Copy(deeds, deedsAtTargets())

		known := map[string]bool{}
		for _, r := range routesOf(features(dependencies{})) {
			if r.signedIn {
				known[r.method+" "+strings.TrimPrefix(r.path, api.Prefix)] = true
			}
		}
		for name := range known {
			if _, ok := deeds[name]; !ok {
				t.Errorf("%s: nobody has said who may", name)
			}
		}
		before := contents(t, c.db)
		for name, d := range deeds {
			if !known[name] {
				t.Errorf("%s is no route", name)
				continue
			}
			method, pattern, _ := strings.Cut(name, " ")
			path := regexp.MustCompile(`\{(\w+)\}`).ReplaceAllStringFunc(pattern, func(p string) string { return ids[strings.Trim(p, "{}")] }) + queries[name]
			for role, who := range cast {
				if d.may == "everyone" || d.refused == 0 || slices.Contains(strings.Fields(d.may), role) {
					continue
				}
				headers := []string{"If-Match", "*"}
				if strings.HasSuffix(name, "/redemptions") {
					headers = append(headers, "Idempotency-Key", "k-"+role)
				}
				if d.body == sheet || d.body == transferred {
					headers = append(headers, "Content-Type", "text/csv")
				}
				a := who.do(method, path, d.body, headers...)
				if a.Status != d.refused || !strings.HasPrefix(a.Header.Get("Content-Type"), "application/problem+json") {
					t.Errorf("%s by the %s: %d instead of %d: %s", name, role, a.Status, d.refused, a.Body)
				}
			}
			if after := contents(t, c.db); after != before {
				t.Errorf("%s changed something: %v", name, onlyIn(before, after))
				before = after
			}
		}
	})
}

// onlyIn lists the lines that only one of two texts has.
func onlyIn(a, b string) (lines []string) {
	for _, pair := range [][2]string{{a, b}, {b, a}} {
		for line := range strings.SplitSeq(pair[0], "\n") {
			if !strings.Contains(pair[1], line) {
				lines = append(lines, line)
			}
		}
	}
	return lines
}
