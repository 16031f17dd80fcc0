package claim

import (
	"fmt"
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"dure/api/bind"
	"dure/api/i18n"
	"dure/api/problem"
	"dure/domain/claim"
	"dure/domain/insurance"
	"dure/domain/kernel/calendar"
	"dure/domain/sheet"
)

// FileRequest asks for the insurer's file.
type FileRequest struct {
	From   calendar.Day `json:"from" format:"date" swaggertype:"string" example:"2026-07-01" validate:"required"` // of the accidents
	To     calendar.Day `json:"to" format:"date" swaggertype:"string" example:"2026-07-31" validate:"required"`   // included
	Reason string       `json:"reason" example:"7월분 청구 접수" maxLength:"500" validate:"required"`
	Format string       `json:"format" enums:"csv,xlsx" example:"xlsx" validate:"required"`
} //	@name	ClaimFileRequest

// What a file is sent as.
const (
	csvType  = "text/csv; charset=utf-8"
	xlsxType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
)

// claimFile gives the insurer's file of claims.
//
//	@ID				makeClaimFile
//	@Summary		Make the insurer's file of the claims filed under a contract (claims officers)
//	@Description	By the days of the accidents, a line for each item: name, birth date, sex, when, where, organiser, item, days and amount
//	@Description	approved. No words about the accident, no health data, no telephone, no address. That it was made is kept, with its reason and
//	@Description	length. Cells that a spreadsheet would run are quoted.
//	@Tags			claim
//	@Security		bearer
//	@Accept			json
//	@Produce		text/csv,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet
//	@Param			contract_id	path		string		true	"contract"	format(uuid)
//	@Param			body		body		FileRequest	true	"days, reason and format"
//	@Success		200			{file}		file
//	@Failure		400			{object}	problem.Problem	"unreadable body"
//	@Failure		401			{object}	problem.Problem	"auth.sign_in"
//	@Failure		403			{object}	problem.Problem	"auth.forbidden"
//	@Failure		404			{object}	problem.Problem	"insurance.contract_not_found"
//	@Failure		413			{object}	problem.Problem	"request.too_large"
//	@Failure		415			{object}	problem.Problem	"request.media_type"
//	@Failure		422			{object}	problem.Problem	"request.invalid, insurance.roster_too_long"
//	@Failure		503			{object}	problem.Problem	"busy, try again"
//	@Router			/insurance-contracts/{contract_id}/claim-file [post]
func (h Handler) claimFile(c *gin.Context) {
	contractID, err := bind.ID(c, "contract_id")
	if err != nil {
		problem.Write(c, err)
		return
	}
	var req FileRequest
	if err := bind.JSON(c, &req); err != nil {
		problem.Write(c, err)
		return
	}
	contract, lines, err := h.service.File(c.Request.Context(), insurance.Roster{ContractID: contractID, From: req.From, To: req.To, Reason: req.Reason,
		Format: insurance.Format(req.Format)})
	if err != nil {
		problem.Write(c, err)
		return
	}
	file, mediaType, err := h.write(problem.Lang(c), insurance.Format(req.Format), contract, lines)
	if err != nil {
		problem.Write(c, err)
		return
	}
	c.Header("Content-Disposition", fmt.Sprintf(`attachment; filename="claims_%s_%s.%s"`, req.From, req.To, req.Format))
	c.Header("Cache-Control", "no-store")
	c.Data(http.StatusOK, mediaType, file)
}

func (h Handler) write(lang i18n.Lang, format insurance.Format, contract insurance.Contract, lines []claim.Line) ([]byte, string, error) {
	rows := h.table(lang, contract, lines)
	if format == insurance.CSV {
		return sheet.CSV(rows), csvType, nil
	}
	file, err := sheet.XLSX("청구", rows)
	return file, xlsxType, err
}

// table is a file in words, its times those of the city.
func (h Handler) table(lang i18n.Lang, contract insurance.Contract, lines []claim.Line) [][]string {
	say := func(key string) string { return i18n.Text(lang, "claim.file."+key, nil) }
	rows := [][]string{{say("contract"), say("claim"), say("name"), say("birth_date"), say("sex"), say("happened_at"), say("place"), say("organiser"),
		say("item"), say("days"), say("amount_won"), say("state")}}
	for _, l := range lines {
		item, days, amount := l.NameKo, "", ""
		if lang == i18n.English {
			item = l.NameEn
		}
		if l.Days != nil {
			days = strconv.Itoa(*l.Days)
		}
		if l.AmountWon > 0 {
			amount = strconv.FormatInt(l.AmountWon, 10)
		}
		rows = append(rows, []string{contract.Number, l.ClaimID.String(), l.Name, l.BirthDate.String(), i18n.Text(lang, "insurance.roster."+l.Sex, nil),
			l.HappenedAt.In(h.clock.Zone).Format("2006-01-02 15:04"), l.Place, l.OrganiserName, item, days, amount, i18n.Text(lang, "claim.state."+string(l.State), nil)})
	}
	return rows
}
