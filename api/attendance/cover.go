package attendance

import (
	"github.com/gin-gonic/gin"

	"dure/api/i18n"
	"dure/api/problem"
	"dure/domain/insurance"
	"dure/domain/kernel/id"
)

// Insurance tells whether who came is insured.
type Insurance struct {
	Status   string   `json:"status" enums:"covered,not_covered" example:"not_covered"`
	Reason   *string  `json:"reason" extensions:"x-nullable" enums:"no_consent,policy_gap,guardian_pending,withdrawn,age_outside,registration_outside,activity_not_approved,shift_cancelled,no_activity" example:"no_consent"` // why not
	Detail   *string  `json:"detail" extensions:"x-nullable" example:"보험사에 정보를 주는 데 동의하지 않았습니다."`                                                                                                                              // the reason in words
	Contract *Insurer `json:"contract" extensions:"x-nullable"`                                                                                                                                                                // in force then
} //	@name	AttendanceInsurance

// Insurer is the contract in force.
type Insurer struct {
	ID      id.ID  `json:"id" format:"uuid" swaggertype:"string"`
	Insurer string `json:"insurer" example:"삼성화재"`
	Number  string `json:"number" example:"2026-종합-0501"`
} //	@name	AttendanceInsurer

func presentCover(c *gin.Context, cover *insurance.Cover) *Insurance {
	answer := &Insurance{Status: "covered"}
	if p := cover.Policy; p != nil {
		answer.Contract = &Insurer{p.ID, p.Insurer, p.Number}
	}
	if !cover.Covered() {
		reason, detail := string(cover.Reason), i18n.Text(problem.Lang(c), "insurance.reason."+string(cover.Reason), nil)
		answer.Status, answer.Reason, answer.Detail = "not_covered", &reason, &detail
	}
	return answer
}

// warning is presentCover for answers that only tell who is not insured.
func warning(c *gin.Context, cover *insurance.Cover) *Insurance {
	if cover == nil || cover.Covered() {
		return nil
	}
	return presentCover(c, cover)
}
