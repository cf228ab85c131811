// Draws the figure that the page carries as JSON.
(function () {
  "use strict";
  var place = document.getElementById("chart");
  var figure = JSON.parse(document.getElementById(place.dataset.figure).textContent);
  place.replaceChildren();
  window.Plotly.newPlot(place, figure.data, figure.layout, { responsive: true, displaylogo: false });
})();
