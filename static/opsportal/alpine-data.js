// Alpine's CSP build knows no globals: what unfold's attributes name is registered here.
document.addEventListener("alpine:init", function () {
  "use strict";
  var Alpine = window.Alpine;

  // unfold's own theme(), without arguments: the choice is the reader's, never the site's.
  Alpine.data("theme", function () {
    var data = window.theme("auto");
    // The frame answers "?", "/" and Ctrl K on every page; unfold keeps its keys for lists and forms.
    var keys = data.themeBindings["x-on:keydown.window"];
    data.themeBindings["x-on:keydown.window"] = function (event) {
      if (event.key !== "?" && event.key !== "[") keys.call(this, event);
    };
    return data;
  });

  Alpine.data("page", function () {
    return {
      activeTab: "",
      actionDropdownOpen: false, // named by unfold outside the element that declares it
      window: { location: { pathname: location.pathname, search: location.search } },
      sortRecords: window.sortRecords,
      moveRecords: window.moveRecords,
      init: function () {
        this.activeTab = window.getCurrentTab() || document.body.dataset.firstTab || "";
      },
    };
  });

  if (window.searchCommand) Alpine.data("searchCommand", window.searchCommand);
});
