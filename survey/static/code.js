// A slip's QR code carries the code behind "#", where no server and no log sees it.
(function () {
  "use strict";
  function fill() {
    var box = document.getElementById("code");
    if (box && /^#[0-9]{15}$/.test(location.hash)) {
      box.value = location.hash.slice(1);
      history.replaceState(null, "", location.pathname + location.search);
    }
  }
  addEventListener("hashchange", fill); // a second slip read into the same page
  fill();
})();
