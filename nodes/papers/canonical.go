package papers

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strconv"
)

var (
	reference   = regexp.MustCompile(`\b(\d+) 0 R\b`)
	streamStart = regexp.MustCompile(`>>\s*stream\r?\n`)
	numbered    = regexp.MustCompile(`^\s*\d+ 0 obj`)
)

// canonical numbers the objects of a PDF in the order in which they are first spoken of, from the trailer on: the library that joins documents numbers
// them by chance. It reads what that library writes: one cross-reference table, no object streams. What it cannot read is returned as it is.
func canonical(pdf []byte) []byte {
	objects, head, trailer, ok := split(pdf)
	if !ok {
		return pdf
	}
	order := reached(objects, trailer)
	number := map[int]int{}
	for i, old := range order {
		number[old] = i + 1
	}
	out := bytes.NewBuffer(slices.Clone(head))
	offsets := make([]int, len(order))
	for i, old := range order {
		offsets[i] = out.Len()
		fmt.Fprintf(out, "%d 0 obj", i+1)
		dict, rest := apart(numbered.ReplaceAll(objects[old], nil))
		out.Write(renumbered(dict, number))
		out.Write(rest)
	}
	table := out.Len()
	fmt.Fprintf(out, "xref\n0 %d\n0000000000 65535 f \n", len(order)+1)
	for _, at := range offsets {
		fmt.Fprintf(out, "%010d 00000 n \n", at)
	}
	out.Write(sized.ReplaceAll(renumbered(trailer, number), fmt.Appendf(nil, "/Size %d", len(order)+1)))
	fmt.Fprintf(out, "startxref\n%d\n%%%%EOF\n", table)
	return out.Bytes()
}

var (
	sized      = regexp.MustCompile(`/Size \d+`)
	startTable = regexp.MustCompile(`startxref\s+(\d+)\s+%%EOF\s*$`)
	tableHead  = regexp.MustCompile(`^xref\s+0 (\d+)\s*?\r?\n`)
)

// split cuts a PDF at the places its cross-reference table names.
func split(pdf []byte) (objects map[int][]byte, head, trailer []byte, ok bool) {
	end := startTable.FindSubmatchIndex(pdf)
	if end == nil {
		return nil, nil, nil, false
	}
	table, err := strconv.Atoi(string(pdf[end[2]:end[3]]))
	if err != nil || table >= end[0] {
		return nil, nil, nil, false
	}
	m := tableHead.FindSubmatch(pdf[table:end[0]])
	if m == nil {
		return nil, nil, nil, false
	}
	entries, count := pdf[table+len(m[0]):end[0]], 0
	if count, err = strconv.Atoi(string(m[1])); err != nil || count*20 > len(entries) {
		return nil, nil, nil, false
	}
	at := map[int]int{}
	cuts := []int{table}
	for n := range count {
		entry := entries[n*20 : n*20+20]
		offset, err := strconv.Atoi(string(entry[:10]))
		if err != nil || offset > table {
			return nil, nil, nil, false
		}
		if entry[17] == 'n' {
			at[n] = offset
			cuts = append(cuts, offset)
		}
	}
	slices.Sort(cuts)
	objects = map[int][]byte{}
	for n, offset := range at {
		next, _ := slices.BinarySearch(cuts, offset+1)
		objects[n] = pdf[offset:cuts[next]]
	}
	return objects, pdf[:cuts[0]], entries[count*20:], true
}

// apart cuts an object into what is spoken in it and the bytes of its stream.
func apart(object []byte) (dict, stream []byte) {
	if at := streamStart.FindIndex(object); at != nil {
		return object[:at[0]], object[at[0]:]
	}
	return object, nil
}

// reached lists the objects that the trailer leads to, the nearest first.
func reached(objects map[int][]byte, trailer []byte) (order []int) {
	seen := map[int]bool{}
	follow := func(text []byte) {
		for _, m := range reference.FindAllSubmatch(text, -1) {
			n, err := strconv.Atoi(string(m[1]))
			if err == nil && !seen[n] && objects[n] != nil {
				seen[n] = true
				order = append(order, n)
			}
		}
	}
	follow(trailer)
	for i := 0; i < len(order); i++ {
		dict, _ := apart(objects[order[i]])
		follow(dict)
	}
	return order
}

func renumbered(text []byte, number map[int]int) []byte {
	return reference.ReplaceAllFunc(text, func(found []byte) []byte {
		old, err := strconv.Atoi(string(bytes.TrimSuffix(found, []byte(" 0 R"))))
		if err != nil || number[old] == 0 {
			return []byte("null") // of an object that is not there, which means the same
		}
		return fmt.Appendf(nil, "%d 0 R", number[old])
	})
}
