// The editor: CodeMirror over the text field, problems at their lines, an outline that follows, trying, submitting.
(function () {
  "use strict";
  var CM = window.CodeMirror;
  var portal = window.opsportal;
  var doc = document;
  var form = doc.getElementById("draft");
  if (!CM || !form) return;
  var nonce = (doc.currentScript && doc.currentScript.nonce) || "";
  var area = form.elements.text;
  var readOnly = form.dataset.readOnly !== undefined;
  var faultList = doc.getElementById("faults");
  var outline = doc.getElementById("outline");
  var faults = [];
  var notes = []; // what is right, and to be known: nothing acts upon it yet

  function say(words, bad) {
    var line = doc.getElementById("saved");
    if (line.textContent !== words) line.textContent = words;
    line.classList.toggle("is-bad", !!bad);
  }
  function note(words, buttons) {
    var place = doc.getElementById("notes");
    place.replaceChildren();
    if (!words) return;
    var line = doc.createElement("div");
    line.className = "ed-note";
    line.setAttribute("role", "alert");
    var text = doc.createElement("span");
    text.textContent = words;
    line.append(text);
    (buttons || []).forEach(function (one) {
      var button = doc.createElement("button");
      button.type = "button";
      button.className = "btn btn-small btn-line";
      button.textContent = one.label;
      button.addEventListener("click", one.act);
      line.append(button);
    });
    place.append(line);
  }

  /* the text ----------------------------------------------------------------- */
  var look = CM.HighlightStyle.define([
    { tag: [CM.tags.propertyName, CM.tags.definition(CM.tags.propertyName)], class: "tok-key" },
    { tag: [CM.tags.string, CM.tags.special(CM.tags.string)], class: "tok-string" },
    { tag: CM.tags.comment, class: "tok-comment" },
    { tag: [CM.tags.punctuation, CM.tags.separator, CM.tags.brace, CM.tags.squareBracket], class: "tok-mark" },
    { tag: [CM.tags.content, CM.tags.literal], class: "tok-value" },
  ]);
  function common() {
    return [
      nonce ? CM.EditorView.cspNonce.of(nonce) : [],
      CM.lineNumbers(),
      CM.yaml(),
      CM.syntaxHighlighting(look),
      CM.indentUnit.of("  "),
      CM.EditorState.tabSize.of(2),
      CM.EditorView.lineWrapping,
    ];
  }
  function leave(target) {
    target.setTabFocusMode(true);
    say("Tab moves on, out of the text");
    return true;
  }
  var keys = [
    { key: "Mod-s", run: function () { saving.save(); return true; }, preventDefault: true },
    { key: "Mod-Enter", run: function () { ask(); return true; } },
    { key: "F8", run: function () { return next(1); } },
    { key: "Shift-F8", run: function () { return next(-1); } },
  ];
  var view = new CM.EditorView({
    parent: doc.getElementById("code"),
    state: CM.EditorState.create({
      doc: area.value,
      extensions: [
        CM.keymap.of(keys),
        common(),
        CM.EditorView.contentAttributes.of({ "aria-label": "Text of the document, in YAML", "aria-multiline": "true" }),
        readOnly ? [CM.EditorState.readOnly.of(true), CM.EditorView.editable.of(false), CM.EditorView.contentAttributes.of({ tabindex: "0" })] : [],
        CM.foldGutter(),
        CM.lintGutter(),
        CM.history(),
        CM.drawSelection(),
        CM.indentOnInput(),
        CM.bracketMatching(),
        CM.closeBrackets(),
        CM.highlightActiveLine(),
        CM.highlightActiveLineGutter(),
        CM.highlightSelectionMatches(),
        CM.search({ top: true }),
        CM.autocompletion({ override: window.opsportalWords ? [window.opsportalWords.complete] : [], icons: false, activateOnTypingDelay: 60 }),
        CM.hoverTooltip(window.opsportalWords ? window.opsportalWords.hover : function () { return null; }),
        CM.keymap.of([].concat(CM.closeBracketsKeymap, CM.completionKeymap, CM.searchKeymap, CM.historyKeymap, CM.foldKeymap, [{ key: "Escape", run: leave }], CM.defaultKeymap, [CM.indentWithTab])),
        CM.EditorView.domEventHandlers({ focus: function (event, target) { target.setTabFocusMode(false); } }),
        CM.EditorView.updateListener.of(updated),
      ],
    }),
  });
  area.hidden = true;
  area.previousElementSibling.hidden = true;
  function text() {
    return view.state.doc.toString();
  }
  function set(words) {
    view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: words } });
  }
  function goTo(line, column) {
    var at = view.state.doc.line(Math.max(1, Math.min(view.state.doc.lines, line)));
    var pos = Math.min(at.to, at.from + Math.max(0, (column || 1) - 1));
    view.dispatch({ selection: { anchor: pos }, effects: CM.EditorView.scrollIntoView(pos, { y: "center" }) });
    view.focus();
  }

  /* problems ------------------------------------------------------------------ */
  function mark() {
    var lines = view.state.doc.lines;
    var marks = faults.concat(notes).map(function (one, number) {
      var line = view.state.doc.line(Math.max(1, Math.min(lines, one.line)));
      var from = Math.min(line.to, line.from + one.column - 1);
      var word = /^[\w.-]+/.exec(view.state.doc.sliceString(from, line.to));
      var to = Math.min(line.to, from + (word ? word[0].length : line.to - from));
      return { from: from, to: Math.max(from, to), severity: number < faults.length ? "error" : "info", message: one.path + ": " + one.message };
    });
    view.dispatch(CM.setDiagnostics(view.state, marks));
  }
  function list(words) {
    doc.getElementById("faults-title").textContent = words;
    doc.querySelector(".ed-faults").classList.toggle("has", faults.length > 0);
    faultList.replaceChildren.apply(faultList, faults.concat(notes).map(function (one, number) {
      var item = doc.createElement("li");
      item.classList.toggle("is-note", number >= faults.length);
      var button = doc.createElement("button");
      button.type = "button";
      button.tabIndex = number ? -1 : 0;
      var at = doc.createElement("span");
      at.className = "fault-at mono";
      at.textContent = one.line + ":" + one.column;
      var path = doc.createElement("span");
      path.className = "fault-path mono";
      path.textContent = one.path + ":";
      button.append(at, " ", path, " ", one.message);
      button.addEventListener("click", function () { goTo(one.line, one.column); });
      item.append(button);
      return item;
    }));
  }
  faultList.addEventListener("keydown", function (event) {
    var by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!by) return;
    var all = Array.prototype.slice.call(faultList.querySelectorAll("button"));
    var to = all[Math.max(0, Math.min(all.length - 1, all.indexOf(doc.activeElement) + by))];
    all.forEach(function (one) { one.tabIndex = one === to ? 0 : -1; });
    if (to) to.focus();
    event.preventDefault();
  });
  function next(by) {
    if (!faults.length) { say("No problems"); return true; }
    var pos = view.state.selection.main.head;
    var here = view.state.doc.lineAt(pos);
    var at = here.number * 10000 + (pos - here.from) + 1;
    var places = faults.map(function (one) { return one.line * 10000 + one.column; });
    var to = by > 0 ? places.findIndex(function (one) { return one > at; }) : places.length - 1 - places.slice().reverse().findIndex(function (one) { return one < at; });
    if (to < 0 || to >= places.length) to = by > 0 ? 0 : places.length - 1;
    goTo(faults[to].line, faults[to].column);
    say("Problem " + (to + 1) + " of " + faults.length + ": " + faults[to].path + ": " + faults[to].message);
    Array.prototype.forEach.call(faultList.children, function (one, number) { one.classList.toggle("is-near", number === to); });
    return true;
  }

  /* checking ------------------------------------------------------------------- */
  var asked = 0;
  var timer = null;
  function check(plainly) {
    var mine = ++asked;
    var body = new FormData();
    body.append("text", text());
    body.append("version", form.dataset.version);
    if (plainly) body.append("asked", "1");
    body.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    return fetch(form.dataset.check, { method: "POST", body: body, headers: { Accept: "application/json" }, credentials: "same-origin" })
      .then(function (answer) { return answer.ok ? answer.json() : null; })
      .then(function (said) { if (said && mine === asked) show(said); })
      .catch(function () {});
  }
  function show(said) {
    if (!said.live) { list(said.words); return; }
    faults = said.problems;
    notes = said.notes;
    mark();
    list(said.words);
    var old = doc.getElementById("outline-old");
    var place = doc.querySelector(".ed-outline");
    place.classList.toggle("is-old", !said.outline);
    if (said.outline) {
      outline.innerHTML = said.outline;
      old.textContent = "";
      follow();
    } else if (outline.querySelector(".outline")) old.textContent = "of the last text without problems";
  }

  /* the outline follows -------------------------------------------------------- */
  var here = null;
  function follow() {
    var line = view.state.doc.lineAt(view.state.selection.main.head).number;
    var best = null;
    outline.querySelectorAll("[data-line]").forEach(function (row) {
      if (Number(row.dataset.line) <= line && (!best || Number(row.dataset.line) >= Number(best.dataset.line)) && row.offsetParent) best = row;
    });
    if (best === here && here && here.classList.contains("is-here")) return;
    if (here) here.classList.remove("is-here");
    here = best;
    if (!here) return;
    here.classList.add("is-here");
    var box = outline.getBoundingClientRect();
    var row = here.getBoundingClientRect();
    if (row.top < box.top) outline.scrollTop -= box.top - row.top + 24;
    else if (row.bottom > box.bottom) outline.scrollTop += row.bottom - box.bottom + 24;
  }
  outline.addEventListener("click", function (event) {
    var row = event.target.closest("[data-line]");
    if (row) goTo(Number(row.dataset.line), 1);
  });

  function updated(update) {
    if (update.docChanged) {
      window.clearTimeout(timer);
      timer = window.setTimeout(check, 350);
      if (!readOnly && saving) saving.changed();
    }
    if (update.docChanged || update.selectionSet) follow();
  }

  /* comparing with somebody else's --------------------------------------------- */
  var merge = null;
  function compare(theirs) {
    var sheet = doc.getElementById("compare");
    var place = doc.getElementById("merge");
    place.replaceChildren();
    doc.getElementById("theirs-name").textContent = theirs.who;
    merge = new CM.MergeView({
      parent: place,
      a: { doc: theirs.text, extensions: [common(), CM.EditorState.readOnly.of(true)] },
      b: { doc: theirs.mine === undefined ? text() : theirs.mine, extensions: [common(), CM.history(), CM.keymap.of([].concat(CM.historyKeymap, CM.defaultKeymap))] },
      revertControls: "a-to-b",
      collapseUnchanged: { margin: 3, minSize: 6 },
    });
    sheet.showModal();
  }
  doc.getElementById("merged").addEventListener("click", function () {
    var words = merge.b.state.doc.toString();
    doc.getElementById("compare").close();
    saving.settle(words);
    view.focus();
  });

  /* trying and submitting -------------------------------------------------------- */
  var trial = doc.getElementById("trial");
  function attempt() {
    var body = new FormData();
    body.append("text", text());
    body.append("signal", form.elements.signal.value);
    body.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    fetch(form.dataset.try, { method: "POST", body: body, headers: { Accept: "application/json" }, credentials: "same-origin" })
      .then(function (answer) { return answer.text(); })
      .then(function (html) { trial.innerHTML = html; trial.scrollTop = 0; })
      .catch(function () { trial.textContent = "It could not be tried: no connection."; });
  }
  function ask() {
    if (readOnly) return;
    saving.save().then(function (good) {
      if (!good) return;
      var sheet = doc.getElementById("ask");
      var place = doc.getElementById("blockers");
      place.replaceChildren();
      if (sheet.open) sheet.close();
      sheet.showModal();
      doc.getElementById("intent").focus();
      fetch(window.location.pathname + "?part=submit", { credentials: "same-origin" })
        .then(function (answer) { return answer.ok ? answer.text() : ""; })
        .then(function (html) {
          place.innerHTML = html;
          var blocked = !!place.querySelector("[data-blocked]");
          doc.getElementById("ask-go").setAttribute("aria-disabled", String(blocked));
          doc.getElementById("ask-why").textContent = blocked ? "Its problems block it" : "";
        });
    });
  }
  /* the backtest of this draft ---------------------------------------------------- */
  function shown(answer) {
    if (!answer.ok) return answer.json().then(function (said) { say(said.words, true); });
    return answer.text().then(function (html) {
      var place = doc.getElementById("backtest");
      var focused = place.contains(doc.activeElement);
      place.outerHTML = html;
      if (focused) doc.querySelector("#backtest [data-run]").focus();
      poll();
    });
  }
  function run() {
    saving.save().then(function (good) {
      if (!good) return null;
      var body = new FormData();
      body.append("do", "run");
      body.append("text", text());
      body.append("seen", form.elements.seen.value);
      body.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
      return fetch(window.location.pathname, { method: "POST", body: body, headers: { Accept: "application/json" }, credentials: "same-origin" }).then(shown);
    }).catch(function () { say("No connection", true); });
  }
  function poll() {
    if (!doc.querySelector("#backtest[data-going]")) return;
    window.setTimeout(function () {
      fetch(window.location.pathname + "?part=backtest", { credentials: "same-origin" }).then(shown).catch(poll);
    }, 1500);
  }
  poll();

  var asking = doc.querySelector("#ask form");
  asking.addEventListener("submit", function (event) {
    event.preventDefault();
    if (doc.getElementById("ask-go").getAttribute("aria-disabled") === "true") return;
    fetch(window.location.pathname, { method: "POST", body: new FormData(asking), headers: { Accept: "application/json" }, credentials: "same-origin" })
      .then(function (answer) { return answer.json(); })
      .then(function (said) {
        if (said.go) { form.dataset.leaving = "1"; window.location.assign(said.go); return; }
        doc.getElementById("intent-error").textContent = said.words || "Not submitted";
      })
      .catch(function () { doc.getElementById("intent-error").textContent = "Not submitted: no connection."; });
  });
  doc.getElementById("ask").addEventListener("keydown", function (event) {
    if ((event.ctrlKey || event.metaKey) && event.key === "Enter") { event.preventDefault(); asking.requestSubmit(); }
  });
  doc.querySelector("#ask [data-close]").addEventListener("click", function (event) { event.preventDefault(); });
  doc.getElementById("ask").addEventListener("close", function () { if (!form.dataset.leaving) view.focus(); });
  doc.getElementById("compare").addEventListener("close", function () { view.focus(); });

  form.addEventListener("submit", function (event) {
    event.preventDefault();
    var pressed = event.submitter;
    if (pressed && pressed.dataset.tryGo !== undefined) attempt();
    else if (!pressed || pressed.value === "check") check(true).then(function () { say(doc.getElementById("faults-title").textContent); });
    else if (pressed.value === "run") run();
    else if (pressed.value === "save") saving.save();
    else ask();
  });
  // Keys that work wherever the focus is on this page.
  window.addEventListener("keydown", function (event) {
    if (event.defaultPrevented || doc.querySelector("dialog[open]")) return;
    var mod = (event.ctrlKey || event.metaKey) && !event.altKey;
    if (mod && event.key.toLowerCase() === "s") { event.preventDefault(); if (!readOnly) saving.save(); }
    else if (mod && event.key === "Enter" && !readOnly) { event.preventDefault(); ask(); }
    else if (event.key === "F8") { event.preventDefault(); next(event.shiftKey ? -1 : 1); }
  });
  portal.key("e", "Into the text", function () { view.focus(); });
  portal.key("t", "Try on the chosen signal", function () { if (form.elements.signal) attempt(); });

  var saving = readOnly ? { save: function () { return Promise.resolve(true); }, changed: function () {} } : window.opsportalSaving({ form: form, id: form.dataset.version, text: text, set: set, say: say, note: note, compare: compare });
  check();
  follow();
  if (form.dataset.asking !== undefined) { doc.getElementById("ask").close(); ask(); }
  if (!readOnly) view.focus();
  window.opsportalEditor = { view: view, goTo: goTo };
})();
