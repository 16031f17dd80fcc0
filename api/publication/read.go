package publication

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/gin-gonic/gin"

	"dure/api/bind"
	"dure/api/problem"
	"dure/api/table"
	"dure/domain/cube"
	"dure/domain/publication"
)

// list gives publications for analysts and the centre.
//
//	@ID				listPublications
//	@Summary		Publications (analysts, centre officers)
//	@Description	Newest first: those for analysts, unless another audience is asked for. What is not published yet is for centre officers.
//	@Tags			publication
//	@Security		bearer
//	@Produce		json
//	@Param			year		query		int		false	"only of this year"	minimum(2000)	maximum(2100)
//	@Param			audience	query		string	false	"for whom"			Enums(analyst, public)	default(analyst)
//	@Param			state		query		string	false	"how far"			Enums(published, preparing, prepared, failed, rejected)	default(published)
//	@Param			current		query		bool	false	"only those that nothing supersedes"	default(false)
//	@Param			limit		query		int		false	"rows of a page"	default(20)	minimum(1)	maximum(100)
//	@Param			after		query		string	false	"next of the page before"
//	@Success		200			{object}	Page
//	@Failure		400			{object}	problem.Problem	"unreadable query or cursor"
//	@Failure		401			{object}	problem.Problem	"auth.sign_in"
//	@Failure		403			{object}	problem.Problem	"auth.forbidden"
//	@Failure		503			{object}	problem.Problem	"busy, try again"
//	@Router			/statistics/publications [get]
func (h Handler) list(c *gin.Context) {
	q := bind.NewQuery(c, "year", "audience", "state", "current", "limit", "after")
	h.page(c, q, publication.Filter{Audience: publication.Audience(q.OneOf("audience", "analyst", "public")),
		State: publication.State(q.OneOf("state", "published", "preparing", "prepared", "failed", "rejected"))})
}

// listOpen gives publications for everybody.
//
//	@ID				listOpenPublications
//	@Summary		Publications for everybody
//	@Description	Newest first. Readable without a token.
//	@Tags			publication
//	@Produce		json
//	@Param			year	query		int		false	"only of this year"	minimum(2000)	maximum(2100)
//	@Param			current	query		bool	false	"only those that nothing supersedes"	default(false)
//	@Param			limit	query		int		false	"rows of a page"	default(20)	minimum(1)	maximum(100)
//	@Param			after	query		string	false	"next of the page before"
//	@Success		200		{object}	Page
//	@Failure		400		{object}	problem.Problem	"unreadable query or cursor"
//	@Failure		503		{object}	problem.Problem	"busy, try again"
//	@Router			/open-data/publications [get]
func (h Handler) listOpen(c *gin.Context) {
	h.page(c, bind.NewQuery(c, "year", "current", "limit", "after"), publication.Filter{Audience: publication.Public, State: publication.Published})
}

func (h Handler) page(c *gin.Context, q *bind.Query, f publication.Filter) {
	f.Year, f.Current = q.Int("year", 0, 2000, 2100), q.Bool("current")
	p := q.Page()
	if q.Err() != nil {
		problem.Write(c, q.Err())
		return
	}
	found, err := h.service.Find(c.Request.Context(), f, p)
	if err != nil {
		problem.Write(c, err)
		return
	}
	answer := Page{Items: make([]Item, len(found.Items)), Next: q.Cursor(found.Next)}
	for i, l := range found.Items {
		answer.Items[i] = h.item(l)
	}
	c.JSON(http.StatusOK, answer)
}

