// Makes pages live; without it they work by themselves. A form is sent from where the reader is, and the answer takes its
// place; when something has changed, the lists are fetched again, never a form somebody is filling in.

const LIVE = 'shopwatch-live';
const SOON = 50; // milliseconds: changes come in bunches
const EVERY = 60_000; // milliseconds: "2 minutes ago" grows old by itself
const framed = window !== window.parent;

const parsed = (html) => new DOMParser().parseFromString(html, 'text/html');
const isPage = (page) => page.getElementById('main') !== null;

// ---- Parts of the page ----------------------------------------------------------------------------------------------

/** What a thing looks like, but for the numbers that make each form unique. */
const looks = (node) => node.outerHTML.replaceAll(/name="delivery" value="[^"]*"/g, '');

/** Puts what `fresh` holds in place of what `part` holds; what has not changed stays, and so do focus and folds. */
function replace(part, fresh) {
  const focused = part.contains(document.activeElement) ? document.activeElement : null;
  const unfolded = [...part.querySelectorAll('details[open][id]')].map((details) => details.id);
  for (const node of fresh.querySelectorAll('[id][data-say]')) {
    const old = document.getElementById(node.id);
    if (old && part.contains(old) && looks(old) === looks(node)) node.replaceWith(old);
  }
  part.replaceChildren(...fresh.childNodes);
  for (const id of unfolded) document.getElementById(id)?.setAttribute('open', '');
  if (focused && document.activeElement !== focused) {
    const same = focused.isConnected ? focused : document.getElementById(focused.id || 'none');
    (same ?? part.closest('[tabindex]'))?.focus({ preventScroll: true });
  }
}

const saying = (root) => new Map([...root.querySelectorAll('[data-say]')].map((node) => [node.id, node.dataset.say]));

/** Takes over the lists of another copy of this page; returns what is new in them, in words. */
function takeLists(page) {
  const before = saying(document);
  for (const part of document.querySelectorAll('[data-part]')) {
    const fresh = page.getElementById(part.id);
    if (!fresh) continue;
    part.className = fresh.className;
    if (fresh.dataset.say) part.dataset.say = fresh.dataset.say;
    replace(part, fresh);
  }
  const news = [...saying(document)].filter(([id, words]) => before.get(id) !== words);
  for (const [id] of news) document.getElementById(id).classList.add('arrived');
  return [...new Set(news.map(([, words]) => words))];
}

const announce = (words) => {
  const heard = document.getElementById('heard');
  if (heard && words.length > 0) heard.textContent = words.join('. ');
};

// ---- Forms ----------------------------------------------------------------------------------------------------------

async function send(form, button) {
  const body = new URLSearchParams(new FormData(form, button));
  const response = await fetch(form.action, { method: 'POST', body, headers: { accept: 'text/html' } });
  if (response.status === 401) return location.reload();
  const page = parsed(await response.text());
  // Not an answer of ours: let the browser show it.
  if (!isPage(page) || !page.getElementById('ask')) return form.submit();
  const card = form.closest('[data-say]');
  for (const id of ['ask', 'reply']) document.getElementById(id).replaceChildren(...page.getElementById(id).childNodes);
  takeLists(page);
  focusAfter(form, card);
}

/** Where somebody goes on after an answer: in a new form, back in the composer, or on the card they pressed on. */
function focusAfter(form, card) {
  const asked = document.querySelector('#ask [autofocus]');
  const composer = document.getElementById('line');
  const same = card && document.getElementById(card.id);
  const said = document.getElementById('said');
  if (asked) asked.focus();
  else if (composer && form.elements.line) composer.focus();
  else if (same && !said?.matches('.refused, .changed, .failed') && !said?.querySelector('.preview')) same.focus({ preventScroll: true });
  else said?.focus();
}

/** Nothing came back: what was typed is still there, and the reader is told. */
function unsent(form) {
  const line = document.createElement('p');
  line.className = 'reply failed';
  line.textContent = document.body.dataset.unsent;
  document.getElementById('reply')?.replaceChildren(line);
  delete form.dataset.busy;
}

document.addEventListener('submit', (event) => {
  const form = event.target;
  if (form.method !== 'post' || 'plain' in form.dataset) return;
  event.preventDefault();
  if ('busy' in form.dataset) return;
  form.dataset.busy = '';
  send(form, event.submitter).catch(() => unsent(form)).finally(() => delete form.dataset.busy);
});

// The composer begins with its command: whoever comes to it writes on, instead of over it.
document.addEventListener('focusin', ({ target }) => {
  if (target.id === 'line') requestAnimationFrame(() => target.setSelectionRange(target.value.length, target.value.length));
});

// A page that answered a form would ask to send it again when it is loaded again.
history.replaceState(history.state, '', location.href);

// ---- Changes --------------------------------------------------------------------------------------------------------

let fetching = false;
let again = false;

async function refresh() {
  if (fetching) return (again = true);
  fetching = true;
  try {
    const response = await fetch(location.href, { headers: { [LIVE]: '1', accept: 'text/html' } });
    if (response.status === 401) return location.reload();
    const page = parsed(await response.text());
    if (response.ok && isPage(page)) announce(takeLists(page));
  } catch {
    // Out of reach just now; the next change, or the next minute, tries again.
  } finally {
    fetching = false;
    if (again) {
      again = false;
      changed();
    }
  }
}

let waiting;
function changed() {
  clearTimeout(waiting);
  waiting = setTimeout(refresh, SOON);
  // The try-out's panes share the one stream of the page around them.
  for (const pane of document.querySelectorAll('iframe')) pane.contentWindow.postMessage('changed', location.origin);
}

let stream;
function listen() {
  stream?.close();
  if (document.hidden || framed) return;
  stream = new EventSource(document.body.dataset.events);
  stream.addEventListener('changed', changed);
  // Nothing is heard before the stream is there, nor while it is broken off.
  stream.addEventListener('hello', () => {
    document.getElementById('live').hidden = false;
    changed();
  });
}

if (document.body.dataset.events) {
  if (framed) {
    addEventListener('message', ({ origin, source, data }) => {
      if (origin === location.origin && source === window.parent && data === 'changed') changed();
    });
  }
  // A page nobody looks at needs no connection; seen again, it catches up.
  document.addEventListener('visibilitychange', () => {
    listen();
    if (!document.hidden) changed();
  });
  listen();
  setInterval(() => document.hidden || refresh(), EVERY);
}
