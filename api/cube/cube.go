// Package cube serves the city's figures, two ways at a time, exact and live, to the centre.
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
	"dure/domain/kernel/auth"
)

// Handler serves the routes.
type Handler struct{ service *cube.Service }

// New makes the handler.
func New(service *cube.Service) Handler { return Handler{service} }

// Routes registers the routes.
func (h Handler) Routes(_, signedIn gin.IRoutes) {
	signedIn.GET("/statistics/cubes", h.list)
	signedIn.GET("/statistics/cubes/:cube", h.ask)
	signedIn.POST("/statistics/tabulations", h.tabulate)
	signedIn.GET("/statistics/tabulations/:tabulation_id", h.tabulated)
}

// List is which cubes are kept.
type List struct {
	Items []Listed `json:"items"`
} //	@name	CubeList

// Listed is a cube with what its sides can be told apart by.
type Listed struct {
	Cube       string      `json:"cube" example:"home-time"`
	Name       string      `json:"name" example:"거주지 × 시기"`
	Rows       legend.Side `json:"rows"`
	Columns    legend.Side `json:"columns"`
	Definition string      `json:"definition" example:"실인원은 …"`
} //	@name	Cube

// Table is a table of a cube over a stretch of time.
type Table struct {
	Cube           string    `json:"cube" example:"home-time"`
	Rows           string    `json:"rows" example:"dong"`
	Columns        string    `json:"columns" example:"month"`
	From           string    `json:"from" example:"2024-01"` // the first period and the last
	To             string    `json:"to" example:"2026-11"`
	Items          []Item    `json:"items"`
	AsOf           time.Time `json:"as_of" format:"date-time" example:"2026-11-21T03:00:00Z"`
	Waiting        int       `json:"waiting" example:"0"`                                                            // changes recorded, but not counted yet
	PopulationAsOf *string   `json:"population_as_of" format:"year-month" extensions:"x-nullable" example:"2026-10"` // of the last period
	Definition     string    `json:"definition" example:"실인원은 …"`
} //	@name	CubeTable

// Item is a cell: what was counted, and what that is held against. Null is what does not apply or is not known.
type Item struct {
	Row               string   `json:"row" example:"1221052500"` // a region's newest code, or another key of the level
	RowName           string   `json:"row_name" example:"충장동"`
	RowParent         *string  `json:"row_parent" extensions:"x-nullable" example:"1221000000"` // the region above
	Column            string   `json:"column" example:"2026-07"`
	ColumnName        string   `json:"column_name" example:"2026년 7월"`
	Period            string   `json:"period" example:"2026-07"`                                            // in which persons are counted: a month, a quarter or a year
	Persons           int64    `json:"persons" format:"int64" example:"103"`                                // distinct persons (실인원)
	Visits            int64    `json:"visits" format:"int64" example:"391"`                                 // person-times (연인원)
	Minutes           int64    `json:"minutes" format:"int64" example:"58240"`                              // recognised
	NewPersons        int64    `json:"new_persons" format:"int64" example:"4"`                              // whose first activity ever lies in the period
	ReturningPersons  int64    `json:"returning_persons" format:"int64" example:"99"`                       // all others
	RegularPersons    *int64   `json:"regular_persons" format:"int64" extensions:"x-nullable" example:"41"` // active in every month of the quarter or year
	MinutesPerPerson  *float64 `json:"minutes_per_person" extensions:"x-nullable" example:"565.44"`
	MinutesPerVisit   *float64 `json:"minutes_per_visit" extensions:"x-nullable" example:"148.95"`
	Registered        *int64   `json:"registered" format:"int64" extensions:"x-nullable" example:"412"` // persons (등록인원) at the end of the period, or today
	Population        *int64   `json:"population" format:"int64" extensions:"x-nullable" example:"5909"`
	PopulationAsOf    *string  `json:"population_as_of" format:"year-month" extensions:"x-nullable" example:"2026-07"`
	RegistrationRate  *float64 `json:"registration_rate" extensions:"x-nullable" example:"0.069724"`  // registered ÷ population (등록률)
	ParticipationRate *float64 `json:"participation_rate" extensions:"x-nullable" example:"0.017431"` // persons ÷ population (참여율)
	ActivityRate      *float64 `json:"activity_rate" extensions:"x-nullable" example:"0.25"`          // persons ÷ registered (활동률)
} //	@name	CubeItem

