package cube

import (
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"dure/api/bind"
	"dure/api/legend"
	"dure/api/problem"
	"dure/api/table"
	"dure/domain/cube"
	"dure/domain/kernel/id"
)

// TabulationRequest asks for a table of any two axes.
type TabulationRequest struct {
	Year    int    `json:"year" example:"2026" validate:"required"`
	Rows    string `json:"rows" example:"place.dong" validate:"required"` // axis.level
	Columns string `json:"columns" example:"sex.each" validate:"required"`
} //	@name	TabulationRequest

// Tabulation is how far a table is that was asked for.
type Tabulation struct {
	ID         id.ID      `json:"id" format:"uuid" swaggertype:"string"`
	Year       int        `json:"year" example:"2026"`
	Rows       string     `json:"rows" example:"place.dong"`
	Columns    string     `json:"columns" example:"sex.each"`
	State      string     `json:"state" enums:"waiting,finished,failed" example:"waiting"`
	AskedAt    time.Time  `json:"asked_at" format:"date-time" example:"2026-11-21T03:00:00Z"`
	FinishedAt *time.Time `json:"finished_at" format:"date-time" extensions:"x-nullable" example:"2026-11-21T03:00:09Z"`
} //	@name	Tabulation

// Tabulated is a table that was asked for, with its figures once it is finished.
type Tabulated struct {
	Tabulation
	Items          []Item  `json:"items"`
	Outdated       bool    `json:"outdated" example:"false"` // what it was counted out of has changed since; ask again
	Waiting        int     `json:"waiting" example:"0"`      // changes recorded, but not counted yet
	PopulationAsOf *string `json:"population_as_of" format:"year-month" extensions:"x-nullable" example:"2026-10"`
	Definition     string  `json:"definition" example:"실인원은 …"`
} //	@name	Tabulated

func present(t cube.Tabulation) Tabulation {
	return Tabulation{ID: t.ID, Year: t.Year, Rows: t.Table.Row.String(), Columns: t.Table.Column.String(), State: string(t.State), AskedAt: t.AskedAt,
		FinishedAt: t.FinishedAt}
}

// tabulate takes a question on.
//
//	@ID				askTabulation
//	@Summary		A table of any two axes of a year (centre officers)
//	@Description	For pairs that are not kept as a cube: the table is worked out in the background and kept until the facts of the year
//	@Description	change. Asked again before that, the same one is told at once. A side is axis.level: home, place and camp by dong, gu or
//	@Description	city; time by month or quarter; age by tens; age14 by youth; field by group; sex, day_kind, organiser, evidence and party by each.
//	@Tags			cube
//	@Security		bearer
//	@Accept			json
//	@Produce		json
//	@Param			Idempotency-Key	header		string				false	"the same key and body: the same answer"
//	@Param			body			body		TabulationRequest	true	"what is wanted"
//	@Success		200				{object}	Tabulation			"finished already"
//	@Success		202				{object}	Tabulation			"will be worked out; look at Location"
//	@Failure		400				{object}	problem.Problem		"unreadable body"
//	@Failure		401				{object}	problem.Problem		"auth.sign_in"
//	@Failure		403				{object}	problem.Problem		"auth.forbidden"
//	@Failure		422				{object}	problem.Problem		"request.invalid"
//	@Failure		503				{object}	problem.Problem		"busy, try again"
//	@Router			/statistics/tabulations [post]
func (h Handler) tabulate(c *gin.Context) {
	var body TabulationRequest
	if err := bind.JSON(c, &body); err != nil {
		problem.Write(c, err)
		return
	}
	t, err := h.service.Tabulate(c.Request.Context(), body.Year, body.Rows, body.Columns)
	if err != nil {
		problem.Write(c, err)
		return
	}
	status := http.StatusAccepted
	if t.State == cube.Finished {
		status = http.StatusOK
	}
	c.Header("Location", "/api/v1/statistics/tabulations/"+t.ID.String())
	c.JSON(status, present(t))
}

// tabulated answers a table that was asked for.
//
//	@ID				readTabulation
//	@Summary		A table that was asked for (centre officers)
//	@Description	Every look is kept in the log of acts. With format, or Accept, the same as CSV (UTF-8 with BOM), a workbook or Parquet.
//	@Description	When it was worked out anew, older ones of the same table are gone.
//	@Tags			cube
//	@Security		bearer
//	@Produce		json,text/csv,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet,application/vnd.apache.parquet
//	@Param			tabulation_id	path		string	true	"id of the tabulation"	format(uuid)
//	@Param			format			query		string	false	"in place of Accept"	Enums(json, csv, xlsx, parquet)
//	@Success		200				{object}	Tabulated
//	@Failure		400				{object}	problem.Problem	"unreadable query"
//	@Failure		401				{object}	problem.Problem	"auth.sign_in"
//	@Failure		403				{object}	problem.Problem	"auth.forbidden"
//	@Failure		404				{object}	problem.Problem	"cube.tabulation_not_found"
//	@Failure		409				{object}	problem.Problem	"cube.unfinished: there is nothing to download yet"
//	@Failure		503				{object}	problem.Problem	"busy, try again"
//	@Router			/statistics/tabulations/{tabulation_id} [get]
func (h Handler) tabulated(c *gin.Context) {
	q := bind.NewQuery(c, "format")
	format := table.Wanted(c, q.OneOf("format", table.Formats...))
	if q.Err() != nil {
		problem.Write(c, q.Err())
		return
	}
	of, err := bind.ID(c, "tabulation_id")
	if err != nil {
		problem.Write(c, err)
		return
	}
	t, err := h.service.Tabulated(c.Request.Context(), of)
	if err == nil && t.State != cube.Finished && format != table.JSON {
		err = cube.ErrUnfinished
	}
	if err != nil {
		problem.Write(c, err)
		return
	}
	w := words{legend.Words{Lang: problem.Lang(c)}}
	found := w.table(t.Answer)
	if format != table.JSON {
		table.Send(c, format, w.download(found))
		return
	}
	c.Header("Content-Language", string(w.Lang))
	c.JSON(http.StatusOK, Tabulated{present(t.Tabulation), found.Items, t.Outdated, found.Waiting, found.PopulationAsOf, found.Definition})
}
