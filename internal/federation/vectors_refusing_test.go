package federation

import (
	"crypto/ed25519"
	"encoding/base64"
	"math/big"
	"slices"
	"strings"
	"testing"

	"passerelle/contracts"
)

// refusing is the table of frames that must be rejected.
func refusing(t *testing.T) []vector {
	tb := newTable(t)
	tb.lines()
	tb.frames()
	tb.encodings()
	tb.headers()
	tb.keys()
	tb.signatures()
	tb.events()
	tb.receipts()
	tb.standings()
	tb.mixtures()
	return tb.vectors
}

func (tb *table) refuse(name string, code contracts.FaultCode, line string) {
	tb.add(vector{Name: name, Reader: contracts.Hub, Code: code}, line)
}

func (tb *table) refuseAt(reader contracts.PartyID, name string, code contracts.FaultCode, line string) {
	tb.add(vector{Name: name, Reader: reader, Code: code}, line)
}

// lines are no frames at all.
func (tb *table) lines() {
	good := eventFrame(event1().String())
	for _, c := range []struct{ name, line string }{
		{"nothing", ""}, {"a space", " "}, {"null", "null"}, {"true", "true"}, {"a number", "1"}, {"a string", `"x"`}, {"an empty list", "[]"}, {"an empty object", "{}"},
		{"a list of one frame", "[" + good + "]"}, {"cut after the first byte", good[:1]}, {"cut in a name", good[:5]}, {"cut in the middle", good[:len(good)/2]}, {"cut before the last quote", good[:len(good)-2]},
		{"cut before the last brace", good[:len(good)-1]}, {"a letter after it", good + "x"}, {"a comma after it", good + ","}, {"an empty object after it", good + "{}"}, {"a second frame after it", good + good}, {"null after it", good + " null"},
		{"U+0000 after it", good + "\x00"}, {"a no-break space after it", good + "\u00a0"}, {"a vertical tab after it", good + "\v"}, {"a byte order mark before it", "\ufeff" + good}, {"a letter before it", "x" + good},
		{"a comment after it", good + "//"}, {"a comment inside", strings.Replace(good, ",", ",/**/", 1)}, {"a comma too many", strings.Replace(good, "}", ",}", 1)}, {"a comma too few", strings.Replace(good, `","`, `" "`, 1)},
		{"apostrophes for quotes", strings.ReplaceAll(good, `"`, "'")}, {"names without quotes", strings.Replace(good, `"protected"`, "protected", 1)}, {"a byte that is no UTF-8 in a text", strings.Replace(good, `"protected":"`, "\"protected\":\"\xff", 1)},
		{"a byte that is no UTF-8 in a name", strings.Replace(good, "payload", "payload\xff", 1)}, {"half a surrogate pair", strings.Replace(good, `"protected":"`, `"protected":"\ud800`, 1)},
		{"longer than 353620 bytes", strings.Replace(good, "{", "{"+strings.Repeat("    ", 90000), 1)},
	} {
		tb.refuse("line: "+c.name, FaultFrame, c.line)
	}
}

// frames are objects with other members than a frame has.
func (tb *table) frames() {
	good := outer(beKey, header1(beKey, TypeEvent).String(), event1().String())
	for _, m := range good {
		tb.refuse("frame: no "+m.name, FaultFrame, good.without(m.name).String())
		tb.refuse("frame: "+m.name+" twice", FaultFrame, good.twice(m.name, m.name).String())
		tb.refuse("frame: "+m.name+" twice, once escaped", FaultFrame, good.twice(m.name, `\u00`+hexOf(m.name[0])+m.name[1:]).String())
		tb.refuse("frame: "+m.name+" in capitals", FaultFrame, good.renamed(m.name, strings.ToUpper(m.name)).String())
		tb.refuse("frame: "+m.name+" with a capital", FaultFrame, good.renamed(m.name, strings.ToUpper(m.name[:1])+m.name[1:]).String())
		tb.refuse("frame: "+m.name+" with a capital beside it", FaultFrame, good.twice(m.name, strings.ToUpper(m.name[:1])+m.name[1:]).String())
		for _, other := range [][2]string{{"null", "null"}, {"a number", "1"}, {"true", "true"}, {"a list", "[" + m.value + "]"}, {"an object", `{"a":` + m.value + "}"}} {
			tb.refuse("frame: "+m.name+" is "+other[0], FaultFrame, good.with(m.name, other[1]).String())
		}
	}
	for _, extra := range []string{"header", "kid", "alg", "typ", "crit", "signatures", "x", "", " payload", "payload "} {
		tb.refuse("frame: a member "+quote(extra)+" more", FaultFrame, good.with(extra, `{}`).String())
		tb.refuse("frame: a text "+quote(extra)+" more", FaultFrame, good.with(extra, `"x"`).String())
	}
	text := func(name string) string { return strings.Trim(good.value(name), `"`) }
	tb.refuse("frame: the compact form", FaultFrame, text("protected")+"."+text("payload")+"."+text("signature"))
	tb.refuse("frame: the compact form as a text", FaultFrame, quote(text("protected")+"."+text("payload")+"."+text("signature")))
	tb.refuse("frame: the general form", FaultFrame, `{"payload":`+good.value("payload")+`,"signatures":[{"protected":`+good.value("protected")+`,"signature":`+good.value("signature")+`}]}`)
}

