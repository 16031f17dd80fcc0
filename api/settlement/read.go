package settlement

import (
	"fmt"
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"dure/api/bind"
	"dure/api/i18n"
	"dure/api/problem"
	"dure/domain/kernel/id"
	"dure/domain/settlement"
	"dure/domain/sheet"
)

// list gives statements of all merchants, or of one's own.
//
//	@ID				listSettlements
//	@Summary		List monthly statements (centre officers: all; managers of merchants: their own)
//	@Description	The newest months first.
//	@Tags			settlement
//	@Security		bearer
//	@Produce		json
//	@Param			month	query		string	false	"only of this month"	format(year-month)	example(2026-06)
//	@Param			state	query		string	false	"only in this state"	Enums(prepared, confirmed, disputed, answered, approved, paid)
//	@Param			limit	query		int		false	"rows of a page"		default(20)	minimum(1)	maximum(100)
//	@Param			after	query		string	false	"next of the page before"
//	@Success		200		{object}	Page
//	@Failure		400		{object}	problem.Problem	"unreadable query or cursor"
//	@Failure		401		{object}	problem.Problem	"auth.sign_in"
//	@Failure		403		{object}	problem.Problem	"auth.forbidden"
//	@Failure		503		{object}	problem.Problem	"busy, try again"
//	@Router			/settlements [get]
func (h Handler) list(c *gin.Context) { h.listOf(c, id.Nil) }

// listOne gives the statements of one merchant.
//
//	@ID				listMerchantSettlements
//	@Summary		List the monthly statements of a merchant (its managers, centre officers)
//	@Description	The newest months first.
//	@Tags			settlement
//	@Security		bearer
//	@Produce		json
//	@Param			merchant_id	path		string	true	"merchant"				format(uuid)
//	@Param			month		query		string	false	"only of this month"	format(year-month)	example(2026-06)
//	@Param			state		query		string	false	"only in this state"	Enums(prepared, confirmed, disputed, answered, approved, paid)
//	@Param			limit		query		int		false	"rows of a page"		default(20)	minimum(1)	maximum(100)
//	@Param			after		query		string	false	"next of the page before"
//	@Success		200			{object}	Page
//	@Failure		400			{object}	problem.Problem	"unreadable query or cursor"
//	@Failure		401			{object}	problem.Problem	"auth.sign_in"
//	@Failure		404			{object}	problem.Problem	"settlement.not_found"
//	@Failure		503			{object}	problem.Problem	"busy, try again"
//	@Router			/merchants/{merchant_id}/settlements [get]
func (h Handler) listOne(c *gin.Context) {
	merchantID, err := bind.ID(c, "merchant_id")
	if err != nil {
		problem.Write(c, err)
		return
	}
	h.listOf(c, merchantID)
}

func (h Handler) listOf(c *gin.Context, merchantID id.ID) {
	q := bind.NewQuery(c, "month", "state", "limit", "after")
	f := settlement.Filter{MerchantID: merchantID, Month: q.Month("month"),
		State: settlement.State(q.OneOf("state", "", "prepared", "confirmed", "disputed", "answered", "approved", "paid"))}
	p := q.Page()
	if q.Err() != nil {
		problem.Write(c, q.Err())
		return
	}
	found, err := h.service.List(c.Request.Context(), f, p)
	if err != nil {
		problem.Write(c, err)
		return
	}
	answer := Page{Items: make([]Listed, len(found.Items)), Next: q.Cursor(found.Next)}
	for i, l := range found.Items {
		answer.Items[i] = presentListed(l)
	}
	c.JSON(http.StatusOK, answer)
}

// get gives one statement.
//
//	@ID			getSettlement
//	@Summary	Read a monthly statement and what became of it (managers of the merchant, centre officers)
//	@Tags		settlement
//	@Security	bearer
//	@Produce	json
//	@Param		merchant_id	path		string	true	"merchant"	format(uuid)
//	@Param		month		path		string	true	"month"		format(year-month)	example(2026-06)
//	@Success	200			{object}	Response
//	@Failure	401			{object}	problem.Problem	"auth.sign_in"
//	@Failure	404			{object}	problem.Problem	"settlement.not_found"
//	@Failure	503			{object}	problem.Problem	"busy, try again"
//	@Router		/merchants/{merchant_id}/settlements/{month} [get]
func (h Handler) get(c *gin.Context) {
	k, err := key(c)
	if err != nil {
		problem.Write(c, err)
		return
	}
	f, err := h.service.Statement(c.Request.Context(), k)
	if err != nil {
		problem.Write(c, err)
		return
	}
	c.JSON(http.StatusOK, present(f))
}

