package delivery_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"passerelle/contracts"
	"passerelle/internal/access"
	"passerelle/internal/storage"
	"passerelle/nodes/delivery"
)

// memory keeps parcels as the database does.
type memory struct{ kept map[string]delivery.Kept }

func (m *memory) InsertParcel(_ context.Context, _ *storage.Tx, _ access.Scope, k delivery.Kept, _ time.Time) error {
	m.kept[k.Name] = k
	return nil
}

func (m *memory) DueParcels(_ context.Context, _ storage.Querier, _ access.Scope, at time.Time, _ int) (due []delivery.Kept, err error) {
	for _, k := range m.kept {
		waits := k.Status == delivery.Waiting || k.Status == delivery.Seeking || k.Status == delivery.Handed && !k.Due.IsZero()
		if waits && !k.Due.After(at) {
			due = append(due, k)
		}
	}
	return due, nil
}

func (m *memory) Parcel(_ context.Context, _ storage.Querier, _ access.Scope, name string) (delivery.Kept, bool, error) {
	k, found := m.kept[name]
	return k, found, nil
}

func (m *memory) ParcelsOf(context.Context, storage.Querier, access.Scope, contracts.InvoiceID) ([]delivery.Kept, error) {
	return nil, errors.New("nobody asks")
}

func (m *memory) MoveParcel(_ context.Context, _ *storage.Tx, _ access.Scope, k delivery.Kept, e delivery.Event) error {
	k.Events = append(slices.Clone(k.Events), e)
	m.kept[k.Name] = k
	return nil
}

func (m *memory) DeferParcel(_ context.Context, _ *storage.Tx, _ access.Scope, k delivery.Kept) error {
	now := m.kept[k.Name]
	if now.Tries, now.Due = k.Tries, k.Due; now.Status == k.Status {
		m.kept[k.Name] = now
	}
	return nil
}

// outside takes parcels, each name once, and fails as often as it is told.
type outside struct {
	fails int
	with  error
	took  map[string]int
}

func (o *outside) Carry(_ context.Context, p delivery.Parcel) (told string, err error) {
	if o.fails > 0 {
		o.fails--
		return "", o.with
	}
	o.took[p.Name]++
	return "", nil
}

type bench struct {
	delivery.Delivery
	*memory
	now time.Time
	out *outside
}

