package export

import (
	"archive/zip"
	"fmt"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"dure/api/bind"
	"dure/api/problem"
	"dure/api/table"
	"dure/domain/export"
	"dure/domain/kernel/calendar"
)

// Personal is everything that is kept about a person: tables by name, rows by column.
type Personal struct {
	ExportedAt time.Time                   `json:"exported_at" format:"date-time" example:"2026-07-15T01:00:00Z"`
	Sections   map[string][]map[string]any `json:"sections" swaggertype:"object"`
} //	@name	PersonalExport

// personal gives somebody everything about him.
//
//	@ID				readMyExport
//	@Summary		Everything that is kept about me (everybody with a person, for himself)
//	@Description	As JSON, or with format=csv as a ZIP file with one CSV (UTF-8 with BOM) a table. That it was asked for is kept.
//	@Tags			export
//	@Security		bearer
//	@Produce		json,application/zip
//	@Param			format	query		string	false	"json or csv"	Enums(json, csv)	default(json)
//	@Success		200		{object}	Personal
//	@Failure		400		{object}	problem.Problem	"unreadable query"
//	@Failure		401		{object}	problem.Problem	"auth.sign_in"
//	@Failure		403		{object}	problem.Problem	"export.no_person"
//	@Failure		503		{object}	problem.Problem	"busy, try again"
//	@Router			/me/export [get]
func (h Handler) personal(c *gin.Context) {
	q := bind.NewQuery(c, "format")
	format := q.OneOf("format", "json", "csv")
	if q.Err() != nil {
		problem.Write(c, q.Err())
		return
	}
	at, sections, err := h.service.Personal(c.Request.Context())
	if err != nil {
		problem.Write(c, err)
		return
	}
	if format == "csv" {
		archive(c, sections)
		return
	}
	answer := Personal{ExportedAt: at, Sections: map[string][]map[string]any{}}
	for _, s := range sections {
		rows := make([]map[string]any, len(s.Rows))
		for i, cells := range s.Rows {
			rows[i] = map[string]any{}
			for n, cell := range cells {
				rows[i][s.Columns[n]] = plain(cell)
			}
		}
		answer.Sections[s.Name] = rows
	}
	c.JSON(http.StatusOK, answer)
}

// archive writes each section as a file while it goes out.
func archive(c *gin.Context, sections []export.Section) {
	c.Header("Content-Disposition", `attachment; filename="dure.zip"`)
	c.Header("Content-Type", "application/zip")
	c.Status(http.StatusOK)
	out := zip.NewWriter(c.Writer)
	for _, s := range sections {
		w, err := out.Create(s.Name + ".csv")
		if err != nil {
			return // who has gone away needs no answer
		}
		rows := [][]string{s.Columns}
		for _, cells := range s.Rows {
			row := make([]string, len(cells))
			for i, cell := range cells {
				if cell != nil {
					row[i] = fmt.Sprint(plain(cell))
				}
			}
			rows = append(rows, row)
		}
		if table.CSV(w, rows) != nil {
			return
		}
	}
	_ = out.Close()
}

// plain is a cell as it goes out: both drivers' texts and instants in one form.
func plain(cell any) any {
	switch v := cell.(type) {
	case []byte:
		return string(v)
	case time.Time:
		return v.UTC().Format(time.RFC3339Nano)
	case calendar.Day:
		return v.String()
	}
	return cell
}
