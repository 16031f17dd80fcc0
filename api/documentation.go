package api

import (
	"net/http"

	"github.com/gin-gonic/gin"
	"github.com/swaggest/swgui/v5/static"
	"github.com/vearutop/statigz"

	"dure/docs"
)

// The page is our own so that it needs no inline script; the assets are Swagger UI's, embedded, so it works offline.
const (
	documentationPage = `<!doctype html>
<html lang="ko">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>두레 API</title>
<link rel="stylesheet" href="swagger-ui.css">
<link rel="icon" type="image/png" href="favicon-32x32.png" sizes="32x32">
</head>
<body>
<div id="swagger-ui"></div>
<script src="swagger-ui-bundle.js"></script>
<script src="dure.js"></script>
</body>
</html>
`
	documentationScript = `window.ui = SwaggerUIBundle({
  url: "doc.json", dom_id: "#swagger-ui", deepLinking: true, docExpansion: "none", filter: true,
  tagsSorter: "alpha", tryItOutEnabled: true, persistAuthorization: false, validatorUrl: null,
  requestInterceptor: function (request) {
    var value = request.headers && request.headers.Authorization;
    if (value && value.indexOf("Bearer ") !== 0) { request.headers.Authorization = "Bearer " + value; }
    return request;
  }
});
`
)

