package transfer

import (
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"dure/api/bind"
	"dure/api/problem"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/id"
	"dure/domain/kernel/idempotency"
	"dure/domain/transfer"
)

// ResultsResponse tells what became of each row, or would become of it, in the order of the file.
type ResultsResponse struct {
	TransferID     *id.ID   `json:"transfer_id" format:"uuid" swaggertype:"string" extensions:"x-nullable"` // null where nothing was taken
	DryRun         bool     `json:"dry_run" example:"false"`
	Results        []Result `json:"results"`
	Imported       int      `json:"imported" example:"38"`
	Duplicates     int      `json:"duplicates" example:"2"`
	Refused        int      `json:"refused" example:"1"`
	IgnoredColumns []string `json:"ignored_columns" example:"연번,비고"` // headings that nobody here understands
} //	@name	TransferResults

// Result is the answer to one row.
type Result struct {
	Row             int              `json:"row" example:"2"` // as the spreadsheet numbers it
	OriginID        string           `json:"origin_id" example:"V20260714-0031"`
	VolunteerNumber string           `json:"volunteer_number" example:"1234-5678"`
	Status          transfer.Status  `json:"status" swaggertype:"string" enums:"imported,duplicate,refused" example:"imported"`
	AttendanceID    *id.ID           `json:"attendance_id" format:"uuid" swaggertype:"string" extensions:"x-nullable"` // of a duplicate: the one that was first
	CheckedInAt     *time.Time       `json:"checked_in_at" format:"date-time" extensions:"x-nullable" example:"2026-07-14T04:00:00Z"`
	CheckedOutAt    *time.Time       `json:"checked_out_at" format:"date-time" extensions:"x-nullable" example:"2026-07-14T06:00:00Z"`
	Problem         *problem.Problem `json:"problem" extensions:"x-nullable"`
} //	@name	TransferResult

// take takes a file over.
//
//	@ID				importTransfer
//	@Summary		Take hours over that another system recorded (centre officers)
//	@Description	CSV (UTF-8, or CP949 as Korean Excel writes it) or XLSX, as the body or as the one file of a form. Columns: 실적번호, 봉사자번호 (the
//	@Description	number here), 성명, 활동일; 봉사활동명 and 기관명 but for donations; 시작시간 and 종료시간 or 인정시간(분); where they help 분야코드,
//	@Description	지역코드 (1365) and 헌혈종류. Up to 1,000 rows, each for itself; other columns are named and ignored. A number of a system is taken once:
//	@Description	again the same is a duplicate, with other content it is refused. Minutes without times are placed at the end of the day, before
//	@Description	what is known of it. What is taken waits for another officer, and then counts by the same rules as all else. With dry_run nothing is kept.
//	@Tags			transfer
//	@Security		bearer
//	@Accept			text/csv,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet,mpfd
//	@Produce		json
//	@Param			system			query		string	true	"who recorded the hours"	Enums(1365, vms, dovol, blood)
//	@Param			dry_run			query		bool	false	"only tell what would happen"	default(false)
//	@Param			Idempotency-Key	header		string	false	"required unless dry_run; the same key and body is served once"
//	@Param			file			formData	file	false	"the file, where a form is sent"
//	@Success		200				{object}	ResultsResponse
//	@Failure		400				{object}	problem.Problem	"idempotency.required, sheet.broken, sheet.broken_line, sheet.encoding, request.form, request.query"
//	@Failure		401				{object}	problem.Problem	"auth.sign_in"
//	@Failure		403				{object}	problem.Problem	"auth.forbidden"
//	@Failure		409				{object}	problem.Problem	"idempotency.in_use"
//	@Failure		413				{object}	problem.Problem	"request.too_large: over 5 MiB; sheet.too_large"
//	@Failure		415				{object}	problem.Problem	"request.media_type, sheet.kind, sheet.locked_or_old, sheet.macros"
//	@Failure		422				{object}	problem.Problem	"sheet.columns_missing, sheet.column_twice, sheet.empty, idempotency.reused, request.invalid: over 1,000 rows"
//	@Failure		503				{object}	problem.Problem	"busy, try again"
//	@Router			/transfers [post]
func (h Handler) take(c *gin.Context) {
	// Unpacking a spreadsheet is work that not anybody may ask for; the use case looks again, in its transaction.
	if err := transfer.CanTransfer(auth.From(c.Request.Context())); err != nil {
		problem.Write(c, err)
		return
	}
	cmd, err := readImport(c)
	if err != nil {
		problem.Write(c, err)
		return
	}
	done, err := h.service.Import(c.Request.Context(), cmd)
	if err != nil {
		problem.Write(c, err)
		return
	}
	c.JSON(http.StatusOK, presentOutcome(c, done, cmd))
}

func readImport(c *gin.Context) (cmd transfer.Import, err error) {
	q := bind.NewQuery(c, "system", "dry_run")
	cmd.System = transfer.System(q.OneOf("system", "", string(transfer.Portal), string(transfer.VMS), string(transfer.DOVOL), string(transfer.Blood)))
	cmd.DryRun = q.Bool("dry_run")
	switch {
	case q.Err() != nil:
		return cmd, q.Err()
	case cmd.System == "":
		return cmd, bind.ErrQuery.With("name", "system")
	case !cmd.DryRun:
		if err := idempotency.Require(c.Request.Context()); err != nil {
			return cmd, err
		}
	}
	file, err := bind.File(c, bind.BatchLimit, "file", "text/csv", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
	if err != nil {
		return cmd, err
	}
	cmd.File, err = transfer.Read(file)
	return cmd, err
}

func presentOutcome(c *gin.Context, done transfer.Outcome, cmd transfer.Import) ResultsResponse {
	answer := ResultsResponse{DryRun: cmd.DryRun, Results: make([]Result, len(done.Results)), IgnoredColumns: cmd.File.Ignored}
	if done.Transfer != nil {
		answer.TransferID = &done.Transfer.ID
	}
	for i, r := range done.Results {
		one := Result{Row: r.Line.Row, OriginID: r.Line.OriginID, VolunteerNumber: r.Line.Number, Status: r.Status, Problem: problem.For(c, r.Err)}
		switch r.Status {
		case transfer.Imported:
			answer.Imported++
			one.CheckedInAt, one.CheckedOutAt = &r.Span.Start, &r.Span.End
		case transfer.Duplicate:
			answer.Duplicates++
		default:
			answer.Refused++
		}
		if r.Status == transfer.Duplicate || r.Status == transfer.Imported && !cmd.DryRun {
			one.AttendanceID = &r.AttendanceID
		}
		answer.Results[i] = one
	}
	return answer
}