// get gives a publication to analysts and the centre.
//
//	@ID				getPublication
//	@Summary		Read a publication: what it contains, and how it is defined (analysts, centre officers)
//	@Tags			publication
//	@Security		bearer
//	@Produce		json
//	@Param			publication_id	path		string	true	"publication"	format(uuid)
//	@Success		200				{object}	Detail
//	@Failure		400				{object}	problem.Problem	"unreadable path"
//	@Failure		401				{object}	problem.Problem	"auth.sign_in"
//	@Failure		403				{object}	problem.Problem	"auth.forbidden"
//	@Failure		404				{object}	problem.Problem	"publication.not_found"
//	@Failure		503				{object}	problem.Problem	"busy, try again"
//	@Router			/statistics/publications/{publication_id} [get]
func (h Handler) get(c *gin.Context) { h.detail(c, false) }

// getOpen gives a publication to everybody.
//
//	@ID				getOpenPublication
//	@Summary		Read a publication for everybody: what it contains, and how it is defined
//	@Description	Readable without a token.
//	@Tags			publication
//	@Produce		json
//	@Param			publication_id	path		string	true	"publication"	format(uuid)
//	@Success		200				{object}	Detail
//	@Failure		400				{object}	problem.Problem	"unreadable path"
//	@Failure		404				{object}	problem.Problem	"publication.not_found"
//	@Failure		503				{object}	problem.Problem	"busy, try again"
//	@Router			/open-data/publications/{publication_id} [get]
func (h Handler) getOpen(c *gin.Context) { h.detail(c, true) }

func (h Handler) detail(c *gin.Context, everybody bool) {
	publicationID, err := bind.ID(c, "publication_id")
	if err != nil {
		problem.Write(c, err)
		return
	}
	l, err := h.service.Get(c.Request.Context(), publicationID, everybody)
	if err != nil {
		problem.Write(c, err)
		return
	}
	kept(c, l)
	h.answer(c, http.StatusOK, l)
}

// kept says how long an answer may be kept: what is superseded never changes again. What is for analysts is asked for again each
// time, by its ETag: whoever signs in next at the same browser need not be one.
func kept(c *gin.Context, l publication.Listed) {
	switch {
	case l.State != publication.Published:
		c.Header("Cache-Control", "no-store")
	case l.Audience != publication.Public:
		c.Header("Cache-Control", "private, no-cache")
	case l.Current():
		c.Header("Cache-Control", "public, max-age=300")
	default:
		c.Header("Cache-Control", "public, max-age=31536000, immutable")
	}
}

// table gives a table of a publication to analysts and the centre.
//
//	@ID				readPublication
//	@Summary		A table of a publication (analysts, centre officers)
//	@Description	All cells of a cube's table on two levels, zeros too. Hidden cells are null and say so, whatever the reason. Nothing finer than the
//	@Description	levels of the cube can be asked for. Every question is recorded, and analysts have so many a day. What is published never
//	@Description	changes: the same question has the same answer and ETag for ever. With format, or Accept, the same as CSV (UTF-8 with BOM), a
//	@Description	workbook or Parquet.
//	@Tags			publication
//	@Security		bearer
//	@Produce		json,text/csv,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet,application/vnd.apache.parquet
//	@Param			publication_id	path		string	true	"publication"		format(uuid)
//	@Param			cube			path		string	true	"name of the cube"	example(home-time)
//	@Param			rows			query		string	false	"level of the rows; the finest where absent"	example(dong)
//	@Param			columns			query		string	false	"level of the columns; the finest where absent"	example(month)
//	@Param			row				query		string	false	"only this row; a region may be named by a code that it had before"	example(1221052500)
//	@Param			format			query		string	false	"in place of Accept"	Enums(json, csv, xlsx, parquet)
//	@Success		200				{object}	Table
//	@Failure		400				{object}	problem.Problem	"unreadable path or query"
//	@Failure		401				{object}	problem.Problem	"auth.sign_in"
//	@Failure		403				{object}	problem.Problem	"auth.forbidden"
//	@Failure		404				{object}	problem.Problem	"publication.not_found, cube.unknown"
//	@Failure		409				{object}	problem.Problem	"publication.not_prepared"
//	@Failure		422				{object}	problem.Problem	"cube.level"
//	@Failure		429				{object}	problem.Problem	"publication.budget"
//	@Failure		503				{object}	problem.Problem	"busy, try again"
//	@Router			/statistics/publications/{publication_id}/cubes/{cube} [get]
func (h Handler) table(c *gin.Context) { h.answerTable(c, false) }

