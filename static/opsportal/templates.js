// Library, document, first path: rows by j and k, filters that show at once, a preview of what the answers make.
(function () {
  "use strict";
  var portal = window.opsportal;
  var doc = document;

  function links() {
    return Array.prototype.slice.call(doc.querySelectorAll(".tpl-open, .graph-open"));
  }
  function step(by) {
    var all = links();
    var next = all[Math.max(0, Math.min(all.length - 1, all.indexOf(doc.activeElement) + by))];
    if (next) next.focus();
  }
  if (links().length) {
    portal.key("j", "Next row", function () { step(1); });
    portal.key("k", "Row before", function () { step(-1); });
    portal.key("o", "Open", function () {
      var on = doc.activeElement;
      if (links().indexOf(on) >= 0) window.location.assign(on.href);
    });
  }
  var find = doc.getElementById("q");
  if (find) portal.key("/", "Filter by name", function () { find.focus(); find.select(); });
  doc.addEventListener("change", function (event) {
    if (event.target.matches("[data-submit]")) event.target.form.requestSubmit();
  });

  /* the first path: what the answers make so far */
  var form = doc.querySelector("form[data-preview]");
  if (!form) return;
  var asked = 0;
  var timer = null;
  function show(said) {
    doc.getElementById("made-trigger").textContent = said.trigger === "true" ? "" : said.trigger;
    doc.getElementById("made-text").textContent = said.text;
    if (said.outline) doc.getElementById("made-outline").innerHTML = said.outline;
  }
  function ask() {
    var mine = ++asked;
    fetch(form.dataset.preview, { method: "POST", body: new FormData(form), headers: { Accept: "application/json" }, credentials: "same-origin" })
      .then(function (answer) { return answer.ok ? answer.json() : null; })
      .then(function (said) { if (said && mine === asked) show(said); })
      .catch(function () {});
  }
  form.addEventListener("input", function () {
    window.clearTimeout(timer);
    timer = window.setTimeout(ask, 250);
  });
  ask();
})();
