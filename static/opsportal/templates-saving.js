// Keeping what was typed: saved to the draft every few seconds, kept in this browser meanwhile, never over somebody else's.
(function () {
  "use strict";
  var PAUSE = 2000; // after the last key
  var LONGEST = 8000; // while keys go on

  // options: {form, id, text(), set(text), say(words, bad), note(words, buttons), compare(theirs)}
  window.opsportalSaving = function (options) {
    var form = options.form;
    var seen = form.elements.seen;
    var slot = "opsportal.draft." + options.id;
    var saved = options.text();
    var timer = null;
    var kept = null;
    var since = 0;
    var running = null;
    var stale = null;
    var on = { dirty: dirty, changed: changed, save: save, stale: function () { return stale; }, settle: settle, overwrite: overwrite };

    function dirty() {
      return options.text() !== saved;
    }
    function keep() {
      try {
        if (dirty()) localStorage.setItem(slot, JSON.stringify({ text: options.text(), seen: seen.value, at: new Date().toISOString() }));
        else localStorage.removeItem(slot);
      } catch (full) { /* a browser without room: the draft itself is still saved */ }
    }
    function changed() {
      window.clearTimeout(kept);
      kept = window.setTimeout(keep, 400);
      if (stale) return;
      var now = Date.now();
      since = since || now;
      window.clearTimeout(timer);
      timer = window.setTimeout(save, Math.max(0, Math.min(PAUSE, since + LONGEST - now)));
      options.say(dirty() ? "Not saved yet" : "Saved");
    }
    function clock(at) {
      return at.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: form.dataset.zone });
    }
    function send(text) {
      var body = new FormData();
      body.append("do", "save");
      body.append("text", text);
      body.append("seen", seen.value);
      body.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
      return fetch(window.location.pathname, { method: "POST", body: body, headers: { Accept: "application/json" }, credentials: "same-origin" });
    }
    // Resolves to true when the text on screen is the draft's.
    function save() {
      window.clearTimeout(timer);
      since = 0;
      if (stale) return Promise.resolve(false);
      if (running) return running.then(function () { return dirty() ? save() : true; });
      var text = options.text();
      if (text === saved) return Promise.resolve(true);
      options.say("Saving");
      running = send(text).then(
        function (answer) { return taken(answer, text); },
        function () { return again("Not saved: no connection. It is kept in this browser and tried again"); }
      ).then(function (good) { running = null; return good; });
      return running;
    }
    function again(words) {
      options.say(words, true);
      keep();
      timer = window.setTimeout(save, 5000);
      return false;
    }
    function taken(answer, text) {
      if (answer.status === 200 && !answer.redirected) {
        return answer.json().then(function (said) {
          seen.value = said.seen;
          saved = text;
          keep();
          options.say("Saved " + clock(new Date(said.saved)));
          if (dirty()) changed();
          return true;
        });
      }
      if (answer.status === 412) return answer.json().then(met);
      if (answer.status === 401 || answer.status === 403 || answer.redirected) {
        options.say("Not saved: sign in again. What you typed is kept in this browser", true);
        keep();
        return false;
      }
      if (answer.status >= 500) return again("Not saved: the portal did not answer. It is tried again");
      return answer.json().then(function (said) { return said.words; }, function () { return "Not saved"; }).then(function (words) {
        options.say(words, true);
        keep();
        return false;
      });
    }
    function met(theirs) {
      stale = theirs;
      keep();
      options.say("Not saved: somebody else saved", true);
      var at = theirs.when ? " at " + clock(new Date(theirs.when)) : "";
      options.note(theirs.who + " saved this draft" + at + " while you were writing. Your text is kept here and is not saved.", [
        { label: "Compare", act: function () { options.compare(stale); } },
        { label: "Take theirs", act: function () { settle(stale.text); } },
        { label: "Save mine over it", act: overwrite },
      ]);
      return false;
    }
    // Take a text as the one to go on with, over the version that was just seen.
    function settle(text) {
      if (stale) {
        seen.value = stale.seen;
        saved = stale.text;
        stale = null;
      }
      options.note("");
      if (text !== options.text()) options.set(text);
      return save().then(function (good) { if (good) { keep(); options.say("Saved"); } return good; });
    }
    function overwrite() {
      return settle(options.text());
    }
    // What an earlier visit could not save.
    function recover() {
      var left = null;
      try { left = JSON.parse(localStorage.getItem(slot) || "null"); } catch (broken) { left = null; }
      if (!left || left.text === saved) { localStorage.removeItem(slot); return; }
      options.note("Text from " + clock(new Date(left.at)) + " that was not saved is kept in this browser.", [
        { label: "Use it", act: function () { options.note(""); options.set(left.text); changed(); } },
        { label: "Compare", act: function () { options.compare({ who: "As it was saved", text: saved, seen: seen.value, mine: left.text }); } },
        { label: "Drop it", act: function () { localStorage.removeItem(slot); options.note(""); } },
      ]);
    }

    window.addEventListener("beforeunload", function (event) {
      if (!dirty() || form.dataset.leaving) return;
      keep();
      event.preventDefault();
    });
    document.addEventListener("visibilitychange", function () {
      if (document.visibilityState === "hidden" && dirty()) { keep(); save(); }
    });
    if (form.dataset.unsaved === undefined) recover();
    else { saved = null; }
    return on;
  };
})();
