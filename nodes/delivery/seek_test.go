package delivery_test

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"passerelle/contracts"
	"passerelle/internal/access"
	"passerelle/internal/storage"
	"passerelle/nodes/delivery"
)

var (
	errNobodyKnows = errors.New("the line is dead")
	notThere       = contracts.Fault{Code: "x", Message: delivery.NotInNetwork}
)

// network is what the lookup answers, and how often it was asked.
type network struct {
	says  error
	asked int
}

func (n *network) find(context.Context, delivery.Parcel) error {
	n.asked++
	return n.says
}

// seeking is a bench whose parcel is looked up first.
func seeking(t testing.TB, says error, mail bool) (*bench, *network) {
	t.Helper()
	b, n := newBench(t), &network{says: says}
	b.Find = n.find
	if mail {
		b.Carriers[delivery.Mail] = b.out
	}
	p := delivery.Parcel{Name: "be-1-peppol", File: "be-1-peppol.xml", Channel: delivery.Folder, Ask: true, To: "buyer@example.org", Content: []byte("<Invoice/>")}
	err := b.DB.Write(t.Context(), func(ctx context.Context, tx *storage.Tx) error { return b.Keep(ctx, tx, access.Program(), p) })
	if err != nil {
		t.Fatal(err)
	}
	return b, n
}

func TestWhoIsInTheNetworkGetsItThere(t *testing.T) {
	b, n := seeking(t, nil, true)
	if b.status() != delivery.Seeking {
		t.Fatal(b.status())
	}
	b.work(t)
	if b.status() != delivery.Waiting || len(b.out.took) != 0 {
		t.Fatalf("the answer is not noted before the parcel goes: %s", b.status())
	}
	n.says = notThere // an answer that comes too late to matter
	b.work(t)
	if k := b.kept["be-1-peppol"]; k.Status != delivery.Handed || k.Channel != delivery.Folder || b.out.took["be-1-peppol"] != 1 || n.asked != 1 {
		t.Errorf("%+v, asked %d", k, n.asked)
	}
}

func TestWhoIsNotInTheNetworkGetsItByMailOrByHand(t *testing.T) {
	for name, tt := range map[string]struct {
		mail    bool
		channel delivery.Channel
		status  delivery.Status
		sent    int
	}{"mail": {true, delivery.Mail, delivery.Handed, 1}, "no mail": {false, delivery.ByHand, delivery.Manual, 0}} {
		b, n := seeking(t, notThere, tt.mail)
		b.work(t)
		if k := b.kept["be-1-peppol"]; k.Channel != tt.channel || k.Last().Reason != delivery.NotInNetwork {
			t.Errorf("%s: %+v", name, k)
		}
		n.says = nil
		b.work(t)
		b.work(t)
		if k := b.kept["be-1-peppol"]; k.Status != tt.status || k.Channel != tt.channel || b.out.took["be-1-peppol"] != tt.sent || n.asked != 1 {
			t.Errorf("%s: %+v, asked %d", name, k, n.asked)
		}
	}
	b, _ := seeking(t, notThere, true)
	k := b.kept["be-1-peppol"]
	k.To = ""
	b.kept["be-1-peppol"] = k
	b.work(t)
	if b.status() != delivery.Manual {
		t.Errorf("a buyer without an address: %s", b.status())
	}
}

func TestWhatNobodyKnowsIsAskedAgainAndToldAfterADay(t *testing.T) {
	b, n := seeking(t, errNobodyKnows, true)
	began, told := b.now, time.Time{}
	for b.now.Sub(began) < 5*24*time.Hour {
		b.work(t)
		k := b.kept["be-1-peppol"]
		if k.Status != delivery.Seeking || len(k.Events) > 1 || !k.Due.After(b.now) {
			t.Fatalf("%+v", k)
		}
		if told.IsZero() && k.Last().Reason == delivery.StillUnknown {
			told = b.now
		}
		b.now = k.Due
	}
	if after := told.Sub(began); after < 24*time.Hour || after > 31*time.Hour || len(b.out.took) != 0 || n.asked < 20 {
		t.Errorf("told after %s, asked %d", after, n.asked)
	}
	n.says = nil
	b.work(t)
	b.work(t)
	if b.status() != delivery.Handed || b.out.took["be-1-peppol"] != 1 {
		t.Error(b.status())
	}
}

func TestWhenNobodyIsAskedAnyMoreItGoesAsBefore(t *testing.T) {
	b, _ := seeking(t, errNobodyKnows, true)
	b.Find = nil
	b.work(t)
	b.work(t)
	if k := b.kept["be-1-peppol"]; k.Status != delivery.Handed || k.Channel != delivery.Folder {
		t.Errorf("%+v", k)
	}
}

