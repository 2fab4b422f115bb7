package web

import (
	"strings"

	"passerelle/contracts"
	"passerelle/internal/web"
	"passerelle/nodes/casework"
)

// standing is what a state of a case means to the person it is about: what is so, what happens next, and whose turn it is.
type standing struct{ Is, Next, Turn web.Words }

// Whose turn it is.
const (
	yourTurn     = web.Words("It is your turn.")
	adviserTurn  = web.Words("It is your adviser's turn.")
	hostTurn     = web.Words("It is the turn of the co-operative there.")
	officialTurn = web.Words("It is the turn of the authorities.")
	nobodyTurn   = web.Words("Nobody has to do anything.")
)

// standings say each state in words: what is so, what happens next, whose turn it is.
var standings = map[casework.State][]web.Words{
	contracts.CaseDraft:            {"You are still writing this.", "Answer the questions that are left and hand it in.", yourTurn},
	contracts.CaseSubmitted:        {"Handed in.", "An adviser reads it and looks at the rules.", adviserTurn},
	contracts.CaseAssessing:        {"An adviser is looking at it.", "You are told what was decided, or asked something.", adviserTurn},
	contracts.CaseNeedsInfo:        {"There is a question.", "It goes on when it is answered.", yourTurn},
	contracts.CaseDecided:          {"It is decided where you are insured.", "Your adviser begins with the papers.", adviserTurn},
	contracts.CaseExceptionPending: {"An exception was asked for.", "The authorities of both countries answer; that takes weeks.", officialTurn},
	contracts.CaseHostLegislation:  {"You will be insured where you work.", "The co-operatives arrange how you are insured there.", hostTurn},
	contracts.CasePreparing:        {"The papers are being prepared.", "Everything is ready when the papers below are there.", adviserTurn},
	contracts.CaseReady:            {"Everything is ready.", "Take the papers along. Nothing more is needed before you go.", nobodyTurn},
	contracts.CaseActive:           {"The work is going on.", "Tell us when something changes, and when it is over.", yourTurn},
	contracts.CaseEnded:            {"The work is over.", "Add payslips, time sheets and what was held back in tax; then your adviser closes the case.", yourTurn},
	contracts.CaseClosed:           {"The case is closed.", "The papers stay here as long as the law asks.", nobodyTurn},
	contracts.CaseCancelled:        {"You gave this up.", "Nothing more happens.", nobodyTurn},
	contracts.CaseRejected:         {"Your adviser could not take this.", "The reason stands in the history below. You can begin a new case.", yourTurn},
}

// standingOf says a case in words.
func standingOf(l *web.Locale, k casework.Case) standing {
	w := standings[k.State]
	if len(w) < 3 {
		return standing{}
	}
	at := standing{l.T(w[0]), l.T(w[1]), l.T(w[2])}
	if q := k.Question; k.State == contracts.CaseNeedsInfo && q != nil && q.Of == casework.XA {
		at.Turn = l.T(hostTurn)
	}
	return at
}

// caseStates marks how a case stands in a word.
var caseStates = map[casework.State]web.Words{
	contracts.CaseDraft: "draft", contracts.CaseSubmitted: "handed in", contracts.CaseAssessing: "being looked at", contracts.CaseNeedsInfo: "question", contracts.CaseDecided: "decided",
	contracts.CaseExceptionPending: "exception asked for", contracts.CaseHostLegislation: "insured there", contracts.CasePreparing: "in preparation", contracts.CaseReady: "ready",
	contracts.CaseActive: "under way", contracts.CaseEnded: "over", contracts.CaseClosed: "closed", contracts.CaseCancelled: "given up", contracts.CaseRejected: "not taken",
}

// badgeKinds choose the colour of it.
var badgeKinds = map[casework.State]string{contracts.CaseNeedsInfo: "warn", contracts.CaseReady: "live", contracts.CaseActive: "live", contracts.CaseDraft: "demo", contracts.CaseRejected: "warn"}

func caseBadge(s casework.State) web.Badge {
	return web.Badge{Kind: badgeKinds[s], Text: caseStates[s]}
}

// trackNames say what each track is about.
var trackNames = map[casework.TrackKind]web.Words{
	casework.TrackA1: "A1 certificate", casework.TrackDeclaration: "Declaration", casework.TrackDocuments: "Documents", casework.TrackInsurance: "Insurance", casework.TrackTax: "Tax on performers",
}

