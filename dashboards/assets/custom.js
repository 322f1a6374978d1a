/* Solara ships no language and forbids zooming: both are put right here (WCAG 3.1.1 and 1.4.4). */
document.documentElement.lang = 'en-GB';
(function () {
  var view = document.querySelector('meta[name=viewport]');
  if (view) view.setAttribute('content', 'width=device-width, initial-scale=1');
})();
