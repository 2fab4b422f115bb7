package federation

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"passerelle/contracts"
	"passerelle/contracts/sample"
)

// accepting is the table of frames that must be accepted.
func accepting(t *testing.T) []vector {
	tb := newTable(t)
	e, r, s := event1(), receipt1(), standing1()

	for i, ev := range sample.Events() {
		short := strings.TrimPrefix(string(ev.EventType()), "coop.passerelle.")
		body := string(must(contracts.Encode(ev)))
		if contracts.Speaker(ev) == contracts.Hub {
			spoken := e.with("source", `"hub"`).with("recipient", `"de"`).with("type", quote(string(ev.EventType()))).with("data", body)
			tb.accept("event: "+short+" of the hub", "de", TypeEvent, outer(hubKey, header1(hubKey, TypeEvent).String(), spoken.String()).String(), "applied", "")
			tb.event(short+" of a node is refused", e.with("type", quote(string(ev.EventType()))).with("data", body))
			tb.answer("refused", FaultAuthority)
			continue
		}
		tb.event(short+" as the first message", e.with("type", quote(string(ev.EventType()))).with("data", body))
		tb.event(short+" later in the channel", e.with("type", quote(string(ev.EventType()))).with("data", body).
			with("sequence", fmt.Sprint(i+2)).with("previous", quote(someHash)))
	}
	tb.event("no cause", e.without("cause"))
	tb.event("an empty cause", e.with("cause", `""`))
	tb.event("the longest cause", e.with("cause", quote(strings.Repeat("c", 64))))
	tb.event("the shortest id", e.with("id", `"1"`))
	tb.event("the longest id", e.with("id", quote(strings.Repeat("~", 64))))
	tb.event("an id of every sign between ! and ~", e.with("id", quote(`!#$%&'()*+,-./:;<=>?@[\]^_{|}"`)))
	tb.event("the last sequence", e.with("sequence", "2147483647").with("previous", quote(someHash)))
	tb.event("the last epoch", e.with("epoch", "2147483647"))
	tb.event("the second message", e.with("sequence", "2").with("previous", quote(someHash)))
	tb.event("a previous hash of all f", e.with("sequence", "2").with("previous", quote(strings.Repeat("f", 64))))
	for _, time := range []string{"2026-04-28T08:00:00.123456Z", "2026-04-28T08:00:00.123456789Z", "2026-04-28T10:00:00+02:00", "2026-04-27T22:30:00-09:30", "0001-01-02T00:00:00Z", "9999-12-31T23:59:59Z"} {
		tb.event("time "+time, e.with("time", quote(time)))
	}
	tb.event("the members in reverse order", reversed(e))
	tb.event("data before everything", append(object{{"data", e.value("data")}}, e.without("data")...))
	tb.accept("spaces in the payload", contracts.Hub, TypeEvent, eventFrame(strings.ReplaceAll(strings.ReplaceAll(e.String(), `,"`, ` , "`), `":`, `" : `)), "applied", "")
	tb.accept("line breaks and tabs in the payload", contracts.Hub, TypeEvent, eventFrame("\r\n\t"+strings.ReplaceAll(e.String(), `,"`, ",\r\n\t\"")+"\n"), "applied", "")
	tb.accept("escapes in the payload's texts", contracts.Hub, TypeEvent, eventFrame(strings.Replace(e.String(), `"network":"vectors"`, `"network":"\u0076ectors"`, 1)), "applied", "")
	tb.accept("escapes in the payload's names", contracts.Hub, TypeEvent, eventFrame(strings.Replace(e.String(), `"network"`, `"netw\u006frk"`, 1)), "applied", "")

	tb.event("a type nobody knows yet waits", e.with("type", `"coop.passerelle.invoice-paid.v2"`))
	tb.answer("waits", "unknown-type")
	tb.event("the longest type waits", e.with("type", quote(strings.Repeat("t", 128))))
	tb.answer("waits", "unknown-type")
	tb.event("data of a type nobody knows may hold anything", e.with("type", `"x"`).with("data", `{"a":[1,-0.5e3,true,false,null,"é€😀",{"":{}}]}`))
	tb.answer("waits", "unknown-type")
	tb.event("thirty-two levels", e.with("type", `"x"`).with("data", nested(31)))
	tb.answer("waits", "unknown-type")
	padding := contracts.MaxBytes - len(e.with("type", `"x"`).with("data", `{"a":""}`).String())
	tb.event("a payload of 262144 bytes", e.with("type", `"x"`).with("data", `{"a":"`+strings.Repeat("a", padding)+`"}`))
	tb.answer("waits", "unknown-type")
	tb.event("an unknown member of the event is refused", e.with("data", strings.Replace(paid(), "{", `{"x":1,`, 1)))
	tb.answer("refused", contracts.FaultUnknownMember)
	tb.event("a fact of another country is refused", e.with("data", strings.Replace(paid(), `"seller":"BE"`, `"seller":"DE"`, 1)))
	tb.answer("refused", FaultAuthority)
	tb.event("an unknown country is refused", e.with("data", strings.Replace(paid(), `"seller":"BE"`, `"seller":"XX"`, 1)))
	tb.answer("refused", contracts.FaultCountry)
	tb.event("a payment of zero is refused", e.with("data", strings.Replace(paid(), `"1170.50"`, `"0.00"`, 1)))
	tb.answer("refused", contracts.FaultAmount)
	tb.event("a day that is none is refused", e.with("data", strings.Replace(paid(), `"2026-04-28"`, `"2026-02-30"`, 1)))
	tb.answer("refused", contracts.FaultDate)
	tb.event("an amount with three decimals is refused", e.with("data", strings.Replace(paid(), `"1170.50"`, `"1170.505"`, 1)))
	tb.answer("refused", contracts.FaultAmount)
	tb.event("U+0000 in a text is refused", e.with("data", strings.Replace(paid(), `"id":"`, `"id":"\u0000`, 1)))
	tb.answer("refused", contracts.FaultInvalid)
	tb.event("a backslash before u0000 is no U+0000", e.with("data", strings.Replace(paid(), `"id":"`, `"id":"\\u0000`, 1)))
	tb.accept("the hub speaks to a node", "de", TypeEvent, outer(hubKey, header1(hubKey, TypeEvent).String(), e.with("source", `"hub"`).with("recipient", `"de"`).String()).String(), "refused", FaultAuthority)
	tb.accept("another node speaks", contracts.Hub, TypeEvent, outer(deKey, header1(deKey, TypeEvent).String(),
		e.with("source", `"de"`).with("data", strings.Replace(paid(), `"seller":"BE"`, `"seller":"DE"`, 1)).String()).String(), "applied", "")

	header := header1(beKey, TypeEvent)
	for _, order := range [][3]int{{0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}} {
		shuffled := object{header[order[0]], header[order[1]], header[order[2]]}
		tb.later(fmt.Sprintf("header in the order %s %s %s", shuffled[0].name, shuffled[1].name, shuffled[2].name), outer(beKey, shuffled.String(), e.String()).String())
	}
	tb.later("spaces in the header", outer(beKey, strings.ReplaceAll(header.String(), ":", " : "), e.String()).String())
	tb.later("escapes in the header", outer(beKey, strings.Replace(header.String(), "Ed25519", `\u0045d25519`, 1), e.String()).String())

	good := outer(beKey, header.String(), e.String())
	tb.later("signature first", object{good[2], good[0], good[1]}.String())
	tb.later("payload first", object{good[1], good[2], good[0]}.String())
	tb.later("spaces in the frame", " "+strings.ReplaceAll(good.String(), ":", " :\t")+" \r")
	tb.later("escapes in the frame's texts", strings.Replace(good.String(), `"protected":"e`, `"protected":"\u0065`, 1))
	tb.later("escapes in the frame's names", strings.Replace(good.String(), `"payload"`, `"payl\u006fad"`, 1))

	tb.receipt("refused with a fault", r)
	tb.receipt("refused with a fault of two members", r.with("faults", `[{"code":"x","message":"y"}]`))
	tb.receipt("refused with three faults", r.with("faults", `[{"code":"a","message":"1"},{"code":"b","message":"2"},{"code":"c","message":"3"}]`))
	tb.receipt("applied", r.with("outcome", `"applied"`).without("faults"))
	tb.receipt("applied with an empty list of faults", r.with("outcome", `"applied"`).with("faults", "[]"))
	tb.receipt("of the last message", r.with("sequence", "2147483647").with("epoch", "2147483647"))
	tb.receipt("in reverse order", reversed(r))
	tb.receipt("at another time", r.with("time", `"2026-04-28T10:00:00+02:00"`))
	tb.accept("a node's receipt", contracts.Hub, TypeReceipt, outer(deKey, header1(deKey, TypeReceipt).String(), r.with("source", `"de"`).with("recipient", `"hub"`).String()).String(), "", "")

	tb.standing("that asks for what follows 7", s)
	tb.standing("a sign of life", s.with("asks", "false"))
	tb.standing("of a party that has consumed nothing", s.with("consumed", at(1, 0, zeros)))
	tb.standing("of a party that has heard nothing yet", s.with("repeats", `""`))
	tb.standing("in another epoch", s.with("consumed", at(2, 0, zeros)).with("written", at(2, 4, someHash)))
	tb.standing("at the last message", s.with("consumed", at(2147483647, 2147483647, someHash)))
	tb.standing("without a registry", s.with("registry", "0"))
	tb.standing("in reverse order", reversed(s))
	tb.accept("a node's standing", contracts.Hub, TypeStanding, outer(deKey, header1(deKey, TypeStanding).String(), s.with("source", `"de"`).with("recipient", `"hub"`).String()).String(), "", "")
	tb.accept("event: sent back to its sender, who may have lost it", "be", TypeEvent, eventFrame(event1().String()), "", "")
	return tb.vectors
}

