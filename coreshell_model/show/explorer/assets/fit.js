"use strict";

/* Which file a fit is of, and its numbers onto the sliders. */
(function () {
  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    fit: {
      offer: function (measured, chosen) {
        const options = (measured || []).map(({ token, name }) => ({ value: token, label: name }));
        const kept = options.some(({ value }) => value === chosen);
        return [options, kept ? chosen : options.length ? options[0].value : null];
      },

      take: function (clicks, values, changes) {
        if (clicks && values) window.coreshell.setNumbers(Object.assign({}, changes, values));
      },
    },
  });
})();
