// Marked rows (`x`) acknowledged together: a preview names each, then each goes the same way as one alone.
(function () {
  "use strict";
  var portal = window.opsportal;
  var doc = document;
  var rows = doc.getElementById("rows");
  var bar = doc.getElementById("marked");
  if (!rows || !bar) return;

  function marked() {
    return Array.from(rows.querySelectorAll(".is-marked"));
  }
  function tell() {
    var many = marked().length;
    bar.hidden = !many;
    bar.querySelector("b").textContent = many + " marked";
  }
  function clear() {
    marked().forEach(function (row) { row.classList.remove("is-marked"); });
    tell();
  }
  function name(row) {
    return row.title.replace(/^ESC-\d+ /, "");
  }
  function preview() {
    var place = doc.getElementById("panel");
    var list = marked();
    if (!place || !list.length) return;
    var box = doc.createElement("div");
    box.className = "panel";
    box.setAttribute("role", "group");
    box.setAttribute("aria-label", "Acknowledge " + list.length + " records");
    var head = doc.createElement("div");
    head.className = "panel-head";
    head.innerHTML = '<h3></h3><button type="button" class="btn btn-small" data-cancel>Leave <kbd class="kbd">Esc</kbd></button>';
    head.querySelector("h3").textContent = "Acknowledge " + list.length;
    var words = doc.createElement("p");
    words.textContent = "You become the next owner of each, and nobody else is paged:";
    var each = doc.createElement("ul");
    each.className = "bulk";
    list.forEach(function (row) {
      var item = doc.createElement("li");
      item.dataset.id = row.id;
      item.textContent = name(row);
      each.append(item);
    });
    var foot = doc.createElement("div");
    foot.className = "panel-foot";
    foot.innerHTML = '<button type="button" class="btn btn-pri" data-go>Acknowledge all</button>';
    box.append(head, words, each, foot);
    place.replaceChildren(box);
    foot.querySelector("[data-go]").addEventListener("click", function (event) {
      event.target.disabled = true;
      run(list, each, box);
    });
    foot.querySelector("[data-go]").focus();
  }
  function one(row) {
    var form = new FormData();
    form.set("csrfmiddlewaretoken", doc.querySelector("[name=csrfmiddlewaretoken]").value);
    form.set("seen_version", row.dataset.v);
    return fetch("/desk/act/" + row.id.slice(1) + "/acknowledge/", { method: "POST", body: form, credentials: "same-origin" })
      .then(function (answer) {
        if (answer.ok) return "";
        if (answer.status === 409) return "changed meanwhile: look at it first";
        return answer.text().then(function (html) {
          var held = doc.createElement("template");
          held.innerHTML = html;
          var said = held.content.querySelector(".error");
          return said ? said.textContent : "was refused";
        });
      })
      .catch(function () { return "the portal does not answer"; });
  }
  function run(list, each, box) {
    var failed = 0;
    list
      .reduce(function (before, row) {
        return before.then(function () { return one(row); }).then(function (fault) {
          var item = each.querySelector('[data-id="' + row.id + '"]');
          item.textContent = name(row) + (fault ? ": " + fault : ": done");
          item.className = fault ? "error" : "quiet";
          if (fault) failed += 1;
          else row.classList.remove("is-marked");
        });
      }, Promise.resolve())
      .then(function () {
        portal.toast(list.length - failed + " acknowledged" + (failed ? ", " + failed + " not" : ""));
        if (!failed) box.remove();
        tell();
        portal.list.refresh();
        portal.list.focus();
      });
  }

  bar.addEventListener("click", function (event) {
    if (event.target.closest("[data-bulk]")) preview();
    else if (event.target.closest("[data-unmark]")) clear();
  });
  portal.key("x", "Mark the row, to acknowledge several", function () {
    var row = rows.querySelector('[aria-selected="true"]');
    if (row) row.classList.toggle("is-marked");
    tell();
  });
  portal.bulk = { any: function () { return marked().length > 0; }, preview: preview };
})();