// list answers which cubes there are.
//
//	@ID				listCubes
//	@Summary		Cubes that are kept (analysts, centre officers)
//	@Description	A cube is a pair of axes; each can be told apart on several levels, finest first. All are counted by calendar year.
//	@Tags			cube
//	@Security		bearer
//	@Produce		json
//	@Success		200	{object}	List
//	@Failure		401	{object}	problem.Problem	"auth.sign_in"
//	@Failure		403	{object}	problem.Problem	"auth.forbidden"
//	@Router			/statistics/cubes [get]
func (h Handler) list(c *gin.Context) {
	if err := cube.CanList(auth.From(c.Request.Context())); err != nil {
		problem.Write(c, err)
		return
	}
	w := words{legend.Words{Lang: problem.Lang(c)}}
	answer := List{Items: make([]Listed, len(cube.Listed))}
	for i, one := range cube.Listed {
		answer.Items[i] = Listed{Cube: one.Name(), Name: w.Pair(one), Rows: w.SideOf(one.Row), Columns: w.SideOf(one.Column),
			Definition: w.Definition(cube.Grouping{Row: one.Row.On(one.Row.Levels()[0]), Column: one.Column.On(one.Column.Levels()[0])})}
	}
	c.Header("Vary", "Accept-Language")
	c.JSON(http.StatusOK, answer)
}

// ask answers a table of a cube.
//
//	@ID				readCube
//	@Summary		A table of a cube, exact and live (centre officers)
//	@Description	Persons, visits and minutes by two axes on chosen levels, with rates where both are of the person. Every look is kept in
//	@Description	the log of acts. Persons of a quarter or a gu are counted anew: they are no sum of months or dong.
//	@Description	Where a side is time, from and to may be months or quarters; else they must be whole years. What is still running is
//	@Description	answered up to now. Cells in which nothing is are left out, unless zeros=true asks for every key of both sides.
//	@Description	With format, or Accept, the same as CSV (UTF-8 with BOM), a workbook or Parquet.
//	@Tags			cube
//	@Security		bearer
//	@Produce		json,text/csv,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet,application/vnd.apache.parquet
//	@Param			cube	path		string	true	"name of the cube"										example(home-time)
//	@Param			rows	query		string	false	"level of the rows; the finest where absent"			example(dong)
//	@Param			columns	query		string	false	"level of the columns; the finest where absent"			example(month)
//	@Param			from	query		string	false	"first year, quarter or month; this year where absent"	example(2024-01)
//	@Param			to		query		string	false	"last one, at most 20 years later; now where absent"	example(2026-11)
//	@Param			row		query		string	false	"only this row; a region may be named by a former code"	example(1221052500)
//	@Param			zeros	query		bool	false	"with cells in which nothing is"						default(false)
//	@Param			format	query		string	false	"in place of Accept"									Enums(json, csv, xlsx, parquet)
//	@Success		200		{object}	Table
//	@Failure		400		{object}	problem.Problem	"unreadable query"
//	@Failure		401		{object}	problem.Problem	"auth.sign_in"
//	@Failure		403		{object}	problem.Problem	"auth.forbidden"
//	@Failure		404		{object}	problem.Problem	"cube.unknown"
//	@Failure		422		{object}	problem.Problem	"cube.level, request.invalid"
//	@Failure		503		{object}	problem.Problem	"busy, try again"
//	@Router			/statistics/cubes/{cube} [get]
func (h Handler) ask(c *gin.Context) {
	q := bind.NewQuery(c, "rows", "columns", "from", "to", "row", "zeros", "format")
	question := cube.Question{Cube: c.Param("cube"), Rows: cube.Level(q.Text("rows")), Columns: cube.Level(q.Text("columns")),
		From: q.Text("from"), To: q.Text("to"), Row: q.Text("row"), Zeros: q.Bool("zeros")}
	format := table.Wanted(c, q.OneOf("format", table.Formats...))
	if q.Err() != nil {
		problem.Write(c, q.Err())
		return
	}
	a, err := h.service.Ask(c.Request.Context(), question)
	if err != nil {
		problem.Write(c, err)
		return
	}
	w := words{legend.Words{Lang: problem.Lang(c)}}
	t := w.table(a)
	if format != table.JSON {
		table.Send(c, format, w.download(t))
		return
	}
	table.SendNew(c, w.Lang, t)
}