// tableOpen gives a table of a publication to everybody.
//
//	@ID				readOpenPublication
//	@Summary		A table of a publication for everybody
//	@Description	All cells of a cube's table on two levels, zeros too. Hidden cells are null and say so, whatever the reason. What is published
//	@Description	never changes: the same question has the same answer and ETag for ever. With format, or Accept, the same as CSV (UTF-8 with
//	@Description	BOM), a workbook or Parquet. Readable without a token.
//	@Tags			publication
//	@Produce		json,text/csv,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet,application/vnd.apache.parquet
//	@Param			publication_id	path		string	true	"publication"		format(uuid)
//	@Param			cube			path		string	true	"name of the cube"	example(home-time)
//	@Param			rows			query		string	false	"level of the rows; the finest where absent"	example(dong)
//	@Param			columns			query		string	false	"level of the columns; the finest where absent"	example(month)
//	@Param			row				query		string	false	"only this row; a region may be named by a code that it had before"	example(1221052500)
//	@Param			format			query		string	false	"in place of Accept"	Enums(json, csv, xlsx, parquet)
//	@Success		200				{object}	Table
//	@Failure		400				{object}	problem.Problem	"unreadable path or query"
//	@Failure		404				{object}	problem.Problem	"publication.not_found, cube.unknown"
//	@Failure		422				{object}	problem.Problem	"cube.level"
//	@Failure		503				{object}	problem.Problem	"busy, try again"
//	@Router			/open-data/publications/{publication_id}/cubes/{cube} [get]
func (h Handler) tableOpen(c *gin.Context) { h.answerTable(c, true) }

func (h Handler) answerTable(c *gin.Context, everybody bool) {
	publicationID, err := bind.ID(c, "publication_id")
	if err != nil {
		problem.Write(c, err)
		return
	}
	q := bind.NewQuery(c, "rows", "columns", "row", "format")
	question := publication.Question{Publication: publicationID, Cube: c.Param("cube"), Rows: cube.Level(q.Text("rows")), Columns: cube.Level(q.Text("columns")),
		Row: q.Text("row")}
	format := table.Wanted(c, q.OneOf("format", table.Formats...))
	if q.Err() != nil {
		problem.Write(c, q.Err())
		return
	}
	a, err := h.service.Table(c.Request.Context(), question, everybody)
	if err != nil {
		problem.Write(c, err)
		return
	}
	w := wordsFor(c)
	kept(c, a.Listed)
	if format != table.JSON {
		c.Header("ETag", tag(a.Listed, c, w, format))
		table.Send(c, format, w.file(a))
		return
	}
	body, err := json.Marshal(w.table(a))
	if err != nil {
		panic(err) // plain values always marshal
	}
	sum := sha256.Sum256(body)
	c.Header("ETag", `"`+hex.EncodeToString(sum[:16])+`"`)
	c.Header("Content-Language", string(w.Lang))
	c.Data(http.StatusOK, "application/json; charset=utf-8", body)
}

// tag is the strong tag of a file: what is published, what of it was asked for, and in which words; of JSON also what came after it,
// which that says.
func tag(l publication.Listed, c *gin.Context, w words, f table.Format) string {
	text := fmt.Appendf(nil, "%s\n%s\n%s\n%s\n%s\n%s", l.ID, l.Hash, c.Request.URL.EscapedPath(), c.Request.URL.Query().Encode(), f, w.definition(l))
	if f == table.JSON && l.SupersededBy != nil {
		text = append(text, l.SupersededBy.String()...)
	}
	sum := sha256.Sum256(text)
	return `"` + hex.EncodeToString(sum[:16]) + `"`
}

