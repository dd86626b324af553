// Deciding together: the preview sends its cases in small lots and says how far it came. Without it the form works too.
(function () {
  "use strict";
  var portal = window.opsportal;
  var doc = document;
  var form = doc.getElementById("tog");
  var done = doc.getElementById("tog-done");
  var LOT = 20;
  var busy = false;

  function one(selector, root) {
    return (root || doc).querySelector(selector);
  }
  function all(selector, root) {
    return Array.prototype.slice.call((root || doc).querySelectorAll(selector));
  }

  /* the preview ------------------------------------------------------------- */
  function ticked() {
    return all("input[name=row]", form).filter(function (box) {
      return box.checked;
    });
  }
  function recount() {
    var button = one("[data-decide]", form);
    if (!button) return;
    var count = ticked().length;
    var words = one("span", button);
    words.textContent = words.textContent.replace(/^Decide \d+/, "Decide " + count);
    button.setAttribute("aria-disabled", String(!count));
  }
  function wrong(words) {
    var line = one("[data-error=reason]", form);
    var reason = one("#reason", form);
    line.textContent = words;
    if (words) reason.setAttribute("aria-invalid", "true");
    else reason.removeAttribute("aria-invalid");
    if (words) reason.focus();
  }
  function decide() {
    if (busy) return;
    var rows = ticked().map(function (box) {
      return box.value;
    });
    if (!one("#reason", form).value.trim()) return wrong("Say why: it becomes part of each record.");
    if (!rows.length) return;
    wrong("");
    busy = true;
    var bar = one("[data-progress]", form);
    bar.hidden = false;
    bar.max = rows.length;
    one("[data-decide]", form).setAttribute("aria-disabled", "true");
    lot(rows, 0, 0);
  }
  function lot(rows, at, missed) {
    if (at >= rows.length) return finish(rows);
    var data = new FormData();
    ["csrfmiddlewaretoken", "answer", "reason"].forEach(function (name) {
      data.set(name, form.elements[name].value);
    });
    rows.slice(at, at + LOT).forEach(function (row) {
      data.append("row", row);
    });
    fetch(form.action, { method: "POST", body: data, headers: { Accept: "application/json" }, credentials: "same-origin" })
      .then(function (answer) {
        if (!answer.ok) throw new Error(String(answer.status));
        return answer.json();
      })
      .then(function (told) {
        told.results.forEach(function (result) {
          var line = one("[data-line='" + result.case + "'] [data-result]", form);
          if (line) line.textContent = result.ok ? "✓ decided" : "not decided: " + result.words;
          if (!result.ok) missed += 1;
        });
        var came = Math.min(at + LOT, rows.length);
        one("[data-progress]", form).value = came;
        one("[data-told]", form).textContent = came + " of " + rows.length + (missed ? ", " + missed + " not" : "");
        lot(rows, at + LOT, missed);
      })
      .catch(function () {
        busy = false;
        one("[data-decide]", form).setAttribute("aria-disabled", "false");
        one("[data-told]", form).textContent = at + " of " + rows.length + " sent; the portal did not answer. Decide again to go on: what is decided stays.";
      });
  }
  function finish(rows) {
    var ids = rows.map(function (row) {
      return row.split(":")[0];
    });
    window.location.assign(form.dataset.done + "?ids=" + ids.join(","));
  }
  function preview() {
    form.addEventListener("submit", function (event) {
      event.preventDefault();
      decide();
    });
    form.addEventListener("change", recount);
    form.addEventListener("click", function (event) {
      var button = event.target.closest("[data-reason]");
      if (!button) return;
      one("#reason", form).value = button.dataset.reason;
      one("#reason", form).focus();
    });
    all("[data-key]", form).forEach(function (link) {
      portal.key(link.dataset.key, "Answer: " + one("b", link).textContent, function () {
        link.click();
      });
    });
    portal.key("Enter", "Give the reason", function () {
      var reason = one("#reason", form);
      if (reason) reason.focus();
    });
  }

  /* afterwards ---------------------------------------------------------------- */
  function countDown() {
    var line = one("[data-leaves]", done);
    if (!line) return;
    var left = Math.ceil((Date.parse(line.dataset.leaves) - portal.now()) / 1000);
    if (left > 0) line.textContent = all("li form", done).length + " can be taken back, for " + left + " s.";
    else {
      line.textContent = "Nothing can be taken back any more.";
      line.removeAttribute("data-leaves");
      all("form", done).forEach(function (gone) {
        gone.remove();
      });
    }
  }
  function after() {
    portal.key("u", "Undo all", function () {
      var undo = one("[data-undo-all]", done);
      if (undo) undo.requestSubmit();
    });
    window.setInterval(countDown, 1000);
    countDown();
  }

  doc.addEventListener("keydown", function (event) {
    if (!(event.ctrlKey || event.metaKey) || event.key !== "Enter" || doc.querySelector("dialog[open]")) return;
    event.preventDefault();
    if (form) decide();
    else window.location.assign(one("[data-on]", done).href);
  });
  if (form) preview();
  if (done) after();
})();
