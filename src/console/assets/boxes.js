// Covering places on a photo: draw over the picture with a finger or a mouse, tap a place to uncover it, or use the keyboard.
// The form below the picture says the same in words and is what is sent; without this script it works by itself.

const SVG = 'http://www.w3.org/2000/svg';
const STEP = 0.01; // of the picture's longer side, for each press of an arrow key
const LEAST = 0.01; // of it too: what is smaller was a tap, not a stroke
const NEW = 0.2; // of each side: a place that was not drawn

const form = document.querySelector('[data-boxes]');
const drawing = form.querySelector('svg');
const list = form.querySelector('#places');
const { width: WIDTH, height: HEIGHT } = drawing.viewBox.baseVal;
const LONGER = Math.max(WIDTH, HEIGHT);
const clamp = (value, least, most) => Math.round(Math.min(Math.max(value, least), most));
const element = (name, attributes = {}) => {
  const node = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  return node;
};

/** A place: what is drawn, and the line of the form that says it. */
class Place {
  constructor(group, line, number) {
    this.group = group;
    this.rect = group.querySelector('rect');
    this.number = group.querySelector('text');
    this.box = line.querySelector('input');
    this.where = line.querySelector('.where');
    const name = drawing.dataset.place.replace('%', number);
    for (const [key, value] of Object.entries({ tabindex: 0, role: 'checkbox', 'aria-label': name })) group.setAttribute(key, value);
    this.box.addEventListener('change', () => this.show());
    group.addEventListener('keydown', (event) => this.key(event));
    this.show();
  }

  get area() {
    return ['x', 'y', 'width', 'height'].map((side) => Number(this.rect.getAttribute(side)));
  }

  /** Puts it there, inside the picture. */
  set area([left, top, width, height]) {
    const wide = clamp(width, 1, WIDTH);
    const high = clamp(height, 1, HEIGHT);
    const x = clamp(left, 0, WIDTH - wide);
    const y = clamp(top, 0, HEIGHT - high);
    for (const [side, value] of Object.entries({ x, y, width: wide, height: high })) this.rect.setAttribute(side, value);
    this.number.setAttribute('x', x);
    this.number.setAttribute('y', y);
    this.box.value = [x, y, wide, high].join(',');
    this.where.textContent = `${x}, ${y} · ${wide} × ${high}`;
  }

  show() {
    this.group.setAttribute('aria-checked', String(this.box.checked));
  }

  turn() {
    this.box.checked = !this.box.checked;
    this.show();
  }

  key(event) {
    const step = LONGER * STEP;
    const [x, y] = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] }[event.key] ?? [];
    if (event.key === ' ' || event.key === 'Enter' || event.key === 'Delete') this.turn();
    else if (x === undefined) return;
    else {
      const [left, top, width, height] = this.area;
      this.area = event.shiftKey ? [left, top, width + x, height + y] : [left + x, top + y, width, height];
    }
    event.preventDefault();
  }
}

const places = [...drawing.querySelectorAll('.place')].map((group, at) => new Place(group, list.children[at], at + 1));

/** A place that was not there before, drawn and written. */
function add(area) {
  const number = places.length + 1;
  const group = element('g', { class: 'place' });
  const text = element('text', { dx: '0.2em', dy: '1em', 'font-size': WIDTH / 30 + 8, 'aria-hidden': 'true' });
  text.textContent = number;
  group.append(element('rect'), text);
  drawing.append(group);
  const line = document.createElement('li');
  const label = document.createElement('label');
  const box = Object.assign(document.createElement('input'), { type: 'checkbox', name: 'box', checked: true });
  const where = Object.assign(document.createElement('span'), { className: 'where', dir: 'ltr' });
  label.append(box, ` ${drawing.dataset.place.replace('%', number)}`);
  line.append(label, ' ', where);
  list.append(line);
  const place = new Place(group, line, number);
  place.area = area;
  places.push(place);
  return place;
}

/** Where a pointer is, in pixels of the picture. */
function at(event) {
  const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(drawing.getScreenCTM().inverse());
  return [clamp(point.x, 0, WIDTH), clamp(point.y, 0, HEIGHT)];
}

let stroke = null;
drawing.addEventListener('pointerdown', (event) => {
  if (!event.isPrimary || event.button !== 0) return;
  stroke = { from: at(event), on: places.find((place) => place.group.contains(event.target)), place: null };
  drawing.setPointerCapture(event.pointerId);
  event.preventDefault();
});
drawing.addEventListener('pointermove', (event) => {
  if (!stroke) return;
  const [[x, y], [left, top]] = [at(event), stroke.from];
  const area = [Math.min(x, left), Math.min(y, top), Math.abs(x - left), Math.abs(y - top)];
  if (!stroke.place && Math.max(area[2], area[3]) < LONGER * LEAST) return;
  stroke.place ??= add(area);
  stroke.place.area = area;
});
drawing.addEventListener('pointerup', () => {
  if (stroke?.place) stroke.place.group.focus({ preventScroll: true });
  else stroke?.on?.turn();
  stroke = null;
});
drawing.addEventListener('pointercancel', () => {
  stroke = null;
});

form.querySelector('[data-new]').addEventListener('click', () => {
  const [width, height] = [WIDTH * NEW, HEIGHT * NEW];
  add([(WIDTH - width) / 2, (HEIGHT - height) / 2, width, height]).group.focus();
});

for (const node of form.querySelectorAll('[data-with-script]')) node.hidden = false;
for (const node of form.querySelectorAll('[data-without-script]')) node.remove();
drawing.setAttribute('aria-describedby', 'boxes-how');
