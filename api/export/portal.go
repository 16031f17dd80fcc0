package export

import (
	"context"
	"strings"

	"github.com/gin-gonic/gin"

	"dure/api/bind"
	"dure/api/problem"
	"dure/api/table"
	"dure/domain/export"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
)

// PortalExport is what the portal 1365 may have of a period.
type PortalExport struct {
	PortalPeriod
	Items []PortalItem `json:"items"`
	PortalSums
} //	@name	PortalExport

// PortalPeriod is of when it is; both days are included.
type PortalPeriod struct {
	From calendar.Day `json:"from" format:"date" swaggertype:"string" example:"2026-07-01"`
	To   calendar.Day `json:"to" format:"date" swaggertype:"string" example:"2026-07-31"`
} //	@name	PortalExportPeriod

// PortalSums are known when all items are.
type PortalSums struct {
	Minutes  int `json:"minutes" example:"110"`           // of all items
	Imported int `json:"left_out_imported" example:"2"`   // rows that came from 1365
	Refused  int `json:"left_out_no_consent" example:"3"` // rows of people who did not consent to the link
} //	@name	PortalExportSums

// PortalItem is one presence on one day, in the portal's codes.
type PortalItem struct {
	OriginID        id.ID  `json:"origin_id" format:"uuid" swaggertype:"string"` // of the attendance here
	VolunteerNumber string `json:"volunteer_number" example:"1234-5678"`
	VolunteerName   string `json:"volunteer_name" example:"홍길동"`
	Title           string `json:"progrm_sj" example:"경로당 급식 봉사"`
	Organisation    string `json:"nanmmby_nm" example:"충장동 자원봉사캠프"`
	Place           string `json:"act_place" example:"충장경로당"`
	Day             string `json:"progrm_bgnde" example:"20260714"` // YYYYMMDD
	BeginHour       int    `json:"act_begin_tm" example:"13"`       // 0–24
	BeginMinute     int    `json:"act_begin_mnt" example:"0"`
	EndHour         int    `json:"act_end_tm" example:"17"`
	EndMinute       int    `json:"act_end_mnt" example:"0"`
	Weekday         string `json:"act_wkdy" example:"0100000"` // Monday first
	FieldCode       string `json:"srvc_cl_code" example:"0104"`
	FieldText       string `json:"srvc_cl_nm" example:"생활편의지원 > 급식지원"`
	SidoCode        string `json:"sido_cd" example:"6290000"`
	GugunCode       string `json:"gugun_cd" example:"3590000"`
	Minutes         int    `json:"minutes" example:"210"` // recognised
} //	@name	PortalExportItem

// portal gives the portal's view.
//
//	@ID				exportTo1365
//	@Summary		Export recognised minutes for the portal 1365 (centre officers)
//	@Description	Up to 31 days, one row a presence and day. Left out are hours that came from 1365 and those of people who did not consent to the
//	@Description	link. As JSON, or with format=csv as CSV (UTF-8 with BOM) with the portal's own column names. The reason is kept with everybody it is about.
//	@Description	It is sent while it is read, day by day and person by person, all as it was posted when it was asked for. What cannot be finished breaks off: a part is never a whole answer.
//	@Tags			export
//	@Security		bearer
//	@Produce		json,text/csv
//	@Param			from	query		string	true	"first day"	format(date)	example(2026-07-01)
//	@Param			to		query		string	true	"last day, at most the 31st"	format(date)	example(2026-07-31)
//	@Param			reason	query		string	true	"what for"	example(1365 실적 전송)
//	@Param			format	query		string	false	"json or csv"	Enums(json, csv)	default(json)
//	@Success		200		{object}	PortalExport
//	@Failure		400		{object}	problem.Problem	"unreadable query"
//	@Failure		401		{object}	problem.Problem	"auth.sign_in"
//	@Failure		403		{object}	problem.Problem	"auth.forbidden"
//	@Failure		422		{object}	problem.Problem	"request.invalid"
//	@Failure		503		{object}	problem.Problem	"busy, try again"
//	@Router			/exports/1365 [get]
func (h Handler) portal(c *gin.Context) {
	q := bind.NewQuery(c, "from", "to", "reason", "format")
	p, reason, format := period(q), q.Text("reason"), q.OneOf("format", "json", "csv")
	if q.Err() != nil {
		problem.Write(c, q.Err())
		return
	}
	handed := h.service.Portal(p, reason)
	first, _, err := handed.Next(c.Request.Context())
	if err != nil {
		problem.Write(c, err)
		return
	}
	rows := portalRows{portal: handed, part: first, ctx: context.WithoutCancel(c.Request.Context())}
	if format == "csv" {
		table.Send(c, table.CSVFile, table.Table{Name: "1365-" + p.From.String() + "-" + p.To.String(), Lang: problem.Lang(c), Columns: portalColumns,
			Rows: func(yield func([]any, error) bool) {
				for r, err := range rows.each {
					if !yield(h.item(r).cells(), err) {
						return
					}
				}
			}})
		return
	}
	table.SendJSON(c, problem.Lang(c), PortalPeriod{p.From, p.To}, func(yield func(PortalItem, error) bool) {
		for r, err := range rows.each {
			if !yield(h.item(r), err) {
				return
			}
		}
	}, func() any { return rows.sums })
}

