"use strict";

/* The numbers of a fit onto the sliders. */
(function () {
  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    fit: {
      take: function (clicks, values, changes) {
        if (clicks && values) window.coreshell.setNumbers(Object.assign({}, changes, values));
      },
    },
  });
})();
