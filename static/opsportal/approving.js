// The version page: panels above the footer, n and p between changes, a backtest that is watched and can be left.
(function () {
  "use strict";
  var portal = window.opsportal;
  var doc = document;
  if (!doc.querySelector(".ap-foot")) return;

  function all(selector) {
    return Array.prototype.slice.call(doc.querySelectorAll(selector));
  }

  /* panels ------------------------------------------------------------------- */
  function opened() {
    return doc.querySelector(".ap-panel:not([hidden])");
  }
  function show(name) {
    var kept = opened();
    var said = kept ? kept.querySelector("[name=comment]") : null;
    all(".ap-panel").forEach(function (one) {
      one.hidden = one.id !== "act-" + name;
    });
    all(".ap-btns [name=act]").forEach(function (one) {
      one.setAttribute("aria-expanded", one.value === name ? "true" : "false");
    });
    var panel = opened();
    if (!panel) return;
    var place = panel.querySelector("[name=comment]");
    if (said && place && place !== said && !place.value) place.value = said.value;
    var first = panel.querySelector("[data-first]") || panel.querySelector("[type=submit]");
    if (first) first.focus();
  }
  function close() {
    var panel = opened();
    if (!panel) return;
    var button = doc.querySelector('.ap-btns [aria-controls="' + panel.id + '"]');
    show("");
    if (button) button.focus();
  }
  all(".ap-btns [name=act]").forEach(function (one) {
    one.addEventListener("click", function (event) {
      event.preventDefault();
      if (one.getAttribute("aria-expanded") === "true") close();
      else show(one.value);
    });
    if (one.dataset.key) {
      portal.key(one.dataset.key, one.firstChild.textContent.trim(), function () {
        show(one.value);
      });
    }
  });
  all("[data-close]").forEach(function (one) {
    one.addEventListener("click", function (event) {
      event.preventDefault();
      close();
    });
  });
  doc.addEventListener("keydown", function (event) {
    if (doc.querySelector("dialog[open]")) return;
    if (event.key === "Escape" && opened()) {
      close();
      return;
    }
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    var sheet = event.target.closest ? event.target.closest("[data-sheet]") : null;
    sheet = sheet || opened();
    event.preventDefault();
    if (sheet) {
      sheet.requestSubmit(sheet.querySelector("[type=submit]"));
      return;
    }
    var main = doc.querySelector(".ap-btns [data-main]");
    if (main) show(main.value); // the first stroke only opens: nothing is signed blind
  });
  var sending = false;
  all("[data-sheet]").forEach(function (one) {
    one.addEventListener("submit", function (event) {
      if (sending) event.preventDefault();
      sending = true;
    });
  });
  window.addEventListener("pageshow", function () {
    sending = false;
  });
  var wrong = doc.querySelector(".ap-panel:not([hidden]) [data-first]");
  if (wrong) wrong.focus();

  /* changes ------------------------------------------------------------------ */
  var at = -1;
  function move(by) {
    var places = all(".diff .chg");
    if (!places.length) return;
    at = Math.max(0, Math.min(places.length - 1, at + by));
    places[at].scrollIntoView({ block: "center" });
    places[at].focus({ preventScroll: true });
  }
  portal.key("n", "next change", function () {
    move(1);
  });
  portal.key("p", "previous change", function () {
    move(-1);
  });
  all(".ap-words [data-path]").forEach(function (one) {
    one.addEventListener("click", function () {
      var about = doc.getElementById("about");
      if (about) about.value = one.dataset.path;
    });
  });

  /* the backtest --------------------------------------------------------------- */
  function watch() {
    var going = doc.querySelector("#tested [data-going]");
    if (!going) return;
    window.setTimeout(function () {
      if (doc.hidden) {
        watch();
        return;
      }
      fetch(going.dataset.going + "?part=1", { credentials: "same-origin", cache: "no-store" })
        .then(function (answer) {
          return answer.ok ? answer.text() : null;
        })
        .then(function (html) {
          var typing = doc.getElementById("tested").contains(doc.activeElement);
          if (html !== null && !typing) doc.getElementById("tested").innerHTML = html;
          watch();
        })
        .catch(watch);
    }, 1000);
  }
  watch();
})();