// unsteady are books that cannot always be written: the program is killed before they are.
type unsteady struct {
	*memory
	broken bool
}

var errKilled = errors.New("killed")

func (u *unsteady) MoveParcel(ctx context.Context, tx *storage.Tx, s access.Scope, k delivery.Kept, e delivery.Event) error {
	if u.broken {
		return errKilled
	}
	return u.memory.MoveParcel(ctx, tx, s, k, e)
}

func (u *unsteady) DeferParcel(ctx context.Context, tx *storage.Tx, s access.Scope, k delivery.Kept) error {
	if u.broken {
		return errKilled
	}
	return u.memory.DeferParcel(ctx, tx, s, k)
}

// ways notes by which channel each name went out.
type ways struct {
	channel delivery.Channel
	went    map[string][]delivery.Channel
	with    error
}

func (w *ways) Carry(_ context.Context, p delivery.Parcel) (told string, err error) {
	if p.Channel != w.channel {
		return "", errors.New("the parcel says another channel")
	}
	if !slices.Contains(w.went[p.Name], w.channel) {
		w.went[p.Name] = append(w.went[p.Name], w.channel) // it may have arrived, whatever is answered
	}
	return "", w.with
}

// Whatever the network says, however carriers and books fail and settings change: a parcel that may have gone out one way never goes another,
// and its name stays. Only its carriers' receivers see it more than once, always under that name.
func TestAParcelNeverGoesTwoWays(t *testing.T) {
	db, err := storage.Open(t.Context(), filepath.Join(t.TempDir(), "x.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rapid.Check(t, func(t *rapid.T) {
		books := &unsteady{memory: &memory{map[string]delivery.Kept{}}}
		now, went, lookup := time.Date(2026, 3, 31, 8, 0, 0, 0, time.UTC), map[string][]delivery.Channel{}, &network{}
		folder, mail := &ways{delivery.Folder, went, nil}, &ways{delivery.Mail, went, nil}
		d := delivery.Delivery{Store: books, DB: db, Now: func() time.Time { return now }, Log: slog.New(slog.DiscardHandler), Find: lookup.find,
			Carriers: map[delivery.Channel]delivery.Carrier{delivery.Folder: folder, delivery.Mail: mail}}
		p := delivery.Parcel{Name: "be-1-peppol", Channel: delivery.Folder, Ask: rapid.Bool().Draw(t, "ask"), To: rapid.SampledFrom([]string{"", "buyer@example.org"}).Draw(t, "to"), Content: []byte("<Invoice/>")}
		if err := db.Write(context.Background(), func(ctx context.Context, tx *storage.Tx) error { return d.Keep(ctx, tx, access.Program(), p) }); err != nil {
			t.Fatal(err)
		}
		fate := rapid.SampledFrom([]error{nil, errNobodyKnows, notThere})
		t.Repeat(map[string]func(*rapid.T){
			"work": func(t *rapid.T) {
				lookup.says, folder.with, mail.with = fate.Draw(t, "found"), fate.Draw(t, "folder"), fate.Draw(t, "mail")
				books.broken = rapid.Bool().Draw(t, "killed")
				if _, err := d.Work(context.Background()); err != nil && !errors.Is(err, errKilled) {
					t.Fatal(err)
				}
				books.broken = false
			},
			"time":  func(t *rapid.T) { now = now.Add(time.Duration(rapid.IntRange(1, 48).Draw(t, "hours")) * time.Hour) },
			"again": func(t *rapid.T) { _ = d.Again(context.Background(), access.Program(), p.Name, "somebody") },
			"settings": func(t *rapid.T) {
				if d.Find = lookup.find; rapid.Bool().Draw(t, "off") {
					d.Find = nil
				}
			},
			"answer": func(t *rapid.T) {
				if len(went[p.Name]) > 0 { // nobody answers what he did not get
					_ = d.Take(context.Background(), access.Program(), delivery.Answer{Name: p.Name, Status: delivery.Accepted}, "folder")
				}
			},
			"": func(t *rapid.T) {
				k := books.kept[p.Name]
				if len(books.kept) != 1 || k.Name != p.Name || len(went) > 1 || len(went[p.Name]) > 1 {
					t.Fatalf("%+v went by %v", k, went)
				}
				if out := went[p.Name]; len(out) == 1 && (k.Channel != out[0] || k.Status == delivery.Seeking) || k.Status == delivery.Handed && len(out) == 0 {
					t.Fatalf("%s by %s, but went by %v", k.Status, k.Channel, out)
				}
			},
		})
	})
}
