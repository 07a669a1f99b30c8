/** What a page does beyond being read: values where one points or goes by the arrow keys, lines on and off, the other axis. */
export const script = `
'use strict';
const tip = document.createElement('div');
tip.id = 'tip';
tip.setAttribute('role', 'status');
tip.hidden = true;
document.querySelector('main').append(tip);
let at = null;
const show = (mark, x, y) => {
  if (at) at.classList.remove('at');
  at = mark;
  tip.hidden = !mark;
  if (!mark) return;
  tip.textContent = mark.dataset.t;
  tip.style.left = Math.max(4, Math.min(x + 12, innerWidth - tip.offsetWidth - 8)) + 'px';
  tip.style.top = Math.max(4, y - tip.offsetHeight - 10) + 'px';
};
document.addEventListener('pointermove', (event) => {
  show(event.target.closest('[data-t]'), event.clientX, event.clientY);
});
document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape') show(null);
});
const button = (text, pressed, act) => {
  const made = document.createElement('button');
  made.type = 'button';
  made.append(...text);
  made.setAttribute('aria-pressed', String(pressed));
  made.addEventListener('click', () => {
    const on = made.getAttribute('aria-pressed') !== 'true';
    made.setAttribute('aria-pressed', String(on));
    act(on);
  });
  return made;
};
for (const figure of document.querySelectorAll('figure')) {
  for (const item of figure.querySelectorAll('.legend li[data-for]')) {
    const name = item.dataset.for;
    item.append(button([...item.childNodes], true, (on) => {
      for (const one of figure.querySelectorAll('[data-s]')) {
        if (one.dataset.s === name) one.toggleAttribute('hidden', !on);
      }
    }));
  }
  if ('log' in figure.dataset) {
    const item = document.createElement('li');
    const made = button(['logarithmic'], false, (on) => figure.classList.toggle('log', on));
    made.className = 'scale';
    item.append(made);
    figure.querySelector('.legend').append(item);
  }
  for (const drawing of figure.querySelectorAll(':scope > svg')) {
    drawing.setAttribute('tabindex', '0');
    let place = -1;
    drawing.addEventListener('keydown', (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      event.preventDefault();
      const marks = [...drawing.querySelectorAll('[data-t]')].filter((mark) => mark.getClientRects().length > 0);
      if (marks.length === 0) return;
      place = (place + step + marks.length) % marks.length;
      const box = marks[place].getBoundingClientRect();
      show(marks[place], box.left, box.top);
      marks[place].classList.add('at');
    });
    drawing.addEventListener('blur', () => show(null));
  }
}
`;
