/** A widget's model as anywidget gives it: `receive` is what a message from the kernel does. */
export function newModel(traits = {}, manager = {}) {
  const listeners = new Map();
  const of = (event) => listeners.get(event) ?? new Set();
  return {
    widget_manager: manager,
    sent: [],
    get: (name) => traits[name],
    on: (event, listener) => listeners.set(event, of(event).add(listener)),
    off: (event, listener) => of(event).delete(listener),
    send(content) {
      this.sent.push(content);
    },
    receive: (content) => [...of("msg:custom")].forEach((listener) => listener(content)),
    listeners: () => [...listeners.values()].reduce((sum, each) => sum + each.size, 0),
  };
}