// What follows is read by `make docs`: swag loses tags that stand below the security definitions.
//
//	@title			두레 API
//	@version		1
//	@description	광역시 자원봉사 서비스의 백엔드입니다. 자원봉사캠프의 출결, 인정시간, 참여율을 다룹니다.
//	@description	오류는 모두 application/problem+json(RFC 9457)이며, code는 바뀌지 않는 계약입니다. 설명은 Accept-Language에 따라 한국어나 영어입니다.
//	@description	시각은 시간대가 있는 RFC 3339, 날짜는 YYYY-MM-DD, 시간의 길이는 분(정수)입니다. 목록은 limit과 after로 넘기며, after는 앞 쪽의 next입니다.
//	@BasePath		/api/v1
//	@tag.name			account
//	@tag.description	계정: 가입, 로그인, 내 정보
//	@tag.name			volunteer
//	@tag.description	봉사자: 캠프의 종이 등록, 찾기, 보호자 동의 확인
//	@tag.name			role
//	@tag.description	역할: 캠프장, 캠프지기, 수요처 관리자, 가맹점 관리자, 센터 담당자, 기한 후 입력 승인자, 분석가, 관리자
//	@tag.name			region
//	@tag.description	지역: 시, 구, 행정동과 그 코드
//	@tag.name			camp
//	@tag.description	자원봉사캠프: 동마다 있는 작은 센터
//	@tag.name			programme
//	@tag.description	인센티브: 사업과 그 기준, 내 혜택, 신청과 승인, 대상자 조사
//	@tag.name			site
//	@tag.description	수요처: 신청, 승인, 관리
//	@tag.name			activity
//	@tag.description	일감과 회차: 작성, 승인, 검색, 반복 회차
//	@tag.name			signup
//	@tag.description	신청: 자리와 대기 순번, 내 일정
//	@tag.name			attendance
//	@tag.description	출결: 캠프와 수요처의 기록, 휴대전화 체크인, 확인, 정정과 취소
//	@tag.name			dispute
//	@tag.description	이의신청: 봉사자의 신청, 답변, 다른 사람의 결정, 센터의 최종 결정
//	@tag.name			ledger
//	@tag.description	인정시간: 내 시간과 그 내역
//	@tag.name			card
//	@tag.description	모바일 자원봉사증: 5분간 유효한 QR, 통신 없이 하는 확인, 등급
//	@tag.name			certificate
//	@tag.description	활동확인서: 발급, PDF, 누구나 하는 진위 확인, 취소
//	@tag.name			merchant
//	@tag.description	할인가맹점과 이용시설: 신청, 승인, 가까운 곳 찾기
//	@tag.name			anomaly
//	@tag.description	이상 기록: 센터가 살펴볼 때까지 인정하지 않는 출결과 그 기준
//	@tag.name			points
//	@tag.description	마일리지: 내 마일리지, 기부, 사업 예산
//	@tag.name			voucher
//	@tag.description	교환권: 내 교환권과 그 코드, 가맹점의 한 번뿐인 사용, 사용 취소
//	@tag.name			settlement
//	@tag.description	가맹점 월 정산: 원장과 같은 정산서, 확인과 이의, 두 사람의 승인, 한 번뿐인 지급
//	@tag.name			recognition
//	@tag.description	인정 기준: 하루 한도, 쉬는 시간, 이동시간
//	@tag.name			document
//	@tag.description	증빙 서류: 올리기와 보기
//	@tag.name			insurance
//	@tag.description	보험: 계약, 누가 언제 보장되는지, 보험사에 내는 명부
//	@tag.name			claim
//	@tag.description	보험 청구: 사고 보고, 서류, 접수와 지급
//	@tag.name			window
//	@tag.description	입력 기한: 활동 뒤 몇 달까지 출결을 입력할 수 있는지
//	@tag.name			statistics
//	@tag.description	통계: 등록률과 참여율
//	@tag.name			cube
//	@tag.description	통계 큐브: 두 가지로 나누어 본 시의 통계, 살아 있는 수치
//	@tag.name			publication
//	@tag.description	통계 공표: 보호하고 고정한 해마다의 통계, 분석가와 모든 사람에게
//	@tag.name			holiday
//	@tag.description	공휴일: 통계가 평일과 가르는 날
//	@tag.name			target
//	@tag.description	목표: 시가 정한 것과 지금의 값, 진도와 예측
//	@tag.name			award
//	@tag.description	인증과 포상: 시간으로 얻는 인증, 추천과 동의, 결격 확인, 두 사람의 결정, 명예의 전당
//	@tag.name			transfer
//	@tag.description	실적연계: 1365, VMS, DOVOL, 헌혈의 시간을 가져오기
//	@tag.name			export
//	@tag.description	내보내기: 학교(나이스), 1365, 특별재난지역 세액공제, 내 모든 자료
//	@tag.name			webhook
//	@tag.description	웹훅: 다른 시스템에 알리기(Standard Webhooks), 보낸 기록과 다시 보내기
//	@tag.name			access
//	@tag.description	처리·조회 내역: 누가 내 정보를 보았고 무엇을 결정했는지, 감사 기록
//
//	@securityDefinitions.apikey	bearer
//	@in							header
//	@name						Authorization
//	@description				/auth/login이나 /auth/register가 준 access_token을 "Bearer " 뒤에 붙여 보냅니다.
func documentation(e *gin.Engine) {
	assets := http.StripPrefix("/swagger/", statigz.FileServer(static.FS))
	e.GET("/swagger", func(c *gin.Context) { c.Redirect(http.StatusFound, "/swagger/index.html") })
	e.GET("/swagger/*file", func(c *gin.Context) {
		c.Header("Content-Security-Policy",
			"default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'")
		switch c.Param("file") {
		case "/":
			c.Redirect(http.StatusFound, "/swagger/index.html")
		case "/index.html":
			c.Data(http.StatusOK, "text/html; charset=utf-8", []byte(documentationPage))
		case "/dure.js":
			c.Data(http.StatusOK, "text/javascript; charset=utf-8", []byte(documentationScript))
		case "/doc.json":
			c.Data(http.StatusOK, "application/json; charset=utf-8", docs.Swagger)
		default:
			assets.ServeHTTP(c.Writer, c.Request)
		}
	})
	e.GET("/openapi.json", func(c *gin.Context) {
		c.Data(http.StatusOK, "application/json; charset=utf-8", docs.OpenAPI)
	})
}
