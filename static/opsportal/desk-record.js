// The record pane: loads one record, opens its act panels, keeps what was typed, says what came of it.
(function () {
  "use strict";
  var portal = window.opsportal;
  var doc = document;
  var pane = doc.getElementById("record");
  if (!pane) return;

  var shown = 0; // id of the record in the pane
  var wanted = 0; // id asked for last
  var whole = 0; // id of the record whose timeline is shown in full
  var loading = null; // AbortController of the request under way
  var changed = []; // what the list wants to hear after an act

  function get(address, options) {
    return fetch(address, Object.assign({ credentials: "same-origin", cache: "no-store" }, options || {}));
  }
  function el(selector) {
    return pane.querySelector(selector);
  }
  function scroller() {
    return doc.getElementById("rec-scroll");
  }
  function version() {
    var place = scroller();
    return place ? Number(place.dataset.version) : 0;
  }
  function say(title, text) {
    var box = doc.createElement("div");
    box.className = "empty";
    var head = doc.createElement("b");
    head.textContent = title;
    box.append(head, text);
    pane.replaceChildren(box);
    pane.setAttribute("aria-label", "Record");
  }

  /* loading ------------------------------------------------------------------ */
  function load(id, options) {
    var how = options || {};
    wanted = id;
    if (how.whole) whole = id;
    if (loading) loading.abort();
    if (!id) {
      shown = 0;
      say("No record", "Choose a row at the left.");
      return Promise.resolve();
    }
    loading = new AbortController();
    var slow = window.setTimeout(function () {
      pane.classList.add("is-waiting-for");
    }, 200);
    return get("/desk/record/" + id + "/" + (whole === id ? "?all=1" : ""), { signal: loading.signal })
      .then(function (answer) {
        return answer.text().then(function (html) {
          if (wanted !== id) return;
          if (!answer.ok) {
            shown = 0;
            say(answer.status === 401 ? "You are signed out" : "Nothing to show", html);
            return;
          }
          draw(id, html, how);
        });
      })
      .catch(function (fault) {
        if (fault.name === "AbortError") return;
        if (shown !== id) say("The portal does not answer", "It is asked again in some seconds.");
        shown = 0;
      })
      .finally(function () {
        window.clearTimeout(slow);
        pane.classList.remove("is-waiting-for");
      });
  }
  function draw(id, html, how) {
    var same = shown === id;
    var top = same && scroller() ? scroller().scrollTop : 0;
    var explained = same && el("#explain") ? el("#explain").open : false;
    var open = same ? el(".panel") : null; // a panel outlives a refresh of its record
    var focus = same && pane.contains(doc.activeElement) ? doc.activeElement : null;
    keep();
    var held = doc.createElement("div");
    held.innerHTML = html;
    if (open) held.querySelector("#panel").append(open);
    pane.replaceChildren.apply(pane, Array.from(held.childNodes));
    shown = id;
    pane.setAttribute("aria-label", scroller().dataset.title);
    scroller().scrollTop = top;
    if (explained) el("#explain").open = true;
    if (focus && doc.contains(focus)) focus.focus({ preventScroll: true });
    else if (focus && same) pane.focus({ preventScroll: true });
    portal.tick(pane);
    if (how.then) how.then();
  }

  // A key acts on the row under the cursor, never on the record that is still shown for a moment after a move.
  function ready() {
    var id = portal.list.cursor();
    return id && id !== shown ? load(id) : Promise.resolve();
  }

  /* drafts: what was typed outlives leaving, a refresh and a sign-out ----------- */
  function key(form) {
    return "opsportal.draft." + form.action.replace(/^.*\/desk\/act\//, "");
  }
  function values(form) {
    var typed = {};
    Array.from(form.elements).forEach(function (one) {
      if (!one.name || one.type === "hidden") return;
      if (one.type === "radio" || one.type === "checkbox") {
        if (one.checked) typed[one.name] = one.value;
      } else if (one.value) typed[one.name] = one.value;
    });
    return typed;
  }
  function keep() {
    var form = el(".panel");
    if (!form || !form.dataset.typed) return;
    sessionStorage.setItem(key(form), JSON.stringify(values(form)));
  }
  function restore(form) {
    var typed = JSON.parse(sessionStorage.getItem(key(form)) || "null");
    if (!typed) return;
    Array.from(form.elements).forEach(function (one) {
      if (!one.name || one.type === "hidden" || !(one.name in typed)) return;
      if (one.type === "radio" || one.type === "checkbox") one.checked = one.value === typed[one.name];
      else one.value = typed[one.name];
    });
    form.dataset.typed = "1";
  }

  /* panels ------------------------------------------------------------------------ */
  function button(slug) {
    return el('.rec-acts [data-act="' + slug + '"]') || el('[data-act="' + slug + '"]');
  }
  function openAct(slug) {
    var on = button(slug);
    if (!on || !shown) return;
    if (on.getAttribute("aria-disabled") === "true") {
      portal.toast(on.title || "That can not be done now.");
      return;
    }
    var id = shown;
    get("/desk/act/" + id + "/" + slug + "/").then(function (answer) {
      return answer.text().then(function (html) {
        if (shown !== id) return;
        if (!answer.ok) {
          portal.toast(html);
          return;
        }
        keep();
        place(html);
        restore(el(".panel"));
        enter();
      });
    }, unreachable);
  }
  function place(html) {
    doc.getElementById("panel").innerHTML = html;
    portal.tick(pane);
  }
  function enter() {
    var form = el(".panel");
    var first =
      form.querySelector('[aria-invalid="true"]') ||
      form.querySelector("input:checked, .panel-fields input, .panel-fields select, .panel-fields textarea") ||
      form.querySelector("[type=submit]");
    first.focus({ preventScroll: true });
    form.scrollIntoView({ block: "nearest" });
  }
  function leave() {
    keep();
    var place = doc.getElementById("panel");
    if (place) place.replaceChildren();
    portal.list.focus();
  }
  function unreachable() {
    portal.toast("The portal does not answer. Nothing was done; your text is kept.");
  }
  function submit(form) {
    if (form.dataset.busy) return;
    form.dataset.busy = "1";
    form.dataset.typed = "1";
    keep();
    var id = shown;
    var main = form.querySelector("[type=submit]");
    main.setAttribute("aria-busy", "true");
    get(form.action, { method: "POST", body: new FormData(form), headers: { Accept: "application/json" } })
      .then(function (answer) {
        return answer.text().then(function (text) {
          if (answer.ok) done(id, form, JSON.parse(text).done);
          else if (answer.status === 401 || text.indexOf('class="panel"') < 0) failed(answer.status);
          else if (shown === id) {
            place(text);
            el(".panel").dataset.typed = "1";
            enter();
          }
        });
      })
      .catch(unreachable)
      .finally(function () {
        delete form.dataset.busy;
        main.removeAttribute("aria-busy");
      });
  }
  function failed(status) {
    portal.toast(
      status === 401 || status === 403
        ? "You are signed out, or your page is old. Your text is kept: load the page again."
        : "That did not work (" + status + "). Nothing was done; your text is kept.",
      { label: "Load again", act: function () { window.location.reload(); }, stay: 20000 }
    );
  }
  function done(id, form, words) {
    sessionStorage.removeItem(key(form));
    delete form.dataset.typed;
    portal.toast(words);
    var inside = pane.contains(doc.activeElement);
    if (shown === id) {
      doc.getElementById("panel").replaceChildren();
      load(id);
    }
    if (inside || doc.activeElement === doc.body) portal.list.focus();
    changed.forEach(function (tell) {
      tell(id);
    });
  }

  /* wiring --------------------------------------------------------------------------- */
  pane.addEventListener("click", function (event) {
    var on = event.target.closest("[data-act],[data-cancel],[data-fill-in],[data-explain],[data-whole],[data-more-acts]");
    if (!on) return;
    if (on.dataset.act) openAct(on.dataset.act);
    else if (on.hasAttribute("data-cancel")) leave();
    else if (on.dataset.fillIn) {
      var field = doc.getElementById(on.dataset.fillIn);
      field.value = on.dataset.text;
      el(".panel").dataset.typed = "1";
      field.focus();
    } else if (on.hasAttribute("data-explain")) {
      event.preventDefault();
      el("#explain").open = true;
      el("#explain summary").focus({ preventScroll: true });
      el("#explain").scrollIntoView({ block: "start" });
    } else if (on.hasAttribute("data-whole")) {
      event.preventDefault();
      load(shown, { whole: true });
    } else {
      var rest = el(".thumb-more");
      rest.hidden = !rest.hidden;
      on.setAttribute("aria-expanded", String(!rest.hidden));
    }
  });
  pane.addEventListener("input", function (event) {
    var form = event.target.closest(".panel");
    if (!form) return;
    form.dataset.typed = "1";
    keep();
  });
  pane.addEventListener("submit", function (event) {
    event.preventDefault();
    if (event.target.querySelector("[type=submit]").getAttribute("aria-disabled") === "true") return;
    submit(event.target);
  });
  pane.addEventListener("keydown", function (event) {
    var form = event.target.closest(".panel");
    if (!form) return;
    if (event.key === "Escape") {
      event.preventDefault();
      leave();
    } else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      form.requestSubmit();
    }
  });
  window.addEventListener("pagehide", keep);

  portal.record = {
    load: load,
    act: openAct,
    shown: function () { return shown; },
    version: version,
    busy: function () { return !!el(".panel"); },
    focus: function () { pane.focus({ preventScroll: true }); },
    onChange: function (tell) { changed.push(tell); },
    ready: ready,
    byKey: function (letter) {
      ready().then(function () {
        var on = el('.rec-acts [data-key="' + letter + '"]');
        if (on) openAct(on.dataset.act);
        else if (shown) portal.toast(letter === "t" ? "No promise is due here." : "There is nothing to acknowledge here.");
      });
    },
  };
})();
