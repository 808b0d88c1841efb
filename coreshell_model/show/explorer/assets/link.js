"use strict";

/* The state of the page in its address, behind the #, which no browser sends anywhere. */
(function () {
  const FIELDS = ["thickness", "area", "pore_volume", "rate"];
  const DRIVES = ["current", "voltage"];
  let restored = false; // before that the address is read, not written
  let written = ""; // what this page wrote last behind the #

  function textOf(material, design, pinned, tab, measured, potential, drive) {
    const words = new URLSearchParams({ material, tab });
    for (const field of FIELDS) words.set(field, design[field]);
    words.set("hold", design.hold === false ? "none" : design.hold);
    words.set("seal", design.seal);
    for (const [path, text] of Object.entries(design.changes || {})) words.append("set", `${path}=${text}`);
    if (pinned) words.set("A", JSON.stringify(pinned));
    for (const { token, name } of measured || []) words.append("data", `${token}:${name}`);
    if (tab === "impedance") words.set("potential", potential);
    if (tab === "measured") words.set("drive", drive);
    return `#${words}`;
  }

  function say(text) {
    const place = document.getElementById("link-note");
    if (place) place.textContent = text;
  }

  function restore({ material, tabs }) {
    const words = new URLSearchParams(window.location.hash.slice(1));
    if (!words.has("tab")) return;
    const set = window.dash_clientside.set_props;
    if (words.has("material") && words.get("material") !== material) {
      say(`The link is of ${words.get("material")}; this page is of ${material}: its numbers are set here.`);
    }
    for (const field of FIELDS) {
      if (words.has(field)) set(`${field}-field`, { value: Number(words.get(field)) });
    }
    const hold = words.get("hold");
    if (hold) {
      set("holds", { value: hold === "none" ? [] : ["on"] });
      if (hold !== "none") set("hold-field", { value: Number(hold) });
    }
    if (words.has("seal")) set("seal", { value: words.get("seal") });
    const changes = {};
    for (const word of words.getAll("set")) {
      const place = word.indexOf("=");
      changes[word.slice(0, place)] = word.slice(place + 1);
    }
    window.coreshell.setNumbers(changes);
    const data = words.getAll("data").map((word) => ({ token: word.slice(0, 32), name: word.slice(33) }));
    window.coreshell.setMeasured(data);
    let pinned = null;
    try {
      pinned = JSON.parse(words.get("A") || "null");
    } catch {
      say("The design A of the link cannot be read; all else is as in the link.");
    }
    set("pinned", { data: pinned });
    set("unpin", { disabled: pinned === null });
    if (words.has("potential")) set("potential", { value: Number(words.get("potential")) });
    if (DRIVES.includes(words.get("drive"))) set("drive", { value: words.get("drive") });
    if (tabs.includes(words.get("tab"))) set("tab", { value: words.get("tab") });
  }

  function once(about) {
    if (!window.coreshell?.numbersBuilt() || !document.getElementById("data-list")) {
      setTimeout(once, 20, about);
      return;
    }
    restore(about);
    restored = true;
    window.addEventListener("hashchange", () => {
      if (window.location.hash !== written) restore(about);
    });
    document.getElementById("copy-link").addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(window.location.href);
        say("Copied. The link restores this state on this machine while coreshell explore runs.");
      } catch {
        say("The browser does not allow it; copy the address of the page instead.");
      }
    });
  }

  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    link: {
      restore: function (about) {
        once(about);
      },
      remember: function (design, pinned, tab, measured, potential, drive, about) {
        if (!restored || !design) return;
        written = textOf(about.material, design, pinned, tab, measured, potential, drive);
        window.history.replaceState(null, "", written);
      },
    },
  });
})();