// download gives a whole publication to analysts and the centre.
//
//	@ID				downloadPublication
//	@Summary		A whole publication as one file (analysts, centre officers)
//	@Description	All tables one after the other, a line for each cell. It counts as one question.
//	@Tags			publication
//	@Security		bearer
//	@Produce		json,text/csv,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet,application/vnd.apache.parquet
//	@Param			publication_id	path		string	true	"publication"	format(uuid)
//	@Param			format			query		string	false	"in place of Accept"	Enums(json, csv, xlsx, parquet)
//	@Success		200				{object}	Whole
//	@Failure		400				{object}	problem.Problem	"unreadable path or query"
//	@Failure		401				{object}	problem.Problem	"auth.sign_in"
//	@Failure		403				{object}	problem.Problem	"auth.forbidden"
//	@Failure		404				{object}	problem.Problem	"publication.not_found"
//	@Failure		409				{object}	problem.Problem	"publication.not_prepared"
//	@Failure		429				{object}	problem.Problem	"publication.budget"
//	@Failure		503				{object}	problem.Problem	"busy, try again"
//	@Router			/statistics/publications/{publication_id}/download [get]
func (h Handler) download(c *gin.Context) { h.whole(c, false) }

// downloadOpen gives a whole publication to everybody.
//
//	@ID				downloadOpenPublication
//	@Summary		A whole publication for everybody as one file
//	@Description	All tables one after the other, a line for each cell. Readable without a token.
//	@Tags			publication
//	@Produce		json,text/csv,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet,application/vnd.apache.parquet
//	@Param			publication_id	path		string	true	"publication"	format(uuid)
//	@Param			format			query		string	false	"in place of Accept"	Enums(json, csv, xlsx, parquet)
//	@Success		200				{object}	Whole
//	@Failure		400				{object}	problem.Problem	"unreadable path or query"
//	@Failure		404				{object}	problem.Problem	"publication.not_found"
//	@Failure		503				{object}	problem.Problem	"busy, try again"
//	@Router			/open-data/publications/{publication_id}/download [get]
func (h Handler) downloadOpen(c *gin.Context) { h.whole(c, true) }

func (h Handler) whole(c *gin.Context, everybody bool) {
	publicationID, err := bind.ID(c, "publication_id")
	if err != nil {
		problem.Write(c, err)
		return
	}
	q := bind.NewQuery(c, "format")
	format := table.Wanted(c, q.OneOf("format", table.Formats...))
	if q.Err() != nil {
		problem.Write(c, q.Err())
		return
	}
	l, tables, err := h.service.Whole(c.Request.Context(), publicationID, everybody)
	if err != nil {
		problem.Write(c, err)
		return
	}
	w := wordsFor(c)
	kept(c, l)
	c.Header("ETag", tag(l, c, w, format))
	if format != table.JSON {
		table.Send(c, format, w.wholeFile(l, tables))
		return
	}
	table.SendJSON(c, w.Lang, gin.H{"publication": h.item(l)}, w.items(tables), nil)
}

// places gives the city's dong and gu.
//
//	@ID				listOpenPlaces
//	@Summary		The dong and gu of the city under their newest codes
//	@Description	Those that figures are told by, with their coordinates. Readable without a token.
//	@Tags			publication
//	@Produce		json
//	@Success		200	{object}	Places
//	@Failure		503	{object}	problem.Problem	"busy, try again"
//	@Router			/open-data/places [get]
func (h Handler) places(c *gin.Context) {
	found, err := h.service.Places(c.Request.Context())
	if err != nil {
		problem.Write(c, err)
		return
	}
	answer := Places{Items: make([]Place, len(found))}
	for i, p := range found {
		answer.Items[i] = Place{Code: p.Code, Level: p.Level, Name: p.Name, Lat: p.Lat, Lon: p.Lon}
		if p.Parent != "" {
			answer.Items[i].Parent = &p.Parent
		}
	}
	c.Header("Cache-Control", "public, max-age=300")
	c.JSON(http.StatusOK, answer)
}
