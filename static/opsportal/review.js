// The review queue: keys, claims, drafts, the live rail. Everything also works as plain links and forms.
(function () {
  "use strict";
  var portal = window.opsportal;
  var doc = document;
  var rev = doc.getElementById("rev");
  if (!rev) return;
  var rail = doc.getElementById("rail");
  var place = doc.getElementById("case");
  var EVERY = 3000;
  var CLAIM_AFTER = 350; // whoever only leafs through takes nothing in hand
  var tag = "";
  var claiming = null;
  var asking = Promise.resolve(); // our last claim, until it is answered
  var held = ""; // the case that we hold, to be given back on leaving
  var waitingRail = null;
  var busy = false;
  var over = false; // the pointer is on the rail

  function one(selector, root) {
    return (root || doc).querySelector(selector);
  }
  function all(selector, root) {
    return Array.prototype.slice.call((root || doc).querySelectorAll(selector));
  }
  function box() {
    return one(".case-in[data-case]", place);
  }
  function now() {
    var at = new Date(portal.now());
    try {
      return at.toLocaleTimeString("en-GB", { timeZone: rev.dataset.zone || undefined });
    } catch (unknown) {
      return at.toLocaleTimeString("en-GB");
    }
  }
  function token() {
    return one("#csrf input[name=csrfmiddlewaretoken]").value;
  }
  function shown() {
    return getComputedStyle(place).display !== "none";
  }

  /* asking the server ------------------------------------------------------ */
  function post(address, data) {
    var body = data || new FormData();
    body.set("csrfmiddlewaretoken", token());
    return fetch(address, {
      method: "POST",
      body: body,
      headers: { Accept: "application/json" },
      credentials: "same-origin",
    }).then(function (answer) {
      var kind = answer.headers.get("Content-Type") || "";
      if (kind.indexOf("json") < 0) {
        return answer.text().then(function (text) {
          return { ok: false, status: answer.status, words: answer.status < 500 ? text.slice(0, 200) : "", problems: {} };
        });
      }
      return answer.json().then(function (told) {
        told.ok = answer.ok;
        told.status = answer.status;
        return told;
      });
    });
  }
  function offline() {
    note("The portal did not answer. Your text is kept; try again.", true);
  }

  /* notes, errors, drafts ---------------------------------------------------- */
  function note(words, alert) {
    var line = one("[data-note]", place);
    if (!line) return;
    line.hidden = !words;
    line.classList.toggle("is-alert", !!alert);
    if (line.textContent !== words) line.textContent = words;
  }
  function errors(root, problems) {
    var first = null;
    all("[data-error]", root).forEach(function (line) {
      var words = problems[line.dataset.error] || "";
      line.textContent = words;
      var field = one("[name='" + line.dataset.error + "']", root);
      if (!field) return;
      if (words) field.setAttribute("aria-invalid", "true");
      else field.removeAttribute("aria-invalid");
      if (words && !first) first = field;
    });
    if (first) first.focus();
  }
  function draftKey(id) {
    return "opsportal.review." + id;
  }
  function keepDraft() {
    var here = box();
    var reason = one("#reason", place);
    if (!here || !reason) return;
    var choice = one("input[name=choice]:checked", place);
    var own = {};
    all("[data-own]", place).forEach(function (field) {
      own[field.name] = field.value;
    });
    var draft = { reason: reason.value, choice: choice ? choice.value : "", own: own, at: Date.now() };
    localStorage.setItem(draftKey(here.dataset.case), JSON.stringify(draft));
    var line = one("[data-draft]", place);
    if (line) line.textContent = reason.value ? "draft kept " + now() : "";
  }
  function readDraft(id) {
    try {
      return JSON.parse(localStorage.getItem(draftKey(id)) || "null");
    } catch (broken) {
      return null;
    }
  }
  function restoreDraft() {
    var here = box();
    var draft = here && readDraft(here.dataset.case);
    var reason = one("#reason", place);
    if (!draft || !reason) return;
    if (!reason.value) reason.value = draft.reason;
    all("[data-own]", place).forEach(function (field) {
      if (!field.value && draft.own && draft.own[field.name]) field.value = draft.own[field.name];
    });
    all("input[name=choice]", place).forEach(function (radio) {
      if (radio.value === draft.choice) radio.checked = true;
    });
    if (draft.reason) one("[data-draft]", place).textContent = "draft kept";
  }
  function forgetOld() {
    Object.keys(localStorage).forEach(function (key) {
      if (key.indexOf("opsportal.review.") !== 0) return;
      var draft = readDraft(key.slice("opsportal.review.".length));
      if (!draft || Date.now() - draft.at > 864e5) localStorage.removeItem(key);
    });
  }

  /* answers ------------------------------------------------------------------- */
  function may() {
    var here = box();
    return !!here && here.hasAttribute("data-may-act") && here.dataset.state !== "decided";
  }
  function showChoice() {
    var button = one("[data-decide]", place);
    if (!button || !may()) return;
    var choice = one("input[name=choice]:checked", place);
    var taken = box().dataset.state === "taken";
    one("[data-decide-words]", button).textContent = choice ? "Decide: " + choice.dataset.title : "Decide";
    button.setAttribute("aria-disabled", String(!choice || taken));
    one("[data-hint]", place).textContent = taken
      ? one("[data-claim]", place).textContent
      : choice
        ? "held 10 s for undo, then sent"
        : "choose an answer first";
  }
  function choose(key) {
    var radio = one("input[name=choice][aria-keyshortcuts='" + key + "']", place);
    if (!radio || radio.disabled) return;
    radio.checked = true;
    radio.focus({ preventScroll: true });
    radio.closest(".ans").scrollIntoView({ block: "nearest" });
    var own = radio.value === "own" ? one("[data-own]", place) : null;
    if (own) own.focus();
    showChoice();
    keepDraft();
  }
  function decide() {
    var form = one("#decide", place);
    var here = box();
    if (!form || !may() || busy) return;
    if (here.dataset.state === "taken") return note(one("[data-claim]", place).textContent + ". Your text is kept.", true);
    keepDraft();
    // Our own claim, still on its way, would make the version on this form a stale one: it is let arrive first.
    window.clearTimeout(claiming);
    busy = true;
    asking.then(function () {
      busy = false;
      send(form, function (told) {
        if (told.status === 409) met(told);
        else errors(place, told.problems);
      });
    });
  }
  function send(form, refused) {
    busy = true;
    post(form.action, new FormData(form))
      .then(function (told) {
        busy = false;
        if (told.ok) {
          if (form.dataset.act === "rule") {
            portal.toast(told.words);
            if (new URL(told.go, window.location.href).pathname === box().dataset.here) return closeForm();
          }
          held = "";
          go(told.go, true);
          if (["pass", "snooze", "ask", "answer"].indexOf(form.dataset.act) >= 0) portal.toast(told.words);
        } else if (told.words && !Object.keys(told.problems).length && told.status !== 409) note(told.words, true);
        else refused(told);
      })
      .catch(function () {
        busy = false;
        offline();
      });
  }
  function met(told) {
    note(told.words, true);
    if (told.version) setVersion(told.version);
    if (told.state) setState(told.state, told.words.replace(". Your text is kept.", ""));
    poll();
  }
  function setVersion(version) {
    var here = box();
    here.dataset.version = version;
    all("input[name=version]", place).forEach(function (field) {
      field.value = version;
    });
  }
  function setState(state, words) {
    var here = box();
    here.dataset.state = state;
    var line = one("[data-claim]", place);
    if (line && words) line.textContent = words;
    showChoice();
  }

  /* claims ----------------------------------------------------------------------- */
  function claim() {
    var here = box();
    window.clearTimeout(claiming);
    if (!here || !may() || !shown() || doc.hidden || (here.dataset.state !== "free" && here.dataset.state !== "mine")) return;
    if (here.dataset.state === "mine") {
      held = here.dataset.here;
      return;
    }
    claiming = window.setTimeout(function () {
      asking = post(here.dataset.here + "claim/")
        .then(function (told) {
          if (box() !== here) {
            if (told.ok) giveBack(here.dataset.here);
            return;
          }
          if (told.ok) {
            held = here.dataset.here;
            setVersion(told.version);
            setState("mine", told.words);
            note("", false);
            poll();
          } else if (told.status === 409) met(told);
        })
        .catch(function () {});
    }, CLAIM_AFTER);
  }
  function giveBack(address) {
    var body = new FormData();
    body.set("csrfmiddlewaretoken", token());
    navigator.sendBeacon(address + "release/", body);
  }
  function leave() {
    window.clearTimeout(claiming);
    if (held) giveBack(held);
    held = "";
  }

  /* going from case to case ---------------------------------------------------- */
  function part(address) {
    return address + (address.indexOf("?") < 0 ? "?" : "&") + "part=case";
  }
  function go(address, replaced) {
    var path = new URL(address, window.location.href);
    if (path.pathname === rev.dataset.review || path.pathname.indexOf(rev.dataset.review) !== 0) return window.location.assign(address);
    leave();
    return fetch(part(path.pathname + path.search), { credentials: "same-origin" })
      .then(function (answer) {
        if (!answer.ok) throw new Error(String(answer.status));
        return answer.text();
      })
      .then(function (html) {
        place.innerHTML = html;
        history[replaced ? "replaceState" : "pushState"]({ review: true }, "", path.pathname + path.search);
        rev.classList.replace("at-queue", "at-case");
        place.focus({ preventScroll: true });
        arrived();
        poll(true);
      })
      .catch(function () {
        window.location.assign(address);
      });
  }
  function arrived() {
    var here = box();
    var crumb = one("[data-crumb]");
    if (here) {
      doc.title = here.dataset.title + " · Opsportal";
      if (crumb) crumb.textContent = here.dataset.reference;
      restoreDraft();
      showChoice();
      when();
      note(here.dataset.state === "taken" ? one("[data-claim]", place).textContent : "", false);
      claim();
    }
    mark();
    portal.tick(rev);
  }
  function mark() {
    var here = box();
    all(".rail-row", rail).forEach(function (row) {
      if (here && row.dataset.case === here.dataset.case) row.setAttribute("aria-current", "true");
      else row.removeAttribute("aria-current");
    });
    rove();
  }
  // The rail is one tab stop; arrows move inside it.
  function rove() {
    var rows = all(".rail-row", rail);
    var stop = one(".rail-row[aria-current]", rail) || rows[0];
    rows.forEach(function (row) {
      row.tabIndex = row === stop ? 0 : -1;
    });
  }
  function arrow(row, by) {
    var rows = all(".rail-row", rail);
    var next = rows[rows.indexOf(row) + by];
    if (next) next.focus();
  }
  function step(by) {
    var rows = all(".rail-row", rail);
    var here = box();
    var at = rows.findIndex(function (row) {
      return here && row.dataset.case === here.dataset.case;
    });
    var next = rows[at < 0 ? 0 : at + by];
    if (!next && by > 0) return further(step.bind(null, by));
    if (!next) return;
    next.scrollIntoView({ block: "nearest" });
    go(next.href);
  }

  /* the live rail ------------------------------------------------------------------ */
  function poll(atOnce) {
    if (doc.hidden && !atOnce) return;
    var here = box();
    var query = rev.dataset.query ? rev.dataset.query + "&" : "?";
    var address = rev.dataset.rail + query + "part=rail&case=" + (here ? here.dataset.case : "");
    fetch(address, { headers: tag ? { "If-None-Match": tag } : {}, credentials: "same-origin", cache: "no-store" })
      .then(function (answer) {
        asOf(answer.headers.get("X-As-Of"));
        if (answer.status === 401 || answer.status === 403) return note("You are signed out. Your text is kept; sign in in another tab.", true);
        if (answer.status !== 200) return null;
        tag = answer.headers.get("ETag") || "";
        return answer.text();
      })
      .then(function (html) {
        if (html) received(html, atOnce);
      })
      .catch(function () {});
  }
  function asOf(text) {
    var line = one("[data-as-of]", rail);
    if (line && text) line.textContent = text;
  }
  function received(html, atOnce) {
    var holder = doc.createElement("div");
    holder.innerHTML = html;
    standing(one("[data-standing]", holder));
    var list = one(".rail-list", rail);
    // Rows never move under the hand: what is new waits until the pointer or the focus leaves the list.
    if (!atOnce && list && (over || list.contains(doc.activeElement)) && moved(holder)) {
      waitingRail = holder;
      offer(moved(holder));
    } else swap(holder);
  }
  function ids(root) {
    return all(".rail-row", root).map(function (row) {
      return row.dataset.case;
    });
  }
  function moved(holder) {
    var before = ids(rail);
    var fresh = ids(holder).filter(function (id) {
      return before.indexOf(id) < 0;
    });
    return fresh.length || (before.join() === ids(holder).join() ? 0 : -1);
  }
  function offer(count) {
    var button = one(".rail-new", rail);
    if (!button) {
      button = doc.createElement("button");
      button.type = "button";
      button.className = "rail-new";
      button.addEventListener("click", settle);
      one(".rail-list", rail).before(button);
    }
    button.textContent = count > 0 ? count + " new" : "The order changed";
  }
  function settle() {
    if (waitingRail) swap(waitingRail);
  }
  function swap(holder) {
    waitingRail = null;
    keepFurther(holder);
    var list = one(".rail-list", rail);
    var top = list ? list.scrollTop : 0;
    var focused = doc.activeElement && rail.contains(doc.activeElement) ? doc.activeElement.dataset.case : "";
    rail.replaceChildren.apply(rail, Array.prototype.slice.call(holder.childNodes));
    one(".rail-list", rail).scrollTop = top;
    var back = focused && one(".rail-row[data-case='" + focused + "']", rail);
    if (back) back.focus({ preventScroll: true });
    mark();
    showPicked();
    portal.tick(rail);
    countDown();
  }
  /* further rows ------------------------------------------------------------------- */
  function further(then) {
    var link = one("[data-more]", rail);
    if (!link || busy) return;
    fetch(part(link.getAttribute("href")).replace("part=case", "part=rows"), { credentials: "same-origin" })
      .then(function (answer) {
        if (!answer.ok) throw new Error(String(answer.status));
        return answer.text();
      })
      .then(function (html) {
        var more = doc.createElement("div");
        more.className = "rail-extra";
        more.innerHTML = html;
        link.replaceWith(more);
        mark();
        showPicked();
        portal.tick(rail);
        if (then && one(".rail-row", more)) then();
      })
      .catch(offline);
  }
  // What was loaded further down stays when the top of the rail is drawn anew.
  function keepFurther(holder) {
    var more = one(".rail-extra", rail);
    var link = one("[data-more]", holder);
    if (!more || !link) return;
    var there = ids(holder);
    all(".rail-item", more).forEach(function (item) {
      if (there.indexOf(one(".rail-row", item).dataset.case) >= 0) item.remove();
    });
    link.replaceWith(more);
  }

  /* rows: open, chosen, decided from there ------------------------------------------ */
  var picked = {};
  var anchor = "";
  function rowInHand() {
    var on = doc.activeElement;
    if (on && on.matches && on.matches(".rail-row")) return on;
    return one(".rail-row[aria-current]", rail);
  }
  function tickOf(row) {
    return one(".rail-tick", row.parentNode);
  }
  function pick(row, on) {
    if (on) picked[row.dataset.case] = true;
    else delete picked[row.dataset.case];
    anchor = row.dataset.case;
    showPicked();
  }
  function pickOne() {
    var row = rowInHand();
    if (row && tickOf(row)) pick(row, !picked[row.dataset.case]);
  }
  function pickRange() {
    var row = rowInHand();
    if (!row) return;
    var rows = all(".rail-row", rail);
    var from = rows.findIndex(function (one) {
      return one.dataset.case === anchor;
    });
    var to = rows.indexOf(row);
    rows.slice(Math.min(from < 0 ? to : from, to), Math.max(from, to) + 1).forEach(function (one) {
      picked[one.dataset.case] = true;
    });
    anchor = row.dataset.case;
    showPicked();
  }
  function showPicked() {
    var count = Object.keys(picked).length;
    var form = one("#together", rail);
    if (!form) return;
    form.hidden = !count;
    rail.classList.toggle("is-picking", count > 0);
    one("[data-picked]", form).textContent = count + " selected";
    all(".rail-tick", rail).forEach(function (tick) {
      tick.checked = !!picked[tick.value];
    });
  }
  function unpick() {
    picked = {};
    showPicked();
  }
  function together() {
    var chosen = Object.keys(picked);
    var form = one("#together", rail);
    var alike = one("[data-together]", place);
    if (chosen.length) window.location.assign(form.getAttribute("action") + "?ids=" + chosen.join(","));
    else if (alike) window.location.assign(alike.href);
  }
  function details() {
    var open = rail.classList.toggle("is-open");
    localStorage.setItem("opsportal.review.open", open ? "yes" : "");
  }
  // The suggested answer, decided from the row; it can be undone for ten seconds like any other.
  function take(form) {
    if (busy) return;
    var here = box();
    var row = one(".rail-row", form.parentNode);
    var current = here && here.dataset.case === row.dataset.case;
    window.clearTimeout(current ? claiming : 0);
    busy = true;
    asking.then(function () {
      if (current) form.elements.version.value = here.dataset.version;
      post(form.action, new FormData(form))
        .then(function (told) {
          busy = false;
          if (!told.ok) portal.toast(told.words || "It was not decided; open it.");
          else if (current) {
            held = "";
            return go(told.go, true);
          }
          poll(true);
        })
        .catch(function () {
          busy = false;
          offline();
        });
    });
  }
  function takeFocused() {
    var on = doc.activeElement;
    var form = on && on.matches && on.matches(".rail-row") ? one(".rail-take", on.parentNode) : null;
    if (form) form.requestSubmit();
    return !!form;
  }
  function evidence() {
    var title = doc.getElementById("alike");
    if (title) title.scrollIntoView({ block: "start" });
  }
  function ruleAddress(address) {
    var choice = one("input[name=choice]:checked", place);
    if (!choice || choice.disabled) return address;
    var query = new URLSearchParams({ choice: choice.value });
    all("[data-own]", place).forEach(function (field) {
      if (field.value) query.set(field.name, field.value);
    });
    return address + (address.indexOf("?") < 0 ? "?" : "&") + query;
  }

  function standing(line) {
    var here = box();
    if (!line || !here || !line.dataset.standing || line.dataset.standing === here.dataset.state) return;
    if (busy || one("#decide", place) === null) return;
    var before = here.dataset.state;
    if (line.dataset.standing === "decided") {
      if (before === "decided") return;
      held = "";
      setState("decided", line.dataset.words);
      note(line.dataset.words + ". Your text is kept.", true);
    } else {
      setState(line.dataset.standing, line.dataset.words);
      note(line.dataset.standing === "taken" ? line.dataset.words + ". Your text is kept." : "", line.dataset.standing === "taken");
      if (line.dataset.standing === "free") claim();
      if (line.dataset.standing === "mine") setVersion(line.dataset.version);
    }
  }
  function countDown() {
    var toast = one("[data-toast]", rail);
    if (!toast) return;
    var left = Math.ceil((Date.parse(toast.dataset.leaves) - portal.now()) / 1000);
    if (left <= 0) {
      toast.remove();
      poll(true);
    } else one("[data-left]", toast).textContent = "leaves in " + left + " s";
  }
  function undo() {
    var form = one("[data-toast] form", rail);
    if (!form) return;
    post(form.action)
      .then(function (told) {
        if (!told.ok) portal.toast(told.words);
        else go(told.go);
        poll(true);
      })
      .catch(offline);
  }

  /* the two small forms ------------------------------------------------------------ */
  function openForm(name, address) {
    var rule = name === "rule";
    if (!may() && !(rule && box() && box().hasAttribute("data-may-act"))) return;
    var slot = one("[data-slot=" + name + "]", place);
    if (rule) address = ruleAddress(address);
    var ready = one("form", slot) && !rule
      ? Promise.resolve()
      : fetch(address + (address.indexOf("?") < 0 ? "?" : "&") + "part=form", { credentials: "same-origin" })
          .then(function (answer) {
            return answer.text();
          })
          .then(function (html) {
            slot.innerHTML = html;
          });
    ready
      .then(function () {
        all("[data-slot]", place).forEach(function (other) {
          other.hidden = other !== slot;
        });
        one("[data-main]", place).hidden = true;
        one("select, input:not([type=hidden]), button", slot).focus();
      })
      .catch(offline);
  }
  function closeForm() {
    all("[data-slot]", place).forEach(function (slot) {
      slot.hidden = true;
    });
    var main = one("[data-main]", place);
    if (main) main.hidden = false;
    place.focus({ preventScroll: true });
  }
  function when() {
    var away = one("#away", place);
    if (away) one("[data-when=at]", place).hidden = away.value !== "at";
  }

  /* wiring -------------------------------------------------------------------------- */
  function clicked(event) {
    var on = event.target.closest("a, button");
    if (!on || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    if (on.matches(".rail-row")) {
      event.preventDefault();
      go(on.href);
    } else if (on.hasAttribute("data-more")) {
      event.preventDefault();
      further();
    } else if (on.hasAttribute("data-unpick")) unpick();
    else if (on.closest("#together")) {
      event.preventDefault();
      together();
    } else if (on.dataset.form) {
      event.preventDefault();
      openForm(on.dataset.form, on.href || "");
    } else if (on.hasAttribute("data-cancel")) closeForm();
    else if (on.dataset.reason !== undefined && on.matches(".recent button")) {
      var reason = one("#reason", place);
      reason.value = on.dataset.reason;
      reason.focus();
      keepDraft();
    }
  }
  function submitted(event) {
    var form = event.target;
    if (!form.dataset.act) return;
    event.preventDefault();
    if (form.dataset.act === "undo") undo();
    else if (form.dataset.act === "take") take(form);
    else if (form.dataset.act === "decide") decide();
    else if (!busy)
      send(form, function (told) {
        if (told.status === 409) {
          closeForm();
          met(told);
        } else errors(form, told.problems);
      });
  }
  function typed(event) {
    if (event.target.matches("[data-own]")) {
      var own = one("input[name=choice][value=own]", place);
      if (own && event.target.value) own.checked = true;
      showChoice();
    }
    if (event.target.matches("[data-accounts]")) offerAccounts(event.target);
    if (event.target.matches("#away")) when();
    if (event.target.matches(".rail-tick") && event.type === "change") {
      pick(one(".rail-row", event.target.parentNode), event.target.checked);
      event.target.blur(); // the keys go on working
    }
    if (event.target.matches("#reason, [data-own], input[name=choice]")) {
      showChoice();
      keepDraft();
    }
  }
  var asked = 0;
  function offerAccounts(field) {
    var mine = ++asked;
    if (field.value.length < 2 || field.value.indexOf(" · ") > 0) return;
    fetch(rev.dataset.accounts + "?part=1&q=" + encodeURIComponent(field.value), { credentials: "same-origin" })
      .then(function (answer) {
        return answer.json();
      })
      .then(function (told) {
        if (mine !== asked) return;
        var list = doc.getElementById("own-accounts");
        list.replaceChildren.apply(
          list,
          told.accounts.map(function (account) {
            var option = doc.createElement("option");
            option.value = account.value;
            option.label = account.words ? account.value + ", " + account.words : account.value;
            return option;
          })
        );
      })
      .catch(function () {});
  }
  var acts = {
    j: function () { step(1); },
    k: function () { step(-1); },
    m: function () {
      var link = one("a[data-form=pass]", place);
      if (link) openForm("pass", link.href);
    },
    h: function () { openForm("snooze", ""); },
    q: function () {
      var link = one("a[data-form=ask]", place);
      if (link) openForm("ask", link.getAttribute("href"));
    },
    u: undo,
    x: pickOne,
    X: pickRange,
    b: together,
    d: details,
    e: evidence,
    o: function () {
      var row = rowInHand();
      if (row && row === doc.activeElement) go(row.href);
      else place.focus({ preventScroll: true });
    },
    R: function () {
      var link = one("a[data-form=rule]", place);
      if (link) openForm("rule", link.getAttribute("href"));
    },
    Enter: function () {
      var reason = one("#reason", place);
      if (reason) reason.focus();
    },
  };
  for (var digit = 1; digit <= 9; digit += 1) acts[digit] = choose.bind(null, String(digit));
  acts[1] = function () {
    if (!takeFocused()) choose("1");
  };
  function bind() {
    portal.key("j", "Next case", acts.j);
    portal.key("k", "Case before", acts.k);
    for (var key = 1; key <= 9; key += 1) portal.key(String(key), "Choose answer " + key, acts[key]);
    portal.key("m", "Not mine", acts.m);
    portal.key("h", "Snooze", acts.h);
    portal.key("q", "Ask a colleague", acts.q);
    portal.key("u", "Undo", acts.u);
    portal.key("R", "Make this a rule", acts.R);
    portal.key("o", "Open the row", acts.o);
    portal.key("e", "Decided alike before", acts.e);
    portal.key("d", "More on every row", acts.d);
    portal.key("x", "Select the row", acts.x);
    portal.key("X", "Select to here", acts.X);
    portal.key("b", "Decide the selected together, or all alike", acts.b);
  }
  function pressed(event) {
    if ((event.ctrlKey || event.metaKey) && event.key === "Enter" && !doc.querySelector("dialog[open]")) {
      event.preventDefault();
      var form = event.target.closest && event.target.closest("form[data-act=pass], form[data-act=snooze], form[data-act=rule], form[data-act=ask], form[data-act=answer]");
      if (form) form.requestSubmit();
      else decide();
      return;
    }
    if (event.key === "Escape" && place.contains(event.target)) {
      if (event.target.closest("[data-slot]")) closeForm();
      else if (portal.typing()) event.target.blur();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    var on = event.target;
    if (!on.matches) return;
    if (on.matches(".rail-row") && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      arrow(on, event.key === "ArrowDown" ? 1 : -1);
      return;
    }
    if (on.matches(".rail-row[aria-current]") && event.key === "Enter") {
      event.preventDefault();
      if (!takeFocused()) go(on.href);
      return;
    }
    if (on.matches("#reason") && event.key === "Enter") {
      event.preventDefault(); // only Ctrl Enter sends
      return;
    }
    // A chosen answer has the focus, and it is no field one types in: the keys go on working.
    var radio = on.matches("input[type=radio]");
    if ((radio || (event.key === "Enter" && (on === place || on === doc.body))) && acts[event.key] && localStorage.getItem("opsportal.keys") !== "off") {
      event.preventDefault();
      acts[event.key]();
    }
  }

  forgetOld();
  bind();
  rail.classList.toggle("is-open", localStorage.getItem("opsportal.review.open") === "yes");
  doc.addEventListener("click", clicked);
  doc.addEventListener("submit", submitted);
  doc.addEventListener("input", typed);
  doc.addEventListener("change", typed);
  doc.addEventListener("keydown", pressed);
  rail.addEventListener("pointermove", function () {
    over = true;
  });
  rail.addEventListener("pointerleave", function () {
    over = false;
    settle();
  });
  window.addEventListener("pagehide", leave);
  window.addEventListener("pageshow", function (event) {
    if (event.persisted) window.location.reload();
  });
  window.addEventListener("popstate", function () {
    window.location.reload();
  });
  doc.addEventListener("visibilitychange", function () {
    if (!doc.hidden) poll(true);
  });
  window.setInterval(poll, EVERY);
  window.setInterval(countDown, 1000);
  arrived();
  countDown();
})();
