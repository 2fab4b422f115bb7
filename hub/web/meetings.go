package web

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"passerelle/contracts"
	"passerelle/hub/boardpack"
	"passerelle/hub/investment"
	"passerelle/hub/meeting"
	"passerelle/internal/book"
	"passerelle/internal/web"
)

const meetingsPath = "/board/meetings"

// meetingLine is a meeting in the list.
type meetingLine struct {
	meeting.Meeting
	State     meeting.State
	Decisions int
}

// meetingPage is one meeting: what it is about, what the board reads, and what came of it.
type meetingPage struct {
	meeting.Meeting
	State     meeting.State
	Version   int // of the minutes
	Decisions []investment.Decision
	ToApprove []meeting.Meeting // minutes that wait for it
	Open      []investment.OpenCondition
	Items     []agendaItem
	Loose     []paperLine // papers of the whole meeting
	Older     []meeting.Minutes
	Packs     []boardpack.Issue // that were made for it
	MakePack  string            // where another is made; empty for who only reads
	MayEnter  bool
	Enter     []web.Link
	Form      []field
	Faults    contracts.Faults
}

// agendaItem is an item of the agenda with its papers.
type agendaItem struct {
	Number int
	Text   string
	Papers []paperLine
}

// paperLine is a paper and where it is read.
type paperLine struct {
	meeting.Paper
	URL string
}

// meetingStates are the states of a meeting in words.
var meetingStates = map[meeting.State]web.Words{meeting.Called: "called", meeting.Unwritten: "held, no minutes yet", meeting.Written: "minutes wait for approval", meeting.Approved: "minutes approved",
	meeting.Cancelled: "called off"}

func meetingURL(day contracts.Date) string { return meetingsPath + "/" + day.String() }

// meetings lists all meetings, the latest first.
func (s server) meetings(c echo.Context) error {
	l := web.LocaleOf(c)
	t := meetingTable(l)
	a, err := t.Asked(c, "find")
	if err != nil {
		return err
	}
	all, _, err := meeting.Read(c.Request().Context(), s.data)
	if err != nil {
		return err
	}
	books, _, err := investment.Read(c.Request().Context(), s.data, contracts.Date{})
	if err != nil {
		return err
	}
	var lines []meetingLine
	for _, m := range slices.Backward(all) {
		if mentions(m, c.QueryParam("find")) {
			lines = append(lines, meetingLine{m, m.State(s.today()), len(decidedOn(books, m.Day))})
		}
	}
	list, err := t.Answer(c, a, web.RowsOf(l, t, a, lines))
	if err != nil || list == nil {
		return err
	}
	body := struct {
		List     *web.Listed
		MayEnter bool
		Enter    []web.Link
	}{list, entersBook(c), s.meetingDesk().links(l, "", "meeting")}
	return s.pages.Render(c, http.StatusOK, "meetings", web.Page{Title: l.T("Meetings of the board"), Badges: exampleBadges(slices.ContainsFunc(all, func(m meeting.Meeting) bool { return m.Example })), Body: body,
		Lead: l.T("What the board meets on, what it reads, and its minutes.")})
}

// mentions tells whether all words of a search occur in a meeting's words.
func mentions(m meeting.Meeting, search string) bool {
	text := []string{m.Day.String(), m.Title, m.Place, m.Latest(), m.Reason}
	text = append(text, m.Agenda...)
	for _, p := range m.Papers {
		text = append(text, p.Title)
	}
	return saysAll(strings.Join(text, " "), search)
}

// saysAll tells whether all words of a search occur in a text.
func saysAll(text, search string) bool {
	text = strings.ToLower(text)
	return !slices.ContainsFunc(strings.Fields(strings.ToLower(search)), func(word string) bool { return !strings.Contains(text, word) })
}

func decidedOn(books investment.Books, day contracts.Date) (taken []investment.Decision) {
	for _, d := range books.Decisions {
		if d.Meeting == day {
			taken = append(taken, d)
		}
	}
	return taken
}