func hexOf(b byte) string { return string([]byte{"0123456789abcdef"[b>>4], "0123456789abcdef"[b&15]}) }

// encodings are other spellings of the same bytes than the canonical one. Each is signed as it stands.
func (tb *table) encodings() {
	e, h := event1(), header1(beKey, TypeEvent).String()
	for len(b64.EncodeToString([]byte(e.String())))%4 == 0 { // so that there are unused bits
		e = e.with("id", quote(strings.Trim(e.value("id"), `"`)+"0"))
	}
	for len(h)%3 == 0 {
		h = strings.Replace(h, "{", "{ ", 1)
	}
	protected, payload := b64.EncodeToString([]byte(h)), b64.EncodeToString([]byte(e.String()))
	respell := []struct {
		name string
		do   func(string) string
	}{
		{"padding", func(s string) string { return s + strings.Repeat("=", (4-len(s)%4)%4) }},
		{"one padding too many", func(s string) string { return s + "===" }},
		{"unused bits that are set", unusedBit},
		{"a line feed", func(s string) string { return s[:8] + "\n" + s[8:] }},
		{"a carriage return", func(s string) string { return s[:8] + "\r" + s[8:] }},
		{"a line feed at the end", func(s string) string { return s + "\n" }},
		{"a space", func(s string) string { return s[:8] + " " + s[8:] }},
		{"a full stop", func(s string) string { return s[:8] + "." + s[8:] }},
		{"a plus sign", func(s string) string { return s[:8] + "+" + s[9:] }},
		{"a slash", func(s string) string { return s[:8] + "/" + s[9:] }},
		{"a letter outside ASCII", func(s string) string { return s[:8] + "é" + s[8:] }},
		{"a length that no bytes have", func(s string) string { return s[:len(s)-len(s)%4+1-4*(1-min(len(s)%4, 1))] }},
	}
	for _, r := range respell {
		for _, which := range []string{"protected", "payload", "signature"} {
			p, l := protected, payload
			switch which {
			case "protected":
				p = r.do(p)
			case "payload":
				l = r.do(l)
			}
			s := b64.EncodeToString(ed25519.Sign(beKey.private, signingInput(p, l)))
			if which == "signature" {
				s = r.do(s)
			}
			tb.refuse("base64url: "+r.name+" in "+which, FaultFrame, object{{"protected", quote(p)}, {"payload", quote(l)}, {"signature", quote(s)}}.String())
		}
	}
	std := base64.RawStdEncoding.EncodeToString([]byte(e.with("cause", `"???>>>~~~???>>>"`).String()))
	if !strings.ContainsAny(std, "+/") {
		panic("the standard alphabet does not show")
	}
	s := b64.EncodeToString(ed25519.Sign(beKey.private, signingInput(protected, std)))
	tb.refuse("base64url: the other alphabet in payload", FaultFrame, object{{"protected", quote(protected)}, {"payload", quote(std)}, {"signature", quote(s)}}.String())
}

// unusedBit sets the lowest bit of the last digit, which encodes nothing when the length is no multiple of four.
func unusedBit(s string) string {
	const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	last := strings.IndexByte(digits, s[len(s)-1])
	return s[:len(s)-1] + string(digits[last|1])
}

