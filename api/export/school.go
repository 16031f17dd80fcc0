package export

import (
	"net/http"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"dure/api/bind"
	"dure/api/problem"
	"dure/domain/export"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
)

// SchoolHours is the school's view of a period: NEIS takes whole hours, and what is over is shown.
type SchoolHours struct {
	From      calendar.Day `json:"from" format:"date" swaggertype:"string" example:"2026-03-01"`
	To        calendar.Day `json:"to" format:"date" swaggertype:"string" example:"2027-02-28"`
	School    string       `json:"school" example:"충장중학교"` // whose class periods were looked at; empty for those of all schools
	Minutes   int          `json:"minutes" example:"110"`  // recognised in general
	Counted   int          `json:"school_minutes" example:"110"`
	Hours     int          `json:"school_hours" example:"1"`
	Remainder int          `json:"remainder_minutes" example:"50"`
	Days      []SchoolDay  `json:"days"`
} //	@name	SchoolHours

// SchoolDay is a day of it.
type SchoolDay struct {
	Day           calendar.Day `json:"day" format:"date" swaggertype:"string" example:"2026-07-14"`
	Minutes       int          `json:"minutes" example:"180"`           // recognised in general
	LimitMinutes  int          `json:"limit_minutes" example:"60"`      // 8 hours less the class periods
	SchoolMinutes int          `json:"school_minutes" example:"60"`     // of it for the school
	SentMinutes   int          `json:"transferred_minutes" example:"0"` // that a school has already
} //	@name	SchoolDay

// schoolHours shows the school's view.
//
//	@ID				readMySchoolHours
//	@Summary		My hours as my school sees them (everybody with a person, for himself)
//	@Description	Of a day 8 hours less the class periods count, of blood donations only as many in a school year as the school office says.
//	@Tags			export
//	@Security		bearer
//	@Produce		json
//	@Param			from	query		string	true	"first day"	format(date)	example(2026-03-01)
//	@Param			to		query		string	true	"last day, at most 3 years later"	format(date)	example(2027-02-28)
//	@Param			school	query		string	false	"whose class periods; those of all schools where absent"	example(충장중학교)
//	@Success		200		{object}	SchoolHours
//	@Failure		400		{object}	problem.Problem	"unreadable query"
//	@Failure		401		{object}	problem.Problem	"auth.sign_in"
//	@Failure		403		{object}	problem.Problem	"export.no_person"
//	@Failure		422		{object}	problem.Problem	"request.invalid"
//	@Failure		503		{object}	problem.Problem	"busy, try again"
//	@Router			/me/school-hours [get]
func (h Handler) schoolHours(c *gin.Context) {
	q := bind.NewQuery(c, "from", "to", "school")
	p, school := period(q), q.Text("school")
	if q.Err() != nil {
		problem.Write(c, q.Err())
		return
	}
	seen, err := h.service.MySchoolHours(c.Request.Context(), p, school)
	if err != nil {
		problem.Write(c, err)
		return
	}
	answer := SchoolHours{From: seen.From, To: seen.To, School: seen.School, Minutes: seen.Minutes, Counted: seen.Counted, Hours: seen.Hours,
		Remainder: seen.Remainder, Days: make([]SchoolDay, len(seen.Days))}
	for i, d := range seen.Days {
		answer.Days[i] = SchoolDay{Day: d.Day, Minutes: d.Minutes, LimitMinutes: d.Limit, SchoolMinutes: d.SchoolMinutes, SentMinutes: d.Sent}
	}
	c.JSON(http.StatusOK, answer)
}

// SendRequest names pupils whose hours a school is to have.
type SendRequest struct {
	VolunteerNumbers []string     `json:"volunteer_numbers" example:"1234-5678" validate:"required" minItems:"1" maxItems:"1000"`
	From             calendar.Day `json:"from" format:"date" swaggertype:"string" example:"2026-03-01" validate:"required"`
	To               calendar.Day `json:"to" format:"date" swaggertype:"string" example:"2026-07-15" validate:"required"`
	School           string       `json:"school" example:"충장중학교" validate:"required" maxLength:"100"`
	Reason           string       `json:"reason" example:"1학기 봉사활동 나이스 전송" validate:"required" maxLength:"500"`
	DryRun           bool         `json:"dry_run" example:"false"` // only tell what would be sent
} //	@name	SchoolExportRequest

// SendResponse tells what was handed to the school.
type SendResponse struct {
	ExportID *id.ID       `json:"export_id" format:"uuid" swaggertype:"string" extensions:"x-nullable"` // null where nothing was
	Results  []SendResult `json:"results"`
} //	@name	SchoolExportResults

