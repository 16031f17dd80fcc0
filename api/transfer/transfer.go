// Package transfer serves hours that other systems have recorded: taken over by one officer, confirmed by another.
package transfer

import (
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"dure/api/bind"
	"dure/api/problem"
	"dure/domain/attendance"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/id"
	"dure/domain/kernel/text"
	"dure/domain/transfer"
)

// Handler serves the routes of transfer.
type Handler struct{ service *transfer.Service }

// New makes the handler.
func New(service *transfer.Service) Handler { return Handler{service} }

// Routes registers the routes; all of them are about persons.
func (h Handler) Routes(_, signedIn gin.IRoutes) {
	signedIn.POST("/transfers", h.take)
	signedIn.GET("/transfers", h.list)
	signedIn.GET("/transfers/:transfer_id", h.read)
	signedIn.POST("/transfers/:transfer_id/verification", h.verify)
	signedIn.POST("/transfers/:transfer_id/rejection", h.reject)
}

// Response is one file of which something was taken.
type Response struct {
	ID           id.ID           `json:"id" format:"uuid" swaggertype:"string"`
	System       transfer.System `json:"system" swaggertype:"string" enums:"1365,vms,dovol,blood" example:"vms"`
	Lines        int             `json:"lines" example:"41"`    // of the file
	Imported     int             `json:"imported" example:"38"` // of these
	Waiting      int             `json:"waiting" example:"38"`  // for a second officer
	ImportedAt   time.Time       `json:"imported_at" format:"date-time" example:"2026-07-15T01:00:00Z"`
	ImportedByMe bool            `json:"imported_by_me" example:"false"` // then another officer has to confirm
} //	@name	Transfer

// Page is a page of transfers.
type Page struct {
	Items []Response `json:"items"`
	Next  *string    `json:"next" extensions:"x-nullable"`
} //	@name	TransferPage

// Detail is a transfer with its attendances.
type Detail struct {
	Response
	Rows []Row `json:"rows"`
} //	@name	TransferDetail

// Row is one imported attendance.
type Row struct {
	AttendanceID      id.ID            `json:"attendance_id" format:"uuid" swaggertype:"string"`
	Row               int              `json:"row" example:"2"` // of the file
	OriginID          string           `json:"origin_id" example:"V20260714-0031"`
	VolunteerNumber   string           `json:"volunteer_number" example:"1234-5678"`
	VolunteerName     string           `json:"volunteer_name" example:"홍*동"`
	ActivityTitle     string           `json:"activity_title" example:"도시락 배달"`
	Organisation      string           `json:"organisation" example:"무등종합사회복지관"`
	FieldCode         string           `json:"field_code" example:"0104"`
	CheckedInAt       time.Time        `json:"checked_in_at" format:"date-time" example:"2026-07-14T04:00:00Z"`
	CheckedOutAt      time.Time        `json:"checked_out_at" format:"date-time" example:"2026-07-14T06:00:00Z"`
	State             attendance.State `json:"state" swaggertype:"string" enums:"pending,held,verified,rejected,reversed" example:"pending"`
	RecognisedMinutes int              `json:"recognised_minutes" example:"0"`
	GroupName         *string          `json:"group_name" extensions:"x-nullable" example:"무등산지킴이봉사단"` // with whom he came; null for alone
} //	@name	TransferRow

// list gives the transfers.
//
//	@ID			listTransfers
//	@Summary	List the files of which hours were taken over (centre officers)
//	@Tags		transfer
//	@Security	bearer
//	@Produce	json
//	@Param		limit	query		int		false	"rows of a page"	default(20)	minimum(1)	maximum(100)
//	@Param		after	query		string	false	"next of the page before"
//	@Success	200		{object}	Page
//	@Failure	400		{object}	problem.Problem	"unreadable query or cursor"
//	@Failure	401		{object}	problem.Problem	"auth.sign_in"
//	@Failure	403		{object}	problem.Problem	"auth.forbidden"
//	@Failure	503		{object}	problem.Problem	"busy, try again"
//	@Router		/transfers [get]
func (h Handler) list(c *gin.Context) {
	q := bind.NewQuery(c, "limit", "after")
	p := q.Page()
	if q.Err() != nil {
		problem.Write(c, q.Err())
		return
	}
	found, err := h.service.List(c.Request.Context(), p)
	if err != nil {
		problem.Write(c, err)
		return
	}
	answer := Page{Items: make([]Response, len(found.Items)), Next: q.Cursor(found.Next)}
	for i, l := range found.Items {
		answer.Items[i] = present(c, l)
	}
	c.JSON(http.StatusOK, answer)
}

// read gives a transfer.
//
//	@ID			readTransfer
//	@Summary	Read what was taken over of a file, and where it stands (centre officers)
//	@Tags		transfer
//	@Security	bearer
//	@Produce	json
//	@Param		transfer_id	path		string	true	"transfer"	format(uuid)
//	@Success	200			{object}	Detail
//	@Failure	401			{object}	problem.Problem	"auth.sign_in"
//	@Failure	403			{object}	problem.Problem	"auth.forbidden"
//	@Failure	404			{object}	problem.Problem	"transfer.not_found"
//	@Failure	503			{object}	problem.Problem	"busy, try again"
//	@Router		/transfers/{transfer_id} [get]
func (h Handler) read(c *gin.Context) {
	transferID, err := bind.ID(c, "transfer_id")
	if err != nil {
		problem.Write(c, err)
		return
	}
	l, rows, err := h.service.Rows(c.Request.Context(), transferID)
	if err != nil {
		problem.Write(c, err)
		return
	}
	answer := Detail{Response: present(c, l), Rows: make([]Row, len(rows))}
	for i, r := range rows {
		answer.Rows[i] = Row{AttendanceID: r.AttendanceID, Row: r.Line, OriginID: r.OriginID, VolunteerNumber: r.VolunteerNumber,
			VolunteerName: text.Mask(r.VolunteerName), ActivityTitle: r.ActivityTitle, Organisation: r.Place, FieldCode: r.FieldCode,
			CheckedInAt: r.CheckedInAt, CheckedOutAt: r.CheckedOutAt, State: r.State, RecognisedMinutes: r.RecognisedMinutes,
			GroupName: r.GroupName}
	}
	c.JSON(http.StatusOK, answer)
}

func present(c *gin.Context, l transfer.Listed) Response {
	return Response{ID: l.ID, System: l.System, Lines: l.Lines, Imported: l.Imported, Waiting: l.Waiting, ImportedAt: l.ImportedAt,
		ImportedByMe: l.ImportedBy == auth.From(c.Request.Context()).AccountID}
}
