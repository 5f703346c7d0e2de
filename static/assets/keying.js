// Single keys on the pages where staff type in answers. Without this script the pages work by Tab, arrows and Enter.
(() => {
  'use strict';
  const form = document.querySelector('form[data-keys]');
  if (!form) return;
  const send = form.querySelector('[data-send]');
  const fields = 'input:not([type=hidden]), textarea';
  const questions = [...form.querySelectorAll('.govuk-form-group')].filter(q => q.querySelector(fields));
  const options = q => q ? [...q.querySelectorAll('input[type=radio], input[type=checkbox]')] : [];

  // Each option shows its key: its place, or its own number where the options are numbers.
  const keys = new Map();
  for (const q of questions) {
    const list = options(q);
    const numbers = list.map(o => (o.labels[0].textContent.trim().match(/^\d+/) || [''])[0]);
    const numbered = numbers.filter(n => n !== '').length > 1 && numbers.every(n => Number(n) <= 10); // not bands of age
    list.forEach((o, i) => {
      const key = numbered ? numbers[i] : i < 9 ? String(i + 1) : i === 9 ? '0' : '';
      if (key.length !== 1) return;
      keys.set(o, key);
      const shown = document.createElement('kbd');
      shown.textContent = key + ' ';
      shown.setAttribute('aria-hidden', 'true');
      o.labels[0].prepend(shown);
    });
  }

  const goTo = i => {
    const to = i < questions.length ? questions[i].querySelector('input:checked') || questions[i].querySelector(fields) : send;
    to.focus();
    to.scrollIntoView({block: 'center'});
  };
  const current = () => questions.findIndex(q => q.contains(document.activeElement));
  const typing = e => e.matches('textarea, input:not([type=radio]):not([type=checkbox])');

  let sent = false;
  form.addEventListener('submit', e => {
    if (sent) e.preventDefault();
    sent = true;
  });
  window.addEventListener('pageshow', () => { sent = false; });

  // The character of a key that was used here is typed nowhere, though the focus has moved to a text field.
  let used = false;
  document.addEventListener('keypress', e => { if (used) e.preventDefault(); });

  document.addEventListener('keydown', e => {
    used = false;
    if (e.ctrlKey || e.altKey || e.metaKey || e.isComposing) return;
    const at = document.activeElement;
    if (e.key === 'Enter' && !at.matches('button, a, textarea') || e.key === 'Enter' && at.matches('textarea') && !e.shiftKey) {
      e.preventDefault();
      if (!e.repeat) form.requestSubmit(send);
      return;
    }
    if (e.key === 'Escape' && typing(at)) {
      send.focus();
      return;
    }
    if (typing(at) || e.repeat) return;
    const i = current();
    const option = options(questions[i]).find(o => keys.get(o) === e.key);
    if (option) {
      used = true;
      e.preventDefault();
      option.checked = option.type === 'radio' || !option.checked;
      if (option.type === 'radio') goTo(i + 1);
      return;
    }
    const button = [...document.querySelectorAll('[data-key]')].find(b => b.dataset.key === e.key.toLowerCase());
    if (button) {
      e.preventDefault();
      button.click();
    } else if (e.key.toLowerCase() === 'c') {
      const comment = form.querySelector('textarea');
      if (comment) {
        used = true;
        e.preventDefault();
        comment.focus();
      }
    }
  });

  goTo(0);
})();
