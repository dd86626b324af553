// The frame's own behaviour: menu, theme buttons, keys, palette, countdowns, toasts. No dependency.
(function () {
  "use strict";
  var portal = window.opsportal;
  var doc = document;

  /* keys ---------------------------------------------------------------- */
  var bound = {}; // key -> {words, act}; pages add theirs with opsportal.key()
  var goes = {}; // letter -> address, read from the sidebar
  var waiting = 0; // when "g" was pressed

  function typing() {
    var on = doc.activeElement;
    return !!on && (/^(INPUT|TEXTAREA|SELECT)$/.test(on.tagName) || on.isContentEditable);
  }
  function keysOff() {
    return localStorage.getItem("opsportal.keys") === "off";
  }
  portal.typing = typing;
  portal.key = function (key, words, act) {
    bound[key] = { words: words, act: act };
  };

  function pressed(event) {
    if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "k") {
      event.preventDefault();
      event.stopPropagation();
      openPalette();
      return;
    }
    if (event.key === "Escape") doc.body.classList.remove("menu-open");
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (typing() || doc.querySelector("dialog[open]") || keysOff()) return;
    if (waiting && Date.now() - waiting < 1500) {
      waiting = 0;
      if (goes[event.key]) {
        event.preventDefault();
        event.stopPropagation();
        window.location.assign(goes[event.key]);
      }
      return;
    }
    if (event.key === "g") {
      waiting = Date.now();
    } else if (event.key === "?") {
      event.preventDefault();
      event.stopPropagation();
      openKeys();
    } else if (bound[event.key]) {
      event.preventDefault();
      event.stopPropagation();
      bound[event.key].act(event);
    }
  }
  window.addEventListener("keydown", pressed, true);

  function line(words, keys) {
    var item = doc.createElement("li");
    item.append(words);
    var place = doc.createElement("span");
    keys.forEach(function (key) {
      var mark = doc.createElement("kbd");
      mark.className = "kbd";
      mark.textContent = key;
      place.append(mark, " ");
    });
    item.append(place);
    return item;
  }
  function openKeys() {
    var sheet = doc.getElementById("keys");
    if (!sheet) return;
    var here = sheet.querySelector("[data-keys-here]");
    here.replaceChildren.apply(
      here,
      Object.keys(bound).map(function (key) {
        return line(bound[key].words, [key === "Enter" ? "Enter" : key]);
      })
    );
    here.previousElementSibling.hidden = !here.children.length;
    sheet.showModal();
  }
  portal.showKeys = openKeys;

  /* palette --------------------------------------------------------------- */
  var asked = 0;
  var timer = null;

  function choices() {
    return Array.prototype.slice.call(doc.querySelectorAll("#found a:not([hidden])"));
  }
  function mark(index) {
    var all = choices();
    all.forEach(function (one, at) {
      one.setAttribute("aria-selected", at === index ? "true" : "false");
      if (at === index) {
        one.scrollIntoView({ block: "nearest" });
        doc.getElementById("find").setAttribute("aria-activedescendant", one.id);
      }
    });
  }
  function marked() {
    return choices().findIndex(function (one) {
      return one.getAttribute("aria-selected") === "true";
    });
  }
  function screens(words) {
    var needle = words.trim().toLowerCase();
    var shown = 0;
    doc.querySelectorAll("#found-screens a").forEach(function (one) {
      one.hidden = needle !== "" && one.textContent.toLowerCase().indexOf(needle) < 0;
      if (!one.hidden) shown += 1;
    });
    doc.querySelector("#found-screens").hidden = !shown;
  }
  function ask(words) {
    var mine = ++asked;
    var place = doc.getElementById("found-records");
    if (words.trim().length < 2) {
      place.replaceChildren();
      mark(0);
      return;
    }
    var address = doc.getElementById("palette").dataset.find + "?s=" + encodeURIComponent(words.trim());
    fetch(address, { headers: { "X-Requested-With": "fetch" }, credentials: "same-origin" })
      .then(function (answer) {
        return answer.ok ? answer.text() : "";
      })
      .then(function (html) {
        if (mine !== asked) return; // an older answer must not overwrite a newer one
        place.innerHTML = html;
        mark(0);
      })
      .catch(function () {});
  }
  function fillScreens() {
    var list = doc.querySelector("#found-screens ul");
    if (!list || list.children.length) return;
    doc.querySelectorAll(".side-nav a").forEach(function (link, at) {
      var item = doc.createElement("li");
      var copy = doc.createElement("a");
      copy.href = link.href;
      copy.id = "screen-" + at;
      copy.setAttribute("role", "option");
      copy.textContent = link.dataset.title;
      if (link.dataset.go) {
        var hint = doc.createElement("span");
        hint.className = "quiet";
        hint.textContent = "g " + link.dataset.go;
        copy.append(hint);
      }
      item.append(copy);
      list.append(item);
    });
  }
  function openPalette() {
    var sheet = doc.getElementById("palette");
    if (!sheet || sheet.open) return;
    fillScreens();
    sheet.showModal();
    var field = doc.getElementById("find");
    field.value = "";
    screens("");
    ask("");
    field.focus();
  }
  portal.openPalette = openPalette;

  function paletteKeys(event) {
    var at = marked();
    var last = choices().length - 1;
    if (event.key === "Escape") doc.getElementById("palette").close(); // a search field would only empty itself
    else if (event.key === "ArrowDown") mark(Math.min(last, at + 1));
    else if (event.key === "ArrowUp") mark(Math.max(0, at - 1));
    else if (event.key === "Enter" && at >= 0) {
      var link = choices()[at];
      if (event.ctrlKey || event.metaKey) window.open(link.href, "_blank", "noopener");
      else window.location.assign(link.href);
    } else return;
    event.preventDefault();
  }

  /* countdowns: <time data-due="ISO" [data-paused]> ------------------------ */
  function words(seconds) {
    var minutes = Math.floor(seconds / 60);
    if (minutes < 1) return Math.max(Math.floor(seconds), 0) + " s"; // a clock of half a minute must be seen to move
    if (minutes < 60) return minutes + " min";
    var hours = Math.floor(minutes / 60);
    if (hours < 24) return hours + " h " + String(minutes % 60).padStart(2, "0");
    return Math.floor(hours / 24) + " d " + (hours % 24) + " h";
  }
  portal.words = words;
  var skew = 0; // server minus browser, from <html data-now>
  var told = Date.parse(doc.documentElement.dataset.now || "");
  if (told) skew = told - Date.now();
  portal.now = function () {
    return Date.now() + skew;
  };
  function tick(root) {
    var now = portal.now();
    (root || doc).querySelectorAll("time[data-due]").forEach(function (mark) {
      if (mark.hasAttribute("data-paused")) return;
      var left = (Date.parse(mark.dataset.due) - now) / 1000;
      var text = left < 0 ? words(-left) + " late" : (mark.dataset.prefix || "") + words(left);
      if (mark.textContent !== text) mark.textContent = text;
      mark.classList.toggle("late", left < 0);
      mark.classList.toggle("soon", left >= 0 && left < 1800);
    });
  }
  portal.tick = tick;

  /* toast ------------------------------------------------------------------- */
  portal.toast = function (text, options) {
    var place = doc.getElementById("toasts");
    if (!place) return null;
    var settings = options || {};
    var box = doc.createElement("div");
    box.className = "toast";
    box.append(text);
    if (settings.label) {
      var button = doc.createElement("button");
      button.type = "button";
      button.className = "btn btn-line";
      button.textContent = settings.label;
      button.addEventListener("click", function () {
        box.remove();
        settings.act();
      });
      box.append(button);
    }
    place.replaceChildren(box); // one at a time
    window.setTimeout(function () {
      box.remove();
    }, settings.stay || 6000);
    return box;
  };

  /* wiring ------------------------------------------------------------------- */
  function wireTheme() {
    var buttons = doc.querySelectorAll("[data-theme-choice]");
    function show() {
      buttons.forEach(function (one) {
        one.setAttribute("aria-pressed", String(one.dataset.themeChoice === portal.theme()));
      });
    }
    buttons.forEach(function (one) {
      one.addEventListener("click", function () {
        portal.chooseTheme(one.dataset.themeChoice);
        show();
      });
    });
    show();
    // unfold may turn the class on its own (Ctrl E): our variables follow it.
    new MutationObserver(function () {
      var name = doc.documentElement.classList.contains("dark") ? "dark" : "light";
      if (doc.documentElement.dataset.theme !== name) doc.documentElement.dataset.theme = name;
    }).observe(doc.documentElement, { attributes: true, attributeFilter: ["class"] });
  }
  function clicked(event) {
    var on = event.target.closest("[data-open-palette],[data-open-keys],[data-menu],[data-close],[data-fill]");
    if (!on) {
      var me = doc.querySelector(".side-me details[open]");
      if (me && !me.contains(event.target)) me.open = false;
      return;
    }
    if (on.hasAttribute("data-open-palette")) openPalette();
    if (on.hasAttribute("data-open-keys")) openKeys();
    if (on.hasAttribute("data-menu")) {
      var open = doc.body.classList.toggle("menu-open");
      doc.querySelectorAll(".menu-btn").forEach(function (one) {
        one.setAttribute("aria-expanded", String(open));
      });
    }
    if (on.hasAttribute("data-close")) on.closest("dialog").close();
    if (on.hasAttribute("data-fill")) fill(on.dataset.fill, on.dataset.password);
  }
  function fill(name, password) {
    doc.getElementById("id_username").value = name;
    doc.getElementById("id_password").value = password;
    doc.getElementById("id_password").form.requestSubmit();
  }
  function wireSwitch() {
    var box = doc.querySelector("[data-keys-switch]");
    if (!box) return;
    box.checked = !keysOff();
    box.addEventListener("change", function () {
      localStorage.setItem("opsportal.keys", box.checked ? "on" : "off");
    });
  }
  function start() {
    wireSwitch();
    doc.querySelectorAll(".side-nav a[data-go]").forEach(function (link) {
      goes[link.dataset.go] = link.href;
    });
    wireTheme();
    doc.addEventListener("click", clicked);
    doc.querySelectorAll("dialog.sheet").forEach(function (sheet) {
      sheet.addEventListener("click", function (event) {
        if (event.target === sheet) sheet.close(); // the backdrop
      });
    });
    var field = doc.getElementById("find");
    if (field) {
      field.addEventListener("keydown", paletteKeys);
      field.addEventListener("input", function () {
        screens(field.value);
        mark(0);
        window.clearTimeout(timer);
        timer = window.setTimeout(ask, 120, field.value);
      });
    }
    tick();
    window.setInterval(tick, 1000);
    doc.addEventListener("htmx:afterSwap", function () {
      tick();
    });
  }
  if (doc.readyState === "loading") doc.addEventListener("DOMContentLoaded", start);
  else start();
})();