func (tb *table) headers() {
	e, good := event1().String(), header1(beKey, TypeEvent)
	bad := func(name, header string) {
		tb.refuse("header: "+name, FaultHeader, outer(beKey, header, e).String())
	}
	for _, alg := range []string{"none", "None", "NONE", "", "EdDSA", "HS256", "RS256", "ES256", "Ed448", "ed25519", "ED25519", "Ed25519 ", "Ed25519ph"} {
		bad("alg "+quote(alg), good.with("alg", quote(alg)).String())
	}
	for _, typ := range []string{"", "JWT", "jose+json", "event+jws", "passerelle-event", "Passerelle-Event+jws", "passerelle-event+JWS", "application/passerelle-event+jws", "passerelle-event+jws ", "passerelle-message+jws", "passerelle-receipts+jws"} {
		bad("typ "+quote(typ), good.with("typ", quote(typ)).String())
	}
	for _, m := range good {
		if m.name != "kid" {
			bad("no "+m.name, good.without(m.name).String())
			bad(m.name+" is null", good.with(m.name, "null").String())
		}
		bad(m.name+" is a number", good.with(m.name, "1").String())
		bad(m.name+" is a list", good.with(m.name, "["+m.value+"]").String())
		bad(m.name+" twice", good.twice(m.name, m.name).String())
		bad(m.name+" in capitals", good.renamed(m.name, strings.ToUpper(m.name)).String())
		bad(m.name+" twice, once in capitals", good.twice(m.name, strings.ToUpper(m.name)).String())
	}
	for _, extra := range []member{{"b64", "false"}, {"b64", "true"}, {"crit", "[]"}, {"crit", `["b64"]`}, {"crit", `["exp"]`}, {"jwk", "{}"}, {"jku", `"https://example.org/keys"`}, {"x5u", `"https://example.org/cert"`},
		{"x5c", "[]"}, {"x5t", `""`}, {"cty", `"json"`}, {"zip", `"DEF"`}, {"enc", `"A256GCM"`}, {"url", `""`}, {"nonce", `""`}, {"exp", "1"}, {"x", "null"}, {"", `""`}} {
		bad("a member "+quote(extra.name)+" of "+extra.value, good.with(extra.name, extra.value).String())
	}
	for _, c := range [][2]string{{"nothing", ""}, {"null", "null"}, {"an empty object", "{}"}, {"a list", "[]"}, {"a text", `"Ed25519"`}, {"no JSON", "alg=Ed25519"}, {"cut short", good.String()[:20]}, {"something after it", good.String() + "{}"},
		{"a byte that is no UTF-8", strings.Replace(good.String(), "kid", "ki\xff", 1)}, {"a byte order mark", "\ufeff" + good.String()}} {
		bad(c[0], c[1])
	}
}

func (tb *table) keys() {
	e := event1().String()
	named := func(name, kid string) {
		tb.refuse("key: "+name, FaultKey, outer(beKey, header1(beKey, TypeEvent).with("kid", kid).String(), e).String())
	}
	id := string(beKey.ID)
	named("no text", `""`)
	named("none", "null")
	named("another party with the same digits", quote("de"+strings.TrimPrefix(id, "be")))
	named("in capitals", quote(strings.ToUpper(id)))
	named("digits alone", quote(strings.TrimPrefix(id, "be.")))
	named("party alone", `"be"`)
	named("cut short", quote(id[:len(id)-1]))
	named("a space after it", quote(id+" "))
	named("a path", `"../../etc/passwd"`)
	named("of an unlisted party", quote(string(strangerKey.ID)))
	tb.refuse("key: missing", FaultKey, outer(beKey, header1(beKey, TypeEvent).without("kid").String(), e).String())
	tb.refuse("key: a stranger's, properly signed", FaultKey, outer(strangerKey, header1(strangerKey, TypeEvent).String(), e).String())
	tb.refuse("key: another party's, signed with our own", FaultSignature, outer(beKey, header1(deKey, TypeEvent).String(), e).String())
	tb.refuse("key: the hub's, signed with a node's", FaultSignature, outer(beKey, header1(hubKey, TypeEvent).String(), e).String())
}

// order is the order of the base point, 2^252 + 27742317777372353535851937790883648493 (RFC 8032).
var order, _ = new(big.Int).SetString("7237005577332262213973186563042994240857116359379907606001950938285454250989", 10)

