/* A page that lost its socket asks whether it is still inside: after a restart it shows the way in, in a full room that it is full. */
(function () {
  var gone = 0;
  setInterval(function () {
    var state = window.app && window.app.$data ? window.app.$data.connectionStatus : null;
    gone = state === 'connected' ? 0 : gone + 1;
    if (gone < 2) return;
    fetch('/inside', { cache: 'no-store' }).then(function (answer) { return answer.text(); })
      .then(function (word) { if (word === 'no' || word === 'full') location.reload(); }, function () {});
  }, 3000);
})();
