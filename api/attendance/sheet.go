package attendance

import (
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"dure/api/bind"
	"dure/api/problem"
	"dure/domain/attendance"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/id"
	"dure/domain/sheet"
)

// SheetResponse tells what became of each line, or would become of it, in the order of the sheet.
type SheetResponse struct {
	DryRun         bool         `json:"dry_run" example:"false"`
	Results        []LineResult `json:"results"`
	Recorded       int          `json:"recorded" example:"41"`
	Duplicates     int          `json:"duplicates" example:"2"`
	Rejected       int          `json:"rejected" example:"1"`
	IgnoredColumns []string     `json:"ignored_columns" example:"연번,비고"` // headings that nobody here understands
} //	@name	AttendanceSheetResults

// LineResult is the answer to one line: what was understood of it, and what became of it.
type LineResult struct {
	Row             int               `json:"row" example:"5"` // as the spreadsheet numbers it
	Status          attendance.Status `json:"status" swaggertype:"string" enums:"recorded,duplicate,rejected" example:"recorded"`
	AttendanceID    *id.ID            `json:"attendance_id" format:"uuid" swaggertype:"string" extensions:"x-nullable"`
	State           *attendance.State `json:"state" swaggertype:"string" enums:"open,auto_closed,pending,held,verified,rejected,reversed" extensions:"x-nullable" example:"pending"`
	Hold            *HoldResponse     `json:"hold,omitempty"` // why it is held; only when it is
	Problem         *problem.Problem  `json:"problem" extensions:"x-nullable"`
	Insurance       *Insurance        `json:"insurance,omitempty"` // only of who was not insured when he came
	VolunteerNumber string            `json:"volunteer_number" example:"1234-5678"`
	ShiftID         *id.ID            `json:"shift_id" format:"uuid" swaggertype:"string" extensions:"x-nullable"`
	CheckedInAt     *time.Time        `json:"checked_in_at" format:"date-time" extensions:"x-nullable" example:"2026-07-14T04:00:00Z"`
	CheckedOutAt    *time.Time        `json:"checked_out_at" format:"date-time" extensions:"x-nullable" example:"2026-07-14T08:00:00Z"`
	GroupName       *string           `json:"group_name" extensions:"x-nullable" example:"무등산지킴이봉사단"` // with whom he came; null for alone
} //	@name	AttendanceLineResult

// sheetAtCamp records a camp's sheet.
//
//	@ID				sheetAtCamp
//	@Summary		Record an attendance sheet (the camp's head and keepers, the centre)
//	@Description	CSV (UTF-8, or CP949 as Korean Excel writes it; comma, semicolon or tab) or XLSX, as the body or as the one file of a form.
//	@Description	Columns: 봉사자번호, 날짜, 시작, 종료, and where they help 활동, 이동시간(분), 회차번호, 단체명; other columns are named and ignored.
//	@Description	A line without 회차번호 belongs to the only shift of that name (활동), or to the only one at that time. Up to 1,000 lines.
//	@Description	With dry_run nothing is kept. Sent again, the same sheet changes nothing, with or without an Idempotency-Key.
//	@Tags			attendance
//	@Security		bearer
//	@Accept			text/csv,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet,mpfd
//	@Produce		json
//	@Param			camp_id			path		string	true	"camp"	format(uuid)
//	@Param			dry_run			query		bool	false	"only tell what would happen"	default(false)
//	@Param			Idempotency-Key	header		string	false	"the same key and body is served once"
//	@Param			file			formData	file	false	"the sheet, where a form is sent"
//	@Success		200				{object}	SheetResponse
//	@Failure		400				{object}	problem.Problem	"sheet.broken, sheet.broken_line, sheet.encoding, request.form, request.query"
//	@Failure		401				{object}	problem.Problem	"auth.sign_in"
//	@Failure		403				{object}	problem.Problem	"auth.forbidden"
//	@Failure		404				{object}	problem.Problem	"attendance.organiser_not_found"
//	@Failure		413				{object}	problem.Problem	"request.too_large: over 5 MiB; sheet.too_large"
//	@Failure		415				{object}	problem.Problem	"request.media_type, sheet.kind, sheet.locked_or_old, sheet.macros"
//	@Failure		422				{object}	problem.Problem	"sheet.columns_missing, sheet.column_twice, sheet.empty, request.invalid: over 1,000 lines"
//	@Failure		503				{object}	problem.Problem	"busy, try again"
//	@Router			/camps/{camp_id}/attendance-sheets [post]
func (h Handler) sheetAtCamp(c *gin.Context) { h.sheet(c, attendance.Camp) }