// SendResult is the answer for one pupil, in the order given.
type SendResult struct {
	VolunteerNumber string           `json:"volunteer_number" example:"1234-5678"`
	Status          string           `json:"status" enums:"sent,refused" example:"sent"`
	Line            *Line            `json:"line" extensions:"x-nullable"`
	Problem         *problem.Problem `json:"problem" extensions:"x-nullable"`
} //	@name	SchoolExportResult

// Line is what a school has of a pupil: carried + minutes = hours × 60 + remainder.
type Line struct {
	VolunteerNumber string        `json:"volunteer_number" example:"1234-5678"`
	VolunteerName   string        `json:"volunteer_name" example:"홍길동"`
	BirthDate       *calendar.Day `json:"birth_date,omitempty" format:"date" swaggertype:"string" example:"2011-04-05"`
	Carried         int           `json:"carried_minutes" example:"0"` // left the last time
	Minutes         int           `json:"minutes" example:"110"`
	Hours           int           `json:"hours" example:"1"`
	Remainder       int           `json:"remainder_minutes" example:"50"` // carried to the next time
} //	@name	SchoolExportLine

// send hands hours to a school.
//
//	@ID				exportToSchool
//	@Summary		Hand pupils' hours to their school (centre officers)
//	@Description	Whole hours (NEIS) of what no school has yet and of the minutes left the last time; each pupil for himself. What is handed over is
//	@Description	locked: corrections and reversals are refused from then on (export.locked_by_school), for only the school changes it.
//	@Tags			export
//	@Security		bearer
//	@Accept			json
//	@Produce		json
//	@Param			Idempotency-Key	header		string		false	"the same key and body is served once"
//	@Param			body			body		SendRequest	true	"whose hours, and why"
//	@Success		200				{object}	SendResponse
//	@Failure		400				{object}	problem.Problem	"unreadable body"
//	@Failure		401				{object}	problem.Problem	"auth.sign_in"
//	@Failure		403				{object}	problem.Problem	"auth.forbidden"
//	@Failure		413				{object}	problem.Problem	"request.too_large"
//	@Failure		415				{object}	problem.Problem	"request.media_type"
//	@Failure		422				{object}	problem.Problem	"request.invalid"
//	@Failure		503				{object}	problem.Problem	"busy, try again"
//	@Router			/exports/school [post]
func (h Handler) send(c *gin.Context) {
	var req SendRequest
	if err := bind.JSON(c, &req); err != nil {
		problem.Write(c, err)
		return
	}
	sent, results, err := h.service.SendToSchool(c.Request.Context(), export.SendToSchool{Numbers: req.VolunteerNumbers,
		Period: export.Period{From: req.From, To: req.To}, School: req.School, Reason: req.Reason, DryRun: req.DryRun})
	if err != nil {
		problem.Write(c, err)
		return
	}
	answer := SendResponse{Results: make([]SendResult, len(results))}
	if sent.ID != id.Nil {
		answer.ExportID = &sent.ID
	}
	for i, r := range results {
		answer.Results[i] = SendResult{VolunteerNumber: r.Number, Status: "refused", Problem: problem.For(c, r.Err)}
		if r.Line != nil {
			line := presentLine(*r.Line)
			answer.Results[i].Status, answer.Results[i].Line = "sent", &line
		}
	}
	c.JSON(http.StatusOK, answer)
}

func presentLine(l export.SentLine) Line {
	line := Line{VolunteerNumber: l.VolunteerNumber, VolunteerName: l.VolunteerName, Carried: l.Carried, Minutes: l.Minutes, Hours: l.Hours, Remainder: l.Remainder}
	if !l.BirthDate.IsZero() {
		line.BirthDate = &l.BirthDate
	}
	return line
}

// SchoolExport is what was handed to a school at once.
type SchoolExport struct {
	ID         id.ID        `json:"id" format:"uuid" swaggertype:"string"`
	School     string       `json:"school" example:"충장중학교"`
	From       calendar.Day `json:"from" format:"date" swaggertype:"string" example:"2026-03-01"`
	To         calendar.Day `json:"to" format:"date" swaggertype:"string" example:"2026-07-15"`
	Reason     string       `json:"reason" example:"1학기 봉사활동 나이스 전송"`
	ExportedAt time.Time    `json:"exported_at" format:"date-time" example:"2026-07-15T01:00:00Z"`
} //	@name	SchoolExport

// SchoolExportDetail is an export with its lines.
type SchoolExportDetail struct {
	SchoolExport
	Lines []Line `json:"lines"`
} //	@name	SchoolExportDetail

