// Logs: j and k move from row to row, o opens, a chosen source shows at once.
(function () {
  "use strict";
  var portal = window.opsportal;
  function links() {
    return Array.prototype.slice.call(document.querySelectorAll(".log-open"));
  }
  function at(all) {
    var on = all.indexOf(document.activeElement);
    if (on >= 0) return on;
    return all.findIndex(function (one) {
      return one.closest("tr").hasAttribute("aria-current");
    });
  }
  function step(by) {
    var all = links();
    var next = all[Math.max(0, Math.min(all.length - 1, at(all) + by))];
    if (!next) return;
    next.focus();
    if (document.querySelector(".log-one") && document.body.clientWidth > 960) window.location.replace(next.href);
  }
  portal.key("j", "Next row", function () { step(1); });
  portal.key("k", "Row before", function () { step(-1); });
  portal.key("o", "Open", function () {
    var all = links();
    var on = all[Math.max(0, at(all))];
    if (on) window.location.assign(on.href);
  });
  document.addEventListener("change", function (event) {
    if (event.target.matches("[data-submit]")) event.target.form.requestSubmit();
  });
  var current = document.querySelector("tr[aria-current] .log-open");
  if (current && document.body.clientWidth > 960) {
    current.focus({ preventScroll: true });
    current.scrollIntoView({ block: "nearest" });
  }
})();
