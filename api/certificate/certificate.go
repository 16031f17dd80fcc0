// Package certificate serves certificates, and lets anybody check them.
package certificate

import (
	"time"

	"github.com/gin-gonic/gin"

	"dure/domain/certificate"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
)

// Addresses tells where people check a certificate.
type Addresses interface {
	CheckURL(number string) string
}

// Handler serves the routes of certificates.
type Handler struct {
	service   *certificate.Service
	addresses Addresses
	limit     gin.HandlerFunc
}

// New makes the handler; limit slows down who checks certificates without being signed in.
func New(service *certificate.Service, addresses Addresses, limit gin.HandlerFunc) Handler {
	return Handler{service, addresses, limit}
}

// Routes registers the routes.
func (h Handler) Routes(open, signedIn gin.IRoutes) {
	open.GET("/certificates/:number", h.limit, h.check)
	open.POST("/certificates/:number/checks", h.limit, h.document)
	signedIn.POST("/certificates/:number/revocation", h.revoke)
	signedIn.GET("/me/certificates", h.mine)
	signedIn.POST("/me/certificates", h.issue)
	signedIn.GET("/me/certificates/:certificate_id", h.myOne)
	signedIn.GET("/me/certificates/:certificate_id/pdf", h.paper)
}

// IssueRequest says what is to be certified about oneself.
type IssueRequest struct {
	From       calendar.Day `json:"from" format:"date" swaggertype:"string" example:"2026-01-01" validate:"required"`
	To         calendar.Day `json:"to" format:"date" swaggertype:"string" example:"2026-07-15" validate:"required"` // included; not after today
	Show       string       `json:"show" enums:"activities,sums" default:"activities" example:"activities"`         // every activity, or minutes by field only
	FieldCodes []string     `json:"field_codes" example:"0104"`                                                     // only these fields; all when empty
	Language   string       `json:"language" enums:"ko,en" default:"ko" example:"ko"`
	Purpose    string       `json:"purpose" example:"장학금 신청" maxLength:"100"` // printed as it is written
} //	@name	CertificateIssue

// RevocationRequest says why a certificate is taken back.
type RevocationRequest struct {
	Reason string `json:"reason" example:"다른 사람에게 발급됨" validate:"required" maxLength:"500"`
} //	@name	CertificateRevocation

// Response is a certificate as its holder sees it.
type Response struct {
	ID          id.ID                `json:"id" format:"uuid" swaggertype:"string" example:"01981c5e-7f5e-7cc0-9f43-0d3b8b2f7a10"`
	Number      string               `json:"number" example:"7K3M-9QXA-0B2C-4D5E-6F7G"` // whoever knows it can check the certificate
	Status      certificate.Status   `json:"status" swaggertype:"string" enums:"valid,superseded,revoked" example:"valid"`
	From        calendar.Day         `json:"from" format:"date" swaggertype:"string" example:"2026-01-01"`
	To          calendar.Day         `json:"to" format:"date" swaggertype:"string" example:"2026-07-15"`
	Show        certificate.Show     `json:"show" swaggertype:"string" enums:"activities,sums" example:"activities"`
	FieldCodes  []string             `json:"field_codes" example:"0104"`
	Language    certificate.Language `json:"language" swaggertype:"string" enums:"ko,en" example:"ko"`
	Purpose     string               `json:"purpose" example:"장학금 신청"`
	Minutes     int                  `json:"minutes" example:"750"` // certified
	Issuer      string               `json:"issuer" example:"광주광역시자원봉사센터"`
	IssuedAt    time.Time            `json:"issued_at" format:"date-time" example:"2026-07-15T01:00:00Z"`
	RevokedAt   *time.Time           `json:"revoked_at" format:"date-time" extensions:"x-nullable"`
	CheckURL    string               `json:"check_url" format:"uri" example:"https://dure.example.kr/api/v1/certificates/7K3M-9QXA-0B2C-4D5E-6F7G"`
	ContentHash string               `json:"content_sha256" example:"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"` // of what is certified
	SHA256      string               `json:"sha256" example:"2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae"`         // of the PDF
} //	@name	Certificate

// Whole is a certificate with everything that it certifies.
type Whole struct {
	Response
	Name            string         `json:"name" example:"홍길동"`
	BirthDate       calendar.Day   `json:"birth_date" format:"date" swaggertype:"string" example:"1990-04-05"`
	VolunteerNumber string         `json:"volunteer_number" example:"1234-5670"`
	ByField         []FieldMinutes `json:"by_field"`   // they add up to minutes
	Activities      []Line         `json:"activities"` // they add up to minutes; with show=sums the paper leaves them out
} //	@name	CertificateWhole

// FieldMinutes are the certified minutes of a 1365 field.
type FieldMinutes struct {
	FieldCode string `json:"field_code" example:"0104"`
	FieldName string `json:"field_name" example:"급식지원"`
	Minutes   int    `json:"minutes" example:"750"`
} //	@name	CertificateField

// Line is one presence on one day.
type Line struct {
	AttendanceID id.ID        `json:"attendance_id" format:"uuid" swaggertype:"string"`
	Day          calendar.Day `json:"day" format:"date" swaggertype:"string" example:"2026-07-14"`
	Minutes      int          `json:"minutes" example:"210"`
	Title        string       `json:"title" example:"경로당 급식 봉사"`
	Organiser    string       `json:"organiser" example:"충장동 자원봉사캠프"`
	Place        string       `json:"place" example:"충장동 주민센터 2층"`
	FieldCode    string       `json:"field_code" example:"0104"`
	FieldName    string       `json:"field_name" example:"급식지원"`
} //	@name	CertificateLine

// Page is a page of certificates.
type Page struct {
	Items []Response `json:"items"`
	Next  *string    `json:"next" extensions:"x-nullable"`
} //	@name	CertificatePage

func (h Handler) present(i certificate.Issued) Response {
	return Response{ID: i.ID, Number: i.Number, Status: i.Status(), From: i.FromDay, To: i.ToDay, Show: i.Show, FieldCodes: i.Fields(),
		Language: i.Language, Purpose: i.Purpose, Minutes: i.Minutes, Issuer: i.Issuer, IssuedAt: i.IssuedAt, RevokedAt: i.RevokedAt,
		CheckURL: h.addresses.CheckURL(i.Number), ContentHash: i.ContentHash, SHA256: i.PaperHash}
}

func (h Handler) presentWhole(i certificate.Issued, lines []certificate.Line) Whole {
	fields := certificate.ByField(lines)
	w := Whole{Response: h.present(i), Name: i.Name, BirthDate: i.BirthDate, VolunteerNumber: i.VolunteerNumber,
		ByField: make([]FieldMinutes, len(fields)), Activities: make([]Line, len(lines))}
	for n, f := range fields {
		w.ByField[n] = FieldMinutes(f)
	}
	for n, l := range lines {
		w.Activities[n] = Line(l)
	}
	return w
}
