// The ranked list: one cursor, keys, filter, pages, and updates that never move a row under the hand.
(function () {
  "use strict";
  var portal = window.opsportal;
  var doc = document;
  var desk = doc.getElementById("desk");
  if (!desk) return;

  var EVERY = 5000;
  var rows = doc.getElementById("rows");
  var scroll = doc.getElementById("scroll");
  var newer = doc.getElementById("newer");
  var field = doc.getElementById("filter-text");
  var form = doc.getElementById("filter");
  var view = desk.dataset.view;
  var phone = window.matchMedia("(max-width: 720px)");
  var cursor = null; // the row under the cursor
  var etag = "";
  var pending = null; // rows as the server has them, waiting to be asked for
  var fresh = []; // ids of rows that came since the person last looked at the top
  var timer = null;

  function all() {
    return Array.from(rows.children);
  }
  function idOf(row) {
    return row ? Number(row.id.slice(1)) : 0;
  }
  function rowOf(id) {
    return doc.getElementById("e" + id);
  }
  function text() {
    return form.hidden ? "" : field.value.trim();
  }
  function address(id) {
    var query = new URLSearchParams();
    if (view !== "all") query.set("view", view);
    if (text()) query.set("q", text());
    if (id) query.set("e", id);
    var said = query.toString();
    return said ? "/?" + said : "/";
  }

  /* cursor ---------------------------------------------------------------------- */
  function point(row, options) {
    var how = options || {};
    if (cursor && cursor !== row) cursor.setAttribute("aria-selected", "false");
    cursor = row;
    if (!row) {
      rows.removeAttribute("aria-activedescendant");
      return;
    }
    row.setAttribute("aria-selected", "true");
    rows.setAttribute("aria-activedescendant", row.id);
    if (!how.still && !phone.matches) row.scrollIntoView({ block: "nearest" });
    if (!how.quiet) history.replaceState({ e: idOf(row) }, "", address(idOf(row)));
  }
  var later = null;
  function show(row, options) {
    point(row, options);
    window.clearTimeout(later);
    if (row && portal.record.shown() !== idOf(row)) {
      later = window.setTimeout(function () {
        portal.record.load(idOf(row));
      }, options && options.at_once ? 0 : 60);
    }
  }
  function go(step) {
    var list = all();
    var at = list.indexOf(cursor);
    var next = list[at + step];
    if (!next && step > 0 && doc.getElementById("more")) {
      more().then(function () {
        if (all()[at + step]) leaveFor(all()[at + step]);
      });
      return;
    }
    leaveFor(next || (at < 0 ? list[0] : cursor));
  }
  // Leaving a row is the moment to take what waited: the row one goes to stays where it was on the screen.
  function leaveFor(row) {
    if (!row) return;
    if (pending && row !== cursor) {
      var id = idOf(row);
      var before = row.getBoundingClientRect().top;
      var index = all().indexOf(row);
      settle();
      row = rowOf(id) || all()[Math.min(index, all().length - 1)];
      if (row && !phone.matches) scroll.scrollTop += row.getBoundingClientRect().top - before;
    }
    show(row);
    seen();
  }

  /* updates ---------------------------------------------------------------------- */
  function parse(html) {
    var held = doc.createElement("template");
    held.innerHTML = html;
    return {
      rows: Array.from(held.content.querySelectorAll("li.row")),
      after: held.content.getElementById("after"),
      counts: Array.from(held.content.querySelectorAll("li[data-count]")),
    };
  }
  function take(old, row) {
    // The same record, changed: its words change in place, the row itself stays.
    if (old.dataset.m === row.dataset.m) return;
    ["is-marked", "is-new"].forEach(function (name) { row.classList.toggle(name, old.classList.contains(name)); });
    old.className = row.className;
    old.dataset.m = row.dataset.m;
    old.dataset.v = row.dataset.v;
    old.title = row.title;
    old.replaceChildren.apply(old, Array.from(row.childNodes));
  }
  function merge(got) {
    var now = got.rows.map(idOf);
    var here = all();
    var known = here.filter(function (row) { return !row.classList.contains("is-gone"); }).map(idOf);
    got.rows.forEach(function (row) {
      var old = rowOf(idOf(row));
      if (old) take(old, row.cloneNode(true));
    });
    var last = here.reduce(function (found, row, at) { return now.indexOf(idOf(row)) < 0 ? found : at; }, -1);
    here.forEach(function (row, at) {
      // What only slid beyond the page is not gone.
      var slid = at > last && got.after.dataset.more !== "";
      row.classList.toggle("is-gone", now.indexOf(idOf(row)) < 0 && !slid);
    });
    got.after.id = "after";
    pending = now.join() === known.join() && here.length === now.length ? null : got;
    if (pending && !here.length) settle();
    tell();
  }
  function settle() {
    if (!pending) return;
    var got = pending;
    var kept = cursor ? idOf(cursor) : 0;
    var had = all().map(idOf);
    var named = waiting();
    pending = null;
    var list = got.rows.map(function (row) {
      var old = rowOf(idOf(row));
      if (!old) {
        if (had.length && named.indexOf(row) >= 0) {
          fresh.push(idOf(row));
          row.classList.add("is-new");
          window.setTimeout(function () { row.classList.remove("is-new"); }, 10000);
        }
        return row;
      }
      return old;
    });
    var gone = kept && got.rows.map(idOf).indexOf(kept) < 0 ? had.indexOf(kept) : -1;
    rows.replaceChildren.apply(rows, list);
    doc.getElementById("after").replaceWith(got.after);
    portal.tick(rows);
    if (gone >= 0) show(list[Math.min(gone, list.length - 1)] || null);
    else point(rowOf(kept), { still: true, quiet: true });
    if (!list.length) portal.record.load(0);
  }
  // Rows that came between those on the screen; what only moved up from beyond the last page is not new.
  function waiting() {
    if (!pending) return [];
    var list = pending.rows.slice();
    while (list.length && !rowOf(idOf(list[list.length - 1]))) list.pop();
    if (!list.length) list = pending.rows.slice();
    return list.filter(function (row) { return !rowOf(idOf(row)); });
  }
  function reordered() {
    if (!pending) return false;
    var now = pending.rows.map(idOf);
    var here = all().map(idOf).filter(function (id) { return now.indexOf(id) >= 0; });
    return now.filter(function (id) { return here.indexOf(id) >= 0; }).join() !== here.join();
  }
  function placeIn(order) {
    var row = cursor;
    while (row && order.indexOf(idOf(row)) < 0) row = row.previousElementSibling;
    return row ? order.indexOf(idOf(row)) : -1;
  }
  function hidden() {
    var top = scroll.getBoundingClientRect().top;
    return fresh.filter(function (id) {
      var row = rowOf(id);
      return row && row.getBoundingClientRect().bottom < top + 8;
    });
  }
  function seen() {
    fresh = hidden();
    tell();
  }
  function tell() {
    var come = waiting();
    var order = pending ? pending.rows.map(idOf) : [];
    var at = placeIn(order);
    var above = come.filter(function (row) { return order.indexOf(idOf(row)) <= at; }).length;
    var over = hidden().length;
    var words = "";
    if (come.length) words = come.length + " new " + (above === come.length ? "above" : above ? "" : "below");
    else if (over) words = over + " new above";
    else if (reordered()) words = "new order";
    newer.hidden = !words;
    if (newer.textContent !== words.trim()) newer.textContent = words.trim();
  }
  function count(list) {
    list.forEach(function (one) {
      doc.querySelectorAll('.main [data-count="' + one.dataset.count + '"]').forEach(function (place) {
        if (place.textContent !== one.textContent) place.textContent = one.textContent;
        var link = place.closest("[data-late]");
        if (link) link.hidden = one.textContent === "0";
      });
    });
  }
  function asOf(words) {
    doc.getElementById("as-of").textContent =
      words || new Date(portal.now()).toLocaleTimeString("en-GB", { timeZone: desk.dataset.zone || undefined });
  }
  function ask(options) {
    var how = options || {};
    var query = new URLSearchParams({ view: view, q: text(), n: String(Math.min(200, Math.max(50, all().length))) });
    query.set("e", String(portal.record.shown()));
    var headers = etag && !how.fresh ? { "If-None-Match": etag } : {};
    return fetch("/desk/rows/?" + query, { headers: headers, cache: "no-store", credentials: "same-origin" })
      .then(function (answer) {
        if (answer.status === 304) {
          asOf();
          return null;
        }
        if (answer.status === 401) window.location.reload();
        if (!answer.ok) throw new Error(String(answer.status));
        etag = answer.headers.get("ETag") || "";
        return answer.text();
      })
      .then(function (html) {
        if (html === null) return;
        var got = parse(html);
        asOf(got.after.dataset.asOf);
        count(got.counts);
        if (how.replace) {
          pending = got;
          fresh = [];
          settle();
          if (!cursor || how.first) show(all()[0] || null);
        } else merge(got);
        tell();
        var version = Number(got.after.dataset.version);
        if (version && version !== portal.record.version() && !portal.record.busy()) {
          portal.record.load(portal.record.shown());
        }
      });
  }
  function poll() {
    window.clearTimeout(timer);
    if (doc.hidden) return;
    ask()
      .catch(function () {
        doc.getElementById("as-of").textContent += doc.getElementById("as-of").textContent.indexOf(" ") < 0 ? " (no answer)" : "";
      })
      .finally(function () {
        timer = window.setTimeout(poll, EVERY);
      });
  }
  function more() {
    var after = doc.getElementById("after");
    var query = new URLSearchParams({ view: view, q: text(), after: after.dataset.more });
    return fetch("/desk/rows/?" + query, { cache: "no-store", credentials: "same-origin" })
      .then(function (answer) { return answer.ok ? answer.text() : Promise.reject(new Error(String(answer.status))); })
      .then(function (html) {
        var got = parse(html);
        rows.append.apply(rows, got.rows.filter(function (row) { return !rowOf(idOf(row)); }));
        doc.getElementById("after").replaceWith(got.after);
        portal.tick(rows);
        etag = "";
      })
      .catch(function () { portal.toast("The next rows did not come. Try again."); });
  }

  /* filter ------------------------------------------------------------------------- */
  var typing = null;
  function filter() {
    window.clearTimeout(typing);
    typing = window.setTimeout(function () {
      history.replaceState(null, "", address(idOf(cursor)));
      ask({ fresh: true, replace: true, first: true });
    }, 150);
  }
  function openFilter() {
    form.hidden = false;
    field.focus();
    field.select();
  }
  function clearFilter() {
    var had = text();
    field.value = "";
    form.hidden = true;
    if (had) filter();
    rows.focus({ preventScroll: true });
  }

  /* phone --------------------------------------------------------------------------- */
  var place = 0;
  function face(name) {
    if (doc.body.dataset.view === name) return;
    if (name === "record") place = window.scrollY;
    doc.body.dataset.view = name;
    window.scrollTo(0, name === "record" ? 0 : place);
  }
  function open(row) {
    show(row, { at_once: true });
    if (phone.matches) {
      history.pushState({ e: idOf(row), record: true }, "", address(idOf(row)));
      face("record");
    } else portal.record.focus();
  }
  window.addEventListener("popstate", function (event) {
    face(event.state && event.state.record ? "record" : "list");
  });

  /* wiring ---------------------------------------------------------------------------- */
  rows.addEventListener("click", function (event) {
    var row = event.target.closest(".row");
    if (!row) return;
    if (phone.matches) open(row);
    else leaveFor(row);
  });
  rows.addEventListener("keydown", function (event) {
    var step = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10 }[event.key];
    var list = all();
    if (step) {
      var at = Math.max(0, Math.min(list.length - 1, list.indexOf(cursor) + step));
      if (Math.abs(step) === 1) go(step);
      else leaveFor(list[at]);
    } else if (event.key === "Home") leaveFor(list[0]);
    else if (event.key === "End") leaveFor(list[list.length - 1]);
    else if (event.key === "Enter" && cursor) open(cursor);
    else return;
    event.preventDefault();
  });
  newer.addEventListener("click", function () {
    settle();
    var up = fresh.length;
    fresh = [];
    if (up) scroll.scrollTo({ top: 0 });
    tell();
    rows.focus({ preventScroll: true });
  });
  scroll.addEventListener("scroll", function () { if (fresh.length) seen(); }, { passive: true });
  desk.addEventListener("click", function (event) {
    if (event.target.closest("#more")) more();
  });
  doc.getElementById("find-rows").addEventListener("click", openFilter);
  doc.getElementById("filter-clear").addEventListener("click", clearFilter);
  field.addEventListener("input", filter);
  field.addEventListener("keydown", function (event) {
    if (event.key === "Escape") clearFilter();
    else if (event.key === "Enter" || event.key === "ArrowDown") rows.focus({ preventScroll: true });
    else return;
    event.preventDefault();
  });
  form.addEventListener("submit", function (event) { event.preventDefault(); });
  var back = doc.getElementById("back");
  back.addEventListener("click", function (event) {
    event.preventDefault();
    if (history.state && history.state.record) history.back();
    else face("list");
  });
  doc.addEventListener("visibilitychange", function () { if (!doc.hidden) poll(); });

  function dense() {
    var two = localStorage.getItem(store()) === "2";
    if (two) desk.dataset.rows = "2";
    else delete desk.dataset.rows;
  }
  function store() {
    return "opsportal.desk.rows." + (desk.dataset.me || "0");
  }
  portal.key("j", "Next row", function () { rows.focus({ preventScroll: true }); go(1); });
  portal.key("k", "Row before", function () { rows.focus({ preventScroll: true }); go(-1); });
  portal.key("o", "Open the record", function () { if (cursor) open(cursor); });
  portal.key("/", "Filter the list", openFilter);
  portal.key("d", "Reasons on every row, or on one", function () {
    localStorage.setItem(store(), desk.dataset.rows ? "1" : "2");
    dense();
    if (cursor) cursor.scrollIntoView({ block: "nearest" });
  });
  portal.key("u", "Show what is new", function () { if (!newer.hidden) newer.click(); });
  [
    ["a", "Acknowledge, or what is due"],
    ["h", "Hand off"],
    ["p", "Promise"],
    ["t", "The customer was told"],
    ["b", "Blocker"],
    ["w", "Snooze"],
    ["n", "Note"],
    ["r", "Resolve"],
  ].forEach(function (one) {
    portal.key(one[0], one[1], function () {
      window.clearTimeout(later);
      if (one[0] === "a" && portal.bulk.any()) portal.record.ready().then(portal.bulk.preview);
      else portal.record.byKey(one[0]);
    });
  });

  function refresh() {
    etag = "";
    return ask({ fresh: true });
  }
  portal.list = {
    focus: function () { if (!phone.matches) rows.focus({ preventScroll: true }); },
    cursor: function () { return idOf(cursor); },
    refresh: refresh,
  };
  portal.record.onChange(refresh);
  dense();
  asOf(doc.getElementById("as-of").textContent);
  var chosen = Number(desk.dataset.chosen || 0);
  point(rowOf(chosen), { quiet: true });
  portal.record.load(chosen);
  if (desk.hasAttribute("data-asked") && phone.matches) face("record");
  if (!phone.matches && (!doc.activeElement || doc.activeElement === doc.body)) rows.focus({ preventScroll: true });
  timer = window.setTimeout(poll, EVERY);
})();
