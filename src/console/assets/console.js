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
const looks = (node) => (node.outerHTML ?? node.data).replaceAll(/name="delivery" value="[^"]*"/g, '');
const sameKind = (old, fresh) => old.nodeName === fresh.nodeName && (old.id ?? '') === (fresh.id ?? '');

/** Makes `old` what `fresh` is, touching only what differs: focus, folds and a finger on a button stay where they are. */
function morph(old, fresh) {
  if (looks(old) === looks(fresh)) return;
  if (!(old instanceof Element)) {
    old.data = fresh.data;
    return;
  }
  for (const { name } of [...old.attributes]) {
    if (!fresh.hasAttribute(name) && name !== 'open') old.removeAttribute(name);
  }
  for (const { name, value } of fresh.attributes) {
    if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
  const stays = new Set([...fresh.children].map((child) => child.id).filter(Boolean));
  for (const child of [...old.children]) if (child.id && !stays.has(child.id)) child.remove();
  let at = old.firstChild;
  for (const child of [...fresh.childNodes]) {
    const there = child.id ? [...old.children].find((other) => other.id === child.id) : at;
    if (there && sameKind(there, child)) {
      if (there === at) at = at.nextSibling;
      else old.insertBefore(there, at);
      morph(there, child);
    } else old.insertBefore(child, at);
  }
  while (at) {
    const next = at.nextSibling;
    at.remove();
    at = next;
  }
}

/** Takes over what `fresh` shows; if what had the keyboard is gone, the keyboard goes to what stands in its place. */
function replace(part, fresh) {
  const focused = part.contains(document.activeElement) ? document.activeElement : null;
  morph(part, fresh);
  if (focused && document.activeElement !== focused) refocus(focused, part);
}

/** Gives the keyboard back to what had it, or to what now stands in its place: the same thing, or the card around it. */
function refocus(focused, part) {
  for (let node = focused; node; node = node.parentElement) {
    const same = node.isConnected ? node : node.id && document.getElementById(node.id);
    if (!same) continue;
    same.focus({ preventScroll: true });
    if (document.activeElement === same) return;
  }
  part.closest('[tabindex]')?.focus({ preventScroll: true });
}

const saying = (root) => new Map([...root.querySelectorAll('[data-say]')].map((node) => [node.id, node.dataset.say]));

/** Takes over the lists of another copy of this page; returns what is new in them, in words. */
function takeLists(page) {
  const before = saying(document);
  for (const part of document.querySelectorAll('[data-part]')) {
    const fresh = page.getElementById(part.id);
    if (fresh) replace(part, fresh);
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

let sending = false;
/** How many forms were sent: what was fetched before an answer is older than the answer. */
let sent = 0;

/** What a form says: in parts where there are files, else the short way. */
function bodyOf(form, button) {
  const data = new FormData(form, button);
  const said = [...data].filter(([, value]) => typeof value === 'string');
  const chosen = [...data.values()].some((value) => value instanceof File && value.name !== '');
  return chosen ? data : new URLSearchParams(said);
}

async function send(form, button) {
  const body = bodyOf(form, button);
  const chosen = placeOf(form)?.files ?? [];
  const line = form.elements.line;
  const said = line?.value;
  const response = await fetch(form.action, { method: 'POST', body, headers: { accept: 'text/html' } });
  if (response.status === 401) return location.reload();
  const page = parsed(await response.text());
  if (response.status === 503 && !page.getElementById('ask')) throw new Error('out of reach');
  // Not an answer of ours: let the browser show it.
  if (!isPage(page) || !page.getElementById('ask')) return form.submit();
  const card = form.closest('[data-say]');
  const asked = page.querySelector('#ask [autofocus]');
  for (const node of page.querySelectorAll('[autofocus]')) node.removeAttribute('autofocus'); // here we do it ourselves
  for (const id of ['ask', 'reply']) document.getElementById(id).replaceChildren(...page.getElementById(id).childNodes);
  takeLists(page);
  // Photos take a while: what was written meanwhile is the next line.
  const next = document.getElementById('line');
  if (next && line && line.value !== said) next.value = line.value;
  // What has to be chosen again is still chosen here, and so is what was chosen meanwhile.
  const again = document.querySelector('[data-again]');
  const place = placeOf(document.getElementById('ask'));
  if (again && put(chosen, place)) again.remove();
  put([...(placeOf(form)?.files ?? [])].filter((file) => ![...chosen].includes(file)), place);
  focusAfter(form, card, asked);
}

/** Where somebody goes on after an answer: in a new form, back in the composer, or on the card they pressed on. */
function focusAfter(form, card, asked) {
  const composer = document.getElementById('line');
  const same = card && document.getElementById(card.id);
  const said = document.getElementById('said');
  if (asked) asked.focus();
  else if (composer && form.elements.line) {
    composer.focus();
    composer.setSelectionRange(composer.value.length, composer.value.length);
  } else if (same && said?.matches('.done') && !said.querySelector('.preview')) {
    same.focus({ preventScroll: true });
  } else said?.focus();
}

/** Nothing came back: what was typed is still there, and the reader is told. */
function unsent() {
  const line = document.createElement('p');
  line.className = 'reply failed';
  line.textContent = document.body.dataset.unsent;
  document.getElementById('reply')?.replaceChildren(line);
}

document.addEventListener('submit', (event) => {
  const form = event.target;
  // Not `form.method`: that is the field of this name where there is one, as in the form of a report.
  if (form.getAttribute('method') !== 'post' || 'plain' in form.dataset) return;
  event.preventDefault();
  if (sending) return;
  sending = true;
  sent += 1;
  form.dataset.busy = '';
  send(form, event.submitter)
    .catch(unsent)
    .finally(() => {
      sending = false;
      delete form.dataset.busy;
      if (again) changed();
    });
});

// ---- Photos ---------------------------------------------------------------------------------------------------------

const placeOf = (root) => root?.querySelector('input[type="file"]');

/** Puts files where they can be sent from, beside those that are there; false if there is no such place. */
function put(files, place) {
  if (!place || files.length === 0) return false;
  const all = new DataTransfer();
  for (const file of place.multiple ? [...place.files, ...files] : [...files].slice(-1)) all.items.add(file);
  place.files = all.files;
  return true;
}

/** The same for somebody who let go of them anywhere: they hear what was taken. */
function take(files) {
  const place = placeOf(document.getElementById('ask')) ?? placeOf(document.getElementById('photos'));
  if (!put(files, place)) return false;
  announce([...files].map(({ name }) => name));
  return true;
}

const over = (event) => {
  if (!event.dataTransfer?.types.includes('Files')) return false;
  // Elsewhere the browser would open the file, and what was typed would be gone.
  event.preventDefault();
  return true;
};
document.addEventListener('dragover', (event) => {
  if (over(event)) document.body.dataset.over = '';
});
document.addEventListener('dragleave', ({ relatedTarget }) => {
  if (relatedTarget === null) delete document.body.dataset.over;
});
document.addEventListener('drop', (event) => {
  delete document.body.dataset.over;
  if (over(event)) take(event.dataTransfer.files);
});
document.addEventListener('paste', (event) => {
  // Copied from a document, words come with a picture of themselves.
  const { files, types } = event.clipboardData;
  if (!types.includes('text/plain') && take(files)) event.preventDefault();
});

// The composer begins with its command: whoever comes to it by keyboard writes on, instead of over it.
document.addEventListener('keyup', ({ key, target }) => {
  if (key === 'Tab' && target.id === 'line') target.setSelectionRange(target.value.length, target.value.length);
});

// A page that answered a form would ask to send it again when it is loaded again.
history.replaceState(history.state, '', location.href);

// ---- Changes --------------------------------------------------------------------------------------------------------

let fetching = false;
/** Something has changed while we were busy. */
let again = false;

async function refresh() {
  // An answer that is on its way shows the lists as well.
  again = fetching || sending;
  if (again) return;
  fetching = true;
  const before = sent;
  try {
    const response = await fetch(location.href, { headers: { [LIVE]: '1', accept: 'text/html' } });
    if (response.status === 401) return location.reload();
    const page = parsed(await response.text());
    if (sent !== before) again = true;
    else if (response.ok && isPage(page)) announce(takeLists(page));
  } catch {
    // Out of reach just now; the next change, or the next minute, tries again.
  } finally {
    fetching = false;
    if (again) changed();
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