// meetingOf is the meeting that the address names.
func (s server) meetingOf(c echo.Context) (meeting.Meetings, *meeting.Meeting, error) {
	all, _, err := meeting.Read(c.Request().Context(), s.data)
	if err != nil {
		return nil, nil, err
	}
	day, err := contracts.ParseDate(c.Param("day"))
	m, found := all.On(day)
	if err != nil || !found {
		return nil, nil, web.NotFound("meeting")
	}
	return all, m, nil
}

func (s server) meeting(c echo.Context) error {
	if err := web.KnownQuery(c); err != nil {
		return err
	}
	return s.showMeeting(c, http.StatusOK, form{values: url.Values{}})
}

func (s server) showMeeting(c echo.Context, status int, f form) error {
	all, m, err := s.meetingOf(c)
	if err != nil {
		return err
	}
	books, _, err := investment.Read(c.Request().Context(), s.data, contracts.Date{})
	if err != nil {
		return err
	}
	l := web.LocaleOf(c)
	page := meetingPage{Meeting: *m, State: m.State(s.today()), Version: len(m.Minutes), Decisions: decidedOn(books, m.Day), MayEnter: entersBook(c), Faults: f.Faults}
	page.Enter = s.meetingDesk().links(l, "?meeting="+m.Day.String(), nextOf(page.State)...)
	if all.Held(m.Day, s.today()) && page.State != meeting.Approved {
		page.Enter = append(page.Enter, s.investmentDesk().links(l, "?day="+m.Day.String(), "decision")...)
	}
	if page.State == meeting.Called || page.State == meeting.Unwritten || page.State == meeting.Written {
		page.ToApprove, page.Open = all.ToApprove(m.Day), reminders(books, s.today())
		page.Form = paperFields(l, f, *m)
	}
	page.sortPapers()
	if page.Packs, err = s.data.Packs(c.Request().Context()); err != nil {
		return err
	}
	page.Packs = slices.DeleteFunc(page.Packs, func(i boardpack.Issue) bool { return i.Day != m.Day })
	if page.MayEnter {
		page.MakePack = web.Address("/board/packs", "day", m.Day.String(), "title", m.Title)
	}
	for i := len(m.Minutes) - 2; i >= 0; i-- {
		page.Older = append(page.Older, m.Minutes[i])
	}
	return s.pages.Render(c, status, "meeting", web.Page{Title: m.Title + ", " + l.Date(m.Day), Badges: append(exampleBadges(m.Example), stateBadge(page.State)), Body: page,
		Crumbs: []web.Link{{Text: l.T("Meetings of the board"), URL: meetingsPath}, {Text: l.Date(m.Day)}}})
}

func stateBadge(s meeting.State) web.Badge {
	kind := map[meeting.State]string{meeting.Called: "report", meeting.Approved: "live", meeting.Unwritten: "warn", meeting.Written: "demo"}[s]
	return web.Badge{Kind: kind, Text: meetingStates[s]}
}

// nextOf are the entries that a meeting can have next.
func nextOf(s meeting.State) []book.Kind {
	switch s {
	case meeting.Called:
		return []book.Kind{"agenda", "minutes", "cancellation"}
	case meeting.Unwritten:
		return []book.Kind{"minutes", "agenda", "cancellation"}
	case meeting.Written:
		return []book.Kind{"minutes", "approval"}
	}
	return nil
}

// sortPapers lays the papers beside their items.
func (p *meetingPage) sortPapers() {
	for i, text := range p.Agenda {
		p.Items = append(p.Items, agendaItem{Number: i + 1, Text: text})
	}
	for i, paper := range p.Papers {
		line := paperLine{paper, paper.Link}
		if paper.File != nil {
			line.URL = fmt.Sprintf("%s/papers/%d", meetingURL(p.Day), i+1)
		}
		if paper.Item > 0 && paper.Item <= len(p.Items) {
			p.Items[paper.Item-1].Papers = append(p.Items[paper.Item-1].Papers, line)
			continue
		}
		p.Loose = append(p.Loose, line)
	}
}

