package web

import (
	"strings"

	"golang.org/x/text/language"
)

// style is how a language writes dates and short figures, as the Unicode CLDR has it.
type style struct {
	months, short       [12]string
	date                func(day, month, year string) string
	month               func(month, year string) string
	percent             string // behind the figure, with the space before it
	thousands, millions string // of a short amount
	quotes              [2]string
}

// narrow is the space the French set before a percent sign, too small to break a line at.
const narrow = "\u202f"

// The locales, and Locales as the switch on each page lists them. English serves who asks for none of them.
var (
	English = newLocale(language.BritishEnglish, "English", style{
		months: names("January February March April May June July August September October November December"),
		short:  names("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec"),
		date:   dayFirst, month: monthFirst, percent: "%", thousands: "k", millions: "M", quotes: [2]string{`"`, `"`}})
	Dutch = newLocale(language.Dutch, "Nederlands", style{
		months: names("januari februari maart april mei juni juli augustus september oktober november december"),
		short:  names("jan feb mrt apr mei jun jul aug sep okt nov dec"),
		date:   dayFirst, month: monthFirst, percent: "%", thousands: "k", millions: "mln.", quotes: [2]string{"“", "”"}})
	French = newLocale(language.French, "Français", style{
		months: names("janvier février mars avril mai juin juillet août septembre octobre novembre décembre"),
		short:  names("janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc."),
		date:   firstOfMonth, month: monthFirst, percent: narrow + "%", thousands: "k", millions: "M", quotes: [2]string{"«" + nbsp, nbsp + "»"}})
	German = newLocale(language.German, "Deutsch", style{
		months: names("Januar Februar März April Mai Juni Juli August September Oktober November Dezember"),
		short:  names("Jan Feb Mär Apr Mai Jun Jul Aug Sep Okt Nov Dez"),
		date:   dayWithDot, month: monthFirst, percent: nbsp + "%", thousands: "Tsd.", millions: "Mio.", quotes: [2]string{"„", "“"}})
	Italian = newLocale(language.Italian, "Italiano", style{
		months: names("gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre"),
		short:  names("gen feb mar apr mag giu lug ago set ott nov dic"),
		date:   dayFirst, month: monthFirst, percent: "%", thousands: "mila", millions: "Mln", quotes: [2]string{"«", "»"}})
	Spanish = newLocale(language.EuropeanSpanish, "Español", style{
		months: names("enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre"),
		short:  names("ene feb mar abr may jun jul ago sept oct nov dic"),
		date:   spanishDate, month: spanishMonth, percent: nbsp + "%", thousands: "mil", millions: "M", quotes: [2]string{"«", "»"}})
	Swedish = newLocale(language.Swedish, "Svenska", style{
		months: names("januari februari mars april maj juni juli augusti september oktober november december"),
		short:  names("jan feb mars apr maj juni juli aug sep okt nov dec"),
		date:   dayFirst, month: monthFirst, percent: nbsp + "%", thousands: "tn", millions: "mn", quotes: [2]string{"”", "”"}})
	Hungarian = newLocale(language.Hungarian, "Magyar", style{
		months: names("január február március április május június július augusztus szeptember október november december"),
		short:  names("jan. febr. márc. ápr. máj. jún. júl. aug. szept. okt. nov. dec."),
		date:   yearFirst, month: hungarianMonth, percent: "%", thousands: "E", millions: "M", quotes: [2]string{"„", "”"}})

	Locales = []*Locale{English, Dutch, French, German, Italian, Spanish, Swedish, Hungarian}
)

func names(list string) (all [12]string) {
	copy(all[:], strings.Fields(list))
	return all
}

func dayFirst(day, month, year string) string   { return day + nbsp + month + nbsp + year }
func dayWithDot(day, month, year string) string { return dayFirst(day+".", month, year) }
func monthFirst(month, year string) string      { return month + nbsp + year }
func spanishMonth(month, year string) string    { return month + " de" + nbsp + year }
func hungarianMonth(month, year string) string  { return year + "." + nbsp + month }

func spanishDate(day, month, year string) string {
	return day + nbsp + "de" + nbsp + spanishMonth(month, year)
}

func yearFirst(day, month, year string) string {
	return hungarianMonth(month, year) + nbsp + day + "."
}

// firstOfMonth writes the first day of a month as the French say it: "1er".
func firstOfMonth(day, month, year string) string {
	if day == "1" {
		day = "1er"
	}
	return dayFirst(day, month, year)
}
