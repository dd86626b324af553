// Runs before the first paint, so that a dark page never flashes light.
// The choice lives under unfold's own key (a JSON string), so that admin pages and ours are always the same.
(function () {
  var root = document.documentElement;
  var dark = window.matchMedia("(prefers-color-scheme: dark)");

  function chosen() {
    try {
      return JSON.parse(localStorage.getItem("adminTheme") || '"auto"');
    } catch (broken) {
      return "auto";
    }
  }

  function apply() {
    var choice = chosen();
    var name = choice === "auto" ? (dark.matches ? "dark" : "light") : choice;
    root.dataset.theme = name;
    root.dataset.choice = choice;
    root.classList.toggle("dark", name === "dark");
    root.classList.toggle("light", name === "light" && choice !== "auto");
  }

  function choose(choice) {
    localStorage.setItem("adminTheme", JSON.stringify(choice));
    if (window.Alpine && window.Alpine.$data) {
      var data = window.Alpine.$data(root);
      if (data && "adminTheme" in data) data.adminTheme = choice;
    }
    apply();
  }

  dark.addEventListener("change", apply);
  window.addEventListener("storage", apply);
  window.opsportal = { chooseTheme: choose, theme: chosen };
  apply();
})();