// paperFields are those of the form of a paper, beside its file.
func paperFields(l *web.Locale, f form, m meeting.Meeting) []field {
	title, item, link := f.field("title", l.T("Title of the paper"), "text"), f.field("item", l.T("Item of the agenda"), "choice"), f.field("link", l.T("Its address, if it lies elsewhere"), "text")
	title.Needed = true
	item.Options = []option{{"", l.T("the whole meeting")}}
	for i, text := range m.Agenda {
		item.Options = append(item.Options, option{strconv.Itoa(i + 1), fmt.Sprintf("%d. %s", i+1, clipped(text))})
	}
	return []field{title, item, link}
}

// paperKinds are the files that are taken, by how their names end.
var paperKinds = []string{".pdf", ".docx", ".xlsx", ".odt", ".ods", ".csv", ".txt", ".png", ".jpg", ".jpeg"}

// addMeetingPaper lays a paper before the board.
func (s server) addMeetingPaper(c echo.Context) error {
	_, m, err := s.meetingOf(c)
	if err != nil {
		return err
	}
	f := form{values: url.Values{}}
	paper := meeting.PaperAdded{Meeting: m.Day}
	body, err := readMeetingPaper(c, &f, &paper)
	if err == nil && len(f.Faults) == 0 {
		err = s.board.AddMeetingPaper(c.Request().Context(), web.PrincipalOf(c).Account, paper, body)
	}
	if err != nil {
		if err := f.refused(err); err != nil {
			return err
		}
	}
	if len(f.Faults) > 0 {
		return s.showMeeting(c, http.StatusUnprocessableEntity, f)
	}
	return c.Redirect(http.StatusSeeOther, meetingURL(m.Day)+"#agenda")
}