// sheetAtSite records a demand site's sheet.
//
//	@ID				sheetAtSite
//	@Summary		Record an attendance sheet (the demand site's managers, the centre)
//	@Description	As for camps.
//	@Tags			attendance
//	@Security		bearer
//	@Accept			text/csv,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet,mpfd
//	@Produce		json
//	@Param			site_id			path		string	true	"demand site"	format(uuid)
//	@Param			dry_run			query		bool	false	"only tell what would happen"	default(false)
//	@Param			Idempotency-Key	header		string	false	"the same key and body is served once"
//	@Param			file			formData	file	false	"the sheet, where a form is sent"
//	@Success		200				{object}	SheetResponse
//	@Failure		400				{object}	problem.Problem	"sheet.broken, sheet.broken_line, sheet.encoding, request.form, request.query"
//	@Failure		401				{object}	problem.Problem	"auth.sign_in"
//	@Failure		403				{object}	problem.Problem	"auth.forbidden"
//	@Failure		404				{object}	problem.Problem	"attendance.organiser_not_found"
//	@Failure		409				{object}	problem.Problem	"site.not_approved"
//	@Failure		413				{object}	problem.Problem	"request.too_large: over 5 MiB; sheet.too_large"
//	@Failure		415				{object}	problem.Problem	"request.media_type, sheet.kind, sheet.locked_or_old, sheet.macros"
//	@Failure		422				{object}	problem.Problem	"sheet.columns_missing, sheet.column_twice, sheet.empty, request.invalid: over 1,000 lines"
//	@Failure		503				{object}	problem.Problem	"busy, try again"
//	@Router			/demand-sites/{site_id}/attendance-sheets [post]
func (h Handler) sheetAtSite(c *gin.Context) { h.sheet(c, attendance.Site) }

func (h Handler) sheet(c *gin.Context, kind string) {
	o, err := organiser(c, kind)
	if err != nil {
		problem.Write(c, err)
		return
	}
	q := bind.NewQuery(c, "dry_run")
	dryRun := q.Bool("dry_run")
	if q.Err() != nil {
		problem.Write(c, q.Err())
		return
	}
	// Unpacking a spreadsheet is work that not anybody may ask for; the use case looks again, in its transaction.
	if err := attendance.CanWork(auth.From(c.Request.Context()), o.ID); err != nil {
		problem.Write(c, err)
		return
	}
	read, err := readSheet(c)
	if err != nil {
		problem.Write(c, err)
		return
	}
	lines, err := h.service.RecordSheet(c.Request.Context(), attendance.RecordSheet{Organiser: o, Lines: read.Lines, DryRun: dryRun})
	if err != nil {
		problem.Write(c, err)
		return
	}
	c.JSON(http.StatusOK, presentSheet(c, lines, read.Ignored, dryRun))
}

func readSheet(c *gin.Context) (sheet.Sheet, error) {
	file, err := bind.File(c, bind.BatchLimit, "file", "text/csv", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
	if err != nil {
		return sheet.Sheet{}, err
	}
	return sheet.Read(file)
}

func presentSheet(c *gin.Context, lines []attendance.LineResult, ignored []string, dryRun bool) SheetResponse {
	answer := SheetResponse{DryRun: dryRun, Results: make([]LineResult, len(lines)), IgnoredColumns: ignored}
	for i, l := range lines {
		r := presentResult(c, l.Result)
		switch r.Status {
		case attendance.Recorded:
			answer.Recorded++
			if dryRun {
				r.AttendanceID = nil // there is none
			}
		case attendance.Duplicate:
			answer.Duplicates++
		default:
			answer.Rejected++
		}
		answer.Results[i] = LineResult{Row: l.Row, Status: r.Status, AttendanceID: r.AttendanceID, State: r.State, Hold: r.Hold, Problem: r.Problem, Insurance: r.Insurance,
			VolunteerNumber: l.Item.VolunteerNumber, ShiftID: optional(l.Item.ShiftID),
			CheckedInAt: told(l.Item.CheckedInAt), CheckedOutAt: told(l.Item.CheckedOutAt),
			GroupName: group(l.Item.GroupName)}
	}
	return answer
}

// group is a group's name, where one came with a group.
func group(name string) *string {
	if name == "" {
		return nil
	}
	return &name
}

// told is an instant that may not have been understood.
func told(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