func reversed(o object) object {
	var back object
	for i := range o {
		back = append(back, o[len(o)-1-i])
	}
	return back
}

// nested is an object with objects inside it, so many levels in all.
func nested(levels int) string {
	return strings.Repeat(`{"a":`, levels-1) + "{}" + strings.Repeat("}", levels-1)
}

func (tb *table) event(name string, payload object) {
	tb.accept("event: "+name, contracts.Hub, TypeEvent, eventFrame(payload.String()), "applied", "")
}

// later adds an event frame whose outer form is what matters.
func (tb *table) later(name, line string) {
	tb.accept("form: "+name, contracts.Hub, TypeEvent, line, "applied", "")
}

func (tb *table) receipt(name string, payload object) {
	tb.accept("receipt: "+name, "be", TypeReceipt, receiptFrame(payload.String()), "", "")
}

func (tb *table) standing(name string, payload object) {
	tb.accept("standing: "+name, "be", TypeStanding, standingFrame(payload.String()), "", "")
}

// answer changes what is expected for the vector added last.
func (tb *table) answer(answer string, code contracts.FaultCode) {
	last := &tb.vectors[len(tb.vectors)-1]
	last.Answer, last.Code = answer, code
}

func (tb *table) accept(name string, reader contracts.PartyID, typ FrameType, line, answer string, code contracts.FaultCode) {
	tb.add(vector{Name: name, Reader: reader, Type: typ, Hash: hashByHand(line), Answer: answer, Code: code}, line)
}

// hashByHand computes a frame's hash from the words of wire.md, without the program.
func hashByHand(line string) string {
	var f flattened
	if err := contracts.Decode([]byte(strings.TrimSpace(line)), &f); err != nil && len(line) < contracts.MaxBytes {
		panic(err)
	}
	if f.Payload == "" { // beyond the limit of Decode: our own frames have the members in order
		parts := strings.Split(line, `"`)
		f.Protected, f.Payload = parts[3], parts[7]
	}
	sum := sha256.Sum256([]byte("passerelle-message-v1\n" + f.Protected + "." + f.Payload))
	return hex.EncodeToString(sum[:])
}