// readMeetingPaper reads the form of a paper, and the bytes of its file.
func readMeetingPaper(c echo.Context, f *form, paper *meeting.PaperAdded) (body []byte, err error) {
	parts, err := c.Request().MultipartReader()
	if err != nil {
		return nil, contracts.Fault{Code: web.FaultContentType, Field: "file", Message: "the form carries no file", Remedy: "choose a file and send it"}
	}
	for {
		part, err := parts.NextPart()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("read upload: %w", err)
		}
		value, err := io.ReadAll(part)
		if err != nil {
			return nil, fmt.Errorf("read upload: %w", err)
		}
		if part.FormName() != "file" {
			f.values.Set(part.FormName(), string(value))
			continue
		}
		if len(value) > 0 {
			body, paper.File = value, &meeting.File{Name: path.Base(strings.ReplaceAll(part.FileName(), `\`, "/")), Bytes: len(value), SHA256: meeting.Digest(value)}
		}
	}
	paper.Title, paper.Link, paper.Item = f.get("title"), f.get("link"), f.number("item")
	if paper.File != nil {
		f.Faults.Add("file", checkFile(paper.File.Name, body))
	}
	return body, nil
}

// checkFile refuses a file that the board cannot open, or that is not what its name says.
func checkFile(name string, body []byte) error {
	kind := strings.ToLower(path.Ext(name))
	if !slices.Contains(paperKinds, kind) || len(name) > 200 || kind == ".pdf" && !bytes.HasPrefix(body, []byte("%PDF-")) {
		return contracts.Fault{Code: contracts.FaultInvalid, Message: "not a file that everybody can open", Remedy: "send a PDF, a document, a table, a text or a picture"}
	}
	return nil
}

// meetingPaper hands out a paper to keep; it is never shown as a page of ours.
func (s server) meetingPaper(c echo.Context) error {
	if err := web.KnownQuery(c); err != nil {
		return err
	}
	_, m, err := s.meetingOf(c)
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(c.Param("number"))
	if err != nil || n < 1 || n > len(m.Papers) || m.Papers[n-1].File == nil {
		return web.NotFound("document")
	}
	file := m.Papers[n-1].File
	body, found, err := s.data.MeetingPaper(c.Request().Context(), file.SHA256)
	if err != nil {
		return err
	}
	if !found {
		return web.NotFound("document")
	}
	c.Response().Header().Set(echo.HeaderContentDisposition, mime.FormatMediaType("attachment", map[string]string{"filename": file.Name}))
	return c.Blob(http.StatusOK, echo.MIMEOctetStream, body)
}

// heldOn adds a fault to a decision whose day is no meeting's.
func (s server) heldOn(ctx context.Context, kind book.Kind, f *form) error {
	if kind != "decision" || f.get("day") == "" {
		return nil
	}
	all, _, err := meeting.Read(ctx, s.data)
	if err != nil {
		return err
	}
	day, err := contracts.ParseDate(f.get("day"))
	if err == nil && !all.Held(day, s.today()) {
		f.Faults.Addf(meeting.FaultUnknown, "day", "enter the meeting first, or choose its day", "the board did not meet on %s", day)
	}
	return nil // what is no day is said elsewhere
}

// meetingDesk is where the meetings are entered.
func (s server) meetingDesk() desk[meeting.Act, meeting.Meetings] {
	return desk[meeting.Act, meeting.Meetings]{server: s, path: meetingsPath, title: "Meetings of the board", asks: meetingForms, looks: meetingLooks, known: []string{"meeting", "in"},
		options: meetingOptions, back: func(f form) string {
			if f.get("meeting") == "" {
				return meetingsPath
			}
			return meetingsPath + "/" + url.PathEscape(f.get("meeting"))
		},
		example: func(all meeting.Meetings) bool { return false },
		fill: func(c echo.Context, kind book.Kind, all meeting.Meetings, values url.Values) error {
			fillMeeting(kind, all, c.QueryParam("meeting"), values)
			return nil
		},
		read: func(ctx context.Context) (meeting.Meetings, []meeting.Entry, error) { return meeting.Read(ctx, s.data) },
		check: func(entries []meeting.Entry, act meeting.Act, day contracts.Date, by string, now time.Time) (meeting.Meetings, error) {
			_, after, err := meeting.Enter(entries, act, day, by, now)
			return after, err
		},
		keep: func(ctx context.Context, by string, act meeting.Dated) error { return s.board.Meet(ctx, by, act) }}
}

// fillMeeting fills a form in with what the meeting has already.
func fillMeeting(kind book.Kind, all meeting.Meetings, day string, values url.Values) {
	d, err := contracts.ParseDate(day)
	m, found := all.On(d)
	if err != nil || !found {
		return
	}
	switch kind {
	case "agenda":
		values.Set("agenda", strings.Join(m.Agenda, "\n"))
	case "minutes":
		values.Set("text", m.Latest())
	case "approval":
		values.Set("version", strconv.Itoa(len(m.Minutes)))
	}
}

func meetingOptions(l *web.Locale, f form, all meeting.Meetings, name string) (options []option) {
	for _, m := range slices.Backward(all) {
		if m.Cancelled.IsZero() && (name != "in" || m.Day.String() > f.get("meeting")) {
			options = append(options, option{m.Day.String(), l.Date(m.Day) + ": " + clipped(m.Title)})
		}
	}
	return options
}

// meetingTitles are those of the forms.
var meetingTitles = map[book.Kind]web.Words{"meeting": "Call a meeting", "agenda": "Change the agenda", "cancellation": "Call the meeting off", "minutes": "Write the minutes", "approval": "The minutes were approved"}

func init() {
	for kind, ask := range meetingForms {
		ask.title = meetingTitles[kind]
		meetingForms[kind] = ask
	}
}

// meetingForms are the entries that a person fills in.
var meetingForms = map[book.Kind]asking[meeting.Act, meeting.Meetings]{
	"meeting": {fields: []string{"on", "title", "place", "agenda", "day"}, act: func(f *form, _ meeting.Meetings) meeting.Act {
		return meeting.Convened{Meeting: f.date("on"), Title: f.get("title"), Place: f.get("place"), Agenda: writtenLines(f.get("agenda"))}
	}},
	"agenda": {fields: []string{"meeting", "agenda", "day"}, act: func(f *form, _ meeting.Meetings) meeting.Act {
		return meeting.AgendaSet{Meeting: f.date("meeting"), Agenda: writtenLines(f.get("agenda"))}
	}},
	"cancellation": {fields: []string{"meeting", "reason", "day"}, act: func(f *form, _ meeting.Meetings) meeting.Act {
		return meeting.CalledOff{Meeting: f.date("meeting"), Reason: f.get("reason")}
	}},
	"minutes": {fields: []string{"meeting", "text", "day"}, act: func(f *form, _ meeting.Meetings) meeting.Act {
		return meeting.MinutesWritten{Meeting: f.date("meeting"), Text: strings.ReplaceAll(f.get("text"), "\r\n", "\n")}
	}},
	"approval": {fields: []string{"meeting", "version", "in", "day"}, act: func(f *form, _ meeting.Meetings) meeting.Act {
		return meeting.MinutesApproved{Meeting: f.date("meeting"), Version: f.number("version"), In: f.date("in")}
	}},
}

var meetingLooks = map[string]look{
	"on":      {label: "Day of the meeting", shape: "date"},
	"meeting": {label: "Meeting", shape: "choice"},
	"title":   {label: "Title"},
	"place":   {label: "Place", optional: true},
	"agenda":  {label: "Agenda", hint: "An item on each line.", shape: "area"},
	"reason":  {label: "Reason", shape: "area"},
	"text":    {label: "Minutes", hint: "An earlier version stays beside a later one.", shape: "area"},
	"version": {label: "Version of the minutes", shape: "decimal"},
	"in":      {label: "Approved by the meeting of", shape: "choice"},
	"day":     {label: "Day from which it counts", shape: "date"},
}

// writtenLines are the lines of a text that have words.
func writtenLines(text string) (lines []string) {
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

func meetingTable(l *web.Locale) web.Table[meetingLine] {
	return web.Table[meetingLine]{Name: "meetings", Label: l.T("Meetings of the board"), Filters: []web.Filter{{Name: "find", Label: l.T("Words"), Kind: "search"}}, Columns: []web.Column[meetingLine]{
		{Name: "day", Heading: l.T("Day"), Cell: func(m meetingLine) web.Cell { return web.Cell{Value: m.Day, URL: meetingURL(m.Day)} }},
		{Name: "title", Heading: l.T("Title"), Cell: func(m meetingLine) web.Cell { return web.Cell{Value: m.Title, Note: m.Place} }},
		{Name: "items", Heading: l.T("Items"), Figure: true, Cell: func(m meetingLine) web.Cell { return web.Cell{Value: len(m.Agenda)} }},
		{Name: "papers", Heading: l.T("Papers"), Figure: true, Cell: func(m meetingLine) web.Cell { return web.Cell{Value: len(m.Papers)} }},
		{Name: "decisions", Heading: l.T("Decisions"), Figure: true, Cell: func(m meetingLine) web.Cell { return web.Cell{Value: m.Decisions} }},
		{Name: "state", Heading: l.T("State"), Cell: func(m meetingLine) web.Cell {
			badge := stateBadge(m.State)
			return web.Cell{Value: string(m.State), Badge: &badge}
		}},
		{Name: "example", Heading: l.T("Example"), Cell: func(m meetingLine) web.Cell {
			if !m.Example {
				return web.Cell{}
			}
			return web.Cell{Value: l.T("Example"), Badge: &web.Badge{Kind: "demo", Text: "Example"}}
		}},
	}}
}
