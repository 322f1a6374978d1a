/* Solara ships no language and forbids zooming: both are put right here (WCAG 3.1.1 and 1.4.4). */
document.documentElement.lang = 'en-GB';
(function () {
  var view = document.querySelector('meta[name=viewport]');
  if (view) view.setAttribute('content', 'width=device-width, initial-scale=1');
})();
/* Every menu closes with Escape, which gives the focus back to its button, and when people click elsewhere. */
(function () {
  var open = function () { return [].slice.call(document.querySelectorAll('details.menu[open]')); };
  window.addEventListener('keydown', function (event) {
    if (event.key !== 'Escape' || !open().length) return;
    event.preventDefault();
    open().forEach(function (menu) { menu.open = false; menu.querySelector('summary').focus(); });
  }, true);
  window.addEventListener('click', function (event) {
    open().forEach(function (menu) { if (!menu.contains(event.target)) menu.open = false; });
  }, true);
})();