func newBench(t testing.TB) *bench {
	t.Helper()
	db, err := storage.Open(t.Context(), filepath.Join(t.TempDir(), "x.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	b := &bench{memory: &memory{map[string]delivery.Kept{}}, now: time.Date(2026, 3, 31, 8, 0, 0, 0, time.UTC), out: &outside{took: map[string]int{}}}
	b.Delivery = delivery.Delivery{Store: b.memory, DB: db, Carriers: map[delivery.Channel]delivery.Carrier{delivery.Folder: b.out}, Now: func() time.Time { return b.now }, Log: slog.New(slog.DiscardHandler)}
	return b
}

func (b *bench) keep(t testing.TB, channel delivery.Channel) {
	t.Helper()
	p := delivery.Parcel{Name: "be-1-peppol", File: "be-1-peppol.xml", Channel: channel, Content: []byte("<Invoice/>")}
	err := b.DB.Write(t.Context(), func(ctx context.Context, tx *storage.Tx) error { return b.Keep(ctx, tx, access.Program(), p) })
	if err != nil {
		t.Fatal(err)
	}
}

func (b *bench) work(t testing.TB) {
	t.Helper()
	if _, err := b.Work(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func (b *bench) status() delivery.Status { return b.kept["be-1-peppol"].Status }

func TestAParcelIsTriedLongerAndLongerApartUntilItIsTaken(t *testing.T) {
	b := newBench(t)
	b.out.fails, b.out.with = 4, errors.New("the line is dead")
	b.keep(t, delivery.Folder)
	var waits []time.Duration
	for b.status() == delivery.Waiting {
		b.work(t)
		k := b.kept["be-1-peppol"]
		if k.Status == delivery.Waiting {
			waits = append(waits, k.Due.Sub(b.now))
			b.now = k.Due.Add(-time.Second)
			b.work(t) // too early: nothing happens
			b.now = k.Due
		}
	}
	want := []time.Duration{30 * time.Second, time.Minute, 2 * time.Minute, 4 * time.Minute}
	if !slices.Equal(waits, want) || b.out.took["be-1-peppol"] != 1 || b.status() != delivery.Handed {
		t.Errorf("waited %v, taken %v, %s", waits, b.out.took, b.status())
	}
	b.now = b.now.AddDate(1, 0, 0)
	b.work(t)
	if b.out.took["be-1-peppol"] != 1 {
		t.Error("what was taken is sent again")
	}
}

func TestAProgramKilledBetweenSendingAndNotingSendsTheSameNameAgain(t *testing.T) {
	b := newBench(t)
	b.keep(t, delivery.Folder)
	before := b.kept["be-1-peppol"]
	b.work(t)
	b.kept["be-1-peppol"] = before // the note was lost
	b.work(t)
	if b.out.took["be-1-peppol"] != 2 || len(b.out.took) != 1 || b.status() != delivery.Handed {
		t.Errorf("%v, %s", b.out.took, b.status())
	}
}

func TestWhatNoTryChangesIsRefusedAndSentAgainOnAsking(t *testing.T) {
	b := newBench(t)
	b.out.fails, b.out.with = 1, contracts.Fault{Code: "x", Message: "no such participant"}
	b.keep(t, delivery.Folder)
	b.work(t)
	if k := b.kept["be-1-peppol"]; k.Status != delivery.Refused || k.Last().Reason != "no such participant" {
		t.Fatalf("%+v", k)
	}
	b.work(t)
	if err := b.Again(t.Context(), access.Program(), "be-1-peppol", "somebody"); err != nil {
		t.Fatal(err)
	}
	b.work(t)
	if b.status() != delivery.Handed {
		t.Error(b.status())
	}
}

// TestAnAnswerComesWhileAParcelIsTried: it counts, whatever the try comes to, and the round goes on.
func TestAnAnswerComesWhileAParcelIsTried(t *testing.T) {
	for name, end := range map[string]error{"taken": nil, "refused": contracts.Fault{Code: "x", Message: "no"}, "the line breaks": errors.New("the line breaks")} {
		b := newBench(t)
		b.Carriers[delivery.Folder] = during{func() error {
			err := b.Take(t.Context(), access.Program(), delivery.Answer{Name: "be-1-peppol", Status: delivery.Rejected, Reason: "wrong order number"}, "folder")
			return errors.Join(err, end)
		}}
		b.keep(t, delivery.Folder)
		b.work(t)
		if k := b.kept["be-1-peppol"]; k.Status != delivery.Rejected || k.Why() != "wrong order number" {
			t.Errorf("%s: %s, %q", name, k.Status, k.Why())
		}
	}
}

// during is a carrier on whose way something happens.
type during struct{ carry func() error }

func (d during) Carry(context.Context, delivery.Parcel) (string, error) { return "", d.carry() }

// TestAnAnswerToWhatAPersonSentInsteadIsTaken: the program could not send it.
func TestAnAnswerToWhatAPersonSentInsteadIsTaken(t *testing.T) {
	b := newBench(t)
	b.out.fails, b.out.with = 1, contracts.Fault{Code: "x", Message: "no such participant"}
	b.keep(t, delivery.Folder)
	b.work(t)
	if err := b.Take(t.Context(), access.Program(), delivery.Answer{Name: "be-1-peppol", Status: delivery.Accepted}, "somebody"); err != nil || b.status() != delivery.Accepted {
		t.Errorf("%s, %v", b.status(), err)
	}
}

func TestWithoutAChannelNothingIsSent(t *testing.T) {
	b := newBench(t)
	b.keep(t, delivery.Mail)
	b.work(t)
	if b.status() != delivery.Manual || len(b.out.took) != 0 {
		t.Errorf("%s, %v", b.status(), b.out.took)
	}
}

func TestAnAlteredDocumentIsNotSent(t *testing.T) {
	b := newBench(t)
	b.keep(t, delivery.Folder)
	k := b.kept["be-1-peppol"]
	k.Content = []byte("<Invoice>other</Invoice>")
	b.kept["be-1-peppol"] = k
	b.work(t)
	if b.status() != delivery.Refused || len(b.out.took) != 0 {
		t.Errorf("%s, %v", b.status(), b.out.took)
	}
}

func TestAnswersInAnyOrderTellOneStory(t *testing.T) {
	all := []delivery.Status{delivery.Handed, delivery.Accepted, delivery.Rejected, delivery.Paid, delivery.Refused, delivery.Waiting}
	rapid.Check(t, func(t *rapid.T) {
		at := delivery.Waiting
		for _, to := range rapid.SliceOf(rapid.SampledFrom(all)).Draw(t, "answers") {
			changed, err := at.Move(to)
			again, errAgain := to.Move(to)
			if changed && err != nil || again || errAgain != nil {
				t.Fatalf("%s to %s: %v, %v", at, to, changed, err)
			}
			if !changed {
				continue
			}
			if (at == delivery.Rejected || at == delivery.Paid) || (at == delivery.Accepted && to != delivery.Rejected && to != delivery.Paid) {
				t.Fatalf("%s went back to %s", at, to)
			}
			at = to
		}
	})
}

func TestAnAnswerMayOvertakeTheNoteThatItWasTaken(t *testing.T) {
	b := newBench(t)
	b.keep(t, delivery.Folder)
	for range 2 { // told twice
		if err := b.Take(t.Context(), access.Program(), delivery.Answer{Name: "be-1-peppol", Status: delivery.Accepted}, "folder"); err != nil {
			t.Fatal(err)
		}
	}
	b.work(t)
	if k := b.kept["be-1-peppol"]; k.Status != delivery.Accepted || len(k.Events) != 1 || len(b.out.took) != 0 {
		t.Errorf("%+v", k)
	}
}

func TestAnswersComeBackInAFolder(t *testing.T) {
	b, folder := newBench(t), t.TempDir()
	b.keep(t, delivery.Folder)
	if err := os.Mkdir(filepath.Join(folder, "0.json"), 0o700); err != nil { // it cannot be read, and stays
		t.Fatal(err)
	}
	for name, content := range map[string]string{
		"1.json": `{"name":"be-1-peppol","status":"rejected","reason":"wrong order number"}`,
		"2.json": `{"name":"nobody","status":"accepted"}`,
		"3.json": `{"name":"be-1-peppol","status":"handed"}`,
		"4.json": `not JSON`,
		"5.part": `{}`,
	} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	taken, err := b.Collect(t.Context(), folder)
	if err != nil || taken != 1 || b.status() != delivery.Rejected || b.kept["be-1-peppol"].Last().Reason != "wrong order number" {
		t.Fatalf("%d, %v, %+v", taken, err, b.kept["be-1-peppol"])
	}
	done, _ := filepath.Glob(filepath.Join(folder, "done", "*"))
	refused, _ := filepath.Glob(filepath.Join(folder, "refused", "*"))
	left, _ := filepath.Glob(filepath.Join(folder, "*.*"))
	if len(done) != 1 || len(refused) != 3 || len(left) != 2 {
		t.Errorf("done %v, refused %v, left %v", done, refused, left)
	}
}

func TestWhatIsNotedOfAParcelLeavesItAsItStands(t *testing.T) {
	b := newBench(t)
	b.keep(t, delivery.Folder)
	b.work(t)
	for range 2 { // told twice
		if err := b.Note(t.Context(), access.Program(), "be-1-peppol", "its number is 111", "folder"); err != nil {
			t.Fatal(err)
		}
	}
	if k := b.kept["be-1-peppol"]; k.Status != delivery.Handed || len(k.Events) != 2 || k.Last().Reason != "its number is 111" {
		t.Errorf("%+v", k)
	}
	if err := b.Note(t.Context(), access.Program(), "nobody", "x", "folder"); !errors.Is(err, delivery.ErrNotFound) {
		t.Errorf("a note of nothing: %v", err)
	}
}

func TestAFolderGetsEachDocumentOnceAndWhole(t *testing.T) {
	folder := delivery.InFolder{Path: t.TempDir()}
	p := delivery.Parcel{Name: "be-1-peppol", File: "be-1-peppol.xml", Receiver: "iso6523-actorid-upis::0208:0403019261", Content: []byte("<Invoice/>")}
	if err := os.WriteFile(filepath.Join(folder.Path, p.File+".part"), []byte("<Inv"), 0o600); err != nil { // left by a kill
		t.Fatal(err)
	}
	for range 2 {
		if _, err := folder.Carry(t.Context(), p); err != nil {
			t.Fatal(err)
		}
	}
	files, _ := filepath.Glob(filepath.Join(folder.Path, "*"))
	about, err := os.ReadFile(filepath.Join(folder.Path, "be-1-peppol.json"))
	if len(files) != 2 || err != nil || !strings.Contains(string(about), "0208:0403019261") {
		t.Errorf("%v, %s, %v", files, about, err)
	}
	p.Content = []byte("<Other/>")
	if _, err := folder.Carry(t.Context(), p); !contracts.IsFault(err) {
		t.Errorf("another document took the name: %v", err)
	}
	for _, name := range []string{"../out.xml", "/etc/out.xml"} {
		p.File = name
		if _, err := folder.Carry(t.Context(), p); err == nil {
			t.Errorf("%s was written outside the folder", name)
		}
	}
}

func TestAnEndpointGetsTheDocumentWithItsNameAndToken(t *testing.T) {
	status, redirected := http.StatusCreated, false
	other := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { redirected = true }))
	defer other.Close()
	var key, token string
	var got struct{ Name, Receiver, Document string }
	provider := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		key, token = r.Header.Get("Idempotency-Key"), r.Header.Get("Authorization")
		if err := json.NewDecoder(r.Body).Decode(&got); err != nil {
			t.Error(err)
		}
		w.Header().Set("Location", other.URL)
		w.WriteHeader(status)
		w.Write([]byte("line one\nline two"))
	}))
	defer provider.Close()
	secret := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(secret, []byte("abc\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	e, err := delivery.NewEndpoint(provider.URL, secret)
	if err != nil {
		t.Fatal(err)
	}
	e.Client.Transport = provider.Client().Transport
	p := delivery.Parcel{Name: "be-1-peppol", Receiver: "iso6523-actorid-upis::0208:0403019261", Content: []byte("<Invoice/>")}
	for _, tt := range []struct {
		status        int
		taken, noMore bool
	}{{201, true, false}, {409, true, false}, {422, false, true}, {400, false, true}, {401, false, false}, {429, false, false}, {503, false, false}, {307, false, false}} {
		status = tt.status
		_, err := e.Carry(t.Context(), p)
		if (err == nil) != tt.taken || contracts.IsFault(err) != tt.noMore {
			t.Errorf("%d: %v", tt.status, err)
		}
	}
	if key != "be-1-peppol" || token != "Bearer abc" || got.Name != "be-1-peppol" || got.Document != "PEludm9pY2UvPg==" || redirected {
		t.Errorf("%q %q %+v, followed elsewhere: %v", key, token, got, redirected)
	}
	for _, address := range []string{"http://provider.example/", "https://user:secret@provider.example/", "https://", "ftp://x", "::"} {
		if _, err := delivery.NewEndpoint(address, ""); !contracts.IsFault(err) {
			t.Errorf("%s is taken for an endpoint", address)
		}
	}
}

func FuzzParseAnswer(f *testing.F) {
	f.Add([]byte(`{"name":"be-1-peppol","status":"rejected","reason":"x"}`))
	f.Add([]byte(`{"name":"a","name":"b","status":"paid"}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		a, err := delivery.ParseAnswer(b)
		if err == nil && (a.Name == "" || a.Status == delivery.Rejected && a.Reason == "" || len([]rune(a.Reason)) > 1000) {
			t.Errorf("%+v from %q", a, bytes.TrimSpace(b))
		}
	})
}
