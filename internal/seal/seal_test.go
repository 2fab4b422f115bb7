package seal_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"passerelle/contracts"
	"passerelle/contracts/sample"
	"passerelle/internal/seal"
)

func keys(t testing.TB) seal.Keys {
	t.Helper()
	k, err := seal.NewKey(1)
	if err != nil {
		t.Fatal(err)
	}
	return seal.Keys{k}
}

// closed seals a part and returns the message that carries it.
func closed(t testing.TB, to seal.Keys, m contracts.CaseMessageSent, part []byte) contracts.CaseMessageSent {
	t.Helper()
	m.Key = to.Latest().ID()
	sealed, err := seal.Seal(to.Latest().Published("FR").Public, "test", m, part)
	if err != nil {
		t.Fatal(err)
	}
	m.Sealed = sealed
	return m
}

func code(err error) contracts.FaultCode {
	if !contracts.IsFault(err) {
		return ""
	}
	return contracts.FaultsOf(err)[0].Code
}

func TestWhatIsSealedOpensForItsAddresseeAlone(t *testing.T) {
	fr := keys(t)
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.SampledFrom([]int{0, 1, 4091, 4092, 4093, 8188, 8189, 65532, 131067, seal.PartSize}).Draw(rt, "size")
		part := bytes.Repeat([]byte{rapid.Byte().Draw(rt, "byte")}, n)
		m := closed(t, fr, sample.Message(), part)
		got, err := fr.Open("test", m)
		if err != nil || !bytes.Equal(got, part) {
			rt.Fatalf("%d bytes: %v", n, err)
		}
		if err := m.Validate(); err != nil {
			rt.Fatalf("%d bytes do not fit a message: %v", n, err)
		}
	})
	if _, err := keys(t).Open("test", closed(t, fr, sample.Message(), []byte("x"))); code(err) != seal.FaultKey {
		t.Errorf("another's keys: %v", err)
	}
}

// TestSealedInOnePlaceDoesNotOpenInAnother changes each part of the context, as somebody would who lifts a part into a message of his own.
func TestSealedInOnePlaceDoesNotOpenInAnother(t *testing.T) {
	fr := keys(t)
	for name, move := range map[string]func(m *contracts.CaseMessageSent){
		"case":        func(m *contracts.CaseMessageSent) { m.Case = contracts.CaseID(strings.Repeat("0", 32)) },
		"sender":      func(m *contracts.CaseMessageSent) { m.From = "DE" },
		"recipient":   func(m *contracts.CaseMessageSent) { m.To = "DE" },
		"home":        func(m *contracts.CaseMessageSent) { m.Home = "DE" },
		"flow":        func(m *contracts.CaseMessageSent) { m.Flow = contracts.FlowException },
		"kind":        func(m *contracts.CaseMessageSent) { m.Kind = contracts.KindChangeNotice },
		"message":     func(m *contracts.CaseMessageSent) { m.Message = contracts.MessageID(strings.Repeat("0", 32)) },
		"version":     func(m *contracts.CaseMessageSent) { m.Version = 2 },
		"in reply to": func(m *contracts.CaseMessageSent) { m.InReplyTo = m.Message },
		"rule set":    func(m *contracts.CaseMessageSent) { m.RuleSet = "eu-2028" },
		"class":       func(m *contracts.CaseMessageSent) { m.Class = contracts.ClassDocuments },
		"part":        func(m *contracts.CaseMessageSent) { m.Part = 2 },
		"parts":       func(m *contracts.CaseMessageSent) { m.Parts = 2 },
		"a byte":      func(m *contracts.CaseMessageSent) { m.Sealed[len(m.Sealed)/2] ^= 1 },
		"its end":     func(m *contracts.CaseMessageSent) { m.Sealed = m.Sealed[:len(m.Sealed)-1] },
		"nothing":     func(m *contracts.CaseMessageSent) { m.Sealed = nil },
	} {
		m := closed(t, fr, sample.Message(), []byte("a letter"))
		move(&m)
		if got, err := fr.Open("test", m); code(err) != seal.FaultSealed {
			t.Errorf("%s: %q %v", name, got, err)
		}
	}
	if _, err := fr.Open("earnest", closed(t, fr, sample.Message(), []byte("x"))); code(err) != seal.FaultSealed {
		t.Errorf("another network: %v", err)
	}
}