// trackMeans say what it is for.
var trackMeans = map[casework.TrackKind]web.Words{
	casework.TrackA1: "proves which country insures you", casework.TrackDeclaration: "tells the country that you come to work", casework.TrackDocuments: "contract, identity, what an inspector asks for",
	casework.TrackInsurance: "covers you from leaving home to coming back", casework.TrackTax: "whether the country holds something back from your fee",
}

// trackStates say how far it is.
var trackStates = map[contracts.TrackState]web.Words{
	contracts.TrackNotNeeded: "not needed", contracts.TrackTodo: "to do", contracts.TrackRequested: "asked for", contracts.TrackOK: "there", contracts.TrackRefused: "refused", contracts.TrackExpired: "expired",
}

var trackBadges = map[contracts.TrackState]string{contracts.TrackTodo: "demo", contracts.TrackRequested: "report", contracts.TrackOK: "live", contracts.TrackRefused: "warn", contracts.TrackExpired: "warn"}

// paperNames say what a document is.
var paperNames = map[casework.PaperKind]web.Words{
	casework.PaperA1: "A1 certificate", casework.PaperA1Request: "Proof that the A1 was asked for", casework.PaperEngagement: "Contract or engagement", casework.PaperDeclaration: "Receipt of the declaration",
	casework.PaperCover: "Proof of insurance", casework.PaperIdentity: "Identity card or passport", casework.PaperPermit: "Residence or work permit", casework.PaperPayslip: "Payslip",
	casework.PaperTimesheet: "Time sheet", casework.PaperTaxCertificate: "Tax certificate", casework.PaperOther: "Other paper",
}

// reminderNames say what a deadline is about.
var reminderNames = map[casework.ReminderKind]web.Words{
	casework.SubmitBy: "Hand the case in", casework.DeclarationDue: "File the declaration", casework.AskTwelveMonths: "Will it last longer than twelve months?", casework.MotivatedNotice: "Tell the country why it lasts longer",
	casework.PlanTwentyFour: "Plan what comes after 24 months", casework.HomeLawEnds: "Insurance at home ends by law", casework.FreshPosting: "A new stay with the same customer may begin",
	casework.ProvisionalFinal: "The decision becomes final", casework.HostSilent: "Ask the co-operative there again", casework.DeterminationQuiet: "The exchange with the institution may be closed",
	casework.PapersMissing: "Papers are missing before you leave", casework.NotDecided: "Decide before the work begins", casework.TellInstitution: "Tell the institution what has changed",
	casework.CancelDeclaration: "Take the declaration back", casework.WithdrawA1: "Withdraw the request for the A1", casework.RenewPaper: "Renew the paper",
}

// eventNames say what happened.
var eventNames = map[casework.Name]web.Words{
	"create": "opened", "edit": "facts written down", "submit": "handed in", "take": "taken up by an adviser", "ask": "question asked", "answer": "question answered", "decide": "decided",
	"request_exception": "exception asked for", "exception_granted": "exception granted", "exception_refused": "exception refused", "use_host_legislation": "insured where the work is", "host_engages": "insurance there arranged",
	"start_preparing": "papers begun", "host_accept": "the co-operative there helps", "host_decline": "the co-operative there cannot help", "host_contact": "contact there named", "track_update": "paper noted",
	"all_tracks_ok": "everything ready", "tracks_lost": "a paper is missing again", "expire": "a paper has expired", "begin": "work begun", "change": "facts changed", "close_review": "changes confirmed",
	"interrupt": "break", "resume": "work goes on", "end": "work ended", "close": "closed", "cancel": "given up", "reject": "not taken", "reopen": "reopened",
}

// actorNames say who it was.
var actorNames = map[casework.Actor]web.Words{casework.M: "member", casework.HA: "adviser", casework.XA: "adviser there", casework.SYS: "by itself"}

// caseName is how a case is called: its countries, and when it begins.
func caseName(l *web.Locale, k casework.Case) string {
	name := placesOf(l, k)
	if name == "" {
		name = l.T("Work abroad")
	}
	if start := k.Start(); !start.IsZero() {
		name += ", " + l.Date(start)
	}
	return name
}

// placesOf are the countries of a case, with the town of the first.
func placesOf(l *web.Locale, k casework.Case) string {
	var all []string
	for _, s := range k.HostStates() {
		all = append(all, stateIn(l, s))
	}
	name := strings.Join(all, ", ")
	if town := placeOf(k.Facts, 1).Town; town != "" && len(all) == 1 {
		name = town + ", " + name
	}
	return name
}

// ReminderName says what a reminder is about.
func ReminderName(l *web.Locale, k casework.ReminderKind) string { return l.T(reminderNames[k]) }
