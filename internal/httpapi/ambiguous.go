package httpapi

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
)

// ambiguous finds what readers of JSON disagree about: names that an object has twice, of which some take the first and
// some the last, and halves of surrogate pairs, which some replace and some keep. Text is JSON. It looks no deeper than a
// body may be: nesting can hide behind a name that is there twice, and pointers would be as long as the body. Every body
// passes here, so it is looked at once, and a value is only made of what is found.
func ambiguous(text []byte) []finding {
	w := walk{levels: make([]level, 0, 4), names: make([][]byte, 0, 16)}
	var wrong []finding
	naming := false // the next string is a name
	for i := 0; i < len(text) && len(wrong) < maxFindings; i++ {
		switch text[i] {
		case '{', '[':
			if len(w.levels) == maxDepth {
				return append(wrong, tooDeep(w.pointer()))
			}
			naming = text[i] == '{'
			w.levels = append(w.levels, level{object: naming, names: len(w.names)})
		case '}', ']':
			naming = false
			w.names = w.names[:w.top().names]
			w.levels = w.levels[:len(w.levels)-1]
		case ',':
			naming = w.top().object
			w.top().item++
		case '"':
			end, escaped := stringEnd(text, i+1)
			if escaped && halfPair(text[i+1:end]) {
				wrong = append(wrong, w.half(naming))
			}
			if naming {
				name := text[i+1 : end]
				if escaped {
					name = nameOf(text[i : end+1])
				}
				if w.repeats(name) {
					wrong = append(wrong, at(w.pointer(), "must be given once"))
				}
			}
			naming, i = false, end
		}
	}
	return wrong
}

// walk is a place in a text of JSON.
type walk struct {
	levels []level
	names  [][]byte // of the objects around the place
}

// level is an object or a list around a place.
type level struct {
	object bool
	name   []byte          // the last one
	names  int             // where those of the object begin among the names of the walk
	many   map[string]bool // the names, instead, when there are many
	item   int             // of a list
}

// manyNames is how many are found faster in a map than one by one.
const manyNames = 24

func (w *walk) top() *level { return &w.levels[len(w.levels)-1] }

// repeats goes on to a name of the innermost object, and tells whether it has it already.
func (w *walk) repeats(name []byte) bool {
	top := w.top()
	top.name = name
	if top.many != nil {
		was := top.many[string(name)]
		top.many[string(name)] = true
		return was
	}
	known := w.names[top.names:]
	for i := range known {
		if bytes.Equal(known[i], name) {
			return true
		}
	}
	w.names = append(w.names, name)
	if len(known)+1 == manyNames {
		top.many = make(map[string]bool, 2*manyNames)
		for _, known := range w.names[top.names:] {
			top.many[string(known)] = true
		}
	}
	return false
}

// half is the finding for a string that has half a pair: a name, which can only be pointed at by its object, or a value.
func (w *walk) half(name bool) finding {
	const detail = "half of a surrogate pair (\\ud800 to \\udfff alone), which is no character"
	if !name {
		return at(w.pointer(), "must not contain "+detail)
	}
	around := walk{levels: w.levels[:len(w.levels)-1]}
	return at(around.pointer(), "must not have a field whose name contains "+detail)
}

// pointer returns the JSON pointer of the place.
func (w *walk) pointer() string {
	var pointer strings.Builder
	for _, l := range w.levels {
		if l.object {
			pointer.WriteString(pointerOf(shorten(string(l.name))))
		} else {
			pointer.WriteString("/" + strconv.Itoa(l.item))
		}
	}
	return pointer.String()
}

// stringEnd returns where the string that begins at i has its closing quote, and whether there are escapes before it.
func stringEnd(text []byte, i int) (end int, escaped bool) {
	for ; text[i] != '"'; i++ {
		if text[i] == '\\' {
			escaped = true
			i++
		}
	}
	return i, escaped
}

// nameOf returns the name that a quoted string with escapes is.
func nameOf(quoted []byte) []byte {
	var name string
	if json.Unmarshal(quoted, &name) != nil {
		return quoted
	}
	return []byte(name)
}

// halfPair tells whether a string, without its quotes, has half a surrogate pair.
func halfPair(text []byte) bool {
	for i := 0; i < len(text); i++ {
		if text[i] != '\\' {
			continue
		}
		i++
		if text[i] != 'u' {
			continue
		}
		first := codeUnit(text[i+1:])
		i += 4
		if !utf16.IsSurrogate(first) {
			continue
		}
		rest := text[i+1:]
		if len(rest) < 6 || rest[0] != '\\' || rest[1] != 'u' || utf16.DecodeRune(first, codeUnit(rest[2:])) == unicode.ReplacementChar {
			return true
		}
		i += 6
	}
	return false
}

// codeUnit reads the four hexadecimal digits of an escape.
func codeUnit(text []byte) (r rune) {
	for _, c := range text[:4] {
		digit := c & 0xf
		if c > '9' {
			digit += 9
		}
		r = r<<4 | rune(digit)
	}
	return r
}