// lines gives the lines of a statement.
//
//	@ID				listSettlementLines
//	@Summary		List what was posted in the month (managers of the merchant, centre officers)
//	@Description	In the order of days. Nobody is named in it.
//	@Tags			settlement
//	@Security		bearer
//	@Produce		json
//	@Param			merchant_id	path		string	true	"merchant"			format(uuid)
//	@Param			month		path		string	true	"month"				format(year-month)	example(2026-06)
//	@Param			limit		query		int		false	"rows of a page"	default(20)	minimum(1)	maximum(100)
//	@Param			after		query		string	false	"next of the page before"
//	@Success		200			{object}	LinePage
//	@Failure		400			{object}	problem.Problem	"unreadable query or cursor"
//	@Failure		401			{object}	problem.Problem	"auth.sign_in"
//	@Failure		404			{object}	problem.Problem	"settlement.not_found"
//	@Failure		503			{object}	problem.Problem	"busy, try again"
//	@Router			/merchants/{merchant_id}/settlements/{month}/lines [get]
func (h Handler) lines(c *gin.Context) {
	k, err := key(c)
	if err != nil {
		problem.Write(c, err)
		return
	}
	q := bind.NewQuery(c, "limit", "after")
	p := q.Page()
	if q.Err() != nil {
		problem.Write(c, q.Err())
		return
	}
	found, err := h.service.Lines(c.Request.Context(), k, p)
	if err != nil {
		problem.Write(c, err)
		return
	}
	answer := LinePage{Items: make([]Line, len(found.Items)), Next: q.Cursor(found.Next)}
	for i, l := range found.Items {
		answer.Items[i] = Line{Number: l.Number, Kind: string(l.Kind), Day: l.Day, RedemptionID: l.RedemptionID, EntryID: l.EntryID, Points: l.Points}
	}
	c.JSON(http.StatusOK, answer)
}

// What a file is sent as.
const (
	csvType  = "text/csv; charset=utf-8"
	xlsxType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
)

// file gives a statement as a spreadsheet.
//
//	@ID				getSettlementFile
//	@Summary		Download a monthly statement as CSV or XLSX (managers of the merchant, centre officers)
//	@Description	A line for each posting, between what was owed before and after. Nobody is named in it.
//	@Tags			settlement
//	@Security		bearer
//	@Produce		text/csv,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet
//	@Param			merchant_id	path		string	true	"merchant"	format(uuid)
//	@Param			month		path		string	true	"month"		format(year-month)	example(2026-06)
//	@Param			format		query		string	false	"kind of file"	Enums(csv, xlsx)	default(csv)
//	@Success		200			{file}		file
//	@Failure		400			{object}	problem.Problem	"unreadable query"
//	@Failure		401			{object}	problem.Problem	"auth.sign_in"
//	@Failure		404			{object}	problem.Problem	"settlement.not_found"
//	@Failure		503			{object}	problem.Problem	"busy, try again"
//	@Router			/merchants/{merchant_id}/settlements/{month}/file [get]
func (h Handler) file(c *gin.Context) {
	k, err := key(c)
	if err != nil {
		problem.Write(c, err)
		return
	}
	q := bind.NewQuery(c, "format")
	format := q.OneOf("format", "csv", "xlsx")
	if q.Err() != nil {
		problem.Write(c, q.Err())
		return
	}
	f, lines, err := h.service.Whole(c.Request.Context(), k)
	if err != nil {
		problem.Write(c, err)
		return
	}
	rows, mediaType := table(problem.Lang(c), f, lines), csvType
	file := sheet.CSV(rows)
	if format == "xlsx" {
		mediaType = xlsxType
		if file, err = sheet.XLSX("정산서", rows); err != nil {
			problem.Write(c, err)
			return
		}
	}
	c.Header("Content-Disposition", fmt.Sprintf(`attachment; filename="settlement_%s_%d.%s"`, written(f.Month), f.Number, format))
	c.Header("Cache-Control", "no-store")
	c.Data(http.StatusOK, mediaType, file)
}

// table is a statement in words: what was owed, line by line, and what is to be paid.
func table(lang i18n.Lang, f settlement.Full, lines []settlement.Line) [][]string {
	say := func(key string) string { return i18n.Text(lang, "settlement.file."+key, nil) }
	owed := f.Opening
	rows := [][]string{
		{say("merchant"), f.MerchantName, say("month"), written(f.Month), say("number"), strconv.Itoa(f.Number), say("hash"), f.Hash},
		{say("line"), say("day"), say("kind"), say("redemption_id"), say("points"), say("owed")},
		{"", "", say("opening"), "", "", strconv.FormatInt(owed, 10)},
	}
	for _, l := range lines {
		redemption := ""
		if l.RedemptionID != nil {
			redemption = l.RedemptionID.String()
		}
		owed += l.Points
		rows = append(rows, []string{strconv.Itoa(l.Number), l.Day.String(), say(string(l.Kind)), redemption, strconv.FormatInt(l.Points, 10), strconv.FormatInt(owed, 10)})
	}
	sum := func(key string, points int64) []string {
		return []string{"", "", say(key), "", strconv.FormatInt(points, 10), ""}
	}
	return append(rows, []string{"", "", say("closing"), "", "", strconv.FormatInt(f.Closing, 10)}, sum("redeemed", f.Redeemed), sum("cancelled", f.Cancelled),
		sum("carried", f.Carried), sum("payable", f.Payable))
}
