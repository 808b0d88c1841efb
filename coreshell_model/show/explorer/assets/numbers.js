"use strict";

/* Every number of the material with a field and a slider, found by search; what is changed goes into the design. */
(function () {
  const STOPS = 400; // places of a slider
  const DIGITS = 4; // of a value that a slider gives
  let rows = []; // {number, field, slider, back, element, text}
  let changed = {}; // paths and the texts of their values
  let seal = "as given";

  const make = (name, attributes, ...children) => {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) {
      if (value !== null && value !== undefined) element.setAttribute(key, value);
    }
    element.append(...children);
    return element;
  };

  const stopOf = ({ low, high, logarithmic }, value) => {
    const share = logarithmic
      ? Math.log(Math.max(value, low) / low) / Math.log(high / low)
      : (value - low) / (high - low);
    return Math.round(STOPS * Math.min(1, Math.max(0, share)));
  };

  const valueAt = ({ low, high, logarithmic }, stop) => {
    if (stop === 0) return low;
    if (stop === STOPS) return high;
    const value = logarithmic ? low * (high / low) ** (stop / STOPS) : low + ((high - low) * stop) / STOPS;
    return Number(value.toPrecision(DIGITS));
  };

  const shownValue = (number) => (number.value === null ? "" : String(number.value));

  /* The changes of numbers that there are with the seal that is chosen. */
  function publish() {
    const sent = {};
    for (const { number } of rows) {
      if (number.path in changed && (!number.seal || number.seal === seal)) sent[number.path] = changed[number.path];
    }
    window.dash_clientside.set_props("changes", { data: sent });
  }

  function spoken(row) {
    const value = row.field.value === "" ? "not given" : `${row.field.value} ${row.number.unit}`;
    row.slider.setAttribute("aria-valuetext", value);
    row.element.classList.toggle("changed", row.number.path in changed);
    row.back.hidden = !(row.number.path in changed);
  }

  /* Take a value from a field as text; an empty one, or that of the material, is no change. */
  function take(row, text) {
    const { number } = row;
    if (text === "" || text === shownValue(number)) delete changed[number.path];
    else changed[number.path] = number.unit ? `${text} ${number.unit}` : text;
    spoken(row);
    count();
    publish();
  }

  function place(row, text) {
    row.field.value = text;
    row.slider.value = text === "" ? 0 : stopOf(row.number, Number(text));
  }

  function count() {
    const many = Object.keys(changed).length;
    const words = document.getElementById("numbers-changed");
    if (words) words.textContent = many ? `${many} changed` : "";
    document.getElementById("numbers-back").hidden = !many;
  }

  function rowOf(number, index) {
    const id = `number-${index}`;
    const label = make("label", { for: number.control ? `${number.control}-field` : id }, number.label);
    const path = make("code", {}, number.path);
    if (number.control) {
      const hint = make("p", { class: "hint" }, path, " is set, or follows, by a slider of the design. ");
      const go = make("button", { type: "button", class: "small" }, "Go there");
      go.addEventListener("click", () => document.getElementById(`${number.control}-field`).focus());
      const element = make("div", { class: "number", "data-path": number.path }, label, hint);
      hint.append(go);
      return { number, element, text: `${number.label} ${number.path} ${number.section}`.toLowerCase() };
    }
    const field = make("input", { id, type: "number", step: "any", "aria-describedby": `${id}-hint` });
    const unit = make("span", { class: "unit" }, number.unit);
    const slider = make("input", {
      type: "range", min: 0, max: STOPS, step: 1, "aria-label": number.label, "aria-describedby": `${id}-hint`,
    });
    const back = make("button", { type: "button", class: "small", hidden: "" }, `Back to ${shownValue(number) || "none"}`);
    const hint = make("p", { class: "hint", id: `${id}-hint` }, path, ` ${number.usual}. Source: ${number.source} `);
    const line = make("div", { class: "line" }, label, make("span", { class: "field" }, field, unit));
    const element = make("div", { class: "number", "data-path": number.path }, line, slider, hint, back);
    const text = `${number.label} ${number.path} ${number.section}`.toLowerCase();
    const row = { number, field, slider, back, element, text };
    slider.addEventListener("input", () => {
      field.value = String(valueAt(number, Number(slider.value)));
      take(row, field.value);
    });
    field.addEventListener("input", () => {
      if (field.value !== "") slider.value = stopOf(number, Number(field.value));
      if (!field.validity.badInput) take(row, field.value);
    });
    back.addEventListener("click", () => {
      place(row, shownValue(number));
      take(row, shownValue(number));
      field.focus();
    });
    place(row, shownValue(number));
    return row;
  }

  /* Sections with what was found stand open; without a word to search all are closed, but for changed numbers. */
  function search(words) {
    const parts = words.toLowerCase().split(/\s+/).filter(Boolean);
    let found = 0;
    for (const row of rows) {
      const fits = parts.every((part) => row.text.includes(part)) && (!row.number.seal || row.number.seal === seal);
      row.element.hidden = !fits;
      found += fits ? 1 : 0;
    }
    for (const section of document.querySelectorAll("#numbers details")) {
      const some = section.querySelector(".number:not([hidden])") !== null;
      section.hidden = !some;
      if (parts.length) section.open = some;
    }
    const words_of = found === 1 ? "1 number" : `${found} numbers`;
    document.getElementById("numbers-found").textContent = parts.length ? `${words_of} found. ` : `${words_of}. `;
  }

  function build(numbers) {
    const box = document.getElementById("numbers");
    const finder = make("input", { id: "numbers-search", type: "search", placeholder: "Search, as diffusivity", "aria-label": "Search all numbers" });
    const back = make("button", { type: "button", class: "small", id: "numbers-back", hidden: "" }, "All as in the material");
    const told = make("p", { class: "hint", role: "status" },
      make("span", { id: "numbers-found" }), make("span", { id: "numbers-changed" }), " ", back);
    box.append(finder, told);
    rows = numbers.map(rowOf);
    const sections = new Map();
    for (const row of rows) {
      if (!sections.has(row.number.section)) {
        const section = make("details", {}, make("summary", {}, row.number.section));
        sections.set(row.number.section, section);
        box.append(section);
      }
      sections.get(row.number.section).append(row.element);
      if (row.field) spoken(row);
    }
    finder.addEventListener("input", () => search(finder.value));
    back.addEventListener("click", () => {
      set({});
      finder.focus();
    });
  }

  /* Set the changed numbers, as a link or a fit gives them: paths, and texts with their units. */
  function set(changes) {
    changed = {};
    for (const row of rows) {
      if (!row.field) continue;
      const text = changes[row.number.path];
      place(row, text === undefined ? shownValue(row.number) : text.split(" ")[0]);
      if (text !== undefined) changed[row.number.path] = text;
      spoken(row);
    }
    for (const path of Object.keys(changes)) {
      if (!(path in changed)) console.warn(`${path} is no number of this page`);
    }
    count();
    publish();
  }

  window.coreshell = Object.assign(window.coreshell || {}, { setNumbers: set, numbersBuilt: () => rows.length > 0 });

  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    numbers: {
      show: function (numbers, chosen) {
        const other = seal !== chosen;
        seal = chosen;
        if (!rows.length) build(numbers);
        search(document.getElementById("numbers-search").value);
        if (other) publish();
      },
    },
  });
})();
