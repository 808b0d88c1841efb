"use strict";

/* The controls of the page, without the server: a slider and its field in step, one design from them all. */
(function () {
  const WAIT = 15; // milliseconds without a change after which a design counts as chosen: a click on the map is two
  const LONGEST = 100; // milliseconds after which it does while changes go on
  const AGAIN = 20; // milliseconds after which it is looked again whether the last one is answered
  let waiting = null;
  let since = null; // when the first change was made that is not yet sent
  let chosen = null; // the last design that was sent, as text

  const nearest = (stops, value) =>
    stops.reduce((best, stop, place) => (Math.abs(stop - value) < Math.abs(stops[best] - value) ? place : best), 0);

  const number = (value) => (value === null || value === undefined || value === "" ? null : Number(value));

  /* One design is asked for at a time: a slower machine shows fewer of those that are slid over. */
  const answering = () => {
    const waiting = (id) => document.getElementById(id)?.dataset.dashIsLoading === "true";
    return waiting("headlines") || waiting("technique") || waiting("replayed");
  };

  /* A server that was ended answers nothing: say so, as the page would otherwise just stand still. */
  const ask = window.fetch;
  window.fetch = (...request) =>
    ask.apply(window, request).catch((error) => {
      const message = "coreshell explore does not answer: it was ended. Start it again and load this page anew.";
      window.dash_clientside.set_props("refusal", { children: message, hidden: false });
      throw error;
    });

  /* What a screen reader says of a slider: the value and its unit, not the place of the stop. */
  function name(control, value) {
    const slider = document.getElementById(control + "-slider");
    if (!slider) return;
    const box = document.getElementById(control + "-field").closest(".control");
    slider.setAttribute("aria-label", box.querySelector("label").textContent);
    slider.setAttribute("aria-valuetext", value + " " + box.querySelector(".unit").textContent);
    slider.setAttribute("aria-describedby", control + "-hint");
  }

  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    explorer: {
      follow: function (place, field, stops, id) {
        const none = window.dash_clientside.no_update;
        const control = id.replace(/-field$/, "");
        const moved = window.dash_clientside.callback_context.triggered.map((change) => change.prop_id);
        const slid = moved.length === 1 && moved[0] === control + "-slider.value";
        const value = slid ? stops[control][Number(place)] : number(field);
        name(control, value === null ? "no value" : value);
        if (slid) return [none, value];
        return [value === null ? none : nearest(stops[control], value), none];
      },

      settle: function (thickness, area, pore_volume, rate, hold, holds, seal, changes) {
        const design = {
          thickness: number(thickness),
          area: number(area),
          pore_volume: number(pore_volume),
          rate: number(rate),
          hold: holds.length ? number(hold) : false,
          seal: seal,
          changes: changes || {},
        };
        for (const part of ["hold-field", "hold-slider"]) {
          const element = document.getElementById(part);
          if (element) element.disabled = !holds.length;
        }
        const text = JSON.stringify(design);
        if (chosen === null) chosen = text; // what the page opened with is on its way already
        const send = () => {
          if (answering()) {
            waiting = setTimeout(send, AGAIN);
            return;
          }
          since = null;
          if (text !== chosen) window.dash_clientside.set_props("design", { data: design });
          chosen = text;
        };
        since = since || Date.now();
        clearTimeout(waiting);
        waiting = setTimeout(send, Math.max(0, Math.min(WAIT, since + LONGEST - Date.now())));
      },

      /* One panel for each tab; the tests of a cell share one. */
      turn: function (tab) {
        const panels = { design: "results", measured: "measured-panel", fit: "fit-panel" };
        const chosen = panels[tab] || "technique-panel";
        for (const id of ["results", "measured-panel", "fit-panel", "technique-panel"]) {
          const panel = document.getElementById(id);
          if (panel) panel.hidden = id !== chosen;
        }
        const potential = document.getElementById("potential-box");
        if (potential) potential.hidden = tab !== "impedance";
        if (tab === "design") window.dispatchEvent(new Event("resize")); // figures that were hidden have no width
      },

      pin: function (pins, unpins, design) {
        const pinned = window.dash_clientside.callback_context.triggered_id === "pin";
        return [pinned ? design : null, !pinned];
      },

      go: function (clicked) {
        const point = clicked && clicked.points && clicked.points[0];
        if (!point || point.customdata === undefined) return;
        window.dash_clientside.set_props("thickness-field", { value: point.x });
        window.dash_clientside.set_props("area-field", { value: point.customdata });
      },
    },
  });
})();