func (tb *table) signatures() {
	header, e := header1(beKey, TypeEvent).String(), event1().String()
	good := outer(beKey, header, e)
	input := signingInput(b64.EncodeToString([]byte(header)), b64.EncodeToString([]byte(e)))
	valid := ed25519.Sign(beKey.private, input)
	bad := func(name string, signature []byte) {
		tb.refuse("signature: "+name, FaultSignature, good.with("signature", quote(b64.EncodeToString(signature))).String())
	}
	for _, bit := range []int{0, 7, 100, 255, 256, 300, 511} {
		flipped := slices.Clone(valid)
		flipped[bit/8] ^= 1 << (bit % 8)
		bad("bit "+big.NewInt(int64(bit)).String()+" flipped", flipped)
	}
	for _, n := range []int{0, 1, 32, 63} {
		bad(big.NewInt(int64(n)).String()+" bytes", valid[:n])
	}
	bad("65 bytes", append(slices.Clone(valid), 0))
	bad("128 bytes", append(slices.Clone(valid), valid...))
	bad("all zero", make([]byte, 64))
	bad("halves swapped", append(slices.Clone(valid[32:]), valid[:32]...))
	bad("S plus the order", append(slices.Clone(valid[:32]), plusOrder(valid[32:])...))
	bad("the neutral point and S zero", append(append([]byte{1}, make([]byte, 31)...), make([]byte, 32)...))
	bad("of other bytes", ed25519.Sign(beKey.private, []byte("other bytes")))
	bad("of the payload alone", ed25519.Sign(beKey.private, []byte(e)))
	bad("of the encoded payload alone", ed25519.Sign(beKey.private, []byte(strings.SplitN(string(input), ".", 2)[1])))
	bad("of the decoded header and payload", ed25519.Sign(beKey.private, []byte(header+"."+e)))
	bad("without the full stop", ed25519.Sign(beKey.private, []byte(strings.Replace(string(input), ".", "", 1))))
	bad("of another party", ed25519.Sign(deKey.private, input))
	other := outer(beKey, header, event1().with("sequence", "2").with("previous", quote(someHash)).String())
	tb.refuse("signature: another payload", FaultSignature, good.with("payload", other.value("payload")).String())
	tb.refuse("signature: another header", FaultSignature, good.with("protected", quote(b64.EncodeToString([]byte(header1(beKey, TypeReceipt).String())))).String())
	tb.refuse("signature: an empty payload put in", FaultSignature, good.with("payload", `""`).String())
}

// plusOrder adds the order of the base point to a scalar in little-endian bytes: the same scalar, spelt otherwise.
func plusOrder(s []byte) []byte {
	b := slices.Clone(s)
	slices.Reverse(b)
	sum := new(big.Int).Add(new(big.Int).SetBytes(b), order)
	out := sum.FillBytes(make([]byte, 32))
	slices.Reverse(out)
	return out
}

// documents adds what is wrong with any payload: each member missing, null, twice, in capitals and of another JSON type.
func (tb *table) documents(what string, good object, frame func(payload string) string, reader contracts.PartyID, optional ...string) {
	bad := func(name, payload string) { tb.refuseAt(reader, what+": "+name, FaultPayload, frame(payload)) }
	for _, m := range good {
		if !slices.Contains(optional, m.name) {
			bad("no "+m.name, good.without(m.name).String())
		}
		bad(m.name+" is null", good.with(m.name, "null").String())
		bad(m.name+" twice", good.twice(m.name, m.name).String())
		bad(m.name+" in capitals", good.renamed(m.name, strings.ToUpper(m.name)).String())
		another := "true"
		if m.value == another {
			another = "1"
		}
		bad(m.name+" of another JSON type", good.with(m.name, another).String())
	}
	bad("an unknown member", good.with("x", "1").String())
	bad("an unknown member of null", good.with("x", "null").String())
	bad("a member without a name", good.with("", "1").String())
	bad("something after it", good.String()+"{}")
	bad("a list around it", "["+good.String()+"]")
	bad("cut short", good.String()[:len(good.String())-1])
	bad("a byte order mark", "\ufeff"+good.String())
	bad("a byte that is no UTF-8 in a text", strings.Replace(good.String(), "vectors", "vectors\xff", 1))
	bad("a byte that is no UTF-8 in a name", strings.Replace(good.String(), "network", "network\xff", 1))
	bad("half a surrogate pair", strings.Replace(good.String(), "vectors", `\udc00`, 1))
	bad("nothing", "")
	bad("null", "null")
	bad("an empty object", "{}")
	counted := "epoch"
	if !slices.ContainsFunc(good, func(m member) bool { return m.name == "epoch" }) {
		counted = "registry"
	}
	for _, number := range []string{`"1"`, "1.0", "1.5", "1e0", "01", "+1", "NaN", "9223372036854775808"} {
		bad(counted+" is "+number, good.with(counted, number).String())
	}
	for _, c := range [][3]string{
		{"network", `"other"`, string(FaultNetwork)}, {"network", `"Vectors"`, string(FaultNetwork)}, {"network", `""`, string(FaultNetwork)},
		{"source", `"de"`, string(FaultSender)}, {"source", `"BE"`, string(FaultSender)}, {"source", `""`, string(FaultSender)}, {"source", `"/be"`, string(FaultSender)},
		{"recipient", `"fr"`, string(FaultRecipient)}, {"recipient", `""`, string(FaultRecipient)}, {"recipient", `"HUB"`, string(FaultRecipient)},
		{counted, "-1", string(FaultNumbering)}, {counted, "2147483648", string(FaultNumbering)},
	} {
		tb.refuseAt(reader, what+": "+c[0]+" "+c[1], contracts.FaultCode(c[2]), frame(good.with(c[0], c[1]).String()))
	}
}