func TestLengthTellsLittle(t *testing.T) {
	fr := keys(t)
	sizes := map[int]bool{}
	for n := 0; n <= seal.PartSize; n += 1021 {
		sizes[len(closed(t, fr, sample.Message(), make([]byte, n)).Sealed)] = true
	}
	if len(sizes) != 6 {
		t.Errorf("%d sizes, want 6", len(sizes))
	}
	several := sample.Message()
	several.Parts = 3
	if got, whole := len(closed(t, fr, several, nil).Sealed), len(closed(t, fr, several, make([]byte, seal.PartSize)).Sealed); got != whole || whole > contracts.MaxPart {
		t.Errorf("parts of one message have %d and %d bytes", got, whole)
	}
}

func TestPartsTogetherAreTheMessage(t *testing.T) {
	for _, n := range []int{0, 1, seal.PartSize, seal.PartSize + 1, 3*seal.PartSize - 1} {
		message := bytes.Repeat([]byte{5}, n)
		parts := seal.Parts(message)
		if len(parts) != max(1, (n+seal.PartSize-1)/seal.PartSize) || !bytes.Equal(bytes.Join(parts, nil), message) {
			t.Errorf("%d bytes in %d parts", n, len(parts))
		}
	}
}

func TestEarlierKeysGoOnOpening(t *testing.T) {
	dir := t.TempDir()
	first, err := seal.LoadOrMake(dir, "fr")
	if err != nil {
		t.Fatal(err)
	}
	m := closed(t, first, sample.Message(), []byte("old"))
	second, err := seal.NewKey(2)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := second.Save(dir, "fr"); err != nil {
		t.Fatal(err)
	}
	if _, err := second.Save(dir, "fr"); err == nil {
		t.Error("a key was overwritten")
	}
	both, err := seal.LoadOrMake(dir, "fr")
	if err != nil || len(both) != 2 || both.Latest().ID() != second.ID() {
		t.Fatalf("%d keys: %v", len(both), err)
	}
	if got, err := both.Open("test", m); err != nil || string(got) != "old" {
		t.Errorf("%q %v", got, err)
	}
	if none, err := seal.LoadKeys(dir, "de"); err != nil || len(none) != 0 {
		t.Errorf("another's keys: %d %v", len(none), err)
	}
}

func TestAKeyThatOthersMayReadIsRefused(t *testing.T) {
	dir := t.TempDir()
	if _, err := seal.LoadOrMake(dir, "fr"); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, seal.FileName("fr", 1))
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := seal.LoadKeys(dir, "fr"); err == nil || !strings.Contains(err.Error(), "chmod 600") {
		t.Errorf("loaded: %v", err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("no key"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := seal.LoadKeys(dir, "fr"); err == nil {
		t.Error("loaded what is no key")
	}
}

func FuzzOpen(f *testing.F) {
	fr := keys(f)
	good := closed(f, fr, sample.Message(), []byte("a letter"))
	f.Add(good.Sealed)
	f.Add(good.Sealed[:1120])
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, sealed []byte) {
		m := good
		m.Sealed = sealed
		got, err := fr.Open("test", m)
		if err == nil && (!bytes.Equal(sealed, good.Sealed) || string(got) != "a letter") {
			t.Errorf("opened %q", got)
		}
		if err != nil && !contracts.IsFault(err) {
			t.Errorf("no fault: %v", err)
		}
	})
}

func BenchmarkSealAndOpenALetter(b *testing.B) {
	fr := keys(b)
	for b.Loop() {
		m := closed(b, fr, sample.Message(), make([]byte, 3000))
		if _, err := fr.Open("test", m); err != nil {
			b.Fatal(err)
		}
	}
}