// SchoolExportPage is a page of exports.
type SchoolExportPage struct {
	Items []SchoolExport `json:"items"`
	Next  *string        `json:"next" extensions:"x-nullable"`
} //	@name	SchoolExportPage

func presentExport(e export.SchoolExport) SchoolExport {
	return SchoolExport{ID: e.ID, School: e.School, From: e.FirstDay, To: e.LastDay, Reason: e.Reason, ExportedAt: e.ExportedAt}
}

// listSent lists the exports to schools.
//
//	@ID			listSchoolExports
//	@Summary	List what was handed to schools (centre officers)
//	@Tags		export
//	@Security	bearer
//	@Produce	json
//	@Param		limit	query		int		false	"rows of a page"	default(20)	minimum(1)	maximum(100)
//	@Param		after	query		string	false	"next of the page before"
//	@Success	200		{object}	SchoolExportPage
//	@Failure	400		{object}	problem.Problem	"unreadable query or cursor"
//	@Failure	401		{object}	problem.Problem	"auth.sign_in"
//	@Failure	403		{object}	problem.Problem	"auth.forbidden"
//	@Failure	503		{object}	problem.Problem	"busy, try again"
//	@Router		/exports/school [get]
func (h Handler) listSent(c *gin.Context) {
	q := bind.NewQuery(c, "limit", "after")
	p := q.Page()
	if q.Err() != nil {
		problem.Write(c, q.Err())
		return
	}
	found, err := h.service.ListSent(c.Request.Context(), p)
	if err != nil {
		problem.Write(c, err)
		return
	}
	answer := SchoolExportPage{Items: make([]SchoolExport, len(found.Items)), Next: q.Cursor(found.Next)}
	for i, e := range found.Items {
		answer.Items[i] = presentExport(e)
	}
	c.JSON(http.StatusOK, answer)
}

// sent gives what was handed to a school.
//
//	@ID				readSchoolExport
//	@Summary		Download what was handed to a school, as it was handed over (centre officers)
//	@Description	As JSON, or with format=csv as CSV (UTF-8 with BOM). The reason is kept with every pupil it is about.
//	@Tags			export
//	@Security		bearer
//	@Produce		json,text/csv
//	@Param			export_id	path		string	true	"export"	format(uuid)
//	@Param			reason		query		string	true	"what for"	example(나이스 입력)
//	@Param			format		query		string	false	"json or csv"	Enums(json, csv)	default(json)
//	@Success		200			{object}	SchoolExportDetail
//	@Failure		400			{object}	problem.Problem	"unreadable query"
//	@Failure		401			{object}	problem.Problem	"auth.sign_in"
//	@Failure		403			{object}	problem.Problem	"auth.forbidden"
//	@Failure		404			{object}	problem.Problem	"export.not_found"
//	@Failure		422			{object}	problem.Problem	"request.invalid"
//	@Failure		503			{object}	problem.Problem	"busy, try again"
//	@Router			/exports/school/{export_id} [get]
func (h Handler) sent(c *gin.Context) {
	exportID, err := bind.ID(c, "export_id")
	if err != nil {
		problem.Write(c, err)
		return
	}
	q := bind.NewQuery(c, "reason", "format")
	reason, format := q.Text("reason"), q.OneOf("format", "json", "csv")
	if q.Err() != nil {
		problem.Write(c, q.Err())
		return
	}
	e, lines, err := h.service.Sent(c.Request.Context(), exportID, reason)
	if err != nil {
		problem.Write(c, err)
		return
	}
	answer := SchoolExportDetail{SchoolExport: presentExport(e), Lines: make([]Line, len(lines))}
	for i, l := range lines {
		answer.Lines[i] = presentLine(l)
	}
	if format == "csv" {
		sheet(c, "school-"+e.LastDay.String(), answer.table())
		return
	}
	c.JSON(http.StatusOK, answer)
}

func (e SchoolExportDetail) table() [][]string {
	rows := [][]string{{"봉사자번호", "성명", "생년월일", "학교", "시작일", "종료일", "이월(분)", "인정(분)", "시간", "남은 분"}}
	for _, l := range e.Lines {
		birth := ""
		if l.BirthDate != nil {
			birth = l.BirthDate.String()
		}
		rows = append(rows, []string{l.VolunteerNumber, l.VolunteerName, birth, e.School, e.From.String(), e.To.String(),
			strconv.Itoa(l.Carried), strconv.Itoa(l.Minutes), strconv.Itoa(l.Hours), strconv.Itoa(l.Remainder)})
	}
	return rows
}
