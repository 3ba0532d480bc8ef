/** A widget's model as anywidget gives it: `receive` is what a message from the kernel does. */
export function newModel(given = {}, manager = {}) {
  const traits = { ...given };
  const listeners = new Map();
  const of = (event) => listeners.get(event) ?? new Set();
  return {
    widget_manager: manager,
    sent: [],
    get: (name) => traits[name],
    set: (name, value) => (traits[name] = value),
    on: (event, listener) => listeners.set(event, of(event).add(listener)),
    off: (event, listener) => of(event).delete(listener),
    send(content) {
      this.sent.push(content);
    },
    receive: (content) => [...of("msg:custom")].forEach((listener) => listener(content)),
    listeners: () => [...listeners.values()].reduce((sum, each) => sum + each.size, 0),
  };
}