func (tb *table) events() {
	e := event1()
	tb.documents("event", e, eventFrame, contracts.Hub, "cause")
	for _, c := range []member{
		{"specversion", `"0.3"`}, {"specversion", `"1.1"`}, {"specversion", `"1"`}, {"specversion", `""`}, {"specversion", "1.0"},
		{"id", `""`}, {"id", quote(strings.Repeat("i", 65))}, {"id", `"a b"`}, {"id", `"a\nb"`}, {"id", `"a\u0000b"`}, {"id", `"é"`}, {"id", "1"},
		{"type", `""`}, {"type", quote(strings.Repeat("t", 129))}, {"type", `"a b"`}, {"type", `"é"`}, {"type", `"a\u0000"`},
		{"cause", quote(strings.Repeat("c", 65))}, {"cause", `"a b"`}, {"cause", `"é"`}, {"cause", `"\u0000"`},
		{"time", `""`}, {"time", `"yesterday"`}, {"time", `"2026-04-28"`}, {"time", `"2026-04-28T08:00:00"`}, {"time", `"2026-04-28 08:00:00Z"`}, {"time", `"2026-13-28T08:00:00Z"`}, {"time", `"2026-02-30T08:00:00Z"`}, {"time", "1777363200"},
		{"datacontenttype", `"text/json"`}, {"datacontenttype", `"application/json; charset=utf-8"`}, {"datacontenttype", `"Application/JSON"`}, {"datacontenttype", `""`},
		{"data", "[]"}, {"data", "1"}, {"data", `"{}"`}, {"data", `{"a":1,"a":2}`}, {"data", `{"a":{"b":1,"b":2}}`}, {"data", `{"a":1,"\u0061":2}`}, {"data", `{"a":01}`}, {"data", `{"a":1,}`}, {"data", nested(32)},
		{"data_base64", `"e30"`}, {"dataschema", `"https://example.org"`}, {"subject", `"x"`},
		{"previous", `""`}, {"previous", quote(zeros[1:])}, {"previous", quote(zeros + "0")}, {"previous", quote(strings.Repeat("5A", 32))}, {"previous", quote(strings.Repeat("g", 64))}, {"previous", quote("0x" + zeros[2:])},
		{"sequence", `"1"`}, {"sequence", "1.0"}, {"sequence", "1e0"},
	} {
		value := c.value
		if len(value) > 80 {
			value = "of " + big.NewInt(int64(len(value))).String() + " bytes"
		}
		tb.refuse("event: "+c.name+" "+value, FaultPayload, eventFrame(e.with(c.name, c.value).String()))
	}
	padding := contracts.MaxBytes + 1 - len(e.with("data", `{"a":""}`).String())
	tb.refuse("event: a payload of 262145 bytes", FaultPayload, eventFrame(e.with("data", `{"a":"`+strings.Repeat("a", padding)+`"}`).String()))
	for _, c := range [][3]string{
		{"sequence zero", "0", zeros}, {"sequence below zero", "-1", zeros}, {"sequence zero with a previous hash", "0", someHash}, {"sequence beyond 2147483647", "2147483648", someHash},
		{"the first with a previous hash", "1", someHash}, {"the second without a previous hash", "2", zeros}, {"the last without a previous hash", "2147483647", zeros},
	} {
		tb.refuse("event: "+c[0], FaultNumbering, eventFrame(e.with("sequence", c[1]).with("previous", quote(c[2])).String()))
	}
	tb.refuseAt("de", "event: read by another party than its recipient", FaultRecipient, eventFrame(e.String()))
	tb.refuse("event: in another's name, with one's own key", FaultSender, outer(deKey, header1(deKey, TypeEvent).String(), e.String()).String())
	tb.refuse("event: the hub in a node's name", FaultSender, outer(hubKey, header1(hubKey, TypeEvent).String(), e.String()).String())
}