// portalRows are read part by part while they go out: each part has its own time, however long the whole takes.
type portalRows struct {
	portal *export.Portal
	part   export.PortalPart // the next one to go out
	ctx    context.Context
	sums   PortalSums
}

func (p *portalRows) each(yield func(export.PortalRow, error) bool) {
	for more := true; more; {
		p.sums.Imported += p.part.Imported
		p.sums.Refused += p.part.Refused
		for _, r := range p.part.Rows {
			p.sums.Minutes += r.Minutes
			if !yield(r, nil) {
				return
			}
		}
		var err error
		if p.part, more, err = p.portal.Next(p.ctx); err != nil {
			yield(export.PortalRow{}, err)
			return
		}
	}
}

func (h Handler) item(r export.PortalRow) PortalItem {
	begin, end := r.Times(h.zone)
	return PortalItem{OriginID: r.AttendanceID, VolunteerNumber: r.VolunteerNumber, VolunteerName: r.VolunteerName, Title: r.ActivityTitle,
		Organisation: r.Organisation, Place: r.Place, Day: strings.ReplaceAll(r.Day.String(), "-", ""), BeginHour: begin / 60, BeginMinute: begin % 60,
		EndHour: end / 60, EndMinute: end % 60, Weekday: r.Weekday(), FieldCode: r.FieldCode, FieldText: r.GroupName + " > " + r.FieldName,
		SidoCode: r.SidoCode, GugunCode: r.GugunCode, Minutes: r.Minutes}
}

// portalColumns have the portal's own names, and last what it does not name.
var portalColumns = []table.Column{{Title: "progrmSj"}, {Title: "nanmmbyNm"}, {Title: "actPlace"}, {Title: "progrmBgnde"}, {Title: "progrmEndde"},
	{Title: "actBeginTm", Kind: table.Whole}, {Title: "actBeginMnt", Kind: table.Whole}, {Title: "actEndTm", Kind: table.Whole},
	{Title: "actEndMnt", Kind: table.Whole}, {Title: "actWkdy"}, {Title: "srvcClCode"}, {Title: "srvcClNm"}, {Title: "sidoCd"}, {Title: "gugunCd"},
	{Title: "봉사자번호"}, {Title: "성명"}, {Title: "인정시간(분)", Kind: table.Whole}, {Title: "실적번호"}}

func (i PortalItem) cells() []any {
	return []any{i.Title, i.Organisation, i.Place, i.Day, i.Day, i.BeginHour, i.BeginMinute, i.EndHour, i.EndMinute, i.Weekday, i.FieldCode,
		i.FieldText, i.SidoCode, i.GugunCode, i.VolunteerNumber, i.VolunteerName, i.Minutes, i.OriginID.String()}
}
