// Where a place in a YAML text stands: the path of names to it, whether a name or a value is typed, and its neighbours.
// It reads lines and their indents, so it also works in a text that is half written.
(function () {
  "use strict";
  var KEY = /^("(?:[^"\\]|\\.)*"|'[^']*'|[\w.$-]+)\s*:(?=\s|$)/;

  function bare(text) {
    var word = text.trim();
    var quoted = /^(["'])(.*)\1$/.exec(word);
    return quoted ? quoted[2] : word;
  }

  // A line as what opens on it: dashes and a key, each with its column, and what follows.
  function opens(text) {
    var found = [];
    var at = 0;
    for (;;) {
      at += /^ */.exec(text.slice(at))[0].length;
      if (text[at] !== "-" || !(text[at + 1] === " " || text[at + 1] === undefined)) break;
      found.push({ column: at, dash: true });
      at += 1;
    }
    var key = KEY.exec(text.slice(at));
    if (key) {
      found.push({ column: at, key: bare(key[1]) });
      at += key[0].length;
    }
    return { entries: found, column: found.length ? found[0].column : at, rest: text.slice(at), restAt: at, blank: !text.trim() || /^\s*#/.test(text) };
  }

  // Inside { } and [ ] on one line: the frames that are open at its end, each with the key it is at.
  function flow(text) {
    var stack = [];
    var quote = "";
    var word = "";
    for (var at = 0; at < text.length; at += 1) {
      var one = text[at];
      var top = stack[stack.length - 1];
      if (quote) {
        if (one === "\\" && quote === '"') { word += one + (text[at + 1] || ""); at += 1; continue; }
        if (one === quote) quote = "";
        else word += one;
        continue;
      }
      if ((one === '"' || one === "'") && !word.trim()) { quote = one; word = ""; continue; }
      if (one === "{" || one === "[") { stack.push({ list: one === "[", key: null, from: at + 1 }); word = ""; }
      else if (one === "}" || one === "]") { stack.pop(); word = ""; }
      else if (one === "," && top) { top.key = null; word = ""; }
      else if (one === ":" && top && !top.list && top.key === null) { top.key = bare(word); word = ""; }
      else word += one;
    }
    return { stack: stack, word: word.replace(/^\s+/, ""), quote: quote };
  }

  function pairs(text, from) {
    var found = {};
    var match;
    var seek = /([\w-]+)\s*:\s*("[^"]*"|'[^']*'|[^,{}[\]]+)/g;
    var depth = 0;
    var end = from;
    for (; end < text.length; end += 1) {
      if (text[end] === "{" || text[end] === "[") depth += 1;
      if (text[end] === "}" || text[end] === "]") { if (!depth) break; depth -= 1; }
    }
    var inner = text.slice(from, end);
    while ((match = seek.exec(inner))) found[match[1]] = bare(match[2]);
    return found;
  }

  function beside(state, number, column, found) {
    [-1, 1].forEach(function (by) {
      for (var at = number + by; at >= 1 && at <= state.doc.lines && Math.abs(at - number) < 400; at += by) {
        var line = opens(state.doc.line(at).text);
        if (line.blank) continue;
        var own = line.entries[line.entries.length - 1];
        if (line.column < column && !(own && own.key && own.column === column)) break;
        if (own && own.key && own.column === column) found[own.key] = bare(line.rest.split(" #")[0]);
        // a dash begins another neighbour: above, its own line still counts
        if (line.entries.length && line.entries[0].dash && line.entries[0].column < column) {
          if (by > 0 && own && own.key) delete found[own.key];
          break;
        }
      }
    });
    return found;
  }

  function ancestors(state, number, column, dash) {
    var path = [];
    var scalar = false;
    for (var at = number - 1; at >= 1 && (column > 0 || dash); at -= 1) {
      var line = opens(state.doc.line(at).text);
      if (line.blank) continue;
      for (var last = line.entries.length - 1; last >= 0; last -= 1) {
        var entry = line.entries[last];
        var fits = entry.column < column || (dash && !entry.dash && entry.column === column);
        if (!fits) continue;
        if (!path.length && entry.key && /[|>][+-]?\d?\s*$/.test(line.rest)) scalar = true;
        path.unshift(entry.dash ? "*" : entry.key);
        column = entry.column;
        dash = entry.dash;
      }
    }
    return { path: path, scalar: scalar };
  }

  // {path, mode: "key" | "value", word, from, siblings, scalar}; path leads to the mapping (key) or to the value.
  function place(state, pos) {
    var line = state.doc.lineAt(pos);
    var before = line.text.slice(0, pos - line.from);
    var head = opens(before);
    var entries = head.entries;
    var first = entries.length ? entries[0] : null;
    var column = first ? first.column : /^ */.exec(before)[0].length;
    var above = ancestors(state, line.number, column, !!(first && first.dash));
    var path = above.path.concat(entries.map(function (one) { return one.dash ? "*" : one.key; }));
    var keyed = entries.length && entries[entries.length - 1].key;
    var rest = head.rest;
    if (above.scalar) return { path: above.path, mode: "value", word: before.trim(), siblings: {}, scalar: true };
    if (/^\s*[{[]/.test(rest)) {
      var inside = flow(rest);
      var siblings = {};
      inside.stack.forEach(function (frame) { path.push(frame.list ? "*" : frame.key); });
      var top = inside.stack[inside.stack.length - 1];
      if (top) {
        if (!top.list) siblings = pairs(line.text.slice(head.restAt), top.from);
        var naming = !top.list && top.key === null;
        if (naming) path.pop();
        return { path: path, mode: naming ? "key" : "value", word: inside.word, quote: inside.quote, siblings: siblings, scalar: false, flow: true };
      }
    }
    var own = entries.length ? entries[entries.length - 1].column : column;
    if (!keyed) own = head.restAt;
    var near = beside(state, line.number, own, {});
    if (keyed) {
      var value = rest.replace(/^\s+/, "");
      var quote = /^["']/.test(value) ? value[0] : "";
      return { path: path, mode: "value", word: quote ? value.slice(1) : value, quote: quote, siblings: near, scalar: false };
    }
    var listed = entries.length && entries[entries.length - 1].dash;
    return { path: path, mode: "key", word: rest, siblings: near, scalar: false, item: !!listed };
  }

  window.opsportalPlace = { place: place, opens: opens };
})();
