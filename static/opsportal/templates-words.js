// What the editor offers and explains: fields of every kind from the schema, facts, people, teams.
(function () {
  "use strict";
  var CM = window.CodeMirror;
  var told = document.getElementById("words");
  if (!CM || !told) return;
  var words = JSON.parse(told.textContent);
  var root = words.schema || {};
  var place = window.opsportalPlace.place;
  var CONDITIONS = { trigger: 1, when: 1, unless: 1, until: 1, condition: 1 };
  var facts = {};
  words.facts.forEach(function (fact) { facts[fact.name] = fact; });

  /* the schema ------------------------------------------------------------ */
  function resolve(node) {
    for (var turns = 0; node && node.$ref && turns < 20; turns += 1) {
      node = node.$ref.split("/").slice(1).reduce(function (on, name) { return on && on[name.replace(/~1/g, "/").replace(/~0/g, "~")]; }, root);
    }
    return node || {};
  }
  function fixed(node) {
    node = resolve(node);
    if (node.const !== undefined) return [node.const];
    return node.enum || null;
  }
  // Whether what stands beside fulfils an `if` (kind: template, do: notify).
  function holds(test, siblings) {
    return Object.keys((test && test.properties) || {}).every(function (name) {
      var allowed = fixed(test.properties[name]);
      return allowed && siblings[name] !== undefined && allowed.map(String).indexOf(siblings[name]) >= 0;
    });
  }
  // A node with all that holds beside it, or instead of it.
  function choices(node, siblings, deep) {
    node = resolve(node);
    if ((deep || 0) > 8) return [node];
    var found = [node];
    ["anyOf", "oneOf", "allOf"].forEach(function (word) {
      (node[word] || []).forEach(function (one) {
        if (!one.if) found = found.concat(choices(one, siblings, (deep || 0) + 1));
        else if (holds(one.if, siblings || {})) found = found.concat(choices(one.then || {}, siblings, (deep || 0) + 1));
      });
    });
    return found;
  }
  // Of several shapes those that what stands beside allows.
  function fitting(nodes, siblings) {
    var fit = nodes.filter(function (node) {
      return Object.keys(node.properties || {}).every(function (name) {
        var allowed = fixed(node.properties[name]);
        return !allowed || !siblings[name] || allowed.map(String).indexOf(siblings[name]) >= 0;
      });
    });
    return fit.length ? fit : nodes;
  }
  function down(nodes, name) {
    var found = [];
    nodes.forEach(function (node) {
      if (name === "*") {
        if (node.items) found = found.concat(choices(node.items));
        (node.prefixItems || []).forEach(function (one) { found = found.concat(choices(one)); });
      } else if (node.properties && node.properties[name]) found = found.concat(choices(node.properties[name]).map(function (one) { return Object.assign({}, one, { description: resolve(node.properties[name]).description || one.description }); }));
      else if (node.additionalProperties && typeof node.additionalProperties === "object") found = found.concat(choices(node.additionalProperties));
    });
    return found;
  }
  function kindOf(state) {
    var said = /^kind:\s*["']?([\w-]+)/m.exec(state.doc.sliceString(0, Math.min(state.doc.length, 4000)));
    return said ? said[1] : "";
  }
  function at(state, path, siblings) {
    var nodes = choices(root, { kind: kindOf(state) });
    path.forEach(function (name) { nodes = down(nodes, name); });
    var found = [];
    nodes.forEach(function (node) { found = found.concat(choices(node, siblings)); });
    return fitting(found, siblings || {});
  }
  function typed(node) {
    var all = choices(node).map(function (one) { return one.type; }).filter(function (one, number, every) { return one && one !== "null" && every.indexOf(one) === number; });
    return all.join(" or ").replace("object", "group").replace("array", "list").replace("boolean", "yes or no").replace("string", "text");
  }

  /* completion ------------------------------------------------------------- */
  function unique(options) {
    var seen = {};
    return options.filter(function (one) { return !seen[one.label] && (seen[one.label] = 1); });
  }
  function names(state, where) {
    var options = [];
    var nodes = at(state, where.path, where.siblings);
    nodes.forEach(function (node) {
      Object.keys(node.properties || {}).forEach(function (name) {
        if (where.siblings[name] !== undefined && name !== where.word) return;
        if (!nodes.every(function (one) { return !one.propertyNames || !one.propertyNames.enum || one.propertyNames.enum.indexOf(name) >= 0; })) return;
        var child = resolve(node.properties[name]);
        var needed = nodes.some(function (one) { return (one.required || []).indexOf(name) >= 0; });
        options.push({ label: name, apply: name + ": ", detail: (needed ? "needed, " : "") + typed(child), info: child.description || undefined, boost: needed ? 2 : 0 });
      });
    });
    return unique(options);
  }
  function named(list) {
    return list.map(function (one) { return { label: one.name, detail: one.words }; });
  }
  function values(state, where) {
    var last = where.path[where.path.length - 1];
    var owner = last === "*" ? where.path[where.path.length - 2] : last;
    if (owner === "team") return named(words.teams);
    if (owner === "person" || owner === "last_owner") return named(words.people);
    if (owner === "requires") return named(words.facts);
    var options = [];
    at(state, where.path.slice(0, -1), where.siblings).forEach(function (parent) {
      down([parent], last).forEach(function (node) {
        (fixed(node) || []).forEach(function (value) { options.push({ label: String(value), info: meaning(where.path, String(value)) }); });
        if (node.type === "boolean") options.push({ label: "true" }, { label: "false" });
      });
    });
    return unique(options);
  }
  // What a word like notify stands for.
  function meaning(path, value) {
    if (path[path.length - 1] === "do" && words.steps[value]) return words.steps[value].words;
    return undefined;
  }

  var FUNCTIONS = [
    { label: "matches", apply: "matches(\"\")", detail: "text as a pattern", info: "title.matches(\"(?i)outage\")" },
    { label: "contains", apply: "contains(\"\")", detail: "text inside", info: "title.contains(\"login\")" },
    { label: "startsWith", apply: "startsWith(\"\")", detail: "begins with" },
    { label: "size", apply: "size()", detail: "how many, how long" },
  ];
  function condition(before, quoted) {
    var compared = /([A-Za-z_][\w]*)\s*(?:==|!=|in)\s*\[?(?:[^\]=]*,\s*)?(["']?)([\w-]*)$/.exec(before);
    if (compared && facts[compared[1]] && facts[compared[1]].order.length) {
      var open = compared[2];
      var mark = quoted === '"' ? "'" : '"';
      return { from: compared[3].length, options: facts[compared[1]].order.map(function (value) { return { label: value, apply: open ? value : mark + value + mark }; }) };
    }
    var dotted = /(\w+)\.(\w*)$/.exec(before);
    if (dotted && dotted[1] === "known") return { from: dotted[2].length, options: words.facts.map(function (fact) { return { label: fact.name, detail: "is there", info: fact.words }; }) };
    if (dotted) return { from: dotted[2].length, options: FUNCTIONS };
    var word = /\w*$/.exec(before)[0];
    var options = words.facts.map(function (fact) { return { label: fact.name, detail: fact.type, info: explained(fact) }; });
    options.push({ label: "known", apply: "known.", detail: "whether a fact is there" });
    return { from: word.length, options: options };
  }
  function complete(context) {
    var where = place(context.state, context.pos);
    var last = where.path[where.path.length - 1];
    var before = where.word;
    if (where.mode === "key") {
      if (!context.explicit && !before) return null;
      var listed = names(context.state, where);
      if (where.item && !listed.length) {
        listed = values(context.state, { path: where.path, siblings: {} });
      }
      return listed.length ? { from: context.pos - before.length, options: listed, validFor: /^[\w-]*$/ } : null;
    }
    if (CONDITIONS[last] || where.scalar && CONDITIONS[last]) {
      var said = condition(before, where.quote);
      if (!context.explicit && !said.from && !/[."']$/.test(before)) return null;
      return { from: context.pos - said.from, options: said.options, validFor: /^\w*$/ };
    }
    var open = /\{(\w*)$/.exec(before);
    if (open && last === "message") return { from: context.pos - open[1].length, options: words.places.map(function (name) { return { label: name, apply: name + "}", detail: "filled in" }; }), validFor: /^\w*$/ };
    var offered = values(context.state, where);
    return offered.length ? { from: context.pos - before.length, options: offered, validFor: /^[\w-]*$/ } : null;
  }

  /* hover -------------------------------------------------------------------- */
  function explained(fact) {
    return [fact.words, fact.type, fact.order.length ? "one of " + fact.order.join(", ") : ""].filter(Boolean).join(" · ");
  }
  function tip(title, text) {
    var box = document.createElement("div");
    box.className = "cm-tip";
    var head = document.createElement("b");
    head.textContent = title;
    box.append(head);
    if (text) {
      var line = document.createElement("p");
      line.textContent = text;
      box.append(line);
    }
    return box;
  }
  function hover(view, pos) {
    var line = view.state.doc.lineAt(pos);
    var offset = pos - line.from;
    var left = /[\w-]*$/.exec(line.text.slice(0, offset))[0].length;
    var right = /^[\w-]*/.exec(line.text.slice(offset))[0].length;
    var word = line.text.slice(offset - left, offset + right);
    if (!word) return null;
    var where = place(view.state, line.from + offset - left);
    var title = word;
    var text = "";
    if (where.mode === "value" && CONDITIONS[where.path[where.path.length - 1]]) {
      if (!facts[word]) return null;
      text = explained(facts[word]);
    } else if (/^\s*:/.test(line.text.slice(offset + right))) {
      var nodes = at(view.state, where.path.concat(word), {});
      if (!nodes.length) return null;
      text = [typed(nodes[0]), nodes[0].description].filter(Boolean).join(" · ");
    } else {
      var person = words.people.concat(words.teams).filter(function (one) { return one.name === word; })[0];
      text = person ? person.words : meaning(where.path, word) || "";
    }
    if (!text) return null;
    return { pos: pos - left, end: pos + right, above: true, create: function () { return { dom: tip(title, text) }; } };
  }

  window.opsportalWords = { complete: complete, hover: hover };
})();
