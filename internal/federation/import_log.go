package federation

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"

	"passerelle/contracts"
)

// FaultLog is raised for a line of a log that cannot be what ExportLog wrote.
const FaultLog contracts.FaultCode = "log"

// Log is an exported log whose lines have been counted: none is missing, none was added.
type Log struct {
	Header   LogHeader
	channels []logSections
}

// logSections are the parts of one channel in a log.
type logSections struct {
	peer                                     contracts.PartyID
	sent, answers, received, given, evidence logSection
}

// logSection is a run of lines in a file.
type logSection struct {
	file         io.ReaderAt
	begins, ends int64 // bytes
	line         int64 // number of its first line in the file
}

// OpenLog reads the header of an exported log and finds where its parts begin.
func OpenLog(file io.ReaderAt, size int64) (*Log, error) {
	l := &Log{}
	at := &logCursor{r: bufio.NewReaderSize(io.NewSectionReader(file, 0, size), 1<<16), line: 1}
	header, err := at.next(contracts.MaxBytes)
	if err != nil {
		return nil, err
	}
	if err := contracts.Decode(header, &l.Header); err != nil || l.Header.Format != LogFormat {
		return nil, contracts.Fault{Code: FaultLog, Field: "line 1", Message: "not the first line of an exported log", Remedy: "give a file that passerelle export-log wrote"}
	}
	for _, c := range l.Header.Channels {
		s := logSections{peer: c.Peer}
		into := []*logSection{&s.sent, &s.answers, &s.received, &s.given, &s.evidence} // in the order of parts
		for i, part := range c.parts() {
			if *part.count < 0 {
				return nil, badLine(1, errors.New("less than no lines"))
			}
			if *into[i], err = at.section(file, *part.count); err != nil {
				return nil, err
			}
		}
		l.channels = append(l.channels, s)
	}
	if at.bytes != size {
		return nil, at.badf("more lines follow than the header announces")
	}
	return l, nil
}

// Lines is how many lines a log has besides its header.
func (l *Log) Lines() (n int64) {
	for _, c := range l.Header.Channels {
		n += c.Sent + c.Answers + c.Received + c.Given + c.Forks
	}
	return n
}

// section skips n lines and returns where they stand.
func (c *logCursor) section(file io.ReaderAt, n int64) (s logSection, err error) {
	s = logSection{file: file, begins: c.bytes, line: c.line}
	for range n {
		if _, err := c.next(maxFrame); err != nil {
			return s, err
		}
	}
	s.ends = c.bytes
	return s, nil
}

// lines reads the section from its beginning.
func (s logSection) lines() *logCursor {
	return &logCursor{r: bufio.NewReaderSize(io.NewSectionReader(s.file, s.begins, s.ends-s.begins), 1<<16), line: s.line, left: s.ends - s.begins}
}

// logCursor reads one line after the other.
type logCursor struct {
	r     *bufio.Reader
	line  int64 // number of the line to come
	bytes int64 // read so far
	left  int64 // of a section
}

// more tells whether the section has another line.
func (c *logCursor) more() bool { return c.bytes < c.left }

// next returns a line without its end. The bytes are the caller's to keep.
func (c *logCursor) next(limit int) ([]byte, error) {
	var line []byte
	for {
		part, err := c.r.ReadSlice('\n')
		line = append(line, part...)
		c.bytes += int64(len(part))
		switch {
		case len(line) > limit+1:
			return nil, c.badf("longer than any line of a log")
		case err == nil:
			c.line++
			return bytes.TrimSuffix(line, newline), nil
		case err == io.EOF:
			return nil, c.badf("the file ends here, and more lines were announced")
		case err != bufio.ErrBufferFull:
			return nil, err
		}
	}
}

// each hands over every line of the section. What read finds wrong with one (unfit) becomes a Fault that names it.
func (s logSection) each(read func(frame []byte) error) error {
	for c := s.lines(); c.more(); {
		number := c.line
		frame, err := c.next(maxFrame)
		if err != nil {
			return err
		}
		err = read(frame)
		if u, ok := errors.AsType[unfit](err); ok {
			return badLine(number, u)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// unfit is what is wrong with a line, apart from an accident of the database.
type unfit struct{ error }

// badf says what is wrong with the line to come.
func (c *logCursor) badf(format string, args ...any) error {
	return badLine(c.line, fmt.Errorf(format, args...))
}

// badLine makes a Fault of what is wrong with a line.
func badLine(line int64, err error) error {
	return contracts.Fault{Code: FaultLog, Field: fmt.Sprintf("line %d", line), Message: err.Error()}
}

func (s logSection) empty() bool { return s.begins == s.ends }
