package web

import (
	"passerelle/adapters/country"
	"passerelle/internal/web"
	"passerelle/nodes/mobility"
)

// workKinds are the kinds of work that host countries tell apart.
var workKinds = choices{
	{string(country.Performance), "On stage: music, theatre, dance, circus, film"},
	{string(country.OtherArts), "Other art: composing, directing, painting, writing"},
	{string(country.ArtsTechnical), "Stage and light crew, sound, rigging"},
	{string(country.Teaching), "Teaching, workshops"},
	{string(country.Office), "Office and computer work"},
	{string(country.BusinessMeeting), "Business meetings"},
	{string(country.Congress), "Congress or conference"},
	{string(country.Construction), "Building work"},
	{string(country.FairBuilding), "Setting up fairs and exhibitions"},
	{string(country.Catering), "Food and lodging"},
	{string(country.Cleaning), "Cleaning"},
	{string(country.Security), "Guarding and security"},
	{string(country.Meat), "Meat processing"},
	{string(country.Forestry), "Forestry"},
	{string(country.Transport), "Transport of goods or people"},
	{string(country.OtherWork), "Other work"},
}

// engagedAs is in what quality somebody works.
var engagedAs = choices{
	{string(mobility.Employed), "Employed, also by the co-operative for this job"},
	{string(mobility.SelfEmployed), "Self-employed"},
	{string(mobility.CivilServant), "Civil servant, sent by the administration"},
}

// nations are the groups of nationalities that the rules tell apart.
var nations = choices{
	{"eu", "A country of the European Union"},
	{"eea", "Iceland, Liechtenstein or Norway"},
	{"ch", "Switzerland"},
	{"uk", "United Kingdom"},
	{"other", "Another nationality, with a permit to live here"},
	{"refugee", "Recognised refugee"},
	{"stateless", "Stateless"},
}

// coveredFor is how long somebody was insured at home before he goes.
var coveredFor = choices{
	{"yes", "Yes, for two months or more"},
	{"short", "Yes, but only for a short time"},
	{"no", "No"},
}

// regularity tells one trip from a pattern.
var regularity = choices{
	{string(mobility.OneOff), "Once, or now and then"},
	{string(mobility.Regular), "Regularly, about half of my work"},
}

// The words of the answer, with the countries and days put in.
var (
	insuredAtHome  = web.Words("You stay insured in %s.")
	insuredAbroad  = web.Words("For this work you are insured in %s, where it is done.")
	insuredUnclear = web.Words("An adviser has to find out where you are insured.")

	a1Needed  = web.Words("You need an A1 certificate from %s. Ask for it before %s.")
	a1Asks    = web.Words("Who issues it: %s.")
	a1None    = web.Words("You need no A1 certificate.")
	a1Unclear = web.Words("An adviser finds out which certificate you need.")

	declared        = web.Words("%s wants a declaration from your employer, at the latest on %s.")
	declaredSelf    = web.Words("%s wants a declaration from you, at the latest on %s.")
	declaredUndated = web.Words("%s wants a declaration before you start.")
	notDeclared     = web.Words("%s wants no declaration.")
	declareUnclear  = web.Words("An adviser checks whether %s wants a declaration.")

	taxLooked = web.Words("%s may hold back tax from your fee. Ask before you agree on the amount.")
	taxNone   = web.Words("No tax on performers is expected in %s.")

	cardValid   = web.Words("Take your European health insurance card along.")
	cardInvalid = web.Words("Your European health insurance card is not valid there. Arrange health cover before you go.")
)