func (tb *table) receipts() {
	r := receipt1()
	tb.documents("receipt", r, receiptFrame, "be", "faults")
	for _, c := range []member{
		{"outcome", `""`}, {"outcome", `"accepted"`}, {"outcome", `"Applied"`}, {"outcome", `"applied"`}, {"faults", "[]"}, {"faults", "{}"}, {"faults", `["authority"]`}, {"faults", `[{"code":"a","message":"b","x":1}]`},
		{"faults", `[{"code":"a","code":"b","message":"c"}]`}, {"faults", `[{"code":1,"message":"b"}]`}, {"hash", `""`}, {"hash", quote(someHash[1:])}, {"hash", quote(someHash + "5")}, {"hash", quote(strings.ToUpper(someHash))},
		{"time", `"today"`}, {"time", `""`}, {"id", `"1"`}, {"cause", `"1"`},
	} {
		tb.refuseAt("be", "receipt: "+c.name+" "+c.value, FaultPayload, receiptFrame(r.with(c.name, c.value).String()))
	}
	tb.refuseAt("be", "receipt: refused without faults", FaultPayload, receiptFrame(r.without("faults").String()))
	for _, n := range []string{"0", "-1", "2147483648"} {
		tb.refuseAt("be", "receipt: sequence "+n, FaultNumbering, receiptFrame(r.with("sequence", n).String()))
	}
	tb.refuseAt("be", "receipt: one's own word for the hub's", FaultSender, outer(beKey, header1(beKey, TypeReceipt).String(), r.String()).String())
	tb.refuseAt("de", "receipt: for another node", FaultRecipient, receiptFrame(r.String()))
}

func (tb *table) standings() {
	s := standing1()
	tb.documents("standing", s, standingFrame, "be")
	for _, place := range []string{"consumed", "written"} {
		for _, c := range []member{{"epoch zero", at(0, 7, someHash)}, {"sequence below zero", at(1, -1, someHash)}, {"sequence beyond 2147483647", at(1, 2147483648, someHash)},
			{"sequence zero with a hash", at(1, 0, someHash)}, {"a sequence without a hash", at(1, 7, zeros)}, {"nothing in it", "{}"}, {"without a hash", `{"epoch":1,"sequence":7}`}} {
			tb.refuseAt("be", "standing: "+place+", "+c.name, FaultNumbering, standingFrame(s.with(place, c.value).String()))
		}
		for _, c := range []member{{"a number", "7"}, {"with an unknown member", strings.Replace(at(1, 7, someHash), "{", `{"x":1,`, 1)},
			{"with a short hash", at(1, 7, someHash[1:])}, {"with a hash in capitals", at(1, 7, strings.ToUpper(someHash))}} {
			tb.refuseAt("be", "standing: "+place+" is "+c.name, FaultPayload, standingFrame(s.with(place, c.value).String()))
		}
	}
	for _, c := range []member{{"asks", `"true"`}, {"mark", `""`}, {"mark", `"a b"`}, {"mark", quote(strings.Repeat("m", 65))}, {"repeats", `"a b"`}, {"repeats", quote(strings.Repeat("m", 65))},
		{"from", "7"}, {"sequence", "7"}, {"time", `"now"`}, {"registry", "1.5"}} {
		tb.refuseAt("be", "standing: "+c.name+" "+c.value, FaultPayload, standingFrame(s.with(c.name, c.value).String()))
	}
	tb.refuseAt("be", "standing: of another node", FaultSender, outer(deKey, header1(deKey, TypeStanding).String(), s.String()).String())
	tb.refuseAt("de", "standing: for another node", FaultRecipient, standingFrame(s.String()))
}

// mixtures are good payloads under the header of another type.
func (tb *table) mixtures() {
	payloads := []struct {
		typ FrameType
		doc object
	}{{TypeEvent, event1().with("source", `"hub"`).with("recipient", `"be"`)}, {TypeReceipt, receipt1()}, {TypeStanding, standing1()}}
	for _, header := range payloads {
		for _, p := range payloads {
			if header.typ != p.typ {
				tb.refuseAt("be", "mixture: a payload of "+string(p.typ)+" under "+string(header.typ), FaultPayload, outer(hubKey, header1(hubKey, header.typ).String(), p.doc.String()).String())
			}
		}
	}
}
